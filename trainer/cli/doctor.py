"""`doctor`: what a bug report must know of this computer, and whether its devices work."""

from __future__ import annotations

import argparse
import sys

from trainer.cli.arguments import Commands, device, named_path
from trainer.devices.records import WAYS


def add_parser(commands: Commands) -> None:
    """`doctor`'s arguments: how much is asked."""
    parser = commands.add_parser(
        "doctor", help="versions, devices, folders, a self-test and speeds, for a bug report"
    )
    parser.add_argument(
        "--quick", action="store_true", help="no self-test and no speeds: nothing is computed"
    )
    parser.add_argument("--device", type=device, metavar="DEVICE", help=f"{WAYS} (default: all)")
    parser.add_argument(
        "--data", type=named_path, metavar="ROOT", help="the folder of the data sets"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print each line as it is found; 1 where a check failed."""
    from trainer.reporting.doctor.names import shown
    from trainer.reporting.doctor.records import Asked
    from trainer.reporting.doctor.text import lines

    thorough, failed = not args.quick, False
    asked = Asked(
        device=args.device or "",
        self_test=thorough,
        speeds=thorough,
        root_of=lambda name: args.data,
        told=_told if thorough and not sys.stdout.isatty() else _unsaid,
    )
    for line in lines(asked):
        print(shown(line.text), flush=True)
        failed |= line.failed
    return 1 if failed else 0


def _told(what: str) -> None:
    """What is being done: where the text goes elsewhere, somebody may watch this."""
    print(f"{what}...", file=sys.stderr, flush=True)


def _unsaid(what: str) -> None:
    """The text itself comes line by line."""
