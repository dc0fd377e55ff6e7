"""Answers `LayOut`: each kind of model in the layout of its figure in the paper."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from trainer.exploring.questions.base import Circumstances
from trainer.exploring.questions.figure import Block, Figure, LayOut, Plane
from trainer.inference.render import render, render_clusters, sample_cloud
from trainer.inference.snapshot import Snapshot
from trainer.messages import Probe, UserError
from trainer.recipe.fingerprint import fingerprint_of
from trainer.recipe.specs import DATA_SETS

ROWS, COLUMNS = 8, 8  # at most, as the paper has them

Parts = tuple[str, tuple[Block, ...], tuple[Plane, ...]]  # what the caption says of them first


def lay_out(snapshot: Snapshot, question: LayOut, told: Circumstances) -> Figure:
    """The figure. Raises UserError where there are no images, and what `told.progress` raises."""
    told.progress(0, 1)
    probe = replace(
        question.probe,
        images=question.probe.images[:ROWS],
        noise_seeds=question.probe.noise_seeds[:COLUMNS],
    )
    recipe = snapshot.recipe
    if recipe.two_dimensional:
        words, blocks, planes = _points(snapshot, probe)
    elif recipe.categorical:
        words, blocks, planes = _categories(snapshot, probe)
    else:
        words, blocks, planes = _images(snapshot, probe, question.seen)
    about = recipe.about
    own = DATA_SETS[recipe.data.name].own
    place = _named(about.figure, own)
    caption = " ".join(filter(None, (place, words, _made_of(snapshot, probe, told))))
    told.progress(1, 1)
    title = f"{about.title}, on other images" if own else about.title
    return Figure(title, caption, blocks, planes)


def _named(figure: str, own: bool) -> str:
    """Where it stands in the paper, as a sentence; empty where it has no place there."""
    if not figure:
        return ""
    if own:
        figure = f"in the layout of {figure.removeprefix('after ')}"
    place, comma, rest = figure.replace("Fig.", "Figure").partition(", ")
    return f"{place[:1].upper()}{place[1:]} of Implicit Autoencoders (Makhzani){comma}{rest}."


def _images(snapshot: Snapshot, probe: Probe, seen: str) -> Parts:
    """Figures 2 to 4, 8, 9 and 13: the images, their codes where these are pictures, the draws."""
    recipe = snapshot.recipe
    if not len(probe.images):
        raise UserError("A figure needs images: open some, or take test images (R).")
    made = render(snapshot, probe)
    data = Block(seen, probe.images[:, None])
    if made.way_back is not None:
        words = (
            "Each image, its translations with one noise vector a column, and what the decoder "
            "makes of each translation."
        )
        back = Block("the way back", made.way_back, "content")
        return words, (data, Block("translations", made.tiles, "style"), back), ()
    if not _varies(snapshot):
        words = "Each image, and what is reconstructed from its code."
        return words, (data, Block("reconstructions", made.tiles[:, :1], "content")), ()
    draws = Block("draws", made.tiles, "style")
    if made.code_pictures is not None:
        words = "Each image, its code, and draws from that code: one noise vector a column."
        return words, (data, Block("code", made.code_pictures[:, None], "content"), draws), ()
    kind = "code" if recipe.model.code else "image"
    words = f"Each image, and draws from its {kind}: one code a row, one noise vector a column."
    return words, (data, draws), ()


def _varies(snapshot: Snapshot) -> bool:
    recipe = snapshot.recipe
    noisy = recipe.model.noise or snapshot.model.eps.size
    return bool(noisy) or recipe.model.posterior == "gaussian"


def _categories(snapshot: Snapshot, probe: Probe) -> Parts:
    """Figure 6."""
    tiles = render_clusters(snapshot, probe).tiles
    words = "One category of the code a column, one noise vector a row."
    return words, (Block("categories", tiles, "style"),), ()


def _points(snapshot: Snapshot, probe: Probe) -> Parts:
    """Figures 5, 11 and 12."""
    seed = probe.noise_seeds[0] if probe.noise_seeds else 0
    cloud = sample_cloud(snapshot, 0, seed, probe.noise_scale)
    planes = [Plane("samples over the data", cloud.fake, cloud.component, cloud.real)]
    words = "Samples of the model over the data (grey); a colour for each category of the code."
    if cloud.codes is not None and cloud.prior is not None and cloud.place is not None:
        planes.append(Plane("codes over the prior", cloud.codes, cloud.place, cloud.prior))
        words = (
            "Samples of the model over the data (grey), and the codes of the data over the prior "
            "(grey); a colour for each place of the data."
        )
    return words, (), tuple(planes)


def _made_of(snapshot: Snapshot, probe: Probe, told: Circumstances) -> str:
    """Which weights and which noise: enough to make it again."""
    recipe, parts = snapshot.recipe, [f"{snapshot.recipe.name}, step {snapshot.step:,}"]
    file = told.moment or (told.path if told.path is not None and told.path.is_file() else None)
    if file is not None:
        parts.append(f"weights {fingerprint_of(file)[:12]}")
    if _varies(snapshot) or recipe.two_dimensional:
        parts.append(f"noise seeds {_listed(probe.noise_seeds)}")
        if probe.noise_scale != 1:
            parts.append(f"noise times {probe.noise_scale:g}")
    if any(probe.code_offsets) or any(probe.noise_offsets):
        parts.append("moved along directions of the " + _moved(probe))
    return "; ".join(parts) + "."


def _moved(probe: Probe) -> str:
    code, noise = any(probe.code_offsets), any(probe.noise_offsets)
    return "code and the noise" if code and noise else "code" if code else "noise"


def _listed(seeds: tuple[int, ...]) -> str:
    """Seeds that follow each other as a range."""
    if len(seeds) > 2 and np.all(np.diff(seeds) == 1):
        return f"{seeds[0]} to {seeds[-1]}"
    return ", ".join(map(str, seeds))
