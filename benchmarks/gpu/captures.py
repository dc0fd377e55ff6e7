"""Whether steps are captured wherever that can be, and what becomes of a training where not.

python -m benchmarks.gpu.captures [amended|streamed|broken|beside ...] [--device cuda] [--quick]

On a CPU the same trainings run, and nothing is captured.
"""

from __future__ import annotations

import sys
import threading
import time

import numpy as np
import torch

from benchmarks.gpu.checking import Check, carry_out
from tests.tiny import KINDS, batches_of, data_of, kind_of, pictures_of, recipe_of
from trainer.data.amending import amended
from trainer.data.amendments import Amendments
from trainer.data.batches import TrainingBatches
from trainer.data.streaming import Streamed
from trainer.inference.render import render
from trainer.inference.snapshot import publish
from trainer.messages import Floats, Probe
from trainer.objectives.adversarial import Game
from trainer.recipe.recipe import Recipe
from trainer.training.dry_step import dry_run
from trainer.training.loop import run, start, step
from trainer.training.state import TrainState
from trainer.training.step import next_batch
from trainer.training.terms import Terms

STEPS, CHANGED = 40, 20
# The first steps, which must be so near: rounding grows threefold with each; a batch that
# is not drawn anew makes tenths.
ALIKE, CLOSE = 10, 5e-2
BESIDE = 4.0  # seconds


def _trained(state: TrainState, batches: TrainingBatches, eager: bool) -> Floats:
    """The losses of so many steps. Fails where steps that are to be replayed are not."""
    if eager:
        rows = [step(state, next_batch(state, batches)) for _ in range(STEPS)]
        found = torch.stack(rows)[:, :-1].cpu().numpy()
    else:
        found = np.concatenate([each.losses for each in run(state, batches, STEPS)])
        if state.rng.device.type == "cuda":
            assert state.captured is not None and not state.captured.why_not, state.captured
    losses: Floats = np.nan_to_num(found)
    assert np.isfinite(losses).all()
    return losses


def _alike(replayed: Floats, eager: Floats) -> str:
    apart = np.abs(replayed - eager)[:ALIKE].max()
    assert apart < CLOSE, f"{apart:.1e} apart in the first {ALIKE} steps"
    return f"{apart:.1e} apart in the first {ALIKE} steps"


def _amended_state(recipe: Recipe, device: torch.device) -> TrainState:
    state = start(recipe, device)
    for number, wanted in ((3, {"generator_rate": 3e-4}), (CHANGED, {"steps": 80})):
        known = amended(state.terms.amendments, recipe, number, wanted)
        state.terms = Terms(recipe, known)
    assert state.terms.amendments != Amendments()
    return state


def amended_anew(kind: str, device: torch.device) -> str:
    """Options change at two steps: steps are captured anew, and train as eager ones do."""
    recipe = recipe_of(*KINDS[kind], "steps=60")
    made = [
        _trained(_amended_state(recipe, device), batches_of(recipe, device), eager)
        for eager in (False, True)
    ]
    return _alike(*made)


def streamed(kind: str, device: torch.device) -> str:
    """Images that do not fit onto the device: their batches are put where the graphs read."""
    recipe = kind_of(kind)
    data = data_of(recipe)
    known = batches_of(recipe, device)
    seed = recipe.optim.seed
    first = Streamed.of(data.train.images, seed, 0, device)
    other = None
    if data.other_train is not None:
        other = Streamed.of(data.other_train.images, seed, 1, device)
    batches = TrainingBatches(first, other, known.labelled, known.labels)
    return _alike(*(_trained(start(recipe, device), batches, eager) for eager in (False, True)))


def broken(kind: str, device: torch.device) -> str:
    """A look at a value in the middle of a capture: the training goes on, step by step."""
    recipe, usual = kind_of(kind), Game.generator_loss

    def looks(game: Game) -> torch.Tensor:
        loss = usual(game)
        if device.type == "cuda" and torch.cuda.is_current_stream_capturing():
            loss.item()
        return loss

    state, batches = start(recipe, device), batches_of(recipe, device)
    Game.generator_loss = looks  # type: ignore[method-assign]
    try:
        list(run(state, batches, STEPS))
    finally:
        Game.generator_loss = usual  # type: ignore[method-assign]
    if device.type != "cuda":
        return "nothing to capture"
    assert state.captured is not None and state.captured.why_not, "it was captured all the same"
    told = state.captured.why_not
    state.captured = None  # whole again: the next ones are captured
    list(run(state, batches, 2 * STEPS))
    assert state.captured is not None and not state.captured.why_not, state.captured.why_not
    return f"eager, then captured again ({told[:80]})"


def beside(kind: str, device: torch.device) -> str:
    """Pictures, and trials of what fits, on other threads while steps are captured all the time."""
    recipe = kind_of(kind)
    state, batches = start(recipe, device), batches_of(recipe, device)
    list(run(state, batches, 4))
    snapshot = publish(state.ema, state.step, device, batches)
    failed: list[BaseException] = []
    counts, ends = {"pictures": 0, "trials": 0}, time.monotonic() + BESIDE
    probe = Probe(1, pictures_of(recipe, 4), (1, 2, 3))

    def repeat(name: str, work: object) -> None:
        try:
            while time.monotonic() < ends and not failed:
                work()  # type: ignore[operator]
                counts[name] += 1
        except BaseException as error:
            failed.append(error)

    def picture() -> None:
        render(snapshot, probe)
        torch.randn(64, 64, device=device).square().sum().item()

    works = (("pictures", picture), ("trials", lambda: dry_run(recipe, device)))
    threads = [threading.Thread(target=repeat, args=work) for work in works]
    for thread in threads:
        thread.start()
    captures = 0
    try:
        while time.monotonic() < ends and not failed:
            state.captured, captures = None, captures + 1
            list(run(state, batches, state.step + 16))
            assert state.captured is None or not state.captured.why_not, state.captured.why_not
    finally:
        for thread in threads:
            thread.join(60)
    if failed:
        raise failed[0]
    return f"{captures} captures, {counts['pictures']} pictures, {counts['trials']} trials"


SOME = ("iae", "iae, labels", "cycleiae, decoder noise", "fiae")
CHECKS: dict[str, Check] = {
    "amended": Check(amended_anew, tuple(KINDS)),
    "streamed": Check(streamed, SOME),
    "broken": Check(broken, SOME),
    "beside": Check(beside, SOME[:2]),
}

if __name__ == "__main__":
    sys.exit(carry_out(CHECKS, __doc__))
