"""When memory is given back: not before there is an engine, and never at a wait for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from iae_studio.threads import giving_back
from tests.tiny import ROOT
from trainer.devices import memory

# A job ends while another thread imports the engine, which takes long here.
WHILE_IT_LOADS = """
import sys, threading
sys.path.insert(0, sys.argv[1])
from iae_studio.threads.giving_back import give_back_all, give_back_much

loading = threading.Thread(target=lambda: __import__("torch"), daemon=True)
loading.start()
while "torch" not in sys.modules or not hasattr(sys.modules["torch"], "begun"):
    pass
give_back_much()
give_back_all()
print("went on" if loading.is_alive() else "waited")
"""


def test_a_job_that_ends_while_the_engine_loads_does_not_wait_for_it(tmp_path: Path) -> None:
    (tmp_path / "torch.py").write_text("begun = True\nimport time\ntime.sleep(60)\n")
    done = subprocess.run(
        [sys.executable, "-c", WHILE_IT_LOADS, str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, timeout=30, check=True,
    )  # fmt: skip
    assert done.stdout.split() == ["went", "on"]


def test_once_it_is_loaded_memory_is_given_back(monkeypatch) -> None:
    given: list[str] = []
    monkeypatch.setattr(memory, "give_back_where_much", lambda: given.append("much"))
    monkeypatch.setattr(memory, "give_back_everywhere", lambda: given.append("all"))
    giving_back.give_back_much()
    giving_back.give_back_all()
    assert given == ["much", "all"]
