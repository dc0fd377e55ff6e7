"""Whether the tests notice small changes: mutmut's mutants, a random few of each file.

    pip install mutmut
    python -m benchmarks.mutants [--group core] [--each 8] [--seed 7] [--only PART] [--json FILE]

Works in a copy of the repository. First the tests run once, to know which of them reach which line;
then each mutant meets those that reach its own, the quickest first, until one fails. What hangs is
noticed too. Each run is a fork of one process that has the large libraries loaded already. Needs an
operating system that forks.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
KEPT = ("trainer", "iae_studio", "tests", "benchmarks", "assets", "docs", "main.py")
LIBRARIES = ("torch", "torchvision", "sklearn.metrics", "scipy.io", "pytest", "PIL")
LIBRARIES += ("PySide6.QtWidgets", "PySide6.QtTest", "pyqtgraph", "safetensors.torch")
LIMIT = 60.0  # s a mutant; what hangs is noticed
PATIENCE = 20.0  # s of tests a mutant, the quickest first

GROUPS = {
    "core": (
        *("trainer/objectives/*.py", "trainer/models/*.py", "trainer/evaluation/formulas/*.py"),
        *(f"trainer/training/{name}.py" for name in ("step", "loop", "state", "state_file")),
        *(f"trainer/training/{name}.py" for name in ("checkpoint", "watch", "saving")),
        *(f"trainer/inference/{name}.py" for name in ("render", "snapshot", "noise_share")),
        *(f"trainer/recipe/{name}.py" for name in ("rules", "effect", "composition")),
    ),
    "window": ("iae_studio/state/*.py", "iae_studio/views/*.py"),
}
# Test files that reach a group; those of other things would only take time.
TESTS = {
    "core": (
        *("games", "model_*", "models", "penalties", "schedule", "training", "training_games"),
        *("watch", "checkpoint*", "explore", "explore_kinds", "noise_share", "measures_*"),
        *("recipes", "few_images", "batches", "evaluation", "unchanged"),
    ),
    "window": ("window_*", "panels", "own_images_dialog", "view_limits", "widths", "bad_items"),
}


@dataclass(frozen=True)
class Mutant:
    """A file with one change."""

    file: str
    line: int
    first: int  # line of the function that holds it
    was: str
    now: str
    text: str = field(repr=False)  # of the whole file


@dataclass(frozen=True)
class Reached:
    """Of each file and line the tests that reach it, and how long each test takes in s."""

    tests: dict[str, dict[int, list[str]]]
    seconds: dict[str, float]

    def nearest(self, mutant: Mutant) -> list[str]:
        """Those that reach the line, else its function, else the file."""
        lines = self.tests.get(mutant.file, {})
        found = set(lines.get(mutant.line, ()))
        for first in (mutant.first, 0):
            if not found:
                inside = (
                    line for line in lines if first <= line <= (mutant.line if first else line)
                )
                found = {name for line in inside for name in lines[line]}
        quick, spent = [], 0.0
        for name in sorted(found, key=lambda name: (self.seconds[name], name)):
            spent += self.seconds[name]
            if quick and spent > PATIENCE:
                break
            quick.append(name)
        return quick


def mutants_of(name: str, each: int, seed: int) -> list[Mutant]:
    """A random few of all of a file, the same for the same seed."""
    import libcst
    from libcst.metadata import MetadataWrapper, PositionProvider
    from mutmut.mutation import file_mutation as mutmut
    from mutmut.mutation.pragma_handling import IgnoredCode

    class Visitor(mutmut.MutationVisitor):
        """Decorated functions too: nothing is copied here that a decorator could mind."""

        def _skip_node_and_children(self, node: libcst.CSTNode) -> bool:
            decorated = isinstance(node, libcst.FunctionDef) and bool(node.decorators)
            return not decorated and super()._skip_node_and_children(node)

    wrapper = MetadataWrapper(libcst.parse_module((ROOT / name).read_text()))
    visitor = Visitor(mutmut.mutation_operators, IgnoredCode(set(), set(), set()))
    wrapper.visit(visitor)
    places = wrapper.resolve(PositionProvider)
    module, found = wrapper.module, []
    inside = [known for known in visitor.mutations if known.contained_by_top_level_function]
    chosen = random.Random(f"{seed} {name}").sample(inside, min(each, len(inside)))
    for known in chosen:
        now = module.deep_replace(known.original_node, known.mutated_node)
        lines = (
            places[known.original_node].start.line,
            places[known.contained_by_top_level_function],
        )
        texts = (module.code_for_node(node) for node in (known.original_node, known.mutated_node))
        found.append(Mutant(name, lines[0], lines[1].start.line, *texts, now.code))
    return found


def in_a_child(work: Callable[[], int], limit: float) -> int | None:
    """What a fork's work returns; None where it did not end in time."""
    child = os.fork()
    if not child:
        os.setsid()
        with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
            os.dup2(nowhere.fileno(), 1)
            os.dup2(nowhere.fileno(), 2)
            os._exit(int(work()))
    end = time.monotonic() + limit
    while time.monotonic() < end:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def pytest_on(names: list[str], *plugins: object) -> int:
    import pytest

    return int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", *names], plugins=plugins))


