"""MP4 by PyAV: H.264 that every player knows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import IO

import numpy as np

from trainer.films.formats import MP4
from trainer.messages import Pixels, UserError

QUALITY = "14"  # x264's rate factor: hardly to be told from the original


def write_mp4(file: IO[bytes], pictures: Iterator[Pixels], ticks: Sequence[int], rate: int) -> None:
    """A film of equal frames, of an even width and height. Raises UserError without PyAV."""
    try:
        import av
    except ImportError as error:
        raise UserError(MP4.missing() or f"MP4 cannot be written: {error}") from error
    target = _Target(file)
    try:
        with av.open(target, "w", format="mp4") as container:
            stream = container.add_stream("libx264", rate=rate, options={"crf": QUALITY})
            stream.pix_fmt = "yuv420p"
            stream.codec_context.color_range = 1  # as the frames are converted below
            stream.codec_context.colorspace = 5
            number = 0
            for picture, count in zip(pictures, ticks, strict=True):
                even = _even(picture)
                if not number:
                    stream.height, stream.width = even.shape[:2]
                frame = av.VideoFrame.from_ndarray(even, format="rgb24").reformat(
                    format="yuv420p", dst_colorspace="ITU601", dst_color_range="MPEG"
                )
                for _ in range(count):
                    frame.pts, frame.time_base = number, Fraction(1, rate)
                    container.mux(stream.encode(frame))
                    number += 1
            container.mux(stream.encode())
    except Exception:
        if target.error is not None:  # FFmpeg says of it no more than that there was one
            raise target.error from None
        raise


class _Target:
    """A file that remembers what went wrong with it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.error: OSError | None = None
        self.seek, self.tell = file.seek, file.tell

    def write(self, data: bytes) -> int:
        try:
            return self._file.write(data)
        except OSError as error:
            self.error = error
            raise


def _even(picture: Pixels) -> Pixels:
    """In colour, with the last row and column twice where there is an odd number of them."""
    high, wide = picture.shape[:2]
    rgb = picture if picture.shape[2] == 3 else picture.repeat(3, 2)
    padded: Pixels = np.pad(rgb, ((0, high % 2), (0, wide % 2), (0, 0)), "edge")
    return np.ascontiguousarray(padded)
