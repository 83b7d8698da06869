"""What the PDF and the HTML file say about themselves in words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Final
from urllib.parse import urlsplit

from babel.dates import format_date

from core.clock import zone
from core.document.locales import date_text, find_locale, number_text, time_text
from core.document.model import Column, ReportHead, SectionHead
from core.formats import format_label
from core.text import join_words

# The formats that leave out no row.
_COMPLETE: Final = ("excel", "csv")


def column_label(column: Column) -> str:
    """`Avg delay (min)`: the unit stands in the header, never in a cell."""
    return f"{column.label} ({column.unit})" if column.unit else column.label


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


def columns_sentence(hidden: int, head: ReportHead) -> str:
    """That so many columns are not here, and where they are."""
    missing = f"{hidden} more {'column does' if hidden == 1 else 'columns do'} not fit on the page."
    where = _complete_files(head)
    return f"{missing} All columns are in the {where}." if where else f"{missing} Choose Excel or CSV to get them all."


def parameters_sentence(parameters: Iterable[tuple[str, str]]) -> str:
    """`Parameters: carrier = UA, year = 2013`, or nothing."""
    listed = ", ".join(f"{name} = {value}" for name, value in parameters)
    return f"Parameters: {listed}" if listed else ""


def section_lines(section: SectionHead, rows: str, head: ReportHead) -> list[str]:
    """The lines under a section's title: what it shows, how much of it, with which parameters, from when."""
    first = " · ".join(filter(None, (section.description, rows)))
    second = " · ".join(filter(None, (parameters_sentence(section.parameters), as_of_sentence(head))))
    return [first[:1].upper() + first[1:], second]


def as_of_sentence(head: ReportHead) -> str:
    return f"Data as of {instant(head.data_as_of, head)} ({head.timezone})"


def run_time(head: ReportHead) -> str:
    """`Mon 24 Jun 2013, 07:00` in the report's zone."""
    local = head.scheduled_for.astimezone(zone(head.timezone))
    weekday = format_date(local.date(), format="EEE", locale=find_locale(head.locale))
    return f"{weekday} {instant(head.scheduled_for, head)}"


def instant(moment: datetime, head: ReportHead) -> str:
    """An instant in the report's zone, to the minute."""
    local = moment.astimezone(zone(head.timezone)).replace(second=0, microsecond=0)
    return f"{date_text(local.date(), head.locale)}, {time_text(local.time(), head.locale)}"


def origin(head: ReportHead) -> str:
    """`Northwind Airports · Run 8f2c41 · reports.example.com`, for the foot of a page."""
    host = urlsplit(head.base_url).netloc
    return " · ".join(filter(None, (head.workspace, f"Run {head.execution_id}", host)))


# The words of ours are English whatever the locale of numbers and dates: a screen reader must read them so.
LANGUAGE: Final = "en"


def direction(head: ReportHead) -> str:
    """`ltr` or `rtl`, as the locale writes."""
    return str(find_locale(head.locale).text_direction)


def _complete_files(head: ReportHead) -> str:
    """`Excel and CSV files`: those of this run that leave out nothing."""
    complete = [format_label(key) for key in _COMPLETE if key in head.formats]
    return f"{join_words(complete)} {'file' if len(complete) == 1 else 'files'}" if complete else ""


def row_count(count: int, head: ReportHead) -> str:
    """`6,680 rows`."""
    return f"{_count(count, head)} {'row' if count == 1 else 'rows'}"


def _count(count: int, head: ReportHead) -> str:
    return number_text(Decimal(count), head.locale, decimals=0)
