"""A disk, folder or file that refuses: one sentence with a way out, whatever command meets it."""

from __future__ import annotations

import errno
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from torchvision.datasets import MNIST

import trainer
from tests.serving import md5_of, serving
from tests.tiny import ROOT, digits, write_mnist
from trainer.cli import main
from trainer.data.sets.mnist import MNIST_FILES
from trainer.messages import UserError
from trainer.storage.paths import typed_path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs links and pipes")
TOY = ["--set", "width=16", "--set", "batch=16", "--device", "cpu", "--steps", "4"]


def a_file(folder: Path) -> str:
    (folder / "file").write_text("mine")
    return str(folder / "file")


def in_a_file(folder: Path) -> str:
    return f"{a_file(folder)}/below/x.png"


def too_long(folder: Path) -> str:
    return str(folder / ("n" * 300))


def below_too_long(folder: Path) -> str:
    return f"{folder / ('n' * 300)}/x.png"


def no_name(folder: Path) -> str:
    return f"{folder}/a\0b"


def a_loop(folder: Path) -> str:
    (folder / "here").symlink_to(folder / "there")
    (folder / "there").symlink_to(folder / "here")
    return str(folder / "here")


def a_pipe(folder: Path) -> str:
    os.mkfifo(folder / "pipe")
    return str(folder / "pipe")


def a_folder(folder: Path) -> str:
    (folder / "folder.safetensors").mkdir()
    (folder / "folder.safetensors" / "something").write_text("else")
    return str(folder / "folder.safetensors")


def not_writable(folder: Path) -> str:
    return "/proc/nowhere/x.png"  # for the system's own user as well


def nowhere(folder: Path) -> str:
    return "file://elsewhere/photos"


BAD = [
    a_file, in_a_file, too_long, below_too_long, no_name, a_loop, a_pipe, a_folder, not_writable,
    nowhere,
]  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of digits, one of points, and a picture."""
    folder = tmp_path_factory.mktemp("made")
    write_mnist(folder / "data")
    train = ["train", "mnist-10-small", "--data", str(folder / "data")]
    assert main([*train, "--out", str(folder / "run"), *TOY, "--set", "width=4"]) == 0
    assert main(["train", "mog-iae", "--out", str(folder / "toy"), *TOY]) == 0
    Image.fromarray(digits(1)[0, ..., 0]).save(folder / "picture.png")
    (folder / "photos").mkdir()
    for index, picture in enumerate(digits(16)):
        Image.fromarray(picture[..., 0]).save(folder / "photos" / f"{index}.png")
    return folder


COMMANDS = {
    "train --out": "train mog-iae --out BAD --set width=16 --set batch=16 --steps 2",
    "train --resume": "train mog-iae --out BAD --resume --steps 9",
    "train --data": "train mnist-10-small --data BAD --out NEW --steps 2",
    "train --images": "train svhn-75-small --images BAD --out NEW --steps 2",
    "train --images-b": "train shoes-small --images MADE/photos --images-b BAD --out NEW --steps 2",
    "evaluate": "evaluate BAD",
    "evaluate --data": "evaluate MADE/run --data BAD",
    "reconstruct": "reconstruct BAD MADE/picture.png --out NEW",
    "reconstruct image": "reconstruct MADE/run BAD --out NEW",
    "reconstruct --out": "reconstruct MADE/run MADE/picture.png --out BAD",
    "figure": "figure BAD --out NEW.png",
    "figure --out": "figure MADE/toy --out BAD",
    "figure --data": "figure MADE/run --data BAD --out NEW.png",
    "export": "export BAD NEW.safetensors",
    "export to": "export MADE/toy BAD",
    "reproduce --out": "reproduce mog-iae --out BAD --runs NEW --minutes 0.0001",
    "reproduce --runs": "reproduce mog-iae --out NEW --runs BAD --minutes 0.0001",
    "reproduce --data": "reproduce mnist-10-small --out NEW --runs NEWER --data BAD",
}


@pytest.mark.parametrize("bad", BAD, ids=lambda make: make.__name__)
@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_breaks_over_a_path(
    command: str,
    bad: Callable[[Path], str],
    made: Path,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    places = {"NEWER": str(tmp_path / "newer"), "NEW": str(tmp_path / "new"), "MADE": str(made)}
    places["BAD"] = bad(tmp_path)
    words = []
    for word in COMMANDS[command].split():
        for key, place in places.items():
            word = word.replace(key, place)
        words.append(word)
    code, told = told_by(words, capfd)
    assert code in (0, 2)
    if code == 2:
        assert told.count("\n") == 1 and told.startswith("trainer: "), told
        assert re.search(WAYS_OUT, told), told


# What a person can do about it.
WAYS_OUT = re.compile(
    "choose|name |check|copy it again|free some|is not a run folder|was it moved|open the files",
    re.I,
)


def told_by(words: list[str], capfd: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """What a command returns, and what it says; the environment is this process's own."""
    capfd.readouterr()
    code = main(words)
    told = capfd.readouterr().err
    assert "Traceback" not in told
    return code, told


