"""What a folder of own images holds: every file is used or named, and classes are told."""

from __future__ import annotations

import os
import string
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.folders import grey, pack, photo, photos, write
from trainer.data.folders.inventory import Inventory, take_inventory
from trainer.data.preprocessing import Preprocess
from trainer.data.sets.folder import read_folder

LOOK = Preprocess((16, 16, 3))


def read(path: Path, classes: str = "auto") -> Inventory:
    """What became of all images once they were decoded."""
    return read_folder(path, LOOK, classes).inventory


def assert_all_accounted(path: Path, found: Inventory) -> None:
    """Every file is used, or named as left out, by itself or by a folder it lies in; none twice."""
    named = {each.name for each in found.left_out}
    assert not named & set(found.names) and len(set(found.names)) == len(found.names)
    folders = tuple(name for name in named if name.endswith("/"))
    for file in path.rglob("*"):
        name = file.relative_to(path).as_posix()
        if not file.is_dir():
            there = name in named or name in found.names or name.startswith(folders)
            assert there, f"{name} is neither used nor named"


# ---- nothing is lost in silence ----


def test_one_sentence_says_what_became_of_all_images(tmp_path: Path) -> None:
    files = photos(8, "cats/") | photos(9, "dogs/", 20)
    files |= {"cats/cut.jpg": photo(90)[:200], "dogs/new.heic": b"0000ftypheic" + bytes(20)}
    files |= {"dogs/raw.NEF": b"raw", "notes.txt": b"words"}
    found = read(write(tmp_path / "pets", files))
    assert found.told == (
        "17 of 20 images, 2 classes (cats 8, dogs 9); left out: 2 damaged (first: cats/cut.jpg), "
        "1 camera raw (export them as JPEG), 1 of another kind (first: notes.txt)."
    )
    assert_all_accounted(tmp_path / "pets", found)


def test_heic_without_its_library_names_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from trainer.data.folders import stores

    openable = frozenset(s for s in stores.suffixes() if not s.startswith((".hei", ".hif")))
    monkeypatch.setattr(stores, "suffixes", lambda: openable)
    heic = {f"new {i}.HEIC": b"0000ftypheic" + bytes(20) for i in range(5)}
    found = read(write(tmp_path / "phone", photos(16) | heic))
    assert found.told.startswith("16 of 21 images, one class; left out: 5 HEIC (pip install")


def test_a_class_folder_that_is_a_link_counts_once(tmp_path: Path) -> None:
    elsewhere = write(tmp_path / "disk 2" / "all cats", photos(9))
    folder = write(tmp_path / "mine", photos(9, "dogs/", 30))
    (folder / "cats").symlink_to(elsewhere, target_is_directory=True)
    (folder / "dogs again").symlink_to(folder / "dogs", target_is_directory=True)
    (folder / "up").symlink_to(tmp_path, target_is_directory=True)
    (folder / "gone").symlink_to(tmp_path / "nowhere")
    found = read(folder)
    assert found.class_names == ("cats", "dogs") and len(found.names) == 18
    assert "2 linked to what is there already (first: dogs again/)" in found.told
    assert "1 linked to nothing (first: gone)" in found.told


def test_links_to_single_images_are_images(tmp_path: Path) -> None:
    one = write(tmp_path / "store", {"a.jpg": photo(1)}) / "a.jpg"
    folder = tmp_path / "mine"
    folder.mkdir()
    for number in range(20):
        (folder / f"{number}.jpg").symlink_to(one)
    assert len(read(folder).names) == 20


@pytest.mark.parametrize("depth", [5, 6, 40])
def test_deep_folders_are_read(tmp_path: Path, depth: int) -> None:
    deep = "/".join("abcdefghij"[i % 10] for i in range(depth))
    folder = write(tmp_path / "mine", photos(10, f"near/{deep}/") | photos(10, "far/", 50))
    found = read(folder)
    assert len(found.names) == 20 and found.class_names == ("far", "near")


