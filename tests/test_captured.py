"""What a captured step must be: the same operators at each step of a phase, and no look at values.

A GPU replays a step as it was recorded. What Python decides while it is recorded is decided for
all later steps; these tests watch for that on the CPU. Replaying itself wants a GPU.
"""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from tests.tiny import KINDS, batches_of, recipe_of
from trainer.objectives.schedule import Schedule
from trainer.training.cuda_graphs import CapturedSteps, timetable
from trainer.training.loop import run
from trainer.training.state import TrainState, start
from trainer.training.step import step, update

CPU = torch.device("cpu")
LOOKS = ("_local_scalar_dense", "nonzero", "is_nonzero", "equal")


class Watch(TorchDispatchMode):
    """Notes each operator with its arguments that are not tensors."""

    def __init__(self) -> None:
        super().__init__()
        self.notes: list[tuple[str, str]] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if str(func).startswith("profiler."):
            return func(*args, **(kwargs or {}))
        plain = [a for a in args if not isinstance(a, (torch.Tensor, list, torch.Generator))]
        self.notes.append((str(func), repr(plain)))
        return func(*args, **(kwargs or {}))


def prepared(kind: str, *more: str) -> TrainState:
    """A state after two steps, its learning rates scalars on the device, as they are on CUDA."""
    recipe = recipe_of(*KINDS[kind], "steps=40", "ema=0.9", *more)
    state, batches = start(recipe, CPU), batches_of(recipe)
    for optimiser in state.optimisers.values():
        for group in optimiser.param_groups:
            group["lr"] = torch.zeros(())
    for _ in range(2):
        step(state, batches.batch(recipe.optim.batch, 0, state.rng))
    return state


def watched(state: TrainState, number: int) -> list[tuple[str, str]]:
    """The operators of one step, its schedule read from tensors."""
    now = Schedule.at(state.recipe, number)
    values = timetable(state, number, 1)[0]
    batch = batches_of(state.recipe).batch(state.recipe.optim.batch, 0, state.rng)
    with Watch() as watch:
        update(state, batch, now.on_device(values))
    return watch.notes


@pytest.mark.parametrize("kind", KINDS)
def test_steps_of_a_phase_run_the_same_operators_and_look_at_no_value(kind: str) -> None:
    state = prepared(kind, "warm=0")
    first, later = (watched(state, number) for number in (4, 28))
    assert Schedule.at(state.recipe, 4).phase == Schedule.at(state.recipe, 28).phase
    assert first == later
    assert not [name for name, _ in first if any(look in name for look in LOOKS)]


@pytest.mark.parametrize(
    "kind", ["iae, categories", "iae, labels", "iae, guesses", "fiae, categories"]
)
def test_so_do_those_that_find_categories(kind: str) -> None:
    state = prepared(kind, "warm=1")
    first, later = (watched(state, number) for number in (4, 28))
    assert first == later
    assert not [name for name, _ in first if any(look in name for look in LOOKS)]


def test_the_phase_tells_steps_apart_that_run_other_operators() -> None:
    recipe = recipe_of(
        "drawn-10", "steps=40", "warm=0.25", "euclidean=0.3", "euclidean_until=0.5", "r1_every=4"
    )
    phases = [Schedule.at(recipe, number).phase for number in (0, 1, 10, 12, 20, 21, 40, 41)]
    assert len(set(phases)) == len(phases)
    assert Schedule.at(recipe, 13).phase == Schedule.at(recipe, 14).phase


def flat(state: TrainState) -> torch.Tensor:
    """All weights, and the averaged ones, as one vector."""
    parts = [*state.model.parameters(), *state.ema.parameters()]
    return torch.cat([part.detach().flatten() for part in parts])


@pytest.mark.parametrize("kind", KINDS)
def test_a_schedule_on_the_device_trains_as_numbers_do(kind: str) -> None:
    """Both move the weights, and their averages, the same way."""
    moves = []
    for on_device in (False, True):
        state = prepared(kind, "warm=0")
        table, batches, before = timetable(state, 0, 9), batches_of(state.recipe), flat(state)
        for _ in range(3):
            now = Schedule.at(state.recipe, state.step)
            chosen = now.on_device(table[state.step]) if on_device else now
            update(state, batches.batch(state.recipe.optim.batch, 0, state.rng), chosen)
            state.step += 1
        moves.append(flat(state) - before)
    assert (moves[1] - moves[0]).norm() < 0.02 * moves[0].norm()


def test_the_table_goes_on_where_the_schedule_ends() -> None:
    recipe = recipe_of("drawn-10", "steps=20", "ema=0.999")
    state = start(recipe, CPU)
    for number in (0, 7, 20, 9_000, 2_000_000):
        row = timetable(state, number, 1)[0].tolist()
        assert row == pytest.approx(Schedule.at(recipe, number).values, rel=1e-5)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="replaying wants a GPU")
@pytest.mark.parametrize("kind", KINDS)
def test_replayed_steps_train_as_eager_ones(kind: str) -> None:
    device = torch.device("cuda")
    # Past a warm start, with room for both phases to be captured.
    recipe = recipe_of(*KINDS[kind], "steps=60").but(batch=16)
    recipe = recipe.but(warm=min(recipe.schedule.warm, 0.15))
    ended = []
    for eager in (True, False):
        state, batches = start(recipe, device), batches_of(recipe, device)
        if eager:
            state.captured = CapturedSteps(state, batches)
            state.captured.why_not = "asked for"
        losses = torch.cat([torch.from_numpy(p.losses) for p in run(state, batches, 24)])
        assert state.captured is not None
        assert bool(state.captured.why_not) is eager, state.captured.why_not
        ended.append(losses.nan_to_num(-1))
    # Rounding grows threefold with each step; a batch that is not drawn anew makes tenths.
    torch.testing.assert_close(ended[1][:10], ended[0][:10], rtol=5e-2, atol=5e-2)
    assert ended[1].isfinite().all()


@pytest.mark.skipif(not torch.cuda.is_available(), reason="replaying wants a GPU")
def test_every_replayed_step_draws_its_own_batch_and_noise() -> None:
    recipe = recipe_of("drawn-10", "steps=400", "warm=0")
    state = start(recipe, torch.device("cuda"))
    rows = [p.losses for p in run(state, batches_of(recipe, torch.device("cuda")), 60)]
    discriminator = torch.cat([torch.from_numpy(row) for row in rows])[-20:, 0]
    assert len(discriminator.unique()) == 20
