"""Data beyond the device's memory: the same pixels, the same batches, asked first or later."""

from __future__ import annotations

import errno
import gc
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.folders import grey, write
from tests.tiny import CPU, ROOT, data_of, kind_of, same, weights
from trainer.data.batches import TrainingBatches
from trainer.data.dataset import DataSet, Rows
from trainer.data.distributions import Empirical
from trainer.data.loading import load_data
from trainer.data.memory_maps import open_map, write_map
from trainer.data.streaming import Streamed
from trainer.devices import memory
from trainer.messages import UserError
from trainer.models.directions import find_directions
from trainer.recipe.recipe import Recipe
from trainer.storage.paths import cache_root
from trainer.training.checkpoint import RunFolder
from trainer.training.loop import run, start

SHAPE = (500, 1, 6, 6)
KINDS = ("iae", "iae, labels", "cycleiae, decoder noise")


def numbered(path: Path) -> torch.Tensor:
    """Mapped images of noise that begin with their own number, in two bytes."""
    images = np.random.default_rng(3).integers(0, 256, SHAPE, np.uint8)
    images[:, 0, 0, 0], images[:, 0, 0, 1] = np.divmod(np.arange(len(images)), 256)
    write_map(path, SHAPE, iter(images))
    opened = open_map(path, SHAPE)
    assert opened is not None
    return opened


def numbers(batch: torch.Tensor) -> list[int]:
    first = (batch[:, 0, 0, :2] * 255).round().long()
    return (first[:, 0] * 256 + first[:, 1]).tolist()


def rng() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def streamed(recipe: Recipe) -> TrainingBatches:
    """A batches of the recipe's kind whose data is nowhere but on disk, as far as it can tell."""
    whole = data_of(recipe)

    def mapped(rows: Rows) -> Rows:
        return Rows(rows.images, rows.labels, mapped=True)

    other = None if whole.other_train is None else mapped(whole.other_train)
    data = DataSet(mapped(whole.train), whole.test, other, whole.other_test, whole.classes)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(memory, "available", lambda: 0)
        return data.batches(recipe, CPU)


@pytest.fixture
def rows(tmp_path: Path) -> torch.Tensor:
    return numbered(tmp_path / "rows" / "all-1.npy")


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "batches ahead"]


# ---- batches ----


def test_every_row_is_whole_and_comes_as_often_as_any_other(rows: torch.Tensor) -> None:
    space = Streamed.of(rows, 1, 0, CPU)
    resident = Empirical(rows.clone())
    met = torch.zeros(len(rows))
    for step in range(100):
        batch = space.batch(200, step, rng())
        index = torch.tensor(numbers(batch))
        assert torch.equal(batch, resident.at(index)) and batch.dtype == torch.float32
        met += torch.bincount(index, minlength=len(rows))
    # 40 are expected of each, with a standard deviation of 6.3.
    assert met.min() > 10 and met.max() < 75
    assert 5.5 < met.std() < 7.2


def test_rows_of_a_batch_are_in_no_order(rows: torch.Tensor) -> None:
    found = numbers(Streamed.of(rows, 1, 0, CPU).batch(100, 0, rng()))
    assert 30 < sum(a < b for a, b in pairwise(found)) < 70


@pytest.mark.parametrize(
    "asked", [[(8, 5)], [(8, 4), (8, 5)], [(8, 9), (3, 5), (8, 5)], [(8, 5)] * 3, [(3, 4), (8, 5)]]
)
def test_a_steps_batch_is_the_same_whatever_was_asked_before(
    rows: torch.Tensor, asked: list[tuple[int, int]]
) -> None:
    reference = Streamed.of(rows, 7, 0, CPU)
    for step in range(6):
        wanted = reference.batch(8, step, rng())
    space = Streamed.of(rows, 7, 0, CPU)
    for count, step in asked:
        found = space.batch(count, step, rng())
        assert len(found) == count
    assert torch.equal(found, wanted)


