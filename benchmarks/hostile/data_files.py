"""Data that comes from somebody else: images, .zip, MNIST, SVHN, CelebA; and our own caches."""

from __future__ import annotations

import gzip
import io
import random
import struct
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.hostile import pictures
from benchmarks.hostile.formats import Format
from benchmarks.hostile.pictures import make_odd
from benchmarks.hostile.spoiling import behind_magic, spoiled

SIDE = 20


def with_odd(rng: random.Random, path: Path) -> None:
    """One time of twelve there is no file at all."""
    if rng.random() < 0.08:
        make_odd(rng, path)


# ---- MNIST, SVHN, CelebA -------------------------------------------------------------------------


def idx(values: np.ndarray) -> bytes:
    return (
        struct.pack(f">{1 + values.ndim}I", 0x800 + values.ndim, *values.shape) + values.tobytes()
    )


def make_mnist(rng: random.Random, folder: Path, packed: bool) -> Path:
    from trainer.data.sets.mnist import MNIST_FILES

    ending = ".gz" if packed else ""
    for place, name in enumerate(MNIST_FILES):
        values = (
            np.arange(SIDE, dtype=np.uint8) % 10 if place % 2 else np.ones((SIDE, 28, 28), np.uint8)
        )
        data = gzip.compress(idx(values), mtime=0) if packed else idx(values)
        (folder / f"{name}{ending}").write_bytes(data)
    path = folder / f"{rng.choice(MNIST_FILES)}{ending}"
    data = path.read_bytes()
    if packed and rng.random() < 0.1:
        zeros = io.BytesIO()
        with gzip.GzipFile(fileobj=zeros, mode="wb", compresslevel=1) as file:
            file.write(
                rng.choice(
                    (
                        b"",
                        idx(np.zeros((1, 28, 28), np.uint8)),
                        struct.pack(">4I", 0x803, 10**9, 28, 28),
                    )
                )
            )
            for _ in range(rng.choice((1, 300))):
                file.write(bytes(1 << 20))
        data = zeros.getvalue()
    elif packed and rng.random() < 0.4:
        data = gzip.compress(spoiled(rng, gzip.decompress(data), 16))
    else:
        data = spoiled(rng, data, 16)
    path.write_bytes(data)
    with_odd(rng, path)
    return folder


def read_mnist(folder: Path) -> object:
    from trainer.data.sets.mnist import load_mnist

    return [load_mnist(folder, train) for train in (True, False)]


def make_svhn(rng: random.Random, folder: Path) -> Path:
    from trainer.data.sets.svhn import SVHN_FILES

    for name in SVHN_FILES:
        (folder / name).write_bytes(mat_file(rng.random() < 0.7))
    path = folder / rng.choice(SVHN_FILES)
    data = path.read_bytes()
    path.write_bytes(behind_magic(rng, data) if rng.random() < 0.1 else spoiled(rng, data, 320))
    with_odd(rng, path)
    return folder


@lru_cache(maxsize=2)
def mat_file(packed: bool) -> bytes:
    from scipy.io import savemat

    stream = io.BytesIO()
    labels = (np.arange(SIDE) % 10 + 1).astype(np.uint8)[:, None]
    savemat(stream, {"X": np.ones((32, 32, 3, SIDE), np.uint8), "y": labels}, do_compression=packed)
    return stream.getvalue()


def read_svhn(folder: Path) -> object:
    from trainer.data.sets.svhn import load_svhn

    return [load_svhn(folder, train) for train in (True, False)]


