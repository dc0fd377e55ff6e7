"""Bookmarks on the disk: damaged, newer and hostile ones do no harm."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from iae_studio.state.bookmarks import Bookmark, is_shared
from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.exploration import Exploration
from iae_studio.state.input_list import Input, KeptInputs, spec_of
from iae_studio.state.model_files import SHIPPED
from iae_studio.state.turned import Settings
from iae_studio.threads import bookmark_archives, bookmark_files, bookmark_writing
from iae_studio.threads.thumbnails import SIZE, thumbnail_of
from tests.tiny import CPU
from trainer.data.image_files import decode_image
from trainer.exploring.questions.keeping import Drawn, Kept
from trainer.inference.model_files import export_model, load_snapshot
from trainer.inference.render import render
from trainer.inference.snapshot import fresh_snapshot
from trainer.messages import Cloud, Clusters, Probe, Rendering, UserError
from trainer.recipe.catalogue import CATALOGUE
from trainer.recipe.fingerprint import fingerprint_of
from trainer.storage.paths import bookmarks_root

MODEL = SHIPPED["drawn-10"]


def made(name: str = "one", path: Path | None = MODEL) -> Bookmark:
    recipe = CATALOGUE["drawn-10"]
    spec = spec_of(recipe)
    seen = np.arange(28 * 28, dtype=np.uint8).reshape(28, 28, 1)
    rgb = np.full((50, 60, 3), 9, np.uint8)
    inputs = (
        Input("mine", seen, spec, rgb, place="/home/somebody/mine.png"),
        Input("test", seen.copy(), spec, test=True),
    )
    shown = Exploration(DisplayedModel(recipe, path), None, KeptInputs(inputs), Settings(seed=4))
    kept = Kept(path, 7000, fingerprint_of(path)) if path else Kept(None, 0)
    return bookmark_writing.write(name, shown, inputs, 2, Drawn(kept))


def test_a_bookmark_is_read_as_it_was_written() -> None:
    first, second = made("first"), made("second", None)
    assert bookmark_files.read().bookmarks == (first, second)
    seen = bookmark_files.inputs_of(first)
    assert [known.name for known in seen] == ["mine", "test"]
    assert np.array_equal(seen[0].seen[..., 0].ravel(), np.arange(784) % 256)
    assert decode_image(seen[0].original, "mine").shape == (50, 60, 3), "for other networks"
    assert seen[1].test and seen[1].original is None
    assert bookmark_files.reopen(first).found.model == DisplayedModel(first.recipe, MODEL)
    assert bookmark_files.reopen(second).found.model == DisplayedModel(second.recipe)
    assert bookmark_writing.call(first, " a\n name ", "") in bookmark_files.read().bookmarks
    assert not list(bookmarks_root().glob(".*"))


def test_a_disk_that_fails_leaves_no_half_of_one(monkeypatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(bookmark_writing, "write_bytes", full)
    with pytest.raises(UserError, match="space"):
        made()
    assert not list(bookmarks_root().iterdir())


WRONG = {
    "format": 2,
    "name": 5,
    "recipe": {"name": "../x"},
    "fingerprint": "xyz",
    "step": -1,
    "inputs": [{}] * 100,
    "settings": {},
    "selected": [1, 10**9],
}


@pytest.mark.parametrize("key", WRONG)
def test_a_damaged_or_newer_one_is_set_aside_with_a_word(key: str) -> None:
    good, bad = made("good"), made("bad")
    values = json.loads((bad.folder / "bookmark.json").read_text())
    (bad.folder / "bookmark.json").write_text(json.dumps({**values, key: WRONG[key]}))
    shelf = bookmark_files.read()
    assert shelf.bookmarks == (good,)
    (words,) = shelf.told
    ending = "newer" if key == "format" else "damaged"
    assert f"{bad.folder.name}.{ending}" in words
    assert (bookmarks_root() / f"{bad.folder.name}.{ending}" / "00.png").exists()
    assert bookmark_files.read().told == (), "said once"


@pytest.mark.parametrize("selected", [[1], [], [1, 2, 3], 1, [True, 1]])
def test_half_a_selection_takes_no_other_bookmark_along(selected: object) -> None:
    good, bad = made("good"), made("bad")
    values = json.loads((bad.folder / "bookmark.json").read_text())
    (bad.folder / "bookmark.json").write_text(json.dumps({**values, "selected": selected}))
    assert bookmark_files.read().bookmarks == (good,)


def test_a_thumbnail_is_small_or_none_is_shown(tmp_path: Path) -> None:
    one = made()
    large = bookmark_writing._png(np.zeros((4000, 4000, 3), np.uint8))
    for data in (large, b"\x89PNG nonsense"):
        (one.folder / "thumbnail.png").write_bytes(data)
        assert bookmark_files.read().bookmarks[0].thumbnail == b""
    brought = bookmark_archives.bring(hostile(tmp_path, thumbnail_png=large))
    assert brought.thumbnail == b""


@pytest.mark.parametrize("content", [b"", b"{", b"[" * 100_000, b"\xff\xfe"])
def test_what_is_no_bookmark_at_all_is_set_aside(content: bytes) -> None:
    bad = made()
    (bad.folder / "bookmark.json").write_bytes(content)
    shelf = bookmark_files.read()
    assert not shelf.bookmarks and len(shelf.told) == 1


def test_an_image_of_another_size_is_refused() -> None:
    bad = made()
    large = bookmark_writing._png(np.zeros((3000, 3000, 3), np.uint8))
    (bad.folder / "01.png").write_bytes(large)
    with pytest.raises(UserError, match="size"):
        bookmark_files.reopen(bad)
    (bad.folder / "01.png").write_bytes(b"\x89PNG nonsense")
    with pytest.raises(UserError, match="damaged"):
        bookmark_files.reopen(bad)


def test_a_deleted_one_comes_back_for_a_day() -> None:
    one = made()
    bookmark_writing.delete(one)
    assert not bookmark_files.read().bookmarks
    assert bookmark_writing.bring_back(one) == bookmark_files.read().bookmarks[0]
    bookmark_writing.delete(one)
    (gone,) = bookmarks_root().iterdir()
    os.utime(gone, (0, 0))
    bookmark_files.read()
    assert not list(bookmarks_root().iterdir())


def test_the_day_begins_with_the_deletion_however_old_the_bookmark_is() -> None:
    one = made()
    os.utime(one.folder, (0, 0))
    bookmark_writing.delete(one)
    assert not bookmark_files.read().bookmarks, "as the next start reads them"
    assert bookmark_writing.bring_back(one) == bookmark_files.read().bookmarks[0]


# ---- as one file ---------------------------------------------------------------------------------


def test_a_shared_one_tells_of_no_folder_and_holds_no_shipped_weights(tmp_path: Path) -> None:
    file = bookmark_archives.export(made(), tmp_path / "x.bookmark.zip")
    with zipfile.ZipFile(file) as archive:
        assert sorted(archive.namelist()) == ["00.png", "01.png", "bookmark.json", "thumbnail.png"]
        assert "somebody" not in archive.read("bookmark.json").decode()
    brought = bookmark_archives.bring(file)
    assert len(bookmark_files.read().bookmarks) == 2
    assert bookmark_files.reopen(brought).found.model.path == MODEL


def test_a_shared_one_of_own_images_tells_no_name_of_a_folder_or_file(tmp_path: Path) -> None:
    recipe = CATALOGUE["drawn-10"].but(width=8).with_images(str(tmp_path / "Patient M"))
    weights, probe = tmp_path / "mine.safetensors", Probe(0, np.zeros((1, 28, 28, 1)), (1, 2))
    snapshot = replace(fresh_snapshot(recipe, CPU), step=5)
    export_model(snapshot, weights, {}, exact=True)
    inputs = tuple(replace(each, name="Patient M/1.png") for each in made().inputs)
    one = replace(made(), recipe=recipe, weights=str(weights), fingerprint=fingerprint_of(weights))
    one = replace(one, inputs=inputs)
    file = bookmark_archives.export(one, tmp_path / "x.bookmark.zip")
    assert b"Patient" not in file.read_bytes(), "nor does the model file tell it"
    weights.unlink()
    found = bookmark_files.reopen(bookmark_archives.bring(file))
    assert [known.name for known in found.inputs] == ["image 1", "image 2"]
    again = load_snapshot(found.found.model.path, CPU)
    assert np.array_equal(render(again, probe).tiles, render(snapshot, probe).tiles)


@pytest.mark.parametrize(
    ("name", "is_one"),
    [("a.bookmark.zip", True), ("A.Bookmark (1).ZIP", True), ("a.zip", False), ("b.png", False)],
)
def test_it_is_known_by_its_name(name: str, is_one: bool) -> None:
    assert is_shared(Path("/x") / name) is is_one


def hostile(tmp_path: Path, packed: int = zipfile.ZIP_DEFLATED, **files: bytes) -> Path:
    """A shared bookmark with other contents; "_" in a name stands for a dot."""
    one = made(path=None)
    path = tmp_path / "bad.bookmark.zip"
    bookmark_archives.export(one, path)
    bookmark_writing.delete(one)
    with zipfile.ZipFile(path) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    content |= {name.replace("_", "."): data for name, data in files.items()}
    with zipfile.ZipFile(path, "w", packed) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return path


def refused(path: Path) -> str:
    with pytest.raises(UserError) as caught:
        bookmark_archives.bring(path)
    assert not bookmark_files.read().bookmarks
    assert not [each for each in bookmarks_root().iterdir() if ".deleted" not in each.name]
    return str(caught.value)


def test_ways_out_of_the_folder_lead_nowhere(tmp_path: Path) -> None:
    path = hostile(tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("../../escaped.txt", "x")
        archive.writestr("/tmp/escaped.txt", "x")
        archive.writestr("sub/../../escaped.png", "x")
    brought = bookmark_archives.bring(path)
    names = sorted(each.name for each in brought.folder.iterdir())
    assert names == ["00.png", "01.png", "bookmark.json", "thumbnail.png"]
    assert not list(tmp_path.rglob("escaped*"))


def test_bombs_are_not_unpacked(tmp_path: Path) -> None:
    bomb = bytes(1 << 26)
    assert "too large" in refused(hostile(tmp_path, bookmark_json=bomb))
    assert "too large" in refused(hostile(tmp_path, **{"00_png": bomb}))
    values = json.loads((made().folder / "bookmark.json").read_text())
    for folder in bookmarks_root().iterdir():
        shutil.rmtree(folder)
    path = hostile(tmp_path, bookmark_json=json.dumps(values).encode(), weights_safetensors=bomb)
    assert "packed" in refused(path)


def test_weights_that_are_others_than_they_say_are_refused(tmp_path: Path) -> None:
    values = json.loads((made().folder / "bookmark.json").read_text())
    for folder in bookmarks_root().iterdir():
        shutil.rmtree(folder)
    other = SHIPPED["mnist-10-small"].read_bytes()
    content = json.dumps(values).encode()
    path = hostile(tmp_path, zipfile.ZIP_STORED, bookmark_json=content, weights_safetensors=other)
    assert "others than it names" in refused(path)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 and so on", b"no archive"])
def test_what_is_no_archive_is_told(tmp_path: Path, content: bytes) -> None:
    bookmarks_root().mkdir(parents=True)
    path = tmp_path / "x.bookmark.zip"
    path.write_bytes(content)
    assert "no bookmark" in refused(path)


# ---- thumbnails ----------------------------------------------------------------------------------


def test_every_kind_of_answer_has_a_small_picture() -> None:
    tiles = np.random.default_rng(0).integers(0, 256, (9, 12, 64, 64, 3), np.uint8)
    codes, shares = np.zeros((9, 2), np.float32), np.zeros(9, np.float32)
    points = np.random.default_rng(0).normal(size=(200, 2)).astype(np.float32)
    kinds = np.arange(200) % 12
    kept = Kept(None, 0)
    for drawn in (
        Drawn(kept),
        Drawn(kept, Rendering(0, 0, tiles, codes, shares, way_back=tiles)),
        Drawn(kept, clusters=Clusters(0, 0, tiles[..., :1])),
        Drawn(kept, cloud=Cloud(0, 0, points, points * 100, kinds)),
    ):
        data = thumbnail_of(drawn, tiles[:, 0], 8, 11, True)
        picture = decode_image(data, "thumbnail")
        assert picture.shape[0] <= SIZE[1] and picture.shape[1] <= SIZE[0]
