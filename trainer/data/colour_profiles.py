"""Colours as a file means them: its ICC profile is applied, and sRGB comes out. No torch."""

from __future__ import annotations

import io
from functools import lru_cache

from PIL import Image, ImageCms

# What standard sRGB profiles are called; others of like names may have another curve.
_SRGB = ("sRGB", "sRGB IEC61966-2.1", "sRGB IEC61966-2-1", "sRGB built-in")


def in_srgb(image: Image.Image) -> Image.Image:
    """An image in RGB or RGBA, in sRGB, which all the rest of the program takes for given.

    A profile that is broken, or not one of such an image, is ignored, as by most viewers.
    """
    transparent = image.has_transparency_data
    profile = image.info.get("icc_profile")
    if image.mode not in ("L", "RGB", "CMYK", "LAB"):  # its colours, without a palette or alpha
        colours = image.convert("L" if image.mode in ("LA", "La") else "RGB")
    else:
        colours = image
    converted = _converted(colours, profile) if isinstance(profile, bytes) else None
    if converted is None:
        return image.convert("RGBA" if transparent else "RGB")
    if transparent:
        converted.putalpha(image.convert("RGBA").getchannel("A"))
    return converted


def _converted(image: Image.Image, profile: bytes) -> Image.Image | None:
    """The image in sRGB; None where the profile says nothing new, or nothing of use."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if ImageCms.getProfileDescription(source).strip() in _SRGB:
            return None
        made = ImageCms.profileToProfile(image, source, _srgb(), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None
    return made


@lru_cache(maxsize=1)
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
