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

KINDS = ("sneaker", "boot", "heel")
PATTERNS = ("plain", "stripes", "heel patch", "toe cap", "two-tone")
SOLES = ("white", "cream", "gum", "black", "darker", "accent")  # "darker" than the upper
LACES = ("none", "white", "accent")  # a heel has a button instead
PIECES = 5  # straight pieces of an outline from knot to knot
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

# In shoe lengths: x from the heel (0) to the toe (1), y upwards from the ground; a column a kind.
_PROPORTIONS: dict[str, tuple[float, float, float]] = {
    "shaft_low": (0.28, 0.50, 0.24),  # top of the upper's back, over the sole's top there
    "shaft_high": (0.50, 1.00, 0.32),
    "heel_low": (0.01, 0.03, 0.22),  # the sole's top at the heel, over that at the ball
    "heel_high": (0.08, 0.22, 0.48),
    "sole_low": (0.06, 0.035, 0.02),
    "sole_high": (0.13, 0.10, 0.08),
    "toe_height": (0.23, 0.18, 0.145),
    "spring": (0.03, 0.04, 0.04),  # how far the toe bends up
    "arched": (0.0, 1.0, 1.0),  # 0: the sole fills the space under the arch
    "tip_back": (0.0, 0.04, 0.07),  # x of the heel's back and front on the ground,
    "tip_front": (0.20, 0.27, 0.12),
    "breast": (0.35, 0.30, 0.22),  # and of its front where it meets the sole
}

# The curves that go round each part, named as in _curves.
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
    count: int, seed: int, size: int = 32, device: str | torch.device = "cpu"
) -> DrawnShoes:
    """Draw ``count`` shoes of random kind, shape and style, ``size`` px a side, on ``device``.

    The random numbers come from the CPU, so a seed names the same shoes on every device and at
    every size, and image i does not depend on ``count``: a shorter set begins a longer one.
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
    images, edges = render_shoes(labels, factors, size)
    return DrawnShoes(images, edges, labels, factors)


def render_shoes(
    labels: Tensor, factors: dict[str, Tensor], size: int = 32
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
        canvas = _Canvas(_curves(labels[rows], shoe), size)
        edges[rows] = (255 - 235 * canvas.line(LINE)).round().to(torch.uint8)[..., None]
        images[rows] = (255 * _paint(canvas, labels[rows], shoe)).round().to(torch.uint8)
    return images, edges


def _curves(labels: Tensor, shoe: dict[str, Tensor]) -> dict[str, Tensor]:
    """The curves of every shoe's line drawing, by name: [N, points, 2 xy], in shoe lengths."""
    kind = {name: shoe["toe"].new_tensor(row)[labels] for name, row in _PROPORTIONS.items()}
    zero = torch.zeros_like(shoe["toe"])
    thick, raised, shaft = (
        kind[f"{name}_low"] + (kind[f"{name}_high"] - kind[f"{name}_low"]) * shoe[name]
        for name in ("sole", "heel", "shaft")
    )

    def pick(sneaker: Tensor | float, boot: Tensor | float, heel: Tensor | float) -> Tensor:
        return (labels == 0) * sneaker + (labels == 1) * boot + (labels == 2) * heel

    def at(x: Tensor | float, y: Tensor | float) -> Tensor:
        return torch.stack([zero + x, zero + y], -1)

    def foot(x: Tensor | float) -> Tensor:
        """Height of the sole's top, which falls from the heel to the ball and bends up again."""
        down, up = ((zero + 0.70 - x) / 0.62).clamp(0, 1), (zero + x - 0.72).clamp_min(0) / 0.28
        return thick + raised * (down**2 * (3 - 2 * down)) + spring * up**2

    def under(x: Tensor | float) -> Tensor:
        """Height of the sole's bottom between the heel and the ball."""
        return kind["arched"] * (foot(x) - pick(0, 0.8 * thick, 0.03 + 0.3 * thick)).clamp_min(0)

    spring, toe, full = kind["spring"], shoe["toe"], shoe["instep"] - 0.5
    box, seat, tip = kind["toe_height"] * (1.14 - 0.38 * toe), foot(0), foot(1)
    top = seat + shaft
    heel_end, toe_end = at(0.03, seat), at(0.985, tip - 0.01)
    # The back and the opening; its far side is a little higher than its near side.
    bulge = at(pick(0, 0, -0.005), seat + 0.10)
    achilles = at(pick(0.03, 0.045, 0.01), seat + pick(0.72 * shaft, 0.30, 0.17))
    back = at(pick(0.03, 0.02, 0.035), top)
    mouth = pick(top + 0.09 - 0.16 * shaft, top + 0.02, foot(0.64) + 0.17 + 0.06 * full)
    throat = at(pick(0.41, 0.43, 0.64), mouth)
    hind = at(pick(0.14, 0.16, 0.2), pick(top - 0.05, top + 0.02, foot(0.2) + 0.8 * shaft))
    fore = at(pick(0.30, 0.29, 0.47), pick(mouth - 0.05, top + 0.03, foot(0.47) + 0.16))
    near_hind = hind - at(0, pick(0.045, 0.05, 0.09 - 0.02 * full))
    near_fore = fore - at(0, pick(0.08, 0.06, 0.085 - 0.06 * full))
    # From the opening down to the toe.
    low, ankle = pick(0.62, 0, 0.78), torch.minimum(top - 0.12, foot(0.45) + 0.36)
    low_bend = foot(low) + box * pick(1.33, 0, 1.1) + full * pick(0.09, 0, 0.06)
    bend_y = torch.where(labels == 1, ankle, low_bend)
    bend = at(low + pick(0, 0.46, 0), bend_y)
    above = at(pick(0.50, 0.425, 0.71), (mouth + bend_y) / 2 + pick(0.02 + 0.03 * full, 0, 0))
    vamp_x, top_x = pick(0.76, 0.62, 0.86), pick(0.90, 0.86, 0.945) - 0.02 * toe
    vamp_rise = box * pick(1.08, 1.4, 1.03) + full * pick(0.05, 0.1, 0.045)
    vamp = at(vamp_x, foot(vamp_x) + vamp_rise)
    toe_top = at(top_x, foot(top_x) + box * pick(0.95, 1, 0.8))
    toe_tip = at(0.99 + 0.035 * toe, tip + 0.5 * box * (1 - toe * pick(0.35, 0.6, 0.6)))
    # The heel and the sole.
    tip_back, tip_front = at(kind["tip_back"], 0), at(kind["tip_front"], 0)
    heel_back = at(kind["tip_back"] * 0.7 + pick(-0.01, 0.01, 0.015), 0.45 * seat)
    breast = at(kind["breast"], under(kind["breast"]))
    heel_front = at(kind["tip_front"] + pick(0.08, 0, 0.02), 0.6 * breast[:, 1])
    shank, ball, tread = at(0.50, under(0.50)), at(0.70, 0), at(0.86, 0.1 * spring)
    tread_end = at(0.975 + 0.01 * toe, 0.75 * spring + 0.15 * thick)
    sole_top = (at(x, foot(x)) for x in (0.82, 0.66, 0.48, 0.28))
    # The seam goes round a sneaker's laces and over a boot's heel; a pump has none.
    stay = at(0.40, (mouth + bend_y) / 2 - 0.10), at(0.60, bend_y - 0.085)
    counter = at(0.37, 0.65 * ankle + 0.35 * foot(0.28)), at(0.30, 0.3 * ankle + 0.7 * foot(0.28))
    boot_seam = _smooth(bend, *counter, at(0.28, foot(0.28)))
    seam = torch.where((labels == 1)[:, None, None], boot_seam, throat[:, None])
    seam = torch.where((labels == 0)[:, None, None], _smooth(near_fore, *stay, vamp), seam)
    curves = {
        "back": _smooth(heel_end, bulge, achilles, back),
        "far rim": _smooth(back, hind, fore, throat),
        "near rim": _smooth(back, near_hind, near_fore, throat),
        "front": _smooth(throat, above, bend, vamp, toe_top, toe_tip, toe_end),
        "seam": seam,
        "sole top": _smooth(toe_end, *sole_top, heel_end),
        "heel back": _smooth(heel_end, heel_back, tip_back),
        "heel tip": _smooth(tip_back, tip_front),
        "heel front": _smooth(tip_front, heel_front, breast),
        "tread": _smooth(breast, shank, ball, tread, tread_end, toe_end),
    }
    stretch = at(shoe["length"], 1)[:, None]
    return {name: curve * stretch for name, curve in curves.items()}


