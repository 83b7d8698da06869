"""Whatever a query gives goes through, whatever the options, and reads back as documented with two readers."""

from __future__ import annotations

import base64
import csv
import gzip
import io
import json
import math
import re
import struct
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZipFile
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.csv
from hypothesis import given, settings
from hypothesis import strategies as st

from core.formats.arrow_plain import plain_batch
from core.formats.csv import FORMAT
from core.formats.csv_options import CHOICES, CsvOptions, read_options
from tests.formats.any_batch import batches, is_interval, is_interval_text, is_same_json, python_value
from tests.formats.edge_tables import report_head, write_table

_ZONE = ZoneInfo("America/New_York")
# What a date in another order is, and how to turn it back.
_ORDERS = {
    "DD.MM.YYYY": (r"^(\d\d)\.(\d\d)\.(\d{4})", r"\3-\2-\1"),
    "DD/MM/YYYY": (r"^(\d\d)/(\d\d)/(\d{4})", r"\3-\2-\1"),
    "MM/DD/YYYY": (r"^(\d\d)/(\d\d)/(\d{4})", r"\3-\1-\2"),
}


def option_sets() -> st.SearchStrategy[CsvOptions]:
    """Every combination that is not refused."""
    chosen = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in CHOICES.items()})
    with_null = st.tuples(chosen, st.sampled_from(["", "NULL", "0", "n/a"]))
    fitting = with_null.filter(lambda pair: (pair[0]["decimal"], pair[0]["delimiter"]) != (",", ","))
    return fitting.map(lambda pair: read_options({**pair[0], "null": pair[1]}))


def written(batch: pa.RecordBatch, options: CsvOptions) -> bytes:
    """The file, taken out of what it is packed in."""
    given_options = {name: getattr(options, name) for name in (*CHOICES, "null")}
    with TemporaryDirectory() as folder:
        path = write_table(FORMAT, Path(folder), batch, head=report_head(format_options={"csv": given_options}))
        if options.compression == "zip":
            with ZipFile(path) as archive:
                return archive.read(archive.namelist()[0])
        data = path.read_bytes()
    return gzip.decompress(data) if options.compression == "gzip" else data


def by_csv(data: bytes, options: CsvOptions) -> list[list[str | None]]:
    text = data.decode(options.encoding).removeprefix("\ufeff")
    return [list(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=options.delimiter)]


def by_pyarrow(data: bytes, options: CsvOptions, columns: int) -> list[list[str | None]]:
    """All columns as text; it tells null from the same text in quotes."""
    names = [f"c{place}" for place in range(columns)]
    text = data.decode(options.encoding).removeprefix("\ufeff")
    table = pyarrow.csv.read_csv(
        io.BytesIO(text.encode()),
        read_options=pyarrow.csv.ReadOptions(column_names=names),
        parse_options=pyarrow.csv.ParseOptions(delimiter=options.delimiter, newlines_in_values=True),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            null_values=[options.null],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )
    return [list(row.values()) for row in table.to_pylist()]


def _bits(number: float, width: str) -> bytes:
    return b"nan" if math.isnan(number) else struct.pack(width, number)


