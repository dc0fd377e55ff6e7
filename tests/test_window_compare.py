"""Comparing in the real window: Figure 2 as a live table, moments, damaged files, curves."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

import trainer
from iae_studio.middle.compare import COMPARE
from iae_studio.state.comparing import Compared
from iae_studio.state.model_files import SHIPPED
from iae_studio.state.ready_made import FIGURE_2
from iae_studio.views.compare_asking import DRAWS
from iae_studio.widgets.compare_grid import CompareGrid
from tests.studio import LONG, find, little_data, newest, press, running
from trainer.messages import Probe
from trainer.recipe.catalogue import CATALOGUE


@pytest.fixture
def studio(qtbot, own_folders, monkeypatch):
    with little_data(monkeypatch), running(own_folders, qtbot, "drawn-10") as started:
        yield started


def compared(*names: str) -> list[Compared]:
    return [Compared(CATALOGUE[name], SHIPPED[name]) for name in names]


def asking(studio):
    return studio.window.explore.view(COMPARE).pictures.asking


def wait_for(studio, qtbot, *models: Compared, seeds=None):
    """What each model made of the inputs of now, once no question is on its way."""
    asks = asking(studio)

    def there() -> bool:
        now = tuple(studio.state.inputs.images)
        found = [asks.answer(model) for model in models]
        return not asks._pending and all(a is not None and a.inputs == now for a in found)

    qtbot.waitUntil(there, timeout=LONG)
    return [asks.answer(model) for model in models]


def alone(studio, name: str):
    """What a shipped model makes of the same inputs, asked by itself."""
    images = np.stack([known.seen for known in studio.state.inputs.images])
    query = studio.state.query
    probe = Probe(0, images, query.seeds[:DRAWS], query.noise_scale)
    return trainer.load(name).render(probe).tiles


def test_figure_2_is_a_live_table_of_three_shipped_models(studio, qtbot) -> None:
    newest(studio, qtbot)
    QTest.keyClick(studio.window, Qt.Key.Key_4)
    assert find(studio, QWidget, "compareView").isVisible()
    press(studio, qtbot, "compareFigure2")
    models = studio.state.comparing.models
    assert [model.path for model in models] == [SHIPPED[name] for name in FIGURE_2]
    found = wait_for(studio, qtbot, *models)
    for name, answer in zip(FIGURE_2, found, strict=True):
        assert np.array_equal(answer.made.tiles, alone(studio, name))
    grid = find(studio, CompareGrid, "compareGrid")
    qtbot.waitUntil(lambda: all(c.pictures is not None for c in grid.columns()), timeout=LONG)
    heads = [column.head for column in grid.columns()]
    assert heads[0] == "x → z → x" and heads[1:3] == ["n1", "n2"]
    shown = grid.image(1, grid.column(2, 1)).pixelColor(9, 12).getRgb()[0]
    assert shown == found[2].made.tiles[1, 1, 12, 9, 0]

    before = [answer.made.tiles for answer in found]
    QTest.keyClick(studio.window, Qt.Key.Key_Space)
    studio.state.query.set_noise_scale(0.7)
    qtbot.waitUntil(lambda: asking(studio).answer(models[2]) is not found[2], timeout=LONG)
    found = wait_for(studio, qtbot, *models)
    for name, answer in zip(FIGURE_2, found, strict=True):
        assert np.array_equal(answer.made.tiles, alone(studio, name))
    assert np.array_equal(found[0].made.tiles, before[0]), "it has no noise"
    assert not np.array_equal(found[1].made.tiles, before[1])
