"""The command line: list, train, evaluate, reproduce, reconstruct, figure, download, export."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import NoReturn

from trainer.messages import UserError
from trainer.recipe.catalogue import CATALOGUE, find_recipe
from trainer.storage.paths import data_ready

DOWNLOADS = ("mnist", "fashion-mnist", "svhn")
WANTED = {"celeba": "  [needs CelebA's files: see docs/DATA.md]"}


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

    sub = commands.add_parser("list", help="the experiments")
    sub.add_argument("--json", action="store_true", help="as JSON, with every option")
    sub.set_defaults(run=_list)

    sub = commands.add_parser("train", help="train an experiment")
    sub.add_argument("recipe", metavar="RECIPE", help="a name from `list`")
    length = sub.add_mutually_exclusive_group()
    length.add_argument("--steps", type=_positive_int, metavar="N", help="train up to step N")
    length.add_argument(
        "--minutes", type=_positive, metavar="M", help="as many steps as fit in M minutes"
    )
    sub.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        dest="settings",
        help="change an option of the recipe (see `list --json`)",
    )
    sub.add_argument(
        "--images",
        metavar="DIR",
        help="your own images: a folder, one of class folders, or a .zip",
    )
    sub.add_argument("--images-b", metavar="DIR", help="those of the second domain (CycleIAE)")
    sub.add_argument("--out", type=Path, metavar="RUN", help="the run folder")
    sub.add_argument("--resume", action="store_true", help="go on from the last checkpoint")
    sub.add_argument("--seed", type=_seed, metavar="N", help="seed of weights, batches and noise")
    sub.add_argument("--save-every", type=_positive, default=15.0, help=argparse.SUPPRESS)
    _data_and_device(sub)
    sub.set_defaults(run=_train)

    sub = commands.add_parser("evaluate", help="measure a trained model")
    sub.add_argument("model", type=Path, metavar="RUN", help="a run folder or a model file")
    sub.add_argument("--json", action="store_true", help="print one JSON object")
    _data_and_device(sub)
    sub.set_defaults(run=_evaluate)

    sub = commands.add_parser("reproduce", help="make the paper's results again")
    sub.add_argument(
        "trials",
        nargs="*",
        metavar="TRIAL",
        help="names from docs/RESULTS.md; without any, all that suit the device",
    )
    sub.add_argument("--seeds", type=_seeds, metavar="0-4", help="as many as each is worth")
    sub.add_argument("--minutes", type=_positive, metavar="M", help="stop after M minutes")
    sub.add_argument("--out", type=Path, default=Path("docs"), metavar="DIR", help="docs")
    sub.add_argument("--runs", type=Path, metavar="DIR", help="where checkpoints are kept")
    sub.add_argument("--weights", type=Path, metavar="DIR", help="write seed 0's models there")
    _data_and_device(sub)
    sub.set_defaults(run=_reproduce)

    sub = commands.add_parser("reconstruct", help="stochastic reconstructions of image files")
    sub.add_argument("model", type=Path, metavar="RUN", help="a run folder or a model file")
    sub.add_argument("images", type=Path, nargs="+", metavar="IMAGE")
    sub.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="FILE.png|DIR/",
        help="one sheet, or a folder for one sheet an image",
    )
    sub.add_argument("--draws", type=_positive_int, default=8, metavar="N", help="noise draws (8)")
    sub.add_argument("--seed", type=_seed, default=0, metavar="N", help="seed of the noise (0)")
    _data_and_device(sub)
    sub.set_defaults(run=_reconstruct)

    sub = commands.add_parser("figure", help="draw what a model does, as the paper's figures do")
    sub.add_argument("model", type=Path, metavar="RUN", help="a run folder or a model file")
    sub.add_argument("--out", type=Path, required=True, metavar="FILE.png")
    sub.add_argument("--seed", type=_seed, default=0, metavar="N", help="of images and noise (0)")
    _data_and_device(sub)
    sub.set_defaults(run=_figure)

    sub = commands.add_parser("download", help="fetch a data set")
    sub.add_argument("name", choices=DOWNLOADS)
    sub.add_argument("--data", type=Path, metavar="ROOT", help="where to put it")
    sub.set_defaults(run=_download)

    sub = commands.add_parser("export", help="write a run's model as one small file")
    sub.add_argument("model", type=Path, metavar="RUN")
    sub.add_argument("file", type=Path, metavar="FILE.safetensors")
    _data_and_device(sub)
    sub.set_defaults(run=_export)
    return parser


def _data_and_device(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--data", type=Path, metavar="ROOT", help="the folder of the data sets")
    sub.add_argument("--device", choices=["auto", "cpu", "cuda"], default="auto")


def _positive_int(text: str) -> int:
    value = _number(int, text)
    if not value >= 1:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number above 0")
    return int(value)


def _positive(text: str) -> float:
    value = _number(float, text)
    if not 0 < value < 1e6:
        raise argparse.ArgumentTypeError(f"{text} is not a number above 0")
    return value


def _seed(text: str) -> int:
    value = _number(int, text)
    if not 0 <= value < 2**31:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number from 0 to 2147483647")
    return int(value)


def _seeds(text: str) -> list[int]:
    """0-4 or 0,2,7 or both."""
    found: set[int] = set()
    for part in text.split(","):
        first, dash, last = part.partition("-")
        found.update(range(_seed(first), _seed(last if dash else first) + 1))
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} names no seed: write 0-4, or 0,2,7")
    return sorted(found)


def _number(kind: type[int] | type[float], text: str) -> float:
    try:
        return kind(text)
    except ValueError:  # argparse would name the function that failed
        return float("nan")


# A command imports the engine when it runs, so that `--help` and `list` answer at once.


def _list(args: argparse.Namespace) -> int:
    if args.json:
        print(json.dumps([asdict(recipe) for recipe in CATALOGUE.values()], indent=1))
        return 0
    for recipe in CATALOGUE.values():
        fetch = f"  [needs data: python -m trainer download {recipe.data.name}]"
        ready = "" if data_ready(recipe.data.name) else WANTED.get(recipe.data.name, fetch)
        model = recipe.model.kind.upper().replace("CYCLE", "Cycle")
        print(f"{recipe.name:<21} {model:<8} {recipe.about.figure:<17} {recipe.about.title}{ready}")
        print(f"{'':<21} {recipe.about.story}")
    return 0


def _train(args: argparse.Namespace) -> int:
    from trainer.cli.train import train

    return train(args, find_recipe(args.recipe))


def _evaluate(args: argparse.Namespace) -> int:
    from trainer.cli.commands import evaluate_model

    return evaluate_model(args)


def _reproduce(args: argparse.Namespace) -> int:
    from trainer.cli.reproduce import reproduce

    return reproduce(args)


def _reconstruct(args: argparse.Namespace) -> int:
    from trainer.cli.commands import reconstruct

    return reconstruct(args)


def _figure(args: argparse.Namespace) -> int:
    from trainer.cli.commands import draw_figure

    return draw_figure(args)


def _download(args: argparse.Namespace) -> int:
    from trainer.cli.commands import download

    return download(args)


def _export(args: argparse.Namespace) -> int:
    from trainer.cli.commands import export

    return export(args)
