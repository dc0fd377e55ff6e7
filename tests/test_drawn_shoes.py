"""The drawn shoes: repeatable, and content and style reach just the images that they should."""

import pytest
import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, max_pool2d

from trainer.data.drawing import shoes as shoes
from trainer.data.drawing.shoes import (
    CONTENT,
    KINDS,
    LACES,
    PATTERNS,
    SOLES,
    STYLE,
    DrawnShoes,
    draw_shoes,
    render_shoes,
)

RANGES = CONTENT | STYLE
PLAIN = dict.fromkeys(RANGES, 0.5) | {"length": 1.0, "saturation": 0.8, "hue": 0.1}
# Factors that choose one of several things, and of how many.
STEPS = {"pattern": len(PATTERNS), "sole_colour": len(SOLES), "laces": len(LACES)}


@pytest.fixture(scope="module")
def drawn() -> DrawnShoes:
    return draw_shoes(200, seed=7)


def render_plain(label: int, size: int = 32, **changed: list[float]) -> tuple[Tensor, Tensor]:
    """Pictures and drawings, 0..1, of a plain shoe with some factors changed, a row a value."""
    count = max(map(len, changed.values()), default=1)
    values = {name: changed.get(name, [value] * count) for name, value in PLAIN.items()}
    factors = {name: torch.tensor(row) for name, row in values.items()}
    images, edges = render_shoes(torch.full((count,), label), factors, size)
    return images / 255, edges / 255


def values_of(name: str) -> list[float]:
    """Values all over a factor's range."""
    low, high = RANGES[name]
    count = STEPS.get(name, 3)
    return [low + (high - low) * (i + 0.5) / count for i in range(count)]


def near(mask: Tensor, pixels: int = 1) -> Tensor:
    """The pixels of bool [N, y, x] that lie at most ``pixels`` away from a true one."""
    side = 2 * pixels + 1
    return max_pool2d(mask[:, None].float(), side, stride=1, padding=pixels)[:, 0] > 0


def paper_outside(edges: Tensor, lightest: int = 255) -> Tensor:
    """The pixels from ``lightest`` up that the image's border reaches without crossing a line."""
    paper = edges[..., 0] >= lightest
    reached = torch.zeros_like(paper)
    reached[:, [0, -1]] = reached[:, :, [0, -1]] = True
    reached &= paper
    for _ in range(64):
        seed = reached[:, None].float()
        across = max_pool2d(seed, (1, 3), 1, (0, 1))
        down = max_pool2d(seed, (3, 1), 1, (1, 0))
        reached = (torch.maximum(across, down)[:, 0] > 0) & paper
    return reached


def test_shapes_ranges_and_every_kind(drawn: DrawnShoes) -> None:
    for images in (drawn.images, drawn.edges):
        assert images.shape == (200, 32, 32, 3)
        assert images.dtype == torch.uint8
    assert drawn.labels.dtype == torch.int64
    assert drawn.labels.unique().tolist() == list(range(len(KINDS)))
    assert not CONTENT.keys() & STYLE.keys()
    assert drawn.factors.keys() == RANGES.keys()
    for name, (low, high) in RANGES.items():
        values = drawn.factors[name]
        assert values.dtype == torch.float32
        assert low <= values.min() < low + (high - low) / 4
        assert high - (high - low) / 4 < values.max() <= high


def test_a_seed_names_the_shoes(drawn: DrawnShoes) -> None:
    again, other = draw_shoes(200, seed=7), draw_shoes(200, seed=8)
    assert torch.equal(again.images, drawn.images)
    assert torch.equal(again.edges, drawn.edges)
    assert torch.equal(again.labels, drawn.labels)
    assert not torch.equal(other.images, drawn.images)
    assert not torch.equal(other.labels, drawn.labels)


@pytest.mark.parametrize("count", [0, 1, 17, 133])
def test_a_shorter_set_begins_a_longer_one(drawn: DrawnShoes, count: int) -> None:
    shorter = draw_shoes(count, seed=7)
    assert torch.equal(shorter.images, drawn.images[:count])
    assert torch.equal(shorter.edges, drawn.edges[:count])
    assert torch.equal(shorter.labels, drawn.labels[:count])
    for name, values in shorter.factors.items():
        assert torch.equal(values, drawn.factors[name][:count])


