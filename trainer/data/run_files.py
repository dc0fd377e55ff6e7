"""The small JSON files of a run that tell of its data; anybody may have written them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from trainer.messages import UserError
from trainer.recipe.migration import check_age
from trainer.storage.files import is_missing, read_object

T = TypeVar("T")


def read_run_file(
    file: Path,
    limits: tuple[int, int],
    parsed: Callable[[Mapping[str, Any]], T],
    kind: str,
    unusable: Callable[[Path, str], UserError],
) -> T | None:
    """What a file holds by `parsed`; None where there is none.

    limits: the newest format that is known, and the most bytes. kind: what the file is not, where
    it holds something else. Raises what `unusable` makes of the file and the reason.
    """
    if is_missing(file):
        return None
    newest, most = limits
    try:
        content = read_object(file, most)
        check_age(content, newest)
        return parsed(content)
    except (UserError, ValueError, TypeError, KeyError, AttributeError) as error:
        told = isinstance(error, (UserError, ValueError))
        why = str(error).replace(str(file), "it") if told else f"it is not {kind}"
        raise unusable(file, why.rstrip(".")) from error
