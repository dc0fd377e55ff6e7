"""MNIST in its true files: plain, packed, missing, damaged, downloaded."""

from __future__ import annotations

import gzip
import hashlib
import shutil
import socket
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import numpy as np
import pytest
import torch
from torchvision.datasets import MNIST

from tests.tiny import idx_bytes, leftovers, write_mnist
from trainer.data import load_data, some_test_images
from trainer.data.drawn import draw_digits
from trainer.data.mnist import Cancelled, download_mnist, load_mnist
from trainer.messages import DataMissingError, UserError
from trainer.places import MNIST_FILES, cache_root, data_ready, mnist_folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_mnist(tmp_path / "root")


def test_true_files_are_read(root: Path) -> None:
    data = load_data("mnist", root)
    drawn = draw_digits(60, 1)
    assert torch.equal(data.train, drawn.images.permute(0, 3, 1, 2))
    assert torch.equal(data.train_labels, drawn.labels)
    assert data.test.shape == (20, 1, 28, 28) and data.test.dtype == torch.uint8
    assert data.source(torch.device("cpu")).shape == (1, 28, 28)


@pytest.mark.parametrize("below", [".", "MNIST", "MNIST/raw"])
def test_a_root_may_be_named_in_three_ways(root: Path, below: str) -> None:
    assert mnist_folder(root / below) == root / "MNIST" / "raw"
    assert len(load_mnist(root / below, train=False)[0]) == 20


def test_the_environment_names_the_root(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not data_ready("mnist") and data_ready("drawn-digits") and data_ready("mog")
    monkeypatch.setenv("IAE_STUDIO_DATA", str(root))
    assert data_ready("mnist")
    assert len(load_data("mnist").test) == 20


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
        load_data("mnist", tmp_path / "nowhere")
    partly = write_mnist(tmp_path / "partly")
    (partly / "MNIST" / "raw" / MNIST_FILES[3]).unlink()
    with pytest.raises(DataMissingError):
        load_data("mnist", partly)


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
    images, labels, index = some_test_images("mnist", root, 6, seed=4)
    again = some_test_images("mnist", root, 6, seed=4)
    assert torch.equal(images, again[0]) and images.shape == (6, 1, 28, 28)
    assert torch.equal(images, load_data("mnist", root).test[index])
    assert torch.equal(labels, load_data("mnist", root).test_labels[index])
    assert not torch.equal(index, some_test_images("mnist", root, 6, seed=5)[2])


# ---- downloads, from a server on this computer ----


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a server that has the archives of a small MNIST."""
    folder = write_mnist(tmp_path / "served", packed=True) / "MNIST" / "raw"
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(MNIST, "mirrors", [f"http://127.0.0.1:{server.server_port}/"])
    monkeypatch.setattr(MNIST, "resources", [(f"{n}.gz", _md5(folder, n)) for n in MNIST_FILES])
    yield folder
    server.shutdown()
    thread.join()
    server.server_close()


def _md5(folder: Path, name: str) -> str:
    return hashlib.md5((folder / f"{name}.gz").read_bytes(), usedforsecurity=False).hexdigest()


def test_a_download_can_be_used_and_tells_how_far_it_is(served: Path, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    folder = download_mnist(tmp_path / "mine", lambda done, total: told.append((done, total)))
    assert folder == tmp_path / "mine" / "MNIST" / "raw"
    assert len(load_data("mnist", tmp_path / "mine").train) == 60
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
