"""What the paper shows or reports, and the trials of ours that answer it: a file for each group."""

from __future__ import annotations

from trainer.messages import UserError
from trainer.reporting.reproduce.claims.baselines import BASELINES
from trainer.reporting.reproduce.claims.categorical import CATEGORICAL
from trainer.reporting.reproduce.claims.colour import COLOUR
from trainer.reporting.reproduce.claims.content_style import CONTENT_STYLE
from trainer.reporting.reproduce.claims.flipped import FLIPPED
from trainer.reporting.reproduce.claims.plane import PLANE
from trainer.reporting.reproduce.claims.translations import TRANSLATIONS
from trainer.reporting.reproduce.trials import Claim, Trial

CLAIMS: tuple[Claim, ...] = (
    *CONTENT_STYLE,
    *CATEGORICAL,
    *FLIPPED,
    *COLOUR,
    *TRANSLATIONS,
    *PLANE,
    *BASELINES,
)
TRIALS = {trial.name: trial for claim in CLAIMS for trial in claim.trials}


def find_trial(name: str) -> Trial:
    """The trial of that name. Raises UserError naming those that exist."""
    try:
        return TRIALS[name]
    except KeyError:
        raise UserError(f"There is no trial {name!r}. Choose from: {', '.join(TRIALS)}.") from None
