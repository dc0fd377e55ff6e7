"""The program, as a process: it explores, or shows what was explored, and says what that is.

python -m tests.exploring explore|look FOLDER
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from PIL import Image
from PySide6.QtCore import QTimer
from PySide6.QtGui import QImage

from iae_studio import __main__, leaving
from iae_studio import app as studio_app
from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.model_files import SHIPPED, model_recipe
from iae_studio.state.session import explored
from iae_studio.widgets.sliders import SliderBank
from trainer.storage.paths import session_root

Studio = studio_app.Studio
SHOWN = "mnist-10-small"  # a model with noise that ships

STILL = 6  # looks in a row: the file may be older than what was changed last
SEEN = 9  # inputs: three of the user, and the test images


def explore(studio: Studio, folder: Path) -> None:
    """Another model, a seed, a lock, sliders, a file, a pasted picture and a drawing."""
    path = SHIPPED[SHOWN]
    studio.state.displayed.select(DisplayedModel(model_recipe(path), path))
    query, inputs = studio.state.query, studio.state.inputs
    query.toggle_lock(2)
    query.set_seed(41)
    query.set_noise_scale(0.5)
    query.set_noise_offsets((1.5, -0.5))
    query.set_code_offsets((0.0, 2.0))
    pixels = np.zeros((40, 40, 3), np.uint8)
    pixels[10:30, 15:20] = 255
    Image.fromarray(pixels).save(folder / "brought.png")
    studio.state.drops.open_files([folder / "brought.png"])
    pasted = QImage(30, 30, QImage.Format.Format_RGB888)
    pasted.fill(0xFF8030)
    for x in range(10, 20):
        pasted.setPixelColor(x, 12, 0)
    studio.state.drops.open_picture(pasted, "pasted")
    drawing = np.zeros((28, 28), np.uint8)
    drawing[5:20, 12:15] = 255
    inputs.sketch(drawing)


def told(studio: Studio) -> dict[str, object]:
    """What is explored, for comparison."""
    now = explored(studio.state)
    sliders = [
        studio.window.findChild(SliderBank, name) for name in ("codeSliders", "noiseSliders")
    ]
    return {
        "model": str(now.model.path),
        "tests": now.tests,
        "inputs": sorted((known.name, int(known.seen.sum())) for known in now.inputs),
        "settings": repr(now.settings),
        "sliders": [list(bank.values()) for bank in sliders],
        "shown": len(studio.state.inputs.images),
    }


def kept() -> int:
    """How many inputs the file holds."""
    try:
        return len(json.loads((session_root() / "session.json").read_text())["pictures"])
    except FileNotFoundError:
        return 0


class Driven(Studio):
    """Explores once the engine is there; prints what is explored once that stands still."""

    def start(self) -> None:
        super().start()
        self._explores, self._before, self._still = sys.argv[1] == "explore", "", 0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)
        self._timer.start(400)

    def _look(self) -> None:
        if self.state.answers.rendering is None or not self.state.inputs.images:
            return
        if self._explores:
            self._explores = False
            explore(self, Path(sys.argv[2]))
            return
        now = json.dumps(told(self))
        whole = len(explored(self.state).inputs) == len(self.state.inputs.images) == SEEN
        self._still = self._still + 1 if now == self._before and kept() == SEEN and whole else 0
        if self._still > STILL:
            sys.stdout.write(now + "\n")
            sys.stdout.flush()
            self._timer.stop()
        self._before = now


if __name__ == "__main__":
    studio_app.Studio = Driven  # type: ignore[misc]
    leaving.end_now(__main__.main())
