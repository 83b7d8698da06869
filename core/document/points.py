"""The points of a chart, gathered batch by batch: one running sum per place on the axis, at most 2,000 of them."""

from __future__ import annotations

import heapq
from dataclasses import replace
from datetime import tzinfo
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from core.document.folds import ChartAggregate, fold_of, folded, presence, spoken
from core.document.known import UNITS_PER_SECOND, known
from core.document.model import ChartData, ChartKind, Column
from core.document.presentation import ChartSpec, figure_display, figure_label
from core.document.words import lower_first

# Keys kept while rows pass by; a chart then shows fewer.
_MOST_KEYS = 2_000
_MOST_BARS = 12
_MOST_SLICES = 6
_MOST_DATED_BARS = 31
# A time axis with too many points is drawn per hour, then per day, month, year.
_STEPS = ("hour", "day", "month", "year")
_UNIT_WORDS = {
    "min": "Minutes",
    "h": "Hours",
    "s": "Seconds",
    "ms": "Milliseconds",
    "km": "Kilometres",
    "mi": "Miles",
    "kg": "Kilograms",
    "%": "Per cent",
    "days": "Days",
}

# (what came together, of how many values) of each series.
_Sums = list[tuple[float | None, int]]


class Points:
    """Running sums and counts of every series per key of the x axis."""

    def __init__(self, spec: ChartSpec, *, limit: int, zone: tzinfo | None = None) -> None:
        self._spec = spec
        self._limit = limit
        self._zone = zone
        # Behind what is drawn the sizes of the sample add up, so that each place knows whether it rests on enough.
        self._names = [column.name for column in spec.y] + ([spec.sample.column] if spec.sample else [])
        self._aggregates = (*spec.aggregates, *(("sum",) if spec.sample else ()))
        self._sums: pa.Table | None = None
        self._step: str | None = None
        self._left_out = 0

    def add(self, batch: pa.RecordBatch) -> None:
        table = self._rows(batch)
        if self._places >= _MOST_KEYS and not self._is_time:
            table = self._only_known(table)
        self._sums = self._grouped(table if self._sums is None else pa.concat_tables([self._sums, table]))
        if self._is_time and self._places > _MOST_KEYS:
            self._coarsen(_MOST_KEYS)

    def chart(self) -> ChartData | None:
        """None when there is nothing to draw."""
        if self._is_time:
            self._coarsen(self._limit)
        items = self._ordered()
        if not items:
            return None
        kind = self._spec.kind or self._guess_kind(len(items))
        shown, left_out = self._cut(items, kind)
        display = figure_display(self._spec.y[0], self._shown_as())
        return ChartData(
            kind=kind,
            title=self._title(),
            subtitle=self._subtitle(len(shown), left_out),
            x_label=self._step.capitalize() if self._step else self._spec.x.label,
            x=[key for key, _ in shown],
            x_display=self._x_display(),
            series=[
                (column.label, [self._value(sums[number], number) for _, sums in shown])
                for number, column in enumerate(self._spec.y)
            ],
            y_display=display,
            truncated=left_out,
            small=tuple(self._is_small(sums) for _, sums in shown) if self._spec.sample else (),
        )

    def _is_small(self, sums: _Sums) -> bool:
        assert self._spec.sample is not None, "asked for with a minimum sample only"
        total, known = sums[-1]
        return total is not None and known > 0 and total < self._spec.sample.least

    @property
    def _places(self) -> int:
        return 0 if self._sums is None else int(self._sums.num_rows)

    @property
    def _merged(self) -> bool:
        """Whether rows share a place."""
        return self._sums is not None and any((pc.max(self._sums[n]).as_py() or 0) > 1 for n in self._columns[1::2])

    @property
    def _columns(self) -> list[str]:
        """The value and the number of values of each series."""
        return [f"{what}{number}" for number in range(len(self._aggregates)) for what in ("value", "count")]

    @property
    def _is_time(self) -> bool:
        return self._spec.x.kind in ("date", "datetime") and pa.types.is_temporal(self._spec.x.type)

    def _rows(self, batch: pa.RecordBatch) -> pa.Table:
        """Each row as a place of its own, in the columns of the sums."""
        columns = []
        for name, how in zip(self._names, self._aggregates, strict=True):
            values = batch.column(name)
            values = presence(values) if how == "count" else _as_floats(values)
            columns += [values, values.is_valid().cast(pa.int64())]
        return pa.table([self._keys(batch.column(self._spec.x.name)), *columns], names=["key", *self._columns])

    def _grouped(self, table: pa.Table) -> pa.Table:
        """One row for each place, in the order in which they came."""
        functions = [how for aggregate in self._aggregates for how in (fold_of(aggregate), "sum")]
        wanted = list(zip(self._columns, functions, strict=True))
        groups = table.group_by("key", use_threads=False).aggregate(wanted)
        return groups.select(["key", *(f"{column}_{how}" for column, how in wanted)]).rename_columns(table.column_names)

    def _keys(self, array: pa.Array) -> pa.Array:
        if pa.types.is_dictionary(array.type):
            array = array.dictionary_decode()
        array = known(array)
        if pa.types.is_timestamp(array.type):
            zone = str(self._zone) if self._zone is not None and array.type.tz else array.type.tz
            array = array.cast(pa.timestamp("us", tz=zone), safe=False)
        if self._step and self._is_time:
            array = pc.floor_temporal(array, unit=self._step)
        return _comparable(array) if pa.types.is_floating(array.type) else array

    def _only_known(self, table: pa.Table) -> pa.Table:
        """Once the limit is reached, rows with further keys are counted, not kept."""
        assert self._sums is not None, "there are places already"
        known = pc.is_in(table["key"], value_set=self._sums["key"].combine_chunks())
        self._left_out += len(table) - (pc.sum(known).as_py() or 0)
        return table.filter(known)

    def _coarsen(self, limit: int) -> None:
        for step in _STEPS:
            if self._sums is None or self._places <= limit:
                return
            self._step = step
            keys = pc.floor_temporal(self._sums["key"], unit=step)
            self._sums = self._grouped(self._sums.set_column(0, "key", keys))

    def _ordered(self) -> list[tuple[Any, _Sums]]:
        """Times and numbers in their order, categories as the query gave them; no point without an x."""
        if self._sums is None:
            return []
        keys, *columns = (column.to_pylist() for column in self._sums.columns)
        pairs = [zip(*pair, strict=True) for pair in zip(columns[::2], columns[1::2], strict=True)]
        items = [(key, sums) for key, *sums in zip(keys, *pairs, strict=True) if key is not None]
        return items if self._spec.x.kind in ("text", "boolean", "other") else sorted(items, key=lambda item: item[0])

    def _guess_kind(self, count: int) -> ChartKind:
        return "line" if self._is_time and count > _MOST_DATED_BARS else "bar"

    def _cut(self, items: list[tuple[Any, _Sums]], kind: ChartKind) -> tuple[list[tuple[Any, _Sums]], int]:
        """The largest bars or slices; of a longer line its last points."""
        if self._is_time or kind in ("line", "area", "scatter"):
            return items[-self._limit :], max(0, len(items) - self._limit) + self._left_out
        most = _MOST_SLICES if kind == "pie" else _MOST_BARS
        if len(items) <= most:
            return items, self._left_out
        largest = heapq.nlargest(most, items, key=lambda item: self._value(item[1][0], 0) or 0)
        return largest, len(items) - most + self._left_out

    def _value(self, pair: tuple[float | None, int], number: int) -> float | None:
        value, count = pair
        return folded(value, count, self._aggregates[number])

    def _shown_as(self) -> ChartAggregate:
        """Single rows are drawn as they are, however several would come together; a count is always one."""
        return self._aggregates[0] if self._merged or self._aggregates[0] == "count" else "sum"

    def _title(self) -> str:
        if self._spec.title:
            return self._spec.title
        first = self._spec.y[0]
        label = figure_label(first, self._aggregates[0]) if self._merged else first.label
        return f"{label} per {self._step}" if self._step else f"{label} by {lower_first(self._spec.x.label)}"

    def _subtitle(self, shown: int, left_out: int) -> str:
        unit = None if self._shown_as() == "count" else self._spec.y[0].unit
        parts = [_UNIT_WORDS.get(unit, unit)] if unit else []
        how = spoken(self._spec.y, self._spec.aggregates) if self._merged else ""
        per = f"per {self._step}" if self._step and (self._spec.title or how) else ""
        parts += filter(None, (f"{how} {per}".strip(),))
        if left_out:
            noun = "last" if self._is_time else "largest"
            # Rows left out early were never counted by key, so the whole is not known.
            whole = f"more than {_MOST_KEYS:,}" if self._left_out else f"{shown + left_out:,}"
            parts.append(f"the {noun} {shown:,} of {whole}")
        text = ", ".join(parts)
        return text[:1].upper() + text[1:]

    def _x_display(self) -> Column:
        x = self._spec.x
        return replace(x, kind="date") if self._step in ("day", "month", "year") else x


