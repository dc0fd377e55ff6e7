"""A path is taken as it was pasted: in quotes, as an address or from the home."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import trainer
from tests.commands import TOY, make_runs
from trainer.cli import main
from trainer.storage.paths import typed_path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="of POSIX systems")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of digits, one of points, and a picture."""
    return make_runs(tmp_path_factory.mktemp("made"))


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
