"""A window that works for long holds no more than one that began: a little of the benchmark."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.endurance import Held, Part, endure, verdict
from tests.studio import little_data, running, wait_for_tiles

COUNTS = {"losses": 10_000, "redraws": 60, "probes": 24, "models": 8}


def test_what_is_done_again_and_again_leaves_nothing_behind(
    qtbot, own_folders, monkeypatch
) -> None:
    with little_data(monkeypatch), running(own_folders, qtbot) as studio:
        wait_for_tiles(studio, qtbot)
        parts = endure(studio, COUNTS, ("drawn-10", "mnist-10-small"), lambda row: None)
    assert [part.what for part in parts] == list(COUNTS)
    assert not verdict(parts), [part.row() for part in parts]


def held(**others: float) -> Held:
    return replace(Held(600.0, 1.0, 90_000, 400, 12, 30), **others)


def test_a_window_that_leaves_anything_behind_is_told() -> None:
    """Not its memory alone: a thread or a file left for each model ends a long day, too."""
    same = Part("probes", 50, held(), held(memory=620.0, losses=9.0, widgets=390))
    assert verdict([same]) == ""
    for more in (
        {"memory": 640.0},
        {"objects": 91_000},
        {"widgets": 401},
        {"threads": 13, "handles": 29},
        {"threads": 11, "handles": 31},
    ):
        assert "models: more" in verdict([same, Part("models", 40, held(), held(**more))]), more
