"""Bad data of other people: refused in a sentence, or read rightly; caches are made anew."""

from __future__ import annotations

import gzip
import io
import os
import struct
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from benchmarks.hostile.__main__ import GOOD, inputs, judged
from benchmarks.hostile.data_files import FORMATS, mat_file
from benchmarks.hostile.meter import Took
from benchmarks.hostile.reader import Answer, answer
from tests.test_svhn_celeba import write_celeba, write_svhn
from tests.tiny import write_mnist
from trainer.cli import main
from trainer.data.folders import archives, stores
from trainer.data.folders.inventory import take_inventory
from trainer.data.folders.stores import open_store
from trainer.data.image_files import open_image, range_of_files
from trainer.data.natural_order import in_natural_order
from trainer.data.preprocessing import Preprocess
from trainer.data.sets.celeba import LISTS, load_celeba
from trainer.data.sets.folder import read_folder
from trainer.data.sets.mnist import MNIST_FILES, load_mnist
from trainer.data.sets.svhn import SVHN_FILES, load_svhn
from trainer.messages import UserError
from trainer.storage.paths import cache_root

unix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")


def test_bad_files_are_refused_or_read(tmp_path: Path) -> None:
    for name, path in inputs(FORMATS, 147, 20, tmp_path):
        outcome, told = judged(answer(FORMATS[name], path))
        assert outcome in GOOD or outcome == "too slow", (name, path, told)


def test_what_is_read_has_a_bound_of_its_own() -> None:
    """A large picture takes longer than a refusal may, and not as long as it likes."""
    for outcome, seconds, judgement in (
        ("refused", 0.9, "refused"),
        ("refused", 1.1, "too slow"),
        ("read", 3.9, "read"),
        ("read", 4.1, "too slow"),
    ):
        assert judged(Answer(outcome, "", Took(seconds, 0)))[0] == judgement


# ---- what is no file ----


def spoil_by(kind: str, path: Path) -> None:
    path.unlink(missing_ok=True)
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "link to a pipe":
        os.mkfifo(path.with_name(f"{path.name}.pipe"))
        path.symlink_to(f"{path.name}.pipe")
    else:
        path.symlink_to("/dev/zero")


@unix
@pytest.mark.timeout(30)
@pytest.mark.parametrize("kind", ["pipe", "device", "link to a pipe"])
def test_what_is_no_file_is_never_waited_for(kind: str, tmp_path: Path) -> None:
    mnist = write_mnist(tmp_path / "mnist")
    spoil_by(kind, mnist / "MNIST" / "raw" / MNIST_FILES[0])
    packed = write_mnist(tmp_path / "packed", packed=True)
    spoil_by(kind, packed / "MNIST" / "raw" / f"{MNIST_FILES[1]}.gz")
    svhn = write_svhn(tmp_path / "svhn")
    spoil_by(kind, svhn / SVHN_FILES[0])
    celeba = write_celeba(tmp_path / "celeba")
    spoil_by(kind, celeba / LISTS[0])
    faceless = write_celeba(tmp_path / "faceless")
    spoil_by(kind, faceless / "img_align_celeba" / "000001.jpg")
    for name in ("odd.png", "odd.zip"):
        spoil_by(kind, tmp_path / name)
    asked: list[Callable[[], object]] = [
        lambda: load_mnist(mnist, train=True),
        lambda: load_mnist(packed, train=True),
        lambda: load_svhn(svhn, train=True),
        lambda: load_celeba(celeba, True, 16),
        lambda: load_celeba(faceless, True, 16),
        lambda: open_image(tmp_path / "odd.png"),
        lambda: take_inventory(tmp_path / "odd.zip"),
    ]
    for each in asked:
        with pytest.raises(UserError):
            each()
    assert range_of_files([tmp_path / "odd.png"]) is None


def test_a_name_that_no_file_can_have_is_told() -> None:
    for path in (Path("a\0b.png"), Path("x" * 300 + ".png"), Path("a\0b.zip"), Path("\0")):
        with pytest.raises(UserError):
            open_image(path)
        with pytest.raises(UserError):
            take_inventory(path)
        assert range_of_files([path]) is None