@pytest.mark.parametrize("hidden", ["@eaDir", "#recycle", "$RECYCLE.BIN", "lost+found", ".Trash-1"])
def test_the_systems_own_folders_are_no_classes(tmp_path: Path, hidden: str) -> None:
    files = photos(20) | {f"{hidden}/{n}/thumb.jpg": photo(i, (16, 12)) for i, n in enumerate("ab")}
    found = read(write(tmp_path / "mine", files))
    assert len(found.names) == 20 and len(found.class_names) == 1
    assert f"first: {hidden}/" in found.told
    assert_all_accounted(tmp_path / "mine", found)


def test_more_thumbnails_than_photos_on_a_network_storage(tmp_path: Path) -> None:
    small = {
        f"@eaDir/{name}/SYNOPHOTO_THUMB_{size}.jpg": photo(i, (16, 12))
        for i, name in enumerate(photos(20))
        for size in "SMX"
    }
    found = read(write(tmp_path / "photo", photos(20) | small))
    assert set(found.names) == set(photos(20))


@pytest.mark.parametrize("folder", ["resized", "web/small", "Neuer Ordner"])
@pytest.mark.parametrize("packed", [False, True])
def test_smaller_copies_are_known_by_their_look(tmp_path: Path, folder: str, packed: bool) -> None:
    """More of them than of the photos beside which they lie, once the last photos were deleted."""
    copies = {f"{folder}/{name}": photo(i, (24, 18)) for i, name in enumerate(photos(21))}
    files = photos(20) | copies
    path = pack(tmp_path / "mine.zip", files) if packed else write(tmp_path / "mine", files)
    found = read(path)
    assert "20 smaller copies of others" in found.told
    # The one whose photo is gone is still an image.
    assert set(found.names) == {*photos(20), f"{folder}/IMG_0020.jpg"}
    assert len(read(path, "outer").names) in (20, 21), "folders as they stand: nothing is a copy"


def test_single_copies_are_known_by_their_name_and_look(tmp_path: Path) -> None:
    files = photos(16, "cats/") | photos(16, "dogs/", 40)
    files |= {
        "cats/IMG_0003_thumb.jpg": photo(3, (24, 18)),
        "cats/IMG_0004-20x15.jpg": photo(4, (20, 15)),
    }
    files |= {"dogs/IMG_0041-small.jpg": photo(77, (24, 18))}  # another picture
    found = read(write(tmp_path / "mine", files))
    assert "2 smaller copies of others" in found.told and "dogs/IMG_0041-small.jpg" in found.names


def test_pairs_of_pictures_of_one_name_are_no_copies(tmp_path: Path) -> None:
    """Numbered alike, smaller in one class: as sketches and photos are, or digits of MNIST."""
    files = photos(12, "photos/") | {
        f"sketches/{name}": photo(500 + i, (24, 18)) for i, name in enumerate(photos(12))
    }
    found = read(write(tmp_path / "mine", files))
    assert found.class_names == ("photos", "sketches") and len(found.names) == 24


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_folder_is_left_out_and_named(tmp_path: Path) -> None:
    folder = write(tmp_path / "mine", photos(20) | photos(3, "locked/", 50))
    (folder / "locked").chmod(0)
    try:
        found = read(folder)
    finally:
        (folder / "locked").chmod(0o755)
    assert len(found.names) == 20 and "1 unreadable (first: locked/)" in found.told


def test_a_folder_that_fails_while_it_is_listed_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(tmp_path / "mine", photos(20) | photos(3, "failing disk/", 50))
    scandir = os.scandir

    def failing(path: Path) -> object:
        if Path(path).name == "failing disk":
            raise OSError(5, "Input/output error")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", failing)
    found = read(folder)
    assert len(found.names) == 20 and "1 unreadable (first: failing disk/)" in found.told


