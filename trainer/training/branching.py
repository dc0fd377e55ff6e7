"""A run that branches off another: from its last checkpoint, or from weights of before.

The new folder is made beside its place and then named, so that it is whole or not there. It holds
what the parent had until that step: its curves, and its moments (as links, where the disk has
them), what was set aside and what was amended. Of a checkpoint all goes on exactly. Of averaged
weights alone the optimisers and discriminators begin anew, by the recipe's seed and the step.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from trainer.data.amendments import FILE as AMENDMENTS
from trainer.data.amendments import fitting_amendments
from trainer.data.aside import FILE as ASIDE
from trainer.data.branches import aside_until, child_of, options_changed, other_data
from trainer.data.folders.trained_on import FILE as IMAGES
from trainer.messages import LOSSES, UserError
from trainer.models.base import Model
from trainer.models.fitting import expected_of
from trainer.models.size import blank_model
from trainer.recipe.recipe import Recipe
from trainer.recipe.saved import Begun, Parent, begun_json, read_begun
from trainer.storage.faults import in_words
from trainer.storage.files import is_missing, lies, make_folder, replacing, sync_folder, write_bytes
from trainer.storage.paths import full_path
from trainer.storage.regular import open_regular
from trainer.storage.snapshots import FOLDER, moments_in
from trainer.training.checkpoint import STATE, RunFolder
from trainer.training.curves_file import append_rows, whole_curves
from trainer.training.small_files import RECIPE, read_bytes, stands
from trainer.training.state import TrainState, start
from trainer.training.state_bytes import state_bytes
from trainer.training.state_file import opened, step_of

ENDING = ".branch"  # of the folders that are being made
LEFT = 86_400.0  # seconds after which one is nobody's any more
MOST_SEED = 1 << 62


@dataclass(frozen=True, eq=False)
class Averages:
    """Averaged weights of a run on its way, and what showing them needs to know of the data."""

    step: int
    model: Model
    seen: Mapping[str, Tensor]


def branch(
    run: RunFolder, out: Path, wanted: Recipe | None = None, origin: Averages | None = None
) -> Path:
    """A new run in the folder `out`, ready to go on; returns it.

    `wanted` is the recipe that is to be in force at its first step; without it, what is in its
    parent. Without an origin it begins from the last checkpoint. The parent may train meanwhile.

    Raises UserError for a recipe that no branch can have, where something lies in `out`, and where
    a disk refuses.
    """
    begun = read_begun(run.path)
    with in_words(out, "cannot be written"), _made(out) as fresh:
        step = _copy_checkpoint(run, fresh) if origin is None else origin.step
        recipe = _put_small(run, fresh, begun, wanted, step)
        whole = origin is None
        _check_networks(begun.recipe, recipe, whole)
        if origin is not None:
            write_bytes(fresh / STATE, begun_anew(recipe, origin))
        rows = whole_curves(run.path / "curves.f32", step, begun.losses)
        append_rows(fresh / "curves.f32", rows, len(LOSSES), step)
        _link_moments(run.path, fresh, step)
        parent = Parent(full_path(run.path).name, begun.when, step, whole)
        fresh_from = begun.fresh_from if whole else step
        write_bytes(fresh / RECIPE, begun_json(recipe, parent, fresh_from))
    return out


@contextmanager
def _made(out: Path) -> Iterator[Path]:
    """A folder that becomes `out` when the block ends without an error, and is gone after one."""
    make_folder(out.parent)
    _remove_left(out.parent)
    around = Path(tempfile.mkdtemp(ENDING, f".{out.name[:40]}.", out.parent))
    try:
        fresh = around / "run"  # not `around`: what is half-made must not look like a run
        fresh.mkdir()
        yield fresh
        _check_free(out)
        try:
            fresh.rename(out)
        except OSError as error:  # somebody was faster
            if is_missing(out):
                raise
            raise stands(out) from error
        sync_folder(out.parent)
    finally:
        shutil.rmtree(around, ignore_errors=True)


def _check_free(out: Path) -> None:
    """Raises UserError where something lies in that folder; an empty one makes room."""
    if is_missing(out):
        return
    try:
        out.rmdir()
    except OSError as error:
        if lies(out / RECIPE):
            raise stands(out) from error
        raise UserError(f"{out} is not empty: choose another folder for the branch.") from error


def _remove_left(place: Path) -> None:
    """What a killed process left of making a branch."""
    with suppress(OSError):
        for each in place.glob(f".*{ENDING}"):
            if time.time() - each.stat().st_mtime > LEFT:
                shutil.rmtree(each, ignore_errors=True)


def _copy_checkpoint(run: RunFolder, fresh: Path) -> int:
    """Its step, of the copy: the parent may save another one meanwhile."""
    if not run.has_state():
        raise UserError(f"{run.path} holds no checkpoint to branch from yet: train it first.")
    with open_regular(run.path / STATE) as source, replacing(fresh / STATE) as copy:
        shutil.copyfileobj(source, copy)
    with opened(fresh / STATE) as file:
        return step_of(file, run.path / STATE)


def _put_small(
    run: RunFolder, fresh: Path, begun: Begun, wanted: Recipe | None, step: int
) -> Recipe:
    """What goes along of images and amendments; returns the child's recipe."""
    known = fitting_amendments(run.path, begun.recipe)
    recipe, amended = child_of(begun.recipe, known, step, wanted)
    if amended.all:
        write_bytes(fresh / AMENDMENTS, amended.to_json())
    if other_data(options_changed(begun.recipe, recipe)):
        return recipe
    aside = aside_until(run.path, step)
    if aside is not None:
        write_bytes(fresh / ASIDE, aside)
    if lies(run.path / IMAGES):
        write_bytes(fresh / IMAGES, read_bytes(run.path / IMAGES))
    return recipe


