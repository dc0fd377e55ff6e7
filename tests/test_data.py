"""MNIST and Fashion-MNIST in their true files: plain, packed, missing, damaged, downloaded."""

from __future__ import annotations

import gzip
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import numpy as np
import pytest
import torch
from torchvision.datasets import MNIST, FashionMNIST

from tests.serving import md5_of, serving
from tests.tiny import idx_bytes, leftovers, recipe_of, write_mnist
from trainer.data import downloads as archives
from trainer.data.at_hand import data_ready
from trainer.data.downloads import Cancelled
from trainer.data.drawing.digits import draw_digits
from trainer.data.loading import forget_data, load_data, some_test_images
from trainer.data.sets.mnist import MNIST_FILES, download_mnist, load_mnist, mnist_folder
from trainer.messages import DataMissingError, UserError
from trainer.recipe.catalogue import find_recipe
from trainer.storage.paths import cache_root

RECIPE = recipe_of("mnist-10-small")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_mnist(tmp_path / "root")


def test_true_files_are_read(root: Path) -> None:
    images, labels = load_mnist(root, train=True)
    drawn = draw_digits(60, 1)
    assert torch.equal(images, drawn.images.permute(0, 3, 1, 2))
    assert torch.equal(labels, drawn.labels)
    test, _ = load_mnist(root, train=False)
    assert test.shape == (20, 1, 28, 28) and test.dtype == torch.uint8


@pytest.mark.parametrize("below", [".", "MNIST", "MNIST/raw"])
def test_a_root_may_be_named_in_three_ways(root: Path, below: str) -> None:
    assert mnist_folder(root / below) == root / "MNIST" / "raw"
    assert len(load_mnist(root / below, train=False)[0]) == 20


def test_the_environment_names_the_root(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not data_ready("mnist") and data_ready("drawn-digits") and data_ready("mog")
    monkeypatch.setenv("IAE_STUDIO_DATA", str(root))
    assert data_ready("mnist")
    assert len(load_data(RECIPE).test) == 20


def test_archives_alone_are_enough_and_their_folder_is_not_written_to(tmp_path: Path) -> None:
    root = write_mnist(tmp_path / "packed", packed=True)
    before = sorted(root.rglob("*"))
    images, labels = load_mnist(root, train=True)
    assert torch.equal(images, draw_digits(60, 1).images.permute(0, 3, 1, 2))
    assert len(labels) == 60 and sorted(root.rglob("*")) == before
    # A new archive under the same name is unpacked anew.
    other = write_mnist(tmp_path / "other", train=30, packed=True)
    shutil.copytree(other, root, dirs_exist_ok=True)
    assert len(load_mnist(root, train=True)[0]) == 30
    assert not leftovers(cache_root())


def test_missing_data_tell_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(DataMissingError, match=r"nowhere.*--data.*IAE_STUDIO_DATA.*download"):
        load_data(RECIPE, tmp_path / "nowhere")
    partly = write_mnist(tmp_path / "partly")
    (partly / "MNIST" / "raw" / MNIST_FILES[3]).unlink()
    with pytest.raises(DataMissingError):
        load_mnist(partly, train=True)


IMAGES = MNIST_FILES[0]
SOUND = idx_bytes(np.zeros((60, 28, 28)))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (IMAGES, b""),
        (IMAGES, SOUND[:10]),
        (IMAGES, SOUND[:16]),
        (IMAGES, SOUND[:-1]),
        (IMAGES, b"<html>not found</html>" * 9),
        (IMAGES, bytes([0, 0, 10]) + SOUND[3:]),
        (IMAGES, bytes([0, 0, 13]) + SOUND[3:]),
        (IMAGES, idx_bytes(np.zeros((60, 784)))),
        (IMAGES, idx_bytes(np.zeros((60, 14, 14)))),
        (IMAGES, idx_bytes(np.zeros((59, 28, 28)))),
        (IMAGES, idx_bytes(np.zeros((0, 28, 28)))),
        (MNIST_FILES[1], idx_bytes(np.zeros(60))[:-5]),
        (MNIST_FILES[1], idx_bytes(np.zeros((60, 1)))),
    ],
)
def test_damaged_or_mismatched_files_are_told(root: Path, name: str, content: bytes) -> None:
    (root / "MNIST" / "raw" / name).write_bytes(content)
    with pytest.raises(UserError, match=r"(damaged|do not belong together).* again"):
        load_mnist(root, train=True)


