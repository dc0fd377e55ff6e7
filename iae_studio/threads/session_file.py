"""The session on the disk: written whole or not at all, read with suspicion; on a thread.

FOLDER/session.json is what was explored, beside it the pictures that are no files of the user's.
Of two windows the one that wrote last wins.
"""

from __future__ import annotations

import hashlib
import io
import json
import logging
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from weakref import WeakKeyDictionary

from filelock import FileLock, Timeout
from PIL import Image

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.input_list import Input, InputSpec
from iae_studio.state.model_files import model_recipe
from iae_studio.state.opened import Opened
from iae_studio.state.session import Explored, Picture, Session, parsed, session_of
from trainer.data.image_files import decode_image, read_image
from trainer.data.progress import OnProgress, unheard
from trainer.messages import Pixels, UserError
from trainer.recipe.grey_range import GreyRange
from trainer.recipe.saved import read_meta
from trainer.storage.checked import NewerError
from trainer.storage.files import is_missing, make_folder, read_object, write_bytes
from trainer.storage.regular import open_regular

FILE, TRIES, OPEN = "session.json", "tries", "open"
SPARED = f"{FILE}.spared"
DAMAGED, NEWER = f"{FILE}.damaged", f"{FILE}.newer"
MOST_TRIES = 2  # starts with a session that did not live to write another
MOST_KEPT = 1 << 25  # bytes of all pictures
PICTURE = ".picture"

log = logging.getLogger("iae-studio")
# What a path or an image that somebody else wrote there may raise: no text, say, can be its name.
_REFUSED = (UserError, OSError, ValueError)


@dataclass(frozen=True)
class Restored:
    """A session that was found, and the model that it names as far as that is still there."""

    session: Session
    model: DisplayedModel | None


