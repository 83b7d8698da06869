"""Placeholders are found where a person would see them, and nowhere else."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from core.sources.placeholders import Style, find, line_and_column, original_offset, rewrite

_INSIDE = st.text(alphabet="ab :%$'\"`]\n-*/\\;", max_size=8)
_OPAQUE = st.one_of(
    _INSIDE.map(lambda text: "'" + text.replace("'", "''") + "'"),
    _INSIDE.map(lambda text: " E'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"),
    _INSIDE.map(lambda text: '"' + text.replace('"', '""') + '"'),
    _INSIDE.map(lambda text: "`" + text.replace("`", "``") + "`"),
    _INSIDE.map(lambda text: "[" + text.replace("]", "") + "]"),
    _INSIDE.map(lambda text: " $t$" + text.replace("$", "") + "$t$"),
    _INSIDE.map(lambda text: " $$" + text.replace("$", "") + "$$"),
    _INSIDE.map(lambda text: "--" + text.replace("\n", "") + "\n"),
    _INSIDE.map(lambda text: "/*" + text.replace("*", "").replace("/", "") + "/* :x */ :y */"),
    st.sampled_from(["a::int", " x := 1", "10:30", " 100% ", "a <> b", "\\:"[:1], "\n", "f(1, 2)"]),
)
_NAMES = st.sampled_from(["a", "period_start", "_x1", "größe", "B"])
_PARTS = st.lists(st.one_of(_OPAQUE.map(lambda text: (text, "")), _NAMES.map(lambda name: ("", name))), max_size=8)


def _statement(parts: list[tuple[str, str]], before: str = " :", after: str = " ") -> str:
    return "".join(text if not name else f"{before}{name}{after}" for text, name in parts)


@given(_PARTS)
def test_only_what_is_outside_quotes_and_comments_is_a_placeholder(parts: list[tuple[str, str]]) -> None:
    names = [name for _, name in parts if name]
    assert find(_statement(parts)) == list(dict.fromkeys(names))


@given(_PARTS)
def test_psycopg_sees_the_statement_with_its_own_spelling(parts: list[tuple[str, str]]) -> None:
    values = {name: f"<{name}>" for _, name in parts if name}
    expected = "".join(text if not name else f" <{name}> " for text, name in parts)
    assert rewrite(_statement(parts), "pyformat") % values == expected


@given(_PARTS)
def test_sqlalchemy_sees_the_same_statement_and_no_other_parameter(parts: list[tuple[str, str]]) -> None:
    compiled = sa.text(rewrite(_statement(parts), "sqlalchemy")).compile()
    assert str(compiled) == _statement(parts, before="  :")
    assert set(compiled.params) == {name for _, name in parts if name}


@given(st.text())
def test_any_text_at_all_survives(sql: str) -> None:
    assert rewrite(sql, "named") == sql
    assert isinstance(find(sql), list)


@given(_PARTS, st.data())
def test_a_place_in_the_sent_statement_is_found_in_the_written_one(
    parts: list[tuple[str, str]], data: st.DataObject
) -> None:
    sql = _statement(parts)
    numbers = {name: f"${number}" for number, name in enumerate(find(sql), start=1)}
    sent = "".join(text if not name else f" {numbers[name]} " for text, name in parts)
    marked = data.draw(st.integers(0, len(parts)))
    place = len("".join(text if not name else f" {numbers[name]} " for text, name in parts[:marked]))
    assert place <= len(sent)
    assert original_offset(sql, place) == len(_statement(parts[:marked]))


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("select :a::int, :b", ["a", "b"]),
        ("select ':a', \":b\", `:c`, [:d], $$:e$$, $x$:f $$ $x$", []),
        (r"select E'it\':a', :b", ["b"]),
        (r"select 'c:\', :b", ["b"]),
        ("select 1 -- :a\n, :b /* :c /* :d */ :e */, :f", ["b", "f"]),
        ("select 'open :a", []),
        ("/* open :a", []),
        ("select x := 1, '12:30', :a, :a", ["a"]),
        ("select :1a, $1, a$b$:c", ["c"]),
    ],
)
def test_the_traps_one_by_one(sql: str, names: list[str]) -> None:
    assert find(sql) == names


@pytest.mark.parametrize("style", ["pyformat", "named", "sqlalchemy"])
def test_a_statement_without_anything_special_stays(style: Style) -> None:
    assert rewrite("select 1 from t", style) == "select 1 from t"


def test_lines_and_columns_count_from_one() -> None:
    assert line_and_column("ab\ncd", 0) == (1, 1)
    assert line_and_column("ab\ncd", 4) == (2, 2)
