"""A photo of a digit becomes like one of MNIST's, whatever its paper, light, size and polarity."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from trainer.data.preprocessing import Preprocess
from trainer.messages import Pixels


def grey_rgb(grey: np.ndarray) -> Pixels:
    return np.repeat(grey.clip(0, 255).astype(np.uint8)[..., None], 3, axis=2)


def seven(width: int, height: int, stroke: int) -> np.ndarray:
    """The ink of a 7, 0 to 1, left of the middle of the sheet."""
    sheet = Image.new("L", (width, height))
    points = [(0.2, 0.25), (0.5, 0.22), (0.3, 0.8)]
    line = [(round(x * width), round(y * height)) for x, y in points]
    ImageDraw.Draw(sheet).line(line, fill=255, width=stroke, joint="curve")
    return np.asarray(sheet.filter(ImageFilter.GaussianBlur(stroke / 12)), float) / 255


def photo(ink: np.ndarray, grain: float = 4, darkness: float = 0.75) -> np.ndarray:
    """Dark ink on paper that is half as bright at its bottom right as at its top left."""
    height, width = ink.shape
    y, x = np.mgrid[:height, :width]
    light = 235 * (1 - 0.3 * x / width - 0.2 * y / height)
    noise = np.random.default_rng(1).normal(0, grain, ink.shape)
    return light * (1 - darkness * ink) + noise


def assert_like_mnist(digit: Pixels, shape: tuple[int, int, int] = (28, 28, 1)) -> None:
    assert digit.shape == shape and digit.dtype == np.uint8
    grey = digit[..., 0].astype(float)
    rows, columns = np.flatnonzero(grey.any(1)), np.flatnonzero(grey.any(0))
    longer = round(20 / 28 * shape[0])
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == longer
    for axis in (0, 1):  # MNIST's centre is the corner between its four middle pixels, plus half
        profile = grey.sum(1 - axis)
        centre = profile @ np.arange(len(profile)) / profile.sum()
        assert abs(centre - shape[axis] / 2) <= 0.6
    assert grey.max() == 255 and (grey == 0).mean() > 0.6
    assert (grey**2).sum() / grey.sum() / 255 > 0.7  # the strokes are solid


@pytest.mark.parametrize("stroke", [3, 8, 16, 40])
@pytest.mark.parametrize("polarity", ["ink on paper", "chalk on slate"])
def test_a_photo_of_a_seven(stroke: int, polarity: str) -> None:
    image = photo(seven(600, 400, stroke))
    image = image if polarity == "ink on paper" else 255 - image
    digit = Preprocess((28, 28, 1), ink=True)(grey_rgb(image))
    assert_like_mnist(digit)
    grey = digit[np.flatnonzero(digit.any((1, 2)))][..., 0].astype(float)
    left, right = np.flatnonzero(grey.any(0))[[0, -1]]
    assert (grey[1:4, left + 1 : right] > 60).any(0).all()  # a bar over the whole width
    leg = grey[6:] @ np.arange(28) / grey[6:].sum(1)
    assert (np.diff(leg[:-3]) < 0).all() and leg[0] - leg[-1] > 4  # a leg that runs to the left


def test_pencil_specks_shadow_and_the_edge_of_a_table() -> None:
    ink = seven(600, 400, 12)
    pencil = photo(ink, darkness=0.3)
    specks = photo(ink)
    specks[30:34, 500:504] = specks[380:383, 550:553] = 30
    shadow = photo(ink) * np.where(np.mgrid[:400, :600][1] > 420, 0.6, 1)
    table = photo(ink)
    table[:, 570:] = 25
    expected = Preprocess((28, 28, 1), ink=True)(grey_rgb(photo(ink))).astype(int)
    for image in (pencil, specks, shadow, table):
        digit = Preprocess((28, 28, 1), ink=True)(grey_rgb(image))
        assert_like_mnist(digit)
        assert np.abs(digit - expected).mean() < 15  # a shift by one pixel at most


def test_other_sizes_and_colour() -> None:
    image = grey_rgb(photo(seven(300, 400, 14)))
    assert_like_mnist(Preprocess((64, 64, 1), ink=True)(image), (64, 64, 1))
    colour = Preprocess((32, 32, 3), ink=True)(image)
    assert_like_mnist(colour, (32, 32, 3))
    assert (np.ptp(colour, axis=2) == 0).all()
    assert Preprocess((28, 20, 1), ink=True)(image).any()


def mnist_like() -> Pixels:
    stroke = Image.fromarray((seven(40, 40, 3) * 255).astype(np.uint8))
    digit = np.zeros((28, 28, 1), np.uint8)
    box = np.asarray(stroke.crop(stroke.getbbox()).resize((14, 20), Image.Resampling.BILINEAR))
    digit[4:24, 6:20, 0] = box
    digit[0, 13:15] = 90  # some of MNIST's digits reach the border
    return digit


def test_mnist_itself_passes_unchanged() -> None:
    digit = mnist_like()
    assert (Preprocess((28, 28, 1), ink=True)(digit) == digit).all()
    colour = Preprocess((28, 28, 3), ink=True)(np.repeat(digit, 3, axis=2))
    assert (colour == digit).all()


def test_mnist_inverted_or_enlarged_comes_back() -> None:
    digit = mnist_like()
    digit[0] = 0
    expected = Preprocess((28, 28, 1), ink=True)(255 - digit)
    assert_like_mnist(expected)
    rows, columns = np.nonzero(digit[..., 0])
    found_rows, found_columns = np.nonzero(expected[..., 0])
    moved = np.roll(
        digit, (found_rows.min() - rows.min(), found_columns.min() - columns.min()), (0, 1)
    )
    assert np.abs(moved.astype(int) - expected).max() <= 30  # the strongest ink becomes white
    large = np.asarray(Image.fromarray(digit[..., 0]).resize((280, 280), Image.Resampling.BICUBIC))
    assert_like_mnist(Preprocess((28, 28, 1), ink=True)(grey_rgb(large)))


@pytest.mark.parametrize(
    "blank",
    [
        np.full((300, 200), 255.0),
        np.zeros((300, 200)),
        np.full((28, 28), 127.0),
        np.full((1, 1), 9.0),
        np.full((1, 50), 200.0),
        photo(np.zeros((400, 600)), grain=8),
        255 - photo(np.zeros((400, 600))),
    ],
    ids=["white", "black", "grey", "pixel", "line", "paper", "slate"],
)
def test_blank_gives_black(blank: np.ndarray) -> None:
    digit = Preprocess((28, 28, 1), ink=True)(grey_rgb(blank))
    assert digit.shape == (28, 28, 1) and not digit.any()
