"""A recipe on the user's own images: which folders, what classes, how they are seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QLayout,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from iae_studio.state.fitting import Fitting
from iae_studio.state.own_images import in_shape, on_own_images
from iae_studio.state.submit import Submit
from iae_studio.style import theme
from iae_studio.views.building_blocks import button, caption, column, row
from iae_studio.views.folder_picker import FolderPicker
from iae_studio.views.own_looks import Looks
from iae_studio.views.own_seen import OwnSeen
from iae_studio.views.tall_dialog import TallDialog
from iae_studio.widgets.boxes import ChoiceBox
from iae_studio.widgets.plain import PlainLabel
from trainer.messages import UserError
from trainer.recipe.recipe import Recipe

WIDTH = 560  # px
SECOND = {
    "edges": "edges, found in the same images",
    "class": "the second of two class folders",
    "none": "a folder of its own",
}
CLASSES = {
    "auto": "as the folders say",
    "outer": "each first folder, whatever its name",
    "inner": "each innermost folder",
    "one": "none: all images alike",
}


def _places(recipe: Recipe) -> tuple[str, str]:
    return recipe.data.images, recipe.data.images_b


def _checked(make: Callable[[], Recipe]) -> Recipe | str:
    try:
        return make()
    except UserError as error:
        return str(error)


class OwnImagesDialog(TallDialog):
    """`recipe` is the answer once it was accepted; `submit` looks at the folders.

    `places` are the folders to begin with, in place of the recipe's own.
    """

    def __init__(
        self,
        recipe: Recipe,
        submit: Submit,
        parent: QWidget | None = None,
        places: Sequence[str] = (),
        fitting: Fitting | None = None,
    ) -> None:
        super().__init__(WIDTH, parent)
        self._submit = submit
        self.setWindowTitle("Own images")
        self._base = recipe
        self.recipe: Recipe | None = None
        self._over = False
        self.images = FolderPicker("imagesEdit", submit)
        self.images_b = FolderPicker("secondEdit", submit)
        self._seen = OwnSeen(submit, fitting, recipe.translates)
        self._second = QButtonGroup(self)
        self._problem = PlainLabel()
        self._problem.setObjectName("ownImagesProblem")
        self._problem.setProperty("role", "error")
        self._problem.setWordWrap(True)
        self._use = button("Use them", "check", "Show this recipe, ready to train", self.accept)
        self._use.setObjectName("useButton")
        self._use.setProperty("primary", True)
        theme.set_icon(self._use, "check", "on_accent")
        self._use.setDefault(True)
        self._make_looks()
        self._build(two=len(places) > 1)
        for picker in (self.images, self.images_b):
            picker.changed.connect(self._changed)
        self._classes_chosen()
        first, second, *_ = (*places, "", "") if places else _places(recipe)
        for picker, place in ((self.images, first), (self.images_b, second)):
            picker.edit.setText(place)
            picker.look()
        self.images.edit.setFocus()

    def _make_looks(self) -> None:
        """How the images are to be seen."""
        recipe = self._base
        self.classes = ChoiceBox()
        self.classes.setObjectName("classesBox")
        self.classes.setToolTip("Which of the folders inside are classes")
        for key, words in CLASSES.items():
            self.classes.addItem(words, key)
        self.classes.setCurrentIndex(self.classes.findData(recipe.data.classes))
        self.classes.currentIndexChanged.connect(self._classes_chosen)
        self.looks = Looks(recipe)
        self.size_box, self.colour, self.pad = (
            self.looks.size_box,
            self.looks.colour,
            self.looks.pad,
        )
        self.looks.changed.connect(self._changed)

    def _build(self, two: bool) -> None:
        layout = self.middle
        title = PlainLabel(f"{self._base.about.title}, on your own images")
        title.setProperty("title", True)
        layout.addWidget(title)
        layout.addWidget(
            caption("Sixteen images at the least, thousands are better. They stay where they are.")
        )
        form = QGridLayout()
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(8)
        form.setColumnStretch(1, 1)
        parts: list[tuple[str, QWidget | QLayout]] = [
            ("Domain A" if self._base.translates else "Images", self.images)
        ]
        if self._base.translates:
            parts.append(("Domain B", self._second_domain(two)))
        parts.append(("Classes", row(self.classes, None)))
        parts.append(("Seen as", self.looks))
        parts.append(("", self._seen))
        for line, (words, part) in enumerate(parts):
            label = PlainLabel(words)
            label.setMinimumHeight(self.size_box.sizeHint().height())
            form.addWidget(label, line, 0, Qt.AlignmentFlag.AlignTop)
            if isinstance(part, QWidget):
                form.addWidget(part, line, 1)
            else:
                form.addLayout(part, line, 1)
        layout.addLayout(form)
        self.foot.addWidget(self._problem)
        cancel = QPushButton("Cancel")
        cancel.clicked.connect(self.reject)
        self.foot.addLayout(row(None, cancel, self._use))

    def _second_domain(self, two: bool) -> QVBoxLayout:
        box = column(pad=0, gap=4)
        start = "none" if two or self._base.data.images_b else self._base.data.second
        for number, (key, words) in enumerate(SECOND.items()):
            choice = QRadioButton(words)
            choice.setObjectName(f"second {key}")
            choice.setChecked(key == start)
            choice.setMinimumHeight(22)
            self._second.addButton(choice, number)
            box.addWidget(choice)
        self._second.idToggled.connect(lambda *_: self._changed())
        box.addWidget(self.images_b)
        return box

    # ---- what is chosen ----------------------------------------------------------------------

    def second(self) -> str:
        """Where the second domain comes from."""
        number = self._second.checkedId()
        return list(SECOND)[number] if number >= 0 else self._base.data.second

    @property
    def _two_folders(self) -> bool:
        return self._base.translates and self.second() == "none"

    def _classes_chosen(self) -> None:
        for picker in (self.images, self.images_b):
            picker.count_as(self.classes.currentData())

    def _changed(self) -> None:
        """Other contents, or another second domain."""
        self.images_b.setVisible(self._two_folders)
        self._tell(self._mismatch())
        second = self.images_b.inventory if self._two_folders else None
        self._seen.follow((self.images.inventory, second), self.looks, self._of_size)
        ready = self.images.ready and (self.images_b.ready or not self._two_folders)
        self._use.setEnabled(ready and not self._problem.text())

    def _of_size(self, size: int) -> Recipe | None:
        return in_shape(self._base, size, self.colour.isChecked(), self._two_folders)

    def _mismatch(self) -> str:
        """What is wrong with the folder as it was found, for what is asked of it."""
        found = self.images.inventory
        if found is None or not self._base.translates or self.second() != "class":
            return ""
        count = len(found.class_names)
        held = "one class" if count < 2 else f"{count:,} classes"
        return "" if count == 2 else f"The domains are two class folders, but this holds {held}."

    def _tell(self, problem: str) -> None:
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))

    # ---- the answer --------------------------------------------------------------------------

    def accept(self) -> None:
        """Close where the answer is whole; else say what it lacks."""
        make = partial(
            on_own_images,
            self._base,
            self.images.text(),
            self.images_b.text() if self._two_folders else "",
            self.second(),
            self.size_box.currentData(),
            self.colour.isChecked(),
            self.pad.isChecked(),
            self.classes.currentData(),
        )
        self._use.setEnabled(False)
        self._submit(partial(_checked, make), then=self._answer)

    def _answer(self, found: Recipe | str) -> None:
        if self._over:
            return
        if isinstance(found, Recipe):
            self.recipe = found
            super().accept()
            return
        self._use.setEnabled(True)
        self._tell(found)

    def done(self, result: int) -> None:
        """Closed, with an answer or without: nothing is looked at any more."""
        self._over = True
        for picker in (self.images, self.images_b):
            picker.stop()
        self._seen.stop()
        super().done(result)
