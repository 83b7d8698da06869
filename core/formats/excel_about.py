"""What a workbook says about itself: where its figures come from, and what is not in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import pyarrow as pa

from core.document.comparison import compared_with, nothing_to_compare, period_text
from core.document.model import ReportDocument, ReportHead, Section
from core.document.samples import sample_sentence
from core.document.values import took_text
from core.document.words import lower_first
from core.formats.excel_book import Part
from core.formats.excel_cells import CELL_CHARACTERS
from core.formats.words import column_label, instant, parameters_sentence
from core.text import first_words, join_words, plural

# Longer lists of names help nobody.
_MOST_NAMES: Final = 8


def about(document: ReportDocument, parts: Sequence[Part]) -> list[tuple[str, str]]:
    """What the reader needs to trust the figures, or to ask about them."""
    head, sections = document.head, document.sections
    lines = [
        ("Report", head.name),
        ("Description", head.description),
        ("Period", period_text(head.period)),
        ("Compared with", compared_with(document) or nothing_to_compare(document)),
        *_parameters(sections),
        ("Run at", f"{instant(head.scheduled_for, head)} ({head.timezone})"),
        ("Schedule", head.cadence),
        ("Data as of", f"{instant(head.data_as_of, head)} ({head.timezone})"),
        ("Times", _times(sections, head)),
        *_row_counts(sections, parts),
        *(("Small samples", sentence) for sentence in _samples(sections)),
        *(("Left out", sentence) for sentence in left_out(document, parts)),
        ("Source", _sources(sections)),
        ("Set up by", head.owner_name),
        ("Run", head.execution_id),
    ]
    lines = [(key, value) for key, value in lines if value]
    # One word for several lines in a row.
    keys = ["", *(key for key, _ in lines)]
    return [("" if key == before else key, value) for before, (key, value) in zip(keys, lines, strict=False)]


def left_out(document: ReportDocument, parts: Sequence[Part]) -> list[str]:
    """What is not in the workbook, where and why; one sentence when nothing is missing."""
    sentences = [f"{section.head.title}: {_failure(section)}" for section in document.failed]
    sentences += [sentence for section in document.sections for sentence in _hidden(section)]
    sentences += [sentence for section in document.sections for sentence in _undrawn(section)]
    sentences += shortened(parts, others=[key for key in document.head.formats if key == "csv"])
    return sentences or ["Nothing: all rows and columns are here."]


def shortened(parts: Sequence[Part], *, others: Sequence[str] = ()) -> list[str]:
    """A sentence per section with texts that a cell cannot hold."""
    found: dict[str, int] = {}
    for part in parts:
        found[part.section.title] = found.get(part.section.title, 0) + part.shortened
    whole = " The CSV file has them whole." if others else ""
    return [
        f"{title}: {plural(count, 'text')} longer than the {CELL_CHARACTERS:,} characters of an Excel cell "
        f"{'was' if count == 1 else 'were'} cut.{whole}"
        for title, count in found.items()
        if count
    ]


def sheets_of(section: Section, parts: Sequence[Part]) -> list[str]:
    return [part.sheet for part in parts if part.section.key == section.head.key]


def _failure(section: Section) -> str:
    return f"could not be read. {section.error}"


def _hidden(section: Section) -> list[str]:
    names = [column_label(column) for column in section.head.columns if column.hidden]
    if not names:
        return []
    named = first_words(names, most=_MOST_NAMES)
    return [f"{section.head.title}: {plural(len(names), 'column')} hidden by the query's settings ({named})."]


def _undrawn(section: Section) -> list[str]:
    missing = section.chart.truncated if section.chart is not None else 0
    return (
        [f"{section.head.title}: {plural(missing, 'point')} of the chart; its sheet has all rows."] if missing else []
    )


def _times(sections: Iterable[Section], head: ReportHead) -> str:
    """Excel knows no zones, so the one that its clocks show is named."""
    zoned = any(
        pa.types.is_timestamp(column.type) and column.type.tz is not None
        for section in sections
        for column in section.head.visible
    )
    return f"Instants are shown as the clocks of {head.timezone} had them" if zoned else ""


def _parameters(sections: Iterable[Section]) -> list[tuple[str, str]]:
    listed = (parameters_sentence(section.head.parameters).removeprefix("Parameters: ") for section in sections)
    return [("Parameters", text) for text in _distinct(listed)]


def _row_counts(sections: Sequence[Section], parts: Sequence[Part]) -> list[tuple[str, str]]:
    return [("Rows", _rows(section, sheets_of(section, parts), alone=len(sections) == 1)) for section in sections]


def _rows(section: Section, sheets: list[str], *, alone: bool) -> str:
    count = "none, it could not be read" if section.error else plural(section.row_count, "row")
    over = f", on {len(sheets)} sheets: {join_words(sheets)}" if len(sheets) > 1 else ""
    return f"{'' if alone else section.head.title + ': '}{count}{over}"


def _samples(sections: Sequence[Section]) -> list[str]:
    """Which rows are grey; of a dashboard with the part that they stand in."""
    if len(sections) == 1:
        return _distinct([sample_sentence(sections[0])])
    return [f"{section.head.title}: {lower_first(said)}" for section in sections if (said := sample_sentence(section))]


def _sources(sections: Iterable[Section]) -> str:
    """`flights_dw, 1.8 s`, each with the time that its queries took."""
    took: dict[str, int] = {}
    for section in sections:
        took[section.head.source] = took.get(section.head.source, 0) + section.elapsed_ms
    return "; ".join(f"{name}, {took_text(spent)}" if spent else name for name, spent in took.items() if name)


def _distinct(texts: Iterable[str]) -> list[str]:
    return [text for text in dict.fromkeys(texts) if text]
