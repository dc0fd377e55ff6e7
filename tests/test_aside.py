"""Images set aside from a training: what is drawn then, and a course that no kill changes."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

import trainer
from tests.tiny import CPU, batches_of, data_of, recipe_of
from trainer.data import dataset
from trainer.data.aside import FILE, Change, Decision, Decisions, read_decisions
from trainer.data.batches import TrainingBatches
from trainer.data.dataset import DataSet, labelled_index
from trainer.data.folders.trained_on import read_list
from trainer.messages import UserError
from trainer.recipe.recipe import Recipe
from trainer.training.aside import Course, set_aside
from trainer.training.checkpoint import RunFolder
from trainer.training.loop import run
from trainer.training.state import TrainState
from trainer.training.state_file import pack

MOST = tuple(range(100))  # of 120 rows


def recipe_called(kind: str) -> Recipe:
    names = {"labels": ("mnist-semi-small", "labels=20"), "cycle": ("shoes-small",)}
    return recipe_of(*names.get(kind, ("drawn-10",)), "steps=60")


def new_run(folder: Path, recipe: Recipe) -> RunFolder:
    return RunFolder.create(folder, recipe)


def go(course: Course, state: TrainState, until: int, folder: RunFolder) -> None:
    for report in run(state, course, until):
        folder.record(report)


def all_of(state: TrainState) -> dict[str, Tensor]:
    return {key: value.clone() for key, value in pack(state, None).items()}


def equal(a: dict[str, Tensor], b: dict[str, Tensor]) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[key], b[key]) for key in a)


@pytest.fixture(params=["resident", "streamed", "cycle", "labels"])
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "streamed":
        monkeypatch.setattr(dataset, "fits", lambda *_: False)
    return str(request.param)


def test_a_course_that_is_killed_and_goes_on_is_the_course_without_the_kill(
    tmp_path: Path, kind: str
) -> None:
    """Decisions after the last checkpoint are met again, each at its own step."""
    recipe = recipe_called(kind)
    data, domain = data_of(recipe), int(kind == "cycle")
    some = tuple(range(len(data.train) // 2))

    def begun(name: str) -> tuple[RunFolder, Course, TrainState]:
        folder = new_run(tmp_path / name, recipe)
        course = Course(folder, data, data.batches(recipe, CPU))
        state = folder.load(CPU)
        go(course, state, 1, folder)
        course.change(state.step, Change(domain, some, True))
        go(course, state, 2, folder)
        folder.save(state, course)
        go(course, state, 3, folder)
        course.change(state.step, Change(domain, some[:8], False))
        course.change(state.step, Change(0, (len(data.train) - 1,), True))
        go(course, state, 4, folder)
        return folder, course, state

    whole, course, state = begun("whole")
    go(course, state, 6, whole)
    killed, _, lost = begun("killed")
    assert lost.step == 4
    again = RunFolder(killed.path)
    with again.alone():
        resumed = again.load(CPU)
        assert resumed.step == 2
        go(Course(again, data, data.batches(recipe, CPU)), resumed, 6, again)
    assert equal(all_of(resumed), all_of(state))

    (killed.path / FILE).unlink()
    forgot = RunFolder(killed.path)
    other = forgot.load(CPU)
    go(Course(forgot, data, data.batches(recipe, CPU)), other, 6, forgot)
    assert not equal(all_of(other), all_of(state)), "the file decides nothing"


def test_no_row_that_is_set_aside_is_drawn(tmp_path: Path, kind: str) -> None:
    recipe = recipe_called(kind)
    data = marked(data_of(recipe))
    count = len(data.train)
    gone = tuple(range(1, count, 2))
    course = Course(new_run(tmp_path / "run", recipe), data, data.batches(recipe, CPU))
    assert set(drawn(course.at(0))) & set(gone)
    course.change(0, Change(0, gone, True))
    now = course.at(0)
    assert now is course.at(7), "a captured step would be captured anew"
    assert set(drawn(now)) == set(range(0, count, 2))
    excerpt = now.data.sample(4000, torch.Generator().manual_seed(1))
    assert not set(numbers(excerpt)) & set(gone), "the directions are of what is trained on"
    if kind == "labels":
        known = labelled_index(data.train, 20, recipe.optim.seed)
        stay = [row for row in known.tolist() if row % 2 == 0]
        few = now.batch(64, 0, torch.Generator().manual_seed(1))
        assert few.labelled is not None and few.labels is not None
        assert sorted(numbers(few.labelled)) == sorted(stay)
        rows = torch.tensor(numbers(few.labelled))
        assert torch.equal(few.labels, data.train.labels[rows])
    course.change(9, Change(0, gone, False))
    assert course.at(8) is now and len(set(drawn(course.at(9)))) == count


def marked(data: DataSet) -> DataSet:
    """Each image's first pixel is its number."""
    assert len(data.train) < 256
    images = data.train.images.clone()
    images[:, 0, 0, 0] = torch.arange(len(images), dtype=torch.uint8)
    return replace(data, train=replace(data.train, images=images))


