"""What a template may say about the data, out of the same one pass and the same formatter as everything else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from core import clock
from core.document.locales import EXACT, MINUS, number_text, percent_text
from core.document.model import Column, Kpi, ReportDocument, ReportHead, Section
from core.document.presentation import figure_display
from core.document.values import as_decimal, comparable, format_value, python_values, timedelta_seconds
from core.mail.template_engine import AGGREGATES, COLUMNS, TOTALS
from core.mail.template_values import Anything, Figure, day, moment
from core.mail.template_variables import open_values

_ROWS: Final = "*"


@dataclass(frozen=True, slots=True)
class Earlier:
    """The run before: how many rows, the fingerprint of each section, and the label of its period.

    `columns` and `kpis`, as `kpi_json` gives them, are None when they are not known to be those of the next run.
    """

    rows: int | None = None
    fingerprints: Mapping[str, str] = field(default_factory=dict)
    label: str = ""
    columns: tuple[str, ...] | None = None
    kpis: tuple[Mapping[str, Any], ...] = ()


def document_values(document: ReportDocument, earlier: Earlier | None = None) -> dict[str, Any]:
    """`rows`, `first`, `kpi`, `sum(...)` and their like; of a dashboard, the first part that has a name wins."""
    sections = [section for section in document.sections if section.error is None]
    head, before = document.head, earlier or Earlier()
    return {
        "rows": document.row_count,
        "rows_delta": _rows_delta(document.row_count, before.rows, head.locale),
        "columns": len(sections[0].head.visible) if sections else 0,
        "is_empty": document.row_count == 0,
        "changed": is_changed(document, before),
        "first": _first_of_name(_first_row(section, head) for section in sections),
        "kpi": _first_of_name(_kpis(section, head) for section in sections),
        TOTALS: {how: _first_of_name(_totals(section, how, head) for section in sections) for how in AGGREGATES},
        COLUMNS: list(dict.fromkeys(column.name for section in sections for column in section.head.visible)),
    }


def expected_values(earlier: Earlier) -> dict[str, Any]:
    """What is known of the data before they were read: the names of the last run, or any name when there was none."""
    values = open_values()
    if earlier.rows is not None:
        values |= {"rows": earlier.rows, "is_empty": earlier.rows == 0}
    if earlier.columns is None:
        return values
    return values | {
        "columns": len(earlier.columns),
        "first": {column: Anything() for column in earlier.columns},
        "kpi": _first_of_name(_stored_kpis(earlier.kpis, place) for place in (0, 1)),
        COLUMNS: list(earlier.columns),
    }


def is_changed(document: ReportDocument, earlier: Earlier) -> bool:
    """Whether any part has other rows than in the run before; a first run is a change."""
    now = {section.head.key: section.fingerprint for section in document.sections}
    return any(earlier.fingerprints.get(key) != fingerprint for key, fingerprint in now.items())


def kpi_names(label: str, column: str) -> tuple[str, ...]:
    """What a key figure is called in a template: its label in small letters, and its column."""
    named = re.sub(r"\W+", "_", label.lower()).strip("_")
    return tuple(dict.fromkeys(name for name in (named, column) if name and name != _ROWS))


def _first_of_name(groups: Iterable[Iterator[tuple[str, Any]]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for group in groups:
        for name, value in group:
            found.setdefault(name, value)
    return found


def _first_row(section: Section, head: ReportHead) -> Iterator[tuple[str, Any]]:
    """Without rows each column is there, and has no value."""
    for column in section.head.visible:
        values = python_values(section.preview.column(column.name).slice(0, 1)) if section.preview is not None else []
        yield column.name, _shown(values[0] if values else None, column, head)


def _totals(section: Section, how: str, head: ReportHead) -> Iterator[tuple[str, Any]]:
    for column in section.head.visible:
        if (how, column.name) in section.totals:
            # The type says which aggregates there are; "avg" and the others are among them.
            display = figure_display(column, how)  # type: ignore[arg-type]
            yield column.name, _shown(section.totals[how, column.name], display, head)


def _kpis(section: Section, head: ReportHead) -> Iterator[tuple[str, Any]]:
    for place in (0, 1):
        # Labels first: two figures of one column differ in them.
        for kpi in section.kpis:
            names = kpi_names(kpi.label, kpi.column)
            if place < len(names):
                yield names[place], _kpi(kpi, head)


def _stored_kpis(kpis: Iterable[Mapping[str, Any]], place: int) -> Iterator[tuple[str, Any]]:
    for stored in kpis:
        names = kpi_names(str(stored.get("label", "")), str(stored.get("key", "")).partition(":")[2])
        if place < len(names):
            known = {"value": _stored_value(stored), "previous": Anything(), "delta": Anything()}
            yield names[place], known | {"delta_pct": Anything()}


def _stored_value(stored: Mapping[str, Any]) -> Any:
    value = stored.get("value")
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return Anything() if value is None else value
    return Figure(str(number), f"{value} {stored.get('unit') or ''}".strip()) if number.is_finite() else Anything()


def _kpi(kpi: Kpi, head: ReportHead) -> dict[str, Any]:
    now, before = comparable(kpi.value), comparable(kpi.previous)
    difference = None if now is None or before is None else EXACT.subtract(now, before)
    return {
        "value": _shown(kpi.value, kpi.display, head),
        "previous": _shown(kpi.previous, kpi.display, head),
        "delta": None if difference is None else _difference(difference, kpi.display, head),
        "delta_pct": None if difference is None or not before else _share(difference, before, head.locale),
    }


def _difference(difference: Decimal, display: Column, head: ReportHead) -> Figure:
    size = abs(difference)
    if display.kind == "percent":
        return Figure(str(difference), _signed(difference, f"{number_text(size * 100, head.locale, decimals=1)} pts"))
    if display.kind == "duration":
        display = replace(display, unit="s")
    return Figure(str(difference), _signed(difference, format_value(size, display, locale=head.locale, unit=True)))


def _share(difference: Decimal, before: Decimal, locale: str) -> Figure:
    share = EXACT.divide(difference, abs(before))
    return Figure(str(share), _signed(share, percent_text(abs(share), locale, decimals=1)))


def _rows_delta(now: int, before: int | None, locale: str) -> Figure | None:
    if before is None:
        return None
    return Figure(
        str(now - before), _signed(Decimal(now - before), number_text(Decimal(abs(now - before)), locale, decimals=0))
    )


def _signed(number: Decimal, words: str) -> str:
    return words if not number else f"{'+' if number > 0 else MINUS}{words}"


def _shown(value: Any, column: Column, head: ReportHead) -> Any:
    """As a template takes it: with the words of the formatter, and still a number or a date where it is one."""
    if value is None or isinstance(value, bool):
        return value
    text = format_value(value, column, locale=head.locale, zone=clock.zone(head.timezone), unit=True)
    number = timedelta_seconds(value) if isinstance(value, timedelta) else as_decimal(value)
    if number is not None:
        return Figure(str(number), text) if number.is_finite() else text
    if isinstance(value, datetime):
        return moment(value.astimezone(clock.zone(head.timezone)) if value.tzinfo else value, text)
    return day(value, text) if isinstance(value, date) else text
