"""Faces drawn by this program: flat colour portraits in two domains that share identities.

A stand-in for photographs of people that needs no download. The content of a face (the shape of
its head, its skin, where its features sit) means the same in both domains; its style (hair,
glasses, smile, colours) varies freely; the domain decides between long hair with full lips and
short hair with beards. Every shape is a signed distance, painted back to front with soft edges.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from trainer.data.drawing.portrait import Portrait
from trainer.data.progress import OnProgress, unheard

DOMAINS = ("long hair", "short hair")  # what labels 0 and 1 mean
CHUNK = 2**16  # pixels rendered at once: a few MB in all, so that they stay in the CPU's cache

CONTENT: dict[str, tuple[float, float]] = {
    "face width": (38.0, 49.0),  # units, of which the image's side has SIDE
    "face length": (52.0, 62.0),  # units from the crown to the chin
    "jaw": (0.0, 0.26),  # how much narrower than an ellipse the face is at the chin
    "skin": (0.0, 1.0),  # from the lightest tone to the darkest, along SKINS
    "eye distance": (18.0, 23.5),  # units between the pupils
    "eye size": (3.4, 5.2),  # units, half an eye's width
    "brow height": (7.0, 10.5),  # units above the pupils
    "brow tilt": (-0.25, 0.35),  # slope; above 0 the outer end is the higher one
    "nose length": (8.0, 14.5),  # units from the pupils to the tip
    "mouth width": (10.0, 19.0),  # units
    "turn": (-4.0, 4.0),  # units that the features lie to the right of the head's middle
}
"""What both domains share, the identity: factor -> (lowest, highest) value, drawn uniformly."""

STYLE: dict[str, tuple[float, float]] = {
    "hair colour": (0.0, 1.0),  # along HAIR_COLOURS
    "hair style": (0.0, 1.0),  # one of the domain's HAIR_STYLES, in equal parts
    "hair length": (0.0, 1.0),  # long hair: how far down it ends; short hair: how high it stands
    "parting": (-0.6, 0.6),  # where the hair parts, in half face widths from the middle
    "glasses": (0.0, 1.0),  # one of GLASSES, in equal parts
    "smile": (0.0, 1.0),  # from an almost straight mouth to an open one
    "background": (0.0, 1.0),  # along BACKGROUNDS
    "shirt": (0.0, 1.0),  # along SHIRTS
    "fringe": (0.0, 1.0),  # long hair only: one of FRINGES, in equal parts
    "lipstick": (0.0, 1.0),  # long hair only: along LIPSTICKS
    "earrings": (0.0, 1.0),  # long hair only: one of EARRINGS, in equal parts
    "beard": (0.0, 1.0),  # short hair only: one of BEARDS, in equal parts
}
"""What varies freely within a domain: factor -> (lowest, highest) value, drawn uniformly."""


@dataclass(frozen=True)
class DrawnFaces:
    """Drawn images with all that is known of them."""

    images: Tensor  # uint8 [N, size, size, 3], RGB
    labels: Tensor  # int64 [N], 0 or 1: the domain, named in DOMAINS
    factors: dict[str, Tensor]  # CONTENT's and STYLE's names -> float32 [N], in their ranges


def draw_faces(
    count: int,
    seed: int,
    size: int = 32,
    device: str | torch.device = "cpu",
    progress: OnProgress = unheard,
) -> DrawnFaces:
    """Draw ``count`` faces of random domain, content and style, ``size`` px wide, on ``device``.

    The random numbers come from the CPU, so a seed names the same faces on every device and at
    every size, and image i does not depend on ``count``: a shorter set begins a longer one.
    `progress(images drawn, images in all)` is called between chunks; what it raises ends it.
    """
    generator = torch.Generator().manual_seed(seed)
    ranges = CONTENT | STYLE
    # One row per image, from rand and not randn: only rand fills its output strictly in order.
    rows = torch.rand(count, 1 + len(ranges), generator=generator).to(device)
    labels = (rows[:, 0] * len(DOMAINS)).long()
    factors = {
        name: low + (high - low) * rows[:, column]
        for column, (name, (low, high)) in enumerate(ranges.items(), start=1)
    }
    return DrawnFaces(render_faces(labels, factors, size, progress), labels, factors)


def render_faces(
    labels: Tensor,
    factors: dict[str, Tensor],
    size: int = 32,
    progress: OnProgress = unheard,
) -> Tensor:
    """Draw the given faces; every image depends on its own row alone.

    labels: int64 [N], 0 or 1. factors: every name of CONTENT and STYLE -> float32 [N]; any
    content can be drawn in either domain, and values somewhat outside the ranges work too.
    size: px of a side, a multiple of 4 from 24 to 128. Returns uint8 [N, size, size, 3] on the
    labels' device.
    """
    if size % 4 or not 24 <= size <= 128:
        raise ValueError(f"size must be a multiple of 4 from 24 to 128, not {size}")
    images = torch.empty(len(labels), size, size, 3, dtype=torch.uint8, device=labels.device)
    step = max(1, CHUNK // size**2)
    for start in range(0, len(labels), step):
        rows = slice(start, start + step)
        values = {name: factors[name][rows, None, None] for name in CONTENT | STYLE}
        images[rows] = Portrait(labels[rows, None, None], values, size).draw()
        progress(min(start + step, len(labels)), len(labels))
    return images
