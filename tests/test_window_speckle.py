"""What was measured of a run is read in the window, beside a model measured before speckle was."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QToolButton
from torch import Tensor, nn

from iae_studio.middle.compare import COMPARE
from iae_studio.state.comparing import Compared
from iae_studio.state.model_files import SHIPPED
from tests.studio import LONG, cycle, find, little_data, running, show, train
from trainer.__main__ import main
from trainer.evaluation.formulas import factor_probe
from trainer.evaluation.formulas.fitting import train as train_network
from trainer.inference.model_files import known_metrics
from trainer.recipe.catalogue import CATALOGUE


@pytest.fixture
def quick(monkeypatch) -> None:
    """A probe of factors, another measure, that is taught little."""

    def little(network: nn.Module, loss: Callable[[], Tensor], _: int, *rest: Any) -> None:
        train_network(network, loss, 5, *rest)

    monkeypatch.setattr(factor_probe, "train", little)


@pytest.mark.usefixtures("quick")
def test_speckle_is_read_in_compare(qtbot, own_folders, monkeypatch, capsys) -> None:
    with little_data(monkeypatch), running(own_folders, qtbot, "drawn-10") as studio:
        show(studio, qtbot, cycle("shoes-small"))
        train(studio, qtbot)
        run = studio.state.displayed.model.path
        assert main(["evaluate", str(run), "--device", "cpu"]) == 0
        assert "speckle  " in capsys.readouterr().out
        measured = known_metrics(run)["speckle"]
        QTest.keyClick(studio.window, Qt.Key.Key_4)
        QTest.keyClick(studio.window, Qt.Key.Key_C)
        (ours,) = studio.state.comparing.models
        older = Compared(CATALOGUE["mnist-10-small"], SHIPPED["mnist-10-small"])
        studio.state.comparing.set([ours, older])
        find(studio, QToolButton, "compareMeasuresButton").click()
        page = studio.window.explore.view(COMPARE)._made["compareMeasures"]
        qtbot.waitUntil(lambda: any("speckle" in line[0] for line in page.lines()), timeout=LONG)
        (line,) = (line for line in page.lines() if "speckle" in line[0])
        assert line == ["speckle \N{DOWNWARDS ARROW}", f"{measured:.3g}", "\N{EN DASH}"]
        place = page.lines().index(line)
        told = page.table.topLevelItem(place).toolTip(0)
        assert "1.3: hardly seen" in told and "less is better" in told
        words = find(studio, QLabel, "compareFiguresWords").text()
        assert words.endswith("\N{EN DASH}: not measured there.")
        studio.state.comparing.set([ours])
        qtbot.waitUntil(lambda: len(page.lines()[0]) == 2, timeout=LONG)
        assert "not measured" not in find(studio, QLabel, "compareFiguresWords").text()
