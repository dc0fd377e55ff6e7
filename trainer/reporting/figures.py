"""A picture of what a model does, in the layout of the paper's figures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from trainer.data.folders.trained_on import TrainedOn
from trainer.data.loading import some_test_images
from trainer.inference.render import render, render_clusters, sample_cloud
from trainer.inference.snapshot import Snapshot
from trainer.messages import Floats, Pixels, Probe, column_seeds
from trainer.reporting.sheets import sheet, tiled

ROWS = 8
COLUMNS = 8
ENLARGED = 3  # times, so that 28 pixels can be seen
PANEL = 480  # px, of a plane of points
REACH = 3.2  # the plane goes from -REACH to REACH
HUES = (
    (70, 130, 200),
    (230, 150, 50),
    (90, 170, 100),
    (200, 90, 120),
    (130, 110, 190),
    (110, 180, 190),
    (170, 140, 90),
)
GREY = (190, 190, 190)


def figure(
    snapshot: Snapshot, root: Path | None = None, seed: int = 0, known: TrainedOn | None = None
) -> Pixels:
    """Returns a picture uint8 [H, W, 1 or 3]; a function of weights, data and seed.

    Points: samples over the data, and for an FIAE its codes over the prior. Categories: one a
    column, a noise vector a row (Figure 6). Else test images, for CycleIAE their codes, and draws
    (Figures 2 to 4, 8, 9), none that a run is `known` to have trained on, unless there are no
    others. Raises UserError where the data are not at hand.
    """
    recipe = snapshot.recipe
    if recipe.two_dimensional:
        return points_page(snapshot, seed)
    if recipe.categorical:
        shape = recipe.image_shape
        assert shape is not None
        nothing = np.empty((0, *shape), np.uint8)
        clusters = render_clusters(snapshot, Probe(0, nothing, column_seeds(seed, COLUMNS)))
        return enlarged(tiled(clusters.tiles))
    images = some_test_images(recipe, root, ROWS, seed, trained_on=known).images
    seen = images.permute(0, 2, 3, 1).contiguous().numpy()
    made = render(snapshot, Probe(0, seen, column_seeds(seed, COLUMNS)))
    tiles = made.tiles
    if made.way_back is not None:  # half the columns translations, half what comes back of them
        half = COLUMNS // 2
        tiles = np.concatenate([tiles[:, :half], made.way_back[:, :half]], 1)
    elif not recipe.model.noise and not snapshot.model.eps.size:
        tiles = tiles[:, :1]
    return enlarged(sheet(seen, tiles, made.code_pictures))


def enlarged(picture: Pixels) -> Pixels:
    """Each pixel ENLARGED times as wide and high."""
    return picture.repeat(ENLARGED, 0).repeat(ENLARGED, 1)


def points_page(snapshot: Snapshot, seed: int, scale: float = 1.0) -> Pixels:
    """Samples of a 2-D model over the data, and for an FIAE its codes over the prior."""
    cloud = sample_cloud(snapshot, 0, seed, scale)
    panels = [_plane(cloud.real, cloud.fake, cloud.component)]
    if cloud.codes is not None and cloud.prior is not None and cloud.place is not None:
        panels.append(_plane(cloud.prior, cloud.codes, cloud.place))
    return np.concatenate(panels, 1)


def _plane(behind: Floats, points: Floats, groups: np.ndarray) -> Pixels:
    """Points [N, 2], a colour for each group, over others in grey."""
    scale = 2  # drawn larger and shrunk, for smooth dots
    page = Image.new("RGB", (PANEL * scale, PANEL * scale), "white")
    pen = ImageDraw.Draw(page)
    colours = [GREY] * len(behind) + [HUES[int(group) % len(HUES)] for group in groups]
    for (x, y), colour in zip(np.concatenate([behind, points]), colours, strict=True):
        left, top = ((x / REACH + 1) / 2 * PANEL * scale, (1 - y / REACH) / 2 * PANEL * scale)
        pen.ellipse((left - 4, top - 4, left + 4, top + 4), fill=colour)
    return np.asarray(page.resize((PANEL, PANEL), Image.Resampling.LANCZOS))
