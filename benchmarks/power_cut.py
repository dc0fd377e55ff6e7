"""Power cuts at every point of a training's writes: what would lie on the disk, and does it open?

python -m benchmarks.power_cut

A disk keeps the bytes of a file that was synced, and the names of a folder that was synced; of all
else it may keep nothing (`strict`), or the names in the order in which they were made (`ordered`).
Both are rebuilt after each sync, rename, link and removal, and opened.
"""

from __future__ import annotations

import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from benchmarks.kills import small
from trainer.data.loading import load_data
from trainer.messages import UserError
from trainer.training.checkpoint import RunFolder
from trainer.training.state import start

CPU = torch.device("cpu")
RECIPE = ("mog-iae", "width=16", "batch=16", "steps=60")


@dataclass
class Disk:
    """What of a folder is on the disk for good, as its writer syncs it."""

    root: Path
    contents: dict[int, bytes] = field(default_factory=dict)  # of synced files, by inode
    names: dict[str, int] = field(default_factory=dict)  # of synced folders
    look: Callable[[], None] = lambda: None

    def synced(self, handle: int) -> None:
        about = os.fstat(handle)
        if stat.S_ISREG(about.st_mode):
            with os.fdopen(os.open(f"/proc/self/fd/{handle}", os.O_RDONLY), "rb") as file:
                self.contents[about.st_ino] = file.read()
        else:
            folder = next(
                p for p in (self.root, *self._folders()) if os.path.samestat(p.stat(), about)
            )
            self._forget(folder)
            for path in folder.iterdir():
                self.names[str(path.relative_to(self.root))] = path.stat().st_ino
        self.look()

    def _folders(self) -> list[Path]:
        return [path for path in self.root.rglob("*") if path.is_dir()]

    def _forget(self, folder: Path) -> None:
        inside = folder.relative_to(self.root)
        self.names = {n: i for n, i in self.names.items() if Path(n).parent != inside}

    def rebuilt(self, place: Path, strict: bool) -> None:
        """The disk after a cut just now, in another place."""
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        now = {str(p.relative_to(self.root)): p.stat().st_ino for p in self.root.rglob("*")}
        folders = {str(path.relative_to(self.root)) for path in self._folders()}
        for name, inode in sorted((self.names if strict else now).items()):
            if name in folders:
                (place / name).mkdir()
            elif (place / name).parent.is_dir():
                (place / name).write_bytes(self.contents.get(inode, b""))


@contextmanager
def recorded(disk: Disk) -> Iterator[None]:
    """Whatever is synced, renamed, linked or removed is noted."""
    kept: dict[str, Any] = {
        name: getattr(os, name) for name in ("fsync", "replace", "link", "unlink")
    }

    def noted(name: str) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            result = kept[name](*arguments, **options)
            if name == "fsync":
                disk.synced(arguments[0])
            else:
                disk.look()
            return result

        return call

    for name in kept:
        setattr(os, name, noted(name))
    try:
        yield
    finally:
        for name, work in kept.items():
            setattr(os, name, work)


def cut_everywhere(place: Path, saves: int = 3) -> tuple[int, list[str]]:
    """Begin a run and save it so many times; how many cuts there were, and what went wrong."""
    recipe = small(*RECIPE)
    batches = load_data(recipe, None).batches(recipe, CPU)
    disk, cuts, faults = Disk(place / "disk"), 0, []
    disk.root.mkdir()
    begun, finished = False, 0  # the step of the last save that was over

    def look() -> None:
        nonlocal cuts
        disk.look = lambda: None  # not at what this itself removes
        for strict in (True, False):
            cuts += 1
            disk.rebuilt(place / "found", strict)
            why = _opened(place / "found" / "run", begun, finished)
            if why:
                faults.append(f"cut {cuts}, {'strict' if strict else 'ordered'}: {why}")
        disk.look = look

    disk.look = look
    from trainer.training.loop import run

    with recorded(disk):
        folder = RunFolder.create(disk.root / "run", recipe)
        begun = True
        look()
        state = start(recipe, CPU)
        for number in range(1, saves + 1):
            for progress in run(state, batches, 10 * number):
                folder.record(progress)
            folder.save(state, batches)
            finished = state.step
            look()
    return cuts, faults


def _opened(run: Path, begun: bool, finished: int) -> str:
    """What is wrong with a run as it was found; "" where nothing is."""
    if not (run / "recipe.json").exists():
        return "it is gone" if begun else ""
    if not begun and not (run / "recipe.json").read_bytes():
        return "its recipe is empty"
    folder = RunFolder(run)
    try:
        state, curves = folder.load(CPU), folder.curves()
    except UserError as error:
        return str(error)
    if state.step < finished:
        return f"it stands at step {state.step}, and was saved at {finished}"
    if len(curves) != state.step or (
        state.step and not torch.tensor(curves[:, :4]).isfinite().all()
    ):
        return f"{len(curves)} losses of {state.step} steps"
    return ""


def main() -> int:
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        cuts, faults = cut_everywhere(Path(folder))
    print(f"{cuts} power cuts, {len(faults)} runs that lost a finished save or did not open")
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
