"""A recipe on the user's own images: which folders, what size, grey or colour."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QGridLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from iae_studio.state.submit import Submit
from iae_studio.style import theme
from iae_studio.views.building_blocks import button, caption, column, row
from iae_studio.views.words import sees
from trainer.messages import UserError
from trainer.recipe.recipe import Recipe

SIZES = (16, 28, 32, 48, 64, 96, 128)
SECOND = {
    "edges": "edges, found in the same images",
    "class": "the second of two class folders",
    "none": "a folder of its own",
}


def _checked(make: Callable[[], Recipe]) -> Recipe | str:
    try:
        return make()
    except UserError as error:
        return str(error)


def on_own_images(
    recipe: Recipe, images: str, images_b: str, second: str, size: int, colour: bool
) -> Recipe:
    """The recipe on a folder or .zip, for a CycleIAE perhaps two. Raises UserError in words."""
    for name in filter(None, (images, images_b)):
        path = Path(name)
        if not path.exists():
            raise UserError(f'"{name}" is not there: was it moved, renamed or deleted?')
        if path.is_file() and path.suffix.lower() != ".zip":
            raise UserError(f'"{path.name}" is one file: choose the folder it is in, or a .zip.')
    if recipe.translates and second == "none" and not images_b:
        raise UserError("Choose the folder of the second domain too.")
    whole = (str(Path(name).absolute()) if name else "" for name in (images, images_b))
    if recipe.translates and second != "none":
        recipe = recipe.but(second=second)
    own = recipe.with_images(*whole).but(size=size, colour=colour)
    return own.but(second="none") if images_b else own


class PathRow(QWidget):
    """A path to type, or to choose as a folder or a .zip."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edit = QLineEdit()
        self.edit.setObjectName(name)
        self.edit.setMinimumWidth(280)
        self.edit.setPlaceholderText("a folder, or a .zip")
        choose = QPushButton("Choose")
        menu = QMenu(choose)
        menu.addAction("A folder…", self._folder)
        menu.addAction("A .zip file…", self._zip)
        choose.setMenu(menu)
        layout = row(self.edit, choose)
        layout.setStretch(0, 1)
        self.setLayout(layout)

    def text(self) -> str:
        return self.edit.text().strip()

    def _folder(self) -> None:
        self._take(QFileDialog.getExistingDirectory(self, "A folder of images", self.text()))

    def _zip(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, "A .zip of images", "", "Archives (*.zip)")
        self._take(chosen)

    def _take(self, chosen: str) -> None:
        if chosen:
            self.edit.setText(chosen)


class OwnImagesDialog(QDialog):
    """`recipe` is the answer once it was accepted; `submit` looks at the folders."""

    def __init__(self, recipe: Recipe, submit: Submit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._submit = submit
        self.setWindowTitle("Own images")
        self._base = recipe
        self.recipe: Recipe | None = None
        self.images = PathRow("imagesEdit")
        self.images_b = PathRow("secondEdit")
        self.images.edit.setText(recipe.data.images)
        self.images_b.edit.setText(recipe.data.images_b)
        self._second = QButtonGroup(self)
        self.size_box = QComboBox()
        self.size_box.setObjectName("sizeBox")
        for size in sorted({*SIZES, recipe.data.size}):
            self.size_box.addItem(f"{size} × {size} px", size)
        self.size_box.setCurrentIndex(self.size_box.findData(recipe.data.size))
        self.colour = QCheckBox("in colour")
        self.colour.setChecked(recipe.data.colour)
        self._problem = QLabel()
        self._problem.setObjectName("ownImagesProblem")
        self._problem.setProperty("role", "error")
        self._problem.setWordWrap(True)
        self._problem.hide()
        self._use = button("Use them", "check", "Show this recipe, ready to train", self.accept)
        self._use.setProperty("primary", True)
        theme.set_icon(self._use, "check", "on_accent")
        self._use.setDefault(True)
        self._build()
        self.images.edit.textChanged.connect(self._changed)
        self._changed()

    def _build(self) -> None:
        layout = column(self, pad=16, gap=12)
        title = QLabel(f"{self._base.about.title}, on your own images")
        title.setProperty("title", True)
        layout.addWidget(title)
        layout.addWidget(
            caption(
                "Sixteen images at the least, thousands are better; folders inside are classes. "
                "Each is cropped to its middle square. They stay where they are."
            )
        )
        form = QGridLayout()
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(8)
        form.setColumnStretch(1, 1)
        first = "Domain A" if self._base.translates else "Images"
        form.addWidget(QLabel(first), 0, 0)
        form.addWidget(self.images, 0, 1)
        if self._base.translates:
            form.addWidget(QLabel("Domain B"), 1, 0, Qt.AlignmentFlag.AlignTop)
            form.addLayout(self._second_domain(), 1, 1)
        form.addWidget(QLabel("Seen as"), 2, 0)
        form.addLayout(row(self.size_box, self.colour, None), 2, 1)
        if self._base.family.size:
            shape = (self._base.data.size, self._base.data.size, self._base.channels)
            form.addWidget(caption(f"These networks are made for {sees(shape)}."), 3, 1)
            self.size_box.setEnabled(False)
            self.colour.setEnabled(False)
        layout.addLayout(form)
        layout.addWidget(self._problem)
        cancel = QPushButton("Cancel")
        cancel.clicked.connect(self.reject)
        layout.addLayout(row(None, cancel, self._use))
        self.setMinimumWidth(480)

    def _second_domain(self) -> QVBoxLayout:
        box = column(pad=0, gap=4)
        start = "none" if self._base.data.images_b else self._base.data.second
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

    def second(self) -> str:
        """Where the second domain comes from."""
        number = self._second.checkedId()
        return list(SECOND)[number] if number >= 0 else self._base.data.second

    def _changed(self) -> None:
        self._use.setEnabled(bool(self.images.text()))
        self.images_b.setVisible(self.second() == "none" and self._base.translates)
        self._problem.hide()
        self.adjustSize()

    def accept(self) -> None:
        """Close where the answer is whole; else say what it lacks."""
        second = self.second()
        images_b = self.images_b.text() if second == "none" and self._base.translates else ""
        size, colour = self.size_box.currentData(), self.colour.isChecked()
        make = partial(
            on_own_images, self._base, self.images.text(), images_b, second, size, colour
        )
        self._use.setEnabled(False)
        self._submit(partial(_checked, make), then=self._answer)

    def _answer(self, found: Recipe | str) -> None:
        if isinstance(found, Recipe):
            self.recipe = found
            super().accept()
            return
        self._use.setEnabled(True)
        self._problem.setText(found)
        self._problem.show()
        self.adjustSize()
