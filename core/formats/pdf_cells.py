"""The cells of one column: measured, cut and encoded for the content stream with a few calls for all of them.

Most cells need nothing but their letters ("plain"). The others (other scripts, line ends, characters of another
face) are odd: they are left blank here and drawn one by one by `pdf_text`.
"""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from reportlab.pdfgen.canvas import Canvas

from core.formats.pdf_fonts import PLANE, Widths, advance_table, primary
from core.formats.pdf_text import ELLIPSIS, MAX_CHARACTERS, Style, is_plain, width_of

Numbers = npt.NDArray[np.int64]
_SPACE: Final = 32
_PRINTABLE_ASCII: Final = range(32, 127)
_MEASURED_ROWS: Final = 400


class Alphabet:
    """The characters that one text operator can show: those in the first subset of the style's face.

    reportlab hands out the codes of a subset while the document grows, so an alphabet belongs to one canvas.
    """

    def __init__(self, canvas: Canvas, style: Style) -> None:
        self.style = style
        # The document is needed to ask for codes and font names; reportlab's own text objects reach for it alike.
        self._document = canvas._doc
        self._font = primary(style.weight).font
        self._known = np.zeros(PLANE, dtype=bool)
        self._escapes: dict[int, bytes] = {0: b"\0"}
        self.plain = np.zeros(PLANE, dtype=bool)
        self.advances = advance_table(style.weight).copy()
        self.learn(np.array([*_PRINTABLE_ASCII, ord(ELLIPSIS)]))
        self.font_name = str(self._font.getSubsetInternalName(0, self._document))

    def learn(self, codes: Numbers) -> None:
        """Make room for characters not met before."""
        seen = np.zeros(PLANE, dtype=bool)
        seen[codes] = True
        for code in np.flatnonzero(seen & ~self._known).tolist():
            self._learn(code)
        self._known |= seen

    def encode(self, texts: Sequence[str]) -> list[str]:
        """The texts as they stand between the brackets of a PDF string."""
        joined = "\0".join(texts)
        if joined.isascii():
            return joined.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)").split("\0")
        escaped, _ = codecs.charmap_encode(joined, "strict", self._escapes)
        return escaped.decode("ascii").split("\0")

    def _learn(self, code: int) -> None:
        drawn = code if primary(self.style.weight).covers(code) else _stand_in(code)
        if drawn is None or not is_plain(code):
            return
        ((subset, byte),) = self._font.splitString(chr(drawn), self._document)
        if subset == 0:
            self.plain[code] = True
            self.advances[code] = self.advances[drawn]
            self._escapes[code] = _escape(byte[0])


@dataclass(slots=True)
class Cells:
    """A column's texts with their widths in points; `odd` are the row numbers of the cells left blank."""

    texts: list[str]
    widths: Widths
    odd: dict[int, str]
    _starts: Numbers
    _running: Widths
    _alphabet: Alphabet

    @classmethod
    def measure(cls, texts: Sequence[str], alphabet: Alphabet) -> Cells:
        short = [text if len(text) <= MAX_CHARACTERS else text[:MAX_CHARACTERS] for text in texts]
        codes = _codes("".join(short))
        alphabet.learn(codes)
        lengths = np.fromiter(map(len, short), dtype=np.int64, count=len(short))
        ends = np.cumsum(lengths)
        starts = ends - lengths
        running = _running_sum(alphabet.advances[codes])
        strange = _running_sum(~alphabet.plain[codes])
        odd = {int(row): short[row] for row in np.flatnonzero(strange[ends] > strange[starts])}
        widths = (running[ends] - running[starts]) * (alphabet.style.size / 1000)
        for row in odd:
            short[row] = ""
            widths[row] = 0.0
        return cls(short, widths, odd, starts, running, alphabet)

    def natural_width(self) -> float:
        """The widest of the first rows, in points."""
        plain = float(self.widths[:_MEASURED_ROWS].max(initial=0.0))
        odd = (width_of(text, self._alphabet.style) for row, text in self.odd.items() if row < _MEASURED_ROWS)
        return max(plain, *odd, 0.0)

    def has_odd_beyond(self, limit: float) -> bool:
        """Whether a cell that is drawn by itself will be cut at `limit` points."""
        return any(width_of(text, self._alphabet.style) > limit for text in self.odd.values())

    def cut(self, limit: float) -> bool:
        """Shorten the plain cells that are wider than `limit` points, found in one search; tells if there were any."""
        rows = np.flatnonzero(self.widths > limit)
        if not rows.size:
            return False
        scale = self._alphabet.style.size / 1000
        ellipsis = float(self._alphabet.advances[ord(ELLIPSIS)])
        starts = self._starts[rows]
        room = self._running[starts] + max(limit / scale - ellipsis, 0.0)
        kept = np.searchsorted(self._running, room, side="right") - 1 - starts
        for row, start, count in zip(rows.tolist(), starts.tolist(), kept.tolist(), strict=True):
            text = self.texts[row][:count].rstrip()
            self.texts[row] = text + ELLIPSIS
            self.widths[row] = (self._running[start + len(text)] - self._running[start] + ellipsis) * scale
        return True

    def encoded(self) -> list[str]:
        return self._alphabet.encode(self.texts)


def _codes(text: str) -> Numbers:
    """Code points; what lies beyond the plane becomes its last one, which is never plain."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    return np.asarray(np.minimum(codes, PLANE - 1), dtype=np.int64)


def _running_sum(values: npt.NDArray[np.bool_] | Widths) -> Widths:
    return np.concatenate(([0.0], np.cumsum(values, dtype=np.float64)))


def _stand_in(code: int) -> int | None:
    """An ordinary space for the kinds of space that a face does not have."""
    return _SPACE if is_plain(code) and chr(code).isspace() else None


def _escape(byte: int) -> bytes:
    """A byte of a PDF string; all but plain ASCII in octal, so that no reader takes 13 for 10."""
    if byte in b"()\\":
        return b"\\" + bytes((byte,))
    return bytes((byte,)) if byte in _PRINTABLE_ASCII else b"\\%03o" % byte