@pytest.mark.parametrize("at_once", [1, 7, 100])
def test_the_chunk_size_does_not_show(
    drawn: DrawnShoes, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shoes, "CHUNK_PIXELS", at_once * 32 * 32)
    again = draw_shoes(100, seed=7)
    assert torch.equal(again.images, drawn.images[:100])
    assert torch.equal(again.edges, drawn.edges[:100])


def test_the_factors_redraw_the_images(drawn: DrawnShoes) -> None:
    order = torch.arange(199, -1, -1)
    factors = {name: values[order] for name, values in drawn.factors.items()}
    images, edges = render_shoes(drawn.labels[order], factors)
    assert torch.equal(images, drawn.images[order])
    assert torch.equal(edges, drawn.edges[order])


@pytest.mark.parametrize("label", range(len(KINDS)))
@pytest.mark.parametrize("name", CONTENT)
def test_content_changes_the_line_drawing(name: str, label: int) -> None:
    images, edges = render_plain(label, **{name: values_of(name)})
    for pictures in (images, edges):
        changed = (pictures.diff(dim=0).abs().amax(-1) > 0.2).sum((1, 2))
        assert (changed >= 8).all(), changed


@pytest.mark.parametrize("label", range(len(KINDS)))
@pytest.mark.parametrize("name", STYLE)
def test_style_changes_the_picture_alone(name: str, label: int) -> None:
    images, edges = render_plain(label, **{name: values_of(name)})
    assert torch.equal(edges, edges[:1].expand_as(edges))
    changed = (images.diff(dim=0).abs().amax(-1) > 0.05).sum((1, 2))
    assert (changed >= 4).all(), changed


def test_style_never_leaves_the_outline(drawn: DrawnShoes) -> None:
    generator = torch.Generator().manual_seed(1)
    restyled = {
        name: torch.rand(200, generator=generator) if name in STYLE else values
        for name, values in drawn.factors.items()
    }
    images, edges = render_shoes(drawn.labels, restyled)
    assert torch.equal(edges, drawn.edges)
    assert ((images != drawn.images).flatten(1).sum(1) > 300).all()
    # Whatever the colours, nothing is painted beyond the lines that go round the shoe.
    beyond = paper_outside(drawn.edges)
    assert (images[beyond] == 255).all()
    assert (drawn.images[beyond] == 255).all()


def test_lines_are_dark_thin_and_on_white(drawn: DrawnShoes) -> None:
    edges = drawn.edges
    assert torch.equal(edges[..., :1].expand_as(edges), edges)  # grey
    lines = edges[..., 0]
    assert (lines.flatten(1).amin(1) <= 40).all()
    share = (lines < 128).float().mean((1, 2))
    assert share.min() > 0.08
    assert share.max() < 0.35
    assert ((lines == 255).float().mean((1, 2)) > 0.4).all()


def test_lines_lie_where_the_picture_changes(drawn: DrawnShoes) -> None:
    pictures = drawn.images.permute(0, 3, 1, 2) / 255
    contrast = max_pool2d(pictures, 3, 1, 1) + max_pool2d(-pictures, 3, 1, 1)
    strong = near(contrast.amax(1) > 0.15)
    lines = drawn.edges[..., 0] < 60
    on_a_contour = (lines & strong).sum((1, 2)) / lines.sum((1, 2))
    assert on_a_contour.min() > 0.9
    # And the silhouette's border is a line all the way round.
    paper = (drawn.images.amin(-1) > 250).float()
    border = near(paper > 0) & (drawn.images.amin(-1) < 150)
    beside_a_line = near(drawn.edges[..., 0] < 128)
    assert ((border & beside_a_line).sum((1, 2)) / border.sum((1, 2))).min() > 0.97


def test_outlines_are_closed(drawn: DrawnShoes) -> None:
    # Were there a gap, the paper around the shoe would reach into it.
    outside = paper_outside(drawn.edges, lightest=200)
    assert (drawn.images[outside] > 200).all()
    inside = (drawn.edges[..., 0] >= 200) & ~outside
    assert (inside.sum((1, 2)) > 25).all()


