"""Replayed steps on a GPU that is pretended: what surrounds the replaying wants none.

How a training goes on where a step cannot be recorded, what is waited for, and what is left.
"""

from __future__ import annotations

import gc
import weakref
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from tests.pretended_gpu import OnGpu, PretendedGpu, with_rates_on_device
from tests.tiny import batches_of, recipe_of, same, weights
from trainer.messages import Progress
from trainer.objectives.adversarial import Game
from trainer.recipe.recipe import Recipe
from trainer.training import cuda_graphs, dry_step, step_memory
from trainer.training.cuda_graphs import IN_FLIGHT, CapturedSteps
from trainer.training.loop import run, start
from trainer.training.state import TrainState

CPU = torch.device("cpu")
TOY = recipe_of("mog-iae", "steps=40", "warm=0", "r1_every=2")


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch) -> PretendedGpu:
    pretended = PretendedGpu()
    pretended.patch(monkeypatch)
    return pretended


def started(gpu: PretendedGpu, recipe: Recipe = TOY) -> TrainState:
    gpu.state = with_rates_on_device(start(recipe, CPU))
    return gpu.state


def trained(state: TrainState, steps: int) -> list[Progress]:
    return list(run(state, OnGpu(batches_of(state.recipe)), steps))  # type: ignore[arg-type]


def losses(reports: list[Progress]) -> np.ndarray:
    return np.nan_to_num(np.concatenate([report.losses for report in reports]))


def test_what_is_replayed_is_the_training_that_is_not(gpu: PretendedGpu) -> None:
    eager = losses(list(run(start(TOY, CPU), batches_of(TOY), 12)))
    replayed = losses(trained(started(gpu), 12))
    assert gpu.replays == 6, "three steps of each phase prepare"
    assert np.abs(replayed - eager).max() < 2e-2


