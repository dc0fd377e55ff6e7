"""SVHN and CelebA, small but in their true files: read, cached, missing, damaged, downloaded."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from scipy.io import savemat
from torchvision.datasets import SVHN

from tests.serving import md5_of, serving
from tests.tiny import leftovers
from trainer.data.at_hand import data_ready
from trainer.data.downloads import Cancelled
from trainer.data.sets.celeba import LISTS, celeba_folder, load_celeba
from trainer.data.sets.svhn import SVHN_FILES, download_svhn, load_svhn
from trainer.messages import DataMissingError, UserError
from trainer.storage.paths import cache_root

# ---- SVHN ----


def write_svhn(folder: Path, train: int = 30, test: int = 20) -> Path:
    """A small SVHN as the original has it: images last, labels 1..10 in a column."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, count in zip(SVHN_FILES, (train, test), strict=True):
        images = np.random.default_rng(count).integers(0, 256, (32, 32, 3, count), np.uint8)
        labels = (np.arange(count) % 10 + 1).astype(np.uint8)[:, None]
        savemat(folder / name, {"X": images, "y": labels}, do_compression=True)
    return folder


@pytest.mark.parametrize("below", ["", "svhn", "SVHN"])
def test_svhn_is_read_where_it_usually_lies(tmp_path: Path, below: str) -> None:
    assert not data_ready("svhn", tmp_path / "root")
    write_svhn(tmp_path / "root" / below)
    assert data_ready("svhn", tmp_path / "root")
    images, labels = load_svhn(tmp_path / "root", train=True)
    assert images.shape == (30, 3, 32, 32) and images.dtype == torch.uint8
    original = np.random.default_rng(30).integers(0, 256, (32, 32, 3, 30), np.uint8)
    assert torch.equal(images[7], torch.from_numpy(original[..., 7].transpose(2, 0, 1).copy()))
    # The class that the files call 10 is the digit 0.
    assert labels.dtype == torch.int64 and labels[:11].tolist() == [*range(1, 10), 0, 1]
    assert len(load_svhn(tmp_path / "root", train=False)[0]) == 20


def test_missing_svhn_tells_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(DataMissingError, match=r"nowhere.*--data.*IAE_STUDIO_DATA.*download svhn"):
        load_svhn(tmp_path / "nowhere", train=True)
    write_svhn(tmp_path / "half")
    (tmp_path / "half" / SVHN_FILES[1]).unlink()
    with pytest.raises(DataMissingError):
        load_svhn(tmp_path / "half", train=True)


SOUND = np.zeros((32, 32, 3, 5), np.uint8)


@pytest.mark.parametrize(
    "content",
    [
        {"X": SOUND},
        {"digitStruct": np.zeros(3)},
        {"X": SOUND, "y": np.ones(4, np.uint8)},
        {"X": SOUND, "y": np.zeros(5, np.uint8)},
        {"X": SOUND, "y": np.full(5, 11)},
        {"X": SOUND, "y": np.full(5, 1.5)},
        {"X": SOUND.astype(float), "y": np.ones(5, np.uint8)},
        {"X": SOUND[:16], "y": np.ones(5, np.uint8)},
        {"X": SOUND[..., :0], "y": np.ones(0, np.uint8)},
        {"X": "text", "y": "text"},
    ],
)
def test_other_mat_files_are_told(tmp_path: Path, content: dict[str, object]) -> None:
    folder = write_svhn(tmp_path / "root")
    savemat(folder / SVHN_FILES[0], content)
    with pytest.raises(UserError, match=rf"{SVHN_FILES[0]}.* get it again"):
        load_svhn(folder, train=True)


