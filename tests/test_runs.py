"""Notes and trash of runs on the disk; what a search finds, and in which order."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import given, settings
from hypothesis import strategies as st

from iae_studio.state.model_files import Run, find_runs
from iae_studio.state.own_options import own_options
from iae_studio.state.run_list import NAME, NEWEST, SIZE, STEPS, matches, ordered
from tests.shelves import a_run, bytes_in
from trainer.messages import UserError
from trainer.recipe.catalogue import CATALOGUE
from trainer.recipe.saved import Parent
from trainer.storage.paths import runs_root, trash_root
from trainer.storage.run_notes import MOST_NOTE, MOST_TITLE, notes_of, read_notes, write_notes
from trainer.storage.trash import empty_trash, in_trash, put_back, size_of, throw_away

ODD = 'a <b>"bold"</b> & \u00fcber \U0001f642 ../x\\y \u05d0'


# ---- notes ---------------------------------------------------------------------------------------


def test_a_run_says_what_it_is_called_and_the_rest_of_it_stays(own_folders) -> None:
    run = a_run("mog-iae-1")
    before = bytes_in(run)
    write_notes(run, notes_of(ODD, "two\nlines\tand\0 more \u202eturned"))
    assert read_notes(run) == notes_of(ODD, "two lines and more turned")
    assert read_notes(run).note == "two lines and more turned"
    (found,) = find_runs().readable
    assert found.title == ODD and found.notes.note.startswith("two lines")
    after = bytes_in(run)
    assert after.pop("notes.json") and after == before


@settings(deadline=None, max_examples=60)
@given(st.text(st.characters(), max_size=400), st.text(st.characters(), max_size=3000))
def test_whatever_is_typed_comes_back_as_it_was_taken(tmp_path_factory, title, note) -> None:
    run = tmp_path_factory.mktemp("run")
    notes = notes_of(title, note)
    assert len(notes.title) <= MOST_TITLE and len(notes.note) <= MOST_NOTE
    write_notes(run, notes)
    assert read_notes(run) == notes


def test_what_is_no_letter_does_not_leave_two_blanks(tmp_path) -> None:
    assert notes_of("a\x85\x1b\rb", "") == notes_of("a b", "")
    write_notes(tmp_path, notes_of("a\x85\x1b\rb", ""))
    assert read_notes(tmp_path).title == "a b"


WRONG = ["", "{", "[]", "null", '{"format": 1, "title": 5}', '{"format": 2}']
WRONG += [" " * 70_000, "[" * 9999]


@pytest.mark.parametrize("text", WRONG)
def test_damaged_notes_are_none_and_the_run_is_listed(own_folders, text) -> None:
    run = a_run("mog-iae-1", step=0)
    (run / "notes.json").write_text(text)
    (found,) = find_runs().readable
    assert found.title == "Seven Gaussians" and not found.notes.note


def test_notes_of_a_newer_version_are_not_written_over(own_folders) -> None:
    run = a_run("mog-iae-1", step=0)
    (run / "notes.json").write_text('{"format": 2}')
    with pytest.raises(UserError, match="newer version"):
        write_notes(run, notes_of("x", ""))
    assert (run / "notes.json").read_text() == '{"format": 2}'
    with pytest.raises(UserError, match="not there"):
        write_notes(runs_root() / "gone", notes_of("x", ""))
    assert not (runs_root() / "gone").exists()


# ---- the trash -----------------------------------------------------------------------------------


def test_a_run_comes_back_from_the_trash_byte_for_byte(own_folders) -> None:
    run = a_run("mog-iae +1, (b)")
    FileLock(run / "lock").acquire(timeout=0).lock.release()  # as of a run that was trained
    (run / "snapshots").mkdir()
    (run / "snapshots" / "x").write_bytes(b"12")
    before = bytes_in(run)
    assert size_of(run) == sum(map(len, before.values()))
    trashed = throw_away(run)
    assert not run.exists() and find_runs().readable == ()
    assert in_trash() == (trashed,)
    assert put_back(trashed) == run
    assert bytes_in(run) == before
    assert in_trash() == () and list(trash_root().iterdir()) == []


def test_what_is_thrown_away_twice_in_a_second_lies_there_twice(own_folders) -> None:
    first = throw_away(a_run("mog-iae-1", step=0))
    second = throw_away(a_run("mog-iae-1", step=3))
    assert set(in_trash()) == {first, second}
    put_back(second)
    with pytest.raises(UserError, match="there again"):
        put_back(first)
    assert in_trash() == (first,)
    empty_trash(in_trash())
    assert in_trash() == () and (runs_root() / "mog-iae-1").is_dir()


def test_what_trains_elsewhere_or_lies_elsewhere_stays(own_folders, tmp_path) -> None:
    run = a_run("mog-iae-1")
    held = FileLock(run / "lock")
    with held.acquire(timeout=0), pytest.raises(UserError, match="being trained"):
        throw_away(run)
    (tmp_path / "mine").mkdir()
    with pytest.raises(UserError, match="elsewhere"):
        throw_away(tmp_path / "mine")
    assert run.is_dir() and (tmp_path / "mine").is_dir() and in_trash() == ()


def test_a_move_that_fails_leaves_all_as_it_was(own_folders, monkeypatch) -> None:
    run = a_run("mog-iae-1")
    before = bytes_in(run)

    def refuses(self: Path, target: Path) -> None:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV), str(self))

    monkeypatch.setattr(Path, "rename", refuses)
    with pytest.raises(UserError, match="another disk"):
        throw_away(run)
    assert bytes_in(run) == before and list(trash_root().iterdir()) == []


def test_emptying_removes_only_what_lies_in_the_trash(own_folders, tmp_path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").write_text("mine")
    run = a_run("mog-iae-1", step=0)
    (run / "link").symlink_to(kept)
    (runs_root() / "linked").symlink_to(kept)
    trashed = (throw_away(run), throw_away(runs_root() / "linked"))
    empty_trash(trashed)
    assert in_trash() == () and (kept / "file").read_text() == "mine"


# ---- search and order ----------------------------------------------------------------------------


def run(name: str, title: str = "", step: int = 1, day: int = 1, **options: object) -> Run:
    parent = Parent("the-parent", "2026-11-01 10:00:00", 3, True) if name == "aae-small" else None
    notes = notes_of(title, "thin strokes" if title else "")
    began = f"2026-11-{day:02d} 10:00:00"
    recipe = CATALOGUE[name].but(options)
    return Run(Path(f"/runs/{name}-{day}"), recipe, began, step, parent, notes)


RUNS = (
    run("drawn-10", "Pen \u00c9", step=9, day=2, seed=3),
    run("drawn-10", step=5, day=4, batch=32),
    run("aae-small", "Aae", step=7, day=3),
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [0, 1, 2]),
        ("pen \u00e9", [0]),
        ("STROKES drawn", [0]),
        ("seed=3", [0]),
        ("seed=0", [1, 2]),
        ("optim.batch=32", [1]),
        ("batch=32.0 drawn-10", [1]),
        ("kind=iae", [0, 1, 2]),
        ("the-parent", [2]),
        ("drawn-10-4", [1]),
        ("nothing of it", []),
        ("nothing=1", []),
        ("=", []),
    ],
)
def test_a_search_finds_names_notes_and_options(text: str, found: list[int]) -> None:
    assert [k for k, each in enumerate(RUNS) if matches(each, text)] == found


@pytest.mark.parametrize(
    ("by", "order"), [(NEWEST, [1, 2, 0]), (NAME, [2, 1, 0]), (SIZE, [0, 2, 1]), (STEPS, [0, 2, 1])]
)
def test_the_list_has_the_order_that_is_asked_for(by: str, order: list[int]) -> None:
    sizes = {RUNS[0].path: 300, RUNS[2].path: 200, RUNS[1].path: 100}
    assert ordered(RUNS, by, sizes) == [RUNS[k] for k in order]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({}, ""),
        ({"seed": 3, "width": 8}, "width=8, seed=3"),
        ({"generator_rate": 0.002}, "generator_rate=0.002"),
    ],
)
def test_a_run_tells_what_is_its_own(options: dict[str, object], told: str) -> None:
    assert own_options(CATALOGUE["drawn-10"].but(options)) == told
    assert "seed" not in own_options(CATALOGUE["drawn-10"].but(options), seed=False)


def test_a_run_on_own_images_names_their_folder() -> None:
    recipe = CATALOGUE["drawn-10"].with_images("/home/me/My photos")
    assert own_options(recipe).startswith("on My photos")


def test_a_damaged_parent_costs_the_run_nothing(own_folders) -> None:
    a_run("mog-iae-1", step=0, parent={"run": "../x", "when": "", "step": 1, "whole": True})
    a_run("mog-iae-2", step=0, parent={"run": "p", "when": "", "step": 1, "whole": True})
    parents = {each.path.name: each.parent for each in find_runs().readable}
    assert parents["mog-iae-1"] is None and parents["mog-iae-2"].run == "p"
    assert json.loads((runs_root() / "mog-iae-1" / "recipe.json").read_text())["parent"]