NAMES = st.text(string.ascii_letters + string.digits + " _-.äß@#", min_size=1, max_size=12).filter(
    lambda name: name.strip(". ") != ""
)
ENDINGS = st.sampled_from([".jpg", ".JPG", ".png", ".heic", ".nef", ".txt", "", ".mp4", ".zip"])
FOLDERS = st.sampled_from(
    ["", "cats", "dogs", "train", "val", "@eaDir", ".hidden", "resized", "a/b/c/d/e/f", "cats/2024"]
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.lists(
        st.tuples(FOLDERS, NAMES, ENDINGS, st.sampled_from(["good", "cut", "empty"])), max_size=25
    ),
    st.sampled_from(["auto", "outer", "inner", "one"]),
)
def test_every_file_is_used_or_named(
    tmp_path_factory: pytest.TempPathFactory,
    files: list[tuple[str, str, str, str]],
    classes: str,
) -> None:
    folder = tmp_path_factory.mktemp("own") / "mine"
    write(folder, {f"base/{i}.png": photo(i, (20, 16), "PNG") for i in range(16)})
    for number, (below, name, ending, state) in enumerate(files):
        data = photo(number % 7, (32, 24))
        data = {"good": data, "cut": data[:150], "empty": b""}[state]
        target = folder / below / f"{name}{ending}"
        if not target.exists() and all(not part.is_file() for part in target.parents):
            write(folder, {str(target.relative_to(folder)): data})
    found = read(folder, classes)
    assert_all_accounted(folder, found)
    assert len(found.labels) == len(found.names)
    lost = len(found.left_out)
    assert ("left out: " in found.told) == (lost > 0)


def test_images_whose_names_say_nothing_are_known_by_their_beginning(tmp_path: Path) -> None:
    names = ["IMG_1", "photo.jpg_large", "photo.jpg?size=600", "cover.jpg.1", "scan.dat"]
    files = photos(12) | {name: photo(50 + i) for i, name in enumerate(names)}
    files |= {"README": b"P5 is no picture here", "Makefile": b"II: all\n"}
    found = read(write(tmp_path / "mine", files))
    assert set(names) <= set(found.names) and len(found.names) == 17
    assert "2 of other kinds" in found.told


def test_files_too_large_are_called_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trainer.data.folders.stores.MOST_FILE", 20_000)
    folder = write(tmp_path / "mine", photos(16) | {"huge.jpg": photo(99) + bytes(30_000)})
    assert (
        read(folder).told == "16 of 17 images, one class; left out: 1 too large (first: huge.jpg)."
    )


# ---- what counts as a class ----


def counts(found: Inventory) -> dict[str, int]:
    labels = torch.tensor(found.labels).bincount(minlength=len(found.class_names)).tolist()
    return dict(zip(found.class_names, labels, strict=True))


@pytest.mark.parametrize(
    "names", [("train", "val"), ("Training", "validation"), ("train", "test", "valid")]
)
def test_train_and_val_are_parts_and_no_classes(tmp_path: Path, names: tuple[str, ...]) -> None:
    files = {
        f"{part}/{kind}/{i}.jpg": photo(100 * p + 10 * k + i)
        for p, part in enumerate(names)
        for k, kind in enumerate(("cats", "dogs"))
        for i in range(9)
    }
    folder = write(tmp_path / "pets", files)
    found = read(folder)
    assert counts(found) == {"cats": 9 * len(names), "dogs": 9 * len(names)}
    assert f"{18 * (len(names) - 1)} of them are for testing, by their folder" in found.told
    assert all(
        mark == (not name.lower().startswith("train"))
        for name, mark in zip(found.names, found.marked, strict=True)
    )
    assert counts(read(folder, "outer")) == dict.fromkeys(sorted(names, key=str.casefold), 18)


@pytest.mark.parametrize(
    "names",
    [("train/train", "test/test"), ("training_set", "test_set"), ("train2017", "val2017"),
     ("seg_train/seg_train", "seg_test/seg_test")],
)  # fmt: skip
def test_parts_have_many_names(tmp_path: Path, names: tuple[str, str]) -> None:
    files = {"preview.jpg": photo(999)}
    for first, (part, kind) in enumerate((p, k) for p in names for k in ("cats", "dogs")):
        files |= photos(9, f"{part}/{kind}/", 20 * first)
    found = read(write(tmp_path / "pets", files))
    assert counts(found) == {"cats": 18, "dogs": 18} and sum(found.marked) == 18
    assert "1 beside the class folders" in found.told


def test_each_class_may_have_parts_of_its_own(tmp_path: Path) -> None:
    files: dict[str, bytes] = {}
    for first, part in enumerate(("cats/train", "cats/val", "dogs/train", "dogs/val")):
        files |= photos(9, f"{part}/", 20 * first)
    found = read(write(tmp_path / "pets", files))
    assert counts(found) == {"cats": 18, "dogs": 18} and sum(found.marked) == 18


