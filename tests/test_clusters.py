"""Clusters: what falls into each, by an encoder whose answer is known and on a shipped model."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.model_files import SHIPPED, model_recipe
from iae_studio.views.cluster_images import ClusterImages, percent
from iae_studio.widgets.cluster_grid import ClusterGrid
from iae_studio.widgets.picture_strip import PictureStrip
from iae_studio.widgets.probability_bars import ProbabilityBars
from tests.studio import LONG, find, little_data, newest, running
from tests.tiny import CPU
from tests.widgets import LEFT, heard_of
from trainer.data.distributions import Gaussian
from trainer.data.loading import SomeImages
from trainer.exploring.categories import input_categories, sort_images, sorted_images
from trainer.exploring.questions.base import Circumstances
from trainer.exploring.questions.clusters import InputCategories, SortImages
from trainer.inference.snapshot import Snapshot, fresh_snapshot
from trainer.recipe.catalogue import CATALOGUE

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
