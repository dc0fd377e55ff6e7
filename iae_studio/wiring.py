"""What the threads that draw and train hear from the state, and tell it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from iae_studio.state.studio_state import StudioState
from iae_studio.state.training import Loading
from iae_studio.threads.render import RenderThread
from iae_studio.threads.train import TrainingThread
from trainer.data.amending import Amend
from trainer.data.aside import Change


def connect_render(state: StudioState, render: RenderThread) -> None:
    """Pictures are asked for by `answers`, and come back there."""
    state.devices.changed.connect(render.use_device)
    state.answers.asked.connect(render.ask)
    render.failed.connect(state.messages.show_picture_failure)
    render.recovered.connect(state.messages.withdraw_picture_failure)
    render.broken.connect(state.training.engine_broken)
    render.factsKnown.connect(state.answers.set_facts)
    render.previewed.connect(state.answers.preview)
    render.rendered.connect(state.answers.set_rendering)
    render.clouded.connect(state.answers.set_cloud)
    render.clustered.connect(state.answers.set_clusters)
    render.blank.connect(state.answers.set_blank)


def connect_training(state: StudioState, thread: TrainingThread) -> None:
    """Commands go to the run; what it tells comes back."""
    training = state.training
    training.commandWanted.connect(thread.command)
    thread.stateChanged.connect(training.set_state)
    thread.loadingMoved.connect(lambda done, total: training.set_loading(Loading(done, total)))
    thread.began.connect(training.began)
    thread.progressed.connect(training.progressed)
    thread.saved.connect(training.saved)
    thread.unsaved.connect(training.could_not_save)
    thread.ended.connect(training.ended)
    thread.failed.connect(training.failed)
    thread.leftOut.connect(training.left_out)
    thread.noted.connect(state.messages.logged)
    thread.asideChanged.connect(state.asides.changed)
    thread.amended.connect(state.amending.heard)
    thread.tooLate.connect(partial(_change_at_rest, state))


def _change_at_rest(state: StudioState, run: Path, wanted: Change | Amend) -> None:
    """What was wanted of a run while it ended is done to the run that rests."""
    if isinstance(wanted, Amend):
        state.amending.writeWanted.emit(run, dict(wanted.options))
    else:
        state.asides.writeWanted.emit(run, wanted)
