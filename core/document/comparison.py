"""What the key figures of a report are compared with, in the same words in every document."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from core.document.model import Period, ReportDocument

_RUN_BEFORE: Final = "the run before"


def compared_with(document: ReportDocument) -> str:
    """The period of the run before, such as `10-16 Jun 2013`; empty when no figure has an earlier value."""
    if not any(kpi.previous is not None for section in document.sections for kpi in section.kpis):
        return ""
    label = document.head.compared_with
    # Two runs of one period, as somebody asks for them, are told apart by their order alone.
    return _RUN_BEFORE if label in ("", document.head.period.label) else label


def nothing_to_compare(document: ReportDocument) -> str:
    """Why figures show no change; empty when they do, when there are none, and in a test."""
    has_figures = any(section.kpis for section in document.sections)
    if compared_with(document) or not has_figures or document.head.trigger == "test":
        return ""
    return "first run, nothing to compare with yet" if document.head.is_first else "nothing to compare with yet"


def period_line(document: ReportDocument, *, between: str = " \u00b7 ", keep: Callable[[str], str] = str) -> str:
    """`17-23 Jun 2013 · compared with 10-16 Jun 2013`, and the note of the period.

    `keep` is what is done to each period, where the document knows how to keep it together in a line of English.
    """
    period, before = document.head.period, compared_with(document)
    said = f"compared with {keep(before)}" if before else nothing_to_compare(document)
    return between.join(part for part in (keep(period.label), said, period.note) if part)


def period_text(period: Period) -> str:
    """The same without the comparison."""
    return " \u00b7 ".join(filter(None, (period.label, period.note)))
