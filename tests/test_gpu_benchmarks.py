"""What is measured on a GPU in a quarter of an hour: the tables say what they claim to say."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from benchmarks import training
from benchmarks.gpu import learned, profile, speed
from tests.tiny import CPU, batches_of, recipe_of
from trainer.data.batches import TrainingBatches
from trainer.recipe.recipe import Recipe

TOY = recipe_of("mog-iae")


def test_a_loss_of_every_fourth_step_is_in_the_curves_that_come_back() -> None:
    curves = np.full((4 * learned.ROWS, 3), np.nan, np.float32)
    curves[:, 0], curves[::4, 1] = 2.0, 3.0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        kept = learned._thinned(curves)
    assert kept.shape == (learned.ROWS, 3)
    assert (kept[:, 0] == 2).all() and (kept[:, 1] == 3).all(), "the R1 penalty is one"
    assert np.isnan(kept[:, 2]).all(), "none was computed"


def test_losses_are_compared_in_full_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a GPU a convolution would round to ten bits, and sound losses would seem apart."""
    seen = []
    usual = training.step

    def watched(*arguments: object) -> torch.Tensor:
        seen.append((torch.backends.cudnn.allow_tf32, torch.get_float32_matmul_precision()))
        return usual(*arguments)

    monkeypatch.setattr(training, "step", watched)
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", True)
    training.compare(TOY, batches_of(TOY))
    assert set(seen) == {(False, "highest")} and torch.backends.cudnn.allow_tf32


def test_speed_waits_for_no_data_and_tells_each_profile_at_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its time may end before the last recipe; a machine in a rack has no data sets."""
    rows = []

    def measured(recipe: Recipe, batches: TrainingBatches, *_: object) -> speed.Row:
        rows.append(batches.data.rows)
        if recipe.name == "shoes":
            raise AssertionError("no time is left")
        return speed.Row(recipe.name, 8, 1.0, 1.0, 1.0, 1.0, "")

    def missing(*_: object) -> None:
        raise AssertionError("data are loaded")

    monkeypatch.setattr(training, "load_data", missing)
    monkeypatch.setattr(speed, "measured", measured)
    monkeypatch.setattr(speed, "measured_rates", lambda _: SimpleNamespace(operations=1, bytes=1))
    monkeypatch.setattr(speed, "profiled", lambda recipe, _: f"profile of {recipe.name}")
    names = ("mnist-10", "svhn-75", "shoes")
    monkeypatch.setattr(sys, "argv", ["speed", *names, "--device", "cpu"])
    assert speed.main() == 1, "one failed"
    told = capsys.readouterr().out
    wanted = ("| `mnist-10`", "profile of mnist-10", "| `svhn-75`", "profile of svhn-75", "FAILED")
    places = [told.index(each) for each in wanted]
    assert places == sorted(places)
    assert [len(each) for each in rows] == [speed.ROWS] * 3


def test_a_profile_is_of_steps_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a training takes as it begins and as it ends is no step's."""
    state = SimpleNamespace(step=0, captured=None)

    def trained(_: object, batches: TrainingBatches, until: int) -> Iterator[None]:
        values = torch.ones(4)
        values.erf()
        while state.step < until:
            values.sin()
            values.sin()
            state.step += 2  # of one report
            yield
        values.erf()

    monkeypatch.setattr(profile, "start", lambda *_: state)
    monkeypatch.setattr(profile, "run", trained)
    told = profile.profiled(TOY, batches_of(TOY, CPU))
    assert "| 1.0 | aten::sin |" in told and "erf" not in told and "1 a step" in told