def numbers(images: Tensor) -> list[int]:
    return [round(value) for value in (images[:, 0, 0, 0] * 255).tolist()]


def drawn(batches: TrainingBatches) -> list[int]:
    rng = torch.Generator().manual_seed(3)
    return [n for step in range(12) for n in numbers(batches.batch(400, step, rng).data)]


def test_a_run_that_sets_nothing_aside_draws_from_the_very_batches(tmp_path: Path) -> None:
    recipe = recipe_called("resident")
    folder, batches = new_run(tmp_path / "run", recipe), batches_of(recipe)
    course = Course(folder, data_of(recipe), batches)
    assert course.at(0) is batches and course.at(10**6) is batches
    course.change(5, Change(0, (3,), True))
    assert course.at(4) is batches and course.at(5) is not batches
    course.change(5, Change(0, (3,), False))
    assert course.at(5) is batches, "taken back before the step began"
    assert read_decisions(folder.path) == Decisions(False)


def test_a_new_decision_takes_the_place_of_those_still_to_come() -> None:
    """A run killed at step 30 goes on from step 20, and its user changes their mind at 22."""
    known = Decisions(False).but(10, Change(0, (1, 2), True)).but(25, Change(0, (1,), False))
    known = known.but(25, Change(1, (1,), True))
    now = known.but(22, Change(0, (1,), True))
    assert now.in_force(30) == {(0, 1), (0, 2), (1, 1)}
    assert now.in_force(24) == {(0, 1), (0, 2)} and not now.in_force(9)
    assert [each.step for each in now.all] == [10, 10, 25]
    assert now.but(22, Change(0, (1,), False)).in_force() == {(0, 2), (1, 1)}
    assert (now.next_step(0), now.next_step(10), now.next_step(25)) == (10, 25, None)


@pytest.mark.parametrize("kind", ["resident", "labels"])
def test_too_few_must_not_remain(tmp_path: Path, kind: str) -> None:
    recipe = recipe_called(kind)
    folder, data = new_run(tmp_path / "run", recipe), data_of(recipe)
    course = Course(folder, data, data.batches(recipe, CPU))
    count = len(data.train)
    if kind == "labels":
        known = tuple(labelled_index(data.train, 20, recipe.optim.seed).tolist())
        with pytest.raises(UserError, match="No labelled image would be left"):
            course.change(0, Change(0, known, True))
        course.change(0, Change(0, known[1:], True))
        return
    with pytest.raises(UserError, match=f"15 of {count} images would be left"):
        course.change(0, Change(0, tuple(range(15, count)), True))
    assert (
        not (folder.path / FILE).exists() and course.at(0).data.sample(1, torch.Generator()).any()
    )
    course.change(0, Change(0, tuple(range(16, count)), True))
    # Taken back at 5: leaving out others from 3 on would leave too few until then.
    course.change(5, Change(0, tuple(range(16, count)), False))
    with pytest.raises(UserError, match=f"14 of {count}"):
        course.change(3, Change(0, (0, 1), True))
    course.change(6, Change(0, (0, 1), True))


DAMAGED = {
    "nothing": b"",
    "no text": b"\xff\xfe\x00",
    "no object": b"[1]",
    "half": b'{"format": 1, "by": "row", "decisions": [',
    "deep": b'{"a":' * 100_000,
    "newer": {"format": 2},
    "no list": {"decisions": {"0": 1}},
    "no names": {"by": "colour"},
    "lacks": {"decisions": [{"step": 1, "domain": 0, "image": 1}]},
    "no step": {"decisions": [{"step": -1, "domain": 0, "image": 1, "aside": True}]},
    "a step beyond all": {"decisions": [{"step": 10**12, "domain": 0, "image": 1, "aside": True}]},
    "a true step": {"decisions": [{"step": True, "domain": 0, "image": 1, "aside": True}]},
    "no row": {"decisions": [{"step": 1, "domain": 0, "image": -1, "aside": True}]},
    "a broken row": {"decisions": [{"step": 1, "domain": 0, "image": 1.5, "aside": True}]},
    "a row beyond": {"decisions": [{"step": 1, "domain": 0, "image": 120, "aside": True}]},
    "a domain beyond": {"decisions": [{"step": 1, "domain": 1, "image": 1, "aside": True}]},
    "no decision": {"decisions": [{"step": 1, "domain": 0, "image": 1, "aside": "yes"}]},
    "no records": {"decisions": [7]},
    "other images": {
        "by": "content",
        "decisions": [{"step": 1, "domain": 0, "image": 1, "aside": True}],
    },
}


@pytest.mark.parametrize("what", DAMAGED)
def test_a_file_that_anybody_may_have_written_is_named_with_the_way_out(
    tmp_path: Path, what: str
) -> None:
    recipe = recipe_called("resident")
    folder, content = new_run(tmp_path / "run", recipe), DAMAGED[what]
    if isinstance(content, dict):
        content = json.dumps({"format": 1, "by": "row", "decisions": []} | content).encode()
    (folder.path / FILE).write_bytes(content)
    with pytest.raises(UserError, match=r"aside\.json.*or delete it to train on all images again"):
        Course(folder, data_of(recipe), batches_of(recipe))


