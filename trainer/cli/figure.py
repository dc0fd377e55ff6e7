"""`figure`: a picture of what a model does, in the layout of the paper's figures."""

from __future__ import annotations

import argparse

from trainer.cli.arguments import (
    Commands,
    add_data_and_device,
    add_images,
    add_model,
    named_path,
    seed,
)
from trainer.cli.writing import write


def add_parser(commands: Commands) -> None:
    """`figure`'s arguments."""
    parser = commands.add_parser("figure", help="draw what a model does, as the paper's figures do")
    add_model(parser)
    parser.add_argument("--out", type=named_path, required=True, metavar="FILE.png")
    parser.add_argument("--seed", type=seed, default=0, metavar="N", help="of images and noise (0)")
    add_images(parser)
    add_data_and_device(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the picture of a model on test images."""
    from trainer.api.loaded import load
    from trainer.reporting.figures import figure
    from trainer.reporting.sheets import encoded, picture_path

    out = picture_path(args.out)  # a name that will not do is told before the work
    model = load(args.model, args.device, args.data, args.images, args.images_b)
    made = figure(model.snapshot, args.data, args.seed, model.trained_on)
    write(out, encoded(made, out))
    print(out)
    return 0
