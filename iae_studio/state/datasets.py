"""The data sets in words, and where each lies on this computer. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from trainer.recipe.recipe import Recipe
from trainer.storage.paths import data_ready


@dataclass(frozen=True)
class DataWords:
    """What is said of a data set. `size` is that of its download; without one there is none."""

    title: str
    size: str = ""
    files: str = ""  # what a folder must hold
    instead: str = ""  # a recipe that needs no data
    drawn: str = ""  # the drawn data in its place


_MNIST = "the four files train-images-idx3-ubyte and so on, plain or .gz"
WORDS = {
    "mnist": DataWords("MNIST", "11 MB", _MNIST, "drawn-10", "drawn-digits"),
    "fashion-mnist": DataWords("Fashion-MNIST", "31 MB", _MNIST, "drawn-10", "drawn-digits"),
    "svhn": DataWords(
        "SVHN",
        "235 MB",
        "train_32x32.mat and test_32x32.mat",
        "svhn-75-small",
        "drawn-numbers",
    ),
    "celeba": DataWords(
        "CelebA",
        "",
        "img_align_celeba.zip, list_attr_celeba.txt and list_eval_partition.txt",
        "celeba-50-small",
        "drawn-faces",
    ),
    "drawn-digits": DataWords("drawn digits"),
    "drawn-numbers": DataWords("drawn house numbers"),
    "drawn-shoes": DataWords("drawn shoes"),
    "drawn-faces": DataWords("drawn faces"),
    "mog": DataWords("drawn points"),
    "four-points": DataWords("drawn points"),
    "folder": DataWords("your images"),
}
CELEBA_PAGE = "https://mmlab.ie.cuhk.edu.hk/projects/CelebA.html"


def title_of(recipe: Recipe) -> str:
    """The data of a recipe in a few words."""
    if recipe.data.name != "folder":
        return WORDS[recipe.data.name].title
    return " and ".join(
        Path(name).name for name in (recipe.data.images, recipe.data.images_b) if name
    )


def missing(name: str) -> tuple[str, str]:
    """What is said, and what to do, where a data set is not on this computer."""
    words = WORDS[name]
    if words.size:
        way = "Download it at the left, or choose a folder that holds it"
    else:
        way = f"Get it from {CELEBA_PAGE}, then choose the folder that holds {words.files}"
    return f"{words.title} is not on this computer yet.", f"{way}; {words.instead} needs no data."


def images_at_hand(recipe: Recipe) -> bool:
    """Whether the folders of a recipe on own images are there."""
    named = [name for name in (recipe.data.images, recipe.data.images_b) if name]
    return all(Path(name).exists() for name in named)


def with_data_at_hand(recipe: Recipe, root: Path | None) -> Recipe:
    """The recipe, or the same on drawn data where its own is not at hand."""
    if data_ready(recipe.data.name, root):
        return recipe
    return recipe.but(data=WORDS[recipe.data.name].drawn)  # type: ignore[arg-type]