@pytest.mark.parametrize("spoil", [slice(0, 200), slice(10, None), slice(0, 0)])
def test_damaged_archives_are_told(tmp_path: Path, spoil: slice) -> None:
    root = write_mnist(tmp_path / "packed", packed=True)
    archive = root / "MNIST" / "raw" / f"{IMAGES}.gz"
    archive.write_bytes(archive.read_bytes()[spoil])
    with pytest.raises(UserError, match="again"):
        load_mnist(root, train=True)
    assert not leftovers(cache_root())


def test_test_images_follow_from_the_seed(root: Path) -> None:
    images, labels, index, *_ = some_test_images(RECIPE, root, 6, seed=4)
    again = some_test_images(RECIPE, root, 6, seed=4)
    assert torch.equal(images, again[0]) and images.shape == (6, 1, 28, 28)
    assert torch.equal(images, load_mnist(root, train=False)[0][index])
    assert torch.equal(labels, load_mnist(root, train=False)[1][index])
    assert not torch.equal(index, some_test_images(RECIPE, root, 6, seed=5)[2])


def test_other_sets_in_the_same_format_are_told(root: Path) -> None:
    letters = idx_bytes(np.arange(60) % 26 + 1)
    (root / "MNIST" / "raw" / MNIST_FILES[1]).write_bytes(letters)
    with pytest.raises(UserError, match=r"do not belong to MNIST.*10 classes"):
        load_mnist(root, train=True)


# ---- Fashion-MNIST: the same four names, another folder ----


