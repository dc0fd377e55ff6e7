"""Films: what is shown when, frame by frame, and the files as others read them."""

from __future__ import annotations

import errno
import io
import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import trainer
from tests.tiny import leftovers, pictures_of, recipe_of, snapshot_of
from trainer.cli import main
from trainer.exploring.paths import interpolation, walk
from trainer.exploring.questions import style
from trainer.exploring.questions.base import Circumstances
from trainer.films.containers import times
from trainer.films.formats import APNG, FORMATS, GIF, MP4
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
from trainer.films.writing import expected_bytes, write_film
from trainer.inference.model_files import export_model
from trainer.inference.render import render
from trainer.messages import Probe, UserError, column_seeds
from trainer.reporting.figures import points_page
from trainer.reporting.sheets import sheet, tiled
from trainer.storage import files
from trainer.storage.snapshots import moments_in, one_a_step, snapshot_path

SHORT = Pace(rate=10, seconds=0.8)
PLAIN = Look()
NOW = Circumstances()


@pytest.fixture(scope="module")
def model():
    return trainer.load("drawn-10", "cpu")


@pytest.fixture(scope="module")
def shoes():
    return trainer.load("shoes-small", "cpu")


def probe_of(model, rows: int = 2, columns: int = 3, **more) -> Probe:
    return Probe(0, pictures_of(model.recipe, rows), column_seeds(4, columns), **more)


def scene_of(model, story, pace: Pace = SHORT, look: Look = PLAIN) -> Scene:
    return Scene(story, model.snapshot, pace, look)


def larger(picture, factor: int):
    return picture.repeat(factor, 0).repeat(factor, 1)


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


def test_times_add_up_in_whatever_units_a_file_counts() -> None:
    assert times([1] * 12, 12, 100) == [8, 9, 8, 8, 9, 8, 8, 9, 8, 8, 9, 8]
    assert sum(times([3, 1, 7], 30, 1000)) == round(11 / 30 * 1000)


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
    """A run that kept three moments, and its model."""
    recipe = recipe_of("drawn-10")
    made = [snapshot_of(recipe, steps) for steps in (1, 3, 6)]
    for snapshot in made:
        export_model(snapshot, snapshot_path(tmp_path / "run", snapshot.step), {})
    return one_a_step(moments_in(tmp_path / "run"))


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
    by_step = tuple(Keyframe(probe, run, step) for step in (1, 6))
    assert run.is_dir() and by_step[0].step == 1


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


# ---- files, as others read them ------------------------------------------------------------------


def read(path: Path) -> tuple[list[np.ndarray], list[float], Image.Image]:
    """All frames in RGB, and how many ms each stands, as Pillow sees them."""
    found, stands = [], []
    with Image.open(path) as image:
        for k in range(image.n_frames):
            image.seek(k)
            image.load()
            found.append(np.asarray(image.convert("RGB")))
            stands.append(image.info["duration"])
        return found, stands, image


def rgb(picture) -> np.ndarray:
    return picture if picture.shape[2] == 3 else picture.repeat(3, 2)


@pytest.mark.parametrize("ending", [".gif", ".png", ".webp"])
@pytest.mark.parametrize("colour", [False, True])
def test_a_moving_picture_holds_every_frame(model, shoes, tmp_path, ending, colour) -> None:
    """Pixels are exact but for the 256 colours of a GIF: there 6 of 255 in the mean at most."""
    subject = shoes if colour else model
    scene = scene_of(subject, Loop(probe_of(subject)), Pace(12, 0.75), Look(2, inputs=True))
    wanted, path = list(frames(scene)), tmp_path / f"film{ending}"
    write_film(path, scene)
    found, stands, image = read(path)
    assert len(found) == len(wanted) == 9 and image.info["loop"] == 0
    assert image.size == wanted[0].shape[1::-1]
    assert sum(stands) == pytest.approx(750, abs=1)
    for mine, theirs in zip(wanted, found, strict=True):
        if ending == ".gif" and colour:
            assert abs(rgb(mine).astype(int) - theirs).mean() < 6
        else:
            np.testing.assert_array_equal(rgb(mine), theirs)
    assert not leftovers(tmp_path)


def test_pictures_that_stand_are_written_once(model, moments, tmp_path) -> None:
    story = Training(probe_of(model), moments)
    scene = scene_of(model, story, Pace(10, 3.0, hold=0.6), Look(caption=True))
    for ending in (".gif", ".png", ".webp"):
        write_film(tmp_path / f"film{ending}", scene)
        found, stands, _ = read(tmp_path / f"film{ending}")
        assert len(found) == 3 and stands == [800, 800, 1400]


def test_an_mp4_is_what_every_player_knows(shoes, tmp_path) -> None:
    """Within 3 of 255 in the mean, and of an even size."""
    av = pytest.importorskip("av")
    probe = probe_of(shoes, 1, 1)
    scene = scene_of(shoes, Loop(probe), Pace(15, 1.0), Look(3))
    narrow = replace(scene, look=Look(1, inputs=True))
    for wanted_scene in (scene, narrow):
        wanted, path = list(frames(wanted_scene)), tmp_path / "film.mp4"
        write_film(path, wanted_scene)
        with av.open(str(path)) as film:
            stream = film.streams.video[0]
            assert stream.codec_context.name == "h264" and stream.pix_fmt == "yuv420p"
            assert stream.average_rate == 15 and stream.frames == 15
            assert stream.width % 2 == stream.height % 2 == 0
            found = [frame.to_ndarray(format="rgb24") for frame in film.decode(stream)]
        for mine, theirs in zip(wanted, found, strict=True):
            high, wide = mine.shape[:2]
            assert 0 <= theirs.shape[0] - high < 2 and 0 <= theirs.shape[1] - wide < 2
            assert abs(rgb(mine).astype(int) - theirs[:high, :wide]).mean() < 3


