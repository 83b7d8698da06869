"""Data sources, saved queries and dashboards."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field, field_validator, model_validator

from core.schemas.base import Access, Flag, Id, Input, Instant, Line, Name, Output, Prose, Whole

ParameterType = Literal["text", "integer", "number", "boolean", "date", "datetime"]
Aggregate = Literal["sum", "avg", "min", "max", "count", "last"]
ChartAggregate = Literal["sum", "avg", "min", "max", "count"]
DrawnAs = Literal["table", "metric", "line", "bar", "area", "scatter", "pie"]
# A tile may leave it to its data: a line for many dates, bars for names, a table where there is nothing to draw.
TileChart = Literal["auto", "table", "metric", "line", "bar", "area", "scatter", "pie"]
ParameterValue = str | int | float | bool | None
# Few queries have more than a handful.
Values = Annotated[dict[Line, ParameterValue], Field(max_length=100)]
Limit = Annotated[Whole, Field(ge=1, le=10_000)]
_PARAMETER: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")


def _parameter_name(value: str) -> str:
    if not _PARAMETER.fullmatch(value):
        raise ValueError("use up to 63 letters, digits and '_', and no digit in front")
    return value


ParameterName = Annotated[str, Field(max_length=63), AfterValidator(_parameter_name)]


def _not_blank(value: str) -> str:
    if not value.strip():
        raise ValueError("the SQL is empty; write a SELECT")
    return value


Sql = Annotated[str, Field(max_length=100_000), AfterValidator(_not_blank)]


class DataSourceCreate(Input):
    """`url` is a SQLAlchemy URL; `statement_timeout_s` limits each query."""

    name: Name
    url: Line
    shared: Flag = False
    statement_timeout_s: Annotated[Whole, Field(ge=1, le=3600)] = 300


class DataSourceUpdate(Input):
    name: Name | None = None
    url: Line | None = None
    shared: Flag | None = None
    statement_timeout_s: Annotated[Whole, Field(ge=1, le=3600)] | None = None


class DataSourceResponse(Output):
    """`url` has its password masked. `is_owner` tells a shared source of somebody else."""

    id: Id
    user_id: Id
    name: str
    kind: str
    url: str
    shared: bool
    is_owner: bool
    statement_timeout_s: int
    last_test_at: Instant | None
    last_test_ok: bool | None
    created_at: Instant
    updated_at: Instant
    version: int = 1


class SourceTest(Output):
    ok: bool
    detail: str
    elapsed_ms: int


class SourceTable(Output):
    name: str
    db_schema: str = ""
    columns: list[tuple[str, str]] = []


class QueryParameter(Input):
    """A bound parameter `:name`; the default may be a date macro such as `last_week_start`."""

    name: ParameterName
    type: ParameterType = "text"
    default: ParameterValue = None


class KpiSpec(Input):
    label: Name
    column: Name
    aggregate: Aggregate
    format: Line | None = None
    higher_is_better: Flag | None = None


class ChartSpec(Input):
    kind: DrawnAs
    x: Name | None = None
    y: Name | Annotated[list[Name], Field(max_length=50)] | None = None
    title: Line | None = None
    aggregate: ChartAggregate | None = None


class ColumnSpec(Input):
    label: Line | None = None
    format: Line | None = None
    hidden: Flag = False


class MinSampleSpec(Input):
    """Rows whose `column`, a count, is below `least` are grey and lead no ranking."""

    column: Name
    least: Annotated[Whole, Field(ge=1, le=1_000_000_000)]


class Presentation(Input):
    """How a result is shown; what is left out is guessed from names and types."""

    kpis: Annotated[list[KpiSpec], Field(max_length=8)] | None = None
    chart: ChartSpec | None = None
    columns: Annotated[dict[Name, ColumnSpec], Field(max_length=500)] = Field(default_factory=dict)
    min_sample: MinSampleSpec | None = None

    @model_validator(mode="after")
    def _counted_where_people_see_it(self) -> Presentation:
        counted = self.columns.get(self.min_sample.column) if self.min_sample else None
        if self.min_sample and counted and counted.hidden:
            raise ValueError(
                f"'{self.min_sample.column}' is hidden; a minimum sample counts by a column that people see"
            )
        return self


class SavedQueryCreate(Input):
    name: Name
    description: Prose = ""
    data_source_id: Id
    sql: Sql
    parameters: Annotated[list[QueryParameter], Field(max_length=50)] = Field(default_factory=list)
    presentation: Presentation = Field(default_factory=Presentation)

    @field_validator("parameters")
    @classmethod
    def _each_once(cls, parameters: list[QueryParameter]) -> list[QueryParameter]:
        names = [parameter.name for parameter in parameters]
        twice = {name for name in names if names.count(name) > 1}
        if twice:
            raise ValueError(f"the parameter '{min(twice)}' stands twice")
        return parameters


class SavedQueryUpdate(Input):
    name: Name | None = None
    description: Prose | None = None
    data_source_id: Id | None = None
    sql: Sql | None = None
    parameters: Annotated[list[QueryParameter], Field(max_length=50)] | None = None
    presentation: Presentation | None = None


class SavedQueryResponse(Output):
    id: Id
    user_id: Id
    name: str
    description: str
    data_source_id: Id
    data_source_name: str
    sql: str
    parameters: list[QueryParameter]
    presentation: Presentation
    created_at: Instant
    updated_at: Instant
    access: Access = "owner"
    version: int = 1


class PreviewRequest(Input):
    parameters: Values = Field(default_factory=dict)
    limit: Limit = 100


class PreviewColumn(Output):
    """`label` is the column's name for people, with its unit; `hidden` ones are not shown in reports."""

    name: str
    type: str
    label: str = ""
    hidden: bool = False


class PreviewFigure(Output):
    """A key figure of these rows, as reports write it."""

    label: str
    value: str


class PreviewSeries(Output):
    name: str
    values: list[float | None]


class PreviewChart(Output):
    """The chart of these rows as reports draw it: rows that share a place on the axis are one value.

    `x` are the words below the points, or the numbers of a scatter chart; `unit` is `%` when the values are per cent.
    """

    kind: DrawnAs
    title: str
    subtitle: str
    x: list[str | float]
    series: list[PreviewSeries]
    unit: str = ""


class Preview(Output):
    columns: list[PreviewColumn]
    figures: list[PreviewFigure] = []
    chart: PreviewChart | None = None
    rows: list[list[Any]]
    truncated: bool
    elapsed_ms: int


class TileInput(Input):
    saved_query_id: Id
    title: Line = ""
    chart: TileChart = "table"
    x: Name | None = None
    y: Name | None = None
    parameters: Values = Field(default_factory=dict)


class DashboardCreate(Input):
    name: Name
    description: Prose = ""
    tiles: Annotated[list[TileInput], Field(min_length=1, max_length=30)]


class DashboardUpdate(Input):
    name: Name | None = None
    description: Prose | None = None
    tiles: Annotated[list[TileInput], Field(min_length=1, max_length=30)] | None = None


class TileResponse(Output):
    id: Id
    saved_query_id: Id
    saved_query_name: str
    title: str
    chart: TileChart
    x: str | None
    y: str | None
    parameters: dict[str, ParameterValue]


class DashboardResponse(Output):
    id: Id
    user_id: Id
    name: str
    description: str
    tiles: list[TileResponse]
    created_at: Instant
    updated_at: Instant
    access: Access = "owner"
    version: int = 1
