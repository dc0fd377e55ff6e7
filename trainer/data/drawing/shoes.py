"""Shoes drawn by this program: a colour picture and a line drawing of each, with known factors.

They stand in for pairs of photos and edges: the line drawing holds a shoe's shape (CONTENT) and
nothing else, the picture adds its style (STYLE), drawn independently of the shape. A shoe is seen
from the side, its toe to the left. It is made of a few closed outlines; a pixel's colour is how far
it lies inside each of them.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from trainer.data.drawing.colours import oklch
from trainer.data.drawing.shoe_outlines import PIECES, curves_of
from trainer.data.progress import OnProgress, unheard

KINDS = ("sneaker", "boot", "heel")
PATTERNS = ("plain", "stripes", "heel patch", "toe cap", "two-tone")
SOLES = ("white", "cream", "gum", "black", "darker", "accent")  # "darker" than the upper
LACES = ("none", "white", "accent")  # a heel has a button instead
FRAME = 29 / 32  # longer side of the shoe, as a fraction of the image's
LINE = 1.3  # px, width of the drawing's lines in an image of 32 px
CHUNK_PIXELS = 1 << 14  # rendered at once: 2 MB for every tensor of distances

CONTENT: dict[str, tuple[float, float]] = {
    "length": (0.88, 1.16),  # over the kind's own length, before the fit to the frame
    "shaft": (0.0, 1.0),  # height of the upper's back: the kind's lowest .. highest
    "heel": (0.0, 1.0),  # how far the heel stands above the ball: the kind's least .. most
    "toe": (0.0, 1.0),  # high and round .. low and pointed
    "sole": (0.0, 1.0),  # the kind's thinnest .. thickest
    "instep": (0.0, 1.0),  # hollow .. full curve from the opening to the toe
}
"""Shape factor -> (lowest, highest) value; ``draw_shoes`` draws each uniformly between them."""

STYLE: dict[str, tuple[float, float]] = {
    "hue": (0.0, 1.0),  # of the upper, once round the colour circle
    "saturation": (0.0, 1.0),  # grey .. vivid
    "lightness": (0.0, 1.0),  # nearly black .. nearly white
    "accent": (0.0, 1.0),  # hue of the lining, pattern and laces, once round the colour circle
    "gloss": (0.0, 1.0),  # matt .. patent leather
    "pattern": (0.0, 1.0),  # which of PATTERNS: number floor(v * len(PATTERNS))
    "sole_colour": (0.0, 1.0),  # which of SOLES, likewise
    "laces": (0.0, 1.0),  # which of LACES, likewise
}
"""Style factor -> (lowest, highest) value; ``draw_shoes`` draws each uniformly between them."""

# The curves that go round each part, named as in curves_of.
_PARTS: dict[str, tuple[str, ...]] = {
    "sole": ("sole top", "heel back", "heel tip", "heel front", "tread"),
    "upper": ("back", "far rim", "front", "sole top"),
    "opening": ("far rim", "near rim"),
}

_RGB = ((0.96, 0.96, 0.96), (0.93, 0.87, 0.75), (0.76, 0.54, 0.33), (0.16, 0.16, 0.18))  # of SOLES


@dataclass(frozen=True)
class DrawnShoes:
    """Drawn images with all that is known of them."""

    images: Tensor  # uint8 [N, size, size, 3]; RGB on white
    edges: Tensor  # uint8 [N, size, size, 3]; the same shoes as dark lines on white
    labels: Tensor  # int64 [N], index of KINDS
    factors: dict[str, Tensor]  # CONTENT's and STYLE's names -> float32 [N], in their ranges


def draw_shoes(
    count: int,
    seed: int,
    size: int = 32,
    device: str | torch.device = "cpu",
    progress: OnProgress = unheard,
) -> DrawnShoes:
    """Draw ``count`` shoes of random kind, shape and style, ``size`` px a side, on ``device``.

    The random numbers come from the CPU, so a seed names the same shoes on every device and at
    every size, and image i does not depend on ``count``: a shorter set begins a longer one.
    `progress(images drawn, images in all)` is called between chunks; what it raises ends it.
    """
    generator = torch.Generator().manual_seed(seed)
    ranges = CONTENT | STYLE
    # One row per image, from rand and not randn: only rand fills its output strictly in order.
    rows = torch.rand(count, 1 + len(ranges), generator=generator).to(device)
    labels = (rows[:, 0] * len(KINDS)).long()
    factors = {
        name: low + (high - low) * rows[:, column]
        for column, (name, (low, high)) in enumerate(ranges.items(), start=1)
    }
    images, edges = render_shoes(labels, factors, size, progress)
    return DrawnShoes(images, edges, labels, factors)


def render_shoes(
    labels: Tensor,
    factors: dict[str, Tensor],
    size: int = 32,
    progress: OnProgress = unheard,
) -> tuple[Tensor, Tensor]:
    """Draw shoes of the given kinds and factors; every image depends on its own row alone.

    labels: int64 [N], index of KINDS. factors: every name of CONTENT and STYLE -> float32 [N], in
    its range. size: px, a multiple of 4 from 24 to 128. All on one device. Returns the pictures
    and the line drawings, each uint8 [N, size, size, 3] there.
    """
    if size % 4 or not 24 <= size <= 128:
        raise ValueError(f"size must be a multiple of 4 from 24 to 128, not {size}")
    images = torch.empty(len(labels), size, size, 3, dtype=torch.uint8, device=labels.device)
    edges = torch.empty_like(images)
    step = max(1, CHUNK_PIXELS // size**2)
    for start in range(0, len(labels), step):
        rows = slice(start, start + step)
        shoe = {name: factors[name][rows] for name in CONTENT | STYLE}
        canvas = _Canvas(curves_of(labels[rows], shoe), size)
        edges[rows] = (255 - 235 * canvas.line(LINE)).round().to(torch.uint8)[..., None]
        images[rows] = (255 * _paint(canvas, labels[rows], shoe)).round().to(torch.uint8)
        progress(min(start + step, len(labels)), len(labels))
    return images, edges


class _Canvas:
    """The pixels of some shoes: how far each lies from every curve and inside every part.

    All lengths are shoe lengths; ``scale`` [N, 1, 1] is how many px they are.
    """

    def __init__(self, curves: dict[str, Tensor], size: int) -> None:
        points = torch.cat(list(curves.values()), 1)
        low, high = points.amin(1), points.amax(1)
        self.curves, self.size = curves, size
        self.scale = (FRAME * size / (high - low).amax(1))[:, None, None]
        pixel = (torch.arange(size, device=points.device) - (size - 1) / 2) / self.scale
        middle = (low + high)[:, None] / 2
        self.x = middle[..., :1] - pixel  # [N, 1, size], falling: the toe is on the left
        self.y = (middle[..., 1:] - pixel).mT  # [N, size, 1]
        measured = {name: self._measure(curve) for name, curve in curves.items()}
        self.distance = {name: distance for name, (distance, _) in measured.items()}
        self.depth: dict[str, Tensor] = {}  # of every part: above 0 inside it
        for part, names in _PARTS.items():
            crossings = torch.stack([measured[name][1] for name in names]).sum(0)
            border = torch.stack([self.distance[name] for name in names]).amin(0)
            self.depth[part] = torch.where(crossings % 2 == 1, border, -border)

    def _measure(self, curve: Tensor) -> tuple[Tensor, Tensor]:
        """Every pixel's distance from a curve [N, P, 2], and how often that runs to its right.

        Both [N, size, size]. Where a part's curves do so an odd number of times, it is inside.
        """
        ends = curve[..., None, None]  # [N, P, 2, 1, 1]
        from_x, from_y = self.x[:, None] - ends[:, :-1, 0], self.y[:, None] - ends[:, :-1, 1]
        span_x, span_y = (ends[:, 1:] - ends[:, :-1]).unbind(2)
        length2 = (span_x**2 + span_y**2).clamp_min(1e-10)
        # How far along its piece the nearest point lies, 0..1; columns and rows apart are small.
        along = (from_x * (span_x / length2) + from_y * (span_y / length2)).clamp_(0, 1)
        off_x = torch.addcmul(from_x, along, span_x, value=-1)
        off_y = torch.addcmul(from_y, along, span_y, value=-1)
        nearest = off_x.square_().addcmul_(off_y, off_y).amin(1).sqrt_()
        above = self.y[:, None] >= ends[:, :, 1]
        passes = above[:, 1:] != above[:, :-1]
        at = from_y * (span_x / torch.where(passes, span_y, 1.0))
        return nearest, (from_x < torch.where(passes, at, -math.inf)).sum(1)

    def cover(self, depth: Tensor) -> Tensor:
        """How much of each pixel lies in a shape, 0..1, from the depth of its centre."""
        return (depth * self.scale + 0.5).clamp_(0, 1)

    def line(self, width: float) -> Tensor:
        """How much of each pixel the curves cover, 0..1 [N, size, size]; width: px at 32 px."""
        nearest = torch.stack(list(self.distance.values())).amin(0)
        # Finer on a bigger image, but not so fine that shrinking the image loses them.
        return self.cover(width * (self.size / 32) ** 0.6 / 2 / self.scale - nearest)


def _paint(canvas: _Canvas, labels: Tensor, shoe: dict[str, Tensor]) -> Tensor:
    """The shoes in colour: float32 [N, size, size, 3] in 0..1. Style reaches colours alone."""
    level = 0.26 + 0.66 * shoe["lightness"]
    base = oklch(level, 0.19 * shoe["saturation"] ** 0.6, shoe["hue"])
    # The accent stands out from the upper by its lightness, whatever the two hues.
    contrast = torch.where(level > 0.6, 0.45, 0.82)
    accent = oklch(contrast, torch.full_like(level, 0.15), shoe["accent"])
    white, cream, gum, black = (base.new_tensor(rgb).expand_as(base) for rgb in _RGB)
    soles = torch.stack([white, cream, gum, black, 0.75 * base, accent], 1)
    laces = torch.stack([base, white, accent], 1)
    gloss = shoe["gloss"][:, None, None]
    laced = (shoe["laces"] * len(LACES) >= 1)[:, None, None]
    picture = torch.ones(*canvas.depth["upper"].shape, 3, device=labels.device)

    def lay(colour: Tensor, cover: Tensor) -> None:
        picture.lerp_(colour[:, None, None].expand_as(picture), cover[..., None])

    upper = canvas.cover(canvas.depth["upper"])
    lay(_choose(soles, shoe["sole_colour"]), canvas.cover(canvas.depth["sole"]))
    lay(base, upper)
    lay(accent, canvas.cover(_pattern(canvas, labels, shoe)) * upper)
    # The upper is round: it darkens towards its border and shines a little inside it.
    turned = 1 - (canvas.depth["upper"] / 0.11).clamp(0, 1)
    lay(torch.zeros_like(base), (0.18 + 0.15 * gloss) * turned**2 * upper)
    inward = torch.minimum(canvas.distance["front"], 1.3 * canvas.distance["back"])
    lay(torch.ones_like(base), 0.8 * gloss * torch.exp(-(((inward - 0.06) / 0.026) ** 2)) * upper)
    lay(_choose(laces, shoe["laces"]), canvas.cover(_laces(canvas, labels)) * upper * laced)
    lay(0.6 * accent + 0.05, canvas.cover(canvas.depth["opening"]))
    lay(0.35 * base, canvas.line(0.75 * LINE))
    return picture


def _choose(options: Tensor, value: Tensor) -> Tensor:
    """Of every shoe's options [N, options, ...], the one that its value in 0..1 names: [N, ...]."""
    count = options.shape[1]
    number = (value * count).long().clamp(0, count - 1)
    return options[torch.arange(len(value), device=value.device), number]


