"""Large images, converted and shrunk band by band: whole copies would take their memory thrice."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PIL import Image

LANCZOS = Image.Resampling.LANCZOS
WHOLE = 1 << 24  # pixels; fewer are worked on at once
BAND = 1 << 20  # pixels, about
GAP = 2.0  # what is shrunk by more than this is averaged first


def bands(image: Image.Image, step: int = 1) -> Iterator[tuple[int, Image.Image]]:
    """Parts of full width from top to bottom, each with its top row, a multiple of `step`."""
    rows = max(1, BAND // image.width // step) * step
    if image.height <= rows:
        yield 0, image
        return
    for top in range(0, image.height, rows):
        yield top, image.crop((0, top, image.width, min(top + rows, image.height)))


def shrunk(
    image: Image.Image, size: tuple[int, int], convert: Callable[[Image.Image], Image.Image]
) -> Image.Image:
    """A loaded image, converted and then of another size, as `Image.resize` makes it.

    `convert` makes each part L, RGB or RGBA.
    """
    if image.width * image.height <= WHOLE:
        whole = convert(image)
        return whole if size == image.size else whole.resize(size, LANCZOS, reducing_gap=GAP)
    width = size[0]
    across, down = (int(a / b / GAP) or 1 for a, b in zip(image.size, size, strict=True))
    narrow: Image.Image | None = None
    box = 0, 0, image.width / across, image.height / down
    for top, band in bands(image, down):
        part = convert(band)
        part = part.convert("RGBa") if part.mode == "RGBA" else part
        part = part.reduce((across, down)) if max(across, down) > 1 else part
        part = part.resize((width, part.height), LANCZOS, (0, 0, box[2], part.height))
        if narrow is None:
            narrow = Image.new(part.mode, (width, -(-image.height // down)))
        narrow.paste(part, (0, top // down))
    assert narrow is not None  # an image has pixels
    made = narrow.resize(size, LANCZOS, (0, 0, width, box[3]))
    return made.convert("RGBA") if made.mode == "RGBa" else made
