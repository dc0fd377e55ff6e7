"""The displayed model as a figure to print: read back by programs that are not ours."""

from __future__ import annotations

import io
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import torch
from PIL import Image
from PySide6.QtWidgets import QFileDialog

from iae_studio.state.model_files import SHIPPED
from iae_studio.threads.figure_page import as_bytes, figure_path, write_figure
from tests.studio import LONG, newest, running
from tests.test_state_pictures import shipped
from trainer.exploring.figure import lay_out
from trainer.exploring.questions.base import Circumstances
from trainer.exploring.questions.figure import Block, Figure, LayOut
from trainer.inference.model_files import load_snapshot
from trainer.inference.render import render
from trainer.messages import Probe, UserError, column_seeds
from trainer.recipe.fingerprint import fingerprint_of

SVG = "{http://www.w3.org/2000/svg}"


def figure_of(name: str, rows: int = 3) -> tuple[Figure, Probe, object]:
    snapshot = load_snapshot(SHIPPED[name], torch.device("cpu"))
    shape = snapshot.recipe.image_shape or (2, 2, 1)
    images = np.random.default_rng(0).integers(0, 255, (rows, *shape), np.uint8)
    probe = Probe(0, images, column_seeds(4, 8))
    return lay_out(snapshot, LayOut(probe), Circumstances(path=SHIPPED[name])), probe, snapshot


@pytest.mark.parametrize(
    ("name", "heads", "says"),
    [
        ("drawn-10", ["test images", "draws"], "one code a row"),
        ("mnist-det-small", ["test images", "reconstructions"], "reconstructed from its code"),
        ("mnist-clusters-small", ["categories"], "One category of the code a column"),
        ("shoes-small", ["test images", "code", "draws"], "its code, and draws"),
        ("faces-small", ["test images", "translations", "the way back"], "makes of each"),
        ("fiae-mnist-small", ["test images", "reconstructions"], "reconstructed from its code"),
    ],
)
def test_each_kind_of_model_has_its_layout(qapp, name, heads, says) -> None:
    figure, _, _ = figure_of(name)
    assert [block.head for block in figure.blocks] == heads
    assert says in figure.caption and fingerprint_of(SHIPPED[name])[:12] in figure.caption
    assert f"{name}, step " in figure.caption
    page = Image.open(io.BytesIO(as_bytes(figure, ".png")))
    assert dots(80) - 1 <= page.width <= dots(170)


def test_a_page_is_as_wide_as_its_pictures(qapp) -> None:
    figure, _, _ = figure_of("drawn-10")
    page = np.asarray(Image.open(io.BytesIO(as_bytes(figure, ".png"))).convert("L"))
    black = np.flatnonzero((page < 40).mean(0) > 0.3)  # columns that tiles fill
    assert page.shape[1] - black[-1] - 1 <= dots(2.5), "nothing but the margin"


def dots(mm: float) -> int:
    return round(mm / 25.4 * 300)


def test_a_model_of_own_images_is_not_passed_off_as_the_papers(qapp) -> None:
    snapshot = load_snapshot(SHIPPED["drawn-10"], torch.device("cpu"))
    recipe = snapshot.recipe.but({"data.name": "folder", "data.images": "/home/me/cats"})
    images = np.zeros((2, *recipe.image_shape), np.uint8)
    probe = Probe(0, images, column_seeds(4, 8))
    figure = lay_out(replace(snapshot, recipe=recipe), LayOut(probe), Circumstances())
    assert figure.title == "Drawn digits, 10 + 32, on other images"
    assert figure.caption.startswith("In the layout of Figure 2c of Implicit Autoencoders")
    assert "cats" not in figure.title + figure.caption, "no trace of folders"


def test_points_stand_in_planes_beside_each_other(qapp) -> None:
    figure, _, _ = figure_of("fiae-toy")
    assert [plane.head for plane in figure.planes] == [
        "samples over the data",
        "codes over the prior",
    ]
    root = ElementTree.fromstring(as_bytes(figure, ".svg"))
    shown = sum(
        int((np.abs(p).max(1) < 3.2).sum()) for f in figure.planes for p in (f.points, f.behind)
    )
    drawn = len(list(root.iter(f"{SVG}circle"))) + len(list(root.iter(f"{SVG}ellipse")))
    assert drawn == shown, "a point is a circle, not pixels"


def test_its_tiles_are_those_of_the_window_enlarged_by_a_whole_factor(qapp) -> None:
    figure, probe, snapshot = figure_of("drawn-10")
    tiles = render(snapshot, probe).tiles
    page = np.asarray(Image.open(io.BytesIO(as_bytes(figure, ".png"))).convert("L"))
    for tile in (probe.images[2], tiles[0, 0], tiles[2, 7]):
        assert any(_holds(page, tile[:, :, 0].repeat(k, 0).repeat(k, 1)) for k in range(1, 9))


