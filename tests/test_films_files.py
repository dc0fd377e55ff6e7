"""Films as files: how others read them, and that they are whole or not there."""

from __future__ import annotations

import errno
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import trainer
from tests.films import SHORT, probe_of, scene_of, three_moments
from tests.tiny import leftovers, pictures_of
from trainer.cli import main
from trainer.data import loading
from trainer.exploring.questions.base import Circumstances
from trainer.films.colours import Colours
from trainer.films.containers import times
from trainer.films.formats import APNG, FORMATS, GIF, MP4
from trainer.films.frames import frames
from trainer.films.scene import (
    Look,
    Loop,
    Pace,
    Training,
)
from trainer.films.writing import expected_bytes, write_film
from trainer.messages import UserError
from trainer.reporting.sheets import sheet
from trainer.storage import files

NOW = Circumstances()


@pytest.fixture(scope="module")
def model():
    return trainer.load("drawn-10", "cpu")


@pytest.fixture(scope="module")
def shoes():
    return trainer.load("shoes-small", "cpu")


@pytest.fixture
def moments(tmp_path: Path):
    return three_moments(tmp_path / "run")


# ---- as others read them -------------------------------------------------------------------------


def test_times_add_up_in_whatever_units_a_file_counts() -> None:
    assert times([1] * 12, 12, 100) == [8, 9, 8, 8, 9, 8, 8, 9, 8, 8, 9, 8]
    assert sum(times([3, 1, 7], 30, 1000)) == round(11 / 30 * 1000)


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
    """Pixels are exact but for the 256 colours of a GIF: there 4 of 255 in the mean at most."""
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
            assert abs(rgb(mine).astype(int) - theirs).mean() < 4
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
    av = pytest.importorskip("av")
    write_film(tmp_path / "film.mp4", scene)
    with av.open(str(tmp_path / "film.mp4")) as film:
        assert film.streams.video[0].frames == 30, "there all frames stand equally long"


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


@pytest.fixture
def few_digits(monkeypatch):
    monkeypatch.setattr(
        "trainer.data.drawn.COUNTS", {"train": 40, "test": 20, "few": 20, "many": 20}
    )
    loading.forget_data()
    yield
    loading.forget_data()


def test_the_command_films_a_training_and_says_what_it_cannot(few_digits, tmp_path, capsys) -> None:
    run = tmp_path / "run"
    train = ["train", "drawn-10", "--steps", "2", "--out", str(run), "--device", "cpu"]
    assert main([*train, "--set", "width=4", "--set", "batch=8"]) == 0
    words = ["film", str(run), "--kind", "training", "--out", str(tmp_path / "t.gif")]
    assert main([*words, "--device", "cpu", "--seconds", "1", "--rows", "1"]) == 0
    found, stands, _ = read(tmp_path / "t.gif")
    assert len(found) == 2 and sum(stands) == 1000, "its first moment, and its last weights"
    assert main([*words[:-1], str(tmp_path / "t.avi")]) == 2
    assert "Choose .gif, .png, .webp, .mp4" in capsys.readouterr().err
    assert main(["film", "drawn-10", *words[2:], "--device", "cpu"]) == 2
    assert "keeps no moments" in capsys.readouterr().err
    assert main(["film", "mog-iae", "--out", str(tmp_path / "p.gif")]) == 2
    assert "training alone" in capsys.readouterr().err
    assert main([*words, "--seconds", "900"]) == 2 and not (tmp_path / "p.gif").exists()


def test_the_fastest_film_plays_evenly_in_a_browser(tmp_path, capsys) -> None:
    """A GIF counts hundredths of a second, and a browser shows what stands for one for ten."""
    out = tmp_path / "fast.gif"
    words = ["film", "drawn-10", "--out", str(out), "--seconds", "0.5", "--size", "1"]
    words += ["--bare", "--draws", "1", "--rows", "1", "--device", "cpu"]
    with pytest.raises(SystemExit, match="2"):
        main([*words, "--fps", "60"])
    assert "60 is more than 30" in capsys.readouterr().err and not out.exists()
    assert main([*words, "--fps", "30"]) == 0
    with Image.open(out) as film:
        stands = []
        for place in range(film.n_frames):
            film.seek(place)
            stands.append(film.info["duration"])
    assert len(stands) == 15 and sum(stands) == 500
    assert min(stands) >= 30


def test_names_tell_the_format(tmp_path) -> None:
    from trainer.films.formats import film_path, format_of

    assert format_of(Path("a.APNG")) == APNG and format_of(Path("a.gif")) == GIF
    assert film_path(Path("a"), GIF) == Path("a.gif")
    assert film_path(Path("a.b"), MP4) == Path("a.b.mp4")
    assert film_path(Path("a.apng"), APNG) == Path("a.apng")


def test_flat_colours_and_greys_stay_exactly_as_they_are() -> None:
    flat = np.zeros((9, 9, 3), np.uint8)
    flat[:3], flat[3:6] = (255, 255, 255), (200, 30, 41)
    made = Colours([flat]).image(flat)
    np.testing.assert_array_equal(np.asarray(made.convert("RGB")), flat)
    greys = np.arange(256, dtype=np.uint8).reshape(16, 16, 1)
    made = Colours([greys[:2]]).image(greys)
    np.testing.assert_array_equal(np.asarray(made.convert("RGB")), rgb(greys))


def test_a_pixel_becomes_the_nearest_colour_there_is() -> None:
    rng = np.random.default_rng(0)
    picture = rng.integers(0, 256, (40, 40, 3), np.uint8)
    colours = Colours([picture])
    made = np.asarray(colours.image(picture))
    apart = (picture[:, :, None].astype(int) - colours.values.astype(int)) ** 2
    chosen = np.take_along_axis(apart.sum(3), made[:, :, None].astype(int), 2)[:, :, 0]
    np.testing.assert_array_equal(chosen, apart.sum(3).min(2))


def test_another_reader_sees_the_same_frames(shoes, tmp_path) -> None:
    """FFmpeg, of what Pillow has read above."""
    av = pytest.importorskip("av")
    scene = scene_of(shoes, Loop(probe_of(shoes)))
    for ending in (".png", ".gif"):
        write_film(tmp_path / f"film{ending}", scene)
        wanted, _, _ = read(tmp_path / f"film{ending}")
        with av.open(str(tmp_path / f"film{ending}")) as film:
            found = [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]
        for mine, theirs in zip(wanted, found, strict=True):
            np.testing.assert_array_equal(mine, theirs)
