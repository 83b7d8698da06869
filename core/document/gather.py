"""What a section shows besides its rows, gathered in the same one pass: key figures, chart, first rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any

import pyarrow as pa

from core.document.bands import Rates
from core.document.fingerprints import Fingerprint
from core.document.guesses import Aggregate
from core.document.model import Column, Kpi, Section, SectionHead
from core.document.points import Cloud, Points
from core.document.presentation import (
    ROWS,
    ChartSpec,
    KpiSpec,
    Presentation,
    chart_spec,
    kpi_specs,
    shows_figures,
)
from core.document.samples import small_rows
from core.document.totals import Total, json_value
from core.document.values import as_decimal, is_currency

PREVIEW_ROWS = 10
CHART_POINTS = 400
_WHOLE_MONEY_FROM = 10_000

# An aggregate over a column, as the texts of a mail ask for it.
Asked = tuple[Aggregate, str]


class SectionGatherer:
    """Fed with every batch of a section; keeps totals, chart points and a copy of the first rows, nothing else.

    `zone` moves instants before they are put into days or months. `asked` are further totals; those over columns
    that the result does not have are left out.
    """

    def __init__(
        self,
        head: SectionHead,
        presentation: Presentation | None = None,
        *,
        preview_rows: int = PREVIEW_ROWS,
        chart_points: int = CHART_POINTS,
        zone: tzinfo | None = None,
        asked: Iterable[Asked] = (),
    ) -> None:
        self._head = head
        names = {column.name for column in head.columns}
        self._asked = {(how, name): Total(how) for how, name in asked if name in names}
        self._fingerprint = Fingerprint()
        self._totals = [(spec, Total(spec.aggregate)) for spec in kpi_specs(head.columns, presentation)]
        self._points = _points(chart_spec(head.columns, presentation), limit=chart_points, zone=zone)
        self._as_figures = shows_figures(presentation)
        self._preview_rows = preview_rows
        self._preview: list[pa.RecordBatch] = []
        self._rows = 0
        self._small = 0
        self._rates = Rates(head.visible)

    def add(self, batch: pa.RecordBatch) -> None:
        if not batch.num_rows:
            return
        self._keep_first_rows(batch)
        self._rows += batch.num_rows
        small = small_rows(batch, self._head.sample) if self._head.sample else None
        self._small += 0 if small is None else int(small.sum())
        self._rates.add(batch, small)
        for spec, total in self._totals:
            if spec.column == ROWS:
                total.add_rows(batch.num_rows)
            else:
                total.add(batch.column(spec.column))
        for (_how, name), total in self._asked.items():
            total.add(batch.column(name))
        if self._points is not None:
            self._points.add(batch)
        self._fingerprint.add(batch)

    def finish(self, elapsed_ms: int = 0, previous_kpis: Mapping[str, Any] | None = None) -> Section:
        """`previous_kpis` is what `previous_values` read from the run before, None when there was none."""
        kpis = tuple(_kpi(spec, total, previous_kpis or {}) for spec, total in self._totals)
        return Section(
            head=self._head,
            row_count=self._rows,
            kpis=kpis,
            chart=self._points.chart() if self._points is not None else None,
            preview=self._preview_table(),
            elapsed_ms=elapsed_ms,
            totals={asked: total.value() for asked, total in self._asked.items()},
            fingerprint=self._fingerprint.text(),
            as_figures=self._as_figures,
            small_rows=self._small,
            thirds=self._rates.thirds(kpis),
        )

    def _keep_first_rows(self, batch: pa.RecordBatch) -> None:
        """A slice would keep the whole batch alive, so the rows are copied."""
        wanted = min(self._preview_rows - self._rows, batch.num_rows)
        if wanted > 0:
            self._preview.append(batch.take(pa.array(range(wanted), pa.int64())))

    def _preview_table(self) -> pa.Table | None:
        return pa.Table.from_batches(self._preview) if self._preview else None


def kpi_key(kpi: Kpi) -> str:
    """Finds a key figure again in another run: labels may be translated, columns stay."""
    return f"{kpi.aggregate}:{kpi.column}"


def kpi_json(section: Section) -> list[dict[str, Any]]:
    """The key figures as they are stored with the run."""
    return [
        {"key": kpi_key(kpi), "label": kpi.label, "value": json_value(kpi.value), "unit": kpi.display.unit}
        for kpi in section.kpis
    ]


def section_json(section: Section) -> dict[str, Any]:
    """What the next run compares with, and what a text may name, as it is stored with the run."""
    return {
        "section": section.head.key,
        "kpis": kpi_json(section),
        "columns": [column.name for column in section.head.visible],
        "fingerprint": section.fingerprint,
    }


def previous_values(stored: list[dict[str, Any]]) -> dict[str, Any]:
    """What `finish` compares with, out of an earlier `kpi_json`."""
    return {entry["key"]: entry.get("value") for entry in stored if "key" in entry}


def fingerprints_of(stored: list[dict[str, Any]]) -> dict[str, str]:
    """The fingerprint of each section, out of its `section_json`."""
    return {entry["section"]: entry["fingerprint"] for entry in stored if entry.get("fingerprint")}


def _points(spec: ChartSpec | None, *, limit: int, zone: tzinfo | None) -> Points | Cloud | None:
    if spec is None:
        return None
    return Cloud(spec, limit=limit) if spec.kind == "scatter" else Points(spec, limit=limit, zone=zone)


def _kpi(spec: KpiSpec, total: Total, previous: Mapping[str, Any]) -> Kpi:
    value = total.value()
    return Kpi(
        label=spec.label,
        column=spec.column,
        aggregate=spec.aggregate,
        value=value,
        display=_large_money_is_whole(spec.display, value),
        previous=_restored(previous.get(spec.key), spec),
        higher_is_better=spec.higher_is_better,
    )


def _large_money_is_whole(display: Column, value: Any) -> Column:
    """Nobody reads the cents of a quarter of a million; the rows keep them."""
    amount = as_decimal(value)
    is_large = amount is not None and amount.is_finite() and abs(amount) >= _WHOLE_MONEY_FROM
    return replace(display, decimals=0) if is_large and is_currency(display.unit) else display


def _restored(value: Any, spec: KpiSpec) -> Any:
    """JSON keeps decimals as text; a figure that is no longer a number is no comparison."""
    if not spec.display.is_numeric or not isinstance(value, str):
        return value
    try:
        return Decimal(value)
    except InvalidOperation:
        return None
