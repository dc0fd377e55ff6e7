"""`export`: a run's model as one small file."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

from trainer.cli.arguments import Commands, add_data_and_device, add_model, named_path
from trainer.cli.loading import loading_bar
from trainer.cli.writing import printable, with_suffix
from trainer.messages import UserError
from trainer.recipe.saved import MODEL_SUFFIX
from trainer.storage.faults import in_words

if TYPE_CHECKING:
    from trainer.api.loaded import LoadedModel


def add_parser(commands: Commands) -> None:
    """`export`'s arguments."""
    parser = commands.add_parser("export", help="write a run's model as one small file")
    add_model(parser)
    parser.add_argument("file", type=named_path, metavar="FILE.safetensors")
    bits = parser.add_mutually_exclusive_group()
    bits.add_argument("--exact", action="store_true", help="keep all bits of the weights")
    bits.add_argument(
        "--compact",
        action="store_true",
        help="fully connected layers in eight bits",
    )
    add_data_and_device(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write one small safetensors file: averaged weights in fp16, recipe and metrics inside."""
    from trainer.api.loaded import load
    from trainer.exploring.exports import check_place
    from trainer.inference.model_files import export_model

    file = with_suffix(args.file, MODEL_SUFFIX)
    check_place(file)
    model = load(args.model, args.device, args.data)
    metrics = _metrics(model)
    with in_words(file, "cannot be written"):
        export_model(model.snapshot, file, metrics, model.trained_on, args.exact, args.compact)
        print(f"{file}: {file.stat().st_size / 2**20:.2f} MB, {json.dumps(metrics)}")
    return 0


def _metrics(model: LoadedModel) -> dict[str, Any]:
    """As last measured at this step, or measured now; without its data a model is written too."""
    if model.metrics.get("step") == model.step:
        return model.metrics
    try:
        with loading_bar() as show:
            return model.evaluate(loading=show)
    except UserError as error:
        print(f"It is written without measures. {printable(str(error))}", file=sys.stderr)
        return {}
