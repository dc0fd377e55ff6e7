"""Own images that change, move or vanish: nothing stale, nothing measured that was trained on."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import trainer
from tests.folders import pack, photo, photos, write
from tests.tiny import recipe_of
from trainer.cli import main
from trainer.data.dataset import DataSet
from trainer.data.folders.split import for_testing
from trainer.data.folders.trained_on import TrainedOn, content_of, read_list
from trainer.data.loading import load_data, some_test_images
from trainer.messages import DataMissingError, UserError
from trainer.recipe.recipe import Recipe
from trainer.training.checkpoint import RunFolder
from trainer.training.run_images import move_images, trained_on

TINY = ("size=16", "width=4", "batch=4")
RECIPE = "svhn-75-small"


def on(folder: Path, *more: str, name: str = RECIPE) -> Recipe:
    return recipe_of(name).with_images(str(folder)).with_settings([*TINY, *more])


def contents(*parts: torch.Tensor | None) -> set[int]:
    return {value for part in parts if part is not None for value in part.tolist()}


def trained_contents(data: DataSet) -> set[int]:
    return contents(data.train.contents)


def held_contents(data: DataSet) -> set[int]:
    return contents(data.test.contents)


def train(folder: Path, out: Path, *more: str, steps: int = 2, **options: object) -> None:
    settings = [] if options.get("resume") else [*TINY, *more]
    with trainer.train(
        RECIPE,
        out=out,
        steps=steps,
        settings=settings,
        images=folder,
        **options,  # type: ignore[arg-type]
    ) as training:
        for _ in training:
            pass


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


# ---- the split follows from each image ----

HASHES = st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=60, unique=True)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(HASHES, st.integers(-(2**63), 2**63 - 1), st.integers(0, 60), st.booleans())
def test_an_image_that_comes_moves_no_other(
    hashes: list[int], new: int, place: int, removed: bool
) -> None:
    place = min(place, len(hashes))
    before = dict(zip(hashes, are_for_testing(hashes), strict=True))
    changed = hashes[:place] + ([] if removed else [new]) + hashes[place + removed :]
    after = dict(zip(changed, are_for_testing(changed), strict=True))
    assert all(after[value] == test for value, test in before.items() if value in after)


def are_for_testing(hashes: Iterable[int], known: TrainedOn | None = None) -> list[bool]:
    values = torch.tensor(list(hashes), dtype=torch.int64)
    found: list[bool] = for_testing(values, None, known).tolist()
    return found


@settings(max_examples=100, deadline=None, derandomize=True)
@given(HASHES, st.sets(st.integers(0, 59)), st.sets(st.integers(0, 59)))
def test_what_was_trained_on_is_never_for_testing(
    hashes: list[int], trained: set[int], kept: set[int]
) -> None:
    was = frozenset(hashes[i] for i in trained if i < len(hashes))
    tests = frozenset(hashes[i] for i in kept if i < len(hashes))
    found = dict(zip(hashes, are_for_testing(hashes, TrainedOn(was, tests)), strict=True))
    assert not any(found[value] for value in was)
    assert all(found[value] for value in tests - was)


def test_about_a_tenth_is_for_testing_whatever_it_is_called(tmp_path: Path) -> None:
    folder = write(tmp_path / "mine", photos(300))
    data = load_data(on(folder))
    assert 15 <= len(data.test) <= 50 and len(data.test) + len(data.train) == 300
    for number, file in enumerate(sorted(folder.iterdir())):
        file.rename(folder / f"{(number * 7) % 300} renamed.jpg")
    again = load_data(on(folder))
    assert held_contents(again) == held_contents(data)
    packed = load_data(on(pack(tmp_path / "mine.zip", photos(300))))
    assert held_contents(packed) == held_contents(data)


def test_the_users_own_split_is_kept_but_for_copies(tmp_path: Path) -> None:
    files = photos(30, "train/") | photos(6, "val/", 50) | photos(2, "val/")  # two are in both
    data = load_data(on(write(tmp_path / "mine", files)))
    assert held_contents(data) == {content_of(photo(50 + i)) for i in range(6)}
    assert not held_contents(data) & trained_contents(data)


def test_few_images_may_leave_none_for_testing(tmp_path: Path) -> None:
    every = {number: content_of(photo(number)) % 10 == 0 for number in range(200)}
    chosen = [number for number, test in every.items() if not test][:18]
    folder = write(tmp_path / "mine", {f"{n}.jpg": photo(n) for n in chosen})
    assert not len(load_data(on(folder)).test)
    some = some_test_images(on(folder), None, 6, 0)
    assert some.trained and len(some.images) == 6, "told as what they are"


def test_copies_of_one_image_are_on_one_side_of_a_validation_split(tmp_path: Path) -> None:
    files = photos(60) | {f"copy of {name}": data for name, data in photos(60).items()}
    data = load_data(on(write(tmp_path / "mine", files), "hold_out=12"))
    assert len(data.test) >= 12
    assert not held_contents(data) & trained_contents(data)


# ---- what a run trained on ----


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


# ---- two domains ----


@pytest.mark.parametrize(("few", "many"), [("cats", "dogs"), ("dogs", "cats")])
def test_a_domain_with_one_image_is_named(tmp_path: Path, few: str, many: str) -> None:
    folder = write(tmp_path / "mine", photos(50, f"{many}/") | photos(1, f"{few}/", 90))
    with pytest.raises(UserError, match=rf'Of "{few}" in "mine" there are [01] images to train on'):
        load_data(on(folder, "second=class", name="faces-small"))


def test_three_classes_are_not_two(tmp_path: Path) -> None:
    files = photos(20, "a/") | photos(20, "b/", 30) | photos(20, "c/", 60)
    with pytest.raises(UserError, match=r'"mine" holds 3 classes \(a, b, c\), but not two'):
        load_data(on(write(tmp_path / "mine", files), "second=class", name="faces-small"))


def test_a_domain_without_test_images_still_trains(tmp_path: Path) -> None:
    """Two classes of 20: it may well be that no image of one is for testing."""
    train_only = [n for n in range(400) if content_of(photo(n)) % 10][:20]
    files = {f"a/{n}.jpg": photo(n) for n in train_only} | photos(60, "b/", 500)
    data = load_data(on(write(tmp_path / "mine", files), "second=class", name="faces-small"))
    assert not len(data.test) and data.other_test is not None and len(data.other_test)
