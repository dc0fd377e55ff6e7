"""What a saved picture carries, and whatever somebody else wrote there."""

from __future__ import annotations

import io
import json
import tracemalloc
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.input_list import Input
from iae_studio.state.shared_state import shared
from iae_studio.threads.shared_pictures import restorable, save_page, save_picture
from trainer.data.image_files import open_image
from trainer.messages import UserError
from trainer.recipe.catalogue import CATALOGUE
from trainer.reporting.state_chunk import KEYWORD, _chunk, beside, packed, read_state


@pytest.fixture
def picture(tmp_path: Path, state) -> Path:
    """A picture of an untrained model with an image."""
    show_inputs = [Input("me", np.full((28, 28, 1), 9, np.uint8), state.inputs.spec)]
    state.inputs.add(show_inputs)
    made = shared(state, state.inputs.images)
    return save_picture(tmp_path / "a.png", np.zeros((30, 40, 3), np.uint8), made)


def with_text(picture: Path, text: bytes, kind: bytes = b"iTXt", zipped: bool = False) -> Path:
    """The same picture with another text."""
    png = io.BytesIO()
    Image.open(picture).save(png, "PNG")
    data = zlib.compress(text) if zipped else text
    head = {"iTXt": bytes([0, zipped, 0, 0, 0]), "zTXt": b"\0\0", "tEXt": b"\0"}[kind.decode()]
    picture.write_bytes(
        png.getvalue()[:33] + _chunk(kind, KEYWORD + head + data) + png.getvalue()[33:]
    )
    return picture


def content(picture: Path) -> dict:
    return dict(read_state(picture))


def test_a_picture_says_what_it_was_made_of_in_each_kind_of_text(picture: Path) -> None:
    values = content(picture)
    assert restorable(picture).shared.names == ("image 1",)
    assert Image.open(picture).text["iae-studio"].startswith('{"kind": "iae-studio picture"')
    text = json.dumps(values).encode()
    for kind, zipped in ((b"iTXt", False), (b"zTXt", True), (b"tEXt", False)):
        assert content(with_text(picture, text, kind, zipped)) == values


WRONG = {
    "kind": "another",
    "format": True,
    "recipe": {"name": "../../x"},
    "recipe ": [],
    "weights": None,
    "weights.kind": "mine",
    "weights.step": -1,
    "weights.step ": 10**30,
    "weights.fingerprint": 7,
    "weights.fingerprint ": "abc",
    "settings": 5,
    "settings.seed": True,
    "settings.seeds": [1, 2],
    "settings.noise_scale": 1e300,
    "settings.code_offsets": [[]],
    "settings.noise_axes": [[1.0], [1.0, 2.0]],
    "columns": "8",
    "columns ": 10**9,
    "selection": [0],
    "selection ": [0, -5],
    "names": ["a"] * 65,
    "names ": ["a", "b"],
    "names  ": [7],
    "names   ": ["a\0"],
    "tests": [1],
    "tests ": [],
    "images": "",
    "images ": "not base64!",
    "images  ": "iVBORw0KGgo=",
}


@pytest.mark.parametrize("key", WRONG)
def test_a_value_that_is_not_as_it_should_be_is_refused(picture: Path, key: str) -> None:
    values = content(picture)
    part, _, name = key.strip().rpartition(".")
    (values[part] if part else values)[name] = WRONG[key]
    with pytest.raises(UserError, match=r"of how it was made cannot be used"):
        restorable(with_text(picture, json.dumps(values).encode()))


def test_a_newer_version_is_named(picture: Path) -> None:
    values = content(picture) | {"format": 2}
    with pytest.raises(UserError, match="newer version"):
        restorable(with_text(picture, json.dumps(values).encode()))


