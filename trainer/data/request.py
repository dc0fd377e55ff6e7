"""What is asked of a data set. No torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from trainer.data.progress import OnProgress
from trainer.recipe.recipe import Recipe

if TYPE_CHECKING:
    from trainer.data.dataset import DataSet, Rows
    from trainer.data.folders.trained_on import TrainedOn


@dataclass(frozen=True)
class Request:
    """What of a recipe decides its data; two recipes that ask for the same share it in memory."""

    data: str
    root: Path  # the folder of the data sets; the empty path where the set needs none
    size: int
    colour: bool
    images: str
    images_b: str
    pad: bool
    classes: str
    grey_range: str
    second: str
    translates: bool
    trained_on: TrainedOn | None = None  # by the run that asks
    state: str = ""  # of the files, where they may change: what was loaded before is then stale

    @classmethod
    def of(cls, recipe: Recipe, root: Path, trained_on: TrainedOn | None = None) -> Request:
        """What a recipe asks for."""
        return cls(
            data=recipe.data.name,
            root=root,
            size=recipe.data.size,
            colour=recipe.data.colour,
            images=recipe.data.images,
            images_b=recipe.data.images_b,
            pad=recipe.data.pad,
            classes=recipe.data.classes,
            grey_range=recipe.data.grey_range,
            trained_on=trained_on,
            second=recipe.data.second,
            translates=recipe.translates,
        )

    @property
    def source(self) -> tuple[str, ...]:
        """Where it all comes from: the same for other sizes of the same images."""
        return self.data, str(self.root), self.images, self.images_b


def by_parts(
    rows: Callable[[Request, str, OnProgress], Rows],
) -> Callable[[Request, OnProgress], DataSet]:
    """What loads a set of two parts, "train" and "test", by what loads either."""

    def load(request: Request, progress: OnProgress) -> DataSet:
        from trainer.data.dataset import DataSet

        def part(name: str) -> Rows:
            progress(0, 0)  # who has given up need not wait for the next part
            return rows(request, name, progress)

        train, test = part("train"), part("test")
        return DataSet(train, test, classes=int(train.labels.max()) + 1)

    return load