def reached_by(tests: list[str], sources: list[str]) -> Reached:
    """Run the tests once; one that fails before anything is changed counts for nothing."""
    out = Path("reached.json").absolute()

    def work() -> int:
        import coverage

        measured = coverage.Coverage(data_file=None, include=sources)
        seconds: dict[str, float] = {}
        failed: list[str] = []

        class Noted:
            def pytest_runtest_logstart(self, nodeid: str) -> None:
                measured.switch_context(nodeid)
                seconds[nodeid] = time.monotonic()

            def pytest_runtest_logfinish(self, nodeid: str) -> None:
                seconds[nodeid] = time.monotonic() - seconds[nodeid]

            def pytest_runtest_logreport(self, report: Any) -> None:
                if not report.passed:
                    failed.append(report.nodeid)

        measured.start()
        pytest_on(["--maxfail=99", *tests], Noted())
        measured.stop()
        data = measured.get_data()
        lines = {
            str(Path(name).relative_to(Path.cwd())): data.contexts_by_lineno(name)
            for name in data.measured_files()
        }
        out.write_text(json.dumps({"tests": lines, "seconds": seconds, "failed": failed}))
        return 0

    assert in_a_child(work, 3600) == 0
    read = json.loads(out.read_text())
    if read["failed"]:
        print(f"Left out, for they fail or are skipped: {read['failed']}", flush=True)
    tables: dict[str, dict[int, list[str]]] = defaultdict(dict)
    for name, lines in read["tests"].items():
        for line, known in lines.items():
            tables[name][int(line)] = [
                test for test in known if test and test not in read["failed"]
            ]
    return Reached(tables, read["seconds"])


def verdict(mutant: Mutant, reached: Reached) -> dict[str, Any]:
    """Whether a test fails where the file is changed so."""
    names, file, began = reached.nearest(mutant), Path(mutant.file), time.monotonic()
    before = file.read_text()
    file.write_text(mutant.text)
    try:
        code = in_a_child(lambda: pytest_on(names), LIMIT) if names else 0
    finally:
        file.write_text(before)
    told = {key: value for key, value in asdict(mutant).items() if key != "text"}
    seconds = round(time.monotonic() - began, 1)
    return {**told, "noticed": code != 0, "code": code, "tests": len(names), "seconds": seconds}


@contextmanager
def copied() -> Iterator[None]:
    """In a copy of the repository, which Python takes for the packages."""
    with tempfile.TemporaryDirectory() as folder:
        for name in (*KEPT, "pyproject.toml", "CONTRIBUTING.md", "README.md"):
            source = ROOT / name
            if source.is_dir():
                ignored = shutil.ignore_patterns("__pycache__")
                shutil.copytree(source, Path(folder, name), ignore=ignored)
            else:
                shutil.copy(source, folder)
        os.chdir(folder)
        sys.path.insert(0, folder)
        os.environ |= {"PYTHONPATH": folder, "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1"}
        # Files change within a second, which a cache of bytecode would not see.
        sys.dont_write_bytecode = True
        for name in [key for key in sys.modules if key.split(".")[0] == "benchmarks"]:
            del sys.modules[name]
        yield
        os.chdir(ROOT)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--group", choices=GROUPS, default="core")
    parser.add_argument("--each", type=int, default=8, help="mutants of a file")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--only", default="", help="files whose path holds this")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    sources = sorted(
        str(path.relative_to(ROOT)) for part in GROUPS[args.group] for path in ROOT.glob(part)
    )
    mutants = [
        known
        for name in sources
        if args.only in name
        for known in mutants_of(name, args.each, args.seed)
    ]
    for library in LIBRARIES:
        importlib.import_module(library)
    results, out = [], args.json and args.json.absolute()
    with copied():
        tests = [
            str(path.relative_to(Path.cwd()))
            for part in TESTS[args.group]
            for path in sorted(Path.cwd().glob(f"tests/test_{part}.py"))
        ]
        reached = reached_by(list(dict.fromkeys(tests)), sources)
        for known in random.Random(args.seed).sample(mutants, len(mutants)):
            result = verdict(known, reached)
            results.append(result)
            if not result["noticed"]:
                print(f"{known.file}:{known.line}: {known.was!r} -> {known.now!r}", flush=True)
            if out:
                out.write_text(json.dumps(results, indent=1))
    print_table(results)


def print_table(results: list[dict[str, Any]]) -> None:
    """How many were noticed, by folder."""
    made, noticed = Counter(), Counter()
    for result in results:
        folder = str(Path(result["file"]).parent)
        made[folder] += 1
        noticed[folder] += result["noticed"]
    print("| folder | mutants | noticed | share |\n| --- | --- | --- | --- |")
    for folder, count in made.items():
        print(f"| {folder} | {count} | {noticed[folder]} | {noticed[folder] / count:.0%} |")


if __name__ == "__main__":
    main()
