"""Films: what is shown when, frame by frame."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import trainer
from tests.films import SHORT, larger, probe_of, scene_of, three_moments
from tests.tiny import pictures_of, recipe_of, snapshot_of
from trainer.exploring.paths import interpolation, walk
from trainer.exploring.questions import style
from trainer.exploring.questions.base import Circumstances
from trainer.films.frames import frames
from trainer.films.plan import Shot, loop_shots, station_shots, training_shots
from trainer.films.scene import (
    Keyframe,
    Keyframes,
    Look,
    Loop,
    Pace,
    Scene,
    Training,
    Walk,
)
from trainer.inference.model_files import export_model
from trainer.inference.render import render
from trainer.messages import Probe, UserError, column_seeds
from trainer.reporting.figures import points_page
from trainer.reporting.sheets import sheet, tiled
from trainer.storage.snapshots import moments_in, one_a_step, snapshot_path

NOW = Circumstances()


@pytest.fixture(scope="module")
def model():
    return trainer.load("drawn-10", "cpu")


@pytest.fixture(scope="module")
def shoes():
    return trainer.load("shoes-small", "cpu")


# ---- when ----------------------------------------------------------------------------------------


def test_a_loop_is_one_turn_in_equal_parts() -> None:
    shots = loop_shots(Pace(10, 0.5))
    assert [(shot.part, shot.parts, shot.ticks) for shot in shots] == [(k, 5, 1) for k in range(5)]


def test_a_way_rests_at_each_station_and_takes_as_long_as_it_is_told() -> None:
    open_way = station_shots(3, Pace(10, 1.0, hold=0.1), closed=False)
    assert [(s.number, s.part, s.parts, s.ticks) for s in open_way] == [
        (0, 0, 1, 2), (0, 1, 3, 1), (0, 2, 3, 1), (1, 0, 1, 2), (1, 1, 3, 1), (1, 2, 3, 1),
        (2, 0, 1, 2),
    ]  # fmt: skip
    closed = station_shots(3, Pace(10, 1.0, hold=0.1), closed=True)
    assert closed[-1].number == 2 and closed[-1].part, "on its way back to the first"
    for shots in (open_way, closed, station_shots(5, Pace(10, 1.0, hold=9.0), closed=True)):
        assert sum(shot.ticks for shot in shots) == 10


def test_a_training_shows_each_moment_as_long_or_each_step_as_long() -> None:
    steps, pace = [0, 1, 2, 5, 10], Pace(10, 1.2, hold=0.2)
    as_long = training_shots(steps, pace, even=False)
    assert [(s.number, s.ticks) for s in as_long] == [(0, 2), (1, 2), (2, 2), (3, 2), (4, 4)]
    even = training_shots(steps, pace, even=True)  # at 0, 1.1, 2.2, ... 8.9, 10
    assert [(s.number, s.ticks) for s in even] == [(0, 1), (1, 1), (2, 3), (3, 4), (4, 3)]
    few = training_shots(range(100), Pace(10, 0.5), even=False)
    assert [s.number for s in few] == [0, 25, 50, 74, 99]


# ---- what ----------------------------------------------------------------------------------------


def test_a_loop_begins_with_the_answer_and_goes_on_as_the_walk_of_the_window(model) -> None:
    probe = probe_of(model)
    made = list(frames(scene_of(model, Loop(probe), look=Look(2, inputs=True))))
    answer = model.render(probe)
    np.testing.assert_array_equal(made[0], larger(sheet(probe.images, answer.tiles), 2))
    one = replace(probe, noise_seeds=probe.noise_seeds[:1])
    shown = walk(model.snapshot, style.Walk(one, 0, len(made), len(made)), NOW).pictures
    bare = list(frames(scene_of(model, Loop(one))))
    for k, picture in enumerate(bare):
        np.testing.assert_array_equal(picture, tiled(shown[:, k][:, None]))


def test_on_its_way_a_loop_comes_by_no_other_column(model) -> None:
    """Else all columns would show the same film, some frames apart."""
    probe = probe_of(model)
    one_image = replace(probe, images=probe.images[:1])
    loops = [
        walk(model.snapshot, style.Walk(replace(one_image, noise_seeds=(seed,)), 0, 4, 4), NOW)
        for seed in column_seeds(0, 4)
    ]
    for mine, following in itertools.pairwise(loop.pictures[0].astype(int) for loop in loops):
        assert abs(mine[1] - following[0]).mean() > 5, "a quarter turn on"


def test_after_its_last_frame_a_loop_is_at_its_first(model) -> None:
    scene = scene_of(model, Loop(probe_of(model)))
    first, beyond = frames(scene, [Shot(0, 0, 8), Shot(0, 8 % 8, 8)])
    np.testing.assert_array_equal(first, beyond)
    made = [picture.astype(int) for picture in frames(scene_of(model, Loop(probe_of(model))))]
    steps = [abs(a - b).mean() for a, b in itertools.pairwise([*made, made[0]])]
    assert max(steps) < 2 * min(steps), "the last step is one as any other"


def test_a_walk_comes_by_every_column_and_through_the_tiles_between(model) -> None:
    probe = probe_of(model, rows=1, columns=3)
    pace = Pace(10, 1.9)  # two ways of 8 pictures between 3 stations
    made = list(frames(scene_of(model, Walk(probe, "noise", closed=False), pace)))
    tiles = model.render(probe).tiles[0]
    assert len(made) == 19
    for k in range(3):
        np.testing.assert_array_equal(made[9 * k], tiles[k])
    ends = [replace(probe, noise_seeds=(seed,)) for seed in probe.noise_seeds[:2]]
    between = interpolation(model.snapshot, style.Interpolation(*ends, "noise"), NOW).pictures
    assert len(between) == 9
    way = list(frames(scene_of(model, Walk(probe, "noise", closed=False), Pace(10, 1.7))))
    np.testing.assert_array_equal(way[:9], between)


def test_a_walk_through_the_code_shows_the_columns_side_by_side(model) -> None:
    probe = probe_of(model, rows=2, columns=3)
    made = list(frames(scene_of(model, Walk(probe, "code"))))
    tiles = model.render(probe).tiles
    np.testing.assert_array_equal(made[0], tiled(tiles[:1]))
    assert not np.array_equal(made[1], made[0])


def test_keyframes_are_met_exactly_and_offsets_go_straight(model) -> None:
    start = probe_of(model)
    end = replace(start, code_offsets=(2.0,), noise_offsets=(0.0, 3.0))
    half = replace(start, code_offsets=(1.0,), noise_offsets=(0.0, 1.5))
    stations = tuple(map(Keyframe, (start, end)))
    made = list(frames(scene_of(model, Keyframes(stations), Pace(10, 0.5))))
    assert len(made) == 5
    for k, probe in ((0, start), (4, end)):
        np.testing.assert_array_equal(made[k], tiled(model.render(probe).tiles))
    middle = made[2].astype(int) - tiled(model.render(half).tiles)
    assert abs(middle).max() <= 1, "up to the last bit of a sum"


def test_where_codes_are_pictures_one_takes_the_others_place_half_way(shoes) -> None:
    first, second = pictures_of(shoes.recipe, 2)
    probes = [Probe(0, image[None], column_seeds(1, 2)) for image in (first, second)]
    stations = tuple(map(Keyframe, probes))
    made = list(frames(scene_of(shoes, Keyframes(stations), Pace(10, 0.6))))
    ends = [tiled(shoes.render(probe).tiles) for probe in probes]
    for k, picture in enumerate(made):
        np.testing.assert_array_equal(picture, ends[k > 2])


def test_large_pictures_are_enlarged_smoothly_and_small_ones_keep_their_pixels(shoes) -> None:
    from trainer.films.page import page
    from trainer.films.picture import Picture

    rng = np.random.default_rng(0)
    small, large = (rng.integers(0, 256, (1, 1, n, n, 3), np.uint8) for n in (63, 64))
    np.testing.assert_array_equal(page(Picture(small, 0), Look(3)), larger(small[0, 0], 3))
    smooth = page(Picture(large, 0), Look(3))
    assert smooth.shape == (192, 192, 3)
    assert not np.array_equal(smooth, larger(large[0, 0], 3))


# ---- a training ----------------------------------------------------------------------------------


@pytest.fixture
def moments(tmp_path: Path):
    return three_moments(tmp_path / "run")


def test_a_training_is_the_same_question_to_each_of_its_moments(model, moments) -> None:
    probe = probe_of(model)
    story = Training(probe, moments, newest=model.step)
    made = list(frames(scene_of(model, story, look=Look(1, inputs=True, caption=True))))
    tall = sheet(probe.images, model.render(probe).tiles).shape[0]
    assert len(made) == 4
    for picture, known in zip(
        made, [*(trainer.load(each.path, "cpu") for each in moments), model], strict=True
    ):
        page = sheet(probe.images, known.render(probe).tiles)
        np.testing.assert_array_equal(picture[:tall], page)
    captions = {picture[tall:].tobytes() for picture in made}
    assert len(captions) == 4, "each names its step"


def test_a_moment_that_was_thinned_out_is_shown_as_its_neighbour(model, moments) -> None:
    story = Training(probe_of(model), moments)
    moments[1].path.unlink()
    first, second, _ = frames(scene_of(model, story))
    np.testing.assert_array_equal(second, first)


def test_between_keyframes_of_several_moments_the_film_goes_through_those_between(
    model, moments
) -> None:
    probe, run = probe_of(model), moments[0].path.parent.parent
    stations = (Keyframe(probe, moments[0].path), Keyframe(probe, moments[2].path))
    own = trainer.load(moments[0].path, "cpu")
    scene = Scene(Keyframes(stations), own.snapshot, Pace(10, 0.9))
    made = list(frames(scene))
    shown = [trainer.load(each.path, "cpu").render(probe).tiles for each in moments]
    for k, number in ((0, 0), (4, 1), (8, 2)):
        assert abs(made[k].astype(int) - tiled(shown[number])).max() <= 1
    by_step = Keyframes(tuple(Keyframe(probe, run, step) for step in (1, 6)))
    for one, other in zip(made, frames(replace(scene, story=by_step)), strict=True):
        np.testing.assert_array_equal(one, other)


def test_points_have_a_film_of_their_training(tmp_path) -> None:
    made = [snapshot_of(recipe_of("mog-iae"), steps) for steps in (1, 6)]
    for snapshot in made:
        export_model(snapshot, snapshot_path(tmp_path, snapshot.step), {}, exact=True)
    moments = one_a_step(moments_in(tmp_path))
    probe = Probe(0, np.zeros((0, 1, 1, 1), np.uint8), column_seeds(3, 2))
    first, last = frames(Scene(Training(probe, moments), made[1], SHORT))
    for picture, moment in zip((first, last), moments, strict=True):
        shown = trainer.load(moment.path, "cpu").snapshot
        np.testing.assert_array_equal(picture, points_page(shown, 3000))
    assert not np.array_equal(first, last)


def test_films_of_several_models_and_of_nothing_are_refused(model, shoes, moments) -> None:
    probe = probe_of(model)
    several = Keyframes((Keyframe(probe), Keyframe(probe, moments[0].path)))
    mixed = Keyframes((Keyframe(probe), Keyframe(probe_of(shoes))))
    for story, says in (
        (several, "several models"),
        (mixed, "several models"),
        (Keyframes((Keyframe(probe),)), "needs two"),
        (Walk(probe_of(model, 1), "code"), "only one"),
        (Training(probe, ()), "keeps no moments"),
        (Loop(replace(probe, images=probe.images[:0])), "open an image"),
    ):
        with pytest.raises(UserError, match=says):
            list(frames(scene_of(model, story)))
    with pytest.raises(UserError, match="pictures do not blend"):
        list(frames(scene_of(shoes, Walk(probe_of(shoes), "code"))))
    plain = trainer.load("fiae-mnist-small", "cpu")
    with pytest.raises(UserError, match="no noise"):
        list(frames(scene_of(plain, Walk(probe_of(plain), "noise"))))
    points = trainer.load("mog-iae", "cpu")
    with pytest.raises(UserError, match="training alone"):
        list(frames(scene_of(points, Loop(probe))))


@pytest.mark.parametrize(
    "name", ["mnist-det-small", "mnist-clusters-small", "faces-small", "fiae-mnist-small"]
)
def test_every_kind_of_model_has_a_loop_that_moves(name: str) -> None:
    model = trainer.load(name, "cpu")
    probe = probe_of(model)
    first, *rest = frames(scene_of(model, Loop(probe), Pace(5, 0.6)))
    np.testing.assert_array_equal(first, tiled(render(model.snapshot, probe).tiles))
    assert all(not np.array_equal(first, other) for other in rest)
