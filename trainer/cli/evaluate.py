"""`evaluate`: the measures of a trained model."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from trainer.cli.arguments import Commands, add_data_and_device, add_images, add_model
from trainer.cli.loading import loading_bar
from trainer.cli.writing import printable, write
from trainer.data.amendments import Amendments, read_amendments
from trainer.messages import UserError


def add_parser(commands: Commands) -> None:
    """`evaluate`'s arguments."""
    parser = commands.add_parser("evaluate", help="measure a trained model")
    add_model(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    add_images(parser)
    add_data_and_device(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Measure a model; a run folder also keeps the figures in its metrics.json.

    A figure that cannot be measured is null there; its line says why.
    """
    from trainer.api.loaded import load
    from trainer.evaluation.measurable import REASONS

    model = load(args.model, args.device, args.data, args.images, args.images_b)
    with loading_bar() as show:
        metrics = model.evaluate(loading=show)
    kept = json.dumps(metrics, indent=1).encode()
    amended = _amended(args.model)
    if args.json:
        print(json.dumps({**metrics, "amendments": amended.plain()} if amended.all else metrics))
    else:
        reasons = metrics.pop(REASONS, {})
        for key, value in metrics.items():
            told = f"-  ({reasons[key]})" if key in reasons else value
            print(f"{key:<20} {told}")
        if amended.all:
            print(f"{'amended':<20} {amended}")
    return _keep(args.model, kept)


def _amended(run: Path) -> Amendments:
    """What was changed in a run's recipe on the way: it decides what was measured, too."""
    try:
        return read_amendments(run) if run.is_dir() else Amendments()
    except UserError as error:
        print(f"trainer: {printable(str(error))}", file=sys.stderr)
        return Amendments()


def _keep(run: Path, metrics: bytes) -> int:
    """Keep the measures in a run folder; where that fails they are printed at least."""
    try:
        if run.is_dir():
            write(run / "metrics.json", metrics)
    except UserError as error:
        print(f"trainer: {printable(str(error))}", file=sys.stderr)
        return 1
    return 0
