"""Model files whose fully connected layers have eight bits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from tests.tiny import kind_of, pictures_of, snapshot_of
from trainer.cli import main
from trainer.inference.eight_bits import packed, unpacked
from trainer.inference.model_files import export_model, load_snapshot
from trainer.inference.render import render
from trainer.messages import Probe, UserError

CPU = torch.device("cpu")


def test_a_row_keeps_its_largest_number_and_the_others_to_half_a_step() -> None:
    value = torch.tensor([[1.0, -2.54, 0.017, 0.0], [1e-6, 0.0, 0.0, -1e-6], [0.0] * 4])
    stored = packed("w", value)
    assert stored["w"].dtype == torch.int8 and stored["w.factors"].shape == (3,)
    back = unpacked(stored, "w")
    step = value.abs().amax(1, keepdim=True) / 127
    assert bool(((back - value).abs() <= 0.501 * step).all())
    assert back[0, 1] == pytest.approx(-2.54) and not back[2].any()


@pytest.mark.parametrize("kind", ["iae", "fiae, categories", "cycleiae, encoder noise"])
def test_a_compact_file_draws_what_its_model_does(kind: str, tmp_path: Path) -> None:
    snapshot = snapshot_of(kind_of(kind), steps=10)
    whole, compact = tmp_path / "whole.safetensors", tmp_path / "compact.safetensors"
    export_model(snapshot, whole, {"mse": 0.5})
    export_model(snapshot, compact, {"mse": 0.5}, compact=True)
    assert compact.stat().st_size <= whole.stat().st_size
    loaded = load_snapshot(compact, CPU)
    assert loaded.recipe == snapshot.recipe and loaded.step == 10
    assert loaded.facts() == snapshot.facts()
    probe = Probe(1, pictures_of(snapshot.recipe, 4), (0, 1))
    ours, theirs = render(snapshot, probe).tiles, render(loaded, probe).tiles
    assert np.abs(ours.astype(int) - theirs.astype(int)).max() <= 4


def test_the_command_line_writes_it_and_it_is_half_as_large(tmp_path: Path) -> None:
    file = tmp_path / "small"
    assert main(["export", "drawn-10", str(file), "--compact", "--device", "cpu"]) == 0
    with safe_open(f"{file}.safetensors", "pt") as opened:
        assert opened.metadata()["kind"] == "iae-studio model 2", "older versions must refuse it"
    assert (tmp_path / "small.safetensors").stat().st_size < 1.6e6
    with pytest.raises(SystemExit):
        main(["export", "drawn-10", str(file), "--compact", "--exact"])


@pytest.mark.parametrize("change", ["no factors", "factors of floats", "short", "infinite", "huge"])
def test_what_was_tampered_with_is_refused(change: str, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    export_model(snapshot_of(kind_of("iae"), steps=2), path, {}, compact=True)
    with safe_open(str(path), "pt") as opened:
        tensors = {key: opened.get_tensor(key) for key in opened.keys()}  # noqa: SIM118
        meta = opened.metadata()
    meta.pop("checksum")
    key = next(key for key in tensors if key.endswith(".factors"))
    if change == "no factors":
        del tensors[key]
    elif change == "factors of floats":
        matrix = key.removesuffix(".factors")
        tensors[matrix] = tensors[matrix].float()
    elif change == "short":
        tensors[key] = tensors[key][:-1].clone()
    else:
        tensors[key][0] = float("inf") if change == "infinite" else 3e38
    save_file(tensors, path, meta)
    with pytest.raises(UserError, match=str(path)):
        load_snapshot(path, CPU)
