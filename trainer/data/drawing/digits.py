"""Digits drawn by this program: 28 x 28 grey images with a known class and a known style.

They follow MNIST's conventions (white ink on black, the ink inside a 20 x 20 box, its centre of
mass in the middle of the image), need no download, and come with what MNIST cannot give: the true
slant, thickness, size, aspect, wobble and variant of every image. A digit is a few pen strokes;
a pixel's value is how far it lies inside the nearest stroke.
"""

import math
from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor

SIDE = 28  # px, of an image
BOX = 20.0  # px, of the square that holds the ink of a digit of size 1
CLASSES = 10
VARIANTS = 3  # ways to write every digit
SEGMENTS = 36  # straight pieces a digit's strokes are cut into
WAVES = 2  # sine waves in the wobble of each axis
WOBBLE_NUMBERS = 2 * WAVES * 3  # per image: axis x wave x (two frequencies, phase)
CHUNK = 256  # images rendered at once: 30 MB for every tensor of distances

STYLES: dict[str, tuple[float, float]] = {
    "slant": (-0.2, 0.45),  # radians from upright; above 0 leans to the right
    "thickness": (1.5, 3.0),  # px, across the pen stroke
    "size": (0.78, 1.0),  # longer side of the ink, as a fraction of BOX
    "aspect": (0.85, 1.25),  # width over the glyph's own width, before the fit to the box
    "wobble": (0.0, 1.4),  # px, RMS displacement of the pen along each axis at size 1
    "variant": (0.0, 1.0),  # which way of writing it: variant v of VARIANTS is floor(v * VARIANTS)
}
"""Style factor -> (lowest, highest) value; ``draw_digits`` draws each uniformly between them."""

# Pen paths in a box about 60 wide and 100 high, y downwards: "x,y" points joined by a smooth
# curve; "|" lifts the pen or turns a corner. One line per variant, VARIANTS lines per digit.
_GLYPHS: tuple[tuple[str, ...], ...] = (
    (
        "40,3 27,1 11,17 4,50 12,84 31,99 50,86 59,50 51,15 34,1 22,5",
        "50,14 38,1 22,4 7,28 5,62 16,91 33,99 51,87 60,56 54,22 40,4 26,13",
        "28,2 10,22 2,54 12,87 34,99 56,85 64,50 54,14 34,1 20,8",
    ),
    (
        "31,0 30,50 27,100",
        "8,26 22,15 34,0 | 34,0 34,50 32,100",
        "8,24 22,15 34,0 | 34,0 34,50 34,98 | 8,99 34,98 60,98",
    ),
    (
        "5,23 14,6 34,0 53,10 55,30 42,55 22,79 2,97 | 2,97 32,97 64,95",
        "8,22 18,4 38,1 54,14 50,38 36,64 19,91 5,96 0,83 11,73 28,80 46,96 68,87",
        "3,17 20,2 42,2 54,19 46,43 26,72 3,97 | 3,97 20,88 38,95 52,98 68,88",
    ),
    (
        "5,13 24,0 46,5 53,24 42,41 22,47 | 22,47 46,51 59,72 48,92 24,100 0,89",
        "5,4 30,3 56,1 | 56,1 38,24 24,42 | 24,42 48,46 60,69 50,91 24,100 0,89",
        "6,12 27,0 49,8 50,28 35,43 21,49 22,57 34,52 40,46 55,58 58,79 43,97 19,99 0,86",
    ),
    (
        "17,4 12,32 2,61 | 2,61 32,61 66,57 | 47,27 44,62 40,100",
        "46,0 24,34 0,68 | 0,68 32,69 66,66 | 46,0 46,50 44,100",
        "8,3 4,28 9,47 27,52 52,44 | 56,0 52,44 48,100",
    ),
    (
        "56,2 34,3 16,2 | 16,2 13,22 9,45 | 9,45 30,36 52,46 58,69 47,92 24,100 0,88",
        "56,0 36,2 19,6 | 19,6 12,25 13,43 34,40 53,52 56,74 43,95 20,99 1,86",
        "17,7 14,26 10,47 | 10,47 32,37 53,48 58,70 45,93 22,100 1,91 | 17,7 38,6 64,1",
    ),
    (
        "46,0 22,23 6,55 8,85 29,100 52,91 57,70 43,55 23,60 9,78",
        "30,0 14,32 6,66 14,93 32,100 51,90 53,69 38,57 19,63 9,79",
        "56,11 42,0 20,15 4,52 8,86 31,100 55,86 55,64 35,53 16,63 7,80",
    ),
    (
        "2,4 30,4 59,2 | 59,2 42,36 29,68 23,100",
        "2,5 30,4 59,2 | 59,2 43,34 30,68 22,100 | 13,53 34,51 58,48",
        "0,17 2,4 | 2,4 19,0 42,7 64,2 | 64,2 43,38 32,68 29,100",
    ),
    (
        "53,16 34,0 14,8 12,29 32,46 53,65 54,88 32,100 9,88 11,66 33,46 51,29 52,11 36,0",
        "31,46 12,34 13,11 32,0 52,12 49,35 31,46 9,61 6,87 32,100 58,86 54,59 31,46",
        "58,6 36,0 14,9 14,29 35,46 55,66 51,91 28,100 6,88 12,67 36,46 50,31 61,14",
    ),
    (
        "51,20 37,2 14,9 5,31 17,48 38,43 51,19 | 52,4 51,50 47,100",
        "53,28 49,8 30,0 11,11 6,33 20,48 40,42 53,25 55,52 48,85 29,99 6,91",
        "55,7 32,0 10,14 7,39 26,50 45,34 55,7 | 55,7 46,54 32,100",
    ),
)


