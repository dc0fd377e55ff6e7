"""The user's own images: folders, class folders, archives, broken files, the split."""

from __future__ import annotations

import errno
import os
import shutil
import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from tests.folders import grey, pack, write
from trainer.data.folders import decoding, stores
from trainer.data.folders.split import by_order
from trainer.data.preprocessing import Preprocess
from trainer.data.progress import OnProgress, unheard
from trainer.data.sets import folder as folder_set
from trainer.messages import UserError
from trainer.storage.paths import cache_root


def read_folder(
    path: Path, size: int, colour: bool, pad: bool = False, progress: OnProgress = unheard
) -> decoding.Decoded:
    look = Preprocess((size, size, 3 if colour else 1), pad=pad)
    return folder_set.read_folder(path, look, progress=progress)


def load_folder(
    path: Path, size: int, colour: bool, pad: bool = False
) -> tuple[torch.Tensor, torch.Tensor, tuple[str, ...]]:
    """Images, labels and class names."""
    found = read_folder(path, size, colour, pad)
    return found.images, torch.tensor(found.inventory.labels), found.inventory.class_names


def problems(found: decoding.Decoded) -> list[str]:
    """What reading the broken files said."""
    return [each.told for each in found.inventory.left_out if each.told]


def split_folder(
    images: torch.Tensor, labels: torch.Tensor, seed: int = 0
) -> tuple[tuple[torch.Tensor, torch.Tensor], tuple[torch.Tensor, torch.Tensor]]:
    test = by_order(labels, seed)
    return (images[~test], labels[~test]), (images[test], labels[test])


PLAIN = {f"photo {i}.png": grey(i * 10) for i in range(20)}
CLASSES = {f"{kind}/{i}.png": grey(i * 10) for kind in ("dog 10", "dog 9", "Cat") for i in range(8)}


def put(tmp_path: Path, files: dict[str, bytes], packed: bool) -> Path:
    if packed:
        return pack(tmp_path / "mine.zip", files)
    return write(tmp_path / "mine", files)


packed_or_not = pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])


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


# ---- the cache ----


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


# ---- the split ----


def rows(*counts: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Images that hold their own number, and labels: so many of each class."""
    labels = torch.cat([torch.full((count,), label) for label, count in enumerate(counts)])
    return torch.arange(len(labels))[:, None, None, None], labels


@pytest.mark.parametrize(
    ("count", "test"), [(16, 8), (40, 8), (100, 10), (5000, 500), (20_000, 2000), (30_000, 2000)]
)
def test_a_tenth_is_for_testing_and_nothing_is_lost(count: int, test: int) -> None:
    images, labels = rows(count)
    (train_images, train_labels), (test_images, test_labels) = split_folder(images, labels)
    assert len(test_images) == len(test_labels) == test
    assert len(train_images) == len(train_labels) == count - test
    assert torch.cat([train_images, test_images]).flatten().sort()[0].equal(images.flatten())


def test_every_class_gives_its_share_and_labels_stay_with_images() -> None:
    images, labels = rows(300, 100, 20, 2, 1)
    (train_images, train_labels), (test_images, test_labels) = split_folder(images, labels)
    assert test_labels.bincount(minlength=5)[4] == 0, "the only one of its class is for training"
    assert (train_labels.bincount(minlength=5) > 0).all()
    assert test_labels.unique().tolist() == [0, 1, 2, 3]
    assert (test_labels.bincount() - torch.tensor([30, 10, 2, 1])).abs().max() <= 1
    assert torch.equal(labels[test_images.flatten()], test_labels)
    assert torch.equal(labels[train_images.flatten()], train_labels)


def test_a_seed_chooses_the_same_images() -> None:
    images, labels = rows(50, 50)
    first, again, other = (split_folder(images, labels, seed)[1][0] for seed in (0, 0, 1))
    assert torch.equal(first, again) and not torch.equal(first, other)
