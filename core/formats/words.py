"""What the PDF and the HTML file say about themselves in words."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final
from urllib.parse import urlsplit

from babel.dates import format_date

from core.clock import zone
from core.document.locales import find_locale, number_text
from core.document.model import Column, ReportHead, Section, SectionHead
from core.document.samples import sample_sentence
from core.document.sentences import as_of_sentence, hidden_sentence
from core.document.sentences import column_label as column_label
from core.document.sentences import instant as instant
from core.document.sentences import parameters_sentence as parameters_sentence
from core.formats import format_label
from core.text import first_words, join_words

# The formats that leave out no row.
_COMPLETE: Final = ("excel", "csv")


def rows_sentence(total: int, shown: int, head: ReportHead) -> str:
    """How many rows there are, how many of them are here, and where the rest is."""
    all_rows = row_count(total, head)
    if shown >= total:
        return all_rows if total else "No rows"
    first = f"first {_count(shown, head)} of {all_rows}" if shown else f"none of the {all_rows} found room here"
    where = _complete_files(head)
    if not where:
        return f"{first}; choose Excel or CSV for this report to get the others"
    return f"{first}; all {all_rows} are in the {where}"


def columns_sentence(missing: Sequence[Column], section: SectionHead, head: ReportHead) -> str:
    """Which columns found no room, and where they are; those hidden by settings are in no file."""
    verb = "column does" if len(missing) == 1 else "columns do"
    names = first_words([column_label(column) for column in missing])
    said = f"{len(missing)} more {verb} not fit on the page: {names}."
    where = _complete_files(head)
    if not where:
        return f"{said} Choose Excel or CSV to get them all."
    every = "All columns" if len(section.visible) == len(section.columns) else "All columns but the hidden ones"
    return f"{said} {every} are in the {where}."


def shortened_sentence(head: ReportHead) -> str:
    """That long texts end with an ellipsis, and where they do not."""
    where = _complete_files(head)
    return "Long texts are shortened here" + (f"; they are whole in the {where}" if where else "")


def section_lines(section: Section, rows: str, head: ReportHead) -> list[str]:
    """The lines under a section's title: what it shows, how much of it, with which parameters, when, without what."""
    known = section.head
    first = " · ".join(filter(None, (known.description, rows)))
    second = " · ".join(filter(None, (parameters_sentence(known.parameters), as_of_sentence(head))))
    lines = (first[:1].upper() + first[1:], second, sample_sentence(section), hidden_sentence(known))
    return [line for line in lines if line]


def run_time(head: ReportHead) -> str:
    """`Mon 24 Jun 2013, 07:00` in the report's zone."""
    local = head.scheduled_for.astimezone(zone(head.timezone))
    weekday = format_date(local.date(), format="EEE", locale=find_locale(head.locale))
    return f"{weekday} {instant(head.scheduled_for, head)}"


def origin(head: ReportHead) -> str:
    """`Northwind Airports · Run 8f2c41 · reports.example.com`, for the foot of a page."""
    host = urlsplit(head.base_url).netloc
    return " · ".join(filter(None, (head.workspace, f"Run {head.execution_id[:8]}", host)))


# The words of ours are English whatever the locale of numbers and dates: a screen reader must read them so.
LANGUAGE: Final = "en"


def _complete_files(head: ReportHead) -> str:
    """`Excel and CSV files`: those of this run that leave out nothing."""
    complete = [format_label(key) for key in _COMPLETE if key in head.formats]
    return f"{join_words(complete)} {'file' if len(complete) == 1 else 'files'}" if complete else ""


def row_count(count: int, head: ReportHead) -> str:
    """`6,680 rows`."""
    return f"{_count(count, head)} {'row' if count == 1 else 'rows'}"


def _count(count: int, head: ReportHead) -> str:
    return number_text(Decimal(count), head.locale, decimals=0)
