"""What is said of one picture: scales, and whether the model remembers it."""

from __future__ import annotations

from trainer.exploring.questions.pictures import Neighbours

NO_NOISE = "This model has no noise: every draw is this same picture."
UNTRAINED = "This model is untrained: its noise acts anywhere. Press Train, and see where it goes."
REMEMBERED, FAR = 0.99, 0.01  # shares of the training images
_SAME = 1e-3  # of the usual distance: rounding, and no more


def difference_line(end: float, signed: bool) -> tuple[str, str]:
    """The scale of a difference, and the same in few words."""
    if signed:
        return (
            f"Grey: equal. White: {end:.0%} of the range brighter, black: darker.",
            f"±{end:.0%} of range",
        )
    return f"Black: equal. White: {end:.0%} of the range apart.", f"0 to {end:.0%} of range"


def heat_line(end: float, draws: int) -> tuple[str, str]:
    """The scale of a heat map, and the same in few words."""
    whole = f"Standard deviation over {draws} draws. Black: 0, amber: {end:.0%} of the range."
    return whole, f"spread, 0 to {end:.0%}"


def nearest_words(found: Neighbours) -> str:
    """How near the nearest is, beside what is usual; and what follows from that."""
    if found.why:
        return found.why
    by = "by its code" if found.in_code else "pixel by pixel"
    nearest, share = float(found.distances[0]), found.nearer
    far = f"{amount(nearest, found)} away {by}"
    usual = f"half of the training images have one within {amount(found.usual, found)}"
    return f"The nearest is {far}; {usual}. {_verdict(nearest, share, found)} {_looked_at(found)}"


def amount(distance: float, found: Neighbours) -> str:
    """A distance: of codes a number, of pixels a share of their range."""
    return f"{distance:.2f}" if found.in_code else f"{distance:.1%}"


def _verdict(nearest: float, share: float, found: Neighbours) -> str:
    if nearest <= _SAME * found.usual:
        what = "It has the code of" if found.in_code else "It is"
        return f"{what} a training image: remembered."
    if share >= REMEMBERED:
        return f"That is nearer than {_percent(share)} of them are to theirs: remembered."
    if share <= FAR:
        return f"{_percent(1 - share)} of them are nearer to theirs: new, like none of them."
    return (
        f"{_percent(share)} of them are farther from theirs: one of their kind, but no copy of one."
    )


def _percent(share: float) -> str:
    return f"{min(share, 0.99):.0%}" if share < 1 else "all"


def _looked_at(found: Neighbours) -> str:
    if found.looked_at < found.in_all:
        return f"(Among {found.looked_at:,} of {found.in_all:,} training images.)"
    return f"(Among all {found.in_all:,} training images.)"
