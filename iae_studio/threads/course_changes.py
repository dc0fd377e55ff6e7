"""What is changed in a run while it trains: images set aside, options amended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from iae_studio.threads.failures import describe
from iae_studio.threads.reports import TrainingReports
from trainer.data.amending import Amend
from trainer.data.amendments import END
from trainer.data.aside import Change

if TYPE_CHECKING:
    from trainer.training.aside import Course
    from trainer.training.checkpoint import RunFolder
    from trainer.training.loop import TrainState


class Job(Protocol):
    """A run that trains, between two steps."""

    reports: TrainingReports
    folder: RunFolder
    state: TrainState
    batches: Course
    until: int


def change_course(job: Job, letter: Change | Amend) -> None:
    """From the step that comes next on; where that cannot be, it is told, and all stays."""
    if isinstance(letter, Change):
        _set_aside(job, letter)
    else:
        _amend(job, letter)


def _set_aside(job: Job, change: Change) -> None:
    try:
        job.batches.change(job.state.step, change)
    except Exception as error:
        job.reports.failed.emit(describe(error))
    job.reports.asideChanged.emit()


def _amend(job: Job, wanted: Amend) -> None:
    from trainer.training.amendments import amend

    try:
        found = amend(job.folder, job.state, wanted.options)
    except Exception as error:
        job.reports.failed.emit(describe(error))
        found = job.state.terms.amendments
    else:
        if END in wanted.options:
            job.until = job.state.terms.end
    job.reports.amended.emit(job.folder.path, found)
