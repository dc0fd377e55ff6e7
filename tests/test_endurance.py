"""A window that works for long holds no more than one that began: a little of the benchmark."""

from __future__ import annotations

from benchmarks.endurance import BAR, endure
from tests.studio import little_data, running, wait_for_tiles

COUNTS = {"losses": 10_000, "redraws": 60, "probes": 24, "models": 8}


def test_what_is_done_again_and_again_leaves_nothing_behind(
    qtbot, own_folders, monkeypatch
) -> None:
    with little_data(monkeypatch), running(own_folders, qtbot) as studio:
        wait_for_tiles(studio, qtbot)
        parts = endure(studio, COUNTS, ("drawn-10", "mnist-10-small"), lambda row: None)
    assert [part.what for part in parts] == list(COUNTS)
    for part in parts:
        before, after = part.before, part.after
        assert part.growth < BAR, part.row()
        assert after.objects < 1.01 * before.objects, part.row()
        assert after.widgets == before.widgets, part.row()
        assert (after.threads, after.handles) <= (before.threads, before.handles), part.row()
