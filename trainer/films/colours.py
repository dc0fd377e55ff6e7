"""The 256 colours of a GIF, the same in all its frames."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image

from trainer.messages import Pixels

MOST = 256


class Colours:
    """Those that suit some pictures; of grey ones all greys.

    Each pixel becomes the nearest of them, always the same one: dots that mix colours would
    flicker, and drawings have flat areas.
    """

    def __init__(self, samples: Sequence[Pixels]) -> None:
        self._grey = samples[0].shape[2] == 1
        self.values = np.arange(MOST, dtype=np.uint8)[:, None].repeat(3, 1)  # [n, 3]
        if self._grey:
            return
        together = np.concatenate([sample.reshape(-1, 3) for sample in samples])[:, None]
        how = Image.Quantize.MAXCOVERAGE  # rare colours get their share
        found = Image.fromarray(together).quantize(MOST, how, kmeans=2).getpalette() or []
        self.values = np.array(found, np.uint8).reshape(-1, 3)[:MOST]
        # Which colour is nearest, looked up once for each that occurs.
        self._nearest = np.full(1 << 24, -1, np.int16)

    def image(self, picture: Pixels) -> Image.Image:
        """The picture [H, W, C] in these colours."""
        numbers = picture[:, :, 0] if self._grey else self._numbers(picture)
        made = Image.frombytes("P", numbers.shape[::-1], np.ascontiguousarray(numbers).tobytes())
        made.putpalette(self.values.tobytes())
        return made

    def _numbers(self, picture: Pixels) -> Pixels:
        """Of each pixel the number of its colour [H, W]. Pillow's own mapping is a coarse one."""
        packed = picture.astype(np.int32) @ np.array([1 << 16, 1 << 8, 1], np.int32)
        found = self._nearest[packed]
        if (found < 0).any():
            self._look_up(np.unique(packed[found < 0]))
            found = self._nearest[packed]
        numbers: Pixels = found.astype(np.uint8)
        return numbers

    def _look_up(self, packed: npt.NDArray[np.int32]) -> None:
        from scipy.spatial import KDTree

        wanted = np.stack([packed >> 16, packed >> 8 & 255, packed & 255], 1)
        self._nearest[packed] = KDTree(self.values.astype(np.float64)).query(wanted)[1]