def test_without_pyav_mp4_says_how_to_get_it(model, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("trainer.films.formats.find_spec", lambda name: None)
    assert [known.name for known in FORMATS if known.missing()] == ["MP4"]
    with pytest.raises(UserError, match=r"pip install .iae-studio\[films\]"):
        write_film(tmp_path / "film.mp4", scene_of(model, Loop(probe_of(model))))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("known", FORMATS, ids=lambda known: known.name)
def test_the_size_is_foretold(model, tmp_path, known) -> None:
    scene = scene_of(model, Loop(probe_of(model)), Pace(12, 2.0), Look(2))
    write_film(tmp_path / f"film{known.suffix}", scene)
    size = (tmp_path / f"film{known.suffix}").stat().st_size
    assert expected_bytes(scene, known) == pytest.approx(size, rel=0.1 if known != MP4 else 0.8)


class GivenUpError(Exception):
    pass


@pytest.mark.parametrize("known", FORMATS, ids=lambda known: known.name)
def test_giving_up_in_the_middle_leaves_what_was_there(model, tmp_path, known) -> None:
    path = tmp_path / f"film{known.suffix}"

    def stop(done: int, total: int) -> None:
        if done == 5:
            raise GivenUpError

    scene = scene_of(model, Loop(probe_of(model)))
    with pytest.raises(GivenUpError):
        write_film(path, scene, stop)
    assert not list(tmp_path.iterdir())
    path.write_bytes(b"before")
    with pytest.raises(GivenUpError):
        write_film(path, scene, stop)
    assert path.read_bytes() == b"before" and list(tmp_path.iterdir()) == [path]


class Full(io.FileIO):
    """A disk that has room for so much."""

    def write(self, data) -> int:
        if self.tell() + len(data) > 600:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(data)


@pytest.mark.parametrize("known", FORMATS, ids=lambda known: known.name)
def test_a_full_disk_leaves_no_file_and_is_told(model, tmp_path, monkeypatch, known) -> None:
    monkeypatch.setattr(files.os, "fdopen", lambda handle, mode: Full(handle, mode))
    path = tmp_path / f"film{known.suffix}"
    with pytest.raises(UserError, match=r"No space left on device.*Free some space") as told:
        write_film(path, scene_of(model, Loop(probe_of(model))))
    assert path.name in str(told.value)
    monkeypatch.undo()
    assert not list(tmp_path.iterdir())


def test_what_no_format_has_room_for_is_refused(model, tmp_path) -> None:
    scene = scene_of(model, Loop(probe_of(model, 2, 60)), SHORT, Look(8))
    with pytest.raises(UserError, match=r"too large for MP4: choose a smaller size"):
        write_film(tmp_path / "film.mp4", scene)
    assert not list(tmp_path.iterdir())


# ---- the command line ----------------------------------------------------------------------------


def test_the_command_writes_the_frames_of_the_api(tmp_path, capsys) -> None:
    out = tmp_path / "loop.png"
    words = ["film", "drawn-10", "--out", str(out), "--seconds", "0.5", "--size", "1"]
    of = tmp_path / "digit.png"
    model = trainer.load("drawn-10", "cpu")
    Image.fromarray(pictures_of(model.recipe, 1)[0, :, :, 0]).save(of)
    assert main([*words, "--of", str(of), "--draws", "3", "--device", "cpu"]) == 0
    assert capsys.readouterr().out.strip() == str(out)
    found, _, _ = read(out)
    assert len(found) == 6
    seen = model.prepare([of])
    wanted = sheet(seen, model.reconstruct([of], draws=3))
    np.testing.assert_array_equal(found[0], rgb(wanted))


def test_the_command_films_a_training_and_says_what_it_cannot(moments, tmp_path, capsys) -> None:
    run = tmp_path / "run"
    (run / "snapshots").rename(tmp_path / "kept")
    train = ["train", "drawn-10", "--steps", "2", "--out", str(run), "--device", "cpu"]
    assert main([*train, "--set", "width=4", "--set", "batch=8"]) == 0
    words = ["film", str(run), "--kind", "training", "--out", str(tmp_path / "t.gif")]
    assert main([*words, "--device", "cpu", "--seconds", "1", "--rows", "1"]) == 0
    found, stands, _ = read(tmp_path / "t.gif")
    assert len(found) >= 2 and sum(stands) == 1000
    assert main([*words[:-1], str(tmp_path / "t.avi")]) == 2
    assert "Choose .gif, .png, .webp, .mp4" in capsys.readouterr().err
    assert main(["film", "drawn-10", *words[2:], "--device", "cpu"]) == 2
    assert "keeps no moments" in capsys.readouterr().err
    assert main(["film", "mog-iae", "--out", str(tmp_path / "p.gif")]) == 2
    assert "training alone" in capsys.readouterr().err


def test_names_tell_the_format(tmp_path) -> None:
    from trainer.films.formats import film_path, format_of

    assert format_of(Path("a.APNG")) == APNG and format_of(Path("a.gif")) == GIF
    assert film_path(Path("a"), GIF) == Path("a.gif")
    assert film_path(Path("a.b"), MP4) == Path("a.b.mp4")
    assert film_path(Path("a.apng"), APNG) == Path("a.apng")
