"""The user's own images: folders, class folders, archives, and broken files."""

from __future__ import annotations

import os
import shutil
import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from tests.folders import (
    CLASSES,
    PLAIN,
    grey,
    load_folder,
    pack,
    packed_or_not,
    problems,
    put,
    read_folder,
    write,
)
from trainer.data.folders import decoding, stores
from trainer.messages import UserError
from trainer.storage.paths import cache_root


@packed_or_not
def test_a_folder_of_images_is_one_class_in_natural_order(tmp_path: Path, packed: bool) -> None:
    images, labels, names = load_folder(put(tmp_path, PLAIN, packed), 16, colour=True)
    assert images.shape == (20, 3, 16, 16) and images.dtype == torch.uint8
    assert images[:, 0, 8, 8].tolist() == [i * 10 for i in range(20)]
    assert labels.tolist() == [0] * 20 and labels.dtype == torch.int64 and names == ("mine",)


@packed_or_not
def test_class_folders_are_classes_in_natural_order(tmp_path: Path, packed: bool) -> None:
    path = put(tmp_path, CLASSES, packed)
    images, labels, names = load_folder(path, 16, colour=False)
    assert images.shape == (24, 1, 16, 16) and names == ("Cat", "dog 9", "dog 10")
    assert labels.tolist() == [0] * 8 + [1] * 8 + [2] * 8
    assert images[:, 0, 0, 0].tolist() == [i * 10 for i in range(8)] * 3


@packed_or_not
def test_wrapping_hidden_and_foreign_files_do_not_count(tmp_path: Path, packed: bool) -> None:
    files = {f"Downloads/shoes/{name}": data for name, data in CLASSES.items()}
    files |= {f"__MACOSX/Downloads/shoes/{name}": b"\0\5\x16\7" for name in CLASSES}
    files |= {f"Downloads/shoes/Cat/._{i}.png": b"\0\5\x16\7" for i in range(8)}
    files |= {".thumbnails/1.png": grey(1), "Downloads/shoes/notes.txt": b"none"}
    found = read_folder(put(tmp_path, files, packed), 16, colour=True)
    assert found.inventory.class_names == ("Cat", "dog 9", "dog 10")
    assert len(found.images) == 24 and not problems(found)


@packed_or_not
def test_images_beside_folders_are_all_one_class_or_are_named(tmp_path: Path, packed: bool) -> None:
    few = {f"best of/{i}.png": grey(i + 200) for i in range(5)}
    path = put(tmp_path, PLAIN | few, packed)
    images, _, names = load_folder(path, 16, colour=True)
    assert len(images) == 25 and names == ("mine",), "most lie beside: the folder is no class"
    more = write(tmp_path / "more", CLASSES | {"cover.png": grey(255)})
    found = read_folder(more, 16, colour=True)
    assert len(found.images) == 24 and len(found.inventory.class_names) == 3
    assert "1 beside the class folders" in found.inventory.told


def test_the_middle_is_cut_out_or_the_whole_kept_on_its_own_ground(tmp_path: Path) -> None:
    """A wide picture: green ground, a red square in the middle, blue ends."""
    wide = Image.new("RGB", (120, 40), "green")
    wide.paste((255, 0, 0), (45, 5, 75, 35))
    wide.paste((0, 0, 255), (0, 10, 10, 30))
    file = BytesIO()
    wide.save(file, "PNG")
    folder = write(tmp_path / "wide", {f"{i}.png": file.getvalue() for i in range(16)})
    cropped = load_folder(folder, 40, colour=True)[0][0]
    assert torch.equal(cropped, torch.from_numpy(np.array(wide)[:, 40:80]).permute(2, 0, 1))
    padded = load_folder(folder, 48, colour=True, pad=True)[0][0]
    assert padded[:, 2, 2].tolist() == [0, 128, 0]  # the ground goes on above
    assert padded[:, 24, 1].tolist()[2] > 200  # both ends are still there
    assert padded[:, 24, 24].tolist()[0] > 240
    # Half the width of the red square, for the whole picture fits in.
    assert 10 <= int((padded[0, 24] > 128).sum()) <= 14


def test_an_image_that_has_the_size_passes_unchanged(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (16, 24, 24, 3), np.uint8)
    for number, picture in enumerate(noise):
        Image.fromarray(picture).save(tmp_path / f"{number}.png")
    for pad in (False, True):
        images, _, _ = load_folder(tmp_path, 24, colour=True, pad=pad)
        assert torch.equal(images, torch.from_numpy(noise).permute(0, 3, 1, 2))


@packed_or_not
def test_broken_files_are_left_out_and_told(tmp_path: Path, packed: bool) -> None:
    broken = {"photo 3.png": grey(30)[:50], "photo 7.png": b"", "photo 30.jpg": b"<html>" * 9}
    told: list[tuple[int, int]] = []
    found = read_folder(
        put(tmp_path, PLAIN | broken, packed),
        16,
        colour=True,
        progress=lambda done, total: told.append((done, total)),
    )
    assert found.images[:, 0, 0, 0].tolist() == [i * 10 for i in range(20) if i not in (3, 7)]
    assert len(found.inventory.labels) == 18 and len(problems(found)) == 3
    for problem, name in zip(problems(found), ("photo 3", "photo 7", "photo 30"), strict=True):
        assert name in problem
    assert [each for each in told if each[1]] == [(i + 1, 21) for i in range(21)]


