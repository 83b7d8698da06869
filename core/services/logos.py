"""A logo from outside, made harmless: only the pixels of a PNG or JPEG of sensible size survive."""

from __future__ import annotations

import base64
import binascii
from io import BytesIO
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

from core.errors import InvalidInput
from core.schemas.workspace import MAX_LOGO_BYTES

MAX_SIDE: Final = 4000
MIN_SIDE: Final = 16
# Four times what a mail shows, for sharp screens and for paper.
_KEPT: Final = (600, 128)
_MOST_WIDE: Final = 12
_WHITE: Final = (255, 255, 255, 255)


def read_logo(encoded: str) -> bytes:
    """The logo as an opaque PNG of at most 600 x 128 pixels; raises InvalidInput in words."""
    try:
        content = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise _refused("it is not base64") from None
    return clean_logo(content)


def clean_logo(content: bytes) -> bytes:
    """Like `read_logo`, from the bytes of a file."""
    if len(content) > MAX_LOGO_BYTES:
        raise _refused(f"it is larger than {MAX_LOGO_BYTES // 1000} KB")
    try:
        # Only these two decoders are ever tried, and nothing is decoded before its size is known.
        with Image.open(BytesIO(content), formats=("PNG", "JPEG")) as picture:
            _check_size(picture)
            return _as_png(picture)
    except UnidentifiedImageError:
        raise _refused("it is no PNG and no JPEG") from None
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise _refused("it is damaged") from None


def _check_size(picture: Image.Image) -> None:
    width, height = picture.size
    if max(width, height) > MAX_SIDE:
        raise _refused(f"it has {width} x {height} pixels; {MAX_SIDE} each way are the limit")
    if min(width, height) < MIN_SIDE:
        raise _refused(f"it has {width} x {height} pixels; {MIN_SIDE} each way are the least")
    if width > _MOST_WIDE * height or height > width * 2:
        raise _refused("it is too long and thin; up to twelve times as wide as high fits")


def _as_png(picture: Image.Image) -> bytes:
    """On white: mail programs that darken a page would swallow dark letters on nothing."""
    upright = ImageOps.exif_transpose(picture).convert("RGBA")
    upright.thumbnail(_KEPT)
    opaque = Image.alpha_composite(Image.new("RGBA", upright.size, _WHITE), upright).convert("RGB")
    made = BytesIO()
    opaque.save(made, "PNG", optimize=True)
    return made.getvalue()


def _refused(reason: str) -> InvalidInput:
    return InvalidInput(f"The logo cannot be used: {reason}.", field="logo")
