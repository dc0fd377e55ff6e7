"""The pictures of docs/GUIDE.md, taken from the real window on the shipped models.

python -m benchmarks.screenshots --out docs/guide [--only NAME ...] [--all] [--list]

Without --all: 1280 x 800, scale 1, text at 100 %, dark, as NAME.png. With it also 1920 x 1080,
scale 2, text at 150 % and light, as NAME-1920x1080-x2-150-light.png. Each size and scale has a
process of its own. A scene whose widgets this window lacks is left out, with a word.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import traceback
from dataclasses import dataclass
from io import BytesIO
from itertools import product
from pathlib import Path

import numpy as np
from PIL import Image
from PySide6.QtCore import QBuffer, QPoint, QRect
from PySide6.QtGui import QColor, QPixmap
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

from benchmarks.scenes import SCENES, Scene
from benchmarks.stage import MissingError, Stage
from iae_studio.style import theme
from iae_studio.style.stylesheet import mix

SIZES = ((1280, 800), (1920, 1080))
SCALES, TEXTS, THEMES = (1, 2), (100, 150), ("dark", "light")
ROLES = ("content", "style", "reconstruction", "regularisation")
SHARES = (0.25, 0.5, 0.75)
FOLDERS = ("XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME")


@dataclass(frozen=True)
class Look:
    """How large and in which colours."""

    size: tuple[int, int] = SIZES[0]
    scale: int = SCALES[0]
    text: int = TEXTS[0]
    theme: str = THEMES[0]

    def file(self, name: str) -> str:
        if self == Look():
            return f"{name}.png"
        wide, tall = self.size
        return f"{name}-{wide}x{tall}-x{self.scale}-{self.text}-{self.theme}.png"


def looks(everything: bool) -> list[Look]:
    if not everything:
        return [Look()]
    return [Look(*each) for each in product(SIZES, SCALES, TEXTS, THEMES)]


def screen(folder: Path, look: Look) -> dict[str, str]:
    """The environment of a process whose screen is that large; a given platform is left alone."""
    homes = dict.fromkeys(FOLDERS, str(folder))
    own = {**os.environ, **homes, "QT_SCALE_FACTOR": str(look.scale), "OMP_NUM_THREADS": "1"}
    if "QT_QPA_PLATFORM" not in os.environ or os.environ["QT_QPA_PLATFORM"] == "offscreen":
        wide, tall = (look.scale * length for length in look.size)
        dots = {"logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
        one = {"name": "screen", "x": 0, "y": 0, "width": wide, "height": tall, **dots}
        file = folder / "screen.json"
        file.write_text(json.dumps({"screens": [one]}))
        own["QT_QPA_PLATFORM"] = f"offscreen:configfile={file}"
    return own


def picture(stage: Stage, scene: Scene) -> QPixmap:
    """The whole window, a window of its own, or the part of it in which some widgets lie.

    Where the scene made a page, that page.
    """
    if stage.page is not None:
        return QPixmap.fromImage(stage.page)
    shown = [stage.need(name) for name in scene.shows]
    if len(shown) == 1 and shown[0].isWindow():
        return shown[0].grab()
    for each in reversed(shown):
        bring_into_view(each)
    taken, part = stage.window.grab(), QRect()
    for each in shown:
        part |= QRect(each.mapTo(stage.window, QPoint()), each.size())
    if part.isNull():
        return taken
    part = part.adjusted(-theme.PAD, -theme.PAD, theme.PAD, theme.PAD) & stage.window.rect()
    ratio = taken.devicePixelRatio()
    return taken.copy(QRect(part.topLeft() * ratio, part.size() * ratio))


def bring_into_view(part: QWidget) -> None:
    """Scroll to it, where it is in something that scrolls."""
    around = part.parentWidget()
    while around is not None:
        if isinstance(around, QScrollArea):
            around.ensureWidgetVisible(part, theme.PAD, theme.PAD)
        around = around.parentWidget()


def save(taken: QPixmap, file: Path) -> bool:
    """As a PNG of 256 colours, those that mean something among them: a third of the bytes."""
    bytes_ = QBuffer()
    bytes_.open(QBuffer.OpenModeFlag.WriteOnly)
    taken.save(bytes_, "PNG")
    with Image.open(BytesIO(bytes_.data().data())) as whole:
        colours = whole.convert("RGB")
    tokens = [value for table in (theme.DARK, theme.LIGHT) for value in vars(table).values()]
    panel = theme.current().panel  # thin letters are half of it
    tokens += [mix(theme.colour(role).name(), panel, share) for role in ROLES for share in SHARES]
    own = [part for token in tokens for part in QColor(token).getRgb()[:3]]
    # Refined by k-means: halving boxes alone gives rare hues, like pink hair, no colour.
    refined = colours.quantize(256 - len(tokens), Image.Quantize.MEDIANCUT, kmeans=4)
    found = refined.getpalette() or []
    palette = np.array(own + found, np.int32).reshape(-1, 3)
    # Pillow's own search is not exact: the panels would get another tint in each picture.
    packed = np.asarray(colours, np.int32) @ np.array([1 << 16, 1 << 8, 1], np.int32)
    each, places = np.unique(packed, return_inverse=True)
    apart = np.stack([each >> 16, each >> 8 & 255, each & 255], -1)[:, None] - palette
    nearest = np.square(apart).sum(-1).argmin(1).astype(np.uint8)
    few = Image.fromarray(nearest[places].reshape(packed.shape), "P")
    few.putpalette(own + found)
    few.save(file, optimize=True)
    return True


def take(names: list[str], every: list[Look], out: Path) -> int:
    """The pictures of these scenes, here and now; how many there are."""
    app, taken = QApplication.instance() or QApplication([]), 0
    assert isinstance(app, QApplication)
    for look, name in product(every, names):
        scene = SCENES[name]
        theme.apply(app, look.theme == "dark")
        with tempfile.TemporaryDirectory() as folder:
            os.environ[FOLDERS[0]] = folder  # runs, bookmarks and queue of this scene alone
            stage = Stage(Path(folder), scene.recipe, look.size, look.text)
            try:
                scene.do(stage)
                file = out / look.file(scene.file or name)
                taken += save(picture(stage, scene), file)
                print(file, flush=True)
            except MissingError as lacks:
                print(f"{name}: left out, there is no {lacks} in this window", flush=True)
            finally:
                stage.close()
    theme.set_zoom(app, 1.0)
    return taken


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=Path("docs/guide"))
    parser.add_argument("--only", nargs="+", metavar="NAME", default=[])
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--here", type=int, nargs="+", help=argparse.SUPPRESS)  # looks, by number
    args = parser.parse_args()
    unknown = set(args.only) - set(SCENES)
    if unknown:
        parser.error(f"no scene is called {', '.join(sorted(unknown))}; see --list")
    if args.list:
        print("\n".join(SCENES))
        return 0
    args.out.mkdir(parents=True, exist_ok=True)
    every = looks(args.all)
    if args.here:
        code = 1
        try:
            take(args.only or list(SCENES), [every[number] for number in args.here], args.out)
            code = 0
        except BaseException:
            traceback.print_exc()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)  # the engine's threads need no end
    failed = 0
    for size, scale in dict.fromkeys((look.size, look.scale) for look in every):
        here = [str(k) for k, look in enumerate(every) if (look.size, look.scale) == (size, scale)]
        words = [sys.executable, "-m", "benchmarks.screenshots", *sys.argv[1:], "--here", *here]
        with tempfile.TemporaryDirectory() as folder:
            own = screen(Path(folder), Look(size, scale))
            failed += subprocess.run(words, env=own).returncode != 0
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
