"""What is tried on a GPU that does not exist, in a process of its own: see `pretend_device.py`.

python -m tests.on_pretend FILE: does all of `TRIALS`, and writes what went wrong, by name, as JSON.
"""

from __future__ import annotations

import json
import sys
import tempfile
import traceback
from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from tests.apple_operators import without_kernel
from tests.pretend_device import NAME, Seen, install, watched
from tests.questions import asked, numbers, questions_to
from tests.tiny import CPU, KINDS, batches_of, data_of, kind_of, pictures_of, same, weights
from trainer.devices import memory
from trainer.evaluation import evaluate, reference_classifier
from trainer.inference.model_files import export_model, load_snapshot
from trainer.inference.render import CHUNK, render, sample_cloud
from trainer.inference.snapshot import Snapshot, publish
from trainer.messages import Probe, column_seeds
from trainer.recipe.recipe import Recipe
from trainer.training.checkpoint import RunFolder
from trainer.training.dry_step import dry_run
from trainer.training.loop import run, start
from trainer.training.state import TrainState
from trainer.training.step import next_batch, step

GPU = torch.device(NAME)
PICTURES = [kind for kind in KINDS if not kind_of(kind).two_dimensional]
LOW = ("iae", "iae, categories", "vae", "cycleiae, decoder noise", "fiae", "infogan")
EXPLORED = ("iae", "iae, categories", "cycleiae, encoder noise", "cycleiae, decoder noise")
MEASURED = ("iae, categories", "cycleiae, encoder noise", "fiae, points", "iae, points")
BATCH = 3
LATER = 13  # a step after the warm start, of 20
used: set[str] = set()  # operators, by all that was tried


def small(kind: str) -> Recipe:
    """A recipe of `KINDS` in small batches."""
    recipe = kind_of(kind).but(batch=BATCH)
    return recipe.but(warm_batch=BATCH) if recipe.schedule.warm_batch else recipe


def look_at(seen: Seen) -> None:
    """Whether no value was looked at, and nothing was done that Apple's GPUs cannot."""
    assert not seen.looks, seen.looks
    assert not seen.refused, seen.refused
    used.update(seen.operators)


# ---- training ------------------------------------------------------------------------------------


def stepped(state: TrainState, number: int) -> Tensor:
    """The losses of a step, as if it were that number's."""
    state.step = number
    batches = batches_of(state.recipe, state.rng.device)
    return step(state, next_batch(state, batches))


def steps_as_on_the_cpu(kind: str) -> None:
    """Without a look at a value, and without a copy to the CPU."""
    state, known = start(small(kind), GPU), start(small(kind), CPU)
    for number in (0, LATER) if state.recipe.schedule.warm else (LATER,):
        with watched() as seen:
            losses = stepped(state, number)
        look_at(seen)
        assert not seen.fetched, seen.fetched
        torch.testing.assert_close(
            losses.cpu(), stepped(known, number), equal_nan=True, rtol=1e-3, atol=1e-4
        )


def steps_in_16_bits(kind: str) -> None:
    state = start(small(kind).but(precision="bf16"), GPU)
    with watched() as seen:
        losses = stepped(state, LATER)
    look_at(seen)
    assert not seen.fetched, seen.fetched
    assert losses.cpu()[-1].isfinite()


def a_report_is_one_copy() -> None:
    """Of all steps since the last one; and whether all is finite is one more at the end."""
    recipe = small("fiae, points")
    state, batches = start(recipe, GPU), batches_of(recipe, GPU)
    with watched() as seen:
        reports = list(run(state, batches, 8))
    assert not seen.looks, seen.looks
    assert len(seen.fetched) <= 2 * len(reports), seen.fetched


def breaks_off_and_goes_on(kind: str) -> None:
    """A device that is full in mid-step: random numbers and statistics are as before."""
    recipe = small(kind)
    state, batches = start(recipe, GPU), batches_of(recipe, GPU)
    list(run(state, batches, 1))
    before, numbers_before = weights(state), state.rng.get_state()
    losses = state.model.losses

    def full(*given: object) -> object:
        losses(*given)  # type: ignore[arg-type]
        raise torch.OutOfMemoryError("the device is full")

    state.model.losses = full  # type: ignore[method-assign,assignment]
    try:
        list(run(state, batches, 2))
    except torch.OutOfMemoryError:
        del state.model.losses
    assert same(on_cpu(before), on_cpu(weights(state)))
    assert torch.equal(numbers_before, state.rng.get_state())
    list(run(state, batches, 3))
    assert state.step == 3


