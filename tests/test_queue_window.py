"""The queue trains one after the other, and outlives the program."""

from __future__ import annotations

import json

import pytest

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.queue_items import Kept, Stage
from iae_studio.state.training import State
from tests.studio import LONG, little_data, running, wait_state
from trainer.recipe.catalogue import CATALOGUE
from trainer.storage.paths import queue_root


@pytest.fixture
def little(monkeypatch):
    with little_data(monkeypatch):
        yield


TINY = CATALOGUE["drawn-10"].but(steps=2, batch=8)


def stages(studio) -> list[Stage]:
    return [item.stage for item in studio.state.queue.items]


def test_two_recipes_are_trained_one_after_the_other(qtbot, own_folders, little) -> None:
    with running(own_folders, qtbot) as studio:
        queue = studio.state.queue
        queue.add(TINY)
        queue.add(TINY.but(seed=1))
        assert stages(studio) == [Stage.WAITING] * 2
        queue.start()
        qtbot.waitUntil(lambda: stages(studio) == [Stage.DONE] * 2, timeout=LONG)
        assert [i.recipe.optim.seed for i in queue.items] == [1, 0]
        assert [i.step for i in queue.items] == [2, 2]
    print(queue_root(), list(queue_root().iterdir()))
