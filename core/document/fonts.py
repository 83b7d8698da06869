"""Where the fonts of PDF and charts lie; `script/make_fonts.py` made ours."""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

Weight = Literal["regular", "semibold", "bold"]

FAMILY = "Rooster Sans"
_FOLDER = Path(__file__).parent / "fonts"
_FILES: dict[Weight, str] = {
    "regular": "RoosterSans-Regular.ttf",
    "semibold": "RoosterSans-SemiBold.ttf",
    "bold": "RoosterSans-Bold.ttf",
}


def font_path(weight: Weight = "regular") -> Path:
    """The TrueType file of a weight: Latin, Vietnamese, Greek and Cyrillic."""
    return _FOLDER / _FILES[weight]


@lru_cache(maxsize=2)
def fallback_path(weight: Weight = "regular") -> Path:
    """DejaVu Sans, which matplotlib brings: arrows, symbols, Hebrew and Arabic. It has no semibold."""
    package = find_spec("matplotlib")
    assert package is not None, "matplotlib is in requirements.in"
    assert package.submodule_search_locations is not None, "matplotlib is a package"
    folder = Path(package.submodule_search_locations[0]) / "mpl-data" / "fonts" / "ttf"
    return folder / ("DejaVuSans.ttf" if weight == "regular" else "DejaVuSans-Bold.ttf")
