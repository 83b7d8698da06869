"""Where the fonts of PDF and charts lie; `script/make_fonts.py` made ours."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final, Literal

Weight = Literal["regular", "semibold", "bold"]

FAMILY = "Rooster Sans"
_FOLDER = Path(__file__).parent / "fonts"
_FILES: dict[Weight, str] = {
    "regular": "RoosterSans-Regular.ttf",
    "semibold": "RoosterSans-SemiBold.ttf",
    "bold": "RoosterSans-Bold.ttf",
}
_BUNDLED: Final = ("NotoSansDevanagari-Regular.ttf", "NotoSansThai-Regular.ttf")
_EMOJI: Final = "NotoEmoji-Regular.ttf"
# TrueType outlines only: PostScript ones cannot go into our PDF files, which leaves out Noto CJK.
_CJK: Final = (
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/wqy-microhei/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/wqy-zenhei/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
)
# Where Debian, Fedora and Arch put the fonts of the Noto project.
_NOTO_FOLDERS: Final = ("/usr/share/fonts/truetype/noto", "/usr/share/fonts/google-noto", "/usr/share/fonts/noto")
_NOTO_SCRIPTS: Final = (
    "Bengali Gurmukhi Gujarati Oriya Tamil Telugu Kannada Malayalam Sinhala Lao Tibetan Myanmar Georgian Armenian "
    "Ethiopic Khmer Mongolian"
).split()


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


@cache
def further_paths() -> tuple[Path, ...]:
    """Fonts for what those two do not have: Devanagari and Thai of ours, others where the system has them, emoji."""
    noto = [f"{folder}/NotoSans{script}-Regular.ttf" for script in _NOTO_SCRIPTS for folder in _NOTO_FOLDERS]
    wanted = [*(_FOLDER / name for name in _BUNDLED), *map(Path, (*_CJK, *noto)), _FOLDER / _EMOJI]
    return tuple(path for path in wanted if path.is_file())
