"""`download`: fetches a data set."""

from __future__ import annotations

import argparse

from trainer.cli.arguments import Commands, named_path
from trainer.recipe.specs import DATA_SETS, resolve


def add_parser(commands: Commands) -> None:
    """`download`'s arguments."""
    parser = commands.add_parser("download", help="fetch a data set")
    parser.add_argument("name", choices=[spec.name for spec in DATA_SETS if spec.download])
    parser.add_argument("--data", type=named_path, metavar="ROOT", help="where to put it")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Fetch a data set with a progress bar; Ctrl-C leaves nothing half-written."""
    from tqdm import tqdm

    with tqdm(total=1, unit="B", unit_scale=True, unit_divisor=1024) as bar:

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        fetch = resolve(DATA_SETS[args.name].download)
        folder = fetch(args.data, show, lambda: False)
    print(folder)
    return 0
