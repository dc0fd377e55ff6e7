"""What a pixel's value means: one scale for deep grey images, sRGB for all colours."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageCms

import trainer
from tests.folders import pack, photo, write
from tests.tiny import recipe_of
from trainer.data.folders import decoding
from trainer.data.folders.decoding import Decoded
from trainer.data.image_files import common_range, decode_image
from trainer.data.loading import forget_data, load_data, settled
from trainer.data.preprocessing import Preprocess, preprocess_of
from trainer.data.sets.folder import read_folder
from trainer.messages import UserError
from trainer.recipe.grey_range import GreyRange


def deep(peak: float, value: float = 250, kind: str = "PNG", floats: bool = False) -> bytes:
    """A picture of one value, but for one pixel in its middle."""
    pixels = np.full((20, 20), value, np.float32 if floats else np.uint16)
    pixels[0, 0] = peak
    file = BytesIO()
    Image.fromarray(pixels).save(file, kind)
    return file.getvalue()


def read(folder: Path, grey_range: GreyRange | None = None) -> Decoded:
    return read_folder(folder, Preprocess((20, 20, 1)), grey_range=grey_range)


# ---- one scale for a data set ----


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    ("peaks", "white"), [((255, 256), 4095), ((200, 255), 255), ((4095, 4096), 65535)]
)
def test_one_series_has_one_scale(
    tmp_path: Path, kind: str, packed: bool, peaks: tuple[int, int], white: int
) -> None:
    """250 in a picture whose peak is 255 is as bright as 250 beside a peak of 256."""
    files = {f"{i}.{kind.lower()}": deep(peaks[i % 2], 150, kind) for i in range(16)}
    path = pack(tmp_path / "s.zip", files) if packed else write(tmp_path / "series", files)
    found = read(path)
    assert found.grey_range == GreyRange(0, white)
    assert set(found.images[:, 0, 10, 10].tolist()) == {round(150 * 255 / white)}
    assert read(path).grey_range == found.grey_range, "the same from the cache"


def test_floats_of_a_series_have_one_scale(tmp_path: Path) -> None:
    files = {f"{i}.tif": deep(-40.0 if i else 60.0, 10.0, "TIFF", floats=True) for i in range(16)}
    found = read(write(tmp_path / "scans", files))
    assert found.grey_range == GreyRange(-40, 60)
    assert set(found.images[:, 0, 10, 10].tolist()) == {128}


def test_eight_bits_stay_as_they_are_beside_deep_ones(tmp_path: Path) -> None:
    plain = BytesIO()
    Image.new("L", (20, 20), 77).save(plain, "PNG")
    files = {f"{i}.png": plain.getvalue() if i % 2 else deep(3000) for i in range(16)}
    found = read(write(tmp_path / "mixed", files))
    assert set(found.images[1::2, 0, 10, 10].tolist()) == {77}


def test_a_run_keeps_the_scale_for_what_is_dropped_and_added_later(tmp_path: Path) -> None:
    folder = write(tmp_path / "series", {f"{i}.png": deep(1000 + i) for i in range(40)})
    recipe = recipe_of("mnist-10-small").with_images(str(folder))
    known = settled(recipe, load_data(recipe))
    assert known.data.grey_range == "0 4095"
    spec = preprocess_of(known)
    assert spec is not None
    dropped = decode_image(deep(255), "dropped", spec.grey_range)
    assert int(dropped[10, 10, 0]) == round(250 * 255 / 4095)
    write(folder, {f"new {i}.png": deep(60_000) for i in range(9)})  # brighter than all before
    images = load_data(known).train.images
    assert set(images[:, 0, 10, 10].tolist()) == {round(250 * 255 / 4095)}


def test_two_folders_share_one_scale(tmp_path: Path) -> None:
    dark = write(tmp_path / "dark", {f"{i}.png": deep(255, 200 + i) for i in range(40)})
    light = write(tmp_path / "light", {f"{i}.png": deep(5000, 200 + i) for i in range(40)})
    recipe = recipe_of("shoes-small").with_images(str(dark), str(light)).but(colour=False, size=24)
    data = load_data(recipe)
    assert {each.grey_range for each in data.own} == {GreyRange(0, 65535)}
    assert data.other_train is not None
    assert int(data.train.images.max()) == 1  # 239 of 65,535, and the peak of 255


def test_the_scale_of_a_folder_does_not_depend_on_what_was_trained_on_before(
    tmp_path: Path,
) -> None:
    scans = write(tmp_path / "scans", {f"{i}.png": deep(4000 - i, 2000) for i in range(40)})
    light = write(tmp_path / "light", {f"{i}.png": deep(60_000) for i in range(40)})
    alone = recipe_of("drawn-10").with_images(str(scans))
    both = recipe_of("shoes-small").with_images(str(scans), str(light)).but(colour=False, size=28)
    for darker in (both, alone.but(grey_range="0 65535"), alone.but(grey_range="-40.5 1e+06")):
        assert int(load_data(darker).train.images[0, 0, 10, 10]) <= 8
        forget_data()  # as another start of the program does
        found = load_data(alone)
        assert settled(alone, found).data.grey_range == "0 4095"
        assert int(found.train.images[0, 0, 10, 10]) == round(2000 * 255 / 4095)


def test_a_run_that_goes_on_finds_its_images_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scans = write(tmp_path / "scans", {f"{i}.png": deep(4000 - i) for i in range(40)})
    light = write(tmp_path / "light", {f"{i}.png": deep(60_000) for i in range(40)})
    alone = recipe_of("drawn-10").with_images(str(scans))
    both = recipe_of("shoes-small").with_images(str(scans), str(light)).but(colour=False, size=28)
    known = {recipe: load_data(recipe) for recipe in (alone, both)}

    def never(data: bytes, name: str, grey_range: object) -> np.ndarray:
        raise AssertionError(f"{name} is decoded again")

    monkeypatch.setattr(decoding, "read_or_tell", never)
    for recipe, data in known.items():
        for again in (recipe, settled(recipe, data)):
            forget_data()
            assert torch.equal(load_data(again).train.images, data.train.images)


def test_one_drop_has_one_scale() -> None:
    files = [("a", deep(255)), ("b", deep(256)), ("c", photo(1)), ("d", deep(9)[:60])]
    assert common_range(files) == GreyRange(0, 4095)
    assert common_range(files[2:]) is None


@pytest.mark.parametrize("text", ["5", "9 3", "a b", "nan 1", "0 inf", "0 1 2"])
def test_a_scale_that_makes_no_sense_is_refused(text: str, tmp_path: Path) -> None:
    recipe = recipe_of("mnist-10-small").with_images(str(tmp_path))
    with pytest.raises(UserError, match="grey_range is two numbers"):
        recipe.but(grey_range=text)


# ---- colours as the file means them ----

# Primaries and white of ICC's D50, gamma 2.2: what AdobeRGB is made of, as curves and a matrix.
ADOBE = ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457))


def matrix_profile(columns: tuple[tuple[float, ...], ...] = ADOBE, gamma: float = 2.2) -> bytes:
    """A small ICC profile of our own: three primaries and one curve."""

    def fixed(value: float) -> bytes:
        return round(value * 65536).to_bytes(4, "big", signed=True)

    def xyz(values: tuple[float, ...]) -> bytes:
        return b"XYZ \0\0\0\0" + b"".join(map(fixed, values))

    text = b"made for a test"
    desc = (
        b"desc\0\0\0\0" + (len(text) + 1).to_bytes(4, "big") + text + bytes(1 + 4 + 4 + 2 + 1 + 67)
    )
    curve = (
        b"curv\0\0\0\0" + (1).to_bytes(4, "big") + round(gamma * 256).to_bytes(2, "big") + b"\0\0"
    )
    tags = {b"desc": desc, b"cprt": b"text\0\0\0\0none\0", b"wtpt": xyz((0.9642, 1.0, 0.82491))}
    for name, values in zip((b"r", b"g", b"b"), columns, strict=True):
        tags[name + b"XYZ"], tags[name + b"TRC"] = xyz(values), curve
    table, body, start = b"", b"", 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        padded = data + bytes(-len(data) % 4)
        table += name + (start + len(body)).to_bytes(4, "big") + len(data).to_bytes(4, "big")
        body += padded
    size = start + len(body)
    head = size.to_bytes(4, "big") + b"none" + bytes.fromhex("02100000") + b"mntrRGB XYZ "
    head += bytes(12) + b"acsp" + bytes(28) + xyz((0.9642, 1.0, 0.82491))[8:] + bytes(48)
    return head[:128] + len(tags).to_bytes(4, "big") + table + body


def coloured(
    colour: tuple[int, ...], profile: bytes, mode: str = "RGB", kind: str = "PNG"
) -> bytes:
    file = BytesIO()
    Image.new(mode, (20, 20), colour).save(file, kind, icc_profile=profile)
    return file.getvalue()


def test_the_profile_of_adobe_rgb_is_read() -> None:
    seen = decode_image(coloured((104, 179, 72), matrix_profile()))
    assert np.abs(seen[10, 10].astype(int) - (30, 180, 60)).max() <= 3
    clear = decode_image(coloured((104, 179, 72, 255), matrix_profile(), "RGBA"))
    assert np.array_equal(clear, seen)
    half = decode_image(coloured((104, 179, 72, 0), matrix_profile(), "RGBA"))
    assert half.min() == 255, "transparency is white still"


def test_a_data_set_is_in_srgb(tmp_path: Path) -> None:
    files = {f"{i}.png": coloured((104, 179, 72 + i), matrix_profile()) for i in range(16)}
    found = read_folder(write(tmp_path / "adobe", files), Preprocess((20, 20, 3)))
    assert (found.images[0, :, 10, 10] - torch.tensor([30, 180, 60])).float().abs().max() <= 3


def test_other_profiles_change_colours_as_they_say() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert decode_image(coloured((1, 2, 3), srgb))[10, 10].tolist() == [1, 2, 3]
    linear = decode_image(coloured((55, 55, 55), matrix_profile(gamma=1.0)))
    assert 125 <= linear[10, 10, 1] <= 131, "a fifth of the light is half way to white"
    for broken in (b"no profile", matrix_profile()[:200], bytes(300)):
        assert decode_image(coloured((1, 2, 3), broken))[10, 10].tolist() == [1, 2, 3]
    grey = decode_image(coloured((9,), matrix_profile(), "L"))  # a profile of another kind
    assert grey[10, 10].tolist() == [9, 9, 9]


def test_a_palette_with_a_profile_is_converted() -> None:
    image = Image.new("RGB", (20, 20), (104, 179, 72)).quantize(4)
    file = BytesIO()
    image.save(file, "PNG", icc_profile=matrix_profile())
    assert np.abs(decode_image(file.getvalue())[10, 10].astype(int) - (30, 180, 60)).max() <= 4


def test_a_model_uses_its_own_scale_for_what_it_reconstructs(tmp_path: Path) -> None:
    folder = write(tmp_path / "series", {f"{i}.png": deep(4000 - i) for i in range(20)})
    settings = ["width=4", "batch=4"]
    recipe = recipe_of("mnist-10-small").with_images(str(folder)).with_settings(settings)
    with trainer.train(recipe, out=tmp_path / "run", steps=1) as training:
        list(training)
    (tmp_path / "dark.png").write_bytes(deep(250, 200))
    seen = trainer.load(tmp_path / "run").prepare(tmp_path / "dark.png")
    assert 0 < seen.max() <= 16


def test_a_profile_of_a_like_name_is_read() -> None:
    named = matrix_profile(gamma=1.0).replace(b"made for a test", b"sRGB-elle-g10.i")
    assert 125 <= decode_image(coloured((55, 55, 55), named))[10, 10, 1] <= 131
