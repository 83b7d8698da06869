"""Any text on the canvas: cleaned, shaped, split into runs of one face, measured, cut, wrapped and drawn."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby
from typing import Any, Final, Literal

from arabic_reshaper import ArabicReshaper
from bidi.algorithm import get_display
from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from core.document.fonts import Weight
from core.document.letters import is_silent
from core.formats.pdf_fonts import Face, face_for, language_of, primary

ELLIPSIS: Final = "…"
UNKNOWN: Final = "\ufffd"
# No line on a page is longer, and no paragraph, however long the text in the data is.
MAX_CHARACTERS: Final = 500
_MAX_PARAGRAPH: Final = 10_000
_RIGHT_TO_LEFT: Final = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_ARABIC: Final = re.compile("[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff]")
_SPACES: Final = re.compile(r"\s+")
_STRAY_JOINER: Final = re.compile("(?<![\u0600-\u08ff\u0900-\u0dff])[\u200c\u200d]")
_NOT_INDIC_JOINER: Final = re.compile("(?<![\u0900-\u0dff])[\u200c\u200d]")
_JOINERS: Final = "\u200c\u200d"


@dataclass(frozen=True, slots=True)
class Style:
    """Type of one kind of text: points, and a colour as `#RRGGBB`."""

    size: float
    weight: Weight = "regular"
    color: str = "#000000"
    locale: str = "en"


Align = Literal["left", "right", "center"]

Run = tuple[Face, str]


def clean(text: str, *, limit: int = MAX_CHARACTERS) -> str:
    """One line without control characters: white space becomes one space, other controls become U+FFFD.

    What has no width of its own (marks of direction, variation selectors) is left out, but for the joiners, which
    Persian and Hindi need until their letters are chosen.
    """
    text = _STRAY_JOINER.sub("", _SPACES.sub(" ", text[:limit]))
    return "".join(map(_visible, unicodedata.normalize("NFC", text)))


def width_of(text: str, style: Style) -> float:
    """Width in points of the text as `draw` shows it."""
    return _shape(text, style.weight, style.locale)[1] * style.size / 1000


def fit(text: str, width: float, style: Style) -> str:
    """The text itself, or as much of it as fits with an ellipsis."""
    text = clean(text)
    if width_of(text, style) <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        fits = width_of(text[:middle].rstrip() + ELLIPSIS, style) <= width
        low, high = (middle, high) if fits else (low, middle - 1)
    return text[:low].rstrip() + ELLIPSIS


def is_complete(text: str, style: Style) -> bool:
    """Whether each character of the text has a font; those that have none show as U+FFFD."""
    runs, _ = _shape(text, style.weight, style.locale)
    return not any(UNKNOWN in run for _, run in runs)


def wrap(text: str, width: float, style: Style, *, lines: int) -> list[str]:
    """Lines of at most `width` points; the last of `lines` ends in an ellipsis when there is more."""
    rows: list[str] = []
    words = clean(text, limit=_MAX_PARAGRAPH).split(" ")
    while words and len(rows) < lines - 1:
        rows.append(_line(words, width, style))
    return [*rows, fit(" ".join(words), width, style)] if words else rows


def draw(canvas: Canvas, x: float, y: float, text: str, style: Style, *, align: Align = "left") -> float:
    """Write one line with its baseline at `y`; returns its width in points."""
    runs, width = _shape(text, style.weight, style.locale)
    width *= style.size / 1000
    start = x - width if align == "right" else x - width / 2 if align == "center" else x
    pen = canvas.beginText(start, y)
    pen.setFillColor(HexColor(style.color))
    for face, run in runs:
        pen.setFont(face.name, style.size)
        pen.textOut(face.shape(run))
    canvas.drawText(pen)
    return width


def visual(text: str) -> str:
    """Letters in the order in which they stand on paper, Arabic ones joined."""
    if not _RIGHT_TO_LEFT.search(text):
        return text
    joined = _reshaper().reshape(text) if _ARABIC.search(text) else text
    return str(get_display(joined))


def is_plain(code: int) -> bool:
    """Whether a character can stand in a line with no care for shaping, direction or joining."""
    ch = chr(code)
    return unicodedata.category(ch)[0] in "LNPSZ" and unicodedata.bidirectional(ch) not in ("R", "AL", "AN")


@cache
def _reshaper() -> Any:
    """Joins letters, keeps vowel marks, and makes no ligature that few fonts have except lam-alef."""
    return ArabicReshaper({"delete_harakat": False, "support_ligatures": True, "ARABIC LIGATURE ALLAH": False})


def _visible(ch: str) -> str:
    if ch in _JOINERS:
        return ch
    if is_silent(ch):
        return ""
    return UNKNOWN if unicodedata.category(ch)[0] == "C" else ch


@lru_cache(maxsize=8192)
def _shape(text: str, weight: Weight, locale: str) -> tuple[tuple[Run, ...], float]:
    """The text in pieces of one face each, and its width in thousandths of the type size.

    Remembered, because a cell is measured for its column, then to see whether it fits, and at last drawn.
    """
    shown = visual(clean(text))
    language = language_of(shown, locale)
    drawn = [_drawable(ch, weight, language) for ch in _without_joiners(shown)]
    pieces = groupby(drawn, key=lambda pair: pair[0])
    runs = tuple((face, "".join(ch for _, ch in group)) for face, group in pieces)
    return runs, sum(face.width(run) for face, run in runs)


def _without_joiners(text: str) -> str:
    """Joiners have done their work between Arabic letters; between Indic ones the font still needs them."""
    return _NOT_INDIC_JOINER.sub("", text)


def _drawable(ch: str, weight: Weight, language: str) -> Run:
    if face := face_for(ord(ch), weight, language):
        return face, ch
    if unicodedata.category(ch) == "Zs":
        return primary(weight), " "
    return face_for(ord(UNKNOWN), weight, language) or primary(weight), UNKNOWN


def _line(words: list[str], width: float, style: Style) -> str:
    """Take as many words off the front as fit on a line; a word that is too long is cut between letters."""
    taken = words.pop(0)
    if width_of(taken, style) > width:
        kept = fit(taken, width, style).removesuffix(ELLIPSIS) or taken[:1]
        words.insert(0, taken[len(kept) :])
        return kept
    while words and width_of(f"{taken} {words[0]}", style) <= width:
        taken = f"{taken} {words.pop(0)}"
    return taken
