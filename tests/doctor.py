"""The doctor as tests ask it: its lines, a section at a time, and a self-test of a moment."""

from __future__ import annotations

import pytest

from trainer.reporting.doctor import self_test, speeds
from trainer.reporting.doctor.records import Asked
from trainer.reporting.doctor.text import SECTIONS

SOON = Asked(speeds=False)


def section(title: str, asked: Asked = SOON) -> list[str]:
    """Its lines, as text."""
    return [row for row, _ in checks_of(title, asked)]


def checks_of(title: str, asked: Asked = SOON) -> list[tuple[str, bool]]:
    """Its lines, and whether each failed."""
    return [(str(row).strip(), row.failed) for row in SECTIONS[title](asked)]


def little_self_test(monkeypatch: pytest.MonkeyPatch) -> None:
    """One kind of model, and one experiment for a moment."""
    monkeypatch.setattr(self_test, "KINDS", {"points": self_test.KINDS["points"]})
    monkeypatch.setattr(self_test, "CAPTURED", ())
    monkeypatch.setattr(speeds, "EXPERIMENTS", ("mog-iae",))
    for name in ("WARM", "STEPPED", "DRAWN"):
        monkeypatch.setattr(speeds, name, 0.01)
