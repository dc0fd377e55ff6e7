"""Sizes without bounds: refused in a sentence by what this computer has, before they are taken."""

from __future__ import annotations

import json
import time
from pathlib import Path

import numpy as np
import pytest
import torch

import trainer
from iae_studio.threads.failures import describe
from tests.steps import saved_run
from tests.tiny import CPU, ROOT, kind_of, recipe_of, trained
from trainer.cli import main
from trainer.devices import memory as memory_limits
from trainer.messages import UserError
from trainer.models.building import build_model
from trainer.models.size import weights_of
from trainer.recipe.catalogue import CATALOGUE
from trainer.storage.faults import memory_is_full
from trainer.storage.paths import runs_root
from trainer.training.state import start

SETTINGS = [
    *("code=1000000000", "code=1000000", "noise=9999999999999999999", "noise=10000000"),
    *("batch=1000000000000", "batch=1000000", "width=100000000000000000000", "width=100000"),
    *("size=1000000000", "steps=100000000000", "labels=1000000000000", "hold_out=99999999999999"),
    *("generator_rate=1e400", "discriminator_rate=1e39", "r1=1e308", "seed=99999999999999999999"),
    *("r1_every=10000000000", "warm_batch=10000000", "code_blur=nan", "width=" + "9" * 5000),
]


@pytest.fixture
def little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """A computer with one GiB."""
    monkeypatch.setattr(memory_limits, "_of_machine", lambda: 1 << 30)
    monkeypatch.setattr(memory_limits, "_of_container", list)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting[:30])
def test_a_size_that_no_computer_has_is_told_and_leaves_nothing(
    setting: str, little_memory: None, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = "mnist-semi-small" if "labels" in setting else "drawn-10"
    assert main(["train", recipe, "--set", setting, "--device", "cpu"]) == 2
    told = capsys.readouterr().err.strip().splitlines()[-1]
    assert told.startswith("trainer: ") and len(told) < 400
    assert setting.partition("=")[0] in told or "GiB of memory" in told
    assert not runs_root().exists()


@pytest.mark.usefixtures("little_memory")
def test_a_recipe_or_model_that_holds_such_a_number_is_told(tmp_path: Path) -> None:
    run, _ = saved_run(tmp_path / "run", recipe_of("mog-iae"), steps=2)
    file = run.path / "recipe.json"
    content = json.loads(file.read_text())
    for width in (20_000, 10**5, 10**12, 10**400):
        content["recipe"]["model"]["width"] = width
        file.write_text(json.dumps(content))
        for use in (run.load, run.load_shown):
            with pytest.raises(UserError, match=r"GiB|at most|below 2\^63|does not fit"):
                use(CPU)
    content["recipe"]["model"]["width"] = 16
    content["recipe"]["optim"]["batch"] = 900_000
    file.write_text(json.dumps(content))
    with pytest.raises(UserError, match=r"batches of 900,000 needs about [\d.,]+ GiB of memory"):
        trainer.train("mog-iae", out=run.path, resume=True, device="cpu")


@pytest.mark.usefixtures("little_memory")
@pytest.mark.parametrize("name", ["celeba-50", "shoes"])
def test_what_the_paper_trained_is_refused_where_it_cannot_be(name: str) -> None:
    with pytest.raises(UserError, match=r"GiB of memory.*Choose a smaller batch.*-small recipe"):
        start(CATALOGUE[name], CPU)


def test_every_recipe_of_the_catalogue_is_measured_without_memory() -> None:
    began = time.monotonic()
    sizes = {name: weights_of(recipe) for name, recipe in CATALOGUE.items()}
    assert time.monotonic() - began < 5
    assert sizes["celeba-50"] > 40e6 and sizes["mog-iae"] < 1e5
    model = build_model(CATALOGUE["drawn-10"])
    assert sizes["drawn-10"] == sum(value.numel() for value in model.state_dict().values())


@pytest.mark.parametrize("kind", ["iae", "fiae, points", "cycleiae, both noises", "infogan", "gan"])
def test_measuring_a_model_changes_no_step_of_it(kind: str) -> None:
    recipe = kind_of(kind)
    before = start(recipe, CPU)
    state, _ = trained(recipe, 2)
    again, _ = trained(recipe, 2)
    fresh = build_model(recipe).state_dict()
    assert all(torch.equal(fresh[k], v) for k, v in before.model.state_dict().items())
    assert all(
        torch.equal(again.model.state_dict()[k], v) for k, v in state.model.state_dict().items()
    )


# ---- memory that runs out all the same -----------------------------------------------------------


FULL = [
    MemoryError(),
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20 GiB"),
    RuntimeError("[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: can't allocate memory: you"),
    RuntimeError("[enforce fail] DefaultCPUAllocator: not enough memory: you tried to allocate 1"),
]


@pytest.mark.parametrize("error", FULL, ids=lambda error: f"{type(error).__name__}")
def test_a_full_memory_is_a_sentence_everywhere(
    error: BaseException, tmp_path: Path, monkeypatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object, **__: object) -> None:
        raise error

    assert memory_is_full(error) and "memory is full. Close other" in str(describe(error))
    monkeypatch.setattr("trainer.api.loaded.evaluate_snapshot", full)
    monkeypatch.setattr("trainer.api.loaded.render", full)
    monkeypatch.setattr("trainer.training.loop.step", full)
    model = ROOT / "assets" / "models" / "mog-iae.safetensors"
    with pytest.raises(UserError, match="The memory is full"):
        trainer.evaluate(model, device="cpu")
    image = tmp_path / "a.png"
    from PIL import Image

    Image.new("L", (28, 28)).save(image)
    for command in (
        f"train mog-iae --set width=16 --steps 2 --out {tmp_path}/run",
        f"evaluate {model}",
        f"reconstruct drawn-10 {image} --out {tmp_path}/x.png",
    ):
        assert main([*command.split(), "--device", "cpu"]) == 2
        told = capsys.readouterr().err.strip().splitlines()[-1]
        assert told.startswith("trainer: The memory is full. Use")


def test_other_errors_are_no_full_memory() -> None:
    for error in (RuntimeError("shapes differ"), ValueError("not enough memory"), KeyError("x")):
        assert not memory_is_full(error)


# ---- numbers of the commands ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    [
        "reconstruct drawn-10 x.png --out y.png --draws 1000000000000",
        "reconstruct drawn-10 x.png --out y.png --draws 10001",
        "reproduce mog-iae --seeds 0-2147483647",
        "reproduce mog-iae --seeds 0-9999,20000-30000",
        "train mog-iae --minutes 1e400",
        "train mog-iae --steps 1e9",
    ],
)
def test_commands_count_no_further_than_they_can(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    began = time.monotonic()
    with pytest.raises(SystemExit) as ended:
        main(command.split())
    assert ended.value.code == 2 and time.monotonic() - began < 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(("draws", "seed"), [(10**12, 0), (10_001, 0), (1, 10**30), (10**4000, 0)])
def test_python_counts_no_further_either(draws: int, seed: int) -> None:
    model = trainer.load("drawn-10", device="cpu")
    picture = np.zeros((28, 28), np.uint8)
    with pytest.raises(UserError, match=r"(draws|seed) is at most"):
        model.reconstruct(picture, draws, seed)
    with pytest.raises(UserError, match=r"seed is at most"):
        model.evaluate(seed=10**30)


def test_no_training_is_longer_than_it_can_be_told() -> None:
    with pytest.raises(UserError, match="steps must be at most"):
        trainer.train("mog-iae", steps=10**12, device="cpu")
    assert not runs_root().exists()
