"""Arrow columns as CSV fields: exact, quoted only where RFC 4180 asks for it, and safe to open in a spreadsheet.

pyarrow's own CSV writer quotes every text, cannot write null, decimals or instants as documented here, and its numbers
are the same casts: so the fields are joined by kernels, which costs about the same.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from core.formats.arrow_marks import may_hold
from core.formats.arrow_text import (
    Piece,
    data_of,
    decimal_texts,
    duration_texts,
    is_binary,
    join,
    json_texts,
    literal,
    local_time,
    other_texts,
    patch,
    plain,
    python_texts,
    text_array,
    time_texts,
    timestamp_texts,
)
from core.formats.csv_options import ISO_DATES, CsvOptions

Spelling = Callable[[pa.Array], pa.Array]

LINE_END: Final = "\r\n"
# Spreadsheets run text that begins so, also behind spaces and invisible characters, also in its full-width form.
_FORMULA: Final = (
    r"^[\s\p{Z}\p{Cf}\x0b]*[=+\-@\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}]"  # = + - @
    r"|^[\p{Z}\p{Cf}]*[\t\r]"
)
# Bytes without which no text matches; the last one begins the full-width forms.
_FORMULA_MARKS: Final = (b"=", b"+", b"-", b"@", b"\t", b"\r", b"\xef\xbc")
_QUOTE_MARKS: Final = (b'"', b" ", b"\t", b"\r", b"\n", b"\f")
_PLAIN_NUMBER: Final = r"^\s*[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?\s*$"


def rows_csv(batch: pa.RecordBatch, *, options: CsvOptions, zone: str) -> memoryview:
    """The lines of a batch in UTF-8."""
    pieces: list[Piece] = []
    for index, column in enumerate(batch.columns):
        pieces += [options.delimiter] if index else []
        pieces += [_field(plain(column), options, zone)]
    return data_of(join([*pieces, LINE_END]))


def header_csv(names: list[str], *, options: CsvOptions) -> str:
    """The line of names; they are text like any other."""
    fields = _field(text_array(names), options, "UTC").to_pylist()
    return options.delimiter.join(fields) + LINE_END


def _field(column: pa.Array, options: CsvOptions, zone: str) -> pa.Array:
    kind = column.type
    text = _text_of(column, kind)
    if text is not None:
        fields = quoted(guarded(text) if options.guard and pa.types.is_string(kind) else text, options)
    else:
        fields = _told_from_null(_spelled(column, options, zone), kind, options)
    return fields if fields.null_count == 0 else fields.fill_null(literal(options.null))


def _text_of(column: pa.Array, kind: pa.DataType) -> pa.Array | None:
    """The values that may hold anything; None for a type whose spelling needs no quotes."""
    if pa.types.is_string(kind):
        return column
    if pa.types.is_timestamp(kind) or any(matches(kind) for matches, _ in (*_NUMBERS, *_PLAIN)):
        return None
    return json_texts(column) if pa.types.is_nested(kind) else other_texts(column)


def _spelled(column: pa.Array, options: CsvOptions, zone: str) -> pa.Array:
    kind = column.type
    if pa.types.is_timestamp(kind):
        return _timestamps(column, options, zone)
    if pa.types.is_date(kind):
        return _day_first(_dates(column), options)
    for matches, spell in _NUMBERS:
        if matches(kind):
            return _with_point(spell(column), options)
    return next(spell for matches, spell in _PLAIN if matches(kind))(column)


def _timestamps(column: pa.Array, options: CsvOptions, zone: str) -> pa.Array:
    """Instants keep their offset in ISO only: beside another date a spreadsheet would take it for text."""
    if options.date_format == ISO_DATES:
        return timestamp_texts(column, zone=zone)
    return _day_first(timestamp_texts(local_time(column, zone=zone), zone=zone), options)


def _day_first(texts: pa.Array, options: CsvOptions) -> pa.Array:
    """ISO dates, and what begins with one, in the order asked for; years that have not four digits stay ISO."""
    if options.date_format == ISO_DATES:
        return texts
    day = options.date_format.replace("YYYY", r"\1").replace("MM", r"\2").replace("DD", r"\3")
    moved = pc.replace_substring_regex(texts, r"^(\d{4})-(\d{2})-(\d{2})$", day)
    return pc.replace_substring_regex(moved, r"^(\d{4})-(\d{2})-(\d{2})T", day + " ")


def _told_from_null(fields: pa.Array, kind: pa.DataType, options: CsvOptions) -> pa.Array:
    """In quotes when everything is to be, or when the value is spelled like the text for null."""
    if options.quote_all:
        return join(['"', fields, '"'])
    if not options.null and not is_binary(kind):
        return fields
    return patch(fields, pc.equal(fields, literal(options.null)), fields, _in_quotes)


def guarded(texts: pa.Array) -> pa.Array:
    """An apostrophe before what a spreadsheet would run; plain numbers such as -5 stay as they are."""
    if not may_hold(texts, _FORMULA_MARKS):
        return texts
    risky = pc.match_substring_regex(texts, _FORMULA)
    if not pc.any(risky).as_py():
        return texts
    risky = pc.and_not(risky, pc.match_substring_regex(texts, _PLAIN_NUMBER))
    return patch(texts, risky, texts, lambda values: join(["'", values]))


def quoted(texts: pa.Array, options: CsvOptions) -> pa.Array:
    """In quotes where something in the text, or its likeness to null, asks for them."""
    if options.quote_all:
        return _in_quotes(texts)
    odd = pc.equal(texts, literal(options.null))
    if may_hold(texts, (options.delimiter.encode(), *_QUOTE_MARKS)):
        special = pc.match_substring_regex(texts, rf'[{_ESCAPED[options.delimiter]}\t"\r\n]|^\s|\s$')
        odd = pc.or_(odd, special)
    return patch(texts, odd, texts, _in_quotes)


def _in_quotes(texts: pa.Array) -> pa.Array:
    return join(['"', pc.replace_substring(texts, '"', '""'), '"'])


def _with_point(texts: pa.Array, options: CsvOptions) -> pa.Array:
    return texts if options.decimal == "." else pc.replace_substring(texts, ".", options.decimal)


def _cast(column: pa.Array) -> pa.Array:
    return column.cast(pa.string())


def _floats(column: pa.Array) -> pa.Array:
    """The shortest text that gives the same number back."""
    return _cast(column.cast(pa.float32()) if pa.types.is_float16(column.type) else column)


def _dates(column: pa.Array) -> pa.Array:
    return _cast(column.cast(pa.date32()))


def _binaries(column: pa.Array) -> pa.Array:
    return python_texts(column, lambda value: base64.b64encode(value).decode())


_ESCAPED: Final = {",": ",", ";": ";", "\t": "\\t", "|": "|"}
_NUMBERS: Final[tuple[tuple[Callable[[pa.DataType], bool], Spelling], ...]] = (
    (pa.types.is_integer, _cast),
    (pa.types.is_floating, _floats),
    (pa.types.is_decimal, decimal_texts),
)
_PLAIN: Final[tuple[tuple[Callable[[pa.DataType], bool], Spelling], ...]] = (
    (pa.types.is_boolean, _cast),
    (pa.types.is_null, _cast),
    (pa.types.is_date, _dates),
    (pa.types.is_time, time_texts),
    (pa.types.is_duration, duration_texts),
    (is_binary, _binaries),
)
