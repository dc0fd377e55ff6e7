"""What of the window becomes a film: choices, and the stories that are made of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import (
    QToolButton,
    QWidget,
)

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.input_list import Input, spec_of
from iae_studio.state.model_files import SHIPPED
from iae_studio.threads.film_bookmarks import keyframes_of
from iae_studio.threads.film_job import preview_order
from iae_studio.views.film_choices import (
    GRID,
    KEYFRAMES,
    ROW,
    TILE,
    TRAINING,
    WALK,
    Choices,
    file_kinds,
    file_name,
)
from iae_studio.views.film_form import FilmForm
from iae_studio.views.film_story import Marked, story_of, throughs
from iae_studio.views.film_words import megabytes
from iae_studio.views.keyframe_list import KeyframeList
from trainer.films.plan import Shot
from trainer.films.scene import Keyframes, Loop, Walk
from trainer.messages import Probe, UserError, column_seeds
from trainer.recipe.catalogue import CATALOGUE


def show(state, name: str) -> None:
    path = SHIPPED.get(name)
    state.displayed.select(DisplayedModel(CATALOGUE[name], path))


def test_every_kind_of_model_offers_what_has_sense(state) -> None:
    for name, possible in (
        ("drawn-10", ("noise", "code")),
        ("mnist-det-small", ("code",)),
        ("mnist-clusters-small", ("noise", "code")),
        ("shoes-small", ("noise",)),
        ("faces-small", ("noise",)),
        ("fiae-mnist-small", ("code",)),
    ):
        show(state, name)
        assert throughs(state) == possible, name
    show(state, "mog-iae")
    assert "film their training" in story_of(state, Choices())
    assert "run of yours" in story_of(state, Choices(kind=TRAINING))
    show(state, "drawn-10")
    assert "open an image" in story_of(state, Choices())


def test_choices_become_stories(state) -> None:
    show(state, "drawn-10")
    spec = spec_of(CATALOGUE["drawn-10"])
    known = [Input(f"{k}", np.full((28, 28, 1), k, np.uint8), spec) for k in range(3)]
    state.inputs.add(known)
    state.selection.select(1, 2)
    seeds = column_seeds(0, 8)

    def of(**choices) -> tuple[list[int], tuple[int, ...]]:
        story = story_of(state, Choices(**choices))
        assert isinstance(story, Loop | Walk)
        return [int(image[0, 0, 0]) for image in story.probe.images], story.probe.noise_seeds

    assert of(what=TILE) == ([1], seeds[2:3])
    assert of(what=ROW) == ([1], seeds)
    assert of(what=GRID) == ([0, 1, 2], seeds)
    assert of(kind=WALK, what=TILE) == ([1], seeds)
    assert of(kind=WALK, what=TILE, through="code") == ([0, 1, 2], seeds[2:3])
    assert of(kind=WALK, through="code") == ([0, 1, 2], seeds)
    assert "run of yours" in story_of(state, Choices(kind=TRAINING))
    state.query.set_noise_scale(0.0)
    assert "raise the scale" in story_of(state, Choices())
    assert "raise the scale" in story_of(state, Choices(kind=WALK))


def test_keyframes_are_of_one_model(state) -> None:
    probe = Probe(0, np.zeros((2, 28, 28, 1), np.uint8), column_seeds(0, 3))
    one = Marked("one", probe.images[0], probe, 1, 2, Path("a"), 5)
    other = Marked("other", probe.images[0], probe, 0, 0, Path("a"), None)
    story = story_of(state, Choices(kind=KEYFRAMES, what=TILE), [one, other])
    assert isinstance(story, Keyframes)
    assert [frame.step for frame in story.stations] == [5, None]
    assert [frame.probe.noise_seeds for frame in story.stations] == [(2,), (0,)]
    assert "One more" in story_of(state, Choices(kind=KEYFRAMES), [one])
    strange = Marked("strange", probe.images[0], probe, 0, 0, Path("b"))
    assert "several models" in story_of(state, Choices(kind=KEYFRAMES), [one, strange])


def test_a_drag_of_a_keyframe_takes_no_weights_along(qtbot) -> None:
    probe = Probe(0, np.zeros((1, 28, 28, 1), np.uint8), column_seeds(0, 1))
    large = np.zeros(1 << 20, np.uint8)
    frames = KeyframeList()
    qtbot.addWidget(frames)
    for name in "abc":
        frames.add(Marked(name, probe.images[0], probe, weights=large))
    model = frames.list.model()
    dragged = model.mimeData([model.index(0)])
    assert sum(dragged.data(kind).size() for kind in dragged.formats()) < 10_000
    model.moveRow(QModelIndex(), 0, QModelIndex(), 3)
    assert [marked.name for marked in frames.marked()] == ["b", "c", "a"]
    frames.list.setCurrentRow(1)
    frames.remove()
    assert [marked.name for marked in frames.marked()] == ["b", "a"]
    assert all(marked.weights is large for marked in frames.marked())


def test_without_bookmarks_it_is_said_how_to_make_some() -> None:
    with pytest.raises(UserError, match="no bookmark of this model"):
        keyframes_of(CATALOGUE["drawn-10"])


def test_what_has_no_sense_is_hidden(state, qtbot) -> None:
    show(state, "shoes-small")
    form = FilmForm(state)
    qtbot.addWidget(form)
    form.show()
    hidden = {"filmLoop": ("filmHold", "filmClosed", "filmCaption", "keyframeList")}
    hidden |= {"filmWalk": ("filmInputs", "filmRowButton", "filmThroughs")}
    for kind, names in hidden.items():
        form.findChild(QToolButton, f"{kind}Button").click()
        for name in names:
            assert not form.findChild(QWidget, name).isVisible(), (kind, name)
    assert not form.choices().seen().inputs
    show(state, "mog-iae")
    form.renew()
    for name in ("filmInputs", "filmWhats"):
        assert not form.findChild(QWidget, name).isVisible()


def test_a_preview_takes_pictures_evenly_in_time() -> None:
    shots = tuple(Shot(k, ticks=ticks) for k, ticks in enumerate((6, 1, 1, 4)))
    some, order = preview_order(shots, 4)
    assert [shot.number for shot in some] == [0, 1, 3] and order == (0, 0, 1, 2)
    assert preview_order(shots, 99)[1] == (0, 0, 0, 0, 0, 0, 1, 2, 3, 3, 3, 3)


def test_sizes_have_the_digits_that_they_deserve() -> None:
    sizes = {400: "1 KB", 812_345: "812 KB", 2_260_000: "2.3 MB", 31_400_000: "31 MB"}
    assert {size: megabytes(size) for size in sizes} == sizes


def test_a_file_is_called_after_the_model_and_the_film() -> None:
    choices = Choices(kind=WALK, ending=".png")
    assert file_name(CATALOGUE["drawn-10"], choices) == "drawn-10-walk.png"
    assert file_kinds(choices) == "APNG (*.png *.apng)"