class Cloud:
    """The points of a scatter chart, thinned evenly: every second, fourth, ... row once there are too many."""

    def __init__(self, spec: ChartSpec, *, limit: int) -> None:
        self._spec = spec
        self._limit = limit
        self._stride = 1
        self._seen = 0
        self._rows: list[tuple[Any, ...]] = []

    def add(self, batch: pa.RecordBatch) -> None:
        names = [self._spec.x.name, *(column.name for column in self._spec.y)]
        names += [self._spec.sample.column] if self._spec.sample else []
        first = -self._seen % self._stride
        self._seen += batch.num_rows
        wanted = pa.array(range(first, batch.num_rows, self._stride), pa.int64())
        columns = [_as_floats(batch.column(name).take(wanted)).to_pylist() for name in names]
        self._rows += zip(*columns, strict=True)
        while len(self._rows) > self._limit:
            self._rows = self._rows[::2]
            self._stride *= 2

    def chart(self) -> ChartData | None:
        rows = [row for row in self._rows if row[0] is not None]
        if not rows:
            return None
        left_out, sample = self._seen - len(self._rows), self._spec.sample
        return ChartData(
            kind="scatter",
            title=self._spec.title or f"{self._spec.y[0].label} by {lower_first(self._spec.x.label)}",
            subtitle=f"{len(self._rows):,} of {self._seen:,} rows, evenly spread" if left_out else "",
            x_label=self._spec.x.label,
            x=[row[0] for row in rows],
            x_display=self._spec.x,
            series=[(y.label, [row[n] for row in rows]) for n, y in enumerate(self._spec.y, start=1)],
            y_display=self._spec.y[0],
            truncated=left_out,
            small=tuple(row[-1] is not None and row[-1] < sample.least for row in rows) if sample else (),
        )


def _comparable(keys: pa.Array) -> pa.Array:
    """A NaN is equal to nothing, not even to itself, and has no place on an axis; minus zero has that of zero."""
    return pc.add(pc.if_else(pc.is_nan(keys), pa.scalar(None, keys.type), keys), pa.scalar(0.0, keys.type))


def _as_floats(array: pa.Array) -> pa.Array:
    """For drawing, doubles are exact enough; what is no finite number is missing."""
    kind = array.type
    if pa.types.is_duration(kind):
        floats = array.cast(pa.int64()).cast(pa.float64(), safe=False)
        return pc.divide(floats, float(UNITS_PER_SECOND[kind.unit]))
    if pa.types.is_boolean(kind):
        array = array.cast(pa.int8())
    if not (pa.types.is_integer(array.type) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)):
        return pa.nulls(len(array), pa.float64())
    floats = array.cast(pa.float64(), safe=False)
    return pc.if_else(pc.is_finite(floats), floats, pa.scalar(None, pa.float64()))
