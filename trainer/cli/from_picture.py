"""`reconstruct --from`: the sheet that a picture of the window was made of, once more."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from trainer.messages import Pixels, UserError

if TYPE_CHECKING:
    from trainer.api.loaded import LoadedModel


def sheet_from(model: LoadedModel, picture: Path, run: Path) -> Pixels:
    """The page of what the picture carries. Raises UserError where it carries nothing of use."""
    from trainer.inference.render import render_clusters
    from trainer.reporting.restored import restored
    from trainer.reporting.sheets import grid_page
    from trainer.reporting.state_chunk import read_state
    from trainer.storage.faults import in_words

    with in_words(picture, "cannot be read"):
        values = read_state(picture)
    if values is None:
        raise UserError(f"{picture} does not say how it was made: name a picture of IAE Studio.")
    wanted = restored(values, model.recipe)
    if wanted.fingerprint != _fingerprint(model, run):
        weights = f"of step {wanted.step:,}" if wanted.fingerprint else "that are untrained"
        raise UserError(f"{picture} was made with other weights than those of {run}: {weights}.")
    if wanted.clusters:
        tiles = render_clusters(model.snapshot, wanted.probe).tiles
        return grid_page(list(tiles[:, 0]), tiles, None, only_tiles=True)
    if not len(wanted.probe.images):
        raise UserError(f"{picture} shows no images: there is nothing to draw again.")
    made = model.render(wanted.probe)
    back = made.way_back
    tiles = back if wanted.way_back and back is not None else made.tiles
    return grid_page(list(wanted.probe.images), tiles, made.code_pictures)


def _fingerprint(model: LoadedModel, run: Path) -> str:
    from trainer.inference.model_files import fingerprint_of_snapshot
    from trainer.recipe.fingerprint import fingerprint_of
    from trainer.storage.paths import shipped_models

    file = run if run.exists() else shipped_models().get(str(run), run)
    return fingerprint_of(file) if file.is_file() else fingerprint_of_snapshot(model.snapshot)
