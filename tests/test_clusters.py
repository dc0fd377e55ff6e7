"""Clusters: what falls into each, by an encoder whose answer is known and on a shipped model."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.model_files import SHIPPED, model_recipe
from iae_studio.style import theme
from iae_studio.views.cluster_images import ClusterImages, percent
from iae_studio.widgets.cluster_grid import ClusterGrid
from iae_studio.widgets.picture_strip import PictureStrip
from iae_studio.widgets.probability_bars import ProbabilityBars
from tests.studio import LONG, find, little_data, newest, running
from tests.tiny import CPU
from tests.widgets import LEFT, heard_of, pixel, shown
from trainer.data.distributions import Gaussian
from trainer.data.loading import SomeImages
from trainer.exploring.categories import input_categories, sort_images, sorted_images
from trainer.exploring.questions.base import Circumstances
from trainer.exploring.questions.clusters import InputCategories, SortImages
from trainer.inference.snapshot import Snapshot, fresh_snapshot
from trainer.recipe.catalogue import CATALOGUE

Key = Qt.Key
TWO = CATALOGUE["mnist-clusters-small"].but(code=2)


class ByBrightness(torch.nn.Module):
    """The probability of the first category is an image's mean; of a noise, that much more."""

    def __init__(self, noise: int = 0) -> None:
        super().__init__()
        self.noise, self.eps = Gaussian(3), Gaussian(noise)

    def encode(self, x, eps):
        first = x.mean((1, 2, 3)) + 0.1 * eps.sum(1)
        return torch.stack([first, 1 - first], 1)


def snapshot(noise: int = 0, step: int = 7) -> Snapshot:
    return Snapshot(TWO, step, ByBrightness(noise), None, CPU)


def images(*greys: int) -> SomeImages:
    """Test images of one grey each; those above 128 are of class 1."""
    values = torch.tensor(greys, dtype=torch.uint8)
    pixels = values[:, None, None, None].expand(-1, 1, 28, 28).contiguous()
    places = torch.arange(len(greys))
    names = tuple(map(str, places.tolist()))
    return SomeImages(pixels, (values > 128).long(), places, names=names)


def greys(members) -> list[int]:
    return [int(member.picture[0, 0, 0]) for member in members]


# ---- the engine ----------------------------------------------------------------------------------


def test_images_are_sorted_by_what_the_encoder_sees() -> None:
    tests = images(255, 204, 130, 153, 140, 0, 51, 102, 120)
    moved = []
    told = Circumstances(progress=lambda *at: moved.append(at))
    found = sorted_images(snapshot(), tests, TWO, SortImages(shown=2), told)
    assert found.counts.tolist() == [5, 4] and found.total == 9 and found.step == 7
    bright, dark = found.categories
    assert greys(bright.typical) == [255, 204] and greys(bright.doubtful) == [130, 140]
    assert greys(dark.typical) == [0, 51] and greys(dark.doubtful) == [120, 102]
    assert bright.doubtful[0].probability == pytest.approx(130 / 255)
    assert bright.typical[1].name == "test 1 (1)" and bright.typical[1].label == "1"
    assert found.majority(0) == ("1", 1.0) and found.majority(1) == ("0", 1.0)
    np.testing.assert_allclose(found.shares, [5 / 9, 4 / 9], rtol=1e-6)
    assert moved[0] == (0, 9)


def test_of_few_images_none_is_both_typical_and_doubtful() -> None:
    tests = images(255, 200, 190)
    found = sorted_images(snapshot(), tests, TWO, SortImages(), Circumstances())
    bright, dark = found.categories
    assert greys(bright.typical) == [255, 200] and greys(bright.doubtful) == [190]
    assert dark.typical == dark.doubtful == () and found.majority(1) is None
    assert found.classes.shape == (2, 0), "all are of one class"


def test_an_input_has_the_mean_of_what_its_encoder_says() -> None:
    (picture,) = images(102).images.permute(0, 2, 3, 1).numpy()
    plain = input_categories(snapshot(), InputCategories(picture, (1, 2)), Circumstances())
    np.testing.assert_allclose(plain, [0.4, 0.6], atol=1e-6)
    seeds = (3, 4, 5)
    noisy = input_categories(snapshot(2), InputCategories(picture, seeds), Circumstances())
    draws = []
    for seed in seeds:
        rng = torch.Generator().manual_seed(seed)
        Gaussian(3).sample(1, rng)  # the decoder's noise comes first
        draws.append(0.1 * float(torch.randn(1, 2, generator=rng).sum()))
    np.testing.assert_allclose(noisy[0], 0.4 + np.mean(draws), atol=1e-6)


def test_why_nothing_is_sorted() -> None:
    untrained = fresh_snapshot(CATALOGUE["mnist-clusters-small"], CPU)
    assert "Press Train" in sort_images(untrained, SortImages(), Circumstances()).lacking
    gone = TWO.with_images("/no/such/folder")
    found = sort_images(Snapshot(gone, 3, ByBrightness(), None, CPU), SortImages(), Circumstances())
    assert "/no/such/folder" in found.lacking and not found.total


