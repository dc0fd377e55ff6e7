"""Questions and answers: which are late, what is kept of them, and what a sheet needs."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.input_list import Input
from iae_studio.state.studio_state import StudioState
from iae_studio.state.turned import Settings
from tests.widgets import heard_of
from trainer.exploring.questions.directions import RAW
from trainer.messages import Cloud, Clusters, ModelFacts, Rendering, column_seeds
from trainer.recipe.catalogue import CATALOGUE


def bring(state: StudioState, *names: str) -> None:
    pixels = np.zeros((28, 28, 1), np.uint8)
    state.inputs.add([Input(name, pixels, state.inputs.spec) for name in names])


def answer(state: StudioState, rows: int = 1, stamp: int | None = None) -> Rendering:
    """What a model could answer to the question that stands."""
    stamp = state.answers.probe().stamp if stamp is None else stamp
    tiles = np.zeros((rows, 8, 28, 28, 1), np.uint8)
    return Rendering(stamp, 5, tiles, np.zeros((rows, 10)), np.zeros(rows, np.float32), None, tiles)


def facts(step: int = 5, code: int = 10) -> ModelFacts:
    return ModelFacts("drawn-10", step, (28, 28, 1), code, False, 32)


NO_POINTS = np.zeros((0, 2), np.float32)


# ---- questions -----------------------------------------------------------------------------------


def test_a_question_holds_the_images_as_they_are_seen_and_a_seed_a_column(state) -> None:
    none = state.answers.probe().images
    assert none.shape == (0, 28, 28, 1) and none.dtype == np.uint8, "none is a question too"
    for name, value in (("dark", 0), ("light", 255)):
        pixels = np.full((28, 28, 1), value, np.uint8)
        state.inputs.add([Input(name, pixels, state.inputs.spec)])
    probe = state.answers.probe()
    assert [int(image.max()) for image in probe.images] == [255, 0]
    assert probe.noise_seeds == column_seeds(0, 8)
    state.displayed.select(DisplayedModel(CATALOGUE["faces-small"]))
    assert state.answers.probe().noise_seeds == column_seeds(0, 8)[:6]


def test_clusters_are_asked_for_where_they_are_shown(state) -> None:
    asked = heard_of(state.answers.asked)
    state.displayed.select(DisplayedModel(CATALOGUE["mnist-clusters-small"]))
    state.query.set_view("clusters")
    state.query.set_view("pictures")
    assert [clusters for _, clusters in asked] == [False, True, False]
    stamps = [probe.stamp for probe, _ in asked]
    assert stamps == sorted(set(stamps)), "each question is another"


def test_all_that_is_turned_is_remembered_and_comes_back_at_once(state) -> None:
    assert state.query.now() == Settings(), "as it is at the first start"
    turned = Settings(
        *(7, column_seeds(9, 16), 12, frozenset({1}), 0.5, (1.0,), (2.0,), True),
        *(((1.0, 0.0),), ((0.0, 1.0), (1.0, 0.0)), "clusters", True),
    )
    told = [heard_of(signal) for signal in (state.query.noiseChanged, state.query.basisChanged)]
    told += [heard_of(state.query.picturesChanged), heard_of(state.answers.asked)]
    told += [heard_of(state.query.axesChanged), heard_of(state.query.columnsChanged)]
    state.query.restore(turned)
    assert state.query.now() == turned and [len(each) for each in told] == [1] * 6


def test_another_model_begins_with_its_own_codes_and_the_same_noise_vectors(state) -> None:
    query = state.query
    query.set_seed(7)
    query.toggle_lock(1)
    query.set_code_basis(RAW)
    for change in (query.set_noise_offsets, query.set_code_offsets):
        change((1.0, 2.0))
    query.set_noise_scale(0.25)
    state.displayed.select(DisplayedModel(CATALOGUE["drawn-10"], Path("runs/it")))
    assert query.code_offsets == query.noise_offsets == (1.0, 2.0), "other weights of the same"
    state.displayed.select(DisplayedModel(CATALOGUE["mnist-10-small"]))
    assert query.code_offsets == query.noise_offsets == () and query.noise_scale == 1.0
    assert (query.seed, query.locked, query.raw_code) == (7, {1}, True)


# ---- answers -------------------------------------------------------------------------------------


def test_answers_about_images_or_models_of_before_are_late(state) -> None:
    answers = state.answers
    bring(state, "one")
    old = answers.probe().stamp
    late = (answer(state), Cloud(old, 5, NO_POINTS, NO_POINTS, np.zeros(0, np.int64)))
    told = [heard_of(s) for s in (answers.rendered, answers.clouded, answers.clustered)]
    clusters = Clusters(old, 5, np.zeros((6, 10, 28, 28, 1), np.uint8))
    state.displayed.select(DisplayedModel(CATALOGUE["mnist-10-small"]))
    answers.set_rendering(late[0])
    answers.set_cloud(late[1])
    answers.set_clusters(clusters)
    answers.set_facts(facts(), old)
    answers.set_blank(old, has_weights=False)
    assert not any(told) and answers.facts is None and answers.clusters is None
    now = answers.probe().stamp
    answers.set_rendering(answer(state, 2, now))
    assert not told[0], "of so many images there are not"
    answers.set_rendering(answer(state, 1, now))
    answers.set_cloud(Cloud(now, 5, NO_POINTS, NO_POINTS, np.zeros(0, np.int64)))
    answers.set_clusters(Clusters(now, 5, clusters.tiles))
    assert [len(each) for each in told] == [1, 1, 1]
    assert answers.rendered_inputs == tuple(state.inputs.images)


def test_an_answer_to_other_noise_is_better_than_none(state) -> None:
    """While a slider moves, each picture is one behind."""
    bring(state, "one")
    before, rendered = answer(state), heard_of(state.answers.rendered)
    state.query.set_noise_scale(0.5)
    state.answers.set_rendering(before)
    assert rendered == [(before,)] and state.answers.rendering is before


def test_the_first_row_is_shown_in_an_answer_about_the_same_images(state) -> None:
    answers, shown = state.answers, heard_of(state.answers.previewed)
    bring(state, "one")
    answers.preview(answer(state))
    assert not shown, "there is no answer yet that it could be a row of"
    answers.set_rendering(answer(state))
    row = answer(state)
    answers.preview(row)
    assert shown == [(row,)] and answers.rendering is not row
    bring(state, "two")
    answers.preview(row)
    answers.preview(answer(state))
    assert len(shown) == 1, "of other images"


def test_newer_weights_are_no_other_model(state) -> None:
    told, stamp = heard_of(state.answers.factsChanged), state.answers.probe().stamp
    for each in (facts(), facts(step=6), facts(step=7, code=3)):
        state.answers.set_facts(each, stamp)
        assert state.answers.facts == each
    assert [each.step for (each,) in told] == [5, 7], "sliders stay while it trains"


def test_what_cannot_be_loaded_leaves_nothing_of_another(state) -> None:
    """Neither pictures nor sliders, and what the recipe alone tells of the model."""
    answers = state.answers
    bring(state, "one")
    answers.set_rendering(answer(state))
    answers.set_clusters(Clusters(answers.probe().stamp, 5, np.zeros((6, 10, 28, 28, 1))))
    told, changed = heard_of(answers.factsChanged), heard_of(state.inputs.changed)
    answers.set_blank(answers.probe().stamp, has_weights=False)
    assert (answers.rendering, answers.clusters, answers.facts) == (None, None, None)
    ((blank,),) = told
    assert (blank.step, blank.code, blank.noise, blank.code_spread) == (0, 10, 0, ())
    assert blank.image_shape == (28, 28, 1) and not blank.categorical and not blank.translates
    assert changed


# ---- the sheet -----------------------------------------------------------------------------------


def saved(state: StudioState) -> str | Path:
    """The sheet that is wanted, or why there is none."""
    wanted = heard_of(state.answers.sheetWanted)
    state.messages.show_message(None)
    state.answers.save_sheet(Path("sheet.png"))
    assert (state.messages.current is None) is bool(wanted)
    return wanted[0][0] if wanted else state.messages.current.text


def test_a_sheet_is_of_what_is_shown_or_the_user_is_told_what_is_missing(state) -> None:
    assert "open an image" in saved(state)
    bring(state, "one")
    assert "open an image" in saved(state)
    state.answers.set_rendering(answer(state))
    assert saved(state) == Path("sheet.png")
    state.inputs.clear()
    state.answers.set_rendering(answer(state, 0))
    assert "open an image" in saved(state), "an answer about no image is no sheet"
    state.displayed.select(DisplayedModel(CATALOGUE["mnist-clusters-small"]))
    state.query.set_view("clusters")
    assert "clusters are on their way" in saved(state)
    tiles = np.zeros((6, 30, 28, 28, 1), np.uint8)
    state.answers.set_clusters(Clusters(state.answers.probe().stamp, 5, tiles))
    assert saved(state) == Path("sheet.png")
    state.displayed.select(DisplayedModel(CATALOGUE["mog-iae"]))
    assert saved(state) == Path("sheet.png"), "plots are pictures too"


def test_the_way_back_is_shown_where_it_is_wanted_and_there_is_one(state) -> None:
    both = answer(state)
    assert state.answers.tiles_of(both) is both.tiles
    state.displayed.select(DisplayedModel(CATALOGUE["faces-small"]))
    state.query.set_way_back_wanted(True)
    assert state.answers.tiles_of(both) is both.way_back
    none = Rendering(1, 5, both.tiles, both.codes, both.noise_share)
    assert state.answers.tiles_of(none) is none.tiles
