"""`train --dry-run`: what a training would take, and whether it fits; nothing is written."""

from __future__ import annotations

import argparse

from trainer.recipe.catalogue import find_recipe
from trainer.recipe.recipe import Recipe


def tell(args: argparse.Namespace) -> int:
    """Print it; 0 where it fits, 1 where not. Raises UserError for options that are wrong."""
    from trainer.devices.choice import choose_device
    from trainer.devices.threads import use_threads
    from trainer.training.dry_step import dry_run

    device = choose_device(args.device)
    use_threads(alone=True)
    fit = dry_run(_asked(args), device)
    print(fit.told)
    if fit.batch:
        print(f"Try it with: --set batch={fit.batch}")
    return 0 if fit.fits else 1


def _asked(args: argparse.Namespace) -> Recipe:
    """The recipe with all that the command line says of it; a run that goes on has its own."""
    recipe = find_recipe(args.recipe)
    if args.resume and args.out is not None:
        from trainer.training.checkpoint import RunFolder

        return RunFolder(args.out).recipe()
    if args.images:
        recipe = recipe.with_images(str(args.images), str(args.images_b or ""))
    recipe = recipe.with_settings(args.settings)
    return recipe.but(steps=args.steps) if args.steps else recipe