@pytest.mark.parametrize("kind", ["mnist-10-small", "shoes-small"])
def test_held_out_images_stand_in_for_the_test_set_and_are_not_trained_on(
    root: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trainer.data.drawn.COUNTS", {"train": 160, "test": 40, "few": 40})
    forget_data()
    whole = load_data(recipe_of(kind), root)
    held = load_data(recipe_of(kind, "hold_out=10"), root)

    def pictures(rows) -> list[bytes]:
        return [picture.numpy().tobytes() for picture in rows.images]

    for part in ("", "other_"):
        before = getattr(whole, f"{part}train")
        if before is None:
            continue
        kept, tested = getattr(held, f"{part}train"), getattr(held, f"{part}test")
        assert len(tested) == 10
        assert sorted(pictures(kept) + pictures(tested)) == sorted(pictures(before))
        labels = dict(zip(pictures(before), before.labels.tolist(), strict=True))
        assert [labels[picture] for picture in pictures(tested)] == tested.labels.tolist()
        assert len(set(tested.labels.tolist())) > 1 or len(set(labels.values())) == 1
    images = some_test_images(recipe_of(kind, "hold_out=10"), root, 3, 0).images
    known = set(pictures(held.test))
    assert all(picture.numpy().tobytes() in known for picture in images)
    with pytest.raises(UserError, match="hold_out is 70"):
        load_data(recipe_of(kind, "hold_out=70"), root)
    forget_data()


@pytest.mark.parametrize("packed", [False, True])
def test_fashion_has_a_folder_of_its_own(tmp_path: Path, packed: bool) -> None:
    root = write_mnist(tmp_path / "root", packed=packed)
    assert data_ready("mnist", root) and not data_ready("fashion-mnist", root)
    with pytest.raises(DataMissingError, match=r"^Fashion-MNIST is not in.*download fashion-mnist"):
        load_mnist(root, train=True, name="fashion-mnist")
    other = write_mnist(tmp_path / "other", train=30, packed=packed)
    shutil.copytree(other / "MNIST" / "raw", root / "FashionMNIST" / "raw")
    assert len(load_mnist(root, train=True, name="fashion-mnist")[0]) == 30
    assert len(load_mnist(root, train=True)[0]) == 60


@pytest.mark.parametrize(
    ("folder", "holds"),
    [
        ("digits", "mnist"),
        ("digits/raw", "mnist"),
        ("MNIST/raw", "mnist"),
        ("fashion/MNIST/raw", "mnist"),
        ("FashionMNIST/raw", "fashion-mnist"),
        ("my_fashion_images", "fashion-mnist"),
        ("mnist/FASHION/unpacked", "fashion-mnist"),
    ],
)
def test_bare_files_are_taken_for_the_set_their_folder_names(
    root: Path, tmp_path: Path, folder: str, holds: str
) -> None:
    # Below folders of no meaning, for the folder that pytest makes is named after the test.
    base = tmp_path / "a" / "b" / "c" / folder
    shutil.copytree(root / "MNIST" / "raw", base)
    other = {"mnist": "fashion-mnist", "fashion-mnist": "mnist"}[holds]
    assert mnist_folder(base, holds) == base and mnist_folder(base, other) is None


def test_damaged_fashion_is_told_by_its_name(tmp_path: Path) -> None:
    folder = tmp_path / "FashionMNIST" / "raw"
    shutil.copytree(write_mnist(tmp_path / "root") / "MNIST" / "raw", folder)
    (folder / IMAGES).write_bytes(SOUND[:99])
    with pytest.raises(UserError, match=r"Fashion-MNIST files in .* are damaged"):
        load_mnist(tmp_path, train=True, name="fashion-mnist")


# ---- downloads, from a server on this computer ----


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a server that has the archives of a small MNIST, or Fashion-MNIST."""
    folder = write_mnist(tmp_path / "served", packed=True) / "MNIST" / "raw"
    resources = [(f"{name}.gz", md5_of(folder / f"{name}.gz")) for name in MNIST_FILES]
    monkeypatch.setenv("no_proxy", "*")
    with serving(folder) as address:
        for published in (MNIST, FashionMNIST):
            monkeypatch.setattr(published, "mirrors", [address])
            monkeypatch.setattr(published, "resources", resources)
        yield folder


def test_a_download_can_be_used_and_tells_how_far_it_is(served: Path, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    folder = download_mnist(tmp_path / "mine", lambda done, total: told.append((done, total)))
    assert folder == tmp_path / "mine" / "MNIST" / "raw"
    assert len(load_mnist(tmp_path / "mine", train=True)[0]) == 60
    done = [d for d, _ in told]
    assert done == sorted(done) and len({total for _, total in told}) == 1
    assert told[-1][0] == told[-1][1] and len(told) >= 8


def test_what_is_there_and_whole_is_not_fetched_again(served: Path, tmp_path: Path) -> None:
    folder = download_mnist(tmp_path / "mine")
    for archive in served.iterdir():
        archive.unlink()
    assert download_mnist(tmp_path / "mine") == folder


def test_what_is_there_but_damaged_is_fetched_again(served: Path, tmp_path: Path) -> None:
    folder = download_mnist(tmp_path / "mine")
    archive = folder / f"{IMAGES}.gz"
    archive.write_bytes(archive.read_bytes()[:100])
    with pytest.raises(UserError, match="cannot be unpacked"):
        load_mnist(tmp_path / "mine", train=True)
    download_mnist(tmp_path / "mine")
    assert len(load_mnist(tmp_path / "mine", train=True)[0]) == 60


def test_a_cancelled_download_leaves_nothing_half_written(served: Path, tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        download_mnist(tmp_path / "mine", cancelled=lambda: True)
    assert not [path for path in (tmp_path / "mine").rglob("*") if path.is_file()]
    download_mnist(tmp_path / "mine")
    assert data_ready("mnist", tmp_path / "mine")


def test_a_wrong_checksum_is_refused(served: Path, tmp_path: Path) -> None:
    (served / f"{MNIST_FILES[2]}.gz").write_bytes(gzip.compress(b"something else"))
    with pytest.raises(UserError, match=rf"{MNIST_FILES[2]}.*checksum differs"):
        download_mnist(tmp_path / "mine")
    assert not leftovers(tmp_path / "mine") and not data_ready("mnist", tmp_path / "mine")


def test_another_mirror_is_tried(
    served: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MNIST, "mirrors", [f"{MNIST.mirrors[0]}missing/", *MNIST.mirrors])
    download_mnist(tmp_path / "mine")
    assert data_ready("mnist", tmp_path / "mine")


def test_no_network_is_told(served: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as closed:  # a port where nobody listens
        closed.bind(("127.0.0.1", 0))
        monkeypatch.setattr(MNIST, "mirrors", [f"http://127.0.0.1:{closed.getsockname()[1]}/"])
        with pytest.raises(UserError, match=r"could not be downloaded.*refused.*network"):
            download_mnist(tmp_path / "mine")


def test_a_server_that_talks_nonsense_is_told(
    served: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(b"nonsense\r\n\r\n")

        thread = Thread(target=answer)
        thread.start()
        monkeypatch.setattr(MNIST, "mirrors", [f"http://127.0.0.1:{server.getsockname()[1]}/"])
        with pytest.raises(UserError, match="could not be downloaded"):
            download_mnist(tmp_path / "mine")
        thread.join()


def test_fashion_is_downloaded_beside_mnist(served: Path, tmp_path: Path) -> None:
    folder = download_mnist(tmp_path / "mine", name="fashion-mnist")
    assert folder == tmp_path / "mine" / "FashionMNIST" / "raw"
    assert data_ready("fashion-mnist", tmp_path / "mine")
    assert not data_ready("mnist", tmp_path / "mine")


def test_a_download_stopped_in_the_middle_keeps_what_is_whole(served: Path, tmp_path: Path) -> None:
    def one_is_whole() -> bool:
        return any((tmp_path / "mine").rglob("[a-z]*.gz"))

    with pytest.raises(Cancelled):
        download_mnist(tmp_path / "mine", cancelled=one_is_whole)
    files = [path.name for path in (tmp_path / "mine").rglob("*") if path.is_file()]
    assert files == [f"{MNIST_FILES[0]}.gz"]


def test_an_answer_without_end_is_refused(
    served: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (served / f"{MNIST_FILES[3]}.gz").write_bytes(bytes(1 << 20))
    monkeypatch.setattr(archives, "SLACK", 1000)
    with pytest.raises(UserError, match=rf"{MNIST_FILES[3]}.*more than the archive holds"):
        download_mnist(tmp_path / "mine")
    assert not leftovers(tmp_path / "mine")


def test_a_folder_that_cannot_be_written_is_not_blamed_on_the_network(
    served: Path, tmp_path: Path
) -> None:
    (tmp_path / "mine").write_text("a file where the folder should be")
    with pytest.raises(UserError, match=r"cannot be written.*another folder") as caught:
        download_mnist(tmp_path / "mine")
    assert "network" not in str(caught.value)


def test_slow_drawings_are_kept_and_equal_and_made_anew_when_damaged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("trainer.data.drawn.COUNTS", {"train": 60, "test": 20, "few": 20})
    recipe = find_recipe("shoes-small")
    first = load_data(recipe)
    files = sorted((cache_root() / "drawn").glob("drawn-shoes-*.safetensors"))
    assert len(files) == 2
    forget_data()
    again = load_data(recipe)
    assert torch.equal(first.train.images, again.train.images)
    assert first.other_train is not None and again.other_train is not None
    assert torch.equal(first.other_train.images, again.other_train.images)
    assert first.test.factors.keys() == again.test.factors.keys()
    whole = files[0].read_bytes()
    files[0].write_bytes(whole[:100])
    forget_data()
    load_data(recipe)
    assert files[0].read_bytes() == whole
    forget_data()


@pytest.mark.parametrize("name", ["drawn-10", "svhn-75-small", "shoes-small", "faces-small"])
def test_a_few_drawn_test_images_are_those_of_the_whole_set(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trainer.data.drawn.COUNTS", {"train": 40, "test": 120, "few": 80})
    forget_data()
    recipe = find_recipe(name)
    images, labels, index, *_ = some_test_images(recipe, None, 6, seed=3)
    whole = load_data(recipe).test
    assert len(images) == 6
    assert torch.equal(images, whole.images[index]) and torch.equal(labels, whole.labels[index])
    forget_data()