def _check_networks(parent: Recipe, child: Recipe, whole: bool) -> None:
    """Raises UserError where a checkpoint's weights are not those of the child's networks."""
    before, after = (expected_of(blank_model(recipe).state_dict()) for recipe in (parent, child))
    if not whole:
        before, after = (
            {name: each for name, each in known.items() if not name.startswith("discriminators.")}
            for known in (before, after)
        )
    if before == after:
        return
    changes = ", ".join(options_changed(parent, child))
    way = "branch from a kept moment, where discriminators begin anew, or begin a new run"
    raise UserError(
        f"The checkpoint does not fit the networks of this branch ({changes}): "
        f"{way if whole else 'begin a new run'}."
    )


def begun_anew(recipe: Recipe, origin: Averages) -> bytes:
    """The file of a state that goes on from averaged weights."""
    seed = (recipe.optim.seed + origin.step) % MOST_SEED
    state = start(recipe.but(seed=seed), torch.device("cpu"))
    state = TrainState(recipe, state.model, state.ema, state.optimisers, state.rng, origin.step)
    for part in ("encoder", "decoder"):
        weights = getattr(origin.model, part).state_dict()
        for model in (state.model, state.ema):
            getattr(model, part).load_state_dict(weights)
    return state_bytes(state, None, origin.seen)


def _link_moments(run: Path, fresh: Path, step: int) -> None:
    """The parent's kept weights until that step are the child's as well."""
    moments = [moment for moment in moments_in(run) if moment.step <= step]
    if not moments:
        return
    make_folder(fresh / FOLDER)
    for moment in moments:
        place = fresh / FOLDER / moment.path.name
        with suppress(FileNotFoundError):  # thinned out just now
            try:
                place.hardlink_to(moment.path)
            except FileNotFoundError:
                raise
            except OSError:  # another disk, or one without links
                shutil.copyfile(moment.path, place)
    sync_folder(fresh / FOLDER)


__all__ = ["Averages", "branch"]
