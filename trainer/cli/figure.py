"""`figure`: a picture of what a model does, in the layout of the paper's figures."""

from __future__ import annotations

import argparse
from pathlib import Path

from trainer.cli.arguments import Commands, add_data_and_device, add_model, seed
from trainer.cli.writing import write


def add_parser(commands: Commands) -> None:
    """`figure`'s arguments."""
    parser = commands.add_parser("figure", help="draw what a model does, as the paper's figures do")
    add_model(parser)
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.png")
    parser.add_argument("--seed", type=seed, default=0, metavar="N", help="of images and noise (0)")
    add_data_and_device(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the picture of a model on test images."""
    from trainer.api.loaded import load
    from trainer.reporting.figures import figure
    from trainer.reporting.sheets import to_png

    model = load(args.model, args.device, args.data)
    write(args.out, to_png(figure(model.snapshot, args.data, args.seed)))
    print(args.out)
    return 0
