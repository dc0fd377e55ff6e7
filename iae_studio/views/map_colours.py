"""What colour each point of a map has, and what that means."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QColor

from iae_studio.state.turned import has_noise
from iae_studio.style import theme
from iae_studio.widgets.map_legend import Legend
from trainer.exploring.questions.map import CodeMap
from trainer.messages import Floats
from trainer.recipe.recipe import Recipe

CLASS, CLUSTER, NOISE = "byClass", "byCluster", "byNoise"
Whole = npt.NDArray[np.int64]
# Ten that are told apart, and from the panel, by most eyes.
_DARK = "#5ea6ff #ffb454 #45d6a4 #ff7b72 #c49bff #f4e04d #ff9fd6 #93d850 #5fe0ee #d0a98a"
_LIGHT = "#1763cf #c26a00 #0b7d5f #c62828 #7a3fd0 #857000 #b5257f #3f7d12 #087b94 #7a4f2a"
_SHADES = 16  # of a scale
_GOLDEN = 0.618


def offered(recipe: Recipe, found: CodeMap | None) -> list[str]:
    """What a map of this model can be coloured by."""
    classes = found is None or len(np.unique(found.images.labels)) > 1
    each = ((CLASS, classes), (CLUSTER, recipe.categorical), (NOISE, has_noise(recipe)))
    return [name for name, there in each if there]


def palette(count: int) -> list[QColor]:
    """So many colours: ten of a table, then hues far from those before."""
    light = QColor(theme.current().window).lightnessF() > 0.5
    made = [QColor(name) for name in (_LIGHT if light else _DARK).split()]
    for k in range(len(made), count):
        level = (0.3, 0.45)[k % 2] if light else (0.6, 0.8)[k % 2]
        made.append(QColor.fromHslF((k * _GOLDEN) % 1.0, 0.6, level))
    return made[: max(count, 1)]


def colours(kind: str, found: CodeMap, shares: Floats | None) -> tuple[Whole, list[QColor], Legend]:
    """The number of each point's colour, all colours, and the legend."""
    if kind == NOISE and shares is not None and len(shares) == len(found.codes):
        return _scale(shares)
    if kind == CLUSTER and found.clusters is not None:
        names = tuple(str(k + 1) for k in range(found.codes.shape[1]))
        return _named(found.clusters, names, "Cluster")
    labels = found.images.labels
    if kind == CLASS and len(np.unique(labels)) > 1:
        known = found.images.class_names
        names = tuple(
            known[k] if k < len(known) else f"class {k}" for k in range(int(labels.max()) + 1)
        )
        return _named(labels, names, "Class")
    return np.zeros(len(found.codes), np.int64), [theme.colour("content")], Legend()


def _named(
    numbers: Whole, names: tuple[str, ...], title: str
) -> tuple[Whole, list[QColor], Legend]:
    """The legend names those that are there."""
    hues = palette(len(names))
    there = np.unique(numbers).tolist()
    return numbers, hues, Legend(tuple((names[k], hues[k]) for k in there), title=title)


def _scale(shares: Floats) -> tuple[Whole, list[QColor], Legend]:
    most = max(float(shares.max(initial=0.0)), 0.01)
    first, last = theme.colour("content"), theme.colour("style")
    steps = [_between(first, last, k / (_SHADES - 1)) for k in range(_SHADES)]
    numbers = np.rint((shares / most).clip(0, 1) * (_SHADES - 1)).astype(np.int64)
    entries = (("0 %", first), (f"{100 * most:.0f} %", last))
    return numbers, steps, Legend(entries, True, "Noise share")


def _between(first: QColor, last: QColor, share: float) -> QColor:
    ends = ((end.redF(), end.greenF(), end.blueF()) for end in (first, last))
    return QColor.fromRgbF(*((1 - share) * a + share * b for a, b in zip(*ends, strict=True)))