BOMBS = {
    "deep": (b"[" * 500_000, True),
    "deep objects": (b'{"a":' * 300_000, True),
    "wide": (b"[" + b"0," * 3_000_000 + b"0]", True),
    "zeros": (b"\0" * (1 << 28), True),
    "blanks": (b'{"kind":' + b" " * (1 << 25), True),
    "no text": (b"\xff\xfe", False),
    "not JSON": (b"hello", False),
    "an array": (b"[1, 2]", False),
    "digits": (b'{"kind": ' + b"9" * 100_000 + b"}", False),
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_are_refused_in_little_memory(picture: Path, name: str) -> None:
    with_text(picture, *BOMBS[name][:1], b"zTXt" if BOMBS[name][1] else b"iTXt", BOMBS[name][1])
    tracemalloc.start()
    with pytest.raises(UserError, match=r"of how it was made cannot be used"):
        restorable(picture)
    assert tracemalloc.get_traced_memory()[1] < 100 << 20
    tracemalloc.stop()
    assert open_image(picture).shape == (30, 40, 3)


def test_images_of_another_size_inside_are_refused(picture: Path) -> None:
    values = content(picture)
    for shape in ((2, 28, 28, 1), (1, 28, 28, 3), (1, 4000, 4000, 1)):
        values["images"] = packed(np.zeros(shape, np.uint8))
        with pytest.raises(UserError, match="not of the model's size"):
            restorable(with_text(picture, json.dumps(values).encode()))


def test_a_changed_chunk_is_told_and_a_cut_picture_is_an_image_as_ever(picture: Path) -> None:
    data = bytearray(picture.read_bytes())
    data[60] ^= 1
    picture.write_bytes(data)
    with pytest.raises(UserError, match="changed, or cut short"):
        restorable(picture)
    assert open_image(picture).shape == (30, 40, 3)
    picture.write_bytes(data[:20])
    assert restorable(picture) is None
    assert restorable(picture.with_name("gone.png")) is None
    assert restorable(picture.parent) is None


def test_beside_a_jpeg_lies_what_it_was_made_of(tmp_path: Path, state) -> None:
    page, made = np.zeros((30, 40, 3), np.uint8), shared(state, ())
    file = save_picture(tmp_path / "a.jpg", page, made)
    assert restorable(file).shared.recipe == state.displayed.recipe
    other = save_picture(tmp_path / "b.jpg", page + 9)
    beside(file).rename(beside(other))
    with pytest.raises(UserError, match="another picture"):
        restorable(other)
    assert restorable(file) is None
    beside(other).write_text('{"title": "b.jpg", "people": []}')
    assert restorable(other) is None, "photos of others have such files too"
    with pytest.raises(UserError, match=r"move it, or choose \.png"):
        save_picture(other, page, made)
    assert restorable(save_picture(tmp_path / "a.png", page)) is None


def test_where_own_images_lie_is_told_to_nobody(tmp_path: Path, state) -> None:
    recipe = CATALOGUE["shoes-small"].with_images("/home/alice/my cats", "/home/alice/dogs")
    state.displayed.select(DisplayedModel(recipe))
    spec = state.inputs.spec
    seen = np.zeros(spec.shape, np.uint8)
    state.inputs.add([Input("alice.jpg", seen, spec, place="/home/alice/alice.jpg")])
    state.inputs.add([Input("test cats/7.jpg", seen, spec, test=True)])
    made = shared(state, state.inputs.images)
    file = save_picture(tmp_path / "a.webp", np.zeros((9, 9, 3), np.uint8), made)
    text = beside(file).read_text()
    assert not any(word in text for word in ("alice", "cats", "dogs", "home", str(tmp_path)))
    assert restorable(file).shared.tests == (True, False)
    png = save_picture(tmp_path / "a.png", np.zeros((9, 9, 3), np.uint8), made)
    values = content(png)
    values["recipe"]["data"]["images"] = "//elsewhere/share"
    found = restorable(with_text(png, json.dumps(values).encode()))
    assert found.found.model.recipe.data.images == "images", "nor does a picture name places here"


def test_with_too_much_to_carry_the_picture_is_saved_alone(
    tmp_path: Path, state, monkeypatch
) -> None:
    monkeypatch.setattr("trainer.reporting.state_chunk.MOST_TEXT", 1000)
    page, made = np.full((9, 9, 3), 7, np.uint8), shared(state, ())
    saved = save_page(tmp_path / "a.png", 2, lambda *_: page, None, None, made)
    assert not saved.whole and read_state(saved.path) is None
    assert np.asarray(Image.open(saved.path)).shape == (18, 18, 3)
