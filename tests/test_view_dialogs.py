"""The dialog of own images and enlarged pictures, with no thread: each job runs when it is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QLabel, QRadioButton

from iae_studio.state.cancelling import CancelledError
from iae_studio.views.folder_picker import FolderPicker
from iae_studio.views.large import LargeView
from iae_studio.views.own_images import OwnImagesDialog
from iae_studio.views.tall_dialog import TallDialog
from iae_studio.widgets.elided_label import WrappedLabel
from tests.folders import photos, write
from tests.widgets import heard_of
from trainer.recipe.catalogue import CATALOGUE


class Jobs:
    """What was asked to be done off the GUI thread; of one name the newest is left."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Callable, Callable, Callable | None, str]] = []

    def submit(self, job, then=None, otherwise=None, newest: str = "") -> None:
        self.waiting.append((job, then, otherwise, newest))

    def run(self) -> None:
        while self.waiting:
            job, then, _, _ = self.waiting.pop(0)
            try:
                answer = job()
            except CancelledError:
                continue
            then(answer)


@pytest.fixture
def jobs() -> Jobs:
    return Jobs()


# ---- one folder ----------------------------------------------------------------------------------


@pytest.fixture
def picker(qtbot, jobs) -> FolderPicker:
    made = FolderPicker("imagesEdit", jobs.submit)
    qtbot.addWidget(made)
    return made


def look(picker: FolderPicker, jobs: Jobs, place: object) -> str:
    """What is said of a place once it was looked through."""
    picker.edit.setText(str(place))
    picker.look()
    jobs.run()
    assert picker.told.isHidden() is (picker.told.text() == "")
    return picker.told.text()


def test_sixteen_images_are_enough_and_fifteen_are_not(picker, jobs, tmp_path: Path) -> None:
    changed = heard_of(picker.changed)
    told = look(picker, jobs, write(tmp_path / "few", photos(15)))
    assert told.startswith("15 images") and told.endswith("At least 16 images are needed.")
    assert picker.told.property("role") == "error" and not picker.ready and changed
    assert look(picker, jobs, write(tmp_path / "enough", photos(16))) == "16 images, one class."
    assert picker.told.property("role") == "" and picker.ready
    assert "is not there" in look(picker, jobs, tmp_path / "gone")
    assert picker.told.property("role") == "error" and not picker.ready


def test_a_line_of_blanks_is_no_path_and_says_nothing(picker, jobs) -> None:
    assert look(picker, jobs, "   ") == "" == picker.text() and not jobs.waiting
    picker.edit.setText(" a ")
    assert picker.text() == " a ", "a name may begin and end so"


def test_what_is_typed_on_makes_what_was_found_void(picker, jobs, tmp_path: Path) -> None:
    place = write(tmp_path / "a", photos(16))
    look(picker, jobs, place)
    changed = heard_of(picker.changed)
    picker.edit.setText(f"{place}x")
    assert picker.inventory is None and picker.told.isHidden() and len(changed) == 1
    picker.edit.setText(str(place))
    picker.look()
    assert picker.told.text() == "Looking through it…" and not picker.ready
    job, then, *_ = jobs.waiting[-1]
    picker.stop()
    with pytest.raises(CancelledError):
        job()
    then("late")
    assert picker.told.text() == "Looking through it…", "nobody waits any more"


def test_a_look_that_fails_is_told(picker, jobs) -> None:
    picker.edit.setText("/photos")
    picker.look()
    _, _, otherwise, newest = jobs.waiting.pop()
    otherwise()
    assert picker.told.text() == "It cannot be looked through." and newest == "imagesEdit"
    assert picker.told.property("role") == "error"


def test_other_classes_are_looked_for_once(picker, jobs) -> None:
    picker.edit.setText("/photos")
    for classes, looks in (("auto", 0), ("outer", 1), ("outer", 1), ("auto", 2)):
        picker.count_as(classes)
        assert len(jobs.waiting) == looks


# ---- the dialog ----------------------------------------------------------------------------------


@pytest.fixture
def dialog_of(qtbot, jobs):
    def make(name: str, *places: object) -> OwnImagesDialog:
        made = OwnImagesDialog(CATALOGUE[name], jobs.submit, None, [str(each) for each in places])
        qtbot.addWidget(made)
        jobs.run()
        return made

    return make


def choose(dialog: OwnImagesDialog, second: str) -> None:
    dialog.findChild(QRadioButton, f"second {second}").setChecked(True)


def test_all_that_is_chosen_is_in_the_recipe(dialog_of, jobs, tmp_path: Path) -> None:
    place = write(tmp_path / "a", photos(16))
    for colour, pad, size in ((True, False, 48), (False, True, 16)):
        dialog = dialog_of("drawn-10", place)
        dialog.colour.setChecked(colour)
        dialog.pad.setChecked(pad)
        dialog.size_box.setCurrentIndex(dialog.size_box.findData(size))
        dialog.classes.setCurrentIndex(dialog.classes.findData("one"))
        jobs.run()
        dialog.accept()
        assert not dialog._use.isEnabled(), "once"
        jobs.run()
        data = dialog.recipe.data
        assert (data.images, data.images_b) == (str(place), "")
        assert (data.colour, data.pad, data.size, data.classes) == (colour, pad, size, "one")
        assert dialog.result() == OwnImagesDialog.DialogCode.Accepted


