"""Tensors that somebody made up: each is told, and none reaches the memory of a network.

A wrong one could be copied past the end of another, so that all of this runs as it would, with
small models of points and of digits.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

import trainer
from tests.crafted import Tensors, filled, first, put, state_with, without
from tests.tiny import CPU, batches_of, kind_of, trained
from trainer.inference.model_files import load_snapshot
from trainer.messages import UserError
from trainer.training.checkpoint import STATE, RunFolder
from trainer.training.loop import run

# With a warm start without games, one game, no way back, no discriminator at all.
ODD_KINDS = ("iae", "iae, guesses", "fiae, categories", "aae", "vae", "gan", "cycleiae, l1")
NAN = float("nan")


MISFITS: dict[str, Callable[[Tensors], object]] = {
    "a moment without dimensions": put(".exp_avg", lambda old: torch.zeros(())),
    "a moment of format 1 without dimensions": lambda t: t.update(
        {"players.0.exp_avg": torch.zeros(())}
    ),
    "a moment laid out otherwise": put("0.weight.exp_avg", lambda old: old.reshape(-1)),
    "a larger moment": put(".exp_avg_sq", lambda old: torch.zeros(1000, *old.shape)),
    "an empty moment": put(".exp_avg_sq", lambda old: torch.zeros(0)),
    "moments of 16 bits": put(".exp_avg", lambda old: old.half()),
    "moments of 8 bits": put(".exp_avg", lambda old: old.to(torch.float8_e4m3fn)),
    "a step with dimensions": put(".step", lambda old: torch.zeros(7)),
    "a step that is a whole number": put(".step", lambda old: old.long()),
    "a step of the future": filled(".step", 1e9),
    "a step before all": filled(".step", 0),
    "a moment of a weight that there is not": lambda t: t.update(
        {"players.999.exp_avg": torch.zeros(3)}
    ),
    "of a place of 5,000 digits": lambda t: t.update(
        {f"critics.{'9' * 5000}.step": torch.ones(())}
    ),
    "of a weight of another name": lambda t: t.update({"generators.x.step": torch.ones(())}),
    "a tensor more": lambda t: t.update({"model.more": torch.zeros(3)}),
    "no optimisers": without("generators.", "discriminators."),
    "no moments of the discriminators": lambda t: [
        t.pop(key) for key in list(t) if key.startswith("discriminators.")
    ],
    "no moments of one weight": without("decoder.body.0.bias.exp", "decoder.body.0.bias.step"),
    "one moment is missing": lambda t: t.pop(first(t, ".exp_avg_sq")),
    "weights of 64 bits": lambda t: t.update(
        {k: v.double() for k, v in t.items() if k.startswith("model.")}
    ),
    "averages of another shape": lambda t: t.update(
        {k: v.flatten() for k, v in t.items() if k.startswith("ema.")}
    ),
    "random numbers that are floats": put("rng", lambda old: old.float()),
    "random numbers in a table": put("rng", lambda old: old.reshape(2, -1)),
    "too few random numbers": put("rng", lambda old: old[:100]),
    "no random numbers": without("rng"),
    "random numbers that are none": put("rng", lambda old: torch.full_like(old, 255)),
}


@pytest.mark.parametrize("change", MISFITS.values(), ids=MISFITS)
def test_a_checkpoint_that_does_not_fit_is_told(
    change: Callable[[Tensors], object], tmp_path: Path
) -> None:
    folder = state_with(tmp_path, change)
    before = (folder.path / STATE).read_bytes()
    with pytest.raises(UserError, match=r"does not fit the recipe.*Copy it again") as told:
        folder.load(CPU)
    assert len(str(told.value)) < 400
    with pytest.raises(UserError, match="does not fit"):
        trainer.train("mog-iae", out=folder.path, resume=True, device="cpu")
    assert (folder.path / STATE).read_bytes() == before


@pytest.mark.parametrize(
    ("ending", "value"),
    [
        ("encoder.body.0.0.weight", NAN),
        ("decoder.body.0.weight", float("inf")),
        ("exp_avg", NAN),
        ("exp_avg_sq", float("inf")),
        ("exp_avg_sq", -1.0),
        (".step", NAN),
    ],
)
def test_a_checkpoint_that_would_diverge_is_told_with_a_way_out(
    ending: str, value: float, tmp_path: Path
) -> None:
    folder = state_with(tmp_path, filled(ending, value))
    with pytest.raises(UserError, match=r"not finite.*begin a new run with smaller learning rates"):
        folder.load(CPU)


def test_weights_that_are_no_numbers_under_finite_averages_are_shown_and_not_trained(
    tmp_path: Path,
) -> None:
    folder = state_with(tmp_path, lambda t: t["model.encoder.body.0.0.weight"].fill_(NAN))
    assert load_snapshot(folder.path, CPU).step == 3
    with pytest.raises(UserError, match="not finite"):
        folder.load(CPU)


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ("-1", "names the step"),
        ("9" * 5000, "names no recipe or step"),
        ("1" + "0" * 30, "names the step"),
        (str(10**9), "took 3 steps, and the run 1000000000"),
        ("2000", "took 3 steps"),
        ("0x3", "names no recipe or step"),
    ],
)
def test_a_step_that_was_never_taken_is_told(step: str, told: str, tmp_path: Path) -> None:
    folder = state_with(tmp_path, lambda tensors: None, step)
    with pytest.raises(UserError, match=told):
        folder.load(CPU)


def test_a_step_beyond_all_curves_takes_no_memory(tmp_path: Path) -> None:
    folder = state_with(tmp_path, lambda tensors: None, str(10**9))
    with pytest.raises(UserError, match=r"names the step 1,000,000,000.*Copy the run again"):
        folder.curves()


def test_a_state_of_a_format_to_come_is_told(tmp_path: Path) -> None:
    folder = state_with(tmp_path, lambda tensors: None)
    save_file(load_file(folder.path / STATE), folder.path / STATE, {"step": "3", "format": "99"})
    for use in (folder.load, folder.load_shown):
        with pytest.raises(UserError, match=r"newer version.*format '99'.*update"):
            use(CPU)


@pytest.mark.parametrize("kind", ODD_KINDS)
def test_what_a_training_saves_can_be_gone_on_with(kind: str, tmp_path: Path) -> None:
    """Before its first step, in its warm start, and after."""
    recipe = kind_of(kind)
    folder = RunFolder.create(tmp_path / "run", recipe)
    state, _ = trained(recipe, 0)
    for until in (0, 1, 12):
        list(run(state, batches_of(recipe), until))
        folder.save(state, batches_of(recipe))
        assert folder.load(CPU).step == until
        assert folder.load_shown(CPU).step == until


# ---- headers that lie ----------------------------------------------------------------------------


@pytest.mark.parametrize("length", [0, 1, 2**31, 2**63, 2**64 - 1, 99_999_999])
def test_a_header_that_lies_about_its_length_is_told(length: int, tmp_path: Path) -> None:
    folder = state_with(tmp_path, lambda tensors: None)
    for file in (folder.path / STATE, tmp_path / "a.safetensors"):
        content = (folder.path / STATE).read_bytes()
        file.write_bytes(struct.pack("<Q", length) + content[8:])
    for use in (folder.load, folder.load_shown, lambda _: trainer.load(tmp_path / "a.safetensors")):
        with pytest.raises(UserError, match="damaged"):
            use(CPU)
