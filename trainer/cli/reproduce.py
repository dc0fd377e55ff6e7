"""`reproduce`: makes the paper's results again."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from trainer.cli.arguments import Commands, add_data_and_device, named_path, positive, seeds
from trainer.devices.faults import lost_in_words
from trainer.messages import DataMissingError, DeviceLostError, UserError
from trainer.storage.faults import FULL, in_words, told
from trainer.storage.paths import data_root, reproduction_root

if TYPE_CHECKING:
    from trainer.reporting.reproduce.trials import Trial
    from trainer.reporting.reproduce.work import Workplace

KEPT = "What was measured is kept; the same command goes on, with --device cpu on the CPU."


def add_parser(commands: Commands) -> None:
    """`reproduce`'s arguments."""
    parser = commands.add_parser("reproduce", help="make the paper's results again")
    parser.add_argument(
        "trials",
        nargs="*",
        metavar="TRIAL",
        help="names from docs/RESULTS.md; without any, all that suit the device",
    )
    parser.add_argument("--seeds", type=seeds, metavar="0-4", help="as many as each is worth")
    parser.add_argument("--minutes", type=positive, metavar="M", help="stop after M minutes")
    parser.add_argument("--out", type=named_path, default=Path("docs"), metavar="DIR", help="docs")
    parser.add_argument("--runs", type=named_path, metavar="DIR", help="where checkpoints are kept")
    parser.add_argument(
        "--weights", type=named_path, metavar="DIR", help="write seed 0's models there"
    )
    add_data_and_device(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Do what is missing, in order, and write the page after each; 130 if Ctrl-C ended it early.

    1 where some of it could not be done, and 2 where nothing could. What has no data at hand counts
    where it was named: without names, all that can be done is meant.
    """
    from trainer.reporting.reproduce.claims import find_trial
    from trainer.reporting.reproduce.work import carry_out, is_done, planned, suited

    for name in args.trials:
        find_trial(name)  # a typing error is named before an hour of work
    place, done, failed = _workplace(args), 0, 0
    _make_ready(place)
    for trial, seed in suited(planned(args.trials, args.seeds), place, bool(args.trials)):
        if is_done(trial, seed, place):
            done += 1
            continue
        try:
            with _lost_is_told(place):
                whole = carry_out(trial, seed, place)
        except DeviceLostError:  # and so it is for all others
            raise
        except (OSError, UserError) as error:  # one that diverges, or is busy, holds up no other
            _tell(trial, seed, error)
            failed += bool(args.trials) or not isinstance(error, DataMissingError)
            continue
        if not whole:
            early = time.monotonic() < place.deadline
            sys.stderr.write("Stopped; the same command goes on from here.\n")
            return 130 if early else _code(done, failed)
        done += 1
        _write_page(place)
    print(_write_page(place))
    return _code(done, failed)


def _code(done: int, failed: int) -> int:
    return 0 if not failed else 1 if done else 2


def _tell(trial: Trial, seed: int, error: OSError | UserError) -> None:
    """Why one could not be done. Raises UserError for a full disk: it is full for all others."""
    if isinstance(error, DataMissingError):
        sys.stderr.write(f"{trial.name} is left out: {error}\n")
    elif isinstance(error, UserError):
        sys.stderr.write(f"{trial.name}, seed {seed}: {error}\n")
    elif error.errno in FULL:
        raise UserError(
            f"{told(error)} What was trained is kept, and the same command goes on."
        ) from error
    else:
        sys.stderr.write(f"{trial.name}, seed {seed}: {told(error)}\n")


def _make_ready(place: Workplace) -> None:
    """A folder that cannot be written is named before an hour of work."""
    _write_page(place)
    with in_words(place.runs, "cannot be made"):
        place.runs.mkdir(parents=True, exist_ok=True)


@contextmanager
def _lost_is_told(place: Workplace) -> Iterator[None]:
    """What was measured is written down, and how to go on is said."""
    try:
        with lost_in_words(place.device):
            yield
    except DeviceLostError as error:
        _write_page(place)
        raise DeviceLostError(error.event, error.kept, KEPT) from error


def _write_page(place: Workplace) -> Path:
    from trainer.reporting.reproduce.page import write_page

    with in_words(place.docs, "cannot be written"):
        return write_page(place.docs, lambda trial, seed: trial.made(data_root(place.data), seed))


def _workplace(args: argparse.Namespace) -> Workplace:
    import torch

    from trainer.devices.choice import choose_device
    from trainer.devices.threads import use_threads
    from trainer.reporting.reproduce.work import Workplace

    device = choose_device(args.device)
    threads = use_threads(alone=True)
    if device.type == "cuda":
        where = torch.cuda.get_device_name(device)
    else:
        where = f"CPU, {threads} thread{'s' * (threads > 1)}"
    deadline = time.monotonic() + 60 * args.minutes if args.minutes else float("inf")
    runs = args.runs or reproduction_root()
    return Workplace(args.out, runs, args.data, device, where, deadline, args.weights)
