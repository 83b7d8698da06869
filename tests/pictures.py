"""Looking at a PNG from a test."""

from __future__ import annotations

from pathlib import Path

from PIL import Image


def size_of(path: Path) -> tuple[int, int]:
    with Image.open(path) as picture:
        return picture.size


def colours_in(path: Path) -> int:
    """How many different colours there are; a blank page has one."""
    with Image.open(path) as picture:
        colours = picture.convert("RGB").getcolors(maxcolors=1 << 24)
    return len(colours or ())
