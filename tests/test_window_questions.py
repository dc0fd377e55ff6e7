"""What the real window says of a drop beside what it asks: nothing is lost, every word is true."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QUrl
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.messages import DISCARD, STOP_LOOKING, TRAIN_ON
from iae_studio.state.model_files import SHIPPED, list_runs
from iae_studio.state.own_images import usable_path
from iae_studio.state.training import State
from tests.own_images import DIGITS, NO_IMAGE, brought, drop, dropped, in_dialog, own, pets, said
from tests.studio import LONG, find, little_data, photos, press, running, show, train, wait_state
from tests.test_window_own_images import answer
from trainer.messages import UserError
from trainer.recipe.catalogue import CATALOGUE


@pytest.fixture
def studio(qtbot, own_folders, monkeypatch):
    with little_data(monkeypatch), running(own_folders, qtbot, "mog-iae") as started:
        yield started


def actions(studio) -> list[str]:
    message = studio.state.messages.current
    return [] if message is None else [action.name for action in message.actions]


def dismiss(studio) -> None:
    studio.state.messages.show_message(None)


def moved_run(studio, qtbot, folder: Path) -> Path:
    """A run whose images are asked for; where they are now."""
    studio.state.displayed.use_own_images(own(photos(folder, 20)))
    train(studio, qtbot, count=5)
    (run,) = list_runs()
    moved = Path(shutil.move(folder, folder.parent / "moved"))
    show(studio, qtbot, DIGITS)
    studio.state.library.choose(DisplayedModel(run.recipe, run.path))
    qtbot.waitUntil(lambda: "is not there" in said(studio), timeout=LONG)
    return moved


def hold(studio) -> threading.Event:
    """Let looking take as long as it takes until that is set, as if a folder were large."""
    held = threading.Event()
    studio.own_images.looking.submit(lambda: held.wait(60))
    return held


# ---- questions stand -----------------------------------------------------------------------------


def test_a_question_outlives_good_and_bad_drops(studio, qtbot, tmp_path) -> None:
    moved_run(studio, qtbot, tmp_path / "trip")
    dropped(studio.window, photos(tmp_path / "a", 1) / "0.png")
    qtbot.waitUntil(lambda: brought(studio) == ["0.png"], timeout=LONG)
    assert "is not there" in said(studio) and actions(studio)[0] == "find folder"
    (tmp_path / "cut.png").write_bytes(NO_IMAGE)
    dropped(studio.window, tmp_path / "cut.png")
    qtbot.waitUntil(lambda: "cut.png" in said(studio), timeout=LONG)
    dropped(studio.window, photos(tmp_path / "set", 20))
    qtbot.waitUntil(lambda: '"set" holds 20' in said(studio), timeout=LONG)
    dismiss(studio)
    assert actions(studio)[0] == "find folder"


def test_what_could_not_be_saved_is_asked_for_as_long_as_it_is_so(studio, qtbot, tmp_path) -> None:
    show(studio, qtbot, DIGITS)
    studio.state.training.set_state(State.UNSAVED)
    studio.state.training.could_not_save("The disk is full.")
    dropped(studio.window, photos(tmp_path / "set", 20))
    qtbot.waitUntil(lambda: '"set" holds 20' in said(studio), timeout=LONG)
    show(studio, qtbot, CATALOGUE["drawn-10"])
    assert '"set" holds 20' in said(studio)
    dismiss(studio)
    assert DISCARD.name in actions(studio)
    studio.state.displayed.select(DisplayedModel(CATALOGUE["mog-iae"]))
    assert DISCARD.name in actions(studio)
    studio.state.training.set_state(State.IDLE)
    assert not said(studio)


def test_a_look_keeps_its_stop_whatever_else_is_dropped(studio, qtbot, tmp_path) -> None:
    show(studio, qtbot, DIGITS)
    held = hold(studio)
    dropped(studio.window, photos(tmp_path / "bigd", 21))
    qtbot.waitUntil(lambda: "Looking" in said(studio), timeout=LONG)
    dropped(studio.window, photos(tmp_path / "one", 1) / "0.png")
    qtbot.waitUntil(lambda: len(brought(studio)) == 22, timeout=LONG)
    assert "bigd" in said(studio) and actions(studio) == [STOP_LOOKING.name]
    dropped(studio.window, tmp_path / "gone.png")
    qtbot.waitUntil(lambda: "gone.png" in said(studio), timeout=LONG)
    assert "bigd" in said(studio) and actions(studio) == [STOP_LOOKING.name]
    studio.state.displayed.select(DisplayedModel(CATALOGUE["drawn-10"]))
    assert actions(studio) == [STOP_LOOKING.name]
    held.set()
    qtbot.waitUntil(lambda: '"bigd" holds 21 images' in said(studio), timeout=LONG)
    assert "gone.png" in said(studio) and actions(studio) == [TRAIN_ON.name]


# ---- offers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("good", "bad"), [(0, 20), (0, 80), (14, 6), (0, 3)])
@pytest.mark.parametrize("deep", [False, True])
def test_what_is_damaged_is_not_offered(studio, qtbot, tmp_path, good, bad, deep) -> None:
    folder = tmp_path / "broken"
    inside = photos(folder / "in" / "er" if deep else folder, good)
    for k in range(bad):
        (inside / f"a{k}.png").write_bytes(NO_IMAGE)
    text = drop(studio, qtbot, folder)
    offered = TRAIN_ON.name in actions(studio)
    assert not offered or (deep and good), text  # of those few are tried
    if not good:
        assert "There are no images" in text and f"{bad} damaged" in text
    elif not deep:
        assert f"holds {good} of {good + bad} images" in text


def test_of_two_folders_the_button_names_the_one_it_takes(studio, qtbot, tmp_path) -> None:
    a, b = photos(tmp_path / ("summer" * 9), 20), photos(tmp_path / "winter", 20)
    drop(studio, qtbot, a, b)
    label = find(studio, QPushButton, "messageButton0").text()
    assert label.startswith("Train on summer") and len(label) < 40
    in_dialog(qtbot, lambda dialog: (dialog.reject(), used.append(dialog.images.text())))
    used: list[str] = []
    press(studio, qtbot, "messageButton0")
    assert used == [str(a)]


def test_an_offer_waits_for_a_model_of_images(studio, qtbot, tmp_path) -> None:
    show(studio, qtbot, DIGITS)
    held = hold(studio)
    dropped(studio.window, photos(tmp_path / "set", 20))
    qtbot.waitUntil(lambda: "Looking" in said(studio), timeout=LONG)
    studio.state.displayed.select(DisplayedModel(CATALOGUE["mog-iae"]))
    held.set()
    qtbot.waitUntil(lambda: '"set" holds' in said(studio), timeout=LONG)
    press(studio, qtbot, "messageButton0")
    assert "about points" in said(studio)
    show(studio, qtbot, DIGITS)
    assert '"set" holds' in said(studio) and actions(studio) == [TRAIN_ON.name]


def test_on_points_a_model_takes_the_images_that_fall_with_it(studio, qtbot, tmp_path) -> None:
    dropped(studio.window, photos(tmp_path / "set", 20), SHIPPED["drawn-10"])
    qtbot.waitUntil(lambda: '"set" holds 20' in said(studio), timeout=LONG)
    assert studio.state.displayed.recipe.name == "drawn-10"
    assert len(brought(studio)) == 20 and "points" not in said(studio)


def test_on_points_what_is_gone_is_called_so(studio, qtbot, tmp_path) -> None:
    dropped(studio.window, tmp_path / "gone.png")
    qtbot.waitUntil(lambda: '"gone.png" is not there' in said(studio), timeout=LONG)
    assert "points" not in said(studio)


# ---- what can be done ----------------------------------------------------------------------------


def test_while_another_trains_nobody_is_told_to_press_train(
    studio, qtbot, tmp_path, monkeypatch
) -> None:
    moved = moved_run(studio, qtbot, tmp_path / "trip")
    run = studio.state.displayed.model
    show(studio, qtbot, CATALOGUE["drawn-10"].but(width=4))
    press(studio, qtbot, "startButton")
    wait_state(studio, qtbot, State.TRAINING)
    drop(studio, qtbot, pets(tmp_path / "pets"))
    in_dialog(qtbot, lambda dialog: dialog.accept())
    press(studio, qtbot, "messageButton0")
    qtbot.waitUntil(lambda: "pets: " in said(studio), timeout=LONG)
    assert "stop the training that runs first" in said(studio)
    studio.state.library.choose(run)
    qtbot.waitUntil(lambda: "is not there" in said(studio), timeout=LONG)
    answer(monkeypatch, moved)
    press(studio, qtbot, "messageButton0")
    qtbot.waitUntil(lambda: "trip is found" in said(studio), timeout=LONG)
    assert "stop the training that runs first, then press Go on" in said(studio)


def test_found_for_another_model_is_only_found(studio, qtbot, tmp_path, monkeypatch) -> None:
    answer(monkeypatch, moved_run(studio, qtbot, tmp_path / "trip"))
    held = hold(studio)
    press(studio, qtbot, "messageButton0")
    show(studio, qtbot, CATALOGUE["drawn-10"])
    assert actions(studio) == [STOP_LOOKING.name], "it goes on, and can be stopped"
    held.set()
    qtbot.waitUntil(lambda: said(studio) == "trip is found.", timeout=LONG)


def test_each_stop_ends_its_own(studio, qtbot, tmp_path, monkeypatch) -> None:
    answer(monkeypatch, moved_run(studio, qtbot, tmp_path / "trip"))
    held = hold(studio)
    press(studio, qtbot, "messageButton0")
    dropped(studio.window, photos(tmp_path / "set", 20))
    qtbot.waitUntil(lambda: '"set"' in said(studio), timeout=LONG)
    press(studio, qtbot, "messageButton0")
    assert "moved" in said(studio) and actions(studio) == [STOP_LOOKING.name]
    held.set()
    qtbot.waitUntil(lambda: "trip is found" in said(studio), timeout=LONG)
    assert TRAIN_ON.name not in actions(studio)


# ---- names and words -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["n" * 190, "my holiday " * 17, "a-b" * 60])
def test_a_long_name_leaves_room_for_the_sentence(studio, qtbot, tmp_path, name) -> None:
    folder = photos(tmp_path / name.strip(), 20)
    drop(studio, qtbot, folder)
    shown = find(studio, QLabel, "messageText").text()
    assert "holds 20 images" in shown and len(shown) < 90
    (tmp_path / f"{name.strip()}.png").write_bytes(NO_IMAGE)
    drop(studio, qtbot, tmp_path / f"{name.strip()}.png")
    shown = find(studio, QLabel, "messageText").text()
    assert "not an image" in shown and len(shown) < 110


def test_a_training_names_a_long_folder_in_short(studio, qtbot, tmp_path) -> None:
    folder = photos(tmp_path / ("holiday of " * 15).strip(), 20)
    (folder / "7.png").write_bytes(NO_IMAGE)
    studio.state.displayed.use_own_images(own(folder))
    assert said(studio).endswith("press Train.") and len(said(studio)) < 120
    train(studio, qtbot)
    assert "…" in said(studio).split(": 19 of 20 images")[0] and len(said(studio)) < 140


@pytest.mark.parametrize("text", ["/{0}/x", "/a/{0}", "/{0}/{0}/{0}"])
def test_a_typed_path_is_told_in_short(text) -> None:
    with pytest.raises(UserError, match="is not there") as raised:
        usable_path(text.format("n" * 190))
    assert len(str(raised.value)) < 160


@pytest.mark.parametrize("form", ["'{0}' '{1}'", "{0} {1}", '"{0}"  {1}', "file://{0} file://{1}"])
def test_a_line_of_text_may_name_several(studio, qtbot, tmp_path, form) -> None:
    show(studio, qtbot, DIGITS)
    a, b = (photos(tmp_path / name, 1) / "0.png" for name in "ab")
    QApplication.clipboard().setText(form.format(a, b))
    studio.window.paste()
    qtbot.waitUntil(lambda: len(brought(studio)) == 2, timeout=LONG)
    assert not said(studio)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("file://server/share/x.png", "lies on another computer"),
        ("https://example.org/a.png", "only an address"),
        ("ftp://example.org/a.png\nhttp://example.org/b.png", "only an address"),
        ("/nowhere/my photos/x.png", '"x.png" is not there'),
    ],
)
def test_pasted_text_is_called_what_it_is(studio, qtbot, text, told) -> None:
    show(studio, qtbot, DIGITS)
    QApplication.clipboard().setText(text)
    studio.window.paste()
    qtbot.waitUntil(lambda: told in said(studio), timeout=LONG)


def test_a_bad_address_costs_no_good_file(studio, qtbot, tmp_path) -> None:
    show(studio, qtbot, DIGITS)
    urls = [QUrl("file://server/x.png"), QUrl.fromLocalFile(photos(tmp_path / "a", 1) / "0.png")]
    QApplication.clipboard().setText("\n".join(url.toString() for url in urls))
    studio.window.paste()
    qtbot.waitUntil(lambda: brought(studio) == ["0.png"], timeout=LONG)
    assert "another computer" in said(studio)


def test_of_images_without_ink_few_words_are_made(studio, qtbot, tmp_path) -> None:
    show(studio, qtbot, DIGITS)
    folder = photos(tmp_path / "set", 70)
    for k in range(5):
        Image.new("RGB", (28, 28), "white").save(folder / f"{k}.png")
    text = drop(studio, qtbot, folder)
    assert len(brought(studio)) == 59
    assert "5 images show no ink, and are not shown." in text
    assert "the others are not shown" in text and "the first 64" not in text
    assert text.startswith('"set" holds 70 images') and len(text) < 180