def _pattern(canvas: _Canvas, labels: Tensor, shoe: dict[str, Tensor]) -> Tensor:
    """How deep each pixel lies in the accent-coloured pattern: [N, size, size]."""
    x, y = canvas.x / shoe["length"][:, None, None], canvas.y
    front, back = canvas.curves["front"][..., None, None], canvas.curves["back"][..., None, None]
    boot, heel = (labels == 1)[:, None, None], (labels == 2)[:, None, None]

    def disc(centre: Tensor, radius: float) -> Tensor:
        return radius - ((canvas.x - centre[:, 0]) ** 2 + (y - centre[:, 1]) ** 2).sqrt()

    # Stripes: across a boot's shaft below its top, slanted on a sneaker's side, all along a heel.
    down, lean = front[:, 0, 1] - y, x + 0.4 * y
    place = torch.where(boot, down, torch.where(heel, x, lean))
    stripes = 0.027 - ((place + 0.05) % 0.1 - 0.05).abs()
    field = torch.where(boot, 0.30 - down, torch.where(heel, 1.0, 0.14 - (lean - 0.60).abs()))
    band = torch.where(heel, 0.04, 0.09) - canvas.distance["sole top"]
    two_tone = torch.where(boot, y - front[:, 2 * PIECES, 1], band)
    patch, cap = disc(back[:, 0], 0.25), disc(front[:, -1], 0.27)
    patterns = [torch.full_like(cap, -1), torch.minimum(stripes, field), patch, cap, two_tone]
    return _choose(torch.stack(patterns, 1), shoe["pattern"])


def _laces(canvas: _Canvas, labels: Tensor) -> Tensor:
    """How deep each pixel lies in the laces, or in a heel's button: [N, size, size]."""
    front, reach = canvas.curves["front"][..., None, None], 0.11
    at = torch.tensor([3, 6, 9, 12], device=labels.device)
    along = front[:, at + 1] - front[:, at - 1]
    along = along / (along**2).sum(2, keepdim=True).sqrt()
    right, up = along[:, :, 1] * reach, -along[:, :, 0] * reach  # into the upper
    from_x, from_y = canvas.x[:, None] - front[:, at, 0], canvas.y[:, None] - front[:, at, 1]
    t = ((from_x * right + from_y * up) / reach**2).clamp(0, 1)
    button = (labels == 2)[:, None, None]
    t = torch.where(button[:, None], 0.4, t)
    nearest = ((from_x - t * right) ** 2 + (from_y - t * up) ** 2).sqrt()
    return torch.where(button, 0.045 - nearest[:, 0], 0.02 - nearest.amin(1))
