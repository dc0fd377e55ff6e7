"""What the guide shows: each scene is one entry, and one picture."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter, QPen
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from benchmarks.scenes_course import COURSE
from benchmarks.scenes_hands import Scene, clicked, done, in_turn, pressed, there, view_of
from benchmarks.scenes_kept import KEPT
from benchmarks.stage import Stage
from iae_studio.views.losses import LossesView
from iae_studio.widgets.image_grid import ImageGrid
from iae_studio.widgets.sliders import SliderBank
from trainer.recipe.catalogue import CATALOGUE

DRAWN = 40  # looks in a row until the curves are painted to their end


def paste(stage: Stage) -> None:
    """A seven as somebody would photograph it."""
    picture = QImage(120, 120, QImage.Format.Format_RGB888)
    picture.fill(0xFFFFFF)
    painter = QPainter(picture)
    pen = QPen(Qt.GlobalColor.black, 11, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.drawPolyline([QPoint(34, 32), QPoint(86, 30), QPoint(54, 96)])
    painter.end()
    QGuiApplication.clipboard().setImage(picture)
    before = len(stage.state.inputs.images)
    stage.keys("Ctrl+V")
    stage.wait(lambda: len(stage.state.inputs.images) > before)
    stage.settle()


def draw(stage: Stage) -> None:
    """A three on the pad; the first row follows."""
    down = [(0.28, 0.22), (0.6, 0.2), (0.7, 0.34), (0.46, 0.47), (0.72, 0.6), (0.62, 0.8)]
    stage.drag("sketchPad", *down, (0.28, 0.8))


def lock(stage: Stage) -> None:
    """The second column's noise stays, the others are drawn anew."""
    grid = stage.need("imageGrid", ImageGrid)
    places = (QPoint(x, 12) for x in range(grid.viewport().width()))
    head = next(place for place in places if grid.headAt(place) == 1)
    QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=head + QPoint(8, 0))
    stage.keys("Space")


def scrub(stage: Stage) -> None:
    """The first direction of the code to the right."""
    stage.need("codeSliders", SliderBank).rows()[0].setFocus()
    stage.keys(*["PgUp"] * 3)


def palette(stage: Stage) -> None:
    stage.keys("Ctrl+K")
    stage.need("commandPalette")
    stage.type("shoes")


def code_pad(stage: Stage) -> None:
    """From the outline of a boot on, with a line or two more."""
    stage.need("codePad")
    pressed("Down", "Down")(stage)
    stage.do("Draw from the input's code")
    stage.drag("codePad", (0.4, 0.4), (0.52, 0.43), (0.63, 0.4))
    stage.drag("codePad", (0.41, 0.5), (0.53, 0.53), (0.65, 0.5))


def computer(stage: Stage) -> None:
    """Until all is tested."""
    stage.keys("Ctrl+Shift+F1")
    head = stage.need("computerHead", QLabel)
    stage.wait(lambda: head.text().endswith("works."))


def train(stage: Stage) -> None:
    """Seven Gaussians, until each code has its own."""
    stage.train(CATALOGUE["mog-iae"].but(steps=800))
    losses = stage.window.view("training")
    assert isinstance(losses, LossesView)
    stage.wait(lambda: losses.plot.steps() == 800, DRAWN)


SCENES: dict[str, Scene] = {
    "readme": Scene("shoes-64", code_pad, file="../window"),
    "window": Scene("mnist-10-small"),
    "pasted": Scene("mnist-10-small", paste),
    "drawn": Scene("drawn-10", draw),
    "resampled": Scene("mnist-5-small", lock),
    "scrubbed": Scene("mnist-10-small", scrub),
    "share": Scene("mnist-5-small", there("noiseShare"), ("shareHelp", "noiseShareOfTests")),
    "trained": Scene("mog-iae", train),
    "clusters": Scene("mnist-clusters-small", view_of("2", "clusterGrid")),
    "borrowed": Scene("mnist-5-small", in_turn(pressed("Down", "Right"), done("Borrow style"))),
    "interpolated": Scene(
        "mnist-5-small",
        in_turn(
            done("Interpolate", "styleTray"),
            pressed("Down", "Down", "Right"),
            done("Interpolate to this tile"),
            pressed("Up", "Up", "Left"),
            there("pathStrip"),
        ),
    ),
    "arithmetic": Scene(
        "mnist-det-small",
        in_turn(
            done("A − B + C", "styleTray"),
            done("This tile is A"),
            pressed("Down"),
            done("This tile is B"),
            pressed("Down"),
            done("This tile is C"),
        ),
    ),
    "map": Scene("mnist-10-small", view_of("3", "mapView")),
    "neighbourhoods": Scene(
        "mnist-10-small", in_turn(view_of("3", "mapView"), done("Plane or neighbourhoods"))
    ),
    "code-strips": Scene(
        "mnist-10-small", there("codeStrips"), ("codeHelp", "codeStrips", "codeMore")
    ),
    "noise-strips": Scene("mnist-5-small", there("noiseStrips"), ("noiseHelp", "noiseStrips")),
    "enlarged": Scene("mnist-5-small", done("Enlarge the selected picture", "largeView")),
    "shoes": Scene("shoes-64"),
    "faces": Scene("faces-64"),
    "pad": Scene("shoes-64", code_pad),
    "data": Scene("drawn-10", done("Browse the data", "dataBrowser")),
    "points": Scene("fiae-toy"),
    "untrained": Scene("shoes"),
    "palette": Scene("mnist-10-small", palette),
    "keys": Scene("drawn-10", view_of("F1", "keysDialog"), ("keysDialog",)),
    "help": Scene("mnist-10-small", clicked("picturesHelp")),
    "computer": Scene("mnist-10-small", computer, ("computerDialog",)),
    "full-screen": Scene("mnist-10-small", lambda stage: stage.keys("F11")),
    **COURSE,
    **KEPT,
}
