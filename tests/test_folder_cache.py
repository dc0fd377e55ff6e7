"""Own images are decoded once and kept: anew after a change or damage, in memory without room."""

from __future__ import annotations

import errno
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.folders import (
    CLASSES,
    PLAIN,
    grey,
    load_folder,
    packed_or_not,
    problems,
    put,
    read_folder,
)
from trainer.data.folders import decoding, stores
from trainer.messages import UserError
from trainer.storage.paths import cache_root


def never(data: bytes, name: str, grey_range: object) -> np.ndarray:
    raise AssertionError(f"{name} is decoded again")


def files_of_cache() -> list[Path]:
    return sorted(path for path in cache_root().rglob("*") if path.is_file())


@packed_or_not
def test_images_are_decoded_once(
    tmp_path: Path, packed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put(tmp_path, CLASSES | {"Cat/9.png": b"", "dog 9/11.png": grey(3)[:50]}, packed)
    first = read_folder(path, 16, colour=True)
    monkeypatch.setattr(decoding, "read_or_tell", never)
    again = read_folder(path, 16, colour=True)
    assert torch.equal(first.images, again.images) and first.inventory == again.inventory
    assert torch.equal(first.contents, again.contents) and len(problems(again)) == 2
    assert torch.tensor(again.inventory.labels).bincount().tolist() == [8, 8, 8]
    again.images.zero_()  # stays out of the file
    assert torch.equal(first.images, read_folder(path, 16, colour=True).images)
    for looks in ((24, True, False), (16, False, False), (16, True, True)):
        with pytest.raises(AssertionError, match="decoded again"):
            read_folder(path, *looks)


@packed_or_not
def test_a_changed_folder_is_decoded_anew(tmp_path: Path, packed: bool) -> None:
    before = load_folder(put(tmp_path, PLAIN, packed), 16, colour=True)[0].clone()
    load_folder(put(tmp_path, PLAIN, packed), 24, colour=True)
    changed = put(tmp_path, PLAIN | {"photo 5.png": grey(251)}, packed)
    after = load_folder(changed, 16, colour=True)[0]
    assert after[5].float().mean() == 251 and before[5].float().mean() == 50
    assert torch.equal(after[6:], before[6:])
    more = put(tmp_path, PLAIN | {"photo 5.png": grey(251), "photo 99.png": grey(1)}, packed)
    assert len(load_folder(more, 16, colour=True)[0]) == 21
    assert len(files_of_cache()) == 2, "what was made of the old images is gone"


def test_what_could_not_be_read_once_is_read_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put(tmp_path, PLAIN, packed=False)

    read = stores._Folder.read

    def failing(self: stores._Folder, name: str) -> bytes:
        if "9" in name:
            raise UserError(f'"{name}" cannot be read (Input/output error).')
        return read(self, name)

    with monkeypatch.context() as disk:
        disk.setattr(stores._Folder, "read", failing)
        assert "2 unreadable" in read_folder(path, 16, colour=True).inventory.told
    assert len(read_folder(path, 16, colour=True).images) == 20


@pytest.mark.parametrize("suffix", [".npy", ".json"])
def test_a_spoiled_cache_is_made_again(tmp_path: Path, suffix: str) -> None:
    path = put(tmp_path, PLAIN, packed=False)
    images = load_folder(path, 16, colour=True)[0].clone()
    (file,) = (file for file in files_of_cache() if file.suffix == suffix)
    file.write_bytes(file.read_bytes()[:30])
    assert torch.equal(load_folder(path, 16, colour=True)[0], images)
    file.unlink()
    assert torch.equal(load_folder(path, 16, colour=True)[0], images)


@packed_or_not
def test_without_room_for_a_cache_images_are_in_memory(
    tmp_path: Path, packed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put(tmp_path, PLAIN | {"photo 3.png": b""}, packed)
    wanted = read_folder(path, 16, colour=True)
    assert wanted.mapped
    cache_root().rename(tmp_path / "elsewhere")

    def full(self: Path, target: Path) -> Path:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    found = read_folder(path, 16, colour=True)
    assert not found.mapped and not files_of_cache()
    assert torch.equal(found.images, wanted.images) and found.inventory == wanted.inventory


def test_a_reading_that_is_ended_leaves_nothing(tmp_path: Path) -> None:
    def stop(done: int, total: int) -> None:
        if done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_folder(put(tmp_path, PLAIN, packed=False), 16, colour=True, progress=stop)
    assert not files_of_cache()


@packed_or_not
def test_a_folder_that_vanished_is_told_though_it_is_cached(tmp_path: Path, packed: bool) -> None:
    path = put(tmp_path, PLAIN, packed)
    load_folder(path, 16, colour=True)
    path.rename(tmp_path / "moved.zip")
    with pytest.raises(UserError, match=r"is not there"):
        load_folder(path, 16, colour=True)
