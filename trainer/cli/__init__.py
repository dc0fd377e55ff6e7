"""The command line: `python -m trainer COMMAND`, a file for each command.

A command's module has `add_parser(commands)`, which names its arguments, and `run(args)`, which
returns the exit code. It imports the engine in `run`, so that `--help` and `list` answer at once.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import NoReturn

from trainer.cli import (
    download,
    evaluate,
    export,
    figure,
    listing,
    reconstruct,
    reproduce,
    train,
)
from trainer.messages import UserError

COMMANDS = (listing, train, evaluate, reproduce, reconstruct, figure, download, export)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One line that says what is wrong and where the help is; exit code 2."""
        self.exit(2, f"{self.prog}: {message}. Try: {self.prog} --help\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0, 2 for bad input, 130 after Ctrl-C."""
    args = _parser().parse_args(arguments)
    try:
        code: int = args.run(args)
        return code
    except UserError as error:
        print(f"trainer: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("trainer: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader of our output left, as `head` does
        sys.stderr.close()
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m trainer", description="Train and explore implicit autoencoders."
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add_parser(commands)
    return parser
