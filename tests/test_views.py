"""Views by themselves, given a state: what they tell and how they look."""

from __future__ import annotations

import numpy as np
import pytest

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.studio_state import StudioState
from iae_studio.views.building_blocks import caption, heading
from iae_studio.views.clusters import ClustersView
from tests.widgets import heard_of
from trainer.messages import Clusters
from trainer.recipe.catalogue import CATALOGUE


@pytest.fixture
def state(qapp) -> StudioState:
    made = StudioState.create()
    made.training.engine_ready()
    return made


def test_which_category_and_which_noise_is_under_the_pointer(qtbot, state) -> None:
    view = ClustersView(state.displayed, state.query, state.answers)
    qtbot.addWidget(view)
    told = heard_of(view.told)
    state.displayed.select(DisplayedModel(CATALOGUE["mnist-clusters-small"]))
    view.grid.hovered.emit(0, 0)
    state.query.set_seed(7)
    stamp = state.answers.probe().stamp
    state.answers.set_clusters(Clusters(stamp, 1, np.zeros((6, 30, 28, 28, 1), np.uint8)))
    view.grid.hovered.emit(1, 2)
    view.grid.hovered.emit(-1, -1)
    assert told == [("",), ("cluster 3 of 30 · noise 2 of seed 7",), ("",)]


def test_headings_and_captions_are_dressed_by_what_they_are(qtbot) -> None:
    plain, coloured, quiet = heading("Code"), heading("Noise", "style"), caption("What it is.")
    for made in (plain, coloured, quiet):
        qtbot.addWidget(made)
    assert [made.text() for made in (plain, coloured, quiet)] == ["Code", "Noise", "What it is."]
    assert plain.property("heading") and coloured.property("heading") and quiet.property("caption")
    assert (plain.property("role"), coloured.property("role")) == (None, "style")
