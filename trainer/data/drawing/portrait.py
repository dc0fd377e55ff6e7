"""Paints a chunk of faces, back to front, as signed distances with soft edges."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from trainer.data.drawing.face_looks import (
    BACKGROUNDS,
    BEARDS,
    BLUSH,
    EARRINGS,
    FRINGES,
    GLASSES,
    GOLD,
    HAIR_COLOURS,
    HAIR_STYLES,
    INK,
    LIPS,
    LIPSTICKS,
    MOUTH,
    NOSE,
    SHADE,
    SHIRTS,
    SKINS,
    WHITE,
)

SIDE, TOP = 88.0, 5.5  # units: an image's side; how far down the drawing its upper edge lies
MIDDLE = 47.0  # units down the drawing: the centre of the head


class Portrait:
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
