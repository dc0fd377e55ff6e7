"""`reconstruct`: sheets of stochastic reconstructions of image files."""

from __future__ import annotations

import argparse
import itertools
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from trainer.cli.arguments import (
    Commands,
    add_data_and_device,
    add_model,
    named_path,
    positive_int,
    seed,
)
from trainer.cli.writing import printable, write
from trainer.messages import MOST_DRAWS, Pixels, Probe, UserError, column_seeds
from trainer.storage.faults import in_words
from trainer.storage.paths import full_path

if TYPE_CHECKING:
    from trainer.api.loaded import LoadedModel


def add_parser(commands: Commands) -> None:
    """`reconstruct`'s arguments."""
    parser = commands.add_parser("reconstruct", help="stochastic reconstructions of image files")
    add_model(parser)
    parser.add_argument("images", type=named_path, nargs="*", metavar="IMAGE")
    parser.add_argument(
        "--from",
        dest="from_picture",
        type=named_path,
        metavar="PICTURE",
        help="draw what a picture saved by the window was made of, pixel for pixel",
    )
    parser.add_argument(
        "--out",
        type=named_path,
        required=True,
        metavar="FILE.png|DIR/",
        help="one sheet, or a folder for one sheet an image",
    )
    parser.add_argument("--draws", type=_draws, default=8, metavar="N", help="noise draws (8)")
    parser.add_argument("--seed", type=seed, default=0, metavar="N", help="seed of the noise (0)")
    add_data_and_device(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write one sheet with a row for each image, or, given a folder, one sheet for each.

    An image that fails does not hold up the others: it is named at the end, and the code is 1.
    """
    if args.from_picture is not None:
        return _draw_again(args)
    if not args.images:
        raise UserError("Name images or folders of them, or a saved picture by --from.")
    return _sheets(args)


def _sheets(args: argparse.Namespace) -> int:
    from trainer.api.loaded import load

    page = None if _is_folder(args.out) else _page(args.out)
    model = load(args.model, args.device, args.data)
    if model.recipe.image_shape is None:
        raise UserError(f"{args.model} is a model of points, not of images.")
    files, problems = _listed(args.images)
    if not files and not problems:
        raise UserError(
            "There are no images in what was named. Name files, or a folder that holds some."
        )
    if page is not None and _key(page) in map(_key, files):
        raise UserError(f"--out {page} is one of the images: choose another name.")
    targets = _targets(args.out, files) if page is None else []
    seen = _prepared(model, files, problems)
    if page is not None and seen:
        write(page, _sheet(model, np.concatenate(list(seen.values())), args, page))
        print(page)
    made = len(seen) if page is not None else 0
    for file, target in zip(files, targets, strict=False):
        if file in seen:
            try:
                write(target, _sheet(model, seen[file], args, target))
                print(target)
                made += 1
            except UserError as error:
                problems.append(str(error))
    for problem in problems:
        print(f"trainer: {printable(problem)}", file=sys.stderr)
    return 0 if not problems else 1 if made else 2


def _draw_again(args: argparse.Namespace) -> int:
    from trainer.api.loaded import load
    from trainer.cli.from_picture import sheet_from
    from trainer.reporting.sheets import encoded

    if args.images:
        raise UserError("--from brings its own images: name no others beside it.")
    page = _page(args.out)
    if _key(page) == _key(args.from_picture):
        raise UserError(f"--out {page} is the picture itself: choose another name.")
    model = load(args.model, args.device, args.data)
    write(page, encoded(sheet_from(model, args.from_picture, args.model), page))
    print(page)
    return 0


def _draws(text: str) -> int:
    """A number of draws that a sheet has room for."""
    value = positive_int(text)
    if value > MOST_DRAWS:
        raise argparse.ArgumentTypeError(f"{text} are more than {MOST_DRAWS:,} draws")
    return value


def _is_folder(out: Path) -> bool:
    """Whether sheets go into it, one an image."""
    with in_words(out):
        return out.is_dir() or not out.suffix


def _page(out: Path) -> Path:
    from trainer.reporting.sheets import picture_path

    try:
        return picture_path(out)
    except UserError as error:
        raise UserError(f"--out {error} Else name a folder.") from None


def _listed(named: list[Path]) -> tuple[list[Path], list[str]]:
    """The images in what was named, and why some of it cannot be read."""
    from trainer.data.image_files import list_images

    files: dict[Path, None] = {}
    problems = []
    for path in named:
        try:
            files |= dict.fromkeys(list_images([path], limit=100_000))
        except UserError as error:
            problems.append(str(error))
    return list(files), problems


def _prepared(model: LoadedModel, files: list[Path], problems: list[str]) -> dict[Path, Pixels]:
    """Each image as the network sees it [1, H, W, C]; those that cannot be read are told."""
    from trainer.data.image_files import range_of_files

    seen, together = {}, range_of_files(files)
    for file in files:
        try:
            seen[file] = model.prepare(file, together)
        except UserError as error:
            problems.append(str(error))
    return seen


def _targets(out: Path, files: list[Path]) -> list[Path]:
    """A sheet's file for each image; none is another's, or one of the images themselves."""
    taken = set(map(_key, files))
    targets = []
    for file in files:
        names = (
            f"{file.stem}{f' {count}' if count > 1 else ''}.png" for count in itertools.count(1)
        )
        target = next(out / name for name in names if _key(out / name) not in taken)
        taken.add(_key(target))
        targets.append(target)
    return targets


def _key(path: Path) -> str:
    """What a file is to file systems that know no capitals."""
    return str(full_path(path)).casefold()


def _sheet(model: LoadedModel, seen: Pixels, args: argparse.Namespace, path: Path) -> bytes:
    from trainer.reporting.sheets import encoded, sheet

    made = model.render(Probe(0, seen, column_seeds(args.seed, args.draws)))
    return encoded(sheet(seen, made.tiles, made.code_pictures), path)