def goes_on_elsewhere(saved: torch.device, loaded: torch.device) -> None:
    """A run that was saved on one device goes on on another; on the same to the last bit."""
    recipe = small("iae")
    state, batches = start(recipe, saved), batches_of(recipe, saved)
    list(run(state, batches, 2))
    with tempfile.TemporaryDirectory() as folder:
        run_folder = RunFolder.create(Path(folder) / "run", recipe)
        run_folder.save(state, batches)
        back = run_folder.load(loaded)
        shown = load_snapshot(run_folder.path, loaded)
    assert same(on_cpu(weights(state)), on_cpu(weights(back)))
    assert {value.device.type for value in weights(back).values()} == {loaded.type}
    assert shown.directions is not None
    assert shown.directions.code_axes.device.type == loaded.type
    losses = stepped(back, 2).cpu()
    assert losses[-1].isfinite()
    if saved == loaded:
        torch.testing.assert_close(losses, stepped(state, 2).cpu(), equal_nan=True, rtol=0, atol=0)


def streams(kind: str) -> None:
    """Rows that do not fit on the device come there in batches."""
    recipe = small(kind)
    memory._of_gpu = lambda device: (0, 1 << 34)
    batches = data_of(recipe).batches(recipe, GPU)
    memory._of_gpu = lambda device: (1 << 33, 1 << 34)
    assert not batches.resident and batches.device.type == GPU.type
    state = start(recipe, GPU)
    assert next_batch(state, batches).data.device.type == GPU.type
    list(run(state, batches, 2))


def is_tried_beforehand() -> None:
    assert "on the GPU" in dry_run(small("iae"), GPU).told


# ---- pictures ------------------------------------------------------------------------------------


@lru_cache(maxsize=2)
def twins(kind: str) -> tuple[Snapshot, Snapshot]:
    """The same weights on the CPU and on the GPU, by way of a file."""
    recipe = small(kind)
    state, batches = start(recipe, CPU), batches_of(recipe)
    step(state, next_batch(state, batches))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model.safetensors"
        export_model(publish(state.ema, 1, CPU, batches), file, {}, exact=True)
        pair = load_snapshot(file, CPU), load_snapshot(file, GPU)
    assert {value.device.type for value in pair[1].model.state_dict().values()} == {GPU.type}
    return pair