def test_dark_pictures_of_one_name_are_no_copies(tmp_path: Path) -> None:
    """Cells on black: nearly all of each picture is the same, and no two are."""

    def cells(seed: int, side: int) -> bytes:
        rng = np.random.default_rng(seed)
        pixels = np.zeros((side, side), np.uint8)
        for x, y in rng.integers(side // 8, side - side // 8, (5, 2)):
            pixels[y - 3 : y + 3, x - 3 : x + 3] = 230
        file = BytesIO()
        Image.fromarray(pixels).save(file, "PNG")
        return file.getvalue()

    files = {f"control/{i:03}.png": cells(i, 128) for i in range(12)}
    files |= {f"treated/{i:03}.png": cells(100 + i, 100) for i in range(12)}
    assert counts(read(write(tmp_path / "lab", files))) == {"control": 12, "treated": 12}


def test_many_sizes_of_one_upload_are_copies(tmp_path: Path) -> None:
    files = photos(16)
    for number, name in enumerate(photos(16)):
        for side in range(15, 42, 3):
            size = (side, side * 3 // 4)
            copy = f"{Path(name).stem}-{size[0]}x{size[1]}.jpg"
            files |= {copy: photo(number, size)}
    assert set(read(write(tmp_path / "uploads", files)).names) == set(photos(16))


def test_names_in_a_zip_are_taken_as_they_are_meant(tmp_path: Path) -> None:
    assert read(pack(tmp_path / "dot.zip", photos(20, "./"))).told == "20 images, one class."


def test_cyclegans_folders_are_two_domains_with_their_tests(tmp_path: Path) -> None:
    sizes = {"trainA": 12, "trainB": 14, "testA": 3, "testB": 2}
    files = {
        f"{part}/{i}.jpg": photo(50 * p + i)
        for p, (part, n) in enumerate(sizes.items())
        for i in range(n)
    }
    found = read(write(tmp_path / "horse2zebra", files))
    assert counts(found) == {"A": 15, "B": 16} and sum(found.marked) == 5


def test_a_photo_album_of_trains_keeps_its_class(tmp_path: Path) -> None:
    found = read(write(tmp_path / "toys", photos(9, "train/") | photos(9, "plane/", 30)))
    assert counts(found) == {"plane": 9, "train": 9} and not found.marked


@pytest.mark.parametrize("names", [("100APPLE", "101APPLE"), ("202411__", "100CANON")])
def test_a_cameras_folders_are_no_classes(tmp_path: Path, names: tuple[str, str]) -> None:
    files = photos(9, f"DCIM/{names[0]}/") | photos(9, f"DCIM/{names[1]}/", 30)
    folder = write(tmp_path / "phone", files)
    assert counts(read(folder)) == {"DCIM": 18}
    assert sorted(counts(read(folder, "outer"))) == sorted(names)


def test_the_innermost_folder_may_be_the_class_or_none(tmp_path: Path) -> None:
    files = photos(9, "2023/cats/") | photos(9, "2024/cats/", 20) | photos(9, "2024/dogs/", 40)
    folder = write(tmp_path / "mine", files)
    assert counts(read(folder)) == {"2023": 9, "2024": 18}
    assert counts(read(folder, "inner")) == {"cats": 18, "dogs": 9}
    assert counts(read(folder, "one")) == {"mine": 27}
    assert read(folder, "one").told == "27 images, one class."


def test_images_beside_the_classes_can_be_taken_too(tmp_path: Path) -> None:
    folder = write(tmp_path / "mine", photos(9, "a/") | photos(9, "b/", 20) | {"x.png": grey(9)})
    assert len(read(folder).names) == 18 and "classes=one takes them too" in read(folder).told
    assert len(read(folder, "one").names) == 19


def test_many_classes_are_told_in_a_few_words(tmp_path: Path) -> None:
    files = {f"day {day}/{i}.jpg": photo(10 * day + i) for day in range(40) for i in range(2)}
    told = read(write(tmp_path / "mine", files)).told
    assert told.startswith("80 images, 40 classes (day 0 2, day 1 2,") and len(told) < 120


def test_looking_through_a_folder_can_be_ended(tmp_path: Path) -> None:
    def give_up(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take_inventory(write(tmp_path / "mine", photos(2)), progress=give_up)