def test_what_goes_wrong_at_the_end_is_told_and_can_be_mended(dialog_of, jobs, tmp_path) -> None:
    dialog = dialog_of("drawn-10", write(tmp_path / "a", photos(16)))
    dialog.images.edit.blockSignals(True)
    dialog.images.edit.setText(str(tmp_path / "gone"))  # as if it went away just now
    dialog.accept()
    jobs.run()
    problem = dialog.findChild(QLabel, "ownImagesProblem")
    assert "is not there" in problem.text() and not problem.isHidden()
    assert dialog.recipe is None and dialog._use.isEnabled() and not dialog.result()


def test_a_second_domain_is_a_folder_a_class_or_edges(dialog_of, jobs, tmp_path: Path) -> None:
    one, two = (write(tmp_path / name, photos(16)) for name in ("one", "two"))
    dialog = dialog_of("shoes-small", one)
    assert dialog.second() == "edges" and dialog.images_b.isHidden() and dialog._use.isEnabled()
    choose(dialog, "none")
    assert not dialog.images_b.isHidden() and not dialog._use.isEnabled(), "its folder is missing"
    look(dialog.images_b, jobs, two)
    assert dialog._use.isEnabled()
    choose(dialog, "edges")
    dialog.accept()
    jobs.run()
    assert (dialog.recipe.data.second, dialog.recipe.data.images_b) == ("edges", "")
    both = dialog_of("shoes-small", one, two)
    assert both.second() == "none" and both._use.isEnabled()
    both.accept()
    jobs.run()
    assert (both.recipe.data.second, both.recipe.data.images_b) == ("none", str(two))


@pytest.mark.parametrize(("count", "held"), [(1, "one class"), (2, ""), (3, "3 classes")])
def test_two_domains_are_two_class_folders(dialog_of, tmp_path, count: int, held: str) -> None:
    for name in "abc"[:count]:
        write(tmp_path / "all" / name, photos(16))
    dialog = dialog_of("shoes-small", tmp_path / "all")
    choose(dialog, "class")
    problem = dialog.findChild(QLabel, "ownImagesProblem")
    assert problem.isHidden() is (held == "") and held in problem.text()
    assert dialog._use.isEnabled() is (held == "")
    choose(dialog, "edges")
    assert problem.isHidden() and dialog._use.isEnabled()


def test_networks_of_one_size_let_choose_none(dialog_of) -> None:
    for name in ("drawn-10", "mnist-10"):
        dialog, family = dialog_of(name), CATALOGUE[name].family
        words = [each.text() for each in dialog.findChildren(WrappedLabel)]
        assert dialog.size_box.isEnabled() is dialog.colour.isEnabled() is (not family.size)
        assert any("These networks are made for 28 × 28 px" in w for w in words) is bool(
            family.size
        )


# ---- large ---------------------------------------------------------------------------------------


def test_an_enlarged_picture_has_whole_pixels_and_its_own_shape(qtbot) -> None:
    pixels = np.zeros((28, 14, 1), np.uint8)
    pixels[:, 7:] = 200
    view = LargeView("wide", [("it", "style", pixels)])
    qtbot.addWidget(view)
    (image,) = (p.toImage() for p in (la.pixmap() for la in view.findChildren(QLabel)) if p)
    assert image.height() == 2 * image.width() and image.width() % 14 == 0
    row = [image.pixelColor(x, 5).red() for x in range(image.width())]
    assert row == [0] * (len(row) // 2) + [200] * (len(row) // 2), "no shades between"


def test_a_dialog_grows_with_its_text_and_scrolls_where_the_screen_ends(qapp, qtbot) -> None:
    room = qapp.primaryScreen().availableGeometry().height()
    dialog, text, foot = TallDialog(300), WrappedLabel("line"), QLabel("foot")
    qtbot.addWidget(dialog)
    dialog.middle.addWidget(text)
    dialog.foot.addWidget(foot)
    dialog.show()
    qtbot.waitExposed(dialog)
    low, bar = dialog.height(), dialog._scrolls.verticalScrollBar()
    text.setText("line\n" * 9)
    qtbot.waitUntil(
        lambda: text.visibleRegion().boundingRect().height() >= text.sizeHint().height()
    )
    assert dialog.height() > low and not bar.isVisible()
    text.setText("line\n" * 300)
    qtbot.waitUntil(bar.isVisible)
    assert dialog.frameGeometry().height() == room and dialog.frameGeometry().bottom() < room
    assert foot.visibleRegion().boundingRect().height() == foot.height()
    text.setText("line")
    qtbot.waitUntil(lambda: dialog.height() < room and not bar.isVisible())
