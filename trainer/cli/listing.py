"""`list`: the experiments."""

from __future__ import annotations

import argparse
import json
import sys

from trainer.cli.arguments import Commands
from trainer.data.at_hand import data_ready, why_unreadable
from trainer.recipe.catalogue import CATALOGUE
from trainer.recipe.specs import DATA_SETS
from trainer.storage.paths import data_root


def add_parser(commands: Commands) -> None:
    """`list`'s arguments."""
    parser = commands.add_parser("list", help="the experiments")
    parser.add_argument("--json", action="store_true", help="as JSON, with every option")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print each experiment and what there is to see, or all their options as JSON."""
    if args.json:
        print(json.dumps([recipe.to_mapping() for recipe in CATALOGUE.values()], indent=1))
        return 0
    if why := why_unreadable(data_root()):
        sys.stderr.write(f"{why}\n")
    for recipe in CATALOGUE.values():
        ready = "" if data_ready(recipe.data.name) else _needs(recipe.data.name)
        model = f"{recipe.model_title:<8} {recipe.about.figure:<17}"
        print(f"{recipe.name:<21} {model} {recipe.about.title}{ready}")
        print(f"{'':<21} {recipe.about.story}")
    return 0


def _needs(name: str) -> str:
    spec = DATA_SETS[name]
    if spec.download:
        return f"  [needs data: python -m trainer download {name}]"
    return f"  [needs {spec.title}'s files: see docs/DATA.md]"