def test_a_file_that_leaves_too_few_is_told_before_a_step(tmp_path: Path) -> None:
    recipe = recipe_called("resident")
    folder = new_run(tmp_path / "run", recipe)
    decisions = tuple(Decision(0, 0, row, True) for row in range(110))
    (folder.path / FILE).write_bytes(Decisions(False, decisions).to_json())
    course, state = Course(folder, data_of(recipe), batches_of(recipe)), folder.load(CPU)
    with pytest.raises(UserError, match="10 of 120 images would be left"):
        list(run(state, course, 2))
    assert state.step == 0


def test_what_cannot_be_written_is_not_in_force(tmp_path: Path) -> None:
    recipe = recipe_called("resident")
    folder, batches = new_run(tmp_path / "run", recipe), batches_of(recipe)
    with folder.alone():
        course = Course(folder, data_of(recipe), batches)
        (folder.path / FILE).mkdir()
        with pytest.raises(UserError, match="cannot be written"):
            course.change(0, Change(0, (1,), True))
        assert course.at(0) is batches


def test_a_folder_that_was_removed_comes_back_with_what_is_set_aside(tmp_path: Path) -> None:
    recipe = recipe_called("resident")
    folder, data = new_run(tmp_path / "run", recipe), data_of(recipe)
    set_aside(folder, data, Change(0, (4,), True))
    folder = RunFolder(folder.path)
    with folder.alone():
        course, state = Course(folder, data, data.batches(recipe, CPU)), folder.load(CPU)
        shutil.rmtree(folder.path)
        course.change(0, Change(0, (5,), True))
        folder.save(state, course)
        known = read_decisions(folder.path)
        assert known is not None and known.in_force() == {(0, 4), (0, 5)}
        there = folder.elsewhere(tmp_path / "copy")
        assert read_decisions(there.path) == known


def test_another_run_in_the_folder_is_left_alone(tmp_path: Path) -> None:
    recipe = recipe_called("resident")
    folder, data = new_run(tmp_path / "run", recipe), data_of(recipe)
    with folder.alone():
        course = Course(folder, data, data.batches(recipe, CPU))
        folder.path.rename(tmp_path / "away")
        new_run(folder.path, recipe.but(steps=50))
        with pytest.raises(UserError, match="was exchanged"):
            course.change(0, Change(0, (5,), True))
        assert not (folder.path / FILE).exists() and course.at(0) is course.at(1)


def test_while_nobody_trains_it_is_decided_at_the_last_checkpoint(tmp_path: Path) -> None:
    recipe = recipe_called("resident")
    folder, data = new_run(tmp_path / "run", recipe), data_of(recipe)
    course, state = Course(folder, data, data.batches(recipe, CPU)), folder.load(CPU)
    go(course, state, 3, folder)
    folder.save(state, course)
    with folder.alone(), pytest.raises(UserError, match="train"):
        set_aside(RunFolder(folder.path), data, Change(0, (4,), True))
    set_aside(folder, data, Change(0, (4, 6), True))
    set_aside(folder, data, Change(0, (6,), False))
    known = read_decisions(folder.path)
    assert known == Decisions(False, (Decision(3, 0, 4, True),))


def test_own_images_are_set_aside_by_their_content(tmp_path: Path) -> None:
    """By the library, in a folder that was moved and has one image more since."""
    small = {"steps": 4, "width": 4, "batch": 4}
    out, images = tmp_path / "run", distinct(tmp_path / "images", 40)
    training = trainer.train("drawn-10", out=out, settings=small, images=images, device="cpu")
    list(training)
    moved = tmp_path / "moved"
    images.rename(moved)
    distinct(tmp_path, 1, seed=9)
    (tmp_path / "0.png").rename(moved / "+.png")  # before all others

    def go_on(gone: list[int]) -> Exception | None:
        decided = tuple(Decision(2, 0, content, True) for content in gone)
        (out / FILE).write_bytes(Decisions(True, decided).to_json())
        try:
            list(trainer.train("drawn-10", out=out, images=moved, resume=True, steps=6))
        except UserError as error:
            return error
        return None

    listed = read_list(out)
    assert listed is not None
    trained = sorted(listed.trained_on.trained)
    refused = go_on(trained[: len(trained) - 3])
    assert refused is not None and "images would be left to train on" in str(refused)
    assert go_on([*trained[:2], 12345]) is None


def distinct(folder: Path, count: int, seed: int = 1) -> Path:
    """A folder of pictures, no two alike."""
    folder.mkdir(exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 255, (count, 28, 28, 3), np.uint8)
    for number, picture in enumerate(pixels):
        Image.fromarray(picture).save(folder / f"{number}.png")
    return folder
