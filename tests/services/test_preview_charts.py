"""The chart of a preview: the same points, folded in the same way, as the mail of the same dashboard draws."""

from __future__ import annotations

from typing import Any

import pytest

from core.database import read_scope
from core.document.model import ChartData
from core.schemas.accounts import Actor
from core.schemas.content import DashboardResponse, Preview, PreviewRequest
from core.schemas.scheduled_reports import ScheduledReportCreate
from core.services import mail_preview, saved_queries
from tests.factories import make_dashboard, make_data_source, make_saved_query

pytestmark = pytest.mark.usefixtures("database")

# Twenty-five rows of each region.
SQL = "SELECT region, amount, units, day FROM sales ORDER BY day"


def board_of(actor: Actor, source_url: str, *, sql: str = SQL, look: Any = None, **tile: Any) -> DashboardResponse:
    source = make_data_source(actor, url=source_url)
    query = make_saved_query(
        actor, data_source_id=source.id, sql=sql, parameters=[], presentation={"columns": {}, **(look or {})}
    )
    return make_dashboard(actor, saved_query_ids=[], tiles=[{"saved_query_id": query.id, **tile}])


def on_page(actor: Actor, board: DashboardResponse) -> Preview:
    (tile,) = board.tiles
    request = PreviewRequest(limit=1000)
    with read_scope() as session:
        prepared = saved_queries.prepare_preview(
            session, actor=actor, saved_query_id=tile.saved_query_id, request=request, tile=tile
        )
    return saved_queries.run_preview(prepared)


def in_mail(actor: Actor, board: DashboardResponse) -> ChartData | None:
    daily = {"type": "daily", "time": "07:00", "timezone": actor.timezone}
    values = {"name": "Sales", "dashboard_id": board.id, "schedule_config": daily, "formats": ["csv"]}
    data = ScheduledReportCreate.model_validate({**values, "recipients": ["dana@example.test"]})
    with read_scope() as session:
        prepared = mail_preview.prepare_mail_preview(session, actor=actor, data=data)
    (section,) = mail_preview.gather_mail_preview(prepared).document.sections
    return section.chart


@pytest.mark.parametrize("how", ["sum", "avg", "min", "max", "count"])
def test_several_rows_of_one_place_are_one_value_as_in_the_mail(how: str, alice: Actor, source_url: str) -> None:
    look = {"chart": {"kind": "bar", "x": "region", "y": "amount", "aggregate": how}}
    board = board_of(alice, source_url, look=look, chart="bar")
    page, mail = on_page(alice, board).chart, in_mail(alice, board)
    assert page is not None
    assert mail is not None
    assert page.x == ["North", "East", "South", "West"]
    assert [(one.name, one.values) for one in page.series] == mail.series
    assert (page.kind, page.title, page.subtitle) == (mail.kind, mail.title, mail.subtitle)


@pytest.mark.parametrize(
    "tile",
    [
        {"chart": "auto"},
        {"chart": "line", "x": "day", "y": "units"},
        {"chart": "area", "x": "day"},
        {"chart": "pie", "x": "region", "y": "units"},
        {"chart": "scatter", "x": "units", "y": "amount"},
    ],
)
def test_each_kind_draws_what_the_mail_draws(tile: dict[str, Any], alice: Actor, source_url: str) -> None:
    board = board_of(alice, source_url, **tile)
    page, mail = on_page(alice, board).chart, in_mail(alice, board)
    assert page is not None
    assert mail is not None
    assert page.kind == mail.kind
    assert len(page.x) == len(mail.x)
    assert [one.values for one in page.series] == [values for _, values in mail.series]


def test_only_the_largest_bars_are_drawn_and_that_is_said(alice: Actor, source_url: str) -> None:
    sql = "SELECT 'N' || units AS name, sum(amount) AS total FROM sales GROUP BY 1"
    board = board_of(alice, source_url, sql=sql, chart="bar")
    page, mail = on_page(alice, board).chart, in_mail(alice, board)
    assert page is not None
    assert mail is not None
    assert len(page.x) == 12
    assert page.subtitle == mail.subtitle == "The largest 12 of 28"


def test_shares_are_per_cent(alice: Actor, source_url: str) -> None:
    sql = "SELECT region, 0.5 AS return_rate FROM sales GROUP BY region"
    board = board_of(alice, source_url, sql=sql, chart="bar")
    page = on_page(alice, board).chart
    assert page is not None
    assert page.unit == "%"
    assert page.series[0].values == [50.0] * 4


def test_tiles_of_figures_and_tables_have_no_chart(alice: Actor, source_url: str) -> None:
    assert on_page(alice, board_of(alice, source_url, chart="table")).chart is None
    assert on_page(alice, board_of(alice, source_url, chart="metric")).chart is None
