"""Data sets by their records: one added from outside, and what is asked of all of them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import Tensor

from iae_studio.state.datasets import missing, title_of
from iae_studio.state.folders import Folders
from iae_studio.state.test_request import TestRequest
from iae_studio.threads.failures import describe
from iae_studio.threads.jobs import take_test_images
from tests.tiny import ROOT
from trainer.cli import main
from trainer.data.at_hand import data_ready
from trainer.data.dataset import DataSet, Rows
from trainer.data.loading import forget_data, load_data
from trainer.data.progress import OnProgress, unheard
from trainer.data.request import Request
from trainer.evaluation import reference_classifier
from trainer.messages import DataMissingError, UserError
from trainer.recipe.catalogue import find_recipe
from trainer.recipe.recipe import Recipe
from trainer.recipe.specs import DATA_SETS, DataSpec
from trainer.training.checkpoint import RunFolder

SMALL = ["data=stripes", "size=16", "width=4", "batch=16"]


def stripes(count: int, seed: int, size: int) -> Rows:
    """Grey stripes, lying or standing, of any width and brightness."""
    rng = torch.Generator().manual_seed(seed)
    labels = torch.randint(2, (count,), generator=rng)
    width = 2 + 3 * torch.rand(count, 1, 1, generator=rng)
    light = 128 + 127 * torch.rand(count, 1, 1, generator=rng)
    waves = ((torch.arange(size) / width).floor() % 2).expand(count, size, size)
    turned: Tensor = torch.where(labels[:, None, None] == 1, waves, waves.transpose(1, 2))
    return Rows((light * turned).to(torch.uint8)[:, None], labels)


def load_stripes(request: Request, progress: OnProgress) -> DataSet:
    train, test = (stripes(count, count, request.size) for count in (400, 200))
    return DataSet(train, test, classes=2)


STRIPES = DataSpec(
    name="stripes",
    title="drawn stripes",
    load=load_stripes,
    colour=False,
    class_names=("lying", "standing"),
    drawn=True,
    readable=0.0,
)


@pytest.fixture
def with_stripes() -> Iterator[None]:
    with DATA_SETS.registered(STRIPES):
        yield
    forget_data()


@pytest.mark.usefixtures("with_stripes")
def test_a_data_set_from_outside_is_trained_and_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reference_classifier, "STEPS", 5)
    settings = [part for setting in SMALL for part in ("--set", setting)]
    run = str(tmp_path / "run")
    device = ["--device", "cpu"]
    assert main(["train", "drawn-10", *settings, "--steps", "5", "--out", run, *device]) == 0
    recipe = RunFolder(Path(run)).recipe()
    assert recipe.data.name == "stripes" and Recipe.from_json(recipe.to_json()) == recipe
    capsys.readouterr()
    assert main(["evaluate", run, "--json", *device]) == 0
    assert len(json.loads(capsys.readouterr().out)) > 1
    assert main(["figure", run, "--out", str(tmp_path / "figure.png"), *device]) == 0


@pytest.mark.usefixtures("with_stripes")
def test_a_data_set_from_outside_is_shown_and_listed() -> None:
    recipe = find_recipe("drawn-10").with_settings(SMALL)
    assert "stripes" in DATA_SETS.names() and data_ready("stripes")
    assert title_of(recipe) == "drawn stripes"
    shown = take_test_images(TestRequest(recipe, 0), Folders(), unheard)
    assert shown and all(known.seen.shape == (16, 16, 1) for known in shown)
    assert {known.name.partition(" (")[2] for known in shown} == {"lying)", "standing)"}
    with pytest.raises(UserError, match=r"stripes has images in grey"):
        recipe.with_settings(["colour=true"])


def test_an_unknown_data_set_is_told_with_the_known() -> None:
    with pytest.raises(UserError, match=r"no data set 'stripes'.*mnist"):
        find_recipe("drawn-10").with_settings(["data=stripes"])


def test_a_missing_data_set_is_told_by_its_record(tmp_path: Path) -> None:
    spec = DataSpec("far", "Far", load_stripes, find=lambda root: None, files="far.bin")
    with DATA_SETS.registered(spec):
        recipe = find_recipe("drawn-10").with_settings(["data=far"])
        assert not data_ready("far", tmp_path)
        with pytest.raises(DataMissingError, match=r"^Far is not in.*far\.bin.*--data") as caught:
            load_data(recipe, tmp_path)
        assert caught.value.data == "far"
        told = describe(caught.value)
        assert told.data_missing and (told.what, told.remedy) == missing("far")


@pytest.mark.parametrize("name", ["mnist", "fashion-mnist", "svhn", "celeba"])
def test_what_stands_in_for_a_data_set_fits_in_its_place(name: str) -> None:
    spec, other = DATA_SETS[name], DATA_SETS[DATA_SETS[name].stand_in]
    assert other.drawn and (other.size or spec.size) == spec.size and other.colour == spec.colour
    assert DATA_SETS[find_recipe(spec.stand_in_recipe).data.name].drawn
    assert spec.licence and spec.files and (spec.download or spec.page)


def test_the_records_are_read_without_torch() -> None:
    code = "import sys; from trainer.recipe.specs import DATA_SETS; print(*DATA_SETS.names());"
    code += "sys.exit('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0 and len(done.stdout.split()) == 11, done.stderr
