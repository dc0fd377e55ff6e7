"""What the system says of a file or folder, in words that help."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from traceback import clear_frames

from trainer.messages import UserError

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})  # of a disk
_PERMISSIONS = "Change its permissions, or choose another place."
_WAYS = {
    **dict.fromkeys(FULL, "Free some space, or choose another place."),
    errno.EACCES: _PERMISSIONS,
    errno.EPERM: _PERMISSIONS,
    errno.EROFS: "That disk can only be read: choose another place.",
    errno.ENOTDIR: "A file stands where a folder should be: move it, or choose another place.",
    errno.EEXIST: "A file stands where a folder should be: move it, or choose another place.",
    errno.EISDIR: "It is a folder: name a file inside it, or choose another name.",
    errno.ENAMETOOLONG: "Choose a shorter name.",
    errno.ELOOP: "Its links lead to each other: name the file or folder itself.",
    errno.ENOENT: "Check that it is still there, or choose another place.",
    errno.EIO: "The disk may be damaged: choose another place.",
    errno.EMFILE: "Close some programs, then try again.",
}


FULL_MEMORY = (
    "The memory is full. Use smaller images, a smaller batch, width or code, or fewer draws, or "
    "close other programs."
)
# As torch says it of the processor's memory; of a GPU's it has a class, which is not imported here.
_NO_MEMORY = (
    *("can't allocate memory", "not enough memory", "out of memory"),
    # Of the libraries that compute on a GPU, and of Apple's and Intel's drivers.
    *("status_alloc_failed", "insufficient memory", "out_of_device_memory", "out_of_resources"),
)


MOST_SHOWN = 400  # letters of a path

# What of a name is shown where it is too long for a disk, and the rest of it.
_LONG_NAME = re.compile(r"""([^/\\"']{40})[^/\\"']{20,}""")


def told(error: OSError, path: object = None, what: str = "cannot be used") -> str:
    """One line: which file or folder, what is wrong with it, and what to do."""
    named = path if path is not None else error.filename
    if named is None and error.errno == errno.ENOENT and not _stands_somewhere():
        return "The folder that this runs in was deleted: change to another one, then try again."
    way = _WAYS.get(error.errno or 0, "Check it, or choose another place.")
    why = error.strerror or str(error) or type(error).__name__
    shown = os.fsdecode(named) if isinstance(named, bytes) else named
    if error.errno == errno.ENAMETOOLONG:
        why = "the name is too long"
        shown = shown if shown is None else _LONG_NAME.sub("\\1\N{HORIZONTAL ELLIPSIS}", str(shown))
        shown = _shown(shown) if shown is not None and len(shown) > MOST_SHOWN else shown
    return f"{'A file or folder' if shown is None else shown} {what} ({why}). {way}"


def names_nothing(error: ValueError) -> bool:
    """Whether an error says that a path is none: of a NUL, or half a letter."""
    return isinstance(error, UnicodeEncodeError) or "null" in str(error)


def _shown(path: object) -> str:
    """A path in a message, which it does not fill."""
    text = "What was named" if path is None else ascii(str(path))
    return text if len(text) <= MOST_SHOWN else f"{text[:40]}\N{HORIZONTAL ELLIPSIS}{text[-40:]}"


def memory_is_full(error: BaseException) -> bool:
    """Whether an error, of Python or of torch, says that there is no memory left."""
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    said = str(error).lower()
    return isinstance(error, RuntimeError) and any(words in said for words in _NO_MEMORY)


def forget_locals(error: BaseException) -> None:
    """What the frames that an error came through hold is free: tensors of a step, say.

    They hold it for as long as somebody holds the error, to save a run or to tell of it.
    """
    known: BaseException | None = error
    while known is not None:
        clear_frames(known.__traceback__)
        known = known.__cause__ or known.__context__


def _stands_somewhere() -> bool:
    try:
        os.getcwd()  # noqa: PTH109  pathlib would do the same
    except OSError:
        return False
    return True


@contextmanager
def in_words(path: object = None, what: str = "cannot be used") -> Iterator[None]:
    """Turns what the system says in the block, or the function, into a UserError.

    That the memory is full, too.
    """
    try:
        yield
    except BrokenPipeError:  # the reader of our output left: nothing is wrong
        raise
    except OSError as error:
        raise UserError(told(error, path, what)) from error
    except (MemoryError, RuntimeError) as error:
        if not memory_is_full(error):
            raise
        raise UserError(FULL_MEMORY) from error
    except ValueError as error:
        if not names_nothing(error):
            raise
        raise UserError(f"{_shown(path)} cannot be the name of a file: name another.") from error