def test_nearly_sure_is_not_sure() -> None:
    told = [percent(value) for value in (1.0, 0.9971, 0.42, 0.041, 0.0)]
    assert told == ["100%", "99.71%", "42%", "4.1%", "0%"]


# ---- the window ----------------------------------------------------------------------------------


def sizes(studio) -> str:
    return find(studio, QLabel, "clusterSizes").text()


def test_a_cluster_shows_its_images_and_an_input_its_clusters(
    qtbot, own_folders, monkeypatch
) -> None:
    with little_data(monkeypatch), running(own_folders, qtbot, "mnist-clusters-small") as studio:
        path, state = SHIPPED["mnist-clusters-small"], studio.state
        state.displayed.select(DisplayedModel(model_recipe(path), path))
        qtbot.waitUntil(lambda: bool(state.inputs.images), timeout=LONG)
        codes = newest(studio, qtbot).codes
        qtbot.keyClick(studio.window, Qt.Key.Key_2)
        grid = find(studio, ClusterGrid, "clusterGrid")
        bars = find(studio, ProbabilityBars, "inputProbabilities")
        qtbot.waitUntil(lambda: len(grid.sizes()) == 30 and grid.tiles().size > 0, timeout=LONG)
        qtbot.waitUntil(lambda: len(bars.values()) == 30, timeout=LONG)
        np.testing.assert_allclose(bars.values(), codes[0], atol=1e-5)
        assert "80 drawn digits" in sizes(studio) and "MNIST is not on this" in sizes(studio)
        assert grid.sizes().sum() == pytest.approx(1)

        images = find(studio, ClusterImages, "clusterImages")
        assert not images.isVisible()
        largest = int(grid.sizes().argmax())
        QTest.mouseClick(grid.widget(), LEFT, pos=grid.headRect(largest).center())
        assert images.isVisible()
        typical = find(studio, PictureStrip, "typicalImages")
        surest = float(typical.pictures()[0].words[0].rstrip("%"))
        doubtful = find(studio, PictureStrip, "doubtfulImages")
        assert surest >= float(doubtful.pictures()[0].words[0].rstrip("%"))

        count = len(state.inputs.images)
        taken = typical.pictures()[0].picture
        for _ in range(2):
            QTest.mouseClick(typical, LEFT, pos=typical.pictureRect(0).center())
            assert np.array_equal(state.selection.input.seen, taken)
            assert len(state.inputs.images) == count + 1, "the second time it is selected"
            state.selection.select(2)
        state.selection.select(0)
        qtbot.waitUntil(lambda: int(bars.values().argmax()) == largest, timeout=LONG)

        for _ in range(30):
            qtbot.keyClick(grid, Qt.Key.Key_Right)
        assert images.isVisible(), "nothing is to the right of the last"
        QTest.mouseClick(grid.widget(), LEFT, pos=grid.headRect(29).center())
        assert not images.isVisible(), "the head that was marked closes them"


def test_an_untrained_model_says_so_and_another_model_keeps_nothing(
    qtbot, own_folders, monkeypatch
) -> None:
    with little_data(monkeypatch), running(own_folders, qtbot, "mnist-semi-small") as studio:
        state = studio.state
        state.displayed.select(DisplayedModel(CATALOGUE["mnist-semi-small"]))
        qtbot.keyClick(studio.window, Qt.Key.Key_2)
        qtbot.waitUntil(lambda: "Press Train" in sizes(studio), timeout=LONG)
        grid = find(studio, ClusterGrid, "clusterGrid")
        qtbot.waitUntil(lambda: not len(grid.sizes()), timeout=LONG)
        path = SHIPPED["mnist-semi-small"]
        state.displayed.select(DisplayedModel(model_recipe(path), path))
        qtbot.waitUntil(lambda: len(grid.sizes()) == 10, timeout=LONG)
        told = heard_of(state.asking.cancelled)
        qtbot.keyClick(studio.window, Qt.Key.Key_1)
        assert ("sorted images",) in told, "nobody looks"
        state.displayed.select(DisplayedModel(CATALOGUE["fiae-clusters-small"]))
        assert not len(grid.sizes())


# ---- the grid alone ------------------------------------------------------------------------------


@pytest.fixture
def grid(qtbot) -> ClusterGrid:
    """Twelve categories and three noises, in two blocks of six categories."""
    made = ClusterGrid()
    made.setTiles(np.full((3, 12, 28, 28, 1), 128, np.uint8))
    shown(qtbot, made, 260, 240)
    made.setFocus()
    qtbot.waitUntil(made.hasFocus)
    return made


def press(grid: ClusterGrid, *keys: Qt.Key) -> None:
    for key in keys:
        QTest.keyClick(grid, key)