def test_seeds_steps_and_domains_differ(rows: torch.Tensor) -> None:
    found = [
        numbers(Streamed.of(rows, seed, domain, CPU).batch(30, step, rng()))
        for seed, domain, step in ((0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 1))
    ]
    assert len({tuple(each) for each in found}) == len(found)


def test_a_batch_outlives_the_next_ones(rows: torch.Tensor) -> None:
    """The buffers are used again; what was handed out is not."""
    space = Streamed.of(rows, 7, 0, CPU)
    kept = [space.batch(8, step, rng()) for step in range(30)]
    again = Streamed.of(rows, 7, 0, CPU)
    for step, batch in enumerate(kept):
        assert torch.equal(batch, again.batch(8, step, rng()))


@pytest.mark.parametrize("kind", KINDS)
def test_the_generator_of_the_run_is_left_alone(kind: str) -> None:
    recipe = kind_of(kind)
    batches, generator = streamed(recipe), rng()
    assert not batches.resident and batches.device == CPU
    batch = batches.batch(6, 0, generator)
    assert batch.data.shape == (6, *batches.data.shape) and batch.data.max() <= 1
    if not recipe.data.labels:
        assert torch.equal(generator.get_state(), rng().get_state())
    assert (batch.other is not None) is recipe.translates
    assert (batch.labels is not None) is bool(recipe.data.labels)


def test_what_fits_is_resident_and_drawn_by_the_generator() -> None:
    recipe = kind_of("iae")
    batches = data_of(recipe).batches(recipe, CPU)
    index = torch.randint(len(batches.data.rows), (9,), generator=rng())
    assert batches.resident
    assert torch.equal(batches.batch(9, 5, rng()).data, batches.data.at(index))


def test_a_map_that_fits_is_read_in(rows: torch.Tensor) -> None:
    space = Rows(rows, torch.zeros(len(rows)), mapped=True).distribution(CPU, 0, 0)
    assert space.resident and space.rows.data_ptr() != rows.data_ptr()
    assert torch.equal(space.rows, rows)


def test_directions_are_found_in_streamed_data() -> None:
    recipe = kind_of("iae")
    found = find_directions(start(recipe, CPU).ema, streamed(recipe).data)
    assert (
        found.code_axes.shape == (recipe.model.code, recipe.model.code)
        and found.code_std.isfinite().all()
    )


# ---- the thread ----


def test_the_thread_ends_with_the_feed_and_with_a_new_start() -> None:
    gc.collect()
    others = threads()  # of other tests; that of a lost GPU never ends
    batches = streamed(kind_of("iae"))
    batches.batch(4, 0, rng())
    (first,) = (each for each in threads() if each not in others)
    batches.batch(4, 100, rng())
    first.join(10)
    (second,) = (each for each in threads() if each not in others)
    assert second is not first
    del batches
    second.join(10)
    assert not second.is_alive()


def test_what_goes_wrong_while_reading_is_told_and_hangs_nobody(rows: torch.Tensor) -> None:
    class Unplugged(torch.Tensor):
        gone = True

        def numpy(self, *, force: bool = False) -> np.ndarray:
            if self.gone:
                raise OSError("the disk was unplugged")
            return rows.numpy()

    space = Streamed.of(rows.as_subclass(Unplugged), 0, 0, CPU)
    for _ in range(2):
        with pytest.raises(UserError, match=r"cannot be read.*unplugged.*Resume"):
            space.batch(4, 0, rng())
    Unplugged.gone = False
    assert torch.equal(space.batch(4, 0, rng()), Streamed.of(rows, 0, 0, CPU).batch(4, 0, rng()))


def test_a_fault_of_the_program_goes_through_with_its_trace(rows: torch.Tensor) -> None:
    class Faulty(torch.Tensor):
        def numpy(self, *, force: bool = False) -> np.ndarray:
            return rows.numpy()[:, :, :, 0]  # not of the shape that the batches have

    faulty = Streamed.of(rows.as_subclass(Faulty), 0, 0, CPU)
    with pytest.raises(Exception) as caught:
        faulty.batch(4, 0, rng())
    assert not isinstance(caught.value, UserError)
    assert "_gather" in [entry.name for entry in caught.traceback], "where it went wrong is told"


