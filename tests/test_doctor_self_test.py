"""The doctor's self-test: what a GPU computes otherwise, or breaks over, is named."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.doctor import SOON, checks_of, little_self_test, section
from trainer.cli import main
from trainer.reporting.doctor import checks, self_test
from trainer.reporting.doctor.self_test import Outcome
from trainer.reporting.doctor.text import SECTIONS


@pytest.fixture
def little(monkeypatch) -> None:
    """One kind of model, and one experiment for a moment."""
    little_self_test(monkeypatch)


def test_every_kind_of_model_is_tried_on_the_cpu() -> None:
    found = checks_of("Self-test", replace(SOON, device="cpu"))
    assert not any(failed for _, failed in found)
    assert [line.split()[:2] for line, _ in found[1:]] == [["ok", k] for k in self_test.KINDS]
    assert "FULL" not in found[0][0] and "losses 0.1 %, pixels 1 of 255" in found[0][0]


def test_pictures_of_the_self_test_have_something_to_see() -> None:
    for kind in ("IAE", "CycleIAE", "FIAE"):
        assert self_test.outcome(kind, self_test.CPU).picture.std() > 5


def off(kind: str, losses: float, picture: float) -> Outcome:
    """What a device makes that is so far off the CPU."""
    right = self_test.outcome(kind, self_test.CPU)
    return replace(right, losses=right.losses * (1 + losses), picture=right.picture + picture)


def test_a_gpu_that_computes_something_else_is_named_with_how_much(
    gpus, little, capsys, monkeypatch
) -> None:
    gpus("")
    right = self_test.outcome("points", self_test.CPU)
    made = {"cuda": off("points", 0.03, 0.5), "cpu": right}
    monkeypatch.setattr(self_test, "outcome", lambda kind, where: made[where.type])
    monkeypatch.setattr(checks, "speeds", lambda asked: iter(()))
    monkeypatch.setitem(SECTIONS, "Speeds", checks.speeds)
    assert main(["doctor"]) == 1
    said = " ".join(capsys.readouterr().out.split())
    assert "FAILED points the loss of the" in said
    assert "is 3 % off (0.1 % may be) and points are up to 0.5 off (0.001 may be)" in said
    assert "ok points losses and points are the same" in said  # the CPU
    assert "FAILED: 1 of the checks above" in said


def test_a_gpu_that_breaks_on_the_way_is_a_line(gpus, monkeypatch) -> None:
    gpus("")
    monkeypatch.setattr(self_test, "KINDS", {"points": self_test.KINDS["points"]})
    right = self_test.outcome("points", self_test.CPU)

    def broken(kind: str, where: torch.device, *_: object) -> Outcome:
        if where.type == "cpu":
            return right
        raise torch.AcceleratorError("CUDA error: unspecified launch failure\nCompile with")

    monkeypatch.setattr(self_test, "outcome", broken)
    monkeypatch.setattr(self_test, "captured", broken)
    found = checks_of("Self-test", replace(SOON, device="cuda"))
    assert [failed for _, failed in found] == [False, True, True, True]
    assert "CUDA error: unspecified launch failure" in found[1][0]
    assert "Compile" not in found[1][0] and "IAE, replayed" in found[2][0]


def test_full_memory_says_so() -> None:
    def full() -> tuple[str, bool]:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate")

    assert checks.carried_out(full) == ("its memory is full: close other programs", True)


def test_precision_is_left_alone_beside_others_and_put_back_elsewhere(gpus, monkeypatch) -> None:
    gpus("")
    seen = []
    monkeypatch.setattr(self_test, "KINDS", {"points": ()})
    monkeypatch.setattr(self_test, "CAPTURED", ())
    right = Outcome(np.zeros(1, np.float32), np.zeros(1, np.float32))

    def made(kind: str, where: torch.device) -> Outcome:
        seen.append(torch.get_float32_matmul_precision())
        return right

    monkeypatch.setattr(self_test, "outcome", made)
    before = torch.get_float32_matmul_precision()
    try:
        alone = section("Self-test", replace(SOON, device="cuda"))
        assert seen == ["highest"] * 2 and torch.get_float32_matmul_precision() == "high"
        beside = section("Self-test", replace(SOON, device="cuda", alone=False))
        assert seen[2:] == ["high"] * 2
        assert "0.1 %" in alone[0] and "2 %, pixels 3 of 255 (TF32)" in beside[0]
    finally:
        torch.set_float32_matmul_precision(before)


@pytest.mark.parametrize("alone", [True, False])
def test_replayed_steps_are_judged_by_the_precision_that_they_have(
    alone: bool, gpus, monkeypatch
) -> None:
    """Beside a training it stays TF32, whose rounding must not pass for a fault of the GPU."""
    gpus("")
    right = Outcome(np.zeros(1, np.float32), np.zeros(1, np.float32))
    monkeypatch.setattr(self_test, "KINDS", {"points": ()})
    monkeypatch.setattr(self_test, "CAPTURED", ("points",))
    monkeypatch.setattr(self_test, "outcome", lambda *_: right)
    monkeypatch.setattr(self_test, "start", lambda *_: None)
    monkeypatch.setattr(self_test, "made_up", lambda *_: None)
    monkeypatch.setattr(self_test, "recipe_of", lambda *_: None)
    monkeypatch.setattr(self_test, "next_batch", lambda *_: None)
    monkeypatch.setattr(self_test, "step", lambda *_: torch.ones(4))
    monkeypatch.setattr(self_test, "CapturedSteps", OnePercentOff)
    found = checks_of("Self-test", replace(SOON, device="cuda", alone=alone))
    assert [failed for _, failed in found] == [False, False, alone]
    assert "1 % off" in found[2][0]


class OnePercentOff:
    """Replays that round."""

    why_not = ""

    def __init__(self, *_: object) -> None:
        pass

    def step(self, _: object) -> torch.Tensor:
        return torch.full((4,), 1.01)

    def settle(self) -> None:
        pass