@packed_or_not
def test_too_few_images_are_told_with_the_first_problems(tmp_path: Path, packed: bool) -> None:
    files = {f"{i}.png": grey(i) if i < 15 else b"" for i in range(20)}
    with pytest.raises(
        UserError, match=r'Only 15 images in "mine.*16.*"15.png" is empty'
    ) as caught:
        load_folder(put(tmp_path, files, packed), 16, colour=True)
    assert '"17.png"' in str(caught.value) and '"18.png"' not in str(caught.value)


@packed_or_not
@pytest.mark.parametrize("count", [0, 1, 15])
def test_a_place_with_few_images_tells_the_way_out(
    tmp_path: Path, packed: bool, count: int
) -> None:
    files = {f"{i}.png": grey(i) for i in range(count)} | {"read me.txt": b"none"}
    with pytest.raises(UserError, match=rf'"mine.* holds {count} images; at least 16.*Choose'):
        load_folder(put(tmp_path, files, packed), 16, colour=True)


def test_other_paths_are_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"nowhere.* is not there"):
        load_folder(tmp_path / "nowhere", 16, colour=True)
    sound = pack(tmp_path / "sound.zip", PLAIN).read_bytes()
    for name, data in (("one.png", grey(1)), ("cut.zip", sound[:-40]), ("empty.zip", b"")):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(UserError, match=rf'"{name}" is neither a folder nor a \.zip.*Choose'):
            load_folder(tmp_path / name, 16, colour=True)


def test_what_is_no_path_at_all_is_told(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    wrong = {"x" * 300: "cannot be read", "a\0b": "cannot be read|not there", "pipe": "neither"}
    for name, told in wrong.items():
        with pytest.raises(UserError, match=told):
            load_folder(tmp_path / name, 16, colour=True)


def test_a_zip_with_damaged_contents_keeps_what_is_whole(tmp_path: Path) -> None:
    path = pack(tmp_path / "mine.zip", PLAIN)
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        for name in ("photo 2.png", "photo 4.png"):
            start = archive.getinfo(name).header_offset + 30 + len(name)
            data[start : start + 20] = bytes(20)
    path.write_bytes(data)
    found = read_folder(path, 16, colour=True)
    assert len(found.images) == 18
    assert '"photo 2.png" cannot be unpacked' in problems(found)[0]


def test_what_cannot_be_unpacked_is_told(tmp_path: Path) -> None:
    """The flag of encryption, set in every entry."""
    path = pack(tmp_path / "mine.zip", PLAIN)
    data = path.read_bytes()
    for mark, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        parts = data.split(mark)
        data = mark.join(
            [
                parts[0],
                *(
                    p[: offset - 4] + bytes([p[offset - 4] | 1]) + p[offset - 3 :]
                    for p in parts[1:]
                ),
            ]
        )
    path.write_bytes(data)
    with pytest.raises(UserError, match=r"Only 0 images.*encrypted"):
        load_folder(path, 16, colour=True)


def test_zip_paths_with_backslashes_are_folders(tmp_path: Path) -> None:
    path = pack(tmp_path / "mine.zip", CLASSES)
    path.write_bytes(path.read_bytes().replace(b"dog 9/", b"dog 9\\").replace(b"Cat/", b"Cat\\"))
    assert load_folder(path, 16, colour=True)[2] == ("Cat", "dog 9", "dog 10")


def test_archives_that_swell_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = pack(tmp_path / "mine.zip", PLAIN | {"bomb.png": bytes(100_000)})
    monkeypatch.setattr(stores, "MOST_FILE", 50_000)
    found = read_folder(path, 16, colour=True)
    assert len(found.images) == 20 and "bomb.png" in problems(found)[0]
    monkeypatch.setattr(stores, "MOST_UNPACKED", 100_000)
    with pytest.raises(UserError, match=r"unpacks to more than"):
        read_folder(path, 16, colour=True)


@packed_or_not
def test_too_many_images_are_refused(
    tmp_path: Path, packed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put(tmp_path, PLAIN, packed)
    monkeypatch.setattr(stores, "MOST", 19)
    with pytest.raises(UserError, match=r"more than 19 images.*fewer"):
        load_folder(path, 16, colour=True)
    monkeypatch.setattr(stores, "MOST", 20)
    assert len(load_folder(path, 16, colour=True)[0]) == 20
    monkeypatch.setattr(decoding, "MOST_MEMORY", 20 * 3 * 16 * 16 - 1)
    assert len(load_folder(path, 16, colour=True)[0]) == 20, "on disk there is room"
    shutil.rmtree(cache_root())
    cache_root().touch()  # a file where the folder should be: nothing can be written
    with pytest.raises(UserError, match=r"too many for memory at 16 x 16.*smaller size"):
        load_folder(path, 16, colour=True)


def test_pipes_and_links_in_a_circle_do_not_hang(tmp_path: Path) -> None:
    folder = write(tmp_path / "mine", PLAIN)
    os.mkfifo(folder / "pipe.png")
    (folder / "circle").symlink_to(folder, target_is_directory=True)
    assert len(load_folder(folder, 16, colour=True)[0]) == 20