def make_celeba(rng: random.Random, folder: Path) -> Path:
    from trainer.data.sets.celeba import IMAGES, LISTS

    names = [f"{number + 1:06d}.jpg" for number in range(SIDE)]
    (folder / IMAGES[0]).mkdir()
    for name in names:
        (folder / IMAGES[0] / name).write_bytes(face())
    rows = [f"{name} -1 {(-1) ** number} 1" for number, name in enumerate(names)]
    (folder / LISTS[0]).write_text("\n".join([str(SIDE), "Bald Male Smiling", *rows, ""]))
    (folder / LISTS[1]).write_text("".join(f"{name} {i % 3}\n" for i, name in enumerate(names)))
    path = folder / rng.choice((*LISTS, LISTS[0], f"{IMAGES[0]}/{names[0]}"))
    data = path.read_bytes()
    odd = rng.choice(
        (b"../../../etc/passwd", b"a\0b", b"/dev/zero", b"9" * 5000, b"\xff\xfe", b".", b"")
    )
    known = rng.choice(names).encode()
    path.write_bytes(data.replace(known, odd) if rng.random() < 0.3 else spoiled(rng, data, 60))
    with_odd(rng, path)
    return folder


@lru_cache(maxsize=1)
def face() -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (178, 218), "grey").save(stream, "JPEG")
    return stream.getvalue()


def read_celeba(folder: Path) -> object:
    from trainer.data.sets.celeba import load_celeba

    return load_celeba(folder, True, 16)


# ---- caches --------------------------------------------------------------------------------------

SHAPE = (SIDE, 3, 8, 8)


def make_map(rng: random.Random, folder: Path) -> Path:
    from trainer.data.memory_maps import write_map

    path = folder / "whole" / "cut-0.npy"
    write_map(path, SHAPE, [np.ones(SHAPE[1:], np.uint8)] * SIDE)
    path.write_bytes(spoiled(rng, path.read_bytes(), 128))
    with_odd(rng, path)
    return path


def read_map(path: Path) -> object:
    from trainer.data.memory_maps import open_map

    found = open_map(path, SHAPE)
    return None if found is None else found.sum()


def make_drawings(rng: random.Random, folder: Path) -> Path:
    import torch

    from trainer.data.sealed import write_tensors

    path = folder / "drawn.safetensors"
    images = torch.ones(SIDE, 1, 28, 28, dtype=torch.uint8)
    write_tensors(path, {"images": images, "labels": torch.zeros(SIDE, dtype=torch.int64)})
    path.write_bytes(spoiled(rng, path.read_bytes(), 256))
    with_odd(rng, path)
    return path


def read_drawings(path: Path) -> object:
    from trainer.data.sealed import read_tensors

    found = read_tensors(path)
    return None if found is None else (found["images"].sum(), found["labels"].sum())


def make_list(rng: random.Random, folder: Path) -> Path:
    """A folder of images whose cache was edited."""
    place = pictures.make_folder(rng, folder)
    read_beside(place)
    caches = sorted(path for path in (folder / "cache").rglob("*") if path.is_file())
    for path in rng.sample(caches, 1):
        path.write_bytes(spoiled(rng, path.read_bytes(), 200))
        with_odd(rng, path)
    return place


def read_beside(place: Path) -> object:
    """With the cache beside the folder."""
    from trainer.data import memory_maps

    usual = memory_maps.cache_root
    memory_maps.cache_root = lambda: place.parent / "cache"
    try:
        return pictures.read_photos(place)
    finally:
        memory_maps.cache_root = usual


def _image(kind: str) -> Format:
    return Format(partial(pictures.make_image, kind=kind), pictures.read_image)


FORMATS: dict[str, Format] = {
    **{f"image {kind}": _image(kind) for kind in pictures.ENDINGS},
    "image bomb": Format(pictures.make_bomb, pictures.read_image),
    "zip": Format(pictures.make_zip, pictures.read_photos),
    "folder": Format(pictures.make_folder, pictures.read_photos),
    "idx": Format(partial(make_mnist, packed=False), read_mnist),
    "idx.gz": Format(partial(make_mnist, packed=True), read_mnist),
    "mat": Format(make_svhn, read_svhn),
    "celeba": Format(make_celeba, read_celeba),
    "cache of images": Format(make_map, read_map),
    "cache of drawings": Format(make_drawings, read_drawings),
    "cache of a folder": Format(make_list, read_beside),
}
