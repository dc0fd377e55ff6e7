"""Another model of the same points: its posteriors."""

from __future__ import annotations

from trainer.exploring.questions.base import Circumstances
from trainer.exploring.questions.twin import TwinCloud
from trainer.inference.model_files import load_snapshot
from trainer.inference.render import sample_cloud
from trainer.inference.snapshot import Snapshot
from trainer.messages import Cloud


def twin_cloud(snapshot: Snapshot, question: TwinCloud, told: Circumstances) -> Cloud:
    """The twin's points, sampled as the displayed model's. Raises UserError without its file."""
    twin = load_snapshot(question.path, snapshot.device, told.root)
    return sample_cloud(twin, 0, question.seed, question.scale)
