"""What a document says about its own data, in the same words in mails and in files."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from core.clock import zone
from core.document.locales import date_text, time_text
from core.document.model import Column, ReportHead, SectionHead
from core.text import first_words, isolated


def column_label(column: Column) -> str:
    """`Avg delay (min)`: the unit stands in the header, never in a cell."""
    return f"{column.label} ({column.unit})" if column.unit else column.label


def parameters_sentence(parameters: Iterable[tuple[str, str]]) -> str:
    """`Parameters: carrier = UA, year = 2013`, or nothing."""
    listed = ", ".join(f"{name} = {value}" for name, value in parameters)
    return f"Parameters: {listed}" if listed else ""


def as_of_sentence(head: ReportHead) -> str:
    return f"Data as of {isolated(instant(head.data_as_of, head))} ({head.timezone})"


def hidden_sentence(section: SectionHead) -> str:
    """`Not shown: tailnum and hour (hidden by the query's settings)`, or nothing."""
    hidden = [column_label(column) for column in section.columns if column.hidden]
    return f"Not shown: {first_words(hidden)} (hidden by the query's settings)" if hidden else ""


def instant(moment: datetime, head: ReportHead) -> str:
    """An instant in the report's zone, to the minute."""
    local = moment.astimezone(zone(head.timezone)).replace(second=0, microsecond=0)
    return f"{date_text(local.date(), head.locale)}, {time_text(local.time(), head.locale)}"