@unix
@pytest.mark.timeout(30)
def test_the_command_line_never_waits_for_a_pipe(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(tmp_path / "pipe")
    words = ["train", "faces-small", "--images", str(tmp_path / "pipe"), "--steps", "1"]
    assert main(words) != 0
    assert "neither a folder nor a .zip" in capsys.readouterr().err


# ---- .zip ----


def zipped(path: Path, names: list[str], packing: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", packing) as archive:
        for name in names:
            archive.writestr(name, picture())
    return path


def picture() -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(stream, "PNG")
    return stream.getvalue()


def test_names_in_a_zip_are_only_names(tmp_path: Path) -> None:
    names = [
        "1" * 4500 + ".png",
        "2.png",
        "../../up.png",
        "/root.png",
        "b#.png",
        "٣" * 5000 + ".png",
    ]
    path = zipped(tmp_path / "odd.zip", [*names, *(f"{n}.png" for n in range(10, 30))])
    path.write_bytes(path.read_bytes().replace(b"b#.png", b"b\0.png"))
    found = read_folder(path, Preprocess((8, 8, 3)))
    assert len(found.images) == 25 and [*tmp_path.rglob("*.png")] == []
    assert in_natural_order(["1" * 5000, "2", "10", "1"]) == ["1", "2", "10", "1" * 5000]


@pytest.mark.parametrize(
    ("at", "field", "told"),
    [
        (6, b"\xff\x00", "that can be read"),  # "version needed" 25.5, in the list
        (8, b"\x01\x00", "password"),  # encrypted
        (16, b"\0\0\0\0", "CRC"),
        (42, b"\xf0\xff\xff\x7f", "unpacked"),  # where it lies
    ],
)
def test_a_zip_that_lies_is_told(at: int, field: bytes, told: str, tmp_path: Path) -> None:
    path = zipped(tmp_path / "lying.zip", ["a.png"])
    data = bytearray(path.read_bytes())
    start = data.find(b"PK\x01\x02")
    data[start + at : start + at + len(field)] = field
    path.write_bytes(data)
    with pytest.raises(UserError, match=told), open_store(path) as store:
        store.read("a.png")


def test_names_that_are_no_utf_8_are_told(tmp_path: Path) -> None:
    path = zipped(tmp_path / "odd.zip", ["grüße.png"])
    data = path.read_bytes().replace("grüße".encode(), b"gr\xff\xfe\xff\xfee", 1)
    path.write_bytes(data)  # in the file's own header alone
    with pytest.raises(UserError, match="cannot be unpacked"), open_store(path) as store:
        store.read("grüße.png")
    path.write_bytes(data.replace("grüße".encode(), b"gr\xff\xfe\xff\xfee"))
    with pytest.raises(UserError, match=r"neither a folder nor a \.zip"):
        take_inventory(path)


def test_what_unpacks_without_end_stops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("bomb.png", bytes(9 << 20))
    monkeypatch.setattr(stores, "MOST_FILE", 1 << 20)
    with pytest.raises(UserError, match="larger than 1 MiB"), open_store(path) as store:
        store.read("bomb.png")
    monkeypatch.setattr(archives, "MOST_LISTED", 1000)
    with pytest.raises(UserError, match=r"neither a folder nor a \.zip"):
        take_inventory(zipped(tmp_path / "many.zip", [f"{n}.png" for n in range(40)]))


# ---- MNIST, SVHN ----


@pytest.mark.parametrize("begins", [b"", struct.pack(">4I", 0x803, 10**9, 28, 28)])
def test_a_gzip_bomb_leaves_nothing(begins: bytes, tmp_path: Path) -> None:
    root = write_mnist(tmp_path / "packed", packed=True)
    stream = io.BytesIO()
    with gzip.GzipFile(fileobj=stream, mode="wb", compresslevel=1) as file:
        file.write(begins + bytes(60 << 20))
    (root / "MNIST" / "raw" / f"{MNIST_FILES[0]}.gz").write_bytes(stream.getvalue())
    with pytest.raises(UserError, match="damaged"):
        load_mnist(root, train=True)
    assert not [path for path in cache_root().rglob("*") if path.is_file()]


@pytest.mark.parametrize("packed", [True, False])
def test_each_byte_of_a_mat_header_may_be_wrong(packed: bool, tmp_path: Path) -> None:
    folder = write_svhn(tmp_path / "root")
    whole = mat_file(packed)
    for at in range(100, 300):
        data = bytearray(whole)
        data[at] ^= 0xFF if at % 2 else 0x10
        (folder / SVHN_FILES[0]).write_bytes(data)
        try:
            images, labels = load_svhn(folder, train=True)
        except UserError:
            continue
        assert images.shape == (len(labels), 3, 32, 32)


def test_a_mat_file_that_claims_much_takes_nothing(tmp_path: Path) -> None:
    folder = write_svhn(tmp_path / "root")
    data = mat_file(packed=False)
    sides = struct.pack("<4i", 32, 32, 3, 20)
    assert data.count(sides) == 1
    for claimed in (2**31 - 1, 99_000, -1):
        (folder / SVHN_FILES[0]).write_bytes(
            data.replace(sides, struct.pack("<4i", 32, 32, 3, claimed))
        )
        with pytest.raises(UserError, match="damaged"):
            load_svhn(folder, train=True)
