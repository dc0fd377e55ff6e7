"""The moments that a run keeps of itself: which, at what price, and without touching its course."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch

import trainer
from tests.tiny import batches_of, kind_of, recipe_of, snapshot_of
from trainer.data import loading as data
from trainer.inference import history
from trainer.inference.history import History
from trainer.inference.model_files import export_model, load_moment, load_snapshot
from trainer.inference.snapshot_cache import SnapshotCache, size_of
from trainer.messages import UserError
from trainer.storage.snapshots import Moment, moments_in, one_a_step, remove, snapshot_path, surplus
from trainer.training.checkpoint import RunFolder
from trainer.training.loop import TrainState, run, start

CPU = torch.device("cpu")
TOY = kind_of("iae, points")


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return RunFolder.create(tmp_path / "run", TOY)


def trained(state: TrainState, until: int) -> None:
    for _ in run(state, batches_of(TOY), until):
        pass


def kept(folder: RunFolder) -> list[int]:
    return [moment.step for moment in moments_in(folder.path)]


def moments(*steps: int, size: int = 10, kept: tuple[int, ...] = ()) -> tuple[Moment, ...]:
    return tuple(Moment(step, Path(str(step)), size, step in kept) for step in steps)


# ---- which are kept ------------------------------------------------------------------------------


def test_a_moment_is_the_weights_of_its_step(folder) -> None:
    state = start(TOY, CPU)
    taken = History(folder, state)
    assert taken.keep_if_due(state, batches_of(TOY)), "the start"
    trained(state, 8)
    assert taken.keep(state, batches_of(TOY))
    assert kept(folder) == [0, 8]
    found = load_snapshot(snapshot_path(folder.path, 8), CPU)
    assert found.step == 8
    for name, weight in found.model.decoder.state_dict().items():
        expected = state.ema.decoder.state_dict()[name]
        assert torch.equal(weight, expected.half().float() if weight.dim() > 1 else expected)


def test_moments_are_waited_for(folder, monkeypatch) -> None:
    now = [0.0]
    monkeypatch.setattr(history.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(history, "export_model", lambda *_: now.__setitem__(0, now[0] + 2))
    state, batches = start(TOY, CPU), batches_of(TOY)
    taken, times = History(folder, state), []
    for _ in range(1000):
        if taken.keep_if_due(state, batches):
            times.append(now[0])
        now[0] += 1
        state.step += 1
    assert times == [2, 404, 606, 808] and taken.spent == 8  # each takes two seconds
    assert all(taken.spent <= 0.01 * end for end in (now[0], 808))


def test_steps_grow_apart(folder, monkeypatch) -> None:
    monkeypatch.setattr(history, "SHARE", 0)
    state, batches = start(TOY, CPU), batches_of(TOY)
    taken, steps = History(folder, state), []
    monkeypatch.setattr(
        taken, "keep", lambda state, *_: setattr(taken, "_last", state.step) or True
    )
    for step in range(200):
        state.step = step
        if taken.keep_if_due(state, batches):
            steps.append(step)
    assert steps[:8] == [0, 1, 2, 3, 4, 5, 6, 7]
    assert all(after >= 1.15 * before for before, after in pairwise(steps))


def test_those_closest_to_each_other_go_first() -> None:
    gone = surplus(moments(0, 1, 10, 11, 100), most=4)
    assert [moment.step for moment in gone] == [10]
    assert [m.step for m in surplus(moments(0, 1, 2, 3), most=1)] == [2, 1], "first and last stay"
    assert [m.step for m in surplus(moments(0, 1, 2, 3, kept=(1, 2)), most=1)] == []
    assert [m.step for m in surplus(moments(0, 5, 6, 50), most_bytes=30)] == [5]
    assert [m.step for m in surplus(moments(0, 5, 6, 50, kept=(6,)), most_bytes=30)] == [5]
    assert not surplus(moments(0, 5, 6, 50), most_bytes=40)


@pytest.mark.parametrize("limit", ["count", "bytes"])
def test_a_run_keeps_no_more_than_it_may(folder, monkeypatch, limit) -> None:
    state, batches = start(TOY, CPU), batches_of(TOY)
    taken = History(folder, state)
    taken.keep(state, batches)
    size = moments_in(folder.path)[0].size
    if limit == "count":
        monkeypatch.setattr(history, "surplus", lambda all_, most_bytes: surplus(all_, most=5))
    else:
        taken = History(folder, state, lambda: 5 * size)
    for step in (3, 4, 5, 40, 300, 310, 2000):
        state.step = step
        taken.keep(state, batches)
        if step == 5:
            keep = snapshot_path(folder.path, 4)
            keep.rename(snapshot_path(folder.path, 4, kept=True))
    found = kept(folder)
    assert len(found) <= 6 and found[0] == 0 and found[-1] == 2000 and 4 in found


def test_of_one_step_the_exact_weights_are_looked_at(tmp_path) -> None:
    for keep in (True, False):
        file = snapshot_path(tmp_path, 7, keep)
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(b"weights")
    found = moments_in(tmp_path)
    assert [moment.kept for moment in found] == [False, True]
    assert [moment.kept for moment in one_a_step(found)] == [True]


def test_moments_after_the_checkpoint_go_but_for_those_that_are_referred_to(folder) -> None:
    state, batches = start(TOY, CPU), batches_of(TOY)
    taken = History(folder, state)
    for step in (0, 5, 9):
        state.step = step
        taken.keep(state, batches)
    snapshot_path(folder.path, 9).rename(snapshot_path(folder.path, 9, kept=True))
    state.step = 7
    taken.keep(state, batches)
    state.step = 5
    History(folder, state)
    assert kept(folder) == [0, 5, 9]


# ---- what they must not do -----------------------------------------------------------------------


def test_the_course_is_the_same_with_and_without(tmp_path, monkeypatch) -> None:
    few = dict.fromkeys(("train", "test", "few", "many"), 80)
    monkeypatch.setattr("trainer.data.drawn.COUNTS", few)
    data.forget_data()
    recipe = recipe_of("drawn-10", "steps=12")
    weights = []
    for name, share in (("with", 0), ("without", 1 << 40)):
        monkeypatch.setattr(history, "SHARE", share)
        monkeypatch.setattr(history, "CLOSEST", 1.0)
        with trainer.train(recipe, out=tmp_path / name, steps=12) as training:
            for _ in training:
                pass
        weights.append(RunFolder(tmp_path / name).load(CPU))
    counts = [len(moments_in(tmp_path / name)) for name in ("with", "without")]
    assert counts[0] >= 2 > counts[1]
    for net in ("model", "ema"):
        one, other = (getattr(state, net).state_dict() for state in weights)
        assert all(torch.equal(one[key], other[key]) for key in one)
    curves = [RunFolder(tmp_path / name).curves() for name in ("with", "without")]
    assert np.array_equal(*curves, equal_nan=True)
    data.forget_data()


def test_what_cannot_be_written_ends_nothing(folder) -> None:
    (folder.path / "snapshots").write_text("in the way")
    state = start(TOY, CPU)
    taken = History(folder, state)
    assert taken.keep(state, batches_of(TOY)) is False
    trained(state, 2)
    assert taken.keep(state, batches_of(TOY)) is False


# ---- reading them --------------------------------------------------------------------------------


def test_a_moment_loads_as_any_model_does(tmp_path) -> None:
    for kind in ("iae", "cycleiae, decoder noise", "iae, categories"):
        file = tmp_path / f"{kind}.safetensors"
        export_model(snapshot_of(kind_of(kind), 1), file, {})
        one, other = load_snapshot(file, CPU), load_moment(file, CPU)
        known = one.model.state_dict()
        assert known.keys() == other.model.state_dict().keys()
        for name, value in other.model.state_dict().items():
            assert torch.equal(value, known[name]) and value.stride() == known[name].stride()
        assert not other.model.training
        again = load_moment(file, CPU)
        assert again.model is not other.model, "no two share weights"


def test_the_cache_is_bounded_and_sees_what_changed(folder) -> None:
    state, batches = start(TOY, CPU), batches_of(TOY)
    taken = History(folder, state)
    for step in (0, 5, 9, 20):
        state.step = step
        taken.keep(state, batches)
    paths = [moment.path for moment in moments_in(folder.path)]
    one = size_of(load_snapshot(paths[0], CPU))
    cache = SnapshotCache(2 * one)
    held = [cache.snapshot(path, CPU) for path in paths]
    assert cache.size == 2 * one
    assert cache.snapshot(paths[3], CPU) is held[3] and cache.snapshot(paths[0], CPU) is not held[0]
    paths[3].write_bytes(paths[1].read_bytes())
    assert cache.snapshot(paths[3], CPU).step == 5
    remove(moments_in(folder.path))
    with pytest.raises(UserError, match="00000005"):
        cache.snapshot(paths[1], CPU)
