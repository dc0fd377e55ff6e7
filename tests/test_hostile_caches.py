"""Caches that were edited, cut short or half made are made anew."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

from trainer.data.loading import forget_data, load_data
from trainer.data.memory_maps import open_map, write_map
from trainer.data.preprocessing import Preprocess
from trainer.data.sets.folder import read_folder
from trainer.recipe.catalogue import find_recipe
from trainer.storage.paths import cache_root


def small_set(monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("trainer.data.drawn.COUNTS", {"train": 40, "test": 20, "few": 20})
    forget_data()
    load_data(find_recipe("shoes-small"))
    return min((cache_root() / "drawn").glob("*.safetensors"))


@pytest.mark.parametrize("edit", ["shape", "type", "pixel", "name", "device", "folder"])
def test_an_edited_cache_of_drawings_is_drawn_anew(
    edit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = small_set(monkeypatch)
    right, parts = file.read_bytes(), load_file(file)
    if edit == "shape":
        parts["images"] = parts["images"][:, :, :9].contiguous()
    elif edit == "type":
        parts["labels"] = parts["labels"].float()
    elif edit == "pixel":
        parts["images"][3, 0, 5, 5] ^= 255
    elif edit == "name":
        parts["picture"] = parts.pop("images")
    save_file(parts, file)
    if edit in ("device", "folder"):
        file.unlink()
        if edit == "folder" or sys.platform == "win32":
            file.mkdir()
        else:
            file.symlink_to("/dev/zero")
    forget_data()
    data = load_data(find_recipe("shoes-small"))
    assert data.train.images.dtype == torch.uint8 and data.train.images.shape[2] > 9
    assert file.is_dir() or file.read_bytes() == right
    forget_data()


@pytest.mark.parametrize(
    "content",
    [b"PK\x03\x04", b"", b"\x93NUMPY\x01\x00\xff\xff", b"\x93NUMPY\x01\x00v\0{(((((", b"x"],
)
def test_an_edited_map_is_no_map(content: bytes, tmp_path: Path) -> None:
    path, shape = tmp_path / "photos" / "8-cut-0.npy", (4, 3, 8, 8)
    write_map(path, shape, [np.ones(shape[1:], np.uint8)] * 4)
    whole = path.read_bytes()
    assert open_map(path, shape) is not None and open_map(path, (4, 3, 4, 16)) is None
    path.write_bytes(content + whole[len(content) :])
    assert content == b"" or open_map(path, shape) is None
    path.write_bytes(whole + b"x")
    assert open_map(path, shape) is None


@pytest.mark.parametrize(
    "edit",
    [
        lambda text: text.replace("[0, 1, 2", "[-1, 1, 2", 1),
        lambda text: text.replace("[0, 1, 2", "[99, 1, 2", 1),
        lambda text: text.replace('"contents": [', f'"contents": [{10**30}, ', 1),
        lambda text: "[" * 100_000,
        lambda text: "[1, 2]",
        lambda text: text.replace('"kept"', '"kep"'),
    ],
)
def test_an_edited_list_of_a_folder_is_made_anew(
    edit: Callable[[str], str], tmp_path: Path
) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(20):
        Image.new("L", (8, 8), number * 9).save(folder / f"{number}.png")
    first = read_folder(folder, Preprocess((8, 8, 1)))
    (beside,) = cache_root().rglob("*.json")
    right = beside.read_bytes()
    beside.write_text(edit(right.decode()))
    assert beside.read_bytes() != right
    again = read_folder(folder, Preprocess((8, 8, 1)))
    assert torch.equal(first.contents, again.contents) and torch.equal(first.images, again.images)
    assert beside.read_bytes() == right


def test_what_a_killed_process_left_of_a_cache_goes(tmp_path: Path) -> None:
    path, shape = tmp_path / "photos" / "8-cut-1.npy", (4, 3, 8, 8)
    path.parent.mkdir()
    (path.parent / ".8-cut-1.npy.0.part").write_bytes(b"a tenth")
    (path.parent / ".8-cut-0.npy.a1b2c3d4").write_bytes(b"of an earlier version")
    (path.parent / ".somebody-else").write_bytes(b"stays")
    # The source was another one then.
    write_map(path.with_name("8-cut-2.npy"), shape, [np.ones(shape[1:], np.uint8)] * 4)
    assert {file.name for file in path.parent.iterdir()} == {"8-cut-2.npy", ".somebody-else"}