# ---- where our own folders cannot be -------------------------------------------------------------


OWN = {
    "list": "list",
    "train": "train mog-iae --set width=16 --set batch=16 --steps 2",
    "train digits": "train drawn-10 --set width=4 --set batch=8 --steps 2",
    "resume": "train mog-iae --resume",
    "evaluate": "evaluate MADE/toy",
    "reconstruct": "reconstruct drawn-10 MADE/picture.png --out NEW",
    "figure": "figure drawn-10 --out NEW.png",
    "reproduce": "reproduce mog-iae --out NEW --minutes 0.0001",
}


@pytest.mark.parametrize("bad", [a_file, in_a_file, too_long, a_loop, not_writable])
@pytest.mark.parametrize("command", OWN)
def test_a_home_that_cannot_be_written_is_told(
    command: str,
    bad: Callable[[Path], str],
    made: Path,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "bad").mkdir()
    place = bad(tmp_path / "bad")
    for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", place)
    command = OWN[command].replace("NEW", str(tmp_path / "new")).replace("MADE", str(made))
    code, told = told_by(command.split(), capfd)
    assert code in (0, 2)
    if code == 2:
        assert told.splitlines()[-1].startswith("trainer: ") and re.search(WAYS_OUT, told), told
    if OWN["train"] == command:
        # Of a name that is too long the beginning is enough.
        assert code == 2 and place.removesuffix("/x.png")[: len(str(tmp_path)) + 30] in told


