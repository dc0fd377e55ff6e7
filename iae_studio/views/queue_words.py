"""What the queue's list says of each training: plain data in, cards out."""

from __future__ import annotations

from iae_studio.state.library import Library
from iae_studio.state.own_options import own_options
from iae_studio.state.queue import Queue
from iae_studio.state.queue_items import ENDED, Item, Stage
from iae_studio.state.training import State
from iae_studio.views.durations import duration
from iae_studio.widgets.card import Card

ICONS = {
    Stage.RUNNING: ("play", "accent"),
    Stage.WAITING: ("ring", "muted"),
    Stage.INTERRUPTED: ("reset", "text"),
    Stage.DONE: ("check", "reconstruction"),
    Stage.STOPPED: ("stop", "muted"),
    Stage.FAILED: ("close", "error"),
}
TRAINING = {
    State.LOADING: "loading",
    State.PAUSED: "paused",
    State.UNSAVED: "waits: it could not be saved",
}


def card_of(item: Item, queue: Queue, library: Library, state: State) -> Card:
    """The card of one training; `state` is of what trains now."""
    run = None if item.run is None else library.run_at(item.run)
    icon, role = ICONS[item.stage]
    return Card(
        title=item.recipe.about.title if run is None else run.title,
        right=f"seed {item.recipe.optim.seed}",
        below=_running(queue, state)
        if item.stage is Stage.RUNNING
        else below(item, library, rests=queue.running is None),
        note=item.why or own_options(item.recipe, seed=False),
        icon="pause" if item.stage is Stage.RUNNING and state is State.PAUSED else icon,
        role=role,
        below_role="error" if item.stage is Stage.FAILED else "muted",
        quiet=item.stage in (Stage.DONE, Stage.STOPPED),
        share=_share(queue) if item.stage is Stage.RUNNING else None,
    )


def below(item: Item, library: Library, rests: bool = False) -> str:
    """How it stands, where it does not train; `rests` where nothing does."""
    run = None if item.run is None else library.run_at(item.run)
    step = max(item.step, run.step) if run is not None else item.step
    if item.stage is Stage.DONE:
        return f"done: {step:,} steps"
    if item.stage in ENDED:
        return f"{item.stage.value} at step {step:,}" if step else item.stage.value
    if item.stage is Stage.INTERRUPTED:
        at = f" at step {step:,}" if step else ""
        if rests:
            return f"was interrupted{at}: press Start to {'go on' if step else 'begin again'}"
        return f"was interrupted{at}: {'goes on' if step else 'begins again'}"
    if item.run is not None:
        return f"waits: goes on from step {step:,}" if step else "waits: its run goes on"
    return f"waits: {item.recipe.schedule.steps:,} steps, batches of {item.recipe.optim.batch}"


def _running(queue: Queue, state: State) -> str:
    told, progress = TRAINING.get(state, "trains"), queue.progress
    if progress is None:
        return told
    where = f"{told}: step {progress.step:,} of {progress.steps:,}"
    left = state is State.TRAINING and progress.eta > 0
    return f"{where}, {duration(progress.eta)} left" if left else where


def _share(queue: Queue) -> float:
    progress = queue.progress
    return progress.step / max(progress.steps, 1) if progress is not None else 0.0


def status(queue: Queue) -> str:
    """One line above the list."""
    count = len(queue.coming)
    more = f"{count} {'waits' if count == 1 else 'wait'}"
    if queue.running is None:
        return f"{more}; nothing trains now." if count else "Nothing waits to be trained."
    if not count:
        return "Nothing waits after this one."
    if queue.held:
        return f"{more}; held: nothing begins after this one."
    return f"{more}; the next begins when this one ends."
