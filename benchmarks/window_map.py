"""How fast the map is: from its key to the plane, and while it is moved and zoomed.

python -m benchmarks.window_map
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from benchmarks.opened import Paints, Row, own_folders, pause, studio, tick_row, wait
from iae_studio.app import Studio
from iae_studio.middle.map import MAP
from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.model_files import SHIPPED, model_recipe
from iae_studio.state.turned import PICTURES
from iae_studio.widgets.map_canvas import MapCanvas

MODELS = ("drawn-10", "mnist-10-small")
FRAMES = 200
GOAL = "p99 <= 20"
NONE = Qt.KeyboardModifier.NoModifier


def display(opened: Studio, name: str) -> None:
    """Another model, and its tiles."""
    opened.state.query.set_view(PICTURES)
    path = SHIPPED[name]
    opened.state.displayed.select(DisplayedModel(model_recipe(path), path))
    wait(lambda: opened.state.answers.rendering is not None)
    pause(1.0)


def opened_map(opened: Studio) -> tuple[MapCanvas, float]:
    """The canvas, and the seconds from the key until the plane was painted."""
    began = time.perf_counter()
    opened.state.query.set_view(MAP)  # as its key does
    wait(lambda: opened.window.findChild(MapCanvas, "mapCanvas") is not None)
    canvas = opened.window.findChild(MapCanvas, "mapCanvas")
    wait(lambda: len(canvas.places()) > 0)
    paints = Paints(canvas)
    wait(lambda: paints.count > 0)
    return canvas, time.perf_counter() - began


def drag(canvas: MapCanvas, kind: QEvent.Type, place: QPointF) -> None:
    button = Qt.MouseButton.RightButton
    at = QPointF(canvas.mapToGlobal(place))
    QApplication.sendEvent(canvas, QMouseEvent(kind, place, at, button, button, NONE))


def pan(canvas: MapCanvas, number: int) -> None:
    """One move of a round that a hand drags the map in."""
    angle = 2 * np.pi * number / 50
    middle = canvas.width() / 2, canvas.height() / 2
    place = QPointF(middle[0] + 80 * np.cos(angle), middle[1] + 80 * np.sin(angle))
    if number == 0:
        drag(canvas, QEvent.Type.MouseButtonPress, place)
    drag(canvas, QEvent.Type.MouseMove, place)
    if number == FRAMES - 1:
        drag(canvas, QEvent.Type.MouseButtonRelease, place)


def zoom(canvas: MapCanvas, number: int) -> None:
    """One notch of a wheel: 25 in, 25 out again."""
    turned = 40 if number // 25 % 2 == 0 else -40
    place = QPointF(canvas.width() / 2, canvas.height() / 2)
    at, still = QPointF(canvas.mapToGlobal(place)), QPoint()
    phase = Qt.ScrollPhase.NoScrollPhase
    wheel = QWheelEvent(
        place, at, still, QPoint(0, turned), Qt.MouseButton.NoButton, NONE, phase, False
    )
    QApplication.sendEvent(canvas, wheel)


def frame_times(canvas: MapCanvas, move: Callable[[MapCanvas, int], None]) -> list[float]:
    """From a hand's move until the map is painted, in ms; backgrounds come meanwhile."""
    times = []
    for number in range(FRAMES):
        began = time.perf_counter()
        move(canvas, number)
        canvas.repaint()
        times.append(1e3 * (time.perf_counter() - began))
        pause(0.005)
    return times


def rows(opened: Studio) -> list[Row]:
    """Of an opened window, for the table of `benchmarks.window`."""
    found: list[Row] = []
    for name in MODELS:
        display(opened, name)
        canvas, seconds = opened_map(opened)
        count = f"map of {len(canvas.places()):,} codes, {name}"
        found.append((f"{count}: key to plane", f"{seconds:.2f} s", "<= 1 s"))
        wait(canvas.hasLattice)
        pause(0.5)
        found.append(tick_row(f"{count}: pan", frame_times(canvas, pan), GOAL))
        found.append(tick_row(f"{count}: zoom", frame_times(canvas, zoom), GOAL))
    canvas.setAllPictures(True)
    found.append(tick_row(f"{count}, all as pictures: pan", frame_times(canvas, pan), GOAL))
    canvas.setAllPictures(False)
    opened.state.query.set_view(PICTURES)
    return found


def main() -> None:
    app = QApplication.instance() or QApplication([])
    with own_folders() as folder, studio(folder, MODELS[0]) as opened:
        for row in rows(opened):
            print("| " + " | ".join(row) + " |")
    del app


if __name__ == "__main__":
    main()
