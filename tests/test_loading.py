"""Loading: nobody waits for another's data, progress is told, and whoever stops leaves nothing."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from tests.tiny import ROOT, leftovers, trainer_process
from trainer.data.dataset import DataSet, Rows
from trainer.data.loading import forget_data, load_data
from trainer.data.progress import OnProgress
from trainer.data.request import Request
from trainer.recipe.catalogue import find_recipe
from trainer.recipe.recipe import Recipe
from trainer.recipe.specs import DATA_SETS, DataSpec
from trainer.storage.paths import cache_root

LONG = 60.0  # seconds


class Slow:
    """A data set that is loaded when `go` is set, and how often that was begun."""

    def __init__(self) -> None:
        self.began, self.go, self.times = threading.Event(), threading.Event(), 0

    def load(self, request: Request, progress: OnProgress) -> DataSet:
        self.times += 1
        self.began.set()
        assert self.go.wait(LONG)
        rows = Rows(torch.zeros(20, 1, 28, 28, dtype=torch.uint8), torch.arange(20) % 10)
        return DataSet(rows, rows)


@pytest.fixture
def slow() -> Iterator[Slow]:
    made = Slow()
    with DATA_SETS.registered(DataSpec("slow", "slow", made.load, colour=False, drawn=True)):
        yield made
        made.go.set()
    forget_data()


def in_thread(work: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def slow_recipe() -> Recipe:
    return find_recipe("drawn-10").with_settings(["data=slow"])


def test_points_do_not_wait_for_a_large_set(slow: Slow) -> None:
    first = in_thread(lambda: load_data(slow_recipe()))
    assert slow.began.wait(LONG)
    toy = in_thread(lambda: load_data(find_recipe("mog-iae")))
    toy.join(LONG)
    assert not toy.is_alive() and first.is_alive()
    slow.go.set()
    first.join(LONG)


def test_threads_that_ask_for_the_same_share_it(slow: Slow) -> None:
    found: list[DataSet] = []
    threads = [in_thread(lambda: found.append(load_data(slow_recipe()))) for _ in range(3)]
    assert slow.began.wait(LONG)
    slow.go.set()
    for thread in threads:
        thread.join(LONG)
    assert slow.times == 1 and len(found) == 3 and len(set(map(id, found))) == 1


class Enough(Exception):  # noqa: N818  not an error
    """Whoever waited gave up."""


def test_who_waits_for_another_thread_can_give_up(slow: Slow) -> None:
    def give_up(done: int, total: int) -> None:
        raise Enough

    first = in_thread(lambda: load_data(slow_recipe()))
    assert slow.began.wait(LONG)
    with pytest.raises(Enough):
        load_data(slow_recipe(), progress=give_up)
    slow.go.set()
    first.join(LONG)
    assert slow.times == 1


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    for level in range(20):
        Image.new("RGB", (30, 30), (level * 12,) * 3).save(folder / f"{level}.png")
    return folder


def test_loading_tells_how_far_it_is(photos: Path) -> None:
    told: list[tuple[int, int]] = []
    recipe = find_recipe("mnist-10-small").with_images(str(photos))
    load_data(recipe, progress=lambda done, total: told.append((done, total)))
    assert [each for each in told if each[1]] == [(count, 20) for count in range(1, 21)]


def test_loading_that_is_ended_leaves_nothing_and_can_begin_again(photos: Path) -> None:
    def stop(done: int, total: int) -> None:
        if done == 7:
            raise Enough

    recipe = find_recipe("mnist-10-small").with_images(str(photos))
    with pytest.raises(Enough):
        load_data(recipe, progress=stop)
    assert not [path for path in cache_root().rglob("*") if path.is_file()]
    assert len(load_data(recipe).train) + len(load_data(recipe).test) == 20


@pytest.mark.parametrize("name", ["svhn-75-small", "shoes-small", "faces-small"])
def test_drawing_tells_how_far_it_is_and_can_be_ended(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(done: int, total: int) -> None:
        told.append((done, total))
        if 0 < done < total:
            raise Enough

    told: list[tuple[int, int]] = []
    monkeypatch.setattr("trainer.data.drawn.COUNTS", {"train": 800, "test": 80})
    recipe = find_recipe(name)
    forget_data()
    with pytest.raises(Enough):
        load_data(recipe, progress=stop)
    assert 0 < told[-1][0] < told[-1][1] and not list(cache_root().rglob("*.safetensors"))


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is sent otherwise there")
def test_ctrl_c_ends_the_reading_of_many_images(tmp_path: Path) -> None:
    folder, run = tmp_path / "many", tmp_path / "run"
    folder.mkdir()
    pixels = np.random.default_rng(0).integers(0, 256, (700, 700, 3), np.uint8)
    Image.fromarray(pixels).save(folder / "0.png")
    for number in range(1, 6000):
        os.link(folder / "0.png", folder / f"{number}.png")
    images = ["--images", str(folder), "--out", str(run), "--steps", "2"]
    training = trainer_process("train", "mnist-10-small", *images)
    assert training.stderr is not None
    said = ""
    while "reading images" not in said:
        character = training.stderr.read(1)
        assert character, said
        said += character
    training.send_signal(signal.SIGINT)
    _, rest = training.communicate(timeout=LONG)
    assert training.returncode == 130 and "Traceback" not in rest
    assert (
        not run.exists() and not leftovers(cache_root()) and not list(cache_root().rglob("*.npy"))
    )


DRAW = """
from trainer.data import drawn
from trainer.data.loading import load_data
from trainer.recipe.catalogue import find_recipe
drawn.COUNTS = {"train": 20, "test": 10}
load_data(find_recipe("svhn-75-small"))
"""


def test_house_numbers_are_drawn_anew_where_the_digits_in_them_changed(tmp_path: Path) -> None:
    program = shutil.copytree(ROOT / "trainer", tmp_path / "program" / "trainer").parent

    def drawn() -> int:
        subprocess.run([sys.executable, "-c", DRAW], cwd=program, check=True)
        return len(list((cache_root() / "drawn").iterdir()))

    assert drawn() == 2 and drawn() == 2
    with (program / "trainer" / "data" / "drawing" / "digits.py").open("a") as code:
        code.write("\n# another glyph\n")
    assert drawn() == 4
