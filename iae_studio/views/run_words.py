"""What the list of runs says of each: plain data in, cards out."""

from __future__ import annotations

from PySide6.QtCore import QLocale

from iae_studio.state.model_files import Run
from iae_studio.state.own_options import own_options
from iae_studio.state.queue_items import Stage
from iae_studio.state.run_shelf import InTrash
from iae_studio.views.queue_words import ICONS
from iae_studio.widgets.card import Card
from trainer.storage.trash import Trashed


def size_words(count: int | None) -> str:
    """How much of the disk it takes; nothing while that is counted."""
    if count is None:
        return ""
    if count < 1000:
        return "< 1 kB"
    return QLocale.c().formattedDataSize(count, 1, QLocale.DataSizeFormat.DataSizeSIFormat)


def card_of(run: Run, size: int | None, trains: bool, parent: str = "") -> Card:
    """The card of a run; `parent` is what its parent is called."""
    icon, role = _icon(run, trains)
    named = run.recipe.about.title if run.notes.title else run.recipe.name
    note = [text for text in (run.notes.note, own_options(run.recipe)) if text]
    if run.parent is not None:
        note.append(f"from {parent or run.parent.run} at step {run.parent.step:,}")
    if run.amendments.all:
        note.append("amended")
    changed = f"; amended {run.amendments}" if run.amendments.all else ""
    return Card(
        title=run.title,
        right=size_words(size),
        below=" · ".join((_steps(run, trains), run.began[5:16].replace("T", " "), named)),
        note=" · ".join(note),
        icon=icon,
        role=role,
        hint=f"{run.path.name}, begun {run.began}{changed}",
    )


def _steps(run: Run, trains: bool) -> str:
    steps = run.end
    if trains:
        return f"trains, saved at step {run.step:,}" if run.step else "trains"
    if not run.step:
        return "no weights"
    if run.step >= steps:
        return f"finished, {run.step:,} steps"
    return f"step {run.step:,} of {steps:,}"


def _icon(run: Run, trains: bool) -> tuple[str, str]:
    if trains:
        return ICONS[Stage.RUNNING]
    if not run.step:
        return "ring", "muted"
    return ICONS[Stage.DONE] if run.step >= run.end else ("dot", "content")


def damaged_card(name: str, why: str, size: int | None) -> Card:
    """The card of a folder that cannot be read as a run."""
    return Card(name, "cannot be read", size_words(size), why, "close", "error", "error")


def trashed_card(trashed: Trashed, told: InTrash) -> Card:
    """The card of a run in the trash."""
    when = trashed.path.parent.name
    day = f"thrown away {when[:4]}-{when[4:6]}-{when[6:8]} {when[9:11]}:{when[11:13]}"
    return Card(told.title, day, size_words(told.size), icon="trash", hint=trashed.name)
