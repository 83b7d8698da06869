"""What a preview calls things: as mails and files do, so that a dashboard on the screen and in the inbox agree."""

from __future__ import annotations

from typing import Any

import pytest

from core.database import read_scope
from core.models import ScheduledReport
from core.schemas.accounts import Actor
from core.schemas.content import Preview, PreviewRequest
from core.services import saved_queries
from core.services.snapshots import freeze
from tests.factories import SINCE, SQL, make_dashboard, make_data_source, make_report, make_saved_query

pytestmark = pytest.mark.usefixtures("database")

PRESENTATION = {
    "kpis": [{"label": "Turnover", "column": "amount", "aggregate": "sum", "format": "number:1"}],
    "chart": {"kind": "bar", "x": "region", "y": "amount", "title": "Turnover by region"},
    "columns": {"amount": {"label": "Turnover"}},
}


def preview_of(actor: Actor, source_url: str, **over: Any) -> Preview:
    source = make_data_source(actor, url=source_url)
    query = make_saved_query(actor, data_source_id=source.id, **over)
    with read_scope() as session:
        prepared = saved_queries.prepare_preview(
            session, actor=actor, saved_query_id=query.id, request=PreviewRequest(limit=100)
        )
    return saved_queries.run_preview(prepared)


def tile_chart(actor: Actor, source_url: str, *, query: dict[str, Any] | None = None, **tile: Any) -> dict[str, Any]:
    """The chart that a run of a dashboard with this tile would draw."""
    source = make_data_source(actor, url=source_url)
    saved = make_saved_query(actor, data_source_id=source.id, **(query or {"presentation": PRESENTATION}))
    board = make_dashboard(actor, saved_query_ids=[], tiles=[{"saved_query_id": saved.id, **tile}])
    report = make_report(actor, dashboard_id=board.id)
    with read_scope() as session:
        found: dict[str, Any] = freeze(session.get_one(ScheduledReport, report.id))["queries"][0]["presentation"][
            "chart"
        ]
    return found


def test_columns_have_the_names_that_reports_give_them(alice: Actor, source_url: str) -> None:
    preview = preview_of(alice, source_url, presentation=PRESENTATION)
    assert [column.label for column in preview.columns] == ["Region", "Turnover"]


def test_a_unit_is_part_of_the_name(alice: Actor, source_url: str) -> None:
    sql = "SELECT region, sum(amount) AS amount_eur FROM sales WHERE day >= :since GROUP BY region"
    preview = preview_of(alice, source_url, sql=sql, parameters=[SINCE])
    assert preview.columns[1].label == "Amount (EUR)"


def test_figures_are_those_of_the_mail(alice: Actor, source_url: str) -> None:
    preview = preview_of(alice, source_url, presentation=PRESENTATION)
    (figure,) = preview.figures
    total = sum(row[1] for row in preview.rows)
    assert (figure.label, figure.value) == ("Turnover", f"{total:,.1f}")


def test_hidden_columns_are_told_apart(alice: Actor, source_url: str) -> None:
    preview = preview_of(alice, source_url, sql=SQL, presentation={"columns": {"amount": {"hidden": True}}})
    assert [column.hidden for column in preview.columns] == [False, True]


def test_a_tile_may_leave_its_chart_to_the_data(alice: Actor, source_url: str) -> None:
    assert tile_chart(alice, source_url, chart="auto")["kind"] is None


def test_a_title_that_speaks_of_other_axes_is_left_out(alice: Actor, source_url: str) -> None:
    assert tile_chart(alice, source_url, chart="bar", y="amount")["title"] == "Turnover by region"
    assert "title" not in tile_chart(alice, source_url, chart="bar", y="region")


def test_a_tile_of_other_values_does_not_add_them_up_as_the_query_does(alice: Actor, source_url: str) -> None:
    chart = {"kind": "bar", "x": "region", "y": "amount", "aggregate": "max", "title": "Best day"}
    given = {"presentation": {"chart": chart}}
    assert tile_chart(alice, source_url, chart="bar", query=given)["aggregate"] == "max"
    assert tile_chart(alice, source_url, chart="line", x="region", y="amount", query=given)["aggregate"] == "max"
    assert tile_chart(alice, source_url, chart="bar", x="amount", query=given)["aggregate"] == "max"
    other = tile_chart(alice, source_url, chart="bar", y="region", query=given)
    assert (other.get("aggregate"), other["x"], other["y"]) == (None, "region", "region")
    assert "title" not in other
