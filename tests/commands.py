"""What a command says, as a person types it, and a few runs and pictures for commands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image

from tests.tiny import digits, write_mnist
from trainer.cli import main

TOY = ["--set", "width=16", "--set", "batch=16", "--device", "cpu", "--steps", "4"]


def make_runs(folder: Path) -> Path:
    """A run of digits, one of points, and a picture."""
    write_mnist(folder / "data")
    train = ["train", "mnist-10-small", "--data", str(folder / "data")]
    assert main([*train, "--out", str(folder / "run"), *TOY, "--set", "width=4"]) == 0
    assert main(["train", "mog-iae", "--out", str(folder / "toy"), *TOY]) == 0
    Image.fromarray(digits(1)[0, ..., 0]).save(folder / "picture.png")
    (folder / "photos").mkdir()
    for index, picture in enumerate(digits(16)):
        Image.fromarray(picture[..., 0]).save(folder / "photos" / f"{index}.png")
    return folder


# What a person can do about it.
WAYS_OUT = re.compile(
    "choose|name |check|copy it again|free some|is not a run folder|was it moved|open the files",
    re.I,
)


def told_by(words: list[str], capfd: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """What a command returns, and what it says; the environment is this process's own."""
    capfd.readouterr()
    code = main(words)
    told = capfd.readouterr().err
    assert "Traceback" not in told
    return code, told