@pytest.mark.parametrize("where", ["discriminator_loss", "generator_loss"])
def test_a_capture_that_breaks_off_anywhere_leaves_an_eager_training(
    gpu: PretendedGpu, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """To the last bit, and in the words of what went wrong first."""
    usual = getattr(Game, where)

    def refuses(game: Game) -> torch.Tensor:
        if gpu.capturing:
            gpu.broken = True
            raise RuntimeError("operation not permitted when stream is capturing\nand more")
        return usual(game)  # type: ignore[no-any-return]

    wanted = with_rates_on_device(start(TOY, CPU))
    list(run(wanted, batches_of(TOY), 12))
    monkeypatch.setattr(Game, where, refuses)
    state = started(gpu)
    reports = trained(state, 12)
    assert gpu.poisoned and not gpu.replays
    assert reports[-1].note.endswith(": operation not permitted when stream is capturing")
    assert not any(state.rng is each for each in gpu.poisoned)
    assert not state.torn and same(weights(state), weights(wanted))


def test_rates_are_those_of_the_step_also_where_a_table_ends(
    gpu: PretendedGpu, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cuda_graphs, "TABLE", 4)
    state = started(gpu, TOY.but(decay_from=0.1))
    group, supply = state.optimisers["discriminators"].param_groups[0], OnGpu(batches_of(TOY))
    for number in range(20):
        list(run(state, supply, number + 1))  # type: ignore[arg-type]
        wanted = TOY.optim.discriminator_rate * state.terms.schedule(number).rate
        assert float(group["lr"]) == pytest.approx(wanted, rel=1e-5)
    assert gpu.replays > 10


def test_a_run_of_a_hundred_million_steps_begins_at_once(
    gpu: PretendedGpu, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The table is of the next steps alone."""
    usual, counts = cuda_graphs.timetable, list[int]()

    def counted(state: TrainState, first: int, count: int) -> torch.Tensor:
        counts.append(count)
        return usual(state, first, count)

    monkeypatch.setattr(cuda_graphs, "timetable", counted)
    trained(started(gpu, TOY.but(steps=10**8)), 8)
    assert gpu.replays and counts == [cuda_graphs.TABLE]


def test_a_training_that_ends_gives_its_memory_back_without_a_search(gpu: PretendedGpu) -> None:
    """A window looks for garbage seldom, and passes over what was there when training began."""
    gc.collect()
    gc.disable()
    try:
        state = started(gpu)
        trained(state, 10)
        steps, weight = state.captured, next(state.model.parameters())
        assert gpu.replays and steps is not None
        left = [weakref.ref(state), weakref.ref(steps), weakref.ref(weight)]
        gpu.state = None
        del state, steps, weight
        assert [each() for each in left] == [None] * 3
    finally:
        gc.enable()


def test_whoever_looks_at_the_state_waits_for_all_steps_and_pictures_for_none(
    gpu: PretendedGpu,
) -> None:
    state = started(gpu)
    reports = trained(state, 30)
    assert gpu.caught_up == len(reports), "once a report, not at each step"


@pytest.mark.parametrize(("step_ms", "most"), [(50.0, 4), (1.0, 24), (0.1, 204)])
def test_the_device_is_never_far_behind(gpu: PretendedGpu, step_ms: float, most: int) -> None:
    """However quickly steps are asked for: who pauses waits for what is on its way."""
    gpu.step_ms = step_ms
    state = started(gpu)
    steps = CapturedSteps(state, batches_of(TOY))
    for _ in range(400):
        steps._keep_pace()
    assert most / 2 <= gpu.most_behind <= most
    assert gpu.most_behind * step_ms <= max(1e3 * IN_FLIGHT + 4 * step_ms, 4 * step_ms)


def test_what_captures_at_the_same_time_never_has_the_same_stream(gpu: PretendedGpu) -> None:
    """A GPU has few, and hands them out in turns: a training keeps its own while others come."""
    gc.collect()  # those of other tests
    gpu.streams = 3
    state, batches = started(gpu), batches_of(TOY)
    training = CapturedSteps(state, batches)
    for _ in range(7):  # trials of what fits
        trial = CapturedSteps(state, batches)
        assert trial._stream.cuda_stream != training._stream.cuda_stream


def test_will_it_fit_can_be_asked_while_a_training_captures(
    gpu: PretendedGpu, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A device cannot be waited for meanwhile; a stream can."""
    waited = []

    def refuses(*_: object) -> None:
        raise RuntimeError("operation not permitted when stream is capturing")

    class Stream:
        def synchronize(self) -> None:
            waited.append(True)

    state = start(TOY, CPU)
    monkeypatch.setattr(torch.cuda, "synchronize", refuses)
    monkeypatch.setattr(torch.cuda, "current_stream", lambda device: Stream())
    for name in ("reset_peak_memory_stats", "memory_allocated", "max_memory_allocated"):
        monkeypatch.setattr(torch.cuda, name, lambda device: 0)
    gpu_state = type("OfGpu", (), {"rng": type("Rng", (), {"device": torch.device("cuda", 1)})()})()
    monkeypatch.setattr(step_memory, "living", lambda _: iter(state.model.parameters()))
    with step_memory.memory_of(gpu_state) as peak:
        pass
    assert waited and peak(8).size > 0


def test_a_trial_that_finds_no_memory_ends_on_the_device_before_its_memory_is_anothers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Or what it has in hand there would write over a picture."""
    settled = []

    class Full:
        def __init__(self, *_: object) -> None: ...

        def step(self, state: TrainState) -> torch.Tensor:
            raise torch.OutOfMemoryError("CUDA out of memory.")

        def settle(self) -> None:
            settled.append(True)

    monkeypatch.setattr(dry_step, "CapturedSteps", Full)
    on_gpu = SimpleNamespace(rng=SimpleNamespace(device=torch.device("cuda")))
    advance = dry_step._advance(on_gpu, batches_of(TOY))  # type: ignore[arg-type]
    with pytest.raises(torch.OutOfMemoryError):
        advance()
    assert settled


@pytest.mark.parametrize("steps_before", [0, 3])
def test_a_training_that_broke_off_gives_its_memory_back_as_well(
    monkeypatch: pytest.MonkeyPatch, steps_before: int
) -> None:
    """For who tries again with smaller batches, once the memory was full."""
    usual, state = Game.generator_loss, start(TOY, CPU)

    def fills(game: Game) -> torch.Tensor:
        if left() is not None and left().step >= steps_before:  # type: ignore[union-attr]
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return usual(game)

    left = weakref.ref(state)
    monkeypatch.setattr(Game, "generator_loss", fills)
    gc.collect()
    gc.disable()
    try:
        told = ""
        try:
            list(run(state, batches_of(TOY), 10))
        except RuntimeError as error:
            told = str(error)
        assert told == "CUDA out of memory."
        del state
        assert left() is None
    finally:
        gc.enable()
