"""Whether the tests notice small changes: mutmut's mutants, a random few of each file.

    pip install mutmut
    python -m benchmarks.mutants [--group core] [--each 6] [--seed 7] [--json FILE] [--again FILE]

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
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.reached import Reached, in_a_child, pytest_on, reached_by

ROOT = Path(__file__).parent.parent
KEPT = ("trainer", "iae_studio", "tests", "benchmarks", "assets", "docs", "main.py")
LIBRARIES = ("torch", "torchvision", "sklearn.metrics", "scipy.io", "pytest", "PIL")
LIBRARIES += ("PySide6.QtWidgets", "PySide6.QtTest", "pyqtgraph", "safetensors.torch")
LIMIT = 60.0  # s a mutant; what hangs is noticed

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
        *("recipe*", "few_images", "batches", "evaluation", "unchanged", "reference_classifier"),
    ),
    "window": (
        *("state*", "view*", "words", "window_*", "panels", "own_images_dialog", "widths"),
        "bad_items",
    ),
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
        nodes = known.original_node, known.contained_by_top_level_function
        lines = (places[node].start.line for node in nodes)
        texts = (module.code_for_node(node) for node in (known.original_node, known.mutated_node))
        found.append(Mutant(name, *lines, *texts, now.code))
    return found


def verdict(mutant: Mutant, reached: Reached) -> dict[str, Any]:
    """Whether a test fails where the file is changed so."""
    file, began = Path(mutant.file), time.monotonic()
    names = reached.nearest(mutant.file, mutant.line, mutant.first)
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


def chosen(args: argparse.Namespace, sources: list[str]) -> list[Mutant]:
    """The mutants of this run, in no order, so that a part of them is a sample too."""
    files = [name for name in sources if args.only in name]
    made = [known for name in files for known in mutants_of(name, args.each, args.seed)]
    if args.again:
        known = json.loads(args.again.read_text())
        left = [each for each in known if not each["noticed"] or each["code"] is None]
        kept = {(each["file"], each["was"], each["now"]) for each in left}
        made = [each for each in made if (each.file, each.was, each.now) in kept]
    return random.Random(args.seed).sample(made, len(made))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--group", choices=GROUPS, default="core")
    parser.add_argument("--each", type=int, default=6, help="mutants of a file")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--only", default="", help="files whose path holds this")
    parser.add_argument("--tests", nargs="+", help="names of test files, in place of the group's")
    parser.add_argument("--again", type=Path, help="only those of this --json that live or hang")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    sources = sorted(
        str(path.relative_to(ROOT)) for part in GROUPS[args.group] for path in ROOT.glob(part)
    )
    mutants = chosen(args, sources)
    for library in LIBRARIES:
        importlib.import_module(library)
    results, out = [], args.json and args.json.absolute()
    with copied():
        tests = [
            str(path.relative_to(Path.cwd()))
            for part in args.tests or TESTS[args.group]
            for path in sorted(Path.cwd().glob(f"tests/test_{part}.py"))
        ]
        reached = reached_by(list(dict.fromkeys(tests)), sources)
        for known in mutants:
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
