"""Where things lie, whether they can be written, and what is there. No torch."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from trainer.data.at_hand import folder_of
from trainer.messages import UserError
from trainer.recipe.fingerprint import checksum_of
from trainer.recipe.saved import MODEL_SUFFIX, read_begun, read_meta
from trainer.recipe.specs import DATA_SETS, DataSpec
from trainer.reporting.doctor.records import FAILED, Asked, Row, size
from trainer.storage.faults import told
from trainer.storage.files import is_missing
from trainer.storage.paths import (
    assets,
    cache_root,
    data_root,
    logs_root,
    runs_root,
    session_root,
    shipped_models,
)

PLACES: dict[str, Callable[[], Path]] = {
    "program": lambda: assets().parent,
    "data": data_root,
    "runs": runs_root,
    "cache": cache_root,
    "logs": logs_root,
    "session": session_root,
    "temporary": lambda: Path(tempfile.gettempdir()),
}


def places(asked: Asked) -> Iterator[Row]:
    """Each folder of ours, and below it whether it can be written and how much room there is."""
    for name, find in PLACES.items():
        try:
            folder = find()
        except UserError as error:
            yield Row(name, str(error))
            continue
        yield Row(name, str(folder))
        yield Row("", _facts(folder))
        if name == "runs":
            yield Row("", _runs(folder))


def _facts(folder: Path) -> str:
    try:
        there = next((up for up in (folder, *folder.parents) if up.exists()), folder)
        free = f"{size(shutil.disk_usage(there).free)} free"
    except OSError as error:
        return told(error, "It")
    later = "" if there == folder else ", not made yet"
    try:
        with tempfile.TemporaryFile(dir=there) as file:
            file.write(b"written")
            file.flush()
            return f"writable, {free}{later}"
    except OSError as error:
        return f"not writable ({error.strerror}), {free}{later}"


def _runs(folder: Path) -> str:
    """How many runs there are, and how many of them tell what they are."""
    count, damaged = 0, 0
    try:
        for run in folder.iterdir():
            parts = (run / "recipe.json", run / f"state{MODEL_SUFFIX}")
            if all(map(is_missing, parts)):
                continue
            count += 1
            try:
                read_begun(run)
            except UserError:
                damaged += 1
    except (OSError, ValueError):  # told above
        return "no runs"
    some = "1 run" if count == 1 else f"{count or 'no'} runs"
    return f"{some}, of which {damaged} cannot be read" if damaged else some


def data_sets(asked: Asked) -> Iterator[Row]:
    """Which are at hand and where, and how the others are got. Nothing is downloaded."""
    drawn = dict.fromkeys(spec.title for spec in DATA_SETS if spec.drawn)
    yield Row("made here", ", ".join(drawn))
    for spec in DATA_SETS:
        if spec.find is None:
            continue
        try:
            yield Row(spec.name, str(folder_of(spec.name, asked.root_of(spec.name))))
        except UserError:
            yield Row(spec.name, f"not here; {_way(spec)}")


def _way(spec: DataSpec) -> str:
    if spec.download:
        about = f" ({spec.download_size})" if spec.download_size else ""
        return f"python -m trainer download {spec.name}{about}"
    return f"from {spec.page}" if spec.page else "name its folder with --data"


def models(asked: Asked) -> Iterator[Row]:
    """Whether those that came with the program are as they were sent."""
    known, checked, broken = shipped_models(), 0, list[Row]()
    asked.told("Reading the shipped models")
    for name, path in known.items():
        if asked.cancelled():
            return
        try:
            checked += _as_sent(path)
        except UserError as error:
            broken.append(Row(FAILED, f"{name}: {error}", failed=True))
    if not known:
        broken = [Row(FAILED, "none came with the program: install it again", failed=True)]
    whole = len(known) - len(broken)
    yield Row(
        "shipped", f"{whole} of {len(known)} can be read, {checked} have checksums, which match"
    )
    yield from broken


def _as_sent(path: Path) -> bool:
    """Whether a file names its checksum, and has it. Raises UserError where it is damaged."""
    try:
        said, found = read_meta(path).checksum, checksum_of(path)
    except UserError as error:
        raise UserError("it is damaged or cannot be read: install the program again") from error
    if said and said != found:
        raise UserError("it holds other weights than it was sent with: install the program again")
    return bool(said)
