"""How soon what a drawn code stands for follows the pen, on the shipped models of shoes."""

from __future__ import annotations

import time

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from benchmarks.opened import Paints, Row, move_row, pause, wait
from iae_studio.app import Studio
from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.model_files import SHIPPED, model_recipe
from iae_studio.widgets.code_pad import CodePad
from iae_studio.widgets.sheet import Pixels
from iae_studio.widgets.style_tiles import StyleTiles

MODELS = ("shoes-small", "shoes-64")
STROKES = 100
SETTLED = 2.0  # s, for what is asked of a model when it is first shown
GOAL = 50  # ms


def rows(opened: Studio) -> list[Row]:
    """Of each model: from a pen's touch to the first new shoes painted; how often they follow."""
    return [row for name in MODELS for row in _of(opened, name)]


def _of(opened: Studio, name: str) -> list[Row]:
    path, state = SHIPPED[name], opened.state
    state.displayed.select(DisplayedModel(model_recipe(path), path))
    wait(lambda: state.answers.rendering is not None and bool(state.inputs.images))
    pad = opened.window.findChild(CodePad, "codePad")
    tiles = opened.window.findChild(StyleTiles, "codePadTiles")
    wait(pad.isVisible)
    pause(SETTLED)
    times, gaps = _strokes(pad, tiles)
    return [
        move_row(f"a stroke on the pad to the first new shoe painted, {name}", times, GOAL),
        move_row(f"between two answers while the pen moves, {name}", gaps, GOAL),
    ]


def _strokes(pad: CodePad, tiles: StyleTiles) -> tuple[list[float], list[float]]:
    """Of each stroke the time to new tiles on the screen; of long ones that between two, in ms."""
    paints, button = Paints(tiles), Qt.MouseButton.LeftButton
    answered: list[int] = []  # paints before each answer
    shown = tiles.setTiles

    def count(given: Pixels | None) -> None:
        answered.append(paints.count)
        shown(given)

    tiles.setTiles = count  # type: ignore[method-assign]
    times, gaps = [], []
    for number in range(STROKES):
        place = pad.pixelCentre(8 + number * 7 % 16, 4 + number * 5 % 20).toPoint()
        answered.clear()
        began = time.perf_counter()
        QTest.mousePress(pad, button, pos=place)
        wait(lambda: bool(answered) and paints.count > answered[0])
        times.append(1e3 * (time.perf_counter() - began))
        if number % 10 == 0:
            answered.clear()
            began = time.perf_counter()
            for step in range(30):
                QTest.mouseMove(pad, place + QPoint(step % 9 * 2, step))
                pause(0.008)
            gaps.append(1e3 * (time.perf_counter() - began) / max(1, len(answered)))
        QTest.mouseRelease(pad, button, pos=place)
        if number % 10 == 9:
            pad.clear()
        pause(0.05)
    tiles.setTiles = shown  # type: ignore[method-assign]
    tiles.removeEventFilter(paints)
    return times, gaps
