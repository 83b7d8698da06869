"""PDF: the report as it is printed. Rows beyond the limit are counted, not kept."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pyarrow as pa

from core.clock import zone
from core.document.bands import is_rate, rates_of
from core.document.model import ReportDocument, ReportHead, Section, SectionHead
from core.document.samples import small_rows
from core.document.tokens import LIGHT, with_brand
from core.document.values import format_array
from core.formats import pdf_parts as parts
from core.formats.base import Writer, WrittenFile, single_file
from core.formats.files import discard, finish
from core.formats.pdf_page import Book
from core.formats.pdf_sections import Kept, draw_section, table_of
from core.formats.pdf_table import Table
from core.formats.pdf_text import MAX_CHARACTERS
from core.formats.sections import figures_on_top, shown_sections

MAX_ROWS: Final = 1_000


class PdfWriter:
    """Keeps the texts of the first rows of each section and draws everything when the report is whole."""

    def __init__(self, path: Path, head: ReportHead, *, max_rows: int) -> None:
        self._temporary = path
        self._head = head
        self._max_rows = max_rows
        self._kept: dict[str, Kept] = {}
        self._current: Kept | None = None

    def begin(self, section: SectionHead) -> None:
        self._current = Kept(section, [[] for _ in section.visible])
        self._kept[section.key] = self._current

    def write(self, batch: pa.RecordBatch) -> None:
        kept = self._current
        assert kept is not None, "begin a section before its rows"
        rows = batch.slice(0, self._max_rows - kept.shown)
        kept.total += batch.num_rows
        kept.shown += rows.num_rows
        if rows.num_rows:
            self._keep(kept, rows)

    def end(self, section: Section) -> None:
        self._current = None
        if section.error is not None:
            self._kept.pop(section.head.key, None)

    def close(self, document: ReportDocument) -> list[WrittenFile]:
        book = Book(self._temporary, self._head, with_brand(LIGHT, self._head.brand.colour))
        tables = {key: table_of(book, kept, n) for n, (key, kept) in enumerate(self._kept.items(), start=1)}
        if any(table.natural_width > book.content_width for table in tables.values()):
            book.turn()
        self._draw(book, document, tables)
        book.save()
        return [single_file(finish(self._temporary), FORMAT, self._kept.values())]

    def abort(self) -> None:
        discard(self._temporary)

    def _keep(self, kept: Kept, rows: pa.RecordBatch) -> None:
        """As texts, cut to what a cell can show: an Arrow slice would hold on to its whole batch."""
        visible = [(n, column) for n, column in enumerate(kept.head.columns) if not column.hidden]
        small = small_rows(rows, kept.head.sample)
        kept.small.extend(small.tolist())
        for number, column in visible:
            if is_rate(column):
                kept.rates.setdefault(column.name, []).extend(rates_of(rows.column(number)).tolist())
        for texts, (number, column) in zip(kept.columns, visible, strict=True):
            shown = format_array(rows.column(number), column, locale=self._head.locale, zone=zone(self._head.timezone))
            texts.extend(text[:MAX_CHARACTERS] for text in shown)

    def _draw(self, book: Book, document: ReportDocument, tables: dict[str, Table]) -> None:
        book.open_first()
        parts.masthead(book)
        parts.title(book, document)
        parts.body(book, document)
        parts.notices(book, document.notices)
        parts.tiles(book, figures_on_top(document))
        is_dashboard = len(document.sections) > 1
        for section in shown_sections(document):
            key = section.head.key
            draw_section(book, section, self._kept.get(key), tables.get(key), is_dashboard=is_dashboard)


class PdfFormat:
    """`max_rows` is the limit of one section."""

    key = "pdf"
    label = "PDF"
    extension = "pdf"
    media_type = "application/pdf"

    def __init__(self, *, max_rows: int = MAX_ROWS) -> None:
        self._max_rows = max_rows

    def open(self, folder: Path, *, stem: str, head: ReportHead) -> Writer:
        return PdfWriter(folder / f"{stem}.pdf.tmp", head, max_rows=self._max_rows)


FORMAT: Final = PdfFormat()
