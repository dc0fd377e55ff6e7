"""Scenes of what is kept and shared: bookmarks, pictures that remember, films, figures."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QPushButton

from benchmarks.scenes_hands import Scene, pressed
from benchmarks.stage import Stage
from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.model_files import SHIPPED, model_recipe
from iae_studio.widgets.sliders import SliderBank

PAGE = 1000  # px that a figure is wide


def turn(stage: Stage, place: int, *keys: str) -> None:
    """Move a slider of the code by keys."""
    stage.need("codeSliders", SliderBank).rows()[place].setFocus()
    stage.keys(*keys)


def bookmark(stage: Stage, note: str) -> None:
    """Keep what is seen, with a note."""
    kept = stage.state.bookmarks
    count = len(kept.all)
    stage.focus("imageGrid")
    stage.keys("Shift+B")
    stage.wait(lambda: len(kept.all) > count)
    stage.wait_for("bookmarkList")
    stage.fill("bookmarkNote", note)
    stage.keys("Return")


def bookmarks(stage: Stage) -> None:
    """Three of them, of other noise and of a style that was moved."""
    stage.window.view("bookmarks").bring_forward()  # type: ignore[union-attr]
    bookmark(stage, "as it came")
    pressed("Space", "Space")(stage)
    bookmark(stage, "other colours")
    stage.need("noiseSliders", SliderBank).rows()[0].setFocus()
    stage.keys(*["PgUp"] * 3)
    bookmark(stage, "the style moved")


def dropped(stage: Stage) -> None:
    """A sheet is saved, another model is shown, and the sheet falls onto the window."""
    turn(stage, 0, *["PgUp"] * 2)
    pressed("Space")(stage)
    file = stage.folder / "sheet.png"
    stage.state.answers.save_sheet(file, 1)
    stage.wait(file.is_file)
    path = SHIPPED["drawn-10"]
    stage.state.displayed.select(DisplayedModel(model_recipe(path), path))
    stage.settle()
    recipe = stage.state.displayed.recipe
    stage.drop(file)
    stage.wait(lambda: stage.state.displayed.recipe != recipe)
    stage.settle()


def film(stage: Stage) -> None:
    """A closed loop of the noise, of the whole grid."""
    stage.keys("Ctrl+Shift+V")
    stage.wait_for("filmDialog")
    save = stage.need("filmSave", QPushButton)
    stage.wait(save.isEnabled)


def figure(stage: Stage) -> None:
    """The page itself, as wide as a text."""
    file = stage.folder / "figure.png"
    stage.studio.figures.save(file)
    stage.wait(file.is_file)
    smooth = Qt.TransformationMode.SmoothTransformation
    stage.page = QImage(str(file)).scaledToWidth(PAGE, smooth)


KEPT: dict[str, Scene] = {
    "bookmarks": Scene("shoes-small", bookmarks),
    "dropped": Scene("mnist-5-small", dropped),
    "film": Scene("shoes-small", film, ("filmDialog",)),
    "figure": Scene("shoes-small", figure),
}