@pytest.mark.parametrize("bad", [a_file, too_long, a_loop, a_pipe])
def test_the_variable_of_the_data_may_name_anything(
    bad: Callable[[Path], str],
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("IAE_STUDIO_DATA", bad(tmp_path))
    code, told = told_by(["list"], capfd)
    assert code == 0 and "cannot be read" in told
    code, told = told_by(["train", "mnist-10-small"], capfd)
    assert code == 2 and "cannot be read" in told


def test_a_folder_that_is_gone_under_our_feet_is_told(tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    train = f"train svhn-75-small --images . --out {tmp_path / 'run'}"
    command = f"cd gone && rmdir ../gone && {sys.executable} -m trainer {train}"
    place = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        ["sh", "-c", command], cwd=tmp_path, env=place, capture_output=True, text=True
    )
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1, done.stderr


def test_a_full_disk_under_the_output_is_told() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no such device here")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "trainer", "list"],
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert "No space left" in done.stderr and "Free some space" in done.stderr


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS])
def test_a_disk_that_refuses_is_told_with_the_file(
    number: int,
    made: Path,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(handle: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refuse)
    out = tmp_path / "new.png"
    for command in (f"figure {made}/toy --out {out}", f"export {made}/toy {out}"):
        code, told = told_by(command.split(), capfd)
        assert code == 2 and "new.png" in told and os.strerror(number) in told
        assert not list(tmp_path.glob("*.png"))


# A download asks the network first: here its mirror is this computer.
@pytest.mark.parametrize("bad", BAD, ids=lambda make: make.__name__)
def test_a_download_that_has_no_place_is_told(
    bad: Callable[[Path], str],
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = write_mnist(tmp_path / "served", packed=True) / "MNIST" / "raw"
    resources = [(f"{name}.gz", md5_of(folder / f"{name}.gz")) for name in MNIST_FILES]
    monkeypatch.setattr(MNIST, "resources", resources)
    monkeypatch.setenv("no_proxy", "*")
    (tmp_path / "bad").mkdir()
    place = bad(tmp_path / "bad")
    with serving(folder) as address:
        monkeypatch.setattr(MNIST, "mirrors", [address])
        code, told = told_by(["download", "mnist", "--data", place], capfd)
    if bad is a_folder:
        assert code == 0
        return
    assert code == 2 and "Check the network" not in told
    assert re.search(WAYS_OUT, told.splitlines()[-1])


# ---- the same in Python --------------------------------------------------------------------------


@pytest.mark.parametrize("bad", BAD, ids=lambda make: make.__name__)
def test_python_raises_errors_of_its_own(
    bad: Callable[[Path], str], made: Path, tmp_path: Path
) -> None:
    place = bad(tmp_path)
    uses: list[Callable[[], object]] = [
        lambda: trainer.load(place),
        lambda: trainer.evaluate(place),
        lambda: trainer.evaluate(made / "run", data=place),
        lambda: trainer.train("mnist-10-small", data=place),
        lambda: trainer.train("mog-iae", out=place, resume=True),
        lambda: trainer.load(made / "run").reconstruct(place),
    ]
    for use in uses:
        with pytest.raises(UserError):
            use()


# ---- names ---------------------------------------------------------------------------------------


def test_a_path_is_taken_as_it_was_pasted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    photo = tmp_path / "Urlaub in Köln" / "Bild 1.png"
    photo.parent.mkdir()
    photo.write_bytes(b"")
    address = "file://" + quote(str(photo))
    for typed in (
        f'"{photo}"',
        f"'{photo}'",
        f" {photo}\n",
        f"\u201c{photo}\u201d",
        "~/Urlaub in Köln/Bild 1.png",
        "'~/Urlaub in Köln/Bild 1.png'",
        address,
        f"'{address}' ",
        address.replace("file://", "file://localhost"),
        address.replace("file://", "file:"),
        f"file://{photo}",
    ):
        assert typed_path(typed) == photo, typed
    assert typed_path("~nobody-of-that-name/x") == Path("~nobody-of-that-name/x")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "'quoted'").mkdir()
    (tmp_path / "~").mkdir()
    for there in ("'quoted'", "~"):  # what exists is not read otherwise
        assert typed_path(there) == Path(there)


@settings(deadline=None)
@given(st.text(st.characters(exclude_characters="\0/"), min_size=1))
def test_what_exists_is_never_read_otherwise(name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        try:
            path.write_bytes(b"")
        except (OSError, ValueError):  # no name here: "..", too long, half a letter
            return
        assert typed_path(str(path)) == path


def test_commands_and_python_take_pasted_paths(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(made))
    sheet = tmp_path / "a sheet.png"
    command = ["reconstruct", "'~/run'", f"file://{quote(str(made / 'picture.png'))}", "--out"]
    assert main([*command, f'"{sheet}"']) == 0
    assert sheet.is_file()
    train = ["train", "svhn-75-small", "--images", "~/photos", *TOY, "--set", "size=32"]
    assert main([*train, "--set", "width=4", "--out", f"file://{tmp_path}/r%C3%BCn"]) == 0
    assert (tmp_path / "rün" / "recipe.json").is_file()
    assert trainer.load("~/toy").step == 4
    recipe = trainer.find_recipe("svhn-75-small").with_images("'~/photos' ")
    assert recipe.data.images == str(made / "photos")
    assert trainer.load(" drawn-10\n").recipe.name == "drawn-10"
    assert trainer.load("~/run").reconstruct("'~/picture.png'", draws=1).shape[0] == 1


# ---- pictures ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "written", "kind"),
    [
        ("mysheet", "mysheet.png", "PNG"),
        ("noise 0.5", "noise 0.5.png", "PNG"),
        ("a.PNG", "a.PNG", "PNG"),
        ("a.jpg", "a.jpg", "JPEG"),
        ("a.JPEG", "a.JPEG", "JPEG"),
        ("a.webp", "a.webp", "WEBP"),
        ("a.tif", "a.tif", "TIFF"),
        ("a.bmp", "a.bmp", "BMP"),
    ],
)
def test_a_picture_is_what_its_name_says(
    name: str, written: str, kind: str, made: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out" / name
    assert main(["figure", str(made / "toy"), "--out", str(out)]) == 0
    with Image.open(tmp_path / "out" / written) as picture:
        assert picture.format == kind
    assert [path.name for path in out.parent.iterdir()] == [written]
    if "." in name and " " not in name:
        image = str(made / "picture.png")
        assert main(["reconstruct", str(made / "run"), image, "--out", str(out)]) == 0
        with Image.open(out) as picture:
            assert picture.format == kind


@pytest.mark.parametrize("name", ["a.pdf", "a.svg", "a.mp4", "a.p"])
def test_what_is_no_picture_is_refused(
    name: str, made: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for command in (["figure", str(made / "toy")], ["reconstruct", str(made / "run"), "x.png"]):
        code, told = told_by([*command, "--out", str(tmp_path / name)], capfd)
        assert code == 2 and ".png" in told and not list(tmp_path.glob("a.*"))
