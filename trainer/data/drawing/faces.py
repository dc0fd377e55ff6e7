"""Faces drawn by this program: flat colour portraits in two domains that share identities.

A stand-in for photographs of people that needs no download. The content of a face (the shape of
its head, its skin, where its features sit) means the same in both domains; its style (hair,
glasses, smile, colours) varies freely; the domain decides between long hair with full lips and
short hair with beards. Every shape is a signed distance, painted back to front with soft edges.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

DOMAINS = ("long hair", "short hair")  # what labels 0 and 1 mean
SIDE, TOP = 88.0, 5.5  # units: an image's side; how far down the drawing its upper edge lies
MIDDLE = 47.0  # units down the drawing: the centre of the head
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

GLASSES = ("none", "none", "round", "square")
FRINGES = ("curtain", "parted", "straight")
EARRINGS = ("none", "studs", "drops")
BEARDS = ("none", "stubble", "moustache", "full")
# Per style: what the hair adds to the head at the sides and on top; how far down it ends at the
# shortest and at the longest; how it widens on the way; the size of its waves and of its curls;
# the radius of its bun; its opacity. In units but for the widening and the opacity.
HAIR_STYLES: tuple[dict[str, tuple[float, ...]], ...] = (
    {
        "straight": (4.5, 5, 82, 104, 0, 0, 0, 0, 1),
        "wavy": (5, 5, 82, 104, 0.1, 1.5, 0, 0, 1),
        "bob": (5, 5, 66, 78, 0.14, 0, 0, 0, 1),
        "curly": (9, 8, 74, 92, 0.08, 0, 3.5, 0, 1),
        "bun": (4, 3.5, 80, 100, 0, 0, 0, 7.5, 1),
    },
    {
        "bald": (0, 0, 48, 48, 0, 0, 0, 0, 0),
        "cropped": (0.8, 0.8, 48, 48, 0, 0, 0, 0, 0.75),
        "parted": (1.6, 3, 50, 50, 0, 0, 0, 0, 1),
        "quiff": (1.4, 4.5, 48, 48, 0, 0, 0, 0, 1),
        "curly": (3.5, 6, 49, 49, 0, 0, 2.8, 0, 1),
    },
)

# Colours, RGB. Between neighbours in a ramp lie only colours that look well too.
SKINS = ("ffdfc8", "f6c8a4", "e3a97d", "c3875a", "955f40", "653f30")
HAIR_COLOURS = (
    *("2b2529", "3d2b28", "6a4331", "8f5a37", "b8633a", "dfa957"),
    *("ecd6a2", "bcb9bf", "dc8aa2", "6f73ae"),  # the last two are dyed
)
BACKGROUNDS = ("f2dfa9", "c9d8ab", "a4cfc0", "a6cee2", "b7bde3", "d8bddd")
SHIRTS = ("e3ae45", "7a9f6a", "39807f", "385784", "5f5590", "a84f6b", "c9534a")
LIPSTICKS = ("d98f86", "d4646c", "c8323f", "9a2f56")
INK, WHITE, GOLD, MOUTH = "33262b", "fffaf5", "f2c14e", "7c2b33"
# Skin times one of these is skin in shade, a nose's edge, a cheek, bare lips.
SHADE, NOSE, BLUSH, LIPS = "dcbfb8", "cda49b", "ffd6d0", "d39a92"


@dataclass(frozen=True)
class DrawnFaces:
    """Drawn images with all that is known of them."""

    images: Tensor  # uint8 [N, size, size, 3], RGB
    labels: Tensor  # int64 [N], 0 or 1: the domain, named in DOMAINS
    factors: dict[str, Tensor]  # CONTENT's and STYLE's names -> float32 [N], in their ranges


def draw_faces(
    count: int, seed: int, size: int = 32, device: str | torch.device = "cpu"
) -> DrawnFaces:
    """Draw ``count`` faces of random domain, content and style, ``size`` px wide, on ``device``.

    The random numbers come from the CPU, so a seed names the same faces on every device and at
    every size, and image i does not depend on ``count``: a shorter set begins a longer one.
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
    return DrawnFaces(render_faces(labels, factors, size), labels, factors)


def render_faces(labels: Tensor, factors: dict[str, Tensor], size: int = 32) -> Tensor:
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
        images[rows] = _Portrait(labels[rows, None, None], values, size).draw()
    return images