ENDS = """
import torch
from trainer.data.streaming import Streamed
space = Streamed.of(torch.zeros(2000, 3, 64, 64, dtype=torch.uint8), 0, 0, torch.device("cpu"))
space.batch(1024, 0, torch.Generator())
"""


@pytest.mark.parametrize("end", ["", "del space", "raise SystemExit(0)"])
def test_a_program_ends_in_the_middle_of_a_batch(end: str) -> None:
    done = subprocess.run([sys.executable, "-c", ENDS + end], cwd=ROOT, capture_output=True)
    assert done.returncode == 0 and not done.stderr


# ---- a training ----


@pytest.mark.parametrize("kind", KINDS)
def test_a_resumed_training_equals_an_uninterrupted_one(kind: str, tmp_path: Path) -> None:
    recipe = kind_of(kind)
    whole = start(recipe, CPU)
    losses = [report.losses for report in run(whole, streamed(recipe), 12)]
    folder, state = RunFolder.create(tmp_path / "run", recipe), start(recipe, CPU)
    for report in run(state, streamed(recipe), 5):
        folder.record(report)
    folder.save(state)
    state = folder.load(CPU)
    for report in run(state, streamed(recipe), 12):
        folder.record(report)
    folder.save(state)
    assert same(weights(whole), weights(state))
    assert torch.equal(whole.rng.get_state(), state.rng.get_state())
    np.testing.assert_array_equal(folder.curves(), np.concatenate(losses))


# ---- a folder that is larger than memory ----


@pytest.mark.parametrize("change", [lambda: None, lambda: shutil.rmtree(cache_root())])
def test_a_folder_larger_than_memory_is_split_and_streamed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[], None]
) -> None:
    """All images are there, each in one part; nothing needs the cache once it is opened."""
    monkeypatch.setattr(memory, "available", lambda: 0)
    files = {f"{kind}/{i}.png": grey(5 * i) for kind in ("a", "b") for i in range(50)}
    folder = write(tmp_path / "mine", files)
    recipe = kind_of("iae").with_images(str(folder))
    data = load_data(recipe)
    change()
    assert data.train.mapped and data.test.mapped and len(data.train) + len(data.test) == 100
    levels = torch.cat([part.images[:, 0, 0, 0] for part in (data.train, data.test)])
    assert sorted(levels.tolist()) == sorted([5 * i for i in range(50)] * 2)
    batches = data.batches(recipe, CPU)
    assert not batches.resident
    known = {image.numpy().tobytes() for image in data.train.images}
    batch = (batches.batch(40, 0, rng()).data * 255).round().to(torch.uint8)
    assert {image.numpy().tobytes() for image in batch} <= known


def test_a_part_of_a_map_is_in_memory_where_the_disk_is_full(
    rows: torch.Tensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Rows(rows, torch.arange(len(rows)), mapped=True)
    odd = torch.arange(len(rows)) % 2 == 1
    monkeypatch.setattr(memory, "available", lambda: 0)
    on_disk = whole.only(odd)

    def full(**where: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    in_memory = whole.only(odd)
    assert on_disk.mapped and not in_memory.mapped
    assert torch.equal(on_disk.images, rows[odd]) and torch.equal(in_memory.images, rows[odd])
    assert torch.equal(on_disk.labels, in_memory.labels)


def test_memory_is_told_in_bytes() -> None:
    assert 0 <= memory.available() < 1 << 50
    assert memory.fits(1 << 60, CPU, mapped=False) and not memory.fits(1 << 60, CPU, mapped=True)


def test_batches_come_to_whatever_device_trains() -> None:
    """Not only to a CUDA one: "meta" stands in for those that nobody has here."""
    rows = torch.zeros(40, 1, 4, 4, dtype=torch.uint8)
    device = torch.device("meta")
    streamed = Streamed.of(rows, 0, 0, device)
    batch = streamed.batch(8, 0, torch.Generator())
    assert batch.device.type == "meta" and batch.shape == (8, 1, 4, 4)
