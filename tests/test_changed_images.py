"""Own images that change, move or vanish: nothing stale, and what moved is found again."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

import trainer
from tests.folders import pack, photo, photos, write
from tests.own_trainings import RECIPE, held_contents, on, train, trained_contents
from tests.tiny import recipe_of
from trainer.cli import main
from trainer.data.folders.trained_on import read_list
from trainer.data.loading import load_data
from trainer.messages import DataMissingError, UserError
from trainer.training.checkpoint import RunFolder
from trainer.training.run_images import move_images

# ---- the folder changed ----


def test_images_that_are_added_are_in_the_next_training(tmp_path: Path) -> None:
    folder = write(tmp_path / "mine", photos(20))
    before = load_data(on(folder))
    write(folder, photos(40, first=100))
    after = load_data(on(folder))
    assert len(before.train) + len(before.test) == 20
    assert len(after.train) + len(after.test) == 60


@pytest.mark.parametrize("change", ["exchanged", "deleted", "renamed", "packed anew"])
def test_every_change_of_a_folder_is_seen(tmp_path: Path, change: str) -> None:
    folder = write(tmp_path / "mine", photos(20, "a/") | photos(20, "b/", 50))
    path = pack(tmp_path / "mine.zip", photos(30)) if change == "packed anew" else folder
    before = load_data(on(path))
    match change:
        case "exchanged":
            (folder / "a" / "IMG_0003.jpg").write_bytes(photo(900))
        case "deleted":
            (folder / "a" / "IMG_0003.jpg").unlink()
        case "renamed":
            (folder / "a").rename(folder / "z")
        case "packed anew":
            pack(path, photos(31))
    after = load_data(on(path))
    same = torch.equal(before.train.labels, after.train.labels)
    both = trained_contents(before) | held_contents(before)
    assert not same or both != trained_contents(after) | held_contents(after)


def test_downloaded_files_that_change_are_read_anew(tmp_path: Path) -> None:
    from tests.tiny import write_mnist

    root = write_mnist(tmp_path / "root", train=30)
    first = load_data(recipe_of("mnist-10-small"), root)
    shutil.rmtree(root / "MNIST")
    write_mnist(root, train=40)
    assert len(load_data(recipe_of("mnist-10-small"), root).train) != len(first.train)


# ---- the folder is elsewhere now ----


def test_a_moved_folder_is_found_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, run = (
        write(tmp_path / "mine", photos(40, "cats/") | photos(40, "dogs/", 50)),
        tmp_path / "run",
    )
    train(folder, run)
    there = tmp_path / "other disk" / "pets"
    shutil.copytree(folder, there)  # other times of change
    shutil.rmtree(folder)
    go_on = ["train", RECIPE, "--out", str(run), "--resume", "--steps", "4"]
    assert main(go_on) == 2
    assert "is not there" in capsys.readouterr().err
    assert main([*go_on, "--images", str(there)]) == 0
    assert "80 images, 2 classes (cats 40, dogs 40)" in capsys.readouterr().err
    assert RunFolder(run).recipe().data.images == str(there)
    assert main([*go_on[:-1], "6"]) == 0, "and from now on without"


def test_a_packed_or_wrapped_folder_is_the_same(tmp_path: Path) -> None:
    folder, run = write(tmp_path / "mine", photos(40)), tmp_path / "run"
    train(folder, run)
    for there in (
        pack(tmp_path / "mine.zip", photos(40, "backup/mine/")),
        write(tmp_path / "fewer", dict(list(photos(40).items())[:30])),
    ):
        move_images(RunFolder(run), str(there))
        assert RunFolder(run).recipe().data.images == str(there)


def test_another_folder_is_refused_and_nothing_changes(tmp_path: Path) -> None:
    folder, run = write(tmp_path / "mine", photos(40)), tmp_path / "run"
    train(folder, run)
    before = (run / "recipe.json").read_bytes()
    other = write(tmp_path / "other", photos(40, first=300))
    same_names = write(
        tmp_path / "same names", {n: photo(i + 700) for i, n in enumerate(photos(40))}
    )
    for wrong in (other, same_names):
        with pytest.raises(UserError, match=r"not the folder that the run was trained on.*0 are"):
            train(wrong, run, steps=4, resume=True)
    with pytest.raises(UserError, match="is not there"):
        train(tmp_path / "nowhere", run, steps=4, resume=True)
    assert (run / "recipe.json").read_bytes() == before


def test_a_moved_folder_can_be_measured_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, run = write(tmp_path / "mine", photos(60)), tmp_path / "run"
    train(folder, run)
    folder.rename(tmp_path / "moved")
    assert main(["evaluate", str(run), "--json"]) == 2
    capsys.readouterr()
    assert main(["evaluate", str(run), "--json", "--images", str(tmp_path / "moved")]) == 0
    known = read_list(run)
    assert known is not None
    assert json.loads(capsys.readouterr().out)["images"] == len(known.trained_on.tests)
    assert main(["figure", str(run), "--out", str(tmp_path / "f.png"), "--images", "nowhere"]) == 2
    assert "not there" in capsys.readouterr().err


def test_other_images_at_the_place_of_a_runs_are_told(tmp_path: Path) -> None:
    folder, run = write(tmp_path / "mine", photos(40)), tmp_path / "run"
    train(folder, run)
    folder.rename(tmp_path / "real")
    write(folder, {name: photo(700 + i) for i, name in enumerate(photos(40))})
    for _ in range(2):
        with pytest.raises(
            DataMissingError, match=r"other images than.*of 40, 0 are there"
        ) as told:
            train(folder, run, steps=4, resume=True)
        assert told.value.path == str(folder)
    shutil.rmtree(folder)
    folder.mkdir()  # where a disk would be
    with pytest.raises(DataMissingError, match="holds 0 images") as told:
        train(folder, run, steps=4, resume=True)
    assert told.value.path == str(folder)
    train(tmp_path / "real", run, steps=4, resume=True)


def test_domains_that_change_places_are_told(tmp_path: Path) -> None:
    folder = write(tmp_path / "mine", photos(30, "b_cats/") | photos(30, "c_dogs/", 50))
    recipe, run = on(folder, "second=class", name="faces-small"), tmp_path / "run"
    with trainer.train(recipe, out=run, steps=1) as training:
        list(training)
    (folder / "b_cats").rename(folder / "z_cats")
    with pytest.raises(UserError, match=r"were b_cats, c_dogs, in this order, and are c_dogs"):
        trainer.train(recipe, out=run, steps=2, resume=True)
    (folder / "z_cats").rename(folder / "a_cats")  # still the first
    with trainer.train(recipe, out=run, steps=2, resume=True) as training:
        list(training)


def test_files_that_were_saved_anew_are_not_measured_on(tmp_path: Path) -> None:
    """The same pictures, but other files: which of them were trained on cannot be told."""
    folder, run = write(tmp_path / "mine", photos(60)), tmp_path / "run"
    train(folder, run)
    for file in folder.iterdir():
        file.write_bytes(file.read_bytes() + b" ")
    with pytest.raises(DataMissingError, match="holds other images than"):
        trainer.load(run).evaluate()


def test_classes_with_images_of_one_name_are_found_in_a_zip(tmp_path: Path) -> None:
    files = {
        f"{kind}/{i}.jpg": photo(100 * k + i) for k, kind in enumerate("abc") for i in range(9)
    }
    folder, run = write(tmp_path / "mine", files), tmp_path / "run"
    train(folder, run)
    packed = pack(tmp_path / "mine.zip", {f"copy/{name}": data for name, data in files.items()})
    move_images(RunFolder(run), str(packed))


def test_export_needs_no_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, run = write(tmp_path / "mine", photos(40)), tmp_path / "run"
    train(folder, run)
    shutil.rmtree(folder)
    file = tmp_path / "mine.safetensors"
    assert main(["export", str(run), str(file)]) == 0
    told = capsys.readouterr()
    assert "without measures" in told.err and "is not there" in told.err
    seen = np.zeros((16, 16, 3), np.uint8)
    assert np.array_equal(
        trainer.load(file).reconstruct(seen, draws=2), trainer.load(file).reconstruct(seen, draws=2)
    )


def test_export_takes_the_measures_of_the_same_step(tmp_path: Path) -> None:
    folder, run = write(tmp_path / "mine", photos(40)), tmp_path / "run"
    train(folder, run)
    shutil.rmtree(folder)
    (run / "metrics.json").write_text(json.dumps({"step": 2, "mse": 0.25}))
    assert main(["export", str(run), str(tmp_path / "a.safetensors")]) == 0
    assert trainer.load(tmp_path / "a.safetensors").metrics["mse"] == 0.25
