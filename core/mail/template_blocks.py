"""The parts of a report that a text may place itself: key figures, chart, table, files, a button.

In the filled-in text a block is a mark of two characters that nobody types, with its name between them; `body_parts`
takes the text apart again. Imported by the tiny child process, so nothing heavy may be imported here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from jinja2 import TemplateRuntimeError

_OPEN: Final = "\ue0f0"
_CLOSE: Final = "\ue0f1"
_MARK: Final = re.compile(f"{_OPEN}([a-z]+):([^{_OPEN}{_CLOSE}]*){_CLOSE}")
MOST_ROWS: Final = 50
DEFAULT_ROWS: Final = 10
DEFAULT_LABEL: Final = "Open the full report"
_LONGEST_LABEL: Final = 60


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a body: `kind` is `text` or the name of a block, `detail` its words, rows or label."""

    kind: str
    detail: str = ""

    @property
    def rows(self) -> int:
        """How many rows a table shows; the mark may come from a hand that is not ours."""
        return min(int(self.detail), MOST_ROWS) if self.detail.isdecimal() else DEFAULT_ROWS


class _Plain:
    """A block without arguments; with or without brackets."""

    def __init__(self, kind: str, detail: str = "") -> None:
        self._mark = _mark(kind, detail)

    def __call__(self) -> str:
        return self._mark

    def __str__(self) -> str:
        return self._mark


class _Table(_Plain):
    def __call__(self, rows: Any = DEFAULT_ROWS) -> str:
        if not isinstance(rows, int) or not 1 <= rows <= MOST_ROWS:
            raise TemplateRuntimeError(f"table({rows}) shows 1 to {MOST_ROWS} rows")
        return _mark("table", str(rows))


class _Button(_Plain):
    def __call__(self, label: Any = DEFAULT_LABEL) -> str:
        return _mark("button", " ".join(str(label).split())[:_LONGEST_LABEL] or DEFAULT_LABEL)


def blocks() -> dict[str, Any]:
    """The blocks by their names in a body."""
    return {
        "kpis": _Plain("kpis"),
        "chart": _Plain("chart"),
        "table": _Table("table", str(DEFAULT_ROWS)),
        "files": _Plain("files"),
        "button": _Button("button", DEFAULT_LABEL),
    }


BLOCKS: Final = ("kpis", "chart", "table", "files", "button")


def body_parts(text: str) -> tuple[Part, ...]:
    """The text and the blocks of a filled-in body, in order; empty texts are left out."""
    return tuple(_parts(text))


def _parts(text: str) -> Iterator[Part]:
    place = 0
    for found in _MARK.finditer(text):
        yield from _text(text[place : found.start()])
        if found[1] in BLOCKS:
            yield Part(found[1], found[2])
        place = found.end()
    yield from _text(text[place:])


def _text(text: str) -> Iterator[Part]:
    clean = text.replace(_OPEN, "").replace(_CLOSE, "").strip()
    if clean:
        yield Part("text", clean)


def _mark(kind: str, detail: str) -> str:
    return f"{_OPEN}{kind}:{detail.replace(_OPEN, '').replace(_CLOSE, '')}{_CLOSE}"
