"""Directions, points and statistics that somebody made up: each is told, none is drawn with."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

import trainer
from tests.crafted import Tensors, filled, put, state_with, without
from tests.tiny import CPU, ROOT, batches_of, recipe_of, trained
from trainer.inference.model_files import check_model, export_model, load_snapshot
from trainer.inference.snapshot import Snapshot, publish
from trainer.messages import UserError

NAN = float("nan")


@pytest.fixture(scope="module")
def drawn() -> Snapshot:
    recipe = recipe_of("drawn-10")
    state, _ = trained(recipe, 3)
    return publish(state.ema, 3, CPU, batches_of(recipe))


DIRECTIONS: dict[str, Callable[[Tensors], object]] = {
    "code_mean": put("code_mean", lambda old: old[:-1]),
    "code_std": put("code_std", lambda old: old[None]),
    "code_axes": put("code_axes", lambda old: old[:, :-1].contiguous()),
    "noise_axes": put("noise_axes", lambda old: old[:-1]),
    "noise_spread": put("noise_spread", lambda old: old[:1]),
    "mean_image": put("mean_image", lambda old: old[0]),
    "another colour": put("mean_image", lambda old: old.expand(3, -1, -1).contiguous()),
    "whole numbers": put("code_mean", lambda old: old.long()),
    "not finite": filled("code_axes", NAN),
    "negative": filled("code_std", -1.0),
    "one is missing": without("code_std"),
    "one too many": lambda t: t.update({"directions.x": torch.zeros(2)}),
    "points": lambda t: t.update({"points": torch.zeros(5, 2)}),
}


def without_checksum(file: Path) -> dict[str, str]:
    """What a model file tells beside its tensors, as an older version wrote it."""
    with safe_open(str(file), "pt") as opened:
        return {key: text for key, text in opened.metadata().items() if key != "checksum"}


@pytest.mark.parametrize("change", DIRECTIONS.values(), ids=DIRECTIONS)
def test_directions_of_another_shape_are_told(
    change: Callable[[Tensors], object], drawn: Snapshot, tmp_path: Path
) -> None:
    file = tmp_path / "a.safetensors"
    export_model(drawn, file, {})
    tensors = load_file(file)
    change(tensors)
    save_file(tensors, file, without_checksum(file))
    for use in (lambda: load_snapshot(file, CPU), lambda: check_model(file)):
        with pytest.raises(UserError, match=r"does not fit the recipe|not finite"):
            use()


@pytest.mark.parametrize(
    "points",
    [
        torch.zeros(5),
        torch.zeros(5, 3),
        torch.zeros(0, 2),
        torch.zeros(9000, 2),
        torch.full((5, 2), NAN),
    ],
    ids=["one row", "in space", "none", "too many", "not finite"],
)
def test_points_of_another_shape_are_told(points: Tensor, tmp_path: Path) -> None:
    folder = state_with(tmp_path, lambda tensors: tensors.update(points=points))
    with pytest.raises(UserError, match=r"does not fit the recipe|not finite"):
        load_snapshot(folder.path, CPU)


@pytest.mark.parametrize(("ending", "value"), [("running_var", -1.0), ("running_mean", NAN)])
def test_statistics_that_are_none_are_told(ending: str, value: float, tmp_path: Path) -> None:
    shipped, file = ROOT / "assets" / "models" / "drawn-10.safetensors", tmp_path / "a.safetensors"
    tensors = load_file(shipped)
    filled(ending, value)(tensors)
    save_file(tensors, file, without_checksum(shipped))
    with pytest.raises(UserError, match=r"not finite numbers.*open another one"):
        trainer.load(file)


def test_a_model_file_of_an_older_version_opens_as_it_was(tmp_path: Path) -> None:
    """It has a flat recipe, and neither a checksum nor a word on how its images are known."""
    shipped, file = ROOT / "assets" / "models" / "drawn-10.safetensors", tmp_path / "a.safetensors"
    flat = json.loads((ROOT / "tests" / "recorded" / "recipe-format-1.json").read_text())
    kept = without_checksum(shipped)
    old = {key: kept[key] for key in ("kind", "step", "metrics")}
    save_file(load_file(shipped), file, old | {"recipe": json.dumps(flat["drawn-10"])})
    found, wanted = load_snapshot(file, CPU), load_snapshot(shipped, CPU)
    assert found.recipe == wanted.recipe and found.step == wanted.step
    weights = wanted.model.state_dict()
    assert all(torch.equal(value, weights[key]) for key, value in found.model.state_dict().items())


def test_weights_beyond_16_bits_are_not_exported_as_infinite(
    drawn: Snapshot, tmp_path: Path
) -> None:
    model = copy.deepcopy(drawn.model)
    next(model.encoder.parameters()).data.fill_(1e6)
    with pytest.raises(UserError, match="too large for 16 bits"):
        export_model(replace(drawn, model=model), tmp_path / "a.safetensors", {})
    assert not list(tmp_path.glob("*.safetensors"))
