"""What the comparison knows: curves as means, images seen, differences, measures, what is kept."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PySide6.QtWidgets import QPushButton

import trainer
from iae_studio.state import fresh_losses
from iae_studio.state.comparing import MOST, Compared, values_of_compared
from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.input_list import Input, spec_of
from iae_studio.state.library import Contents
from iae_studio.state.model_files import SHIPPED, Run
from iae_studio.state.ready_made import ready_made
from iae_studio.views import compare_known
from iae_studio.views.compare import CompareView
from iae_studio.views.compare_known import CompareKnown
from iae_studio.views.compare_tables import best
from iae_studio.widgets.compare_grid import enlarged
from iae_studio.widgets.grid_layout import fit
from tests.widgets import heard_of
from trainer.exploring.comparing import flat, thinned, what_is_known, what_it_makes
from trainer.exploring.questions.base import Circumstances
from trainer.exploring.questions.comparing import Known, WhatIsKnown, WhatItMakes, images_seen
from trainer.inference.model_files import load_snapshot
from trainer.messages import LOSSES, Probe, Progress
from trainer.recipe.catalogue import CATALOGUE
from trainer.recipe.differences import differences
from trainer.recipe.recipe import Recipe


def shipped(name: str) -> Compared:
    return Compared(CATALOGUE[name], SHIPPED[name])


# ---- curves --------------------------------------------------------------------------------------


def test_a_curve_is_means_over_blocks_of_what_was_computed() -> None:
    losses = np.full((7, 2), np.nan, np.float32)
    losses[:, 0] = [1, 2, 3, 4, 5, 6, 9]
    losses[1, 1], losses[6, 1] = 8, 2
    found = thinned(losses, 4)
    assert found.steps.tolist() == [1.5, 3.5, 5.5, 7.0] and found.last == 7
    assert found.values[:, 0].tolist() == [1.5, 3.5, 5.5, 9.0]
    np.testing.assert_array_equal(found.values[:, 1], [8, np.nan, np.nan, 2])
    assert thinned(losses).steps.tolist() == [1, 2, 3, 4, 5, 6, 7]


def test_what_was_not_saved_yet_goes_on_from_what_was(state) -> None:
    def report(step: int, *values: float) -> None:
        losses = np.full((len(values), 3), np.nan, np.float32)
        losses[:, 1] = values
        names = ("of another program", "L1 error", "divergence")
        state.training.progressed.emit(Progress(step, 100, names, losses, 1.0, 1.0))

    run = state.training.run_path = Path("/runs/one")
    report(2, 1, 3)
    report(4, 5, 7)
    fresh, error = state.comparing.fresh, LOSSES.index("L1 error")
    whole = fresh.after(run, None)
    assert whole.steps.tolist() == [1.5, 3.5] and whole.values[:, error].tolist() == [2, 6]
    assert np.isnan(whole.values[:, LOSSES.index("divergence")]).all()
    saved = thinned(np.full((2, len(LOSSES)), 9, np.float32))
    joined = fresh.after(run, saved)
    assert joined.steps.tolist() == [1, 2, 3.5] and joined.values[:, error].tolist() == [9, 9, 6]
    assert fresh.after(Path("/runs/two"), saved) is saved
    state.training.run_path = Path("/runs/two")
    report(1, 4)
    assert fresh.after(run, saved) is saved, "another run trains"


def test_images_are_steps_times_the_batch_of_each_part_of_a_run() -> None:
    recipe = CATALOGUE["drawn-10"].but(
        {"schedule.steps": 100, "schedule.warm": 0.1, "schedule.warm_batch": 4, "optim.batch": 8}
    )
    assert images_seen(recipe, np.array([5.0, 10.0, 20.0])).tolist() == [20, 40, 120]


def test_a_runs_losses_and_measures_are_known_and_a_moments_losses_end_at_it(tmp_path) -> None:
    run = tmp_path / "run"
    settings = {"width": 8, "batch": 4}
    for progress in trainer.train("mog-iae", out=run, settings=settings, steps=4):
        assert progress.step <= 4
    (run / "metrics.json").write_text(json.dumps({"mse": 0.5, "recipe": "x", "none": None}))
    snapshot = load_snapshot(SHIPPED["mog-iae"], torch.device("cpu"))
    asked = WhatIsKnown(
        ((run, None), (run, 2), (tmp_path / "gone", None), (SHIPPED["mog-iae"], None), (None, None))
    )
    whole, part, gone, file, fresh = what_is_known(snapshot, asked, Circumstances())
    assert (whole.step, whole.curves.last, dict(whole.measures)) == (4, 4, {"mse": 0.5})
    game = LOSSES.index("reconstruction generator")
    assert np.isfinite(whole.curves.values[:, game]).all()
    np.testing.assert_array_equal(part.curves.values, whole.curves.values[:2])
    assert part.curves.last == 2 and not part.measures
    assert gone.lacking and gone.curves is None
    assert file.step == 3000 and file.measures["modes"] == 7 and file.better["modes"] == "more"
    assert fresh.lacking


def test_measures_of_a_group_are_named_after_it() -> None:
    measures = {"mse": 1, "bad": None, "inf": float("inf"), "not_measured": {"x": 1.0}}
    measures["factors"] = {"size": {"kept": 0.5}}
    assert dict(flat(measures)) == {"mse": 1.0, "factors: size: kept": 0.5}


@pytest.mark.parametrize(
    ("values", "how", "places"),
    [
        ([1.0, 2.0, None], "less", [0]),
        ([1.0, 2.0, 2.0], "more", [1, 2]),
        ([1.0, 1.0], "less", []),
        ([None, 1.0], "more", []),
        ([1.0, 2.0], "", []),
    ],
)
def test_the_best_is_marked_where_there_is_one(values, how, places) -> None:
    assert best(values, how) == places


# ---- recipes -------------------------------------------------------------------------------------


def test_the_differences_of_a_known_pair_are_exact() -> None:
    found = differences([CATALOGUE["mnist-10"], CATALOGUE["mnist-5"]])
    assert [(each.name, each.values) for each in found.rows] == [("code", (10, 5))]
    same = differences([CATALOGUE["mnist-10"]] * 2)
    assert not same.rows and same.same == found.same + 1
    others = differences([CATALOGUE["mnist-10-small"], CATALOGUE["drawn-10"]])
    assert others.rows[0].name == "data.name" and others.rows[0].values == ("mnist", "drawn-digits")
    recipe = CATALOGUE["drawn-10"]
    row = differences([recipe, recipe.but(ema=0.5)]).rows[0]
    assert row.path == "optim.ema" and row.addition and "EMA" in row.meaning


# ---- pictures ------------------------------------------------------------------------------------


def test_a_model_of_another_shape_says_why_and_a_fresh_one_is_drawn() -> None:
    snapshot = load_snapshot(SHIPPED["mnist-10-small"], torch.device("cpu"))
    probe = Probe(0, np.zeros((1, 32, 32, 3), np.uint8), (1, 2))
    path = SHIPPED["mnist-5-small"]
    asked = WhatItMakes(CATALOGUE["mnist-5-small"], path, None, probe)
    made = what_it_makes(snapshot, asked, Circumstances())
    assert made.tiles is None and made.why
    fresh = WhatItMakes(CATALOGUE["shoes-small"], None, None, probe)
    made = what_it_makes(snapshot, fresh, Circumstances())
    assert made.step == 0 and made.tiles.shape == (1, 2, 32, 32, 3)


def test_smaller_pictures_are_enlarged_by_whole_factors_in_the_middle() -> None:
    pictures = np.arange(4, dtype=np.uint8).reshape(1, 2, 2, 1)
    made = enlarged(pictures, (6, 5), (9, 9, 9))
    assert made.shape == (1, 6, 5, 3)
    assert made[0, 1:5, 0:4, 1].tolist() == [[0, 0, 1, 1]] * 2 + [[2, 2, 3, 3]] * 2
    assert (made[0, 0] == 9).all() and (made[0, :, 4] == 9).all()
    assert enlarged(pictures, (2, 2)) is pictures


def test_groups_of_columns_stand_apart() -> None:
    plain = fit((800, 400), 2, 3, (28, 28), 1.0)
    apart = fit((800, 400), 2, 3, (28, 28), 1.0, apart=(24, 0, 40))
    assert plain.tile == apart.tile
    first = apart.x(0)
    assert first - apart.x(-1) == plain.x(0) - plain.x(-1) + 24
    assert apart.x(1) - first == plain.x(1) - plain.x(0)
    assert apart.x(2) - first == plain.x(2) - plain.x(0) + 40
    assert apart.width == plain.width + 64
    found = [apart.column_at(apart.x(column)) for column in (-1, 0, 1, 2)]
    assert found == [-1, 0, 1, 2]
    assert apart.column_at(apart.x(2) - 5) is None, "between two groups"


# ---- which models --------------------------------------------------------------------------------


def test_four_are_compared_at_the_most_and_each_once(state) -> None:
    comparing = state.comparing
    names = ("drawn-10", "mnist-10-small", "mnist-5-small", "mnist-det-small")
    assert comparing.add(*map(shipped, names), shipped("drawn-10"))
    assert len(comparing.models) == MOST
    assert comparing.add(shipped("drawn-10")), "it is there already"
    assert state.messages.current is None
    assert not comparing.add(shipped("shoes-small"))
    assert "take one away" in state.messages.current.text
    comparing.remove(1)
    assert [model.recipe.name for model in comparing.models] == [names[0], *names[2:]]
    state.displayed.select(DisplayedModel(CATALOGUE["vae-small"]))
    comparing.add_shown()
    assert comparing.models[-1].path is None and comparing.is_shown(comparing.models[-1])


def test_models_of_one_title_are_told_apart(state) -> None:
    recipe, run = CATALOGUE["drawn-10"], Path("runs/one")
    state.comparing.set([shipped("drawn-10"), Compared(recipe, run), Compared(recipe, run, 70)])
    title = recipe.about.title
    names = (f"{title} (shipped)", f"{title} (one)", f"{title} (step 70, one)")
    assert state.comparing.names() == names


def test_what_is_compared_is_kept_and_read_with_suspicion(state) -> None:
    wanted = (shipped("drawn-10"), Compared(CATALOGUE["mog-iae"], Path("/a/run"), 12, "mine"))
    state.comparing.set(wanted)
    kept = json.loads(json.dumps(list(map(values_of_compared, state.comparing.models))))
    state.comparing.clear()
    state.comparing.restore(kept)
    assert state.comparing.models == wanted
    good = kept[0]
    for bad in (
        *({**good, "step": step} for step in (-1, True, "1", 1.5, 1 << 40)),
        *({**good, "path": path} for path in (None, 7, "a\0b", "x" * 5000)),
        {**good, "recipe": {"format": 99}},
        {**good, "recipe": []},
        {**good, "label": None},
        {},
        [],
        None,
    ):
        state.comparing.restore([bad, good])
        assert state.comparing.models == wanted[:1], bad
    for nothing in (None, {}, 3, "drawn-10"):
        state.comparing.restore(nothing)
        assert state.comparing.models == ()


def test_inputs_are_seen_anew_once_for_each_way_of_seeing(state) -> None:
    wanted = []
    state.comparing.seenWanted.connect(lambda inputs, spec: wanted.append((inputs, spec)))
    spec, other = state.inputs.spec, spec_of(CATALOGUE["shoes-small"])
    pixels = np.full((28, 28, 1), 7, np.uint8)
    state.inputs.add([Input("one", pixels, spec)])
    assert np.array_equal(state.comparing.seen_by(spec)[0], pixels)
    assert state.comparing.seen_by(other) is None and state.comparing.seen_by(other) is None
    assert len(wanted) == 1 and wanted[0][1] == other
    known = state.inputs.images[0]
    seen = Input("one", np.full(other.shape, 9, np.uint8), other)
    state.comparing.set_seen(other, [(known, seen)])
    assert (state.comparing.seen_by(other) == 9).all()
    state.inputs.add([Input("two", pixels, spec)])
    assert state.comparing.seen_by(other) is None
    assert [each.name for each in wanted[1][0]] == ["two"], "the first is known"
    state.inputs.clear()
    assert state.comparing.seen_by(other).shape == (0, *other.shape)


# ---- ready-made ----------------------------------------------------------------------------------


def test_ready_made_comparisons_say_what_they_lack(state, monkeypatch) -> None:
    monkeypatch.delitem(SHIPPED, "shoes-l1-small")
    figure, _, *_, letter, cycle = ready_made(state.library)
    assert [model.recipe.model.code for model in figure.models] == [20, 10, 5]
    assert "shoes-l1-small" in cycle.lacking and not cycle.models
    assert letter.lacking and not letter.models

    plain = CATALOGUE["mnist-10-small"].to_the_letter()
    l1 = CATALOGUE["shoes-l1-small"]
    runs = (
        Run(Path("/runs/letter"), plain, "2026-01-01 00:00:00", 5),
        Run(Path("/runs/l1"), l1, "2026-01-01 00:00:00", 5),
    )
    state.library.set_contents(Contents(runs))
    *_, letter, cycle = ready_made(state.library)
    paths = [model.path for model in letter.models]
    assert paths == [Path("/runs/letter"), SHIPPED["mnist-10-small"]]
    assert [model.path for model in cycle.models] == [SHIPPED["shoes-small"], Path("/runs/l1")]


def test_many_runs_cost_the_page_nothing_and_the_menu_once(qtbot, state, monkeypatch) -> None:
    looked, real = [], Recipe.to_the_letter
    monkeypatch.setattr(
        Recipe, "to_the_letter", lambda recipe: looked.append(recipe) or real(recipe)
    )
    view = CompareView(state)
    qtbot.addWidget(view)
    when, recipe = "2026-01-01 00:00:00", CATALOGUE["mnist-10-small"]
    runs = tuple(Run(Path(f"/runs/{k}"), recipe.but(seed=9000 + k), when, 5) for k in range(50))
    button = view.findChild(QPushButton, "compareFigure2")
    with monkeypatch.context() as without:
        without.delitem(SHIPPED, "mnist-5-small")
        state.library.set_contents(Contents(runs))
        assert not button.isEnabled()
    state.library.set_contents(Contents(runs[1:]))
    assert button.isEnabled() and not looked, "only Figure 2 is looked for"
    ready_made(state.library)
    before = len(looked)
    ready_made(state.library)
    assert len(looked) == before > 0


# ---- what lies on the disk -----------------------------------------------------------------------


def test_the_losses_of_a_long_training_have_no_hole(qtbot, state, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(compare_known, "SELDOM", 20)
    monkeypatch.setattr(fresh_losses, "MOST", 2)
    run, saved = tmp_path / "run", np.full((9, len(LOSSES)), 5, np.float32)
    wanted, known = heard_of(state.asking.wanted), CompareKnown(state, "losses")
    model = Compared(CATALOGUE["drawn-10"], run)
    state.comparing.set([model])
    known.look()

    def answer(steps: int) -> None:
        asked = wanted[-1][0]
        state.asking.answer(asked, (Known(steps, thinned(saved[:steps])),))

    def steps() -> list[float]:
        return state.comparing.fresh.after(run, known.of(model).curves).steps.tolist()

    answer(1)
    state.training.run_path = run
    for step in range(2, 7):
        losses = np.full((1, len(LOSSES)), 5, np.float32)
        state.training.progressed.emit(Progress(step, 100, LOSSES, losses, 1.0, 1.0))
    assert steps() == [1, 5, 6], "what was fresh longest is gone"
    for _ in range(3):
        state.training.saved(run, 4)
    state.training.saved(tmp_path / "another", 4)
    qtbot.waitUntil(lambda: len(wanted) == 2)
    qtbot.wait(60)
    assert len(wanted) == 2, "three saves soon after each other are one look"
    answer(4)
    assert steps() == [1, 2, 3, 4, 5, 6]
