"""Which parts of a report PDF and HTML show where: figures on top, each section with its own, tables where they add."""

from __future__ import annotations

from collections.abc import Sequence

from core.document.model import Kpi, ReportDocument, Section


def figures_on_top(document: ReportDocument) -> list[Kpi]:
    """The key figures of a single query, or those that a dashboard has as tiles of their own."""
    if len(document.sections) == 1:
        return list(document.sections[0].kpis)
    return [kpi for section in document.sections if _is_tile(section) for kpi in section.kpis]


def figures_of(section: Section, document: ReportDocument) -> Sequence[Kpi]:
    """The key figures to show with a section: none when they stand on top already."""
    return () if len(document.sections) == 1 or _is_tile(section) else section.kpis


def shown_sections(document: ReportDocument) -> list[Section]:
    """A tile of figures made from one row has said everything on top."""
    if len(document.sections) == 1:
        return list(document.sections)
    return [section for section in document.sections if not (_is_tile(section) and section.row_count <= 1)]


def _is_tile(section: Section) -> bool:
    return section.as_figures and bool(section.kpis) and section.error is None
