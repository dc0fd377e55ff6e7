"""Times that are left, in words."""

from __future__ import annotations


def duration(seconds: float) -> str:
    """A time that is left, with as many digits as it deserves."""
    if not seconds < 360_000:  # nor is it a number, perhaps
        return "long"
    minutes, rest = divmod(int(max(seconds, 0)), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"