@dataclass(frozen=True)
class DrawnDigits:
    """Drawn images with all that is known of them."""

    images: Tensor  # uint8 [N, 28, 28, 1]; 0 = paper, 255 = ink
    labels: Tensor  # int64 [N], 0..9
    factors: dict[str, Tensor]  # STYLES' names -> float32 [N], in STYLES' units and ranges


def draw_digits(count: int, seed: int, device: str | torch.device = "cpu") -> DrawnDigits:
    """Draw ``count`` digits of random class and style, on ``device``.

    The random numbers come from the CPU, so a seed names the same digits on every device, and
    image i does not depend on ``count``: a shorter set is the beginning of a longer one.
    """
    generator = torch.Generator().manual_seed(seed)
    # One row per image, from rand and not randn: only rand fills its output strictly in order.
    rows = torch.rand(count, 1 + len(STYLES) + WOBBLE_NUMBERS, generator=generator).to(device)
    labels = (rows[:, 0] * CLASSES).long()
    factors = {
        name: low + (high - low) * rows[:, column]
        for column, (name, (low, high)) in enumerate(STYLES.items(), start=1)
    }
    images = render_digits(labels, factors, rows[:, -WOBBLE_NUMBERS:])
    return DrawnDigits(images, labels, factors)


def render_digits(labels: Tensor, factors: dict[str, Tensor], wobble_noise: Tensor) -> Tensor:
    """Draw the given digits in the given styles; every image depends on its own row alone.

    labels: int64 [N], 0..9. factors: every name of STYLES -> float32 [N]; values somewhat
    outside the ranges work too. wobble_noise: float32 [N, WOBBLE_NUMBERS] in 0..1, the way the pen
    wobbles. All on one device. Returns uint8 [N, 28, 28, 1] there.
    """
    images = torch.empty(len(labels), SIDE, SIDE, 1, dtype=torch.uint8, device=labels.device)
    for start in range(0, len(labels), CHUNK):
        rows = slice(start, start + CHUNK)
        style = {name: factors[name][rows, None] for name in STYLES}
        ends = _pen_path(labels[rows], style, wobble_noise[rows])
        ink = _ink(ends, style["thickness"])
        images[rows, :, :, 0] = (ink * 255).round().to(torch.uint8)
    return images


def _pen_path(labels: Tensor, style: dict[str, Tensor], wobble_noise: Tensor) -> Tensor:
    """Both ends of every segment, px from the image's centre: float32 [N, 2 ends, SEGMENTS, 2 xy].

    ``style`` holds columns, [N, 1].
    """
    variant = (style["variant"][:, 0] * VARIANTS).long().clamp(0, VARIANTS - 1)
    points = _glyph_table().to(labels.device)[labels, variant].flatten(1, 2)  # [N, points, 2]
    # Glyph units are half the box, so px become units by BOX / 2.
    points = points + _wobble(points, wobble_noise) * (style["wobble"] / (BOX / 2))[..., None]
    x, y = points.unbind(-1)
    x = x * style["aspect"] - y * torch.tan(style["slant"])
    width, height = x.amax(1) - x.amin(1), y.amax(1) - y.amin(1)
    inked = style["size"] * BOX - style["thickness"]
    scale = inked / torch.maximum(width, height)[:, None]
    ends = (torch.stack([x, y], -1) * scale[..., None]).view(-1, 2, SEGMENTS, 2)
    # Ink is spread along the stroke: its centre is the mean of the segments, weighted by length.
    length = (ends[:, 1] - ends[:, 0]).norm(dim=-1, keepdim=True)
    centre = (ends.mean(1) * length).sum(1) / length.sum(1)
    centred: Tensor = ends - centre[:, None, None]
    return centred


