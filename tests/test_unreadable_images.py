"""What is no image, or a damaged one, is refused by its name and with the cause."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.folders import encoded
from trainer.data.image_files import decode_image, open_image
from trainer.messages import UserError


def unreadable(path: Path) -> str:
    with pytest.raises(UserError) as caught:
        open_image(path)
    assert path.name in str(caught.value)
    return str(caught.value)


def test_missing_folder_and_empty(tmp_path: Path) -> None:
    assert "not there" in unreadable(tmp_path / "gone.png")
    assert "folder" in unreadable(tmp_path)
    (tmp_path / "empty.png").touch()
    assert "is empty" in unreadable(tmp_path / "empty.png")


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, flags: int) -> int:
        raise PermissionError(13, "Permission denied", str(path))

    (tmp_path / "secret.png").write_bytes(b"x")
    monkeypatch.setattr(os, "open", refuse)  # root may read everything
    assert "Permission denied" in unreadable(tmp_path / "secret.png")


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("notes.png", b"Python is a language,\nand this is no image.\n", "text"),
        ("grüße.jpg", "Grüße aus Köln".encode(), "text"),
        ("page.jpg", b"\n<!DOCTYPE html><html><body><svg></svg></body></html>", "web page"),
        ("logo.svg", b'<?xml version="1.0"?>\n<!-- x -->\n<svg width="1"/>', "convert it to PNG"),
        ("photo.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(99), "cut short"),
        ("paper.pdf", b"%PDF-1.7\n\xe2\xe3", "export its page as PNG"),
        ("random.png", bytes(range(200, 256)) + bytes(range(200)), "known kind"),
        ("head.png", b"\x89PNG\r\n\x1a\n", "cut short"),
    ],
)
def test_what_is_no_image(name: str, data: bytes, says: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    assert says in unreadable(tmp_path / name)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP", "JPEG2000"])
def test_a_cut_file_says_so_and_never_something_else(kind: str, share: float) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    data = encoded(Image.fromarray(noise), kind)
    with pytest.raises(UserError, match=r'"cut" is damaged or cut short'):
        decode_image(data[: int(len(data) * share)], "cut")


def test_decompression_bombs_are_refused_unopened() -> None:
    bomb = bytearray(encoded(Image.new("1", (8, 8)), "BMP"))
    bomb[18:26] = (60_000).to_bytes(4, "little") * 2
    start = time.perf_counter()
    with pytest.raises(UserError, match=r'"pasted image" is too large'):
        decode_image(bytes(bomb))
    assert time.perf_counter() - start < 1
