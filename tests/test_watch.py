"""Trainings whose numbers stay finite and mean nothing: they end as diverged, and are not kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PySide6.QtWidgets import QLabel
from safetensors import safe_open

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.model_files import list_runs
from iae_studio.state.training import State
from tests.studio import LONG, find, press, running, wait_state
from tests.tiny import CPU, batches_of, recipe_of, same, trained, trainer_process, weights
from trainer.messages import LOSSES, DivergedError, Floats
from trainer.recipe.recipe import Recipe
from trainer.training.checkpoint import RunFolder
from trainer.training.loop import run, start
from trainer.training.saving import run_saved
from trainer.training.watch import Watch

NO_GAMES = ("regularisation=none", "mismatched=0", "mismatched_last=0")


def wild(name: str, rate: float, *settings: str) -> Recipe:
    rates = (f"generator_rate={rate}", f"discriminator_rate={rate}")
    return recipe_of(name, *rates, *settings)


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("drawn-10", ("generator_rate=10", "discriminator_rate=10")),
        ("aae-small", ("generator_rate=1e4", "discriminator_rate=1e4")),
        ("mog-iae", ("generator_rate=1000", "discriminator_rate=1000")),
        ("vae-small", ("generator_rate=100",)),  # it has no game
        ("drawn-10", (*NO_GAMES, "reconstruction=euclidean", "generator_rate=100")),
    ],
)
def test_a_training_that_explodes_but_stays_finite_has_diverged(
    name: str, settings: tuple[str, ...]
) -> None:
    state = start(recipe := recipe_of(name, *settings), CPU)
    with pytest.raises(DivergedError, match="diverged near step"):
        list(run(state, batches_of(recipe), 200))
    assert all(value.isfinite().all() for value in weights(state).values())


@pytest.mark.parametrize("steps", [1, 8])
def test_a_short_one_too(steps: int) -> None:
    with pytest.raises(DivergedError):
        trained(wild("drawn-10", 1e3), steps)


@pytest.mark.parametrize("name", ["drawn-10", "mog-iae", "mnist-clusters-small"])
def test_a_training_thirty_times_too_fast_is_left_alone(name: str) -> None:
    state, _ = trained(wild(name, 0.03, "steps=100"), 100)
    assert state.step == 100 and state.watch.sound


def rows(count: int, **losses: float) -> Floats:
    """Steps of a healthy training, but for what is named; what is not computed is NaN."""
    table = np.full((count, len(LOSSES)), np.nan, np.float32)
    table[:, :4] = 1.0
    for name, value in losses.items():
        table[:, LOSSES.index(name.replace("_", " "))] = value
    return table


def test_a_few_steps_astray_are_no_end() -> None:
    watch = Watch()
    watch.look(rows(20, reconstruction_generator=1e12), points=False)
    assert not watch.lost(at_the_end=False) and not watch.sound
    assert watch.lost(at_the_end=True), "what would be kept is nonsense"
    watch.look(rows(10), points=False)
    assert watch.sound and not watch.lost(at_the_end=True)
    watch = Watch()
    for _ in range(100):  # every third
        watch.look(rows(1, reconstruction_generator=1e12), points=False)
        watch.look(rows(2), points=False)
        assert not watch.lost(at_the_end=False)
    watch.look(rows(30, reconstruction_generator=1e12), points=False)
    assert watch.lost(at_the_end=False)


def test_what_may_be_large_is_no_sign() -> None:
    watch = Watch()
    watch.look(rows(50, likelihood_error=9000.0, divergence=5000.0), points=False)
    watch.look(rows(50, reconstruction_R1=1e8, regularisation_R1=1e8), points=False)
    watch.look(rows(50, regularisation_discriminator=-500.0), points=False)
    assert watch.sound and not watch.lost(at_the_end=True)
    error = np.full((50, len(LOSSES)), np.nan, np.float32)
    error[:, LOSSES.index("Euclidean or cross-entropy error")] = 102.0  # of black pictures
    watch.look(error, points=True)
    assert watch.sound
    watch.look(error, points=False)
    assert watch.lost(at_the_end=False)


def test_a_good_checkpoint_is_not_overwritten_by_nonsense(tmp_path: Path) -> None:
    recipe = recipe_of("drawn-10", "steps=5000")
    folder = RunFolder.create(tmp_path / "run", recipe)
    state = start(recipe, CPU)
    good: dict[str, torch.Tensor] = {}
    with pytest.raises(DivergedError):
        for progress in run_saved(state, batches_of(recipe), 5000, folder, save_every=1e-9):
            if good:
                continue
            if (tmp_path / "run" / "state.safetensors").exists():
                kept = folder.load(CPU)
                good, step = weights(kept), kept.step
                with torch.no_grad():  # from here every step is astray
                    for weight in state.model.discriminators.parameters():
                        weight.mul_(1e4)
            assert progress.step < 5000
    kept = folder.load(CPU)
    assert kept.step == step and same(weights(kept), good)


def test_a_training_whose_time_is_up_is_saved(tmp_path: Path) -> None:
    recipe = recipe_of("drawn-10", "steps=5000")
    folder = RunFolder.create(tmp_path / "run", recipe)
    state = start(recipe, CPU)
    told = []
    for progress in run_saved(
        state, batches_of(recipe), 5000, folder, deadline=0.0, saving=lambda: told.append(1)
    ):
        assert progress.step < 5000
    kept = folder.load(CPU)
    assert kept.step == state.step > 0 and same(weights(kept), weights(state))
    assert told == [1], "who waits for the save is told of it"


def test_what_is_saved_on_the_way_holds_what_showing_it_needs(tmp_path: Path) -> None:
    recipe = recipe_of("drawn-10", "steps=5000")
    folder = RunFolder.create(tmp_path / "run", recipe)
    batches = batches_of(recipe)
    training = run_saved(start(recipe, CPU), batches, 5000, folder, save_every=1e-9)
    while not folder.has_state():
        next(training)
    with safe_open(tmp_path / "run" / "state.safetensors", "pt") as file:
        assert "directions.mean_image" in file.keys()  # noqa: SIM118
    training.close()


def test_the_command_says_so_and_not_that_it_is_done(tmp_path: Path) -> None:
    process = trainer_process(
        *("train", "mog-iae", "--device", "cpu", "--steps", "400", "--out", str(tmp_path / "run")),
        *("--set", "generator_rate=100", "--set", "discriminator_rate=100"),
    )
    _, said = process.communicate(timeout=120)
    assert process.returncode == 2
    assert "The training diverged near step" in said and "Done" not in said
    assert not (tmp_path / "run" / "state.safetensors").exists()


def test_the_window_says_so(qtbot, own_folders) -> None:
    with running(own_folders, qtbot, "mog-iae") as studio:
        studio.state.displayed.select(DisplayedModel(wild("mog-iae", 100, "steps=400")))
        press(studio, qtbot, "startButton")
        wait_state(studio, qtbot, State.FAILED)
        qtbot.waitUntil(lambda: studio.state.messages.current is not None, timeout=LONG)
        assert "diverged near step" in find(studio, QLabel, "messageText").text()
        (entry,) = list_runs()
        assert entry.step == 0, "nothing of it is kept"