def test_shoes_are_centred_on_white_and_fill_the_frame(drawn: DrawnShoes) -> None:
    for images in (drawn.images, drawn.edges):
        for rows in (slice(0, 2), slice(-2, None)):
            for columns in (slice(0, 2), slice(-2, None)):
                assert (images[:, rows, columns] == 255).all()
        assert images[:, [0, -1]].min() > 150  # the border may be touched, not crossed
        assert images[:, :, [0, -1]].min() > 150
    inked = drawn.edges[..., 0] < 200
    spans = []
    for axis in (1, 2):
        line = inked.any(axis).int()
        first, last = line.argmax(1), 31 - line.flip(1).argmax(1)
        assert (first + last - 31).abs().max() <= 1
        spans.append(last - first + 1)
    assert torch.maximum(*spans).min() >= 28


def test_the_toe_points_left(drawn: DrawnShoes) -> None:
    # The toe is low, the heel end tall: ink reaches higher in the right half.
    inked = drawn.edges[..., 0] < 128
    top = torch.where(inked, torch.arange(32)[:, None], 32).amin(1)
    assert (top[:, 16:].amin(1) < top[:, 2:10].amin(1)).float().mean() > 0.97


@pytest.mark.parametrize("size", [24, 64, 128])
def test_every_size_shows_the_same_shoe(drawn: DrawnShoes, size: int) -> None:
    other = draw_shoes(40, seed=7, size=size)
    assert other.images.shape == other.edges.shape == (40, size, size, 3)
    assert torch.equal(other.labels, drawn.labels[:40])
    for small, big in ((drawn.images, other.images), (drawn.edges, other.edges)):
        # At 8 px, to which all sizes shrink evenly, and by shares: a big image's lines are finer.
        ink = [
            1 - avg_pool2d(images.permute(0, 3, 1, 2) / 255, images.shape[1] // 8).flatten(1)
            for images in (small[:40], big)
        ]
        share = [amount / amount.sum(1, keepdim=True) for amount in ink]
        assert torch.equal(torch.cdist(*share).argmin(1), torch.arange(40))


def test_64_px_shrink_to_32(drawn: DrawnShoes) -> None:
    big = draw_shoes(40, seed=7, size=64)
    for small, large in ((drawn.images, big.images), (drawn.edges, big.edges)):
        shrunk = avg_pool2d(large.permute(0, 3, 1, 2) / 255, 2).permute(0, 2, 3, 1)
        assert (shrunk - small[:40] / 255).abs().mean((1, 2, 3)).max() < 0.05


@pytest.mark.parametrize("size", [20, 30, 132])
def test_other_sizes_are_refused(size: int) -> None:
    with pytest.raises(ValueError, match="multiple of 4 from 24 to 128"):
        draw_shoes(1, seed=7, size=size)


@pytest.mark.parametrize("label", range(len(KINDS)))
def test_ten_hues_are_ten_colours(label: int) -> None:
    images, _ = render_plain(label, hue=[i / 10 for i in range(10)])
    means = images.mean((1, 2))
    apart = torch.cdist(means, means) + torch.eye(10)
    assert apart.min() > 0.01
    # Once round the circle: hue 1 is hue 0.
    ends, _ = render_plain(label, hue=[0.0, 1.0])
    assert (ends[0] - ends[1]).abs().max() < 0.02


def test_leather_can_be_black_white_or_vivid() -> None:
    dark, light, vivid = (
        render_plain(1, lightness=[lightness], saturation=[saturation], laces=[0.0], pattern=[0.0])[
            0
        ][0, 8:18, 19:23].mean((0, 1))
        for lightness, saturation in ((0.0, 0.0), (1.0, 0.0), (0.5, 1.0))
    )
    assert dark.max() < 0.3
    assert light.min() > 0.7
    assert vivid.max() - vivid.min() > 0.4


def test_kinds_are_told_apart_by_their_lines(drawn: DrawnShoes) -> None:
    lines, labels = drawn.edges[..., 0].flatten(1) / 255, drawn.labels
    known, asked = slice(0, 150), slice(150, 200)
    nearest = torch.cdist(lines[asked], lines[known]).argmin(1)
    assert (labels[known][nearest] == labels[asked]).float().mean() > 0.95
