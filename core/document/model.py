"""The report itself: gathered once by the runner, rendered by every format and by the mail.

A report has one section per query: a saved query gives one, a dashboard one per tile.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from math import isfinite
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    # Who only names things of a report needs no tables.
    import pyarrow as pa

Kind = Literal[
    "text", "id", "integer", "decimal", "percent", "boolean", "date", "time", "datetime", "duration", "other"
]
ChartKind = Literal["table", "metric", "line", "bar", "area", "scatter", "pie"]
Band = Literal["good", "warn", "bad"]
Trigger = Literal["schedule", "manual", "test"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column as people see it. `type` is Arrow's; `kind` decides how its values are shown.

    `format` is one of the words of `core.document.values.FORMATS` or None for the kind's own;
    `label` is without the `unit`: headers show both ("Avg delay (min)"), a single figure carries the unit itself,
    a cell of the workbook never does.
    """

    name: str
    type: pa.DataType
    kind: Kind
    label: str
    format: str | None = None
    unit: str | None = None
    decimals: int | None = None
    hidden: bool = False

    @property
    def is_numeric(self) -> bool:
        """Quantities stand on the right; an id or a year is a name, not a quantity."""
        return self.kind in ("integer", "decimal", "percent", "duration")


def stands_right(column: Column, *, is_first: bool) -> bool:
    """Quantities stand on the right; so do dates, unless they are what names the row."""
    return column.is_numeric or (column.kind in ("date", "datetime", "time") and not is_first)


@dataclass(frozen=True, slots=True)
class Kpi:
    """A key figure with its value of this run and, when there was an earlier run, of that one."""

    label: str
    column: str
    aggregate: str
    value: Any
    display: Column
    previous: Any = None
    higher_is_better: bool | None = None


@dataclass(frozen=True, slots=True)
class ChartData:
    """What a chart draws: at most a few hundred points, gathered in the one pass.

    `x` holds labels, dates or numbers; `series` one list per line or bar group, None where there is no value.
    `truncated` tells how many points were left out, `small` which of them are below the minimum sample (or nothing).
    """

    kind: ChartKind
    title: str
    subtitle: str
    x_label: str
    x: list[Any]
    x_display: Column
    series: list[tuple[str, list[float | None]]]
    y_display: Column
    truncated: int = 0
    small: tuple[bool, ...] = ()


@dataclass(frozen=True, slots=True)
class MinSample:
    """Rows whose `column` is below `least` rest on too little to be compared; `noun` is what the column counts."""

    column: str
    least: int
    noun: str


@dataclass(frozen=True, slots=True)
class Thirds:
    """The two limits between the thirds; a value that equals one lies in the middle."""

    low: float
    high: float
    more_is_better: bool

    def band(self, value: float) -> Band | None:
        """None for what is no number."""
        if not isfinite(value):
            return None
        if self.low <= value <= self.high:
            return "warn"
        return "good" if (value > self.high) == self.more_is_better else "bad"


@dataclass(frozen=True, slots=True)
class SectionHead:
    """What is known of a section before its first row."""

    key: str
    title: str
    columns: tuple[Column, ...]
    description: str = ""
    parameters: tuple[tuple[str, str], ...] = ()
    source: str = ""
    sample: MinSample | None = None

    @property
    def visible(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if not column.hidden)


@dataclass(frozen=True, slots=True)
class Section:
    """A section after its last row. A failed one has `error` (words for readers) and no rows.

    `cause` is why it failed, with names of servers and tables: for people who may see the run, never in a document.

    `totals` are the aggregates over all rows that the texts of the mail ask for, by (aggregate, column);
    `fingerprint` is the same for the same rows in the same order. With `as_figures` its key figures are all that
    short documents show of it. `small_rows` are those below the minimum sample;
    `thirds` are the limits between the worst, the middle and the best of each rate of a short table, by column.
    """

    head: SectionHead
    row_count: int = 0
    kpis: tuple[Kpi, ...] = ()
    chart: ChartData | None = None
    preview: pa.Table | None = None
    elapsed_ms: int = 0
    error: str | None = None
    totals: Mapping[tuple[str, str], Any] = field(default_factory=dict)
    fingerprint: str = ""
    as_figures: bool = False
    cause: str = ""
    small_rows: int = 0
    thirds: Mapping[str, Thirds] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Period:
    """The days a run reports on, both ends inclusive, with a label such as `17-23 Jun 2013`."""

    start: date
    end: date
    label: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Brand:
    """A workspace's own look: its colour as `#RRGGBB`, its logo as a PNG; None means ours."""

    colour: str | None = None
    logo: bytes | None = field(default=None, repr=False)


PLAIN = Brand()


@dataclass(frozen=True, slots=True)
class ReportHead:
    """What is known of the report before its first row.

    `scheduled_for` and `timezone` anchor every date shown. `data_as_of` is when the first query began.
    `formats` are the keys of the files this run writes, so that a short file can say where all rows are.
    `is_first` is False when the report ran before, whatever became of it; `compared_with` is the label of that run's
    period.
    """

    report_id: str
    execution_id: str
    name: str
    slug: str
    description: str
    workspace: str
    owner_name: str
    owner_email: str
    cadence: str
    period: Period
    scheduled_for: datetime
    timezone: str
    trigger: Trigger
    data_as_of: datetime
    locale: str = "en_GB"
    base_url: str = ""
    page_size: Literal["A4", "Letter"] = "A4"
    formats: tuple[str, ...] = ()
    format_options: dict[str, Any] = field(default_factory=dict)
    brand: Brand = PLAIN
    is_first: bool = True
    compared_with: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportDocument:
    """The whole report. `files` is filled once they are written; `notices` are sentences shown on top."""

    head: ReportHead
    sections: tuple[Section, ...]
    body_markdown: str = ""
    notices: tuple[str, ...] = ()

    @property
    def row_count(self) -> int:
        return sum(section.row_count for section in self.sections)

    @property
    def failed(self) -> tuple[Section, ...]:
        return tuple(section for section in self.sections if section.error is not None)
