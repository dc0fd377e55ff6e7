"""`doctor`: what a bug report must know of this computer."""

from __future__ import annotations

import argparse

from trainer.cli.arguments import Commands


def add_parser(commands: Commands) -> None:
    """`doctor`'s arguments: none."""
    parser = commands.add_parser("doctor", help="versions, devices and folders, for a bug report")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print them."""
    from trainer.reporting.doctor import doctor

    print(doctor(), end="")
    return 0
