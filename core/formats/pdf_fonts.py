"""Fonts of the PDF: which face draws which character and how wide it is.

The first face that has a character draws it: the product's own font, DejaVu Sans, our fonts for Devanagari and Thai, a
font of the system, one for emoji, and for Chinese, Japanese and Korean at last a font that the viewer brings along.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final, cast

import numpy as np
import numpy.typing as npt
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import ShapedStr, TTFError, TTFont, shapeStr

from core.document.fonts import Weight, fallback_path, font_path, further_paths

Widths = npt.NDArray[np.float64]

# The basic multilingual plane; what lies beyond is never in the fast tables.
PLANE: Final = 0x10000
# Not embedded: the viewer draws them with a font of its own.
_VIEWER_FONTS: Final = {
    "ja": "HeiseiKakuGo-W5",
    "ko": "HYGothic-Medium",
    "zh": "STSong-Light",
    "zh_TW": "MSung-Light",
}
_BEYOND_PLANE: Final = re.compile(r"<([0-9A-F]{5,6})>")
_CJK: Final = (
    (0x2E80, 0x33FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xAC00, 0xD7AF),
    (0xF900, 0xFAFF),
    (0xFF00, 0xFFEF),
)


@dataclass(frozen=True, eq=False)
class Face:
    """A font known to reportlab under `name`; widths are in thousandths of the type size.

    The letters of a `shaped` one change with their neighbours, or stand above and below them.
    """

    name: str
    font: TTFont | UnicodeCIDFont
    covers: Callable[[int], bool]
    shaped: bool = False

    @property
    def embedded(self) -> bool:
        return isinstance(self.font, TTFont)

    def width(self, text: str) -> float:
        shown = self.shape(text)
        if isinstance(shown, ShapedStr):
            return float(sum(glyph.x_advance for glyph in shown.__shapeData__))
        return float(self.font.stringWidth(shown, 1000))

    def shape(self, text: str) -> str:
        """The text as the canvas takes it: itself, or glyphs with their places."""
        return cast(str, shapeStr(text, self.name, 1000)) if self.shaped else text


@cache
def faces(weight: Weight) -> tuple[Face, ...]:
    """The two faces that are always there: ours and DejaVu Sans."""
    wide = fallback_path(weight)
    return tuple(filter(None, (_truetype(f"Rooster-{weight}", font_path(weight)), _truetype(wide.stem, wide))))


def primary(weight: Weight) -> Face:
    return faces(weight)[0]


@lru_cache(maxsize=50_000)
def face_for(code: int, weight: Weight, language: str) -> Face | None:
    """The first face with the character, or None when no font at hand has it."""
    return next((face for face in _candidates(code, weight, language) if face.covers(code)), None)


@cache
def advance_table(weight: Weight) -> Widths:
    """The advance of each character of the plane in the primary face, in thousandths of the type size."""
    face = primary(weight)
    table = np.full(PLANE, float(face.font.face.defaultWidth))
    for code, width in face.font.face.charWidths.items():
        if code < PLANE:
            table[code] = width
    return table


def language_of(text: str, locale: str) -> str:
    """Which of the four Han traditions a text belongs to: kana and Hangul tell, else the locale does."""
    if any("\u3040" <= ch <= "\u30ff" for ch in text):
        return "ja"
    if any("\uac00" <= ch <= "\ud7af" for ch in text):
        return "ko"
    if locale.startswith(("zh_TW", "zh_HK", "zh_Hant")):
        return "zh_TW"
    return locale[:2] if locale[:2] in _VIEWER_FONTS else "zh"


def _candidates(code: int, weight: Weight, language: str) -> Iterator[Face]:
    yield from faces(weight)
    yield from _further()
    if any(first <= code <= last for first, last in _CJK):
        yield _viewer(_VIEWER_FONTS[language])


@cache
def _further() -> tuple[Face, ...]:
    found = (_truetype(path.stem, path, shaped=path.stem.startswith("NotoSans")) for path in further_paths())
    return tuple(face for face in found if face is not None)


@cache
def _viewer(name: str) -> Face:
    font = UnicodeCIDFont(name)
    pdfmetrics.registerFont(font)
    return Face(name, font, lambda code: code < PLANE)


class _EmbeddedFont(TTFont):  # type: ignore[misc]  # reportlab carries no types
    """reportlab writes what lies beyond the first plane as one number, which readers take for other letters."""

    def addObjects(self, doc: Any) -> None:
        super().addObjects(doc)
        for key, stream in doc.idToObject.items():
            if key.startswith("toUnicodeCMap:") and isinstance(stream.content, str):
                stream.content = _BEYOND_PLANE.sub(_as_pair, stream.content)


def _as_pair(code: re.Match[str]) -> str:
    return f"<{chr(int(code[1], 16)).encode('utf-16-be').hex().upper()}>"


def _truetype(name: str, path: Path, *, shaped: bool = False) -> Face | None:
    """A face from a file; None when reportlab cannot embed it, which must not cost anybody a report."""
    try:
        font = _EmbeddedFont(name, str(path), shapable=shaped)
    except (TTFError, OSError):
        return None
    pdfmetrics.registerFont(font)
    # A copy: shaping adds glyphs of its own to the font's table.
    return Face(name, font, frozenset(font.face.charToGlyph).__contains__, shaped)
