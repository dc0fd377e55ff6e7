"""Zip archives of unknown origin: what they claim takes neither memory nor time. No torch."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from trainer.storage.regular import open_regular

MOST_LISTED = 1 << 25  # bytes of an archive's own list, about 300,000 names
STEP = 1 << 16  # bytes that are unpacked at once
SMALL_STEP = 1 << 12  # packed bytes, of kinds whose unpacker makes 10,000 times more of them


class _Sparing(io.BufferedReader):
    """A file whose list of names is not read where it would fill the memory."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > MOST_LISTED:
            raise zipfile.BadZipFile("it lists too many files")
        return super().read(size)


class _Archive(zipfile.ZipFile):
    """Closes its file too."""

    def __init__(self, file: io.BufferedReader) -> None:
        self._source = file
        super().__init__(file)

    def close(self) -> None:
        super().close()
        self._source.close()


def open_archive(path: Path) -> zipfile.ZipFile:
    """A .zip, opened. Raises OSError, NotAFileError, or BadZipFile for whatever else is wrong."""
    opened = open_regular(path)
    assert isinstance(opened, io.BufferedReader)
    file = _Sparing(opened.detach())
    try:
        return _Archive(file)
    except OSError:
        file.close()
        raise
    except Exception as error:  # zipfile raises nearly anything over broken data
        file.close()
        raise zipfile.BadZipFile(str(error)) from error


def unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes:
    """The first bytes of one file. Raises BadZipFile where it cannot be unpacked, or OSError."""
    data = bytearray()
    step = STEP if info.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) else SMALL_STEP
    try:
        with archive.open(info) as file:
            while len(data) < most and (part := file.read(min(most - len(data), step))):
                data += part
    except OSError:
        raise
    except Exception as error:  # zipfile raises nearly anything over broken data
        raise zipfile.BadZipFile(str(error) or type(error).__name__) from error
    return bytes(data[:most])