@pytest.mark.parametrize("spoil", [slice(0, 0), slice(0, 100), slice(0, 9000), slice(500, None)])
def test_damaged_mat_files_are_told(tmp_path: Path, spoil: slice) -> None:
    folder = write_svhn(tmp_path / "root")
    path = folder / SVHN_FILES[0]
    path.write_bytes(path.read_bytes()[spoil])
    with pytest.raises(UserError, match=r"damaged.* get it again"):
        load_svhn(folder, train=True)
    path.write_text("<html>moved</html>" * 99)
    with pytest.raises(UserError, match=r"damaged.* get it again"):
        load_svhn(folder, train=True)


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a server that has a small SVHN."""
    folder = write_svhn(tmp_path / "served")
    monkeypatch.setenv("no_proxy", "*")
    with serving(folder) as address:
        for split, name in zip(("train", "test"), SVHN_FILES, strict=True):
            entry = [address + name, name, md5_of(folder / name)]
            monkeypatch.setitem(SVHN.split_list, split, entry)
        yield folder


def test_svhn_is_downloaded_once(served: Path, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    folder = download_svhn(tmp_path / "mine", lambda done, total: told.append((done, total)))
    assert folder == tmp_path / "mine" / "svhn" and data_ready("svhn", tmp_path / "mine")
    assert len(load_svhn(tmp_path / "mine", train=True)[0]) == 30
    assert told == sorted(told) and told[-1][0] == told[-1][1]
    for path in served.iterdir():
        path.unlink()
    assert download_svhn(tmp_path / "mine") == folder


def test_a_damaged_svhn_is_downloaded_anew(served: Path, tmp_path: Path) -> None:
    folder = download_svhn(tmp_path / "mine")
    (folder / SVHN_FILES[1]).write_bytes(b"cut")
    download_svhn(tmp_path / "mine")
    assert len(load_svhn(tmp_path / "mine", train=False)[0]) == 20


def test_a_cancelled_or_wrong_download_of_svhn_leaves_nothing(served: Path, tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        download_svhn(tmp_path / "mine", cancelled=lambda: True)
    (served / SVHN_FILES[0]).write_bytes(b"something else")
    with pytest.raises(UserError, match=r"train_32x32.mat could not.*checksum.*house numbers"):
        download_svhn(tmp_path / "mine")
    assert not [path for path in (tmp_path / "mine").rglob("*") if path.is_file()]


# ---- CelebA ----

ATTRIBUTES = ["Bald", "Male", "Smiling"]
COUNT = 24


def face_jpeg(number: int, size: tuple[int, int] = (178, 218)) -> bytes:
    """Grey of a brightness that tells the number; outside the crop, white."""
    image = Image.new("RGB", size, "white")
    # The published crop of 128 px around column 89, row 121.
    image.paste((number * 10,) * 3, (25, 57, 153, 185))
    file = BytesIO()
    image.save(file, "JPEG", quality=95)
    return file.getvalue()


def write_celeba(root: Path, packed: bool = False) -> Path:
    """A small CelebA as torchvision lays it out; returns its folder.

    Every second face is "Male"; of six, four are for training, one for validation, one for tests.
    """
    folder = root / "celeba"
    folder.mkdir(parents=True)
    names = [f"{number + 1:06d}.jpg" for number in range(COUNT)]
    if packed:
        with zipfile.ZipFile(folder / "img_align_celeba.zip", "w") as archive:
            for number, name in enumerate(names):
                archive.writestr(f"img_align_celeba/{name}", face_jpeg(number))
    else:
        (folder / "img_align_celeba").mkdir()
        for number, name in enumerate(names):
            (folder / "img_align_celeba" / name).write_bytes(face_jpeg(number))
    rows = [f"{name} -1 {'-1' if i % 2 else ' 1'}  1" for i, name in enumerate(names)]
    text = [str(COUNT), " ".join(ATTRIBUTES) + " ", *rows]
    (folder / LISTS[0]).write_text("\n".join(text) + "\n")
    parts = [f"{name} {max(0, i % 6 - 3)}" for i, name in enumerate(names)]
    (folder / LISTS[1]).write_text("\n".join(parts) + "\n")
    return folder


TRAIN = [i for i in range(COUNT) if i % 6 < 4]
TEST = [i for i in range(COUNT) if i % 6 == 5]


@pytest.mark.parametrize("packed", [False, True])
def test_celeba_is_cropped_scaled_and_labelled(tmp_path: Path, packed: bool) -> None:
    assert not data_ready("celeba", tmp_path / "root")
    folder = write_celeba(tmp_path / "root", packed)
    assert data_ready("celeba", tmp_path / "root") and celeba_folder(folder) == folder
    for train, numbers in ((True, TRAIN), (False, TEST)):
        images, labels = load_celeba(tmp_path / "root", train, 32)
        assert images.shape == (len(numbers), 3, 32, 32) and images.dtype == torch.uint8
        assert labels.tolist() == [1 - number % 2 for number in numbers]
        # Nothing of the white around the crop, and every face at its place.
        brightness = images[:, :, 2:-2, 2:-2].float()
        wanted = torch.tensor(numbers)[:, None, None, None] * 10
        assert (brightness - wanted).abs().max() < 6
    _, smiles = load_celeba(tmp_path / "root", True, 32, "Smiling")
    assert smiles.tolist() == [1] * len(TRAIN)


def test_celeba_is_decoded_once(tmp_path: Path) -> None:
    folder = write_celeba(tmp_path / "root")
    told: list[tuple[int, int]] = []

    def progress(done: int, total: int) -> None:
        told.append((done, total))

    first, _ = load_celeba(folder, True, 24, progress=progress)
    assert told == [(i + 1, len(TRAIN)) for i in range(len(TRAIN))]
    again, _ = load_celeba(folder, True, 24, progress=progress)
    assert torch.equal(first, again) and len(told) == len(TRAIN)
    # What is done to the tensor stays out of the file.
    again.zero_()
    assert torch.equal(first, load_celeba(folder, True, 24)[0])
    # Another size is another file; where images changed, all made of the old ones goes.
    assert load_celeba(folder, True, 16, progress=progress)[0].shape[-1] == 16
    assert len(told) == 2 * len(TRAIN)
    (folder / "img_align_celeba" / "000001.jpg").unlink()
    (folder / "img_align_celeba" / "000001.jpg").write_bytes(face_jpeg(20))
    changed, _ = load_celeba(folder, True, 24)
    assert changed[0].float().mean() > 150 and torch.equal(changed[1:], first[1:])
    caches = sorted(path.name[:9] for path in cache_root().rglob("*.npy"))
    assert caches == ["train-24-"] and not leftovers(cache_root())


def test_a_spoiled_cache_is_made_again(tmp_path: Path) -> None:
    folder = write_celeba(tmp_path / "root")
    images = load_celeba(folder, False, 16)[0].clone()  # and no longer in the file
    (cache,) = cache_root().rglob("*.npy")
    cache.write_bytes(cache.read_bytes()[:200])
    assert torch.equal(load_celeba(folder, False, 16)[0], images)


def test_stopped_decoding_leaves_nothing(tmp_path: Path) -> None:
    folder = write_celeba(tmp_path / "root")

    def stop(done: int, total: int) -> None:
        if done == 5:
            raise Cancelled

    with pytest.raises(Cancelled):
        load_celeba(folder, True, 16, progress=stop)
    assert not [path for path in cache_root().rglob("*") if path.is_file()]


def test_missing_celeba_tells_what_to_put_where(tmp_path: Path) -> None:
    with pytest.raises(DataMissingError) as caught:
        load_celeba(tmp_path / "root", True, 32)
    for word in ("mmlab", "img_align_celeba.zip", *LISTS, str(tmp_path / "root" / "celeba")):
        assert word in str(caught.value)
    folder = write_celeba(tmp_path / "root")
    (folder / LISTS[0]).unlink()
    with pytest.raises(DataMissingError):
        load_celeba(tmp_path / "root", True, 32)


def test_an_unknown_attribute_is_told_with_the_known(tmp_path: Path) -> None:
    folder = write_celeba(tmp_path / "root")
    with pytest.raises(UserError, match=r'"Female".*Bald, Male, Smiling'):
        load_celeba(folder, True, 32, "Female")


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(
    "text", ["", "\n", "000001.jpg\n", "3\nMale\na.jpg 7\n", "<html>\n" * 9, "é"]
)
def test_damaged_lists_are_told(tmp_path: Path, name: str, text: str) -> None:
    folder = write_celeba(tmp_path / "root")
    (folder / name).write_text(text, "utf-8")
    with pytest.raises(UserError, match=rf"{name}.* again from https"):
        load_celeba(folder, True, 32)


@pytest.mark.parametrize("packed", [False, True])
def test_a_missing_or_broken_face_is_named(tmp_path: Path, packed: bool) -> None:
    folder = write_celeba(tmp_path / "root", packed)
    with (folder / LISTS[0]).open("a") as file:
        file.write("000099.jpg 1 1 1\n")
    with (folder / LISTS[1]).open("a") as file:
        file.write("000099.jpg 0\n")
    with pytest.raises(UserError, match=r"incomplete.*000099\.jpg.* again"):
        load_celeba(folder, True, 32)
    for content, told in (
        (face_jpeg(1)[:300], r"incomplete.*000099\.jpg.* again"),
        (face_jpeg(1, (64, 64)), r"000099\.jpg.* is 64 x 64 pixels.*178 x 218"),
    ):
        if packed:
            with (
                warnings.catch_warnings(action="ignore"),  # of the second file of that name
                zipfile.ZipFile(folder / "img_align_celeba.zip", "a") as archive,
            ):
                archive.writestr("img_align_celeba/000099.jpg", content)
        else:
            (folder / "img_align_celeba" / "000099.jpg").write_bytes(content)
        with pytest.raises(UserError, match=told):
            load_celeba(folder, True, 32)
    assert not [path for path in cache_root().rglob("*") if path.is_file()]
