"""What a run trained on it remembers, and is never measured on, whatever becomes of the folder."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

import trainer
from tests.folders import photo, photos, write
from tests.own_trainings import held_contents, on, train, trained_contents
from trainer.data.folders.trained_on import content_of, read_list
from trainer.data.loading import load_data
from trainer.messages import UserError
from trainer.training.checkpoint import RunFolder
from trainer.training.run_images import trained_on


def test_a_run_keeps_the_list_of_what_it_trained_on(tmp_path: Path) -> None:
    folder, run = write(tmp_path / "mine", photos(40)), tmp_path / "run"
    train(folder, run)
    known = read_list(run)
    assert known is not None
    (listed,) = known.folders
    assert listed.told == "40 images, one class." and len(listed.contents) == 40
    assert listed.contents["IMG_0007.jpg"] == content_of(photo(7))
    data = load_data(on(folder))
    assert known.trained_on.trained == trained_contents(data)
    assert known.trained_on.tests == held_contents(data)


@pytest.mark.parametrize("setting", ["hold_out=0", "hold_out=10"])
def test_nothing_is_measured_that_was_trained_on(tmp_path: Path, setting: str) -> None:
    """One photo added, some renamed, others moved into a folder val: as it happens to folders."""
    folder, run = write(tmp_path / "mine", photos(60)), tmp_path / "run"
    train(folder, run, setting)
    trained = read_list(run).trained_on.trained  # type: ignore[union-attr]
    write(folder, photos(30, first=500))
    for number in range(20):
        (folder / f"IMG_{number:04}.jpg").rename(folder / f"0 {number}.jpg")
    (folder / "train").mkdir()
    for file in list(folder.glob("*.jpg")):
        file.rename(folder / "train" / file.name)
    (folder / "val").mkdir()
    for file in list((folder / "train").iterdir())[::3]:
        file.rename(folder / "val" / file.name)
    model = trainer.load(run)
    data = load_data(model.recipe, trained_on=model.trained_on)
    assert not held_contents(data) & trained and len(data.test) > 0
    assert trained <= trained_contents(data)


@pytest.mark.parametrize("setting", ["hold_out=0", "hold_out=10"])
def test_an_unchanged_folder_is_split_as_it_was(tmp_path: Path, setting: str) -> None:
    folder, run = write(tmp_path / "mine", photos(60)), tmp_path / "run"
    recipe = on(folder, setting)
    data = load_data(recipe)
    train(folder, run, setting)
    again = load_data(recipe, trained_on=trained_on(RunFolder(run)))
    assert torch.equal(again.train.images, data.train.images)
    assert torch.equal(again.test.images, data.test.images) and len(again.test)


def test_a_run_that_goes_on_with_more_images_remembers_them_all(tmp_path: Path) -> None:
    folder, run = write(tmp_path / "mine", photos(40)), tmp_path / "run"
    train(folder, run)
    first = read_list(run).trained_on  # type: ignore[union-attr]
    gone = [file for file in folder.iterdir() if content_of(file.read_bytes()) in first.trained][:9]
    lost = {content_of(file.read_bytes()) for file in gone}
    for file in gone:
        file.unlink()
    write(folder, photos(30, first=500))
    train(folder, run, steps=4, resume=True)
    later = read_list(run).trained_on  # type: ignore[union-attr]
    assert lost <= later.trained and first.trained <= later.trained
    assert first.tests <= later.tests and not later.tests & later.trained
    assert len(later.trained | later.tests) == 70


def test_a_run_of_an_older_version_is_tested_on_what_it_did_not_train_on(tmp_path: Path) -> None:
    """It kept no list, and its images were split by their order."""
    from trainer.data.folders.split import by_order

    folder, run = write(tmp_path / "mine", photos(50)), tmp_path / "run"
    train(folder, run)
    (run / "images.json").unlink()
    known = trained_on(RunFolder(run))
    assert known is not None and known.unlisted
    data = load_data(on(folder), trained_on=known)
    names = sorted(photos(50))
    wanted = by_order(torch.zeros(50, dtype=torch.int64)).tolist()
    expected = {content_of(photos(50)[n]) for n, test in zip(names, wanted, strict=True) if test}
    assert held_contents(data) == expected
    train(folder, run, steps=4, resume=True)
    assert read_list(run).trained_on.tests == expected, "it goes on so"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "content",
    ["", "[]", "null", '{"folders": 3}', '{"folders": [], "trained": [1e400], "tests": []}'],
)
def test_a_damaged_list_is_told(tmp_path: Path, content: str) -> None:
    folder, run = write(tmp_path / "mine", photos(20)), tmp_path / "run"
    train(folder, run)
    (run / "images.json").write_text(content)
    with pytest.raises(UserError, match=r"images\.json.*cannot be read"):
        trainer.load(run)
