"""`download`: fetches a data set."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from trainer.cli.arguments import Commands

DOWNLOADS = ("mnist", "fashion-mnist", "svhn")


def add_parser(commands: Commands) -> None:
    """`download`'s arguments."""
    parser = commands.add_parser("download", help="fetch a data set")
    parser.add_argument("name", choices=DOWNLOADS)
    parser.add_argument("--data", type=Path, metavar="ROOT", help="where to put it")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Fetch a data set with a progress bar; Ctrl-C leaves nothing half-written."""
    from tqdm import tqdm

    with tqdm(total=1, unit="B", unit_scale=True, unit_divisor=1024) as bar:

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        folder = _fetch(args.name, args.data, show)
    print(folder)
    return 0


def _fetch(name: str, root: Path | None, progress: Callable[[int, int], None]) -> Path:
    from trainer.data.sets.mnist import download_mnist
    from trainer.data.sets.svhn import download_svhn

    if name == "svhn":
        return download_svhn(root, progress)
    return download_mnist(root, progress, name=name)
