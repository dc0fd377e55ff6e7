"""`train`: an experiment, with a progress bar, checkpoints and a clean end by Ctrl-C."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from trainer.cli.arguments import (
    Commands,
    add_data_and_device,
    named_path,
    positive,
    positive_int,
    seed,
)
from trainer.cli.loading import loading_bar
from trainer.cli.named_run import named_in, stands_at
from trainer.devices.records import AUTO, CPU
from trainer.messages import DeviceLostError
from trainer.recipe.catalogue import find_recipe
from trainer.recipe.recipe import Recipe
from trainer.storage.faults import in_words

if TYPE_CHECKING:
    from trainer.api.training import Training
    from trainer.cli.patience import Patience
    from trainer.training.interrupts import Interrupts


def add_parser(commands: Commands) -> None:
    """`train`'s arguments."""
    parser = commands.add_parser("train", help="train an experiment")
    parser.add_argument("recipe", metavar="RECIPE", help="a name from `list`")
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--steps", type=positive_int, metavar="N", help="train up to step N")
    length.add_argument(
        "--minutes", type=positive, metavar="M", help="as many steps as fit in M minutes"
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        dest="settings",
        help="change an option of the recipe (see `list --json`)",
    )
    parser.add_argument(
        "--images",
        type=named_path,
        metavar="DIR",
        help="your own images: a folder, one of class folders, or a .zip; with --resume, where "
        "they lie now",
    )
    parser.add_argument(
        "--images-b", type=named_path, metavar="DIR", help="those of the second domain (CycleIAE)"
    )
    parser.add_argument("--out", type=named_path, metavar="RUN", help="the run folder")
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint")
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help="tell what time and memory it would take, by a few steps that are not kept",
    )
    parser.add_argument("--seed", type=seed, metavar="N", help="seed of weights, batches and noise")
    parser.add_argument("--save-every", type=positive, default=15.0, help=argparse.SUPPRESS)
    add_data_and_device(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Train, with a progress bar; Ctrl-C saves and says how to go on (exit code 130).

    So do SIGTERM and SIGHUP (128 and their number).
    """
    from trainer.training.interrupts import InsistedError, interrupts_noted

    if args.dry_run:
        from trainer.cli.dry_run import tell

        return tell(args)
    with interrupts_noted() as interrupts:
        try:
            return _train(args, find_recipe(args.recipe), interrupts)
        except InsistedError as error:
            with suppress(OSError):  # the terminal may be gone
                print("trainer: interrupted", file=sys.stderr)
            return 128 + error.number


def _train(args: argparse.Namespace, recipe: Recipe, interrupts: Interrupts) -> int:
    with interrupts.at_once():
        from trainer.cli.patience import Patience
        from trainer.devices.choice import choose_device, why_the_cpu
        from trainer.devices.threads import use_threads
        from trainer.training.progress_bar import train_with_bar

        device, threads = choose_device(args.device), use_threads(alone=True)
        training = _begun(args, recipe, Patience(interrupts))
    where = str(device) if device.type != "cpu" else f"cpu, {threads} thread{'s' * (threads > 1)},"
    if args.device == "auto" and device.type == "cpu" and (why := why_the_cpu()):
        print(f"{why} The CPU is used.", file=sys.stderr)
    folder = training.folder
    for told in training.told:
        print(told, file=sys.stderr)
    print(f"{recipe.name} on {where} into {folder}", file=sys.stderr)
    with _taken_up_on_the_cpu(args, folder), training:
        if training.step >= training.until:
            print(stands_at(training.step), file=sys.stderr)
            return 0
        with _notes_told():
            whole = train_with_bar(training, training.step, training.until, interrupts)
    if not whole:
        with suppress(OSError):  # the terminal may be gone
            again = _again(args, folder, args.device)
            print(f"\nSaved at step {training.step:,}. Go on with: {again}", file=sys.stderr)
        return interrupts.code
    print(f"Done: step {training.step:,}, saved in {folder}", file=sys.stderr)
    print(f"Measure it: python -m trainer evaluate {shlex.quote(str(folder))}", file=sys.stderr)
    return 0


def _begun(args: argparse.Namespace, recipe: Recipe, again: Patience) -> Training:
    """The training, its data loaded."""
    from trainer.api.training import train
    from trainer.training.progress_bar import tell_above_bar

    recipe, out = named_in(args, recipe)
    with loading_bar() as show:
        return train(
            recipe,
            args.data,
            out,
            steps=args.steps,
            minutes=args.minutes,
            settings=args.settings,
            resume=args.resume,
            images=args.images or "",
            images_b=args.images_b or "",
            device=args.device,
            save_every=args.save_every,
            not_saved=tell_above_bar,
            again=again,
            loading=show,
        )


@contextmanager
def _notes_told() -> Iterator[None]:
    """What became of the steps before the one that failed; then why it did."""
    try:
        with in_words():
            yield
    except Exception as error:
        cause = error.__cause__ or error
        for note in getattr(cause, "__notes__", ()):
            print(note, file=sys.stderr)
        raise


@contextmanager
def _taken_up_on_the_cpu(args: argparse.Namespace, folder: Path) -> Iterator[None]:
    """Where the GPU is lost, the command that goes on."""
    try:
        yield
    except DeviceLostError as error:
        way = f"Go on on the CPU: {_again(args, folder, CPU)}"
        raise DeviceLostError(error.event, error.kept, way) from error


def _again(args: argparse.Namespace, folder: Path, device: str) -> str:
    """The command that goes on."""
    words = ["python", "-m", "trainer", "train", args.recipe, "--out", str(folder), "--resume"]
    words += ["--steps", str(args.steps)] if args.steps else []
    words += ["--data", str(args.data)] if args.data else []
    words += ["--device", device] if device != AUTO else []
    return shlex.join(words)
