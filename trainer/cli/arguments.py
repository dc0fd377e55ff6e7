"""What the commands' arguments have in common."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TypeAlias

from trainer.devices.records import NAMES, WAYS
from trainer.storage.paths import typed_path

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


MOST_SEEDS = 10_000


def add_model(parser: argparse.ArgumentParser) -> None:
    """The model that a command works with."""
    parser.add_argument(
        "model",
        type=named_path,
        metavar="RUN",
        help="a run folder, a model file, or the name of a model that came with the program",
    )


def add_data_and_device(parser: argparse.ArgumentParser) -> None:
    """Where the data sets lie, and what to compute on."""
    parser.add_argument(
        "--data", type=named_path, metavar="ROOT", help="the folder of the data sets"
    )
    parser.add_argument(
        "--device", type=device, default="auto", metavar="DEVICE", help=f"{WAYS} (default: auto)"
    )


def add_images(parser: argparse.ArgumentParser) -> None:
    """Where the user's own images lie now that a model was trained on."""
    for option, which in (("--images", "own images"), ("--images-b", "those of the second domain")):
        parser.add_argument(
            option, type=named_path, metavar="DIR", help=f"where its {which} lie now"
        )


def named_path(text: str) -> Path:
    """A path; an empty text, as of a variable that is not set, names none."""
    if not text.strip():
        raise argparse.ArgumentTypeError("an empty text names nothing")
    return typed_path(text)


def device(text: str) -> str:
    """The name of a device."""
    if not NAMES.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a device: {WAYS}")
    return text


def positive_int(text: str) -> int:
    """A whole number above 0."""
    value = _number(int, text)
    if not value >= 1:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number above 0")
    return int(value)


def positive(text: str) -> float:
    """A number above 0."""
    value = _number(float, text)
    if not 0 < value < 1e6:
        raise argparse.ArgumentTypeError(f"{text} is not a number above 0")
    return value


def seed(text: str) -> int:
    """A seed of random numbers."""
    value = _number(int, text)
    if not 0 <= value < 2**31:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number from 0 to 2147483647")
    return int(value)


def seeds(text: str) -> list[int]:
    """Several: 0-4 or 0,2,7 or both."""
    found: set[int] = set()
    for part in text.split(","):
        first, dash, last = part.partition("-")
        some = range(seed(first), seed(last if dash else first) + 1)
        if len(found) + len(some) > MOST_SEEDS:
            raise argparse.ArgumentTypeError(f"{text} are more than {MOST_SEEDS:,} seeds")
        found.update(some)
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} names no seed: write 0-4, or 0,2,7")
    return sorted(found)


def _number(kind: type[int] | type[float], text: str) -> float:
    try:
        return kind(text)
    except (ValueError, OverflowError):  # argparse would name the function that failed
        return float("nan")


def step_number(text: str) -> int:
    """A step of a run: a whole number, 0 or more."""
    value = _number(int, text.replace(",", ""))
    if not value >= 0:
        raise argparse.ArgumentTypeError(f"{text} is not a step: a whole number, 0 or more")
    return int(value)