class SessionFile:
    """Reads and writes the session in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: WeakKeyDictionary[Input, tuple[str, bytes]] = WeakKeyDictionary()
        self._lock = FileLock(folder / f"{OPEN}.lock")
        self.cut_off = False  # the window before this one did not end in order
        self.refused = False  # what was explored is there, but two starts with it failed
        self.told = ""  # what became of a file that cannot be read

    # ---- reading -----------------------------------------------------------------------------

    def read(self) -> Restored | None:
        """What was explored last; None where there is nothing that can be used.

        What cannot be read is set aside.
        """
        self._begin()
        if is_missing(self._folder / FILE):
            return None
        self.refused = self._tried()
        return None if self.refused else self.read_again()

    def read_again(self) -> Restored | None:
        """The same, whatever became of it before."""
        try:
            return _restored(parsed(read_object(self._folder / FILE)))
        except UserError as error:
            aside = NEWER if isinstance(error, NewerError) else DAMAGED
            with suppress(OSError):
                (self._folder / FILE).replace(self._folder / aside)
            self.told = f"What was explored last cannot be shown; it was set aside as {aside}."
            log.info("%s %s", self.told, error)
            return None

    def _begin(self) -> None:
        """Mark that a window is open; of several the first alone."""
        mark = self._folder / OPEN
        try:
            make_folder(self._folder)
            self._lock.acquire(timeout=0)
        except (OSError, Timeout, NotImplementedError):
            return
        self.cut_off = not is_missing(mark)
        with suppress(OSError):
            write_bytes(mark, b"")

    def end(self) -> None:
        """The window closes in order."""
        self.forget_tries()
        if self._lock.is_locked:
            with suppress(OSError):
                (self._folder / OPEN).unlink(missing_ok=True)
            self._lock.release()
            with suppress(OSError):
                Path(self._lock.lock_file).unlink(missing_ok=True)

    def _tried(self) -> bool:
        """Whether it was read by starts that then came to nothing: perhaps because of it."""
        file, count = self._folder / TRIES, 0
        with suppress(OSError, ValueError, UserError), open_regular(file) as tries:
            count = int(tries.read(4))
        if count >= MOST_TRIES:
            log.info("What was explored last is not shown again: two starts with it failed.")
            self.forget_tries()
            self._spare()
            return True
        with suppress(OSError):
            write_bytes(file, str(count + 1).encode())
        return False

    def _spare(self) -> None:
        """It is not written over before somebody could ask for it."""
        with suppress(OSError):
            write_bytes(self._folder / SPARED, (self._folder / FILE).read_bytes())

    def recover(self) -> Restored | None:
        """What two starts failed with, for somebody asked for it."""
        with suppress(OSError):
            (self._folder / SPARED).replace(self._folder / FILE)
        return self.read_again()

    def forget_tries(self) -> None:
        """The program lives, or came to an orderly end."""
        with suppress(OSError):
            (self._folder / TRIES).unlink(missing_ok=True)

    def pictures(self, session: Session, spec: InputSpec, progress: OnProgress = unheard) -> Opened:
        """The inputs of a session; what is not there any more is left out."""
        inputs: list[Input] = []
        for done, picture in enumerate(session.pictures):
            progress(done, len(session.pictures))
            try:
                inputs.append(self._input(picture, spec))
            except _REFUSED as error:
                log.info("An image is not shown again. %s", error)
        return Opened(tuple(inputs))

    def _input(self, picture: Picture, spec: InputSpec) -> Input:
        file = self._folder / picture.kept if picture.kept else Path(picture.place)
        grey_range = spec.grey_range or GreyRange.parse(picture.grey_range)
        data = read_image(file)
        if picture.test:
            return Input(picture.name, _as_seen(data, picture.name, spec), spec, test=True)
        rgb = decode_image(data, picture.name, grey_range)
        original = data if len(data) < rgb.nbytes else rgb
        return Input(
            picture.name, spec(rgb), spec, original, grey_range=grey_range, place=picture.place
        )

    # ---- writing -----------------------------------------------------------------------------

    def write(self, now: Explored) -> None:
        """Keep what is explored. A disk that refuses costs the session, and nothing else."""
        try:
            pictures = self._kept(now.inputs)
            session = session_of(now, pictures).to_mapping()
            write_bytes(self._folder / FILE, json.dumps(session).encode())
        except (OSError, ValueError) as error:
            log.info("What is explored cannot be kept: %s", error)
            return
        self.forget_tries()
        if self.refused:  # its pictures may still be wanted
            return
        names = {picture.kept for picture in pictures}
        for old in self._folder.glob(f"*{PICTURE}"):
            if old.name not in names:
                with suppress(OSError):
                    old.unlink()

    def _kept(self, inputs: tuple[Input, ...]) -> list[Picture]:
        pictures, size = [], 0
        for known in inputs:
            grey_range = str(known.grey_range or "")
            if known.place and not known.test:
                pictures.append(Picture(known.name, known.place, "", grey_range))
                continue
            name, data = self._encoded(known)
            if size + len(data) > MOST_KEPT:
                log.info("%s is too large to be kept for the next start.", known.name)
                continue
            size += len(data)
            if is_missing(self._folder / name):
                write_bytes(self._folder / name, data)
            pictures.append(Picture(known.name, "", name, grey_range, known.test))
        return pictures

    def _encoded(self, known: Input) -> tuple[str, bytes]:
        """The name and the bytes of what an input was made of: its file, or a PNG."""
        found = self._known.get(known)
        if found is None:
            data = None if known.test else known.original
            if not isinstance(data, bytes):
                file = io.BytesIO()
                seen = known.seen[:, :, 0] if known.seen.shape[2] == 1 else known.seen
                Image.fromarray(seen if data is None else data).save(file, "PNG")
                data = file.getvalue()
            found = f"{hashlib.sha256(data).hexdigest()[:24]}{PICTURE}", data
            self._known[known] = found
        return found


def _as_seen(data: bytes, name: str, spec: InputSpec) -> Pixels:
    """What was kept as a network saw it. Raises UserError where the displayed one sees another."""
    seen = decode_image(data, name, spec.grey_range)[:, :, : spec.shape[2]].copy()
    if seen.shape != spec.shape:
        raise UserError(f"{name} was seen by a network of another kind.")
    return seen


def _restored(session: Session) -> Restored:
    """With the model that is displayed again; sliders mean nothing to other weights."""
    if not session.path:
        return Restored(session, DisplayedModel(session.recipe))
    path = Path(session.path)
    try:
        model = DisplayedModel(model_recipe(path), path)
        same = model.recipe == session.recipe and (
            model.is_run or read_meta(path).step == session.step
        )
    except _REFUSED as error:
        log.info("The model that was displayed last is not shown again. %s", error)
        model, same = None, False
    if not same:
        fresh = replace(session.settings, code_offsets=(), noise_offsets=(), noise_scale=1.0)
        session = replace(session, settings=fresh, moment=None)
    return Restored(session, model)
