"""A network sees one thing: what is dropped or named is what it was trained on, to the pixel."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from iae_studio.state.input_list import spec_of
from iae_studio.threads.jobs import open_files, see_anew
from tests.test_svhn_celeba import ATTRIBUTES
from trainer.cli import main
from trainer.data.loading import load_data
from trainer.data.preprocessing import Preprocess, preprocess_of
from trainer.data.sets.celeba import LISTS
from trainer.messages import Pixels
from trainer.recipe.catalogue import find_recipe
from trainer.recipe.recipe import Recipe

CELEBA = find_recipe("celeba-50-small").with_settings(["data=celeba", "size=32"])


def noise(seed: int, width: int, height: int) -> Image.Image:
    """A coarse coloured pattern, so that every other crop of it has other pixels."""
    rng = np.random.default_rng(seed)
    small = rng.integers(0, 256, (height // 6 + 1, width // 6 + 1, 3), np.uint8)
    return Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC)


def trained_on(recipe: Recipe, root: Path | None = None) -> set[bytes]:
    """All images of a data set, as the network sees them."""
    data = load_data(recipe, root)
    parts = (data.train.images, data.test.images)
    return {image.numpy().tobytes() for part in parts for image in part.permute(0, 2, 3, 1)}


def dropped(recipe: Recipe, *files: Path) -> list[Pixels]:
    """The files as the window has the recipe's network see them."""
    sight = spec_of(recipe)
    assert sight is not None
    opened = open_files(list(files), sight, 64)
    assert not opened.problems
    return [known.seen for known in opened.inputs]


@pytest.fixture
def faces(tmp_path: Path) -> Path:
    """A CelebA of twelve patterns, half of them for tests; returns its root."""
    folder = tmp_path / "sets" / "celeba"
    (folder / "img_align_celeba").mkdir(parents=True)
    names = [f"{number:06d}.jpg" for number in range(12)]
    for number, name in enumerate(names):
        noise(number, 178, 218).save(folder / "img_align_celeba" / name, quality=95)
    rows = [f"{name} -1 {'-1' if i % 4 < 2 else ' 1'} 1" for i, name in enumerate(names)]
    (folder / LISTS[0]).write_text("\n".join([str(len(names)), " ".join(ATTRIBUTES), *rows]))
    (folder / LISTS[1]).write_text("\n".join(f"{n} {i % 2 * 2}" for i, n in enumerate(names)))
    return tmp_path / "sets"


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder of photos of all shapes, some larger than any view."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(17):
        noise(number, 60 + 40 * number, 500 - 25 * number).save(folder / f"{number}.png")
    return folder


def test_a_dropped_face_is_seen_as_in_the_training(faces: Path) -> None:
    files = sorted((faces / "celeba" / "img_align_celeba").iterdir())
    seen = [pixels.tobytes() for pixels in dropped(CELEBA, *files)]
    assert set(seen) == trained_on(CELEBA, faces) and len(set(seen)) == 12


def test_another_photo_shows_its_middle_to_a_network_of_faces(tmp_path: Path) -> None:
    photo = noise(1, 400, 300)
    photo.save(tmp_path / "photo.png")
    (seen,) = dropped(CELEBA, tmp_path / "photo.png")
    middle = photo.resize((32, 32), Image.Resampling.LANCZOS, box=(50, 0, 350, 300))
    assert (seen == np.array(middle)).all()


@pytest.mark.parametrize("pad", ["true", "false"])
@pytest.mark.parametrize("colour", ["true", "false"])
def test_a_dropped_file_of_ones_own_is_seen_as_in_the_training(
    photos: Path, pad: str, colour: str
) -> None:
    recipe = find_recipe("mnist-10-small").with_images(str(photos))
    recipe = recipe.with_settings([f"pad={pad}", f"colour={colour}"])
    seen = {pixels.tobytes() for pixels in dropped(recipe, *photos.iterdir())}
    assert seen == trained_on(recipe) and len(seen) == 17


def test_the_command_line_shows_a_network_what_it_was_trained_on(
    photos: Path, tmp_path: Path
) -> None:
    run, out = str(tmp_path / "run"), tmp_path / "sheet.png"
    settings = ["--set", "pad=true", "--set", "width=4", "--set", "batch=8", "--device", "cpu"]
    images = ["--images", str(photos)]
    assert main(["train", "mnist-10-small", "--steps", "2", "--out", run, *images, *settings]) == 0
    photo = str(photos / "3.png")
    assert main(["reconstruct", run, photo, "--out", str(out), "--device", "cpu"]) == 0
    recipe = find_recipe("mnist-10-small").with_images(str(photos)).with_settings(["pad=true"])
    with Image.open(out) as sheet:
        seen = np.array(sheet.convert("L"))[:28, :28]
    assert seen.tobytes() in trained_on(recipe)


def test_coming_back_to_a_network_shows_it_the_same_pixels(photos: Path) -> None:
    first = find_recipe("mnist-10-small").with_images(str(photos)).with_settings(["pad=true"])
    other = first.with_settings(["size=64", "colour=true", "pad=false"])
    here, there = spec_of(first), spec_of(other)
    assert here is not None and there is not None
    before = open_files([photos / "16.png", photos / "0.png"], here, 64).inputs
    away = [new for _, new in see_anew(before, there)]
    back = [new for _, new in see_anew(away, here)]
    assert {known.seen.tobytes() for known in away} <= trained_on(other)
    for known, again in zip(before, back, strict=True):
        assert (known.seen == again.seen).all() and known.name == again.name


def test_what_an_image_becomes_follows_from_the_recipe_alone(photos: Path) -> None:
    digits = preprocess_of(find_recipe("drawn-10"))
    assert digits == Preprocess((28, 28, 1), ink=True) and hash(digits) is not None
    assert preprocess_of(find_recipe("mog-iae")) is None
    own = find_recipe("drawn-10").with_images(str(photos)).with_settings(["pad=true"])
    assert preprocess_of(own) == Preprocess((28, 28, 1), pad=True)
    assert preprocess_of(CELEBA) != Preprocess((32, 32, 3))


def test_natural_images_are_cropped_in_the_middle_and_resized() -> None:
    image = np.zeros((100, 300, 3), np.uint8)
    image[:, 100:200] = (200, 100, 50)
    seen = Preprocess((32, 32, 3), ink=False)(image).astype(int)
    assert (seen[:, 3:-3] == (200, 100, 50)).all() and (np.abs(seen[..., 0] - 200) < 20).all()
    grey = Preprocess((16, 16, 1), ink=False)(image)
    assert grey.shape == (16, 16, 1) and (grey[:, 3:-3] == grey[8, 8]).all()
    assert Preprocess((20, 60, 3), ink=False)(image)[:, 30].tolist() == [[200, 100, 50]] * 20
    assert Preprocess((32, 32, 3), ink=False)(image[:1, :1]).shape == (32, 32, 3)


@pytest.mark.parametrize("channels", [1, 3])
def test_an_image_of_the_right_size_passes_unchanged(channels: int) -> None:
    image = np.random.default_rng(0).integers(0, 256, (32, 24, channels), dtype=np.uint8)
    assert (Preprocess((32, 24, channels), ink=False)(image) == image).all()


def test_other_shapes_are_refused() -> None:
    for shape in ((8, 8, 4), (8, 8), (0, 8, 3)):
        with pytest.raises(ValueError, match="shape"):
            Preprocess((28, 28, 1), ink=True)(np.zeros(shape, np.uint8))
