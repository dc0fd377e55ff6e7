"""Other options of a recipe, as scripts give them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Settings = Sequence[str] | Mapping[str, object]


def written(settings: Settings) -> list[str]:
    """Settings as the command line has them."""
    if isinstance(settings, Mapping):
        return [f"{key}={_text(value)}" for key, value in settings.items()]
    return list(settings)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
