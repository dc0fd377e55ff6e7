"""`train --dry-run`: what a training would take, and whether it fits; nothing is written."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING

from trainer.cli.named_run import named_in, stands_at
from trainer.data.amendments import fitting_amendments
from trainer.recipe.catalogue import find_recipe

if TYPE_CHECKING:
    from trainer.training.terms import Terms


def tell(args: argparse.Namespace) -> int:
    """Print it; 0 where it fits, 1 where not. Raises UserError where the training would, too."""
    from trainer.devices.choice import choose_device
    from trainer.devices.threads import use_threads
    from trainer.training.dry_step import dry_steps
    from trainer.training.time_budget import steps_in

    device = choose_device(args.device)
    use_threads(alone=True)
    terms, steps = _asked(args)
    if not steps:
        print(stands_at(steps.start))
        return 0
    fit = dry_steps(terms, steps, device)
    if args.minutes and fit.fits:
        fitting = steps_in(args.minutes, fit.step_seconds)
        fit = replace(fit, steps=min(fitting, len(steps)) if args.resume else fitting)
    print(fit.told)
    if fit.batch and not args.resume:  # a run that goes on keeps its own
        print(f"Try it with: --set batch={fit.batch}")
    return 0 if fit.fits else 1


def _asked(args: argparse.Namespace) -> tuple[Terms, range]:
    """What the same line would train by without --dry-run, and which steps."""
    from trainer.api.wanted import wanted_recipe
    from trainer.training.amendments import step_at_rest
    from trainer.training.checkpoint import RunFolder
    from trainer.training.small_files import check_new
    from trainer.training.terms import Terms

    recipe, out = named_in(args, find_recipe(args.recipe))
    recipe = wanted_recipe(
        recipe,
        out,
        steps=args.steps,
        settings=args.settings,
        resume=args.resume,
        own=(args.images or "", args.images_b or ""),
    )
    terms, step = Terms(recipe), 0
    if args.resume and out is not None:
        terms = Terms(recipe, fitting_amendments(out, recipe))
        step = step_at_rest(RunFolder(out))
    elif out is not None:
        check_new(out)
    return terms, range(step, args.steps or terms.end)
