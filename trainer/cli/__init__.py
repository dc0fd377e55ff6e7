"""The command line: `python -m trainer COMMAND`, a file for each command.

A command's module has `add_parser(commands)`, which names its arguments, and `run(args)`, which
returns the exit code. It imports the engine in `run`, so that `--help` and `list` answer at once.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from trainer.cli import (
    amend,
    branch,
    doctor,
    download,
    evaluate,
    export,
    figure,
    film,
    listing,
    reconstruct,
    reproduce,
    train,
)
from trainer.cli.writing import printable
from trainer.devices.faults import ON_THE_CPU, device_is_lost, lost
from trainer.messages import DataMissingError, DeviceLostError, UserError
from trainer.storage.faults import FULL_MEMORY, memory_is_full, told

COMMANDS = (
    *(listing, train, branch, amend, evaluate, reproduce, reconstruct),
    *(figure, film, download, export, doctor),
)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One line that says what is wrong and where the help is; exit code 2."""
        self.exit(2, f"{self.prog}: {message}. Try: {self.prog} --help\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code.

    0; 1 where some of several items failed or a GPU was lost, 2 for bad input or a disk that
    refuses, 130 after Ctrl-C.
    """
    _print_any_name()
    try:
        args = _parser().parse_args(arguments)
        Path.cwd()  # a folder that was deleted under our feet is told before libraries abort in it
        code: int = args.run(args)
        sys.stdout.flush()  # a full disk is told here, not by a trace at the end
        return code
    except DataMissingError as error:
        return _refused(f"{error}{_where_now(error, arguments)}")
    except UserError as error:
        return _refused(str(error), 1 if isinstance(error, DeviceLostError) else 2)
    except (MemoryError, RuntimeError) as error:
        return _broke_down(error)
    except KeyboardInterrupt:
        print("trainer: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader of our output left, as `head` does
        sys.stderr.close()
        return 1
    except OSError as error:
        code = _refused(told(error))
        try:
            sys.stdout.flush()
        except OSError:  # it was the output itself: Python would try again, and leave a trace
            with suppress(OSError):
                sys.stdout.close()
        return code


def _where_now(error: DataMissingError, arguments: Sequence[str] | None) -> str:
    """What helps where a model's own images are gone."""
    words = sys.argv[1:] if arguments is None else arguments
    known = words and (words[0] in ("evaluate", "figure", "film") or "--resume" in words)
    return " Say where they are now by --images DIR." if error.path and known else ""


def _broke_down(error: Exception) -> int:
    """Say that the memory is full, or the GPU lost. Raises again what is a fault of ours."""
    if device_is_lost(error):
        return _refused(f"{lost(error)} {ON_THE_CPU}", 1)
    if not memory_is_full(error):
        raise error
    return _refused(FULL_MEMORY)


def _refused(why: str, code: int = 2) -> int:
    """Say in one line what is wrong."""
    print(f"trainer: {printable(why)}", file=sys.stderr)
    return code


def _print_any_name() -> None:
    """A name that the console has no letters for is printed with escapes, and stops nothing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="backslashreplace")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m trainer", description="Train and explore implicit autoencoders."
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add_parser(commands)
    return parser
