"""The command that makes the paper's results again."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import torch

from trainer.messages import DataMissingError, UserError
from trainer.reporting.reproduce.claims import Trial, find_trial
from trainer.reporting.reproduce.page import write_page
from trainer.reporting.reproduce.work import Workplace, carry_out, is_done, planned
from trainer.storage.paths import data_root, reproduction_root
from trainer.training.device import choose_device, use_threads


def reproduce(args: argparse.Namespace) -> int:
    """Do what is missing, in order, and write the page after each; 130 if Ctrl-C ended it early."""
    for name in args.trials:
        find_trial(name)  # a typing error is told before an hour of work
    place = _workplace(args)
    _write_page(place)  # a folder that cannot be written is told before an hour of work
    told = 0
    for trial, seed in suited(planned(args.trials, args.seeds), place, bool(args.trials)):
        if is_done(trial, seed, place):
            continue
        try:
            whole = carry_out(trial, seed, place)
        except OSError as error:
            raise UserError(
                f"{error}. What was trained is kept; make room, and the same command goes on."
            ) from error
        except DataMissingError as error:
            sys.stderr.write(f"{trial.name} is left out: {error}\n")
            continue
        except UserError as error:  # one that diverges, or is busy, does not hold up the others
            sys.stderr.write(f"{trial.name}, seed {seed}: {error}\n")
            told = 2
            continue
        if not whole:
            early = time.monotonic() < place.deadline
            sys.stderr.write("Stopped; the same command goes on from here.\n")
            return 130 if early else told
        _write_page(place)
    print(_write_page(place))
    return told


def suited(
    plan: Iterable[tuple[Trial, int]], place: Workplace, named: bool
) -> list[tuple[Trial, int]]:
    """What was asked for by name, as it is; else on a CPU the small ones, on a GPU those last."""
    if named:
        return list(plan)
    if place.device.type == "cpu":
        return [(trial, seed) for trial, seed in plan if not trial.full_size]
    return sorted(plan, key=lambda pair: not pair[0].full_size)


def _write_page(place: Workplace) -> Path:
    try:
        return write_page(place.docs, lambda trial, seed: trial.made(data_root(place.data), seed))
    except OSError as error:
        raise UserError(f"{place.docs} cannot be written: {error.strerror}.") from error


def _workplace(args: argparse.Namespace) -> Workplace:
    device = choose_device(args.device)
    threads = use_threads(alone=True)
    if device.type == "cuda":
        where = torch.cuda.get_device_name(device)
    else:
        where = f"CPU, {threads} thread{'s' * (threads > 1)}"
    deadline = time.monotonic() + 60 * args.minutes if args.minutes else float("inf")
    runs = args.runs or reproduction_root()
    return Workplace(args.out, runs, args.data, device, where, deadline, args.weights)