def _wobble(points: Tensor, noise: Tensor) -> Tensor:
    """A smooth displacement of RMS about 1 at ``points`` [N, P, 2]; same shape.

    It depends on the place alone, so that strokes which meet still meet.
    """
    waves = noise.reshape(-1, 1, 2, WAVES, 3)  # [N, 1, axis, wave, 3]
    frequency = (waves[..., :2] * 2 - 1) * 2.4  # radians a unit: under a period over the digit
    angle = (points[:, :, None, None] * frequency).sum(-1) + waves[..., 2] * math.tau
    return torch.sin(angle).sum(-1) * math.sqrt(2 / WAVES)


def _ink(ends: Tensor, thickness: Tensor) -> Tensor:
    """How far each pixel is covered by ink, 0..1: float32 [N, 28, 28].

    ends: px from the centre, [N, 2, SEGMENTS, 2]; thickness: px, [N, 1].
    """
    span = ends[:, 1] - ends[:, 0]
    length = span.norm(dim=-1).clamp_min(1e-6)
    along = span / length[..., None]  # unit vectors [N, SEGMENTS, 2]
    across = torch.stack([-along[..., 1], along[..., 0]], -1)
    middle = ends.mean(1)
    pixel = torch.arange(SIDE, device=ends.device) - (SIDE - 1) / 2

    def offset(axis: Tensor) -> Tensor:
        """Pixels' signed distance from the segments' middles along ``axis``: [N, SEGMENTS, y, x].

        Split by column and row, so that the big tensor costs one addition.
        """
        columns = axis[..., :1] * (pixel - middle[..., :1])
        rows = axis[..., 1:] * (pixel - middle[..., 1:])
        return rows[..., :, None] + columns[..., None, :]

    beyond = offset(along).abs_().sub_(length[..., None, None] / 2).clamp_min_(0)
    sideways = offset(across)
    nearest = beyond.square_().addcmul_(sideways, sideways).amin(1).sqrt_()
    return (0.5 + thickness[..., None] / 2 - nearest).clamp_(0, 1)


@cache
def _glyph_table() -> Tensor:
    """Every digit's segments in units of half its height: [10, VARIANTS, 2 ends, SEGMENTS, 2]."""
    return torch.stack([torch.stack([_segments(path) for path in paths]) for paths in _GLYPHS])


def _segments(path: str) -> Tensor:
    """Cut a pen path into SEGMENTS pieces of about equal length: [2 ends, SEGMENTS, 2]."""
    strokes = [
        _smooth(torch.tensor([[float(number) for number in point.split(",")] for point in points]))
        for points in (stroke.split() for stroke in path.split("|"))
    ]
    lengths = torch.stack([(stroke[1:] - stroke[:-1]).norm(dim=1).sum() for stroke in strokes])
    shares = (lengths / lengths.sum() * SEGMENTS).round().long().clamp_min(1)
    shares[lengths.argmax()] += SEGMENTS - shares.sum()
    starts, stops = [], []
    for stroke, share in zip(strokes, shares.tolist(), strict=True):
        # The curve is finely sampled at an even pace, so an even stride is an even length.
        knots = stroke[torch.linspace(0, len(stroke) - 1, share + 1).round().long()]
        starts.append(knots[:-1])
        stops.append(knots[1:])
    ends = torch.stack([torch.cat(starts), torch.cat(stops)])
    return (ends - torch.tensor([30.0, 50.0])) / 50.0


def _smooth(points: Tensor, samples: int = 400) -> Tensor:
    """The natural cubic spline through ``points`` [P, 2], at an even pace: [samples, 2]."""
    steps = (points[1:] - points[:-1]).norm(dim=1)
    knots = torch.cat([torch.zeros(1), steps.cumsum(0)])
    slopes = (points[1:] - points[:-1]) / steps[:, None]
    # The second derivatives, zero at both ends, follow from equal slopes on either side of a knot.
    system = torch.eye(len(points))
    target = torch.zeros_like(points)
    for i in range(1, len(points) - 1):
        system[i, i - 1 : i + 2] = torch.stack(
            [steps[i - 1], 2 * (steps[i - 1] + steps[i]), steps[i]]
        )
        target[i] = 6 * (slopes[i] - slopes[i - 1])
    bend = torch.linalg.solve(system, target)
    at = torch.linspace(0, float(knots[-1]), samples)
    piece = (torch.searchsorted(knots, at, right=True) - 1).clamp(0, len(steps) - 1)
    step, before = steps[piece, None], (at - knots[piece])[:, None]
    after = step - before
    curve: Tensor = (
        (bend[piece] * after**3 + bend[piece + 1] * before**3) / (6 * step)
        + (points[piece] / step - bend[piece] * step / 6) * after
        + (points[piece + 1] / step - bend[piece + 1] * step / 6) * before
    )
    return curve