def _smooth(*knots: Tensor) -> Tensor:
    """The Catmull-Rom spline through ``knots``, each [N, 2 xy]: [N, points, 2].

    It goes exactly through them, so that curves which share a knot meet.
    """
    knot = torch.stack(knots, 1)
    before = torch.cat([knot[:, :1], knot[:, :-2]], 1)[:, :, None]
    here, there = knot[:, :-1, None], knot[:, 1:, None]
    after = torch.cat([knot[:, 2:], knot[:, -1:]], 1)[:, :, None]
    t = (torch.arange(PIECES, device=knot.device) / PIECES)[:, None]
    slope, bend = there - before, 2 * before - 5 * here + 4 * there - after
    twist = 3 * here - before - 3 * there + after
    curve = here + slope * (t / 2) + bend * (t**2 / 2) + twist * (t**3 / 2)
    return torch.cat([curve.flatten(1, 2), knot[:, -1:]], 1)


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
    base = _rgb(level, 0.19 * shoe["saturation"] ** 0.6, shoe["hue"])
    # The accent stands out from the upper by its lightness, whatever the two hues.
    contrast = torch.where(level > 0.6, 0.45, 0.82)
    accent = _rgb(contrast, torch.full_like(level, 0.15), shoe["accent"])
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


def _rgb(level: Tensor, chroma: Tensor, hue: Tensor) -> Tensor:
    """sRGB colours [N, 3] in 0..1 from OKLCH, in which all hues of a level look equally light."""
    a, b = chroma * torch.cos(hue * math.tau), chroma * torch.sin(hue * math.tau)
    long = (level + 0.39634 * a + 0.21580 * b) ** 3
    medium = (level - 0.10556 * a - 0.06385 * b) ** 3
    short = (level - 0.08948 * a - 1.29149 * b) ** 3
    red = 4.07674 * long - 3.30771 * medium + 0.23097 * short
    green = -1.26844 * long + 2.60976 * medium - 0.34132 * short
    blue = -0.00420 * long - 0.70342 * medium + 1.70761 * short
    return torch.stack([red, green, blue], -1).clamp(0, 1) ** (1 / 2.2)
