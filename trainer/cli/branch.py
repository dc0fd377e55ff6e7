"""`branch`: a new run that goes on from another, with other options."""

from __future__ import annotations

import argparse
import shlex
import sys
from pathlib import Path

from trainer.cli.arguments import Commands, named_path, step_number
from trainer.recipe.saved import read_begun


def add_parser(commands: Commands) -> None:
    """`branch`'s arguments."""
    parser = commands.add_parser("branch", help="a new run that goes on from another")
    parser.add_argument("folder", type=named_path, metavar="RUN", help="a run folder")
    parser.add_argument(
        "--step",
        type=step_number,
        metavar="N",
        help="from the weights that the run kept of this step; without it from its last checkpoint",
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        dest="settings",
        help="change an option of the recipe (see `list --json`)",
    )
    parser.add_argument("--out", type=named_path, metavar="RUN2", help="the new run's folder")
    parser.add_argument(
        "--data", type=named_path, metavar="ROOT", help="the folder of the data sets"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Make it, and say how to train it."""
    from trainer.api.branching import branch

    made = branch(args.folder, args.out, step=args.step, settings=args.settings, data=args.data)
    begun = read_begun(made)
    assert begun.parent is not None, "it was just written"
    how = "goes on exactly" if begun.parent.whole else "with optimisers and discriminators anew"
    sys.stderr.write(f"A branch of {begun.parent.run} at step {begun.parent.step:,}, {how}.\n")
    sys.stderr.write(f"Train it: {_again(begun.recipe.name, made, args.data)}\n")
    print(made)
    return 0


def _again(name: str, folder: Path, data: Path | None) -> str:
    words = ["python", "-m", "trainer", "train", name, "--out", str(folder), "--resume"]
    return shlex.join([*words, *(["--data", str(data)] if data else [])])
