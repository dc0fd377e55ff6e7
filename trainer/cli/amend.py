"""`amend`: other rates, weights or another end for a run that goes on."""

from __future__ import annotations

import argparse
import sys

from trainer.cli.arguments import Commands, named_path
from trainer.data.amendments import Amendments, fitting_amendments
from trainer.messages import UserError
from trainer.recipe.saved import read_begun


def add_parser(commands: Commands) -> None:
    """`amend`'s arguments."""
    parser = commands.add_parser(
        "amend", help="change rates, R1, weights or the end of a run that rests"
    )
    parser.add_argument("folder", type=named_path, metavar="RUN", help="a run folder")
    parser.add_argument(
        "options",
        nargs="*",
        metavar="KEY=VALUE",
        help="what it goes by from its last checkpoint on; without any, what was amended is told",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Amend it, and tell all that was ever amended."""
    if not args.options:
        _tell(fitting_amendments(args.folder, read_begun(args.folder).recipe))
        return 0
    from trainer.training.amendments import amend_resting
    from trainer.training.checkpoint import RunFolder

    wanted = dict(map(_parts, args.options))
    known = fitting_amendments(args.folder, read_begun(args.folder).recipe)
    found = amend_resting(RunFolder(args.folder), wanted)
    if found == known:
        sys.stderr.write("It goes by that already: nothing was changed.\n")
    _tell(found)
    return 0


def _parts(option: str) -> tuple[str, str]:
    key, equals, value = option.partition("=")
    if not equals:
        raise UserError(f"{option[:40]}: expected KEY=VALUE, for instance generator_rate=5e-4.")
    return key, value


def _tell(amendments: Amendments) -> None:
    for each in amendments.all:
        print(each)
    if not amendments.all:
        sys.stderr.write("Nothing was amended in this run.\n")
