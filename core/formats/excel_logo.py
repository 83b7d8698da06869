"""The workspace's logo at the right of the Summary's title."""

from __future__ import annotations

import io
from typing import Any, Final

from core.document.model import ReportHead
from core.text import one_line

# CSS px.
_MOST_WIDTH, _MOST_HEIGHT = 150, 36
_PNG_SIZE: Final = slice(16, 24)


def place_logo(sheet: Any, head: ReportHead, *, row: int, column: int, cell_width: int) -> None:
    """In the cell's right half, no larger than it is; nothing without a logo."""
    logo = head.brand.logo
    if not logo:
        return
    width, height = _size(logo)
    scale = min(1.0, _MOST_WIDTH / width, _MOST_HEIGHT / height)
    options = {
        "image_data": io.BytesIO(logo),
        "x_scale": scale,
        "y_scale": scale,
        "x_offset": max(0, cell_width - width * scale),
        "description": one_line(f"Logo of {head.workspace}"),
        "object_position": 2,
    }
    sheet.insert_image(row, column, "logo.png", options)


def _size(png: bytes) -> tuple[int, int]:
    """Width and height in dots, which every PNG says at its start."""
    both = png[_PNG_SIZE]
    return int.from_bytes(both[:4], "big"), int.from_bytes(both[4:], "big")
