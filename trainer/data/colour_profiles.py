"""Colours as a file means them: its ICC profile is applied, and sRGB comes out. No torch."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import lru_cache

from PIL import Image, ImageCms

# What standard sRGB profiles are called; others of like names may have another curve.
_SRGB = ("sRGB", "sRGB IEC61966-2.1", "sRGB IEC61966-2-1", "sRGB built-in")
_LARGEST = 1 << 23  # bytes of a profile; those of printers have 3 million


def to_srgb(image: Image.Image) -> Callable[[Image.Image], Image.Image]:
    """What makes parts of an image RGB or RGBA, in sRGB, which all the rest takes for given.

    A profile that is broken, or not one of such an image, is ignored, as by most viewers.
    """
    transparent = image.has_transparency_data
    # The colours of other modes are converted without their palette or alpha.
    plain = "L" if image.mode in ("LA", "La") else "RGB"
    mode = image.mode if image.mode in ("L", "RGB", "CMYK", "LAB") else plain
    transform = _transform(image.info.get("icc_profile"), mode)

    def converted(part: Image.Image) -> Image.Image:
        if transform is None:
            return part.convert("RGBA" if transparent else "RGB")
        colours = part if part.mode == mode else part.convert(mode)
        made = ImageCms.applyTransform(colours, transform)
        assert made is not None  # not in place
        if transparent:
            made.putalpha(part.convert("RGBA").getchannel("A"))
        return made

    return converted


def _transform(profile: object, mode: str) -> ImageCms.ImageCmsTransform | None:
    """To sRGB; None where the profile says nothing new, or nothing of use."""
    if not isinstance(profile, bytes) or len(profile) > _LARGEST:
        return None
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if ImageCms.getProfileDescription(source).strip() in _SRGB:
            return None
        transform = ImageCms.buildTransform(source, _srgb(), mode, "RGB")
        ImageCms.applyTransform(Image.new(mode, (1, 1)), transform)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None
    return transform


@lru_cache(maxsize=1)
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
