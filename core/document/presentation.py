"""How a result is shown: what its author said in the saved query, and good guesses for the rest.

A presentation is `{"kpis": [...], "chart": {...}, "columns": {name: {...}}, "min_sample": {...}}`.
`check_presentation` refuses nonsense when it is saved; at a run, columns that a changed query no longer gives are left
out with a notice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast, get_args

import pyarrow as pa

from core.document.folds import CHART_AGGREGATES, ChartAggregate
from core.document.guesses import (
    Aggregate,
    default_aggregate,
    guess_column,
    guess_direction,
    is_average_word,
    is_calendar_part,
    is_earlier,
    is_quantity,
)
from core.document.model import ChartKind, Column, MinSample
from core.document.samples import min_sample_of
from core.document.values import parse_format
from core.document.words import lower_first
from core.errors import InvalidInput
from core.text import did_you_mean, join_words

MAX_KPIS = 4
MAX_SERIES = 6
ROWS = "*"

_AGGREGATES: tuple[str, ...] = get_args(Aggregate)
_CHARTS: tuple[str, ...] = get_args(ChartKind)
_NOT_DRAWN = ("table", "metric")
_KEEPS_UNIT = ("number", "integer", "compact")

Presentation = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class KpiSpec:
    """A key figure to gather. The column `*` with `count` is the number of rows."""

    label: str
    column: str
    aggregate: Aggregate
    display: Column
    higher_is_better: bool | None = None

    @property
    def key(self) -> str:
        return f"{self.aggregate}:{self.column}"


@dataclass(frozen=True, slots=True)
class ChartSpec:
    """A chart to gather. `kind` None leaves it to the number of points, an empty title to what they are.

    `aggregates` says for each of `y` what becomes of several rows at one place of `x`.
    """

    kind: ChartKind | None
    x: Column
    y: tuple[Column, ...]
    aggregates: tuple[ChartAggregate, ...]
    title: str = ""
    sample: MinSample | None = None


def check_presentation(presentation: Presentation) -> None:
    """Raises InvalidInput for an unknown format, aggregate or chart, or for a part of the wrong shape."""
    for part, kind in (("kpis", list), ("chart", dict), ("columns", dict), ("min_sample", dict)):
        if not isinstance(presentation.get(part) or kind(), kind):
            raise InvalidInput(f"'{part}' in the presentation must be a {kind.__name__}.", field="presentation")
    for kpi in _kpis(presentation):
        _check_word(kpi.get("aggregate", "sum"), _AGGREGATES, "aggregate")
        _check_format(kpi.get("format"))
    for options in _columns(presentation).values():
        _check_format(options.get("format"))
    drawn = _chart(presentation).get("kind")
    if drawn is not None:
        _check_word(drawn, _CHARTS, "chart")
    how = _chart(presentation).get("aggregate")
    if how is not None:
        _check_word(how, CHART_AGGREGATES, "aggregate")


def columns_of(
    schema: pa.Schema, presentation: Presentation | None = None, *, sample: pa.RecordBatch | None = None
) -> tuple[Column, ...]:
    """The columns as people see them; `sample`, the first batch, tells fractions and decimal places."""
    options = _columns(presentation or {})
    return tuple(
        _with_options(
            guess_column(field, sample.column(number) if sample is not None else None), options.get(field.name, {})
        )
        for number, field in enumerate(schema)
    )


def notices_of(columns: tuple[Column, ...], presentation: Presentation | None) -> tuple[str, ...]:
    """A sentence for people when the presentation names columns that the result does not have."""
    presentation = presentation or {}
    chart = _chart(presentation)
    named = [kpi.get("column") for kpi in _kpis(presentation)] + [chart.get("x"), *_listed(chart.get("y"))]
    named += [*_columns(presentation), (presentation.get("min_sample") or {}).get("column")]
    known = {column.name for column in columns}
    missing = [name for name in dict.fromkeys(named) if name and name != ROWS and name not in known]
    if not missing:
        return ()
    names = join_words(f"'{name}'" for name in missing)
    noun = "column" if len(missing) == 1 else "columns"
    return (f"The presentation names the {noun} {names}, which this result does not have.",)


def kpi_specs(columns: tuple[Column, ...], presentation: Presentation | None = None) -> tuple[KpiSpec, ...]:
    """The key figures that were asked for, else at most four guessed ones."""
    presentation = presentation or {}
    if "kpis" not in presentation or presentation["kpis"] is None:
        return _guess_kpis(columns)
    by_name = {column.name: column for column in columns}
    specs = (_asked_kpi(kpi, by_name) for kpi in _kpis(presentation))
    return tuple(spec for spec in specs if spec is not None)


def chart_spec(columns: tuple[Column, ...], presentation: Presentation | None = None) -> ChartSpec | None:
    """The chart that was asked for, else a guess: the first date or category against the first quantity."""
    asked = _chart(presentation or {})
    kind = asked.get("kind")
    if kind in _NOT_DRAWN:
        return None
    by_name = {column.name: column for column in columns}
    x = by_name.get(asked.get("x", "")) or _guess_x(columns)
    if x is None or x.kind == "other":
        return None
    y = [by_name[name] for name in _listed(asked.get("y")) if name in by_name] or _guess_y(columns, x)
    if not y:
        return None
    if kind == "scatter" and not x.is_numeric:
        kind = None
    return ChartSpec(
        kind if kind in _CHARTS else None,
        x,
        tuple(y[:MAX_SERIES]),
        tuple(_chart_aggregate(column, presentation or {}) for column in y[:MAX_SERIES]),
        str(asked.get("title") or ""),
        min_sample_of(columns, presentation),
    )


def _chart_aggregate(column: Column, presentation: Presentation) -> ChartAggregate:
    """What was asked for, else as the first key figure of the column adds up or not, else a guess."""
    asked = _chart(presentation).get("aggregate")
    if asked in CHART_AGGREGATES:
        return cast(ChartAggregate, asked)
    figures = [kpi.get("aggregate") for kpi in _kpis(presentation) if kpi.get("column") == column.name]
    # The most on one day is said of the rows: it does not tell whether they add up.
    return next((cast(ChartAggregate, how) for how in figures if how in ("sum", "avg")), default_aggregate(column))


def shows_figures(presentation: Presentation | None) -> bool:
    """Whether the key figures are all there is to show, as in a tile of a dashboard."""
    return _chart(presentation or {}).get("kind") == "metric"


def rows_column() -> Column:
    return Column(ROWS, pa.int64(), "integer", "Rows")


def _with_options(column: Column, options: Mapping[str, Any]) -> Column:
    column = replace(column, hidden=bool(options.get("hidden", False)))
    column = _with_format(column, options.get("format"))
    label = str(options.get("label") or column.label)
    # Headers add the unit themselves: "Delay (minutes)" must not become "Delay (minutes) (min)".
    return replace(column, label=re.sub(r"\s*\([^()]*\)$", "", label) or label if column.unit else label)


def _with_format(column: Column, word: str | None) -> Column:
    """A format word of the author changes the kind; an unknown one is as none, since saving refuses it."""
    if not word:
        return column
    try:
        style = parse_format(word)
    except InvalidInput:
        return column
    column = replace(column, kind=style.kind, format=word)
    if column.unit and (word.partition(":")[0] not in _KEEPS_UNIT):
        column = replace(column, unit=None, decimals=None)
    return column


def _guess_kpis(columns: tuple[Column, ...]) -> tuple[KpiSpec, ...]:
    """Two or four tiles look right, three leave a hole; the number of rows fills up."""
    quantities = [column for column in columns if is_quantity(column) and not is_earlier(column.name)]
    specs = [_guess_kpi(column) for column in quantities[:MAX_KPIS]]
    if len(specs) < MAX_KPIS:
        specs.insert(0, KpiSpec("Rows", ROWS, "count", rows_column()))
    return tuple(specs[: len(specs) - len(specs) % 2] if len(specs) > 2 else specs)


def _guess_kpi(column: Column) -> KpiSpec:
    aggregate = default_aggregate(column)
    return KpiSpec(
        figure_label(column, aggregate),
        column.name,
        aggregate,
        figure_display(column, aggregate),
        guess_direction(column),
    )


def _asked_kpi(kpi: Mapping[str, Any], by_name: Mapping[str, Column]) -> KpiSpec | None:
    name = kpi.get("column") or ROWS
    if name == ROWS:
        return KpiSpec(str(kpi.get("label") or "Rows"), ROWS, "count", rows_column(), kpi.get("higher_is_better"))
    column = by_name.get(name)
    if column is None:
        return None
    asked = kpi.get("aggregate")
    aggregate: Aggregate = asked if asked in _AGGREGATES else default_aggregate(column)
    direction = kpi["higher_is_better"] if "higher_is_better" in kpi else guess_direction(column)
    display = _with_format(figure_display(column, aggregate), kpi.get("format"))
    return KpiSpec(str(kpi.get("label") or figure_label(column, aggregate)), name, aggregate, display, direction)


def figure_label(column: Column, aggregate: Aggregate) -> str:
    """`Departures`, `Average delay`."""
    label = column.label
    if aggregate == "avg" and not is_average_word(column.name):
        return f"Average {lower_first(label)}"
    return label


def figure_display(column: Column, aggregate: Aggregate) -> Column:
    """How the figure is shown, which need not be as its column: a mean of whole numbers has a decimal place."""
    if aggregate == "count":
        return replace(column, kind="integer", format=None, unit=None, decimals=0)
    if column.kind == "boolean":
        return replace(column, kind="percent" if aggregate == "avg" else "integer", decimals=None)
    if aggregate == "avg" and column.kind == "integer" and column.format is None:
        return replace(column, kind="decimal", decimals=1)
    if aggregate == "avg" and column.kind == "decimal" and column.decimals is None:
        return replace(column, decimals=1)
    return column


def _guess_x(columns: tuple[Column, ...]) -> Column | None:
    shown = [column for column in columns if not column.hidden]
    first = next((column for column in shown if column.kind in ("date", "datetime", "text")), None)
    if first is not None:
        return first
    return next((column for column in shown if is_calendar_part(column)), None)


def _guess_y(columns: tuple[Column, ...], x: Column) -> list[Column]:
    """The first quantity, with its earlier period when the result has one."""
    quantities = [column for column in columns if is_quantity(column) and column != x]
    first = [column for column in quantities if not is_earlier(column.name)][:1]
    return first + [column for column in quantities if is_earlier(column.name)][:1] if first else []


def _check_word(word: Any, known: Sequence[str], noun: str) -> None:
    if word not in known:
        hint = did_you_mean(str(word), known)
        raise InvalidInput(
            f"There is no {noun} '{word}'.{hint} Use {join_words(known, last='or')}.", field="presentation"
        )


def _check_format(word: Any) -> None:
    if word:
        parse_format(str(word))


def _kpis(presentation: Presentation) -> list[Mapping[str, Any]]:
    return [kpi for kpi in presentation.get("kpis") or [] if isinstance(kpi, Mapping)]


def _chart(presentation: Presentation) -> Mapping[str, Any]:
    return presentation.get("chart") or {}


def _columns(presentation: Presentation) -> Mapping[str, Mapping[str, Any]]:
    return presentation.get("columns") or {}


def _listed(names: Any) -> list[str]:
    return [names] if isinstance(names, str) else list(names or [])
