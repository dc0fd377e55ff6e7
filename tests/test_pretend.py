"""Trainings, pictures, answers and measures on a GPU that does not exist: see `pretend`.

A GPU of Apple's has no float64, and each look at a value stops any GPU until all is computed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.pretend.trials import TRIALS
from tests.tiny import ROOT

pytest.importorskip(
    "torch._C._acc",
    reason="this torch has no devices that are written in Python",
    exc_type=ImportError,
)


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What went wrong, by name; all of it is done in one process."""
    folder = tmp_path_factory.mktemp("on-pretend")
    own = {f"XDG_{kind}_HOME": str(folder) for kind in ("DATA", "CACHE", "CONFIG", "STATE")}
    file = folder / "outcomes.json"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.pretend", str(file)],
        cwd=ROOT, env=os.environ | own, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", TRIALS)
def test_on_a_gpu_that_does_not_exist(name: str, outcomes: dict[str, str]) -> None:
    assert not outcomes[name], outcomes[name]
