"""House numbers drawn by this program: small colour images with a digit in the middle.

They are framed as the cropped digits of SVHN are: the middle digit fills most of the height, its
neighbours in the number are cut off at the sides, and nothing tells ink from paper but contrast.
What SVHN cannot give comes with them: the neighbours, the colours' brightness and the pen's style.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from trainer.data.drawing.digits import BOX, SIDE, WOBBLE_NUMBERS, render_digits
from trainer.data.progress import OnProgress, unheard

CHUNK = 256  # images composed at once
NEIGHBOUR = 0.65  # how likely there is a digit at the left; at the right likewise
NOISE = 0.02  # of the whole range of brightness, standard deviation at the most
WOBBLE = 0.5  # px of the pen at the most: less than by hand
STYLES: dict[str, tuple[float, float]] = {
    # As in trainer.data.drawing.digits, but as numbers are painted: hardly slanted, bold.
    "slant": (-0.06, 0.2),
    "thickness": (1.9, 3.6),
    "aspect": (0.9, 1.2),
    "height": (0.68, 0.92),  # of the middle digit, as a fraction of the image
    "spacing": (0.56, 0.7),  # between the middles of digits, as a fraction of their height
    "tilt": (-0.15, 0.15),  # radians by which the whole number is turned
    "paper": (0.08, 0.92),  # brightness of the paper
    "contrast": (0.3, 0.7),  # brightness of the ink less that of the paper, either way
    "shade": (0.0, 0.22),  # by how much the light falls off across the image
    "blur": (0.015, 0.035),  # deviation, as a fraction of the image
}
"""Style factor -> (lowest, highest) value; ``draw_numbers`` draws each uniformly between them."""

# Random numbers of an image besides digits, STYLES and wobble: what each is for.
_BRIGHTER, _X, _Y, _WOBBLE, _VARIANT, _LIGHT, _GRAIN = range(7)
_PAPER_TINT, _INK_TINT = slice(7, 11), slice(11, 15)
_SPARE = 15
_DIGITS = 3  # left, middle, right
_LUMA = (0.299, 0.587, 0.114)


@dataclass(frozen=True, eq=False)
class DrawnNumbers:
    """Drawn images with all that is known of them."""

    images: Tensor  # uint8 [N, size, size, 3]
    labels: Tensor  # int64 [N], 0..9: the middle digit
    # float32 [N] each: STYLES' names in their units; "left" and "right": the neighbour's digit
    # plus 1, 0 where there is none; "ink": brightness of the digits, 0..1.
    factors: dict[str, Tensor]


def draw_numbers(
    count: int, seed: int, size: int = 32, progress: OnProgress = unheard
) -> DrawnNumbers:
    """Draw ``count`` house numbers of ``size`` pixels.

    Image i does not depend on ``count``: a shorter set is the beginning of a longer one. Another
    size shows the same numbers, but for the noise.
    `progress(images drawn, images in all)` is called between chunks; what it raises ends it.
    """
    generator = torch.Generator().manual_seed(seed)
    # rand and not randn: only rand fills its output strictly in order, also over several calls.
    rows = torch.rand(
        count, 2 * _DIGITS + len(STYLES) + _DIGITS * WOBBLE_NUMBERS + _SPARE, generator=generator
    )
    digits, style, wobble, spare = torch.split(
        rows, [2 * _DIGITS, len(STYLES), _DIGITS * WOBBLE_NUMBERS, _SPARE], dim=1
    )
    labels = (digits[:, :_DIGITS] * 10).long()
    there = digits[:, _DIGITS:] < NEIGHBOUR
    there[:, 1] = True
    factors = {
        name: low + (high - low) * style[:, column]
        for column, (name, (low, high)) in enumerate(STYLES.items())
    }
    factors["contrast"] = _signed(factors, spare[:, _BRIGHTER])
    factors["ink"] = factors["paper"] + factors["contrast"]
    images = torch.empty(count, size, size, 3, dtype=torch.uint8)
    grain = torch.Generator().manual_seed(seed + 1)
    for start in range(0, count, CHUNK):
        part = slice(start, start + CHUNK)
        some = {name: values[part, None] for name, values in factors.items()}
        ink = _number(labels[part], there[part], some, wobble[part], spare[part], size)
        picture = _coloured(ink, some, spare[part])
        noise = torch.rand(len(picture), 3, size, size, generator=grain) - 0.5
        strength = NOISE * math.sqrt(12) * spare[part, _GRAIN, None, None, None]
        picture = (picture + noise * strength).clamp(0, 1)
        images[part] = (picture * 255).round().to(torch.uint8).permute(0, 2, 3, 1)
        progress(min(start + CHUNK, count), count)
    factors["left"], factors["right"] = (((labels + 1) * there)[:, i].float() for i in (0, 2))
    return DrawnNumbers(images, labels[:, 1].clone(), factors)


def _signed(factors: dict[str, Tensor], chance: Tensor) -> Tensor:
    """The contrast with its sign: brighter or darker ink by chance where there is room for both."""
    paper, contrast = factors["paper"], factors["contrast"]
    low, high = STYLES["paper"]
    brighter, darker = paper + contrast <= high, paper - contrast >= low
    up = torch.where(brighter & darker, chance < 0.5, brighter)
    # Paper in the middle has room for neither: there the ink goes as far as it can.
    up = torch.where(brighter | darker, up, paper < 0.5)
    return torch.where(
        up, torch.minimum(contrast, high - paper), torch.maximum(-contrast, low - paper)
    )


def _number(
    labels: Tensor,
    there: Tensor,
    style: dict[str, Tensor],
    wobble: Tensor,
    spare: Tensor,
    size: int,
) -> Tensor:
    """How far the ink covers each pixel, 0..1: float32 [N, 1, size, size].

    labels, there: [N, 3]; style: columns [N, 1]; wobble: [N, 3 * WOBBLE_NUMBERS].
    """
    glyphs = _glyphs(labels, there, style, wobble, spare)
    # Where a pixel of the image lies in the number, in heights of a digit from its middle.
    pixel = (torch.arange(size) + 0.5) / size - 0.5
    x = pixel[None, None, :] - 0.05 * (spare[:, _X, None, None] - 0.5)
    y = pixel[None, :, None] - 0.05 * (spare[:, _Y, None, None] - 0.5)
    turn, height = style["tilt"][..., None], style["height"][..., None]
    across = (x * turn.cos() + y * turn.sin()) / height
    down = (y * turn.cos() - x * turn.sin()) / height
    ink = torch.zeros(len(labels), 1, size, size)
    for digit in range(_DIGITS):
        middle = (digit - 1) * style["spacing"][..., None]
        # A glyph's ink is BOX px high in an image of SIDE px, whose sides are -1 and 1.
        grid = torch.stack([across - middle, down], -1) * (2 * BOX / SIDE)
        placed = functional.grid_sample(glyphs[:, digit : digit + 1], grid, align_corners=False)
        ink = torch.maximum(ink, placed)
    return _blurred(ink, style["blur"] * size)


def _glyphs(
    labels: Tensor, there: Tensor, style: dict[str, Tensor], wobble: Tensor, spare: Tensor
) -> Tensor:
    """The digits of each number, by one pen: float32 [N, 3, SIDE, SIDE], 0..1; blank if absent."""
    pen = {name: style[name] for name in ("slant", "thickness", "aspect")}
    pen["size"] = torch.ones_like(style["slant"])
    pen["wobble"] = WOBBLE * spare[:, _WOBBLE, None]
    pen["variant"] = spare[:, _VARIANT, None]
    wanted = there.flatten()
    each = {name: values.expand(-1, _DIGITS).flatten()[wanted] for name, values in pen.items()}
    glyphs = torch.zeros(len(wanted), SIDE, SIDE)
    ways = wobble.reshape(-1, WOBBLE_NUMBERS)[wanted]
    glyphs[wanted] = render_digits(labels.flatten()[wanted], each, ways)[..., 0].float() / 255
    return glyphs.view(-1, _DIGITS, SIDE, SIDE)


def _blurred(ink: Tensor, deviation: Tensor) -> Tensor:
    """Each image [N, 1, size, size] blurred by its own Gaussian; deviation: px, [N, 1]."""
    count, radius = len(ink), max(1, math.ceil(2.5 * float(STYLES["blur"][1]) * ink.shape[-1]))
    distance = torch.arange(-radius, radius + 1)
    kernel = torch.exp(-(distance**2) / (2 * deviation.clamp_min(0.05) ** 2))
    kernel = kernel / kernel.sum(1, keepdim=True)
    wide = functional.pad(ink, (radius,) * 4, mode="replicate").transpose(0, 1)
    rows = functional.conv2d(wide, kernel.view(count, 1, 1, -1), groups=count)
    both = functional.conv2d(rows, kernel.view(count, 1, -1, 1), groups=count)
    return both.transpose(0, 1)


def _coloured(ink: Tensor, style: dict[str, Tensor], spare: Tensor) -> Tensor:
    """Ink on paper under uneven light: float32 [N, 3, size, size], 0..1."""
    paper = _tinted(style["paper"], spare[:, _PAPER_TINT])[..., None, None]
    painted = _tinted(style["ink"], spare[:, _INK_TINT])[..., None, None]
    picture = paper + (painted - paper) * ink
    pixel = torch.linspace(-0.5, 0.5, ink.shape[-1])
    angle = spare[:, _LIGHT, None, None] * math.tau
    slope = pixel[None, None, :] * angle.cos() + pixel[None, :, None] * angle.sin()
    return picture * (1 + style["shade"][..., None] * slope)[:, None]


def _tinted(brightness: Tensor, chance: Tensor) -> Tensor:
    """A colour of that brightness [N, 1], more or less saturated: [N, 3], 0..1."""
    luma = torch.tensor(_LUMA)
    tint = chance[:, :3] - (chance[:, :3] * luma).sum(1, keepdim=True)  # changes no brightness
    strength = chance[:, 3:] ** 2 * 0.7
    # No channel leaves 0..1, or the brightness would change after all.
    room = torch.where(tint > 0, 1 - brightness, brightness) / tint.abs().clamp_min(1e-6)
    return brightness + tint * torch.minimum(strength, room.amin(1, keepdim=True))
