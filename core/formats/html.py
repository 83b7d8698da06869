"""HTML: one page for a browser, with rows to sort and filter, that needs neither network nor server."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pyarrow as pa

from core.document.model import ReportDocument, ReportHead, Section, SectionHead
from core.formats.base import Writer, WrittenFile, single_file
from core.formats.files import discard, finish
from core.formats.html_page import write_page
from core.formats.html_rows import Budget, RowSpool

MAX_ROWS: Final = 50_000
MAX_BYTES: Final = 5_000_000


class HtmlWriter:
    """Rows go to a temporary file that has no name, so nothing stays behind whatever happens."""

    def __init__(self, path: Path, head: ReportHead, *, budget: Budget) -> None:
        self._temporary = path
        self._head = head
        self._budget = budget
        self._spools: dict[str, RowSpool] = {}
        self._current: RowSpool | None = None

    def begin(self, section: SectionHead) -> None:
        self._current = RowSpool(section, self._head, folder=self._temporary.parent, budget=self._budget)
        self._spools[section.key] = self._current

    def write(self, batch: pa.RecordBatch) -> None:
        assert self._current is not None, "begin a section before its rows"
        self._current.add(batch)

    def end(self, section: Section) -> None:
        self._current = None
        if section.error is not None and section.head.key in self._spools:
            self._spools.pop(section.head.key).discard()

    def close(self, document: ReportDocument) -> list[WrittenFile]:
        write_page(self._temporary, document, self._spools)
        self._drop_spools()
        return [single_file(finish(self._temporary), FORMAT, self._spools.values())]

    def abort(self) -> None:
        self._drop_spools()
        discard(self._temporary)

    def _drop_spools(self) -> None:
        for spool in self._spools.values():
            spool.discard()


class HtmlFormat:
    """`max_rows` and `max_bytes` (of row data) are the limits of one file."""

    key = "html"
    label = "HTML"
    extension = "html"
    media_type = "text/html"

    def __init__(self, *, max_rows: int = MAX_ROWS, max_bytes: int = MAX_BYTES) -> None:
        self._max_rows = max_rows
        self._max_bytes = max_bytes

    def open(self, folder: Path, *, stem: str, head: ReportHead) -> Writer:
        budget = Budget(rows=self._max_rows, size=self._max_bytes)
        return HtmlWriter(folder / f"{stem}.html.tmp", head, budget=budget)


FORMAT: Final = HtmlFormat()