def pictures_as_on_the_cpu(kind: str) -> None:
    """A copy to the CPU for each batch of pixels, one of the codes, and no other look."""
    here, there = twins(kind)
    probe = Probe(
        *(1, pictures_of(here.recipe, 2), column_seeds(2, 3)),
        code_offsets=(0.5, -1.0),
        noise_offsets=(0.0, 1.5),
        noise_scale=0.8,
    )
    with watched() as seen:
        drawn = render(there, probe)
    look_at(seen)
    rows = 2 * -(-3 // CHUNK)
    assert len(seen.fetched) <= 2 * rows + 1, seen.fetched  # tiles, and codes that are pictures
    close(drawn, render(here, probe), 1)


def points_as_on_the_cpu(kind: str) -> None:
    here, there = twins(kind)
    with watched() as seen:
        cloud = sample_cloud(there, 1, 3)
    look_at(seen)
    assert len(seen.fetched) <= 2, seen.fetched
    close(cloud, sample_cloud(here, 1, 3), 1e-4)


def answers_as_on_the_cpu(kind: str) -> None:
    here, there = twins(kind)
    for question in questions_to(here):
        with watched() as seen:
            answer = asked(there, question)
        look_at(seen)
        try:
            close(answer, asked(here, question), 1)
        except AssertionError as error:
            raise AssertionError(type(question).__name__) from error


def close(found: object, known: object, most: float) -> None:
    """Whether all arrays in two answers are alike: pixels by so many of 255."""
    pairs = list(zip(numbers(found), numbers(known), strict=True))
    assert pairs
    for ours, theirs in pairs:
        tolerance = most if ours.dtype == np.uint8 else 1e-2
        np.testing.assert_allclose(ours.astype(float), theirs.astype(float), atol=tolerance)


# ---- measures ------------------------------------------------------------------------------------


def is_measured(kind: str) -> None:
    _, there = twins(kind)
    with watched() as seen:
        found = evaluate(there, data_of(there.recipe))
    used.update(seen.operators)

    assert found["step"] == 1


def the_classifier_is_the_same_each_time() -> None:
    """Its dropout draws from a seed, and leaves the device's random numbers alone."""
    data, module = data_of(small("iae, labels")), torch.get_device_module(GPU)
    before, networks = module.get_rng_state(GPU), []
    for name in ("one", "another"):
        made = reference_classifier.ReferenceClassifier.of(name, data, GPU, 0.0)
        networks.append(on_cpu(made.network.state_dict()))
        assert torch.equal(module.get_rng_state(GPU), before)
        torch.rand(2, device=GPU)
        before = module.get_rng_state(GPU)
    assert same(*networks)


# ---- the GPU itself ------------------------------------------------------------------------------


def is_like_a_gpu() -> None:
    here, there = torch.arange(3.0), torch.arange(3.0).to(GPU)
    for forbidden in (
        lambda: here + there,
        lambda: there.double(),
        lambda: there.numpy(),
        lambda: torch.randn(3, generator=torch.Generator(GPU)),
        lambda: torch.randn(3, device=GPU, generator=torch.Generator()),
    ):
        try:
            forbidden()
        except (RuntimeError, TypeError):
            continue
        raise AssertionError("a GPU would not have done it")
    looks: list[Callable[[], object]] = [
        lambda: float(there[0]),
        lambda: bool((there > 1).any()),
        lambda: there.nonzero(),
        lambda: there[there > 1],
        lambda: there.repeat_interleave(there.long()),
        lambda: torch.equal(there, there),
    ]
    for look in looks:
        with watched() as seen:
            look()
        assert seen.looks
    with watched() as seen:
        assert there.tolist() == [0, 1, 2] and torch.equal(there.cpu(), here)
    assert len(seen.fetched) == 2 and not seen.looks


def apples_have_all_operators() -> None:
    """As torch lists them: those of all that was tried before."""
    assert len(used) > 100
    assert not without_kernel(used)


def on_cpu(values: dict[str, Tensor]) -> dict[str, Tensor]:
    return {key: value.cpu() for key, value in values.items()}


TRIALS: dict[str, Callable[[], None]] = {
    "it is like a GPU": is_like_a_gpu,
    **{f"steps, {kind}": partial(steps_as_on_the_cpu, kind) for kind in KINDS},
    **{f"16 bits, {kind}": partial(steps_in_16_bits, kind) for kind in LOW},
    "reports": a_report_is_one_copy,
    **{f"full, {kind}": partial(breaks_off_and_goes_on, kind) for kind in ("iae", "fiae, points")},
    "saved there, loaded there": partial(goes_on_elsewhere, GPU, GPU),
    "saved there, loaded here": partial(goes_on_elsewhere, GPU, CPU),
    "saved here, loaded there": partial(goes_on_elsewhere, CPU, GPU),
    **{f"streamed, {kind}": partial(streams, kind) for kind in ("iae", "iae, labels")},
    "a dry step": is_tried_beforehand,
    **{
        f"shown, {kind}": partial(
            pictures_as_on_the_cpu if kind in PICTURES else points_as_on_the_cpu, kind
        )
        for kind in KINDS
    },
    **{f"explored, {kind}": partial(answers_as_on_the_cpu, kind) for kind in EXPLORED},
    **{f"measured, {kind}": partial(is_measured, kind) for kind in MEASURED},
    "the classifier": the_classifier_is_the_same_each_time,
    "operators": apples_have_all_operators,
}


def _went_wrong(trial: Callable[[], None]) -> str:
    try:
        trial()
    except Exception:
        return traceback.format_exc()
    return ""


def main(file: Path) -> None:
    """Do all of it."""
    install()
    memory._of_gpu = lambda device: (1 << 33, 1 << 34)
    memory._held = lambda device: (0, 0)
    reference_classifier.STEPS = 20
    found = {name: _went_wrong(trial) for name, trial in TRIALS.items()}
    file.write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
