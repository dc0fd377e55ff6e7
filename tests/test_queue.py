"""The queue's order and its stages, without a window; and its file, whatever lies there."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.queue_items import MOST, Item, Kept, Stage, parsed, seeds_in
from iae_studio.state.training import State
from iae_studio.threads.queue_file import FILE, QueueFile
from tests.widgets import fresh_state, heard_of
from trainer.messages import Failed, UserError
from trainer.recipe.catalogue import CATALOGUE

A, B, C = (CATALOGUE[name] for name in ("drawn-10", "mog-iae", "aae-small"))


def names(state) -> list[str]:
    return [item.recipe.name for item in state.queue.items]


def stages(state) -> list[Stage]:
    return [item.stage for item in state.queue.items]


def trains(state, run: str) -> None:
    """What the thread says once a run began."""
    training = state.training
    training.began(Path(run), training.recipe, np.empty((0, 14), np.float32))
    training.set_state(State.TRAINING)


def ends(state, how: State, why: str = "") -> None:
    if why:
        state.training.failed(Failed(why))
    state.training.set_state(how)
    state.training.ended()


def test_one_after_the_other_is_trained_and_a_failure_is_told_and_passed(state) -> None:
    wanted = heard_of(state.training.wanted)
    for recipe in (A, B, C):
        state.queue.add(recipe)
    assert not wanted, "nothing trains by itself"
    state.queue.start()
    assert wanted == [(A, None)]
    trains(state, "/runs/a")
    ends(state, State.FAILED, "The disk is full.")
    assert wanted[1:] == [(B, None)]
    trains(state, "/runs/b")
    ends(state, State.FINISHED)
    trains(state, "/runs/c")
    ends(state, State.FINISHED)
    assert names(state) == [C.name, B.name, A.name], "the newest first"
    assert stages(state) == [Stage.DONE, Stage.DONE, Stage.FAILED]
    assert [item.why for item in state.queue.items] == ["", "", "The disk is full."]
    assert [str(item.run) for item in state.queue.items] == ["/runs/c", "/runs/b", "/runs/a"]


def test_stop_holds_the_queue_and_what_was_stopped_goes_on_in_its_run(state) -> None:
    wanted = heard_of(state.training.wanted)
    state.queue.add(A)
    state.queue.add(B)
    state.queue.start()
    trains(state, "/runs/a")
    ends(state, State.IDLE)
    assert len(wanted) == 1 and state.queue.held
    assert stages(state) == [Stage.WAITING, Stage.STOPPED]
    state.queue.now(state.queue.ended[0].key)
    assert wanted[1:] == [(A, Path("/runs/a"))]
    assert stages(state) == [Stage.RUNNING, Stage.WAITING] and not state.queue.held


def test_a_training_begun_by_hand_stands_in_the_queue_and_the_next_follows(state) -> None:
    wanted = heard_of(state.training.wanted)
    state.displayed.select(DisplayedModel(B))
    state.training.start()
    assert names(state) == [B.name] and stages(state) == [Stage.RUNNING]
    state.queue.add(A)
    trains(state, "/runs/b")
    ends(state, State.FINISHED)
    assert wanted == [(B, None), (A, None)]
    assert state.displayed.recipe == A, "who looked at the one looks at the next"


@pytest.mark.parametrize("by_hand", [True, False])
def test_what_begins_while_the_last_one_still_gives_memory_back_stands_in_the_queue(
    state, by_hand: bool
) -> None:
    wanted = heard_of(state.training.wanted)
    state.displayed.select(DisplayedModel(A))
    state.training.start()
    trains(state, "/runs/a")
    state.training.failed(Failed("The disk is full."))
    state.training.set_state(State.FAILED)  # the thread has not ended it yet
    if by_hand:
        state.displayed.select(DisplayedModel(B))
        state.training.start()
    else:
        state.queue.add(B)
        state.queue.start()
    state.training.ended()  # the first one
    assert names(state) == [B.name, A.name] and stages(state) == [Stage.RUNNING, Stage.FAILED]
    assert state.queue.ended[0].why == "The disk is full."
    state.queue.add(C)
    trains(state, "/runs/b")
    ends(state, State.FINISHED)
    assert wanted == [(A, None), (B, None), (C, None)]
    assert stages(state) == [Stage.RUNNING, Stage.DONE, Stage.FAILED]


def test_a_queue_that_is_started_right_after_a_stop_goes_on(state) -> None:
    for recipe in (A, B, C):
        state.queue.add(recipe)
    state.queue.start()
    trains(state, "/runs/a")
    state.training.set_state(State.IDLE)  # stopped; the thread has not ended it yet
    state.queue.start()
    state.training.ended()
    trains(state, "/runs/b")
    ends(state, State.FINISHED)
    assert not state.queue.held and stages(state) == [Stage.RUNNING, Stage.DONE, Stage.STOPPED]


def test_who_looks_at_something_else_is_left_alone(state) -> None:
    state.queue.add(A)
    state.queue.add(C)
    state.queue.start()
    trains(state, "/runs/a")
    state.displayed.select(DisplayedModel(B))
    ends(state, State.FINISHED)
    assert state.queue.running.recipe == C and state.displayed.recipe == B


def test_weights_that_are_looked_at_stay_though_the_next_has_their_recipe(state) -> None:
    state.queue.add(B)
    state.queue.add(A)
    state.queue.start()
    trains(state, "/runs/b")
    shipped = DisplayedModel(A, Path("/models/a.safetensors"))
    state.displayed.select(shipped)
    ends(state, State.FINISHED)
    trains(state, "/runs/a")
    assert state.displayed.model == shipped
    state.displayed.select(DisplayedModel(A, Path("/runs/a"), live=True))
    assert state.training.run_path == Path("/runs/a"), "it can be looked at"


def test_a_held_queue_lets_the_training_end_and_begins_nothing(state) -> None:
    wanted = heard_of(state.training.wanted)
    state.queue.add(A)
    state.queue.add(B)
    state.queue.start()
    state.queue.hold()
    trains(state, "/runs/a")
    ends(state, State.FINISHED)
    assert len(wanted) == 1 and stages(state) == [Stage.WAITING, Stage.DONE]


def test_order_is_changed_and_what_does_not_wait_stays_where_it_is(state) -> None:
    queue = state.queue
    a, b, c = (queue.add(recipe) for recipe in (A, B, C))
    queue.move(c.key, -1)
    assert names(state) == [A.name, C.name, B.name]
    queue.move(a.key, 99)
    queue.move(c.key, -1)
    assert names(state) == [C.name, B.name, A.name]
    queue.remove(b.key)
    queue.now(a.key)
    assert queue.running.recipe == A and names(state) == [A.name, C.name]
    queue.move(queue.running.key, 1)
    queue.now(queue.running.key)
    assert names(state) == [A.name, C.name]


def test_of_two_that_are_alike_the_chosen_one_moves(state) -> None:
    queue = state.queue
    first, second = queue.add(A), queue.add(A)
    queue.hold()
    state.training.begin(B, None)
    queue.now(second.key)
    assert [item.key for item in queue.coming] == [second.key, first.key]
    queue.remove(second.key)
    assert [item.key for item in queue.coming] == [first.key]


def test_the_queue_waits_for_the_engine(qapp) -> None:

    state = fresh_state()
    state.queue.add(A)
    state.queue.start()
    assert stages(state) == [Stage.WAITING]
    state.training.engine_ready()
    assert stages(state) == [Stage.RUNNING]


def test_a_full_queue_says_so(state) -> None:
    errors = heard_of(state.messages.changed)
    for seed in range(MOST):
        assert state.queue.add(A.but(seed=seed)) is not None
    assert state.queue.add(B) is None and errors[-1][0].error


@pytest.mark.parametrize(
    ("text", "seeds"),
    [
        ("0,1,2", (0, 1, 2)),
        ("3", (0, 1, 2)),
        (" 4-6 ; 1 ", (4, 5, 6, 1)),
        ("7, 7", (7,)),
        ("9-9", (9,)),
    ],
)
def test_seeds_are_a_list_a_range_or_a_count(text: str, seeds: tuple[int, ...]) -> None:
    assert seeds_in(text) == seeds


NO_SEEDS = ["", "a", "-1", "0", "3-1", "51", "1,99999999999", "0-60", "1.5", "²"]


@pytest.mark.parametrize("text", NO_SEEDS)
def test_what_is_no_seed_is_refused_in_words(text: str) -> None:
    with pytest.raises(UserError, match="seed"):
        seeds_in(text)


# ---- the file ------------------------------------------------------------------------------------


def kept() -> Kept:
    run = Path("/runs/a\u00e9 b")
    return Kept(
        (
            Item(A.but(seed=3), run, Stage.RUNNING, 7),
            Item(B),
            Item(C, None, Stage.FAILED, 0, "Why: «it»"),
        )
    )


def test_the_queue_comes_back_and_what_trained_stands_first_and_waits(tmp_path, state) -> None:
    file = QueueFile(tmp_path / "deep" / "queue")
    assert file.read().kept == Kept()
    file.write(kept())
    file.close()
    again = QueueFile(tmp_path / "deep" / "queue")
    found = again.read()
    again.close()
    assert found.kept == kept() and not found.told
    state.queue.add(A)
    state.queue.restore(found.kept)
    assert stages(state) == [Stage.INTERRUPTED, Stage.WAITING, Stage.WAITING, Stage.FAILED]
    assert names(state) == [A.name, B.name, A.name, C.name]
    assert state.queue.held and not state.training.busy


def broken(**changes: object) -> dict[str, object]:
    content = kept().to_mapping()
    content["items"][1] |= changes
    return content


ITEMS = {
    "recipe": broken(recipe={"name": "../x"}),
    "option": broken(recipe={**json.loads(A.to_json()), "new": 1}),
    "no recipe": broken(recipe=None),
    "stage": broken(stage="begun"),
    "step": broken(step=-1),
    "steps": broken(step=10**30),
    "no number": broken(step=True),
    "run": broken(run=5),
    "relative": broken(run="../../etc"),
    "NUL": broken(run="/a\0b"),
    "half a letter": broken(run="/a\ud800"),
    "why": broken(why=[]),
}
WRONG = {
    "no JSON": "{",
    "a list": [],
    "no items": {"format": 1},
    "newer": {"format": 2, "items": []},
    "older": {"format": 0, "items": []},
    "an item": {"format": 1, "items": [5]},
    **ITEMS,
    "many": {"format": 1, "items": [kept().to_mapping()["items"][1]] * 400},
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_damaged_or_newer_is_set_aside_with_a_word(tmp_path: Path, name: str) -> None:
    text = WRONG[name] if isinstance(WRONG[name], str) else json.dumps(WRONG[name])
    (tmp_path / FILE).write_text(text)
    file = QueueFile(tmp_path)
    found = file.read()
    (aside,) = tmp_path.glob("queue-*.json")
    assert aside.read_text() == text and str(aside) in found.told
    if name in ITEMS:  # the others are good
        assert [item.recipe.name for item in found.kept.items] == [A.name, C.name]
    file.write(kept())
    file.close()
    assert parsed(json.loads((tmp_path / FILE).read_text())) == (kept(), "")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_in_its_place_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / FILE)
    file = QueueFile(tmp_path)
    assert file.read().told
    file.close()


def test_a_second_window_neither_reads_nor_writes_it(tmp_path: Path) -> None:
    first, second = QueueFile(tmp_path), QueueFile(tmp_path)
    first.read()
    first.write(kept())
    assert second.read().kept == Kept() and "window" in second.read().told
    second.write(Kept())
    second.close()
    first.close()
    third = QueueFile(tmp_path)
    assert third.read().kept == kept()
    third.close()


def test_a_disk_that_refuses_costs_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "queue").write_text("a file stands where the folder should be")
    file = QueueFile(tmp_path / "queue")
    assert file.read().kept == Kept()
    file.write(kept())
    file.close()


def test_what_lost_its_device_waits_before_all_others_and_nothing_begins(state) -> None:
    wanted = heard_of(state.training.wanted)
    state.queue.add(A)
    state.queue.add(B)
    state.queue.start()
    trains(state, "/runs/a")
    state.queue.set_back("The GPU was lost.", 120)
    assert state.queue.held, "before it is said that the training failed"
    ends(state, State.FAILED)
    assert wanted == [(A, None)] and stages(state) == [Stage.INTERRUPTED, Stage.WAITING]
    broken = state.queue.items[0]
    assert (str(broken.run), broken.step, broken.why) == ("/runs/a", 120, "The GPU was lost.")
    kept, problem = parsed(json.loads(json.dumps(state.queue.kept.to_mapping())))
    assert kept.items == state.queue.items and not problem, "the next start knows it"
    state.queue.now(broken.key)
    assert wanted[1:] == [(A, Path("/runs/a"))]
    assert state.queue.items[0].why == "" and not state.queue.held
