"""Running a query for the eyes of its author: few rows, the source's own time limit, no transaction held."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from time import monotonic
from typing import Any

import pyarrow as pa
from sqlalchemy.orm import Session

from core.document.values import python_values
from core.periods import BoundValue
from core.schemas.accounts import Actor
from core.schemas.content import ParameterValue, Preview, PreviewColumn, QueryParameter
from core.services import parameters as parameter_rules
from core.services.data_sources import open_by_id
from core.sources import Query, Source


@dataclass(frozen=True, slots=True)
class PreparedPreview:
    """A query with its values bound and its source opened; plain values, no session."""

    source: Source = field(repr=False)
    query: Query


def prepare(
    session: Session,
    *,
    actor: Actor,
    owner_id: uuid.UUID,
    data_source_id: uuid.UUID,
    sql: str,
    parameters: Sequence[QueryParameter],
    values: Mapping[str, ParameterValue],
    limit: int,
) -> PreparedPreview:
    """The dates are the actor's, the rights are those of `owner_id`. Raises InvalidInput or SourceError."""
    checked = parameter_rules.check_parameters(sql, parameters)
    dates = parameter_rules.dates_of_now(session, actor=actor)
    source, options = open_by_id(session, data_source_id, owner_id=owner_id)
    bound: dict[str, BoundValue] = parameter_rules.bound(values, checked, dates)
    query = Query(sql=sql, parameters=bound, max_rows=limit, timeout_s=options.timeout_s, truncate=True)
    return PreparedPreview(source=source, query=query)


def run_preview(prepared: PreparedPreview) -> Preview:
    """The first rows as plain values; raises SourceError. Takes as long as the query: hold no transaction."""
    began = monotonic()
    table, truncated = _read(prepared)
    columns = [PreviewColumn(name=field.name, type=type_word(field.type)) for field in table.schema]
    by_column = [[_plain(value) for value in python_values(chunk)] for chunk in table.combine_chunks().columns]
    return Preview(
        columns=columns,
        rows=[list(row) for row in zip(*by_column, strict=True)],
        truncated=truncated,
        elapsed_ms=round((monotonic() - began) * 1000),
    )


def run_result(prepared: PreparedPreview) -> pa.Table:
    """The first rows as an Arrow table, for charts; raises SourceError."""
    return _read(prepared)[0]


def _read(prepared: PreparedPreview) -> tuple[pa.Table, bool]:
    with prepared.source.stream(prepared.query) as batches:
        table = pa.Table.from_batches(list(batches), schema=batches.schema)
        return table, batches.truncated


def _plain(value: Any) -> Any:
    """JSON has one kind of number and no bytes."""
    if isinstance(value, Decimal):
        whole = value.is_finite() and value == value.to_integral_value()
        return int(value) if whole else float(value)
    return value.hex() if isinstance(value, bytes) else value


_WORDS = (
    (pa.types.is_boolean, "boolean"),
    (pa.types.is_integer, "integer"),
    (pa.types.is_floating, "number"),
    (pa.types.is_decimal, "number"),
    (pa.types.is_date, "date"),
    (pa.types.is_timestamp, "datetime"),
    (pa.types.is_time, "time"),
    (pa.types.is_duration, "duration"),
    (pa.types.is_binary, "binary"),
)


def type_word(kind: pa.DataType) -> str:
    """Arrow's type in the words of the parameters."""
    return next((word for matches, word in _WORDS if matches(kind)), "text")