def _is_duration(text: str, value: Any) -> bool:
    hours, minutes, seconds = text.lstrip("-").split(":")
    size = int(hours) * 3600 + int(minutes) * 60 + Decimal(seconds)
    expected = Decimal(value // timedelta(microseconds=1)).scaleb(-6)
    return (-size if text.startswith("-") else size) == expected


def _is_text(text: str, value: str, options: CsvOptions) -> bool:
    """Itself, or with an apostrophe where a spreadsheet could take it for a formula."""
    if options.encoding == "cp1252":
        value = value.encode("cp1252", "replace").decode("cp1252")
    if text == value:
        return not options.guard or not value or value[0] not in "=@+-\t\r" or _is_number(value)
    return (
        options.guard and text == f"'{value}" and any(unicodedata.normalize("NFKC", ch) in "=@+-\t\r" for ch in value)
    )


def _is_number(text: str) -> bool:
    return re.fullmatch(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*", text) is not None


def _is_moment(text: str, value: Any, kind: pa.DataType, options: CsvOptions) -> bool:
    if not isinstance(value, datetime):
        return True
    text = re.sub(r"(\.\d{6})\d+", r"\1", text)
    if kind.tz is None:
        return datetime.fromisoformat(text) == value
    if options.date_format != "YYYY-MM-DD":
        return datetime.fromisoformat(text) == value.astimezone(_ZONE).replace(tzinfo=None)
    found = datetime.fromisoformat(text)
    return found == value and found.utcoffset() == value.astimezone(_ZONE).utcoffset()


def _is_day(text: str, value: Any) -> bool:
    return date.fromisoformat(text) == value if isinstance(value, date) else text == value


def _is_json(text: str, value: Any, _kind: pa.DataType, options: CsvOptions) -> bool:
    if options.encoding == "cp1252":
        return True
    return is_same_json(json.loads(text), value)


# (type, whether a field is that value); the first that fits counts.
CHECKS: tuple[tuple[Callable[[pa.DataType], bool], Callable[[str, Any, pa.DataType, CsvOptions], bool]], ...] = (
    (pa.types.is_dictionary, lambda text, value, _kind, options: _is_text(text, value, options)),
    (pa.types.is_integer, lambda text, value, _kind, _o: text == str(value)),
    (pa.types.is_float32, lambda text, value, _kind, _o: _bits(float(text), "<f") == _bits(value, "<f")),
    (pa.types.is_float64, lambda text, value, _kind, _o: _bits(float(text), "<d") == _bits(value, "<d")),
    (pa.types.is_decimal, lambda text, value, _kind, _o: Decimal(text) == value and "E" not in text),
    (pa.types.is_boolean, lambda text, value, _kind, _o: text == str(value).lower()),
    (pa.types.is_date, lambda text, value, _kind, _o: _is_day(text, value)),
    (pa.types.is_timestamp, lambda text, value, kind, options: _is_moment(text, value, kind, options)),
    (pa.types.is_time, lambda text, value, _kind, _o: time.fromisoformat(text) == value),
    (pa.types.is_duration, lambda text, value, _kind, _o: _is_duration(text, value)),
    (pa.types.is_binary, lambda text, value, _kind, _o: base64.b64decode(text) == value),
    (pa.types.is_fixed_size_binary, lambda text, value, _kind, _o: base64.b64decode(text) == value),
    (pa.types.is_large_binary, lambda text, value, _kind, _o: base64.b64decode(text) == value),
    (is_interval, lambda text, value, _kind, _o: is_interval_text(text, value)),
    (pa.types.is_nested, _is_json),
    (lambda _kind: True, lambda text, value, _kind, options: _is_text(text, value, options)),
)


def agrees(text: str, value: Any, kind: pa.DataType, options: CsvOptions) -> bool:
    is_number = pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    if is_number and options.decimal == ",":
        assert "." not in text
        text = text.replace(",", ".")
    if options.date_format in _ORDERS and (pa.types.is_date(kind) or pa.types.is_timestamp(kind)):
        text = re.sub(*_ORDERS[options.date_format], text)
    return next(check for matches, check in CHECKS if matches(kind))(text, value, kind, options)


@settings(max_examples=100, deadline=None)
@given(batches(long=True), option_sets())
def test_any_batch_reads_back_as_documented_with_any_options(batch: pa.RecordBatch, options: CsvOptions) -> None:
    batch = plain_batch(batch)
    data = written(batch, options)
    head = 0 if options.header is False else 1
    rows, told = by_csv(data, options), by_pyarrow(data, options, batch.num_columns) if batch.num_rows else []
    assert len(rows) == batch.num_rows + head
    for place, field in enumerate(batch.schema):
        for number, scalar in enumerate(batch.column(place)):
            text, value = rows[number + head][place], python_value(scalar)
            assert text is not None
            if value is None:
                assert (text, told[number + head][place]) == (options.null, None), (field.type, options)
            else:
                assert agrees(text, value, field.type, options), (field.type, value, text, options)
                assert told[number + head][place] == text, (field.type, value, options)


@settings(max_examples=40, deadline=None)
@given(batches([pa.int64(), pa.float64(), pa.decimal128(38, 10)]))
def test_the_guard_never_touches_a_numeric_column(batch: pa.RecordBatch) -> None:
    assert written(batch, CsvOptions(guard=True)) == written(batch, CsvOptions(guard=False))