def test_keys_go_from_tile_to_tile_and_enlarge_one(grid) -> None:
    enlarged, told = heard_of(grid.activated), heard_of(grid.hovered)
    press(grid, Key.Key_Return)
    press(grid, Key.Key_Right, Key.Key_Right, Key.Key_Left, Key.Key_Down, Key.Key_Enter)
    assert enlarged == [(0, 0), (1, 1)]
    assert told[-1] == (1, 1), "the window says what the keys are at, as of the pointer"
    assert grid.accessibleDescription() == "cluster 2 of 12, noise n2"
    press(grid, Key.Key_End, Key.Key_Right, Key.Key_Down, Key.Key_Down, Key.Key_Return)
    assert enlarged[-1] == (2, 11), "nothing is beyond the last"
    press(grid, Key.Key_Home, Key.Key_Left, Key.Key_Return)
    assert enlarged[-1] == (2, 0)
    QTest.mouseClick(grid.widget(), LEFT, pos=grid.tileRect(1, 3).center())
    press(grid, Key.Key_Return)
    assert enlarged[-1] == (1, 3), "a click takes the keys along"


def test_keys_scroll_to_the_blocks_below(grid) -> None:
    assert grid.tileRect(0, 7).left() == grid.tileRect(0, 1).left(), (
        "category 8 is below the second"
    )
    press(grid, Key.Key_Right, *[Key.Key_Down] * 4)
    assert grid.accessibleDescription() == "cluster 8 of 12, noise n1"
    press(grid, Key.Key_Down, Key.Key_Down)
    tile = grid.tileRect(2, 7).translated(grid.widget().pos())
    assert grid.verticalScrollBar().value() > 0 and grid.viewport().rect().contains(tile)
    press(grid, *[Key.Key_Up] * 3)
    assert grid.accessibleDescription() == "cluster 8 of 12, its head"


def test_keys_on_the_heads_choose_categories(grid) -> None:
    chosen, enlarged = heard_of(grid.chosen), heard_of(grid.activated)
    press(grid, Key.Key_Right, Key.Key_Up)
    assert not chosen, "to go there shows nothing yet"
    press(grid, Key.Key_Return, Key.Key_Right)
    assert chosen == [(1,), (2,)] and not enlarged
    grid.setPicked(5)
    press(grid, Key.Key_Left)
    assert chosen[-1] == (4,), "beside the one that is marked, however it was"
    grid.setPicked(4)
    press(grid, Key.Key_Up, Key.Key_Home, Key.Key_Left)
    assert chosen[3:] == [(0,)], "nothing is beyond the first, and nothing is closed"


def test_focus_is_seen_where_the_keys_are(grid, qtbot) -> None:
    def framed() -> list[QColor]:
        image = grid.widget().grab().toImage()
        tile, head = grid.tileRect(0, 1), grid.headRect(1)
        beside = QPoint(tile.left() - 1, tile.center().y())
        return [pixel(image, beside), pixel(image, QPoint(head.left(), head.center().y()))]

    accent, ground = theme.colour("accent"), theme.colour("panel")
    press(grid, Key.Key_Right)
    assert framed() == [accent, ground]
    press(grid, Key.Key_Up)
    assert framed() == [ground, accent]
    grid.clearFocus()
    assert framed() == [ground, ground]


def test_another_models_clusters_are_begun_at_the_first(grid) -> None:
    press(grid, Key.Key_End, Key.Key_Down)
    grid.setTiles(np.zeros((2, 12, 28, 28, 1), np.uint8))
    assert grid.accessibleDescription() == "cluster 12 of 12, noise n2", "it is there as well"
    grid.setTiles(np.zeros((0, 0, 28, 28, 1), np.uint8))
    enlarged = heard_of(grid.activated)
    press(grid, Key.Key_Return, Key.Key_Right)
    assert not enlarged and grid.accessibleDescription() == ""
    grid.setTiles(np.zeros((2, 4, 28, 28, 1), np.uint8))
    press(grid, Key.Key_Return)
    assert enlarged == [(0, 0)]


def test_names_of_noises_and_categories_have_room_at_every_size_of_the_text(grid, qapp) -> None:
    small = grid.headRect(0)
    try:
        theme.set_zoom(qapp, 2.0)
        font = theme.sized(grid.font(), theme.CAPTION)
        assert grid.headRect(0).height() == 2 * small.height()
        assert QFontMetrics(font).height() < grid.headRect(0).height()
        assert grid.tileRect(0, 0).left() >= QFontMetrics(font).horizontalAdvance("n10")
    finally:
        theme.set_zoom(qapp, 1.0)
    assert grid.headRect(0) == small


def test_numbers_of_many_categories_stand_apart_at_every_size_of_the_text(grid, qapp) -> None:
    grid.resize(700, 300)
    grid.setTiles(np.zeros((1, 120, 28, 28, 1), np.uint8))
    try:
        theme.set_zoom(qapp, 2.0)
        image = grid.widget().grab().toImage()
        ground = QColor(theme.current().panel)
        heads = [grid.headRect(category) for category in range(100, 104)]
        for head in heads:
            line = [QPoint(head.left(), y) for y in range(head.top(), head.bottom() - 8)]
            assert {pixel(image, place).name() for place in line} == {ground.name()}
    finally:
        theme.set_zoom(qapp, 1.0)
