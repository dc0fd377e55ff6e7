"""`film`: a loop of a model's noise, a walk, or its training, as a moving picture."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from trainer.cli.arguments import (
    Commands,
    add_data_and_device,
    add_images,
    add_model,
    named_path,
    positive,
    positive_int,
    seed,
)
from trainer.films.scene import (
    LARGEST_FACTOR,
    MOST_RATE,
    MOST_SECONDS,
    Look,
    Loop,
    Pace,
    Training,
    Walk,
)
from trainer.messages import MOST_DRAWS, Pixels, Probe, UserError, column_seeds

if TYPE_CHECKING:
    from trainer.api.loaded import LoadedModel
    from trainer.films.scene import Story

MOST_ROWS = 64


def add_parser(commands: Commands) -> None:
    """`film`'s arguments."""
    parser = commands.add_parser("film", help="a moving picture of a model, or of its training")
    add_model(parser)
    parser.add_argument(
        "--out", type=named_path, required=True, metavar="FILE", help=".gif, .png, .webp or .mp4"
    )
    parser.add_argument(
        "--kind",
        choices=["loop", "walk", "training"],
        default="loop",
        help="a closed loop of the noise, a walk from draw to draw, or all kept moments (loop)",
    )
    parser.add_argument(
        "--through", choices=["noise", "code"], default="noise", help="where a walk goes (noise)"
    )
    parser.add_argument(
        "--even", action="store_true", help="a training evenly by steps, not by its moments"
    )
    _add_size(parser)
    parser.add_argument(
        "--of", type=named_path, nargs="+", metavar="IMAGE", help="image files, not test images"
    )
    parser.add_argument("--rows", type=_up_to(MOST_ROWS), default=4, metavar="N", help="images (4)")
    parser.add_argument("--draws", type=_up_to(MOST_DRAWS), default=8, metavar="N", help="each (8)")
    parser.add_argument("--seed", type=seed, default=0, metavar="N", help="of images and noise (0)")
    add_images(parser)
    add_data_and_device(parser)
    parser.set_defaults(run=run)


def _add_size(parser: argparse.ArgumentParser) -> None:
    """How long, and how large."""
    pace = Pace()
    parser.add_argument(
        "--seconds", type=positive, default=pace.seconds, metavar="S", help="its length (4)"
    )
    parser.add_argument(
        "--fps", type=_up_to(MOST_RATE), default=pace.rate, metavar="N", help="frames a second (12)"
    )
    parser.add_argument(
        "--hold", type=float, default=0.0, metavar="S", help="rest at each draw, or at the end (0)"
    )
    parser.add_argument(
        "--size", type=_up_to(LARGEST_FACTOR), default=2, metavar="N", help="times as large (2)"
    )
    parser.add_argument("--bare", action="store_true", help="no inputs at the left, no step below")


def run(args: argparse.Namespace) -> int:
    """Write the film of a model on test images, or on those named."""
    from tqdm import tqdm

    from trainer.api.loaded import load
    from trainer.films.formats import format_of
    from trainer.films.scene import Scene
    from trainer.films.writing import write_film

    format_of(args.out)  # a name that will not do is told before the work
    if args.seconds > MOST_SECONDS or not 0 <= args.hold <= MOST_SECONDS:
        raise UserError(f"A film lasts up to {MOST_SECONDS:.0f} seconds, and rests from 0 up.")
    model = load(args.model, args.device, args.data, args.images, args.images_b)
    probe = Probe(0, _seen(model, args), column_seeds(args.seed, args.draws))
    look = Look(args.size, not args.bare, args.kind == "training" and not args.bare)
    pace = Pace(args.fps, args.seconds, args.hold)
    scene = Scene(_story(args, probe, model), model.snapshot, pace, look, args.data)
    with tqdm(desc="drawing", unit="frame", leave=False) as bar:

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        write_film(args.out, scene, show)
    print(args.out)
    return 0


def _seen(model: LoadedModel, args: argparse.Namespace) -> Pixels:
    """The images as the network sees them."""
    from trainer.data.at_hand import with_data_at_hand
    from trainer.data.image_files import list_images
    from trainer.data.loading import some_test_images

    if model.recipe.image_shape is None:
        return np.zeros((0, 1, 1, 1), np.uint8)
    if args.of:
        return model.prepare(list_images(args.of, limit=MOST_ROWS))
    shown = with_data_at_hand(model.recipe, args.data)
    if shown is not model.recipe:
        print(f"{model.recipe.data.name} is not at hand: {shown.data.name} stand in for it.")
    known = model.trained_on
    some = some_test_images(shown, args.data, args.rows, args.seed, trained_on=known)
    pixels: Pixels = some.images.permute(0, 2, 3, 1).contiguous().numpy()
    return pixels


def _story(args: argparse.Namespace, probe: Probe, model: LoadedModel) -> Story:
    from trainer.storage.snapshots import moments_in, one_a_step

    if args.kind == "loop":
        return Loop(probe)
    if args.kind == "walk":
        return Walk(probe, args.through)
    folder = Path(args.model)
    moments = one_a_step(moments_in(folder))
    if not moments:
        raise UserError(f"{folder} keeps no moments: name the folder of a run that was trained.")
    last = model.step if model.step > moments[-1].step else None
    return Training(probe, moments, last, args.even)


def _up_to(most: int) -> Callable[[str], int]:
    """Reads a whole number from 1 up to another."""

    def read(text: str) -> int:
        value = positive_int(text)
        if value > most:
            raise argparse.ArgumentTypeError(f"{text} is more than {most:,}")
        return value

    return read
