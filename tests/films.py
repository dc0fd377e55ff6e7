"""What the tests of films have in common."""

from __future__ import annotations

from pathlib import Path

from tests.tiny import pictures_of, recipe_of, snapshot_of
from trainer.films.scene import Look, Pace, Scene
from trainer.inference.model_files import export_model
from trainer.messages import Probe, column_seeds
from trainer.storage.snapshots import Moment, moments_in, one_a_step, snapshot_path

SHORT = Pace(rate=10, seconds=0.8)
PLAIN = Look()


def probe_of(model, rows: int = 2, columns: int = 3, **more) -> Probe:
    return Probe(0, pictures_of(model.recipe, rows), column_seeds(4, columns), **more)


def scene_of(model, story, pace: Pace = SHORT, look: Look = PLAIN) -> Scene:
    return Scene(story, model.snapshot, pace, look)


def larger(picture, factor: int):
    return picture.repeat(factor, 0).repeat(factor, 1)


def three_moments(run: Path) -> tuple[Moment, ...]:
    """Those that a run kept, of steps 1, 3 and 6."""
    recipe = recipe_of("drawn-10")
    for steps in (1, 3, 6):
        snapshot = snapshot_of(recipe, steps)
        export_model(snapshot, snapshot_path(run, snapshot.step), {})
    return one_a_step(moments_in(run))