@pytest.mark.parametrize(
    ("side", "columns", "head"),
    [(128, (1, 8, 8), "translations"), (40, (1, 1, 1, 9), "reconstructions of all test images")],
)
def test_nothing_is_cut_off_however_wide_pictures_and_heads_are(
    qapp, side: int, columns: tuple[int, ...], head: str
) -> None:
    random = np.random.default_rng(0)
    blocks = tuple(
        Block(head, random.integers(0, 256, (2, count, side, side, 1), np.uint8))
        for count in columns
    )
    page = Image.open(io.BytesIO(as_bytes(Figure("A title", "A caption.", blocks), ".png")))
    pixels = np.asarray(page.convert("L"))
    for tile in (blocks[0].tiles[0, 0, :, :, 0], blocks[-1].tiles[1, -1, :, :, 0]):
        assert any(_holds(pixels, tile.repeat(k, 0).repeat(k, 1)) for k in range(1, 9))
    assert (pixels[:, -10:] == 255).all(), "a margin is left"


def _holds(page: np.ndarray, tile: np.ndarray) -> bool:
    """Whether the picture stands somewhere on the page, pixel for pixel."""
    rows, columns = np.nonzero(page[: -len(tile), : -tile.shape[1]] == tile[0, 0])
    middle = len(tile) // 2
    near = page[rows + middle, columns + middle] == tile[middle, middle]
    return any(
        np.array_equal(page[r : r + len(tile), c : c + tile.shape[1]], tile)
        for r, c in zip(rows[near], columns[near], strict=True)
    )


def test_words_stay_words_in_svg(qapp) -> None:
    figure, _, _ = figure_of("drawn-10")
    root = ElementTree.fromstring(as_bytes(figure, ".svg"))
    text = " ".join("".join(each.itertext()) for each in root.iter(f"{SVG}text"))
    for word in ("Drawn digits", "test images", "draws", "noise seeds 4000 to 4007"):
        assert word in " ".join(text.split())
    assert root.attrib["width"].endswith("mm") and 79 < float(root.attrib["width"][:-2]) < 171


def test_a_pdf_is_one_page_of_print_size(qapp, tmp_path: Path) -> None:
    figure, _, _ = figure_of("shoes-small")
    path = write_figure(figure, tmp_path / "shoes")
    assert path.name == "shoes.pdf"
    data = path.read_bytes()
    assert data.startswith(b"%PDF-") and data.count(b"/Type /Page\n") == 1
    if shutil.which("pdftoppm"):
        subprocess.run(["pdftoppm", "-r", "72", "-png", path, tmp_path / "page"], check=True)
        (page,) = tmp_path.glob("page*.png")
        with Image.open(page) as shown:
            png = Image.open(io.BytesIO(as_bytes(figure, ".png")))
            assert abs(shown.width - png.width / 300 * 72) <= 1


def test_a_figure_is_never_written_in_part(qapp, tmp_path: Path, monkeypatch) -> None:
    figure = Figure("a", "b", (Block("c", np.zeros((1, 1, 4, 4, 1), np.uint8)),))
    with pytest.raises(UserError, match="Choose one of"):
        figure_path(tmp_path / "a.gif")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(UserError, match="cannot be written"):
        write_figure(figure, tmp_path / "a.png")
    assert not list(tmp_path.iterdir())


def test_the_shown_model_is_saved_as_a_figure(qtbot, tmp_path: Path, monkeypatch) -> None:
    target = tmp_path / "digits.png"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    with running(tmp_path, qtbot) as studio:
        tiles = newest(studio, qtbot).tiles
        studio.figures.action.trigger()
        qtbot.waitUntil(target.exists, timeout=LONG)
        qtbot.waitUntil(lambda: str(target) in studio.state.messages.current.text, timeout=LONG)
    page = np.asarray(Image.open(target).convert("L"))
    tile = tiles[1, 1, :, :, 0]
    assert any(_holds(page, tile.repeat(k, 0).repeat(k, 1)) for k in range(1, 9))


def test_each_figure_that_is_asked_for_is_written_or_it_is_told(qtbot, tmp_path: Path) -> None:
    first, second, third = (tmp_path / f"{name}.png" for name in ("first", "second", "third"))
    with running(tmp_path, qtbot) as studio:
        newest(studio, qtbot)
        studio.figures.save(first)
        studio.figures.save(second)
        qtbot.waitUntil(lambda: first.exists() and second.exists(), timeout=LONG)
        qtbot.waitUntil(lambda: str(second) in studio.state.messages.current.text, timeout=LONG)
        studio.figures.save(third)
        shipped(studio, "mnist-10-small")
        assert '"third.png" was not written' in studio.state.messages.current.text
        assert studio.state.messages.about("figure") is None, "nothing is drawn any more"
        newest(studio, qtbot)
    assert not third.exists()
