"""Results in few files of a bounded size, whole at every moment; several processes add to them."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from trainer.storage.files import write_bytes

SMALL = "learned.zip"
MIB = 1 << 20
PIECE = 15 * MIB  # bytes of a file
MOST_PIECES = 6  # files of weights
MOST_WEIGHTS = 50 * MIB  # of all of them
MOST_SMALL = 12 * MIB


@dataclass(frozen=True)
class Packs:
    """FOLDER/learned.zip for what is small, FOLDER/NAME.1, NAME.2, ... for pieces of weights.

    `cat NAME.1 NAME.2 > NAME` puts them together. `scratch` is where processes wait for each other.
    """

    folder: Path
    scratch: Path

    def add(self, name: str, content: bytes) -> str:
        """A file into the archive; why not, if so."""
        with FileLock(self.scratch / "packs.lock"):
            archive = self.folder / SMALL
            known = archive.read_bytes() if archive.exists() else b""
            if len(known) + len(content) > MOST_SMALL:
                return f"{name} is left out: {SMALL} is full"
            buffer = io.BytesIO(known)
            with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as packed:
                packed.writestr(name, content)
            write_bytes(archive, buffer.getvalue())
        return ""

    def add_weights(self, path: Path) -> str:
        """A file as pieces; why not, if so. It is removed."""
        content = path.read_bytes()
        path.unlink()
        pieces = [content[at : at + PIECE] for at in range(0, len(content), PIECE)]
        with FileLock(self.scratch / "packs.lock"):
            there = sorted(self.folder.glob("*.safetensors.*"))
            size = sum(each.stat().st_size for each in there)
            if len(there) + len(pieces) > MOST_PIECES or size + len(content) > MOST_WEIGHTS:
                return f"{path.name} is left out: there is no room for {len(content) / MIB:.0f} MiB"
            for number, piece in enumerate(pieces, 1):
                write_bytes(self.folder / f"{path.name}.{number}", piece)
        return ""

    def taken(self, name: str) -> bool:
        """Whether another process has taken a task of that name; if not, this one has now."""
        try:
            (self.scratch / f"{name}.taken").mkdir()
        except FileExistsError:
            return True
        return False