class _Portrait:
    """A chunk of faces on one canvas.

    Lengths are in units, x from the middle to the right, y downwards. What is one number or colour
    an image is [N, 1, 1] or [N, 3, 1, 1]; a distance is [N, size, size] or broadcasts to it, and
    is below 0 inside its shape.
    """

    def __init__(self, labels: Tensor, values: dict[str, Tensor], size: int) -> None:
        self.values = values
        self.long = labels == 0
        self.sharpness = size / SIDE  # px a unit
        pixel = (torch.arange(size, device=labels.device) + 0.5) / self.sharpness
        self.x, self.y = (pixel - SIDE / 2)[None, None, :], (pixel + TOP)[None, :, None]
        self.low = self.y - MIDDLE
        self.canvas = self.ramp(BACKGROUNDS, "background").repeat(1, 1, size, size)

        self.wide, self.tall = values["face width"] / 2, values["face length"] / 2
        self.eyes = MIDDLE + 1.5
        self.nose = self.eyes + values["nose length"]
        self.mouth = self.nose + 0.36 * (MIDDLE + self.tall - self.nose)
        self.axis = self.x - values["turn"]  # x from the middle of the features
        self.side = self.axis.abs() - values["eye distance"] / 2  # x from either eye, outwards

        self.skin = self.ramp(SKINS, "skin")
        self.hair = self.ramp(HAIR_COLOURS, "hair colour")

    def draw(self) -> Tensor:
        """The finished images: uint8 [N, size, size, 3]."""
        style = self.hair_style()
        cap, mass = self.hair_mass(style)
        self.paint(mass, self.hair * 0.8, self.long)
        self.draw_body()
        self.draw_head()
        self.draw_beard()
        self.draw_mouth()
        self.draw_eyes()
        self.draw_glasses()
        front = torch.maximum(mass, self.hair_line())
        opacity = style[-1]
        self.paint(front, self.hair, opacity)
        shine = torch.maximum((cap + 5.5).abs() - 1.1, (self.x / self.wide + 0.4).abs() * 20 - 5.6)
        shine = torch.maximum(torch.maximum(shine, front + 2), self.low)
        self.paint(shine, self.hair.lerp(self.colour(WHITE), 0.2), opacity == 1)
        self.draw_earrings()
        return (self.canvas * 255).round().to(torch.uint8).permute(0, 2, 3, 1)

    def paint(self, distance: Tensor, colour: Tensor, opacity: Tensor | float = 1.0) -> None:
        """Cover the inside of a shape; its edge is soft over one pixel."""
        cover = (0.5 - distance * self.sharpness).clamp_(0, 1) * opacity
        self.canvas.lerp_(colour, cover[:, None])

    def colour(self, code: str) -> Tensor:
        """An RGB code as a colour in 0..1: [1, 3, 1, 1]."""
        rgb = torch.tensor(list(bytes.fromhex(code)), device=self.x.device) / 255
        return rgb.view(1, 3, 1, 1)

    def ramp(self, codes: Sequence[str], name: str) -> Tensor:
        """The colour at the factor's place along evenly spaced ``codes``: [N, 3, 1, 1]."""
        stops = torch.cat([self.colour(code) for code in codes])
        place = self.values[name].flatten().clamp(0, 1) * (len(codes) - 1)
        below = place.long().clamp_max(len(codes) - 2)
        mixed: Tensor = stops[below].lerp(stops[below + 1], (place - below).view(-1, 1, 1, 1))
        return mixed

    def choice(self, name: str, among: Sequence[str]) -> Tensor:
        """Which of the equal parts of 0..1 the factor lies in, one for each option: [N, 1, 1]."""
        return (self.values[name] * len(among)).long().clamp(0, len(among) - 1)

    def hair_style(self) -> tuple[Tensor, ...]:
        """The numbers of the domain's hair style, see HAIR_STYLES: [N, 1, 1] each."""
        tables = [list(styles.values()) for styles in HAIR_STYLES]
        style = self.choice("hair style", list(HAIR_STYLES[0]))
        rows = torch.tensor(tables, device=self.x.device)[(~self.long).long(), style]
        return rows.unbind(-1)

    def hair_mass(self, style: tuple[Tensor, ...]) -> tuple[Tensor, Tensor]:
        """Distances of the hair's cap about the head and of all the hair, as if it had no face."""
        sides, top, shortest, longest, widening, waves, curls, bun, _ = style
        length = self.values["hair length"]
        half = self.wide + sides
        high = self.tall + top + torch.where(self.long, 0, 3 * length) * (top > 1)
        end = self.y - shortest - (longest - shortest) * length
        x = self.x.abs() / (1 + widening * self.low.clamp_min(0) / 30)
        cap = _oval(x, self.low, half, high)
        # Below the middle of the head, the hair falls straight, to corners of radius 9.
        across, down = x - half + 9, end + 9
        fall = torch.hypot(across.clamp_min(0), down.clamp_min(0)) - 9
        fall = torch.maximum(fall + torch.maximum(across, down).clamp_max(0), -self.low)
        mass = torch.maximum(torch.minimum(cap, fall), end)
        mass = mass + waves * torch.sin(self.y * 0.42) * (self.low / 15).clamp(0, 1)
        lobes = torch.sin(8 * torch.atan2(self.low - 0.5, self.x)).abs()
        mass = mass + curls * (1 - lobes)
        knot = _oval(self.x, self.low + self.tall + 5.5, bun, bun * 0.9)
        return cap, torch.where(bun > 0, torch.minimum(mass, knot), mass)

    def hair_line(self) -> Tensor:
        """Distance from the line that parts hair, above it, from face.

        It peaks at the parting and falls to the temples on either side, steeply at last.
        """
        kind = self.choice("fringe", FRINGES)
        fringe = self.low + self.values["brow height"] + 2.5  # y from just above the brows
        forehead = self.low + self.tall - torch.where(self.long, 7.0, 9.0)
        peak = torch.where(self.long & (kind == 2), fringe, forehead)
        power = torch.tensor([1.6, 2.0, 6.0], device=self.x.device)[kind]
        power = torch.where(self.long, power, 4.0)
        part = torch.where(self.long & (kind != 1), 0.0, self.values["parting"]) * self.wide
        away = self.x - self.values["turn"] * 0.6 - part
        away = away.abs() / (self.wide * 0.95 - part * away.sign())  # 1 at either temple
        steepness = 26 * power * away ** (power - 1) / self.wide
        return (peak - 26 * away**power) / torch.hypot(steepness, torch.ones_like(steepness))

    def draw_body(self) -> None:
        shirt, shade = self.ramp(SHIRTS, "shirt"), self.skin * self.colour(SHADE)
        neck = torch.where(self.long, 8.0, 11.0)
        self.paint(_oval(self.x, self.y - 106, torch.where(self.long, 33.0, 41.0), 24), shirt)
        self.paint(_oval(self.x, self.y - 85, neck + 5.5, 8), shirt * 0.85)
        self.paint(_oval(self.x, self.y - 83, neck + 4, 8), self.skin)
        throat = torch.maximum(self.x.abs() - neck, (self.y - 72).abs() - 13)
        self.paint(throat, self.skin)
        shadow = _oval(self.x, self.low - 5, self.wide * 0.9, self.tall)
        self.paint(torch.maximum(throat, shadow), shade)

    def draw_head(self) -> None:
        ear, y = self.x.abs() - self.wide - 0.3, self.y - self.eyes - 3
        self.paint(_oval(ear, y, 3.6, 5.2), self.skin)
        self.paint(_oval(ear - 0.4, y, 1.8, 3.2), self.skin * self.colour(SHADE))
        self.paint(self.head(), self.skin)
        cheek = _oval(self.side - 2, self.y - self.nose + 0.5, 4.5, 3.0)
        self.paint(cheek, self.skin * self.colour(BLUSH), 0.6)

    def head(self) -> Tensor:
        """Distance of the head without its ears; the chin turns with the features."""
        down = (self.low / self.tall).clamp_min(0)
        x = self.x - 0.35 * self.values["turn"] * down
        return _oval(x / (1 - self.values["jaw"] * down**2), self.low, self.wide, self.tall)

    def draw_beard(self) -> None:
        kind = torch.where(self.long, 0, self.choice("beard", BEARDS))
        colour = self.hair * 0.9
        line = self.mouth - 4 - 18 * (self.axis / self.wide).clamp(-1, 1) ** 4  # up to the ears
        jaw = torch.maximum(self.head() - 1.5 * (kind == 3), line - self.y)
        self.paint(jaw, colour, (kind == 1) * 0.25 + (kind == 3) * 1.0)
        x = self.axis.abs() - 4
        self.paint(_oval(x, self.y - self.mouth + 3.2 - 0.12 * x, 5.5, 2.2), colour, kind == 2)

    def draw_mouth(self) -> None:
        smile, half = self.values["smile"], self.values["mouth width"] / 2
        y = self.y - self.mouth + 1 + smile
        upper = 0.6 + 2.6 * smile
        lower = upper + 7 * (smile - 0.5).clamp_min(0)
        arch = 1 - (self.axis / half) ** 2
        slope = (upper + lower) * self.axis / half**2
        steepness = torch.hypot(slope, torch.ones_like(slope))

        def between(top: Tensor, bottom: Tensor) -> Tensor:
            """Distance of the crescent between two arcs that hang from the mouth's corners."""
            crescent = torch.maximum(top * arch - y, y - bottom * arch) / steepness
            return torch.maximum(crescent, self.axis.abs() - half)

        lipstick = self.ramp(LIPSTICKS, "lipstick").lerp(self.skin, 0.1)
        self.paint(between(upper - 2.6, lower + 3.0) - 0.4, lipstick, self.long)
        self.paint(between(upper - 1.6, lower + 2.4), self.skin * self.colour(LIPS), ~self.long)
        self.paint(between(upper, lower) - 0.55, self.colour(MOUTH))
        teeth = between(upper, upper + 0.5 * (lower - upper)) + 0.1
        self.paint(teeth, self.colour(WHITE), smile > 0.6)

    def draw_eyes(self) -> None:
        """Eyes, brows and the nose between them."""
        ink, white = self.colour(INK), self.colour(WHITE)
        size, y = self.values["eye size"], self.y - self.eyes
        lash = torch.where(self.long, 1.5, 0.9)
        self.paint(_oval(self.side - lash * 0.4, y + lash, size + lash * 0.5, size * 0.75), ink)
        self.paint(_oval(self.side, y, size, size * 0.75), white)
        right = self.axis.sign()  # ``side`` is mirrored; both eyes look to, and shine at, one side
        gaze = self.side - self.values["turn"] * 0.2 * right
        self.paint(_oval(gaze, y, size * 0.55, size * 0.6), ink)
        self.paint(_oval(gaze - 0.8 * right, y + 0.9, 0.7, 0.7), white)
        arch = 0.03 * self.side**2 + self.values["brow tilt"] * self.side
        brow = y + self.values["brow height"] + arch
        thick = torch.where(self.long, 1.1, 1.6)
        self.paint(_oval(self.side, brow, size + 1.2, thick), self.hair.lerp(ink, 0.5))
        x = self.axis - self.values["turn"] * 0.35
        self.paint(_oval(x, self.y - self.nose + 1.4, 3.6, 3.0), self.skin * self.colour(NOSE))
        self.paint(_oval(x, self.y - self.nose + 3.0, 3.4, 3.0), self.skin)

    def draw_glasses(self) -> None:
        kind = self.choice("glasses", GLASSES)
        lens = (self.values["eye distance"] / 2 - 1.6).clamp_max(8.2)
        y = self.y - self.eyes - 0.3
        square = torch.maximum(self.side.abs() - lens, y.abs() - lens * 0.75)
        rim = torch.where(kind == 3, square, _oval(self.side, y, lens, lens))
        bar = torch.maximum((y + 1).abs() - 0.7, -rim)  # from ear to ear but for the lenses
        frame = torch.maximum(torch.minimum(rim.abs() - 0.75, bar), self.x.abs() - self.wide)
        self.paint(rim, self.colour(WHITE), (kind > 1) * 0.1)
        self.paint(frame, self.colour(INK), kind > 1)

    def draw_earrings(self) -> None:
        kind = torch.where(self.long, self.choice("earrings", EARRINGS), 0)
        wide, tall = torch.where(kind == 2, 2.2, 1.7), torch.where(kind == 2, 4.5, 1.7)
        x, y = self.x.abs() - self.wide - 0.8, self.y - self.eyes - 8 - tall
        self.paint(_oval(x, y, wide, tall), self.colour(GOLD), kind > 0)


def _oval(x: Tensor, y: Tensor, wide: Tensor | float, tall: Tensor | float) -> Tensor:
    """Distance of an ellipse about the origin with these half axes, true to first order."""
    across, down = x / wide, y / tall
    radius = torch.hypot(across, down)
    return radius * (radius - 1) / torch.hypot(across / wide, down / tall).clamp_min(1e-6)
