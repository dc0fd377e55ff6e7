"""`reconstruct`: sheets of stochastic reconstructions of image files."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from trainer.cli.arguments import Commands, add_data_and_device, add_model, positive_int, seed
from trainer.cli.writing import write
from trainer.messages import Pixels, Probe, UserError, column_seeds

if TYPE_CHECKING:
    from trainer.api.loaded import LoadedModel


def add_parser(commands: Commands) -> None:
    """`reconstruct`'s arguments."""
    parser = commands.add_parser("reconstruct", help="stochastic reconstructions of image files")
    add_model(parser)
    parser.add_argument("images", type=Path, nargs="+", metavar="IMAGE")
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="FILE.png|DIR/",
        help="one sheet, or a folder for one sheet an image",
    )
    parser.add_argument(
        "--draws", type=positive_int, default=8, metavar="N", help="noise draws (8)"
    )
    parser.add_argument("--seed", type=seed, default=0, metavar="N", help="seed of the noise (0)")
    add_data_and_device(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write one sheet with a row for each image, or, given a folder, one sheet for each."""
    from trainer.api.loaded import load
    from trainer.data.image_files import list_images

    model = load(args.model, args.device, args.data)
    if model.recipe.image_shape is None:
        raise UserError(f"{args.model} is a model of points, not of images.")
    files = list_images(args.images, limit=100_000)
    if not files:
        raise UserError("There are no images in what was named.")
    seen = model.prepare(files)
    if args.out.suffix.lower() == ".png" and not args.out.is_dir():
        write(args.out, _sheet(model, seen, args))
        print(args.out)
        return 0
    for row, target in enumerate(_targets(args.out, files)):
        write(target, _sheet(model, seen[row : row + 1], args))
        print(target)
    return 0


def _targets(out: Path, files: list[Path]) -> list[Path]:
    """A sheet's file for each image. Raises UserError where two would be one."""
    if out.suffix and not out.is_dir():
        raise UserError(f"--out {out}: a sheet is written as .png; else name a folder.")
    names = [path.stem for path in files]
    folded = [name.casefold() for name in names]  # one file to some file systems
    if len(set(folded)) < len(names):
        twice = next(name for name in names if folded.count(name.casefold()) > 1)
        raise UserError(f"Two images are named {twice}: their sheets would overwrite each other.")
    return [out / f"{name}.png" for name in names]


def _sheet(model: LoadedModel, seen: Pixels, args: argparse.Namespace) -> bytes:
    from trainer.reporting.sheets import sheet, to_png

    made = model.render(Probe(0, seen, column_seeds(args.seed, args.draws)))
    return to_png(sheet(seen, made.tiles, made.code_pictures))
