"""Every way to end the program in every state it can be in: seconds, exit code, what is left.

python -m benchmarks.ends [--states idle trains ...] [--ways SIGINT close ...] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path

MOST = 3.0  # seconds
SIGNALS = tuple(name for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
WAYS = (*SIGNALS, "close", "quit")  # quit: the end of the desktop's session
ASKING = ("asks", "asks_a_file", "tells", "opens_a_menu")
SAVED = ("trains", "pauses", "unsaved")  # states whose run must be on the disk afterwards
PATIENCE = 60  # seconds for all of it
NO_SCREEN = "This plugin does not support"  # said by Qt where there is no screen


@dataclass(frozen=True)
class End:
    """How one end went."""

    state: str
    way: str
    seconds: float
    code: int
    said: str  # on stderr
    step: int  # of the run that trained

    @property
    def good(self) -> bool:
        """Whether it was an orderly end in time."""
        kept = self.step > 0 or self.state not in SAVED
        return self.seconds <= MOST and self.code == 0 and not self.said and kept


def end(state: str, way: str) -> End:
    """Start the program, wait for the state, end it."""
    with tempfile.TemporaryDirectory() as home:
        names = ("DATA", "CACHE", "CONFIG", "STATE")
        folders = {f"XDG_{name}_HOME": f"{home}/{name.lower()}" for name in names}
        program = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.ending_program", state, way, home],
            env=os.environ | folders | {"QT_QPA_PLATFORM": "offscreen"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert program.stdout is not None
        late = threading.Timer(PATIENCE, program.kill)
        late.start()
        try:
            ready = program.stdout.readline()
            began = float(ready.split()[0]) if ready else time.time()
            if way in SIGNALS:
                began = time.time()
                program.send_signal(getattr(signal, way))
            _, said = program.communicate()
        finally:
            late.cancel()
        seconds = time.time() - began
        runs = sorted(Path(home).glob("data/iae-studio/runs/*/state.safetensors"))
        lines = [line for line in said.splitlines() if NO_SCREEN not in line]
        return End(state, way, seconds, program.returncode, "\n".join(lines), _step(runs))


def _step(states: list[Path]) -> int:
    from trainer.recipe.saved import step_inside, text_inside

    return max((step_inside(text_inside(file), file) for file in states), default=0)


def main() -> int:
    from benchmarks.ending_program import STATES

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--states", nargs="+", choices=STATES, default=list(STATES))
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=list(WAYS))
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    ends = []
    print(f"| state | {' | '.join(args.ways)} |\n|{' --- |' * (1 + len(args.ways))}", flush=True)
    for state in args.states:
        row = [end(state, way) for way in args.ways]
        told = [f"{each.seconds:.2f} s{'' if each.good else ' **!**'}" for each in row]
        print(f"| {state} | {' | '.join(told)} |", flush=True)
        ends += row
    for each in ends:
        if not each.good:
            print(each)
    good = sum(each.good for each in ends)
    slowest = max(each.seconds for each in ends)
    print(f"{good} of {len(ends)} ends were orderly; the slowest took {slowest:.2f} s.")
    if args.json:
        args.json.write_text(json.dumps([asdict(each) for each in ends]))
    return 0 if good == len(ends) else 1


if __name__ == "__main__":
    sys.exit(main())
