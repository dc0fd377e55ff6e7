"""The drawn faces: repeatable, the same at every size, two clear domains and shared identities."""

import pytest
import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d

from trainer.data.drawing import faces as faces
from trainer.data.drawing import portrait
from trainer.data.drawing.faces import CONTENT, DOMAINS, STYLE, draw_faces, render_faces

LONG_ONLY = ("fringe", "lipstick", "earrings")
SHORT_ONLY = ("beard",)


@pytest.fixture(scope="module")
def drawn() -> faces.DrawnFaces:
    return draw_faces(1000, seed=7)


def in_domain(
    domain: int, factors: dict[str, Tensor], fixed: dict[str, float], size: int = 32
) -> Tensor:
    """Every face drawn in one domain, with some factors fixed: [N, y, x, 3], float of 0 to 255."""
    first = factors["skin"]
    changed = {name: torch.full_like(first, value) for name, value in fixed.items()}
    return render_faces(torch.full(first.shape, domain), factors | changed, size).float()


def some(drawn: faces.DrawnFaces, count: int) -> dict[str, Tensor]:
    return {name: values[:count] for name, values in drawn.factors.items()}


def shrunk(images: Tensor, by: int) -> Tensor:
    """uint8 [N, y, x, 3] averaged over squares of by x by px: float [N, y / by, x / by, 3]."""
    return avg_pool2d(images.permute(0, 3, 1, 2).float(), by).permute(0, 2, 3, 1)


