"""Images of a folder, read; or why one could not be. No torch."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing, suppress

from trainer.data.folders.left_out import LeftOut, Why
from trainer.data.folders.stores import Store, in_threads
from trainer.data.grey_depth import HEAD, Extent, may_be_deep, range_of
from trainer.data.image_files import TooLargeError, decode_image, extent_of
from trainer.data.image_kinds import is_unreadable_heic
from trainer.data.progress import OnProgress, heard
from trainer.messages import Pixels, UserError
from trainer.recipe.grey_range import GreyRange


def read_or_tell(
    store: Store, name: str, grey_range: GreyRange | None = None
) -> tuple[Pixels, bytes] | LeftOut:
    """An image [H, W, 3] and the bytes of its file, or why there is none."""
    data = None
    try:
        data = store.read(name)
        return decode_image(data, name, grey_range), data
    except TooLargeError as error:
        return LeftOut(name, Why.LARGE, str(error))
    except UserError as error:
        return LeftOut(name, _why(data), str(error))


def _why(data: bytes | None) -> Why:
    if data is None:
        return Why.UNREADABLE
    return Why.HEIC if is_unreadable_heic(data) else Why.DAMAGED


def common_range(store: Store, names: Iterable[str], progress: OnProgress) -> GreyRange | None:
    """One for all deep grey images; of the others the first bytes are enough."""

    def extent(name: str) -> Extent | None:
        if may_be_deep(store.head(name, HEAD)):
            with suppress(UserError):  # it is told where it is decoded
                return extent_of(store.read(name), name)
        return None

    with closing(in_threads(extent, names, progress)) as extents:
        return range_of(known for known in heard(extents, progress) if known is not None)
