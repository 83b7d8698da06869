"""Which columns of a result a mail shows, wide and on a phone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from core.document.guesses import guess_column
from core.document.model import Kpi, Section, SectionHead
from core.mail.columns import Chosen, choose_columns, header_lines

ARROW: dict[type, pa.DataType] = {str: pa.string(), int: pa.int64(), float: pa.float64()}


def choose(columns: dict[str, Sequence[Any]], *, most: int = 7, figures: Sequence[str] = ()) -> Chosen:
    shown = tuple(guess_column(pa.field(name, ARROW[type(cells[0])])) for name, cells in columns.items())
    kpis = tuple(Kpi(c.label, c.name, "sum", 1, c) for c in shown if c.name in figures)
    texts = [[str(cell) for cell in cells] for cells in columns.values()]
    return choose_columns(Section(SectionHead("s", "S", shown), 2, kpis), texts, most=most)


def names(columns: Any) -> list[str]:
    return [column.name for column in columns]


def numbers(*wanted: str) -> dict[str, Sequence[Any]]:
    return {name: [1, 2] for name in wanted}


def test_two_columns_that_name_a_row_together_both_stay() -> None:
    chosen = choose({"origin": ["JFK", "JFK"], "destination": ["Boston", "Miami"], **numbers("a", "b", "c", "d", "e")})
    assert names(chosen.on_phone) == ["origin", "destination", "a", "b"]


def test_a_first_column_that_names_each_row_needs_no_second() -> None:
    chosen = choose({"city": ["Bern", "Basel"], "note": ["one", "two"], **numbers("a", "b", "c")})
    assert names(chosen.on_phone) == ["city", "a", "b", "c"]


def test_key_figures_go_before_other_numbers() -> None:
    chosen = choose({"city": ["Bern", "Basel"], **numbers("a", "b", "c", "d")}, most=3, figures=["d"])
    assert names(chosen.kept) == ["city", "a", "d"]


def test_columns_keep_the_order_of_the_query() -> None:
    chosen = choose({"city": ["Bern", "Basel"], "note": ["x", "y"], **numbers("a", "b")}, figures=["b"])
    assert names(chosen.kept) == ["city", "note", "a", "b"]


def test_what_is_too_wide_is_passed_over_for_what_fits() -> None:
    wide = {f"number_{n}": [10**24, 10**24] for n in range(5)}
    chosen = choose(
        {"city": ["Bern", "Basel"], **{name: [str(v) for v in cells] for name, cells in wide.items()}, "n": [1, 2]}
    )
    assert "n" in names(chosen.kept)
    assert len(chosen.kept) < 7


def test_the_first_column_is_there_however_wide() -> None:
    chosen = choose({"title": ["x" * 400, "y" * 400], "n": [1, 2]})
    assert names(chosen.kept) == ["title", "n"]
    assert not chosen.one_line


def test_short_names_stay_on_one_line() -> None:
    chosen = choose({"airline": ["United Air Lines Inc.", "JetBlue Airways"], "n": [1, 2]})
    assert chosen.one_line
    assert chosen.one_line_on_phone


def test_a_unit_stays_with_its_word() -> None:
    assert header_lines("Longest delay (min)") == "Longest delay\u00a0(min)"