def at(images: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """The pixel of every image at (x, y), in the drawing's units: [N, 3]."""
    scale = images.shape[1] / portrait.SIDE
    column = ((x + portrait.SIDE / 2) * scale).long()
    row = ((y - portrait.TOP) * scale).long()
    return images[torch.arange(len(images)), row, column]


def test_shapes_and_ranges(drawn: faces.DrawnFaces) -> None:
    assert drawn.images.shape == (1000, 32, 32, 3)
    assert drawn.images.dtype == torch.uint8
    assert drawn.labels.dtype == torch.int64
    assert not CONTENT.keys() & STYLE.keys()
    assert drawn.factors.keys() == CONTENT.keys() | STYLE.keys()
    for name, (low, high) in (CONTENT | STYLE).items():
        values = drawn.factors[name]
        assert values.shape == (1000,)
        assert values.dtype == torch.float32
        assert low <= values.min() < low + 0.05 * (high - low)
        assert high >= values.max() > high - 0.05 * (high - low)


def test_a_seed_names_the_faces(drawn: faces.DrawnFaces) -> None:
    again = draw_faces(1000, seed=7)
    assert torch.equal(again.images, drawn.images)
    assert torch.equal(again.labels, drawn.labels)
    other = draw_faces(1000, seed=8)
    assert not torch.equal(other.labels, drawn.labels)
    assert (other.images == drawn.images).flatten(1).all(1).sum() == 0


@pytest.mark.parametrize("count", [0, 1, 17, 333])
def test_a_shorter_set_begins_a_longer_one(drawn: faces.DrawnFaces, count: int) -> None:
    shorter = draw_faces(count, seed=7)
    assert torch.equal(shorter.images, drawn.images[:count])
    assert torch.equal(shorter.labels, drawn.labels[:count])
    for name, values in shorter.factors.items():
        assert torch.equal(values, drawn.factors[name][:count])


def test_rendering_the_drawn_factors_gives_the_drawn_faces(drawn: faces.DrawnFaces) -> None:
    assert torch.equal(render_faces(drawn.labels, drawn.factors), drawn.images)
    mixed = torch.randperm(1000, generator=torch.Generator().manual_seed(0))
    factors = {name: values[mixed] for name, values in drawn.factors.items()}
    assert torch.equal(render_faces(drawn.labels[mixed], factors), drawn.images[mixed])


@pytest.mark.parametrize("size", [48, 64, 128])
def test_every_size_shows_the_same_face(drawn: faces.DrawnFaces, size: int) -> None:
    larger = draw_faces(60, seed=7, size=size)
    assert larger.images.shape == (60, size, size, 3)
    assert torch.equal(larger.labels, drawn.labels[:60])
    step = 16 if size == 48 else 32  # the finest grid of squares that both sizes share
    coarse = shrunk(larger.images, size // step)
    apart = (coarse - shrunk(drawn.images[:60], 32 // step)).abs().mean((1, 2, 3))
    assert apart.max() < 4  # of 255
    others = (coarse - shrunk(drawn.images[60:120], 32 // step)).abs().mean((1, 2, 3))
    assert others.median() > 25


@pytest.mark.parametrize("size", [20, 30, 132])
def test_an_impossible_size_is_refused(drawn: faces.DrawnFaces, size: int) -> None:
    with pytest.raises(ValueError, match="multiple of 4"):
        render_faces(drawn.labels, drawn.factors, size)


@pytest.mark.parametrize("domain", [0, 1])
@pytest.mark.parametrize("name", [*CONTENT, *STYLE])
def test_every_factor_is_seen(drawn: faces.DrawnFaces, name: str, domain: int) -> None:
    factors = some(drawn, 60)
    low, high = (in_domain(domain, factors, {name: value}) for value in (CONTENT | STYLE)[name])
    # The strongest change of any pixel: an earring is small but clear.
    change = (low - high).abs().amax((1, 2, 3))
    if name in (SHORT_ONLY if domain == 0 else LONG_ONLY):
        assert change.max() == 0
    elif name in ("parting", "hair length"):  # not all hair has a parting, or a length
        assert (change > 25).float().mean() > 0.25
    else:
        assert (change > 25).float().mean() > 0.75


def test_domains_are_balanced_and_told_apart(drawn: faces.DrawnFaces) -> None:
    assert len(DOMAINS) == 2
    assert 0.4 < drawn.labels.float().mean() < 0.6
    # A linear classifier of 8 x 8 px, fitted to 700 faces and asked about the other 300.
    pixels = shrunk(drawn.images, 4).flatten(1) / 255 - 0.5
    seen = torch.cat([pixels, torch.ones(1000, 1)], 1).double()
    signs = drawn.labels.double() * 2 - 1
    known, target = seen[:700], signs[:700]
    ridge = torch.eye(seen.shape[1], dtype=torch.float64)
    weights = torch.linalg.solve(known.T @ known + ridge, known.T @ target)
    right = (seen[700:] @ weights).sign() == signs[700:]
    assert right.double().mean() > 0.95


def test_skin_is_the_same_in_both_domains(drawn: faces.DrawnFaces) -> None:
    factors = some(drawn, 200)
    bare = {"glasses": 0.0, "beard": 0.0}
    long, short = (in_domain(domain, factors, bare, 64) for domain in (0, 1))
    turn, eye = factors["turn"], factors["eye distance"] / 2
    tip = portrait.MIDDLE + 1.5 + factors["nose length"]
    ridge = torch.full_like(tip, portrait.MIDDLE + 4)
    for x, y in ((turn - eye, tip), (turn + eye, tip), (turn, ridge)):
        assert torch.equal(at(long, x, y), at(short, x, y))
    # The ridge of the nose is bare skin: fair skin is brighter than dark skin.
    light = at(long, turn, ridge).mean(1)
    order = factors["skin"].argsort()
    assert light[order[:50]].min() > light[order[-50:]].max() + 40


def test_content_tells_people_apart_across_domains(drawn: faces.DrawnFaces) -> None:
    """Of 100 people in one domain, each one's nearest in the other domain is that same person."""
    style = dict.fromkeys(STYLE, 0.0)
    long, short = (in_domain(domain, some(drawn, 100), style, 64) for domain in (0, 1))
    # The middle of the image shows the face without the hair about it.
    window = slice(26, 44)
    long, short = long[:, window, window].flatten(1), short[:, window, window].flatten(1)
    same = torch.cdist(long, short).argmin(1) == torch.arange(100)
    assert same.float().mean() > 0.9


def test_faces_of_unusual_numbers_are_still_drawn(drawn: faces.DrawnFaces) -> None:
    """Factors that a slider or an interpolation pushes past their ranges do no harm."""
    for share in (-0.15, 1.15):
        factors = {
            name: torch.full((2,), low + share * (high - low))
            for name, (low, high) in (CONTENT | STYLE).items()
        }
        images = render_faces(torch.tensor([0, 1]), factors)
        assert (images.flatten(1, 2).float().std(1).mean(1) > 20).all()
