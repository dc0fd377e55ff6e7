"""Scenes of trainings: their time, branches, changes, queue, options, and comparisons of them."""

from __future__ import annotations

from PIL import Image
from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QLabel

import trainer
from benchmarks.scenes_hands import Scene, clicked, in_turn, view_of
from benchmarks.stage import Stage
from iae_studio.views.fit_line import FitLine
from iae_studio.views.option_list import CHANGED
from iae_studio.views.own_images import OwnImagesDialog
from iae_studio.widgets.card_list import CardList
from trainer.data.drawing.shoes import draw_shoes
from trainer.inference import history
from trainer.recipe.catalogue import CATALOGUE
from trainer.recipe.recipe import Recipe
from trainer.storage.paths import runs_root
from trainer.storage.run_notes import RunNotes, write_notes

AT_ONCE = 0  # each moment is kept, whatever it costs a training of seconds
PHOTOS = 240


def trained(stage: Stage, recipe: Recipe) -> None:
    """Train for some seconds, and keep as many moments as a run of minutes would."""
    history.SHARE = AT_ONCE
    stage.train(recipe)
    stage.wait(lambda: len(stage.state.time.moments) > 15)


def time(stage: Stage) -> None:
    """A run that has ended, played round and round from its middle on."""
    trained(stage, CATALOGUE["drawn-10"].but(steps=700, batch=32))
    stage.keys("Shift+L", *["Shift+Left"] * 3)


def branched(stage: Stage) -> None:
    """From a moment of one run a second begins, with a higher rate."""
    trained(stage, CATALOGUE["mog-iae"].but(steps=1200))
    parent = stage.state.training.run_path
    stage.keys(*["Shift+Left"] * 6, "Ctrl+Shift+B")
    stage.wait_for("optionsDialog")
    stage.fill("option optim.generator_rate", "0.001")
    stage.click("useOptionsButton")
    stage.wait(lambda: stage.state.training.run_path != parent)
    stage.wait_for_end()


def amended(stage: Stage) -> None:
    """A rate is changed while it trains."""
    stage.start(CATALOGUE["mog-iae"].but(steps=100_000))
    stage.wait(lambda: stage.step() > 60)
    stage.keys("Ctrl+Shift+A")
    stage.wait_for("amend generator_rate")
    stage.fill("amend generator_rate", "0.0003")
    stage.click("amendApply")
    stage.wait_for("amendedSoFar")


def queue(stage: Stage) -> None:
    """One that lacks its data has failed, one trains, and two seeds of the shown model wait."""
    waits, shown = stage.state.queue, stage.state.displayed.model
    waits.add(CATALOGUE["celeba-50"])
    waits.add(CATALOGUE["mog-iae"].but(steps=20_000))
    stage.window.view("queue").bring_forward()  # type: ignore[union-attr]
    stage.wait_for("queueStartButton")
    stage.click("queueStartButton")
    stage.wait(lambda: stage.step() > 500)
    stage.state.displayed.select(shown)
    stage.settle()
    stage.fill("seedsField", "1, 2")
    stage.keys("Return")
    stage.state.messages.show_message(None)
    stage.settle()


def runs(stage: Stage) -> None:
    """Four runs; one of them has a name and a note, and one is a branch of it."""
    made = [("mog-iae", 0, 300), ("mog-iae", 1, 300), ("fiae-toy", 0, 60)]
    for name, seed, steps in made:
        settings = {"seed": seed, "steps": steps}
        for _ in trainer.train(name, out=runs_root() / f"{name}-{seed}", settings=settings):
            pass
    named = runs_root() / "mog-iae-1"
    changed = {"steps": 400, "generator_rate": 1e-3}
    trainer.branch(named, runs_root() / "mog-iae-2", settings=changed)
    write_notes(named, RunNotes("A short try", "seed 1, after 300 steps"))
    stage.state.library.refreshWanted.emit()
    stage.keys("Ctrl+F")
    stage.wait(lambda: len(stage.state.library.runs) == 4)
    stage.need("runList", CardList).choose(named)
    stage.settle()


def options(stage: Stage) -> None:
    """A batch that this machine has hardly the room for."""
    stage.keys("Ctrl+,")
    stage.wait_for("optionsDialog")
    stage.fill("option optim.batch", "20000")
    stage.fill("option optim.seed", "3")
    stage.click(f"{CHANGED}Button")
    line = stage.window.findChild(FitLine)
    assert line is not None
    stage.wait(lambda: line.fit is not None)
    stage.settle()


def own_images(stage: Stage) -> None:
    """A folder of drawn shoes, as a network of 32 pixels will see them."""
    folder = stage.folder / "my shoes"
    folder.mkdir()
    shoes = draw_shoes(PHOTOS, seed=0, size=64).images
    for number, pixels in enumerate(shoes.numpy()):
        Image.fromarray(pixels).save(folder / f"shoe {number:03}.png")
    for name in ("logo.svg", "notes.pdf", "notes 2.pdf"):
        (folder / name).write_bytes(b"no photo")
    state, submit = stage.state, stage.window.submit
    recipe = state.displayed.recipe  # Ctrl+I opens the same, and waits for its answer
    dialog = OwnImagesDialog(recipe, submit, stage.window, [str(folder)], state.fitting)
    dialog.setObjectName("ownImages")
    dialog.open()
    line = dialog.findChild(QLabel, "sizeFits")
    assert line is not None
    stage.wait(lambda: "min" in line.text())
    with QSignalBlocker(dialog.images.edit):
        dialog.images.edit.setText("~/my shoes")  # and not where a scene keeps its files


FIGURE_2 = in_turn(view_of("4", "compareView"), clicked("compareFigure2"))
COURSE: dict[str, Scene] = {
    "time": Scene("drawn-10", time),
    "branched": Scene("mog-iae", branched),
    "amended": Scene("mog-iae", amended, ("amendDialog",)),
    "compared": Scene("mnist-10-small", FIGURE_2),
    "queue": Scene("drawn-10", queue),
    "runs": Scene("mog-iae", runs),
    "options": Scene("svhn-75-small", options, ("optionsDialog",)),
    "own-images": Scene("shoes-small", own_images, ("ownImages",)),
}
