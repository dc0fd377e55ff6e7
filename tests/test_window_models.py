"""All kinds of models in the real window, trained for a few steps on the real thread."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.model_files import SHIPPED
from iae_studio.style import theme
from iae_studio.views.recipe_list import RecipeList
from iae_studio.views.words import GROUPS, group_of
from iae_studio.widgets.cluster_grid import ClusterGrid
from iae_studio.widgets.diagram import Diagram
from iae_studio.widgets.grid_layout import CODE
from iae_studio.widgets.image_grid import ImageGrid
from tests.studio import (
    LONG,
    cycle,
    find,
    little_data,
    newest,
    running,
    show,
    train,
)
from trainer.recipe.catalogue import CATALOGUE


@pytest.fixture
def studio(qtbot, own_folders, monkeypatch):
    with little_data(monkeypatch), running(own_folders, qtbot, "mog-iae") as started:
        yield started


# ---- CycleIAE ------------------------------------------------------------------------------------


def test_a_cycleiae_shows_the_code_between_the_image_and_the_draws(studio, qtbot, tmp_path) -> None:
    show(studio, qtbot, cycle("shoes-small"))
    train(studio, qtbot)
    qtbot.waitUntil(
        lambda: (
            studio.state.answers.rendering is not None and studio.state.answers.rendering.step >= 2
        ),
        timeout=LONG,
    )
    rendering = newest(studio, qtbot)
    grid = find(studio, ImageGrid, "imageGrid")
    expected = rendering.code_pictures[1, 3, 5].tolist()
    assert list(grid.image(1, CODE).pixelColor(5, 3).getRgb()[:3]) == expected
    places = [grid.tileRect(0, column).left() for column in (-1, CODE, 0)]
    assert places == sorted(places)
    assert grid.tileAt(grid.tileRect(2, CODE).center()) == (2, CODE)
    assert not find(studio, QToolButton, "wayBackButton").isVisible()

    studio.state.answers.save_sheet(tmp_path / "sheet.png")
    qtbot.waitUntil((tmp_path / "sheet.png").exists, timeout=LONG)
    page = np.asarray(Image.open(tmp_path / "sheet.png"))
    assert np.array_equal(page[:24, :24], studio.state.inputs.images[0].seen)
    assert np.array_equal(page[:24, 30:54], rendering.code_pictures[0])
    assert np.array_equal(page[:24, 60:84], rendering.tiles[0, 0])


def test_a_fan_of_translations_and_the_way_back(studio, qtbot, tmp_path) -> None:
    show(studio, qtbot, cycle("faces-small"))
    rendering = newest(studio, qtbot)
    grid = find(studio, ImageGrid, "imageGrid")

    def seen() -> list[int]:
        return list(grid.image(0, 2).pixelColor(7, 9).getRgb()[:3])

    assert seen() == rendering.tiles[0, 2, 9, 7].tolist()
    back = find(studio, QToolButton, "wayBackButton")
    assert back.isVisible()
    qtbot.mouseClick(back, Qt.MouseButton.LeftButton)
    assert seen() == rendering.way_back[0, 2, 9, 7].tolist()
    assert not np.array_equal(rendering.way_back, rendering.tiles)
    studio.state.answers.save_sheet(tmp_path / "back.png")
    qtbot.waitUntil((tmp_path / "back.png").exists, timeout=LONG)
    page = np.asarray(Image.open(tmp_path / "back.png"))
    assert np.array_equal(page[:24, 30:54], rendering.way_back[0, 0])

    find(studio, QPushButton, "resampleButton").click()
    assert not np.array_equal(newest(studio, qtbot).tiles, rendering.tiles), "ε was drawn anew"
    studio.state.query.set_noise_scale(0.0)
    tiles = newest(studio, qtbot).tiles
    assert (tiles == tiles[:, :1]).all()


# ---- categories ----------------------------------------------------------------------------------


def test_clusters_appear_and_change_on_resample(studio, qtbot, tmp_path) -> None:
    recipe = CATALOGUE["mnist-clusters-small"].but(data="drawn-digits", width=4, batch=8)
    show(studio, qtbot, recipe)
    qtbot.mouseClick(find(studio, QToolButton, "clustersButton"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: studio.state.answers.clusters is not None, timeout=LONG)
    grid = find(studio, ClusterGrid, "clusterGrid")
    assert grid.isVisible()
    before = studio.state.answers.clusters
    assert before.tiles.shape == (6, 30, 28, 28, 1)
    assert np.array_equal(grid.tiles(), before.tiles)

    find(studio, QPushButton, "resampleButton").click()
    stamp = studio.state.answers.probe().stamp
    qtbot.waitUntil(lambda: studio.state.answers.clusters.stamp >= stamp, timeout=LONG)
    assert not np.array_equal(grid.tiles(), before.tiles)

    train(studio, qtbot)
    qtbot.waitUntil(lambda: studio.state.answers.clusters.step >= 2, timeout=LONG)
    studio.state.answers.save_sheet(tmp_path / "clusters.png")
    qtbot.waitUntil((tmp_path / "clusters.png").exists, timeout=LONG)
    page = np.asarray(Image.open(tmp_path / "clusters.png"))
    assert np.array_equal(page[30:58, 30:58], studio.state.answers.clusters.tiles[1, 1, :, :, 0])

    qtbot.mouseClick(find(studio, QToolButton, "picturesButton"), Qt.MouseButton.LeftButton)
    newest(studio, qtbot)
    images = find(studio, ImageGrid, "imageGrid")
    images.hovered.emit(0, 1)
    assert "of 30, " in studio.window.explore._facts.text()


# ---- points --------------------------------------------------------------------------------------


def test_a_flipped_toy_shows_two_planes_and_other_toys_one(studio, qtbot) -> None:
    clouds = []
    studio.state.answers.clouded.connect(clouds.append)
    assert not find(studio, QWidget, "codePlot").isVisible()
    studio.state.displayed.select(DisplayedModel(CATALOGUE["fiae-toy"].but(width=16, batch=16)))
    train(studio, qtbot)
    qtbot.waitUntil(lambda: clouds and clouds[-1].codes is not None, timeout=LONG)
    assert find(studio, QWidget, "codePlot").isVisible()
    assert find(studio, QWidget, "dataPlot").isVisible()
    planes = studio.window.explore.view("pictures").cloud
    np.testing.assert_array_equal(planes.codes.above.getData()[0], clouds[-1].codes[:, 0])
    np.testing.assert_array_equal(planes.data.above.getData()[1], clouds[-1].fake[:, 1])
    studio.state.displayed.select(DisplayedModel(CATALOGUE["mog-gan"]))
    assert not find(studio, QWidget, "codePlot").isVisible()


def test_a_flipped_toy_has_its_twin_beside_it(studio, qtbot) -> None:
    titles = []
    for name in ("fiae-toy", "fiae-toy-plain"):
        studio.state.displayed.select(DisplayedModel(CATALOGUE[name], SHIPPED[name]))
        planes = studio.window.explore.view("pictures").cloud
        assert find(studio, QWidget, "twinPlot").isVisible()
        qtbot.waitUntil(lambda at=planes: len(at.twin.above.getData()[0]) > 0, timeout=LONG)
        titles.append((planes.codes.title.text(), planes.twin.title.text()))
    assert titles[0] == titles[1][::-1] and titles[0][1].endswith("no noise in the generator")
    studio.state.displayed.select(DisplayedModel(CATALOGUE["mog-iae"]))
    assert not find(studio, QWidget, "twinPlot").isVisible()


# ---- the list and the drawing --------------------------------------------------------------------


def test_every_recipe_has_its_place_and_full_sizes_stand_apart(studio) -> None:
    tree = find(studio, RecipeList, "recipeList")
    for item in tree.recipe_items():
        recipe = item.data(0, Qt.ItemDataRole.UserRole).recipe
        above = item.parent()
        if recipe.full_size:
            assert "GPU" in above.text(0), recipe.name
            above = above.parent()
        assert above.text(0) == GROUPS[group_of(recipe)].upper(), recipe.name
    assert len(tree.recipe_items()) == len(CATALOGUE)


def test_every_recipe_of_a_cpu_can_be_looked_at(studio, qtbot) -> None:
    answers = []
    studio.state.answers.rendered.connect(answers.append)
    studio.state.answers.clouded.connect(answers.append)
    large = ("mnist-10", "svhn-75", "celeba-50")
    for name, recipe in CATALOGUE.items():
        if recipe.full_size and name not in large:
            continue
        answers.clear()
        studio.state.displayed.select(DisplayedModel(recipe))
        stamp = studio.state.answers.probe().stamp
        qtbot.waitUntil(lambda at=stamp: any(a.stamp >= at for a in answers), timeout=LONG)
        assert studio.state.messages.current is None, f"{name}: {studio.state.messages.current}"
        assert studio.state.displayed.recipe == recipe


def test_the_list_stays_as_it_was_opened_when_it_is_built_anew(studio, qapp) -> None:
    tree = find(studio, RecipeList, "recipeList")
    flags = Qt.MatchFlag.MatchStartsWith | Qt.MatchFlag.MatchRecursive
    tree.findItems("Full size", flags)[1].setExpanded(True)
    tree.topLevelItem(0).setExpanded(False)
    theme.apply(qapp, False)
    assert [item.isExpanded() for item in tree.findItems("Full size", flags)][:2] == [False, True]
    muted = theme.current().muted
    assert tree.findItems("Full size", flags)[0].foreground(0).color().name() == muted


def test_the_drawing_follows_the_model(studio, qtbot) -> None:
    diagram = studio.window.findChild(Diagram)
    words = {
        "fiae-mnist-small": "z 15 to x to z 15",
        "shoes-small": "A to B to A",
        "mnist-10-small": "x to z 10 to x",
        "mog-gan": "1 of 7 to x",
    }
    for name, expected in words.items():
        studio.state.displayed.select(DisplayedModel(CATALOGUE[name]))
        assert diagram.plan().words() == expected
    assert CATALOGUE["shoes-l1-small"].objective.reconstruction.kind == "l1"
    studio.state.displayed.select(DisplayedModel(CATALOGUE["shoes-l1-small"]))
    assert not diagram.plan().by_discriminator
