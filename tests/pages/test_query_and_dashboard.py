"""Writing a query and looking at a dashboard."""

from __future__ import annotations

import pytest

from core.database import read_scope
from core.schemas.accounts import Actor
from core.schemas.content import MinSampleSpec, Presentation, SavedQueryResponse
from core.services import dashboards, saved_queries
from tests.factories import make_dashboard, make_data_source, make_saved_query
from tests.pages.conftest import Open, words


@pytest.fixture
def query(alice: Actor, source_url: str) -> SavedQueryResponse:
    return make_saved_query(alice, data_source_id=make_data_source(alice, url=source_url).id)


def test_running_a_query_shows_its_rows(alice: Actor, query: SavedQueryResponse, open_page: Open) -> None:
    page = open_page(alice, "pages/query.py", id=query.id)
    page.button(key=f"result-{query.id}-run").click().run()
    assert not page.exception
    assert list(page.dataframe[0].value["region"]) == ["East", "North", "South", "West"]
    assert "4 rows" in words(page)


def test_a_refused_query_is_told_in_words(alice: Actor, query: SavedQueryResponse, open_page: Open) -> None:
    broken = make_saved_query(
        alice, data_source_id=query.data_source_id, name="Broken", sql="SELECT oops FROM sales", parameters=[]
    )
    page = open_page(alice, "pages/query.py", id=broken.id)
    page.button(key=f"result-{broken.id}-run").click().run()
    assert "oops" in page.error[0].value
    assert not page.dataframe


def test_saving_keeps_parameters_and_changes_the_name(alice: Actor, query: SavedQueryResponse, open_page: Open) -> None:
    page = open_page(alice, "pages/query.py", id=query.id)
    page.text_input(key=f"{query.id}-name").set_value("Renamed").run()
    page.button(key="save").click().run()
    with read_scope() as session:
        saved = saved_queries.get_saved_query(session, actor=alice, saved_query_id=query.id)
    assert (saved.name, saved.sql, saved.parameters) == ("Renamed", query.sql, query.parameters)


def saved_look(actor: Actor, query: SavedQueryResponse) -> Presentation:
    with read_scope() as session:
        return saved_queries.get_saved_query(session, actor=actor, saved_query_id=query.id).presentation


def test_the_form_says_what_becomes_of_several_rows_at_one_place(
    alice: Actor, query: SavedQueryResponse, open_page: Open
) -> None:
    page, key = open_page(alice, "pages/query.py", id=query.id), str(query.id)
    page.button(key=f"result-{key}-run").click().run()
    page.selectbox(key=f"{key}-chart").set_value("bar").run()
    page.selectbox(key=f"{key}-x").set_value("region").run()
    page.multiselect(key=f"{key}-y").set_value(["amount"]).run()
    fold = page.selectbox(key=f"{key}-fold")
    assert (fold.value, list(fold.options)) == (None, ["Guess", "Sum", "Average", "Lowest", "Highest", "Count"])
    fold.set_value("max").run()
    page.button(key="save").click().run()
    assert not page.error
    chart = saved_look(alice, query).chart
    assert chart is not None
    assert (chart.kind, chart.x, chart.y, chart.aggregate) == ("bar", "region", ["amount"], "max")
    again = open_page(alice, "pages/query.py", id=query.id)
    again.button(key=f"result-{key}-run").click().run()
    assert again.selectbox(key=f"{key}-fold").value == "max"
    assert "Unsaved changes" not in words(again)
    again.selectbox(key=f"{key}-fold").select_index(0).run()
    again.button(key="save").click().run()
    chart = saved_look(alice, query).chart
    assert chart is not None
    assert chart.aggregate is None


def test_the_form_sets_a_minimum_sample_and_takes_it_back(
    alice: Actor, query: SavedQueryResponse, open_page: Open
) -> None:
    page, key = open_page(alice, "pages/query.py", id=query.id), str(query.id)
    page.button(key=f"result-{key}-run").click().run()
    assert page.number_input(key=f"{key}-sample-least").disabled
    page.selectbox(key=f"{key}-sample-column").set_value("amount").run()
    page.number_input(key=f"{key}-sample-least").set_value(12).run()
    page.button(key="save").click().run()
    assert not page.error
    assert saved_look(alice, query).min_sample == MinSampleSpec(column="amount", least=12)
    again = open_page(alice, "pages/query.py", id=query.id)
    again.button(key=f"result-{key}-run").click().run()
    assert again.number_input(key=f"{key}-sample-least").value == 12
    again.selectbox(key=f"{key}-sample-column").set_value("No minimum").run()
    again.button(key="save").click().run()
    assert saved_look(alice, query).min_sample is None


def test_a_tile_that_fails_says_so_and_stops_no_other(alice: Actor, query: SavedQueryResponse, open_page: Open) -> None:
    broken = make_saved_query(
        alice, data_source_id=query.data_source_id, name="Broken", sql="SELECT oops FROM sales", parameters=[]
    )
    board = make_dashboard(alice, saved_query_ids=[broken.id, query.id])
    page = open_page(alice, "pages/dashboard.py", id=board.id)
    assert not page.exception
    assert "oops" in page.error[0].value
    assert len(page.dataframe) == 1


@pytest.mark.parametrize("chart", ["auto", "bar", "line", "area", "pie", "scatter", "metric", "table"])
def test_a_tile_draws_the_points_of_the_mail(
    chart: str, alice: Actor, query: SavedQueryResponse, open_page: Open
) -> None:
    rows = make_saved_query(
        alice,
        data_source_id=query.data_source_id,
        name="Each sale",
        sql="SELECT region, units FROM sales",
        parameters=[],
        presentation={"chart": {"kind": "bar", "x": "region", "y": "units", "aggregate": "max"}},
    )
    axes = {"x": "units"} if chart == "scatter" else {}
    board = make_dashboard(alice, saved_query_ids=[], tiles=[{"saved_query_id": rows.id, "chart": chart, **axes}])
    page = open_page(alice, "pages/dashboard.py", id=board.id)
    assert not page.exception
    assert bool(page.dataframe) == (chart == "table")
    assert bool(page.metric) == (chart == "metric")
    assert ("Highest" in words(page)) == (chart not in ("table", "metric", "scatter"))


def test_tiles_are_moved_and_removed(alice: Actor, query: SavedQueryResponse, open_page: Open) -> None:
    board = make_dashboard(alice, saved_query_ids=[query.id, query.id])
    first, second = (str(tile.id) for tile in board.tiles)
    page = open_page(alice, "pages/dashboard.py", id=board.id)
    page.toggle(key=f"dashboard-editing-{board.id}").set_value(True).run()
    page.text_input(key=f"tiles-{board.id}-{second}-title").set_value("The second").run()
    page.button(key=f"tiles-{board.id}-{second}-Move up").click().run()
    page.button(key=f"tiles-{board.id}-{first}-Remove").click().run()
    page.button(key="save").click().run()
    assert not page.error
    with read_scope() as session:
        saved = dashboards.get_dashboard(session, actor=alice, dashboard_id=board.id)
    assert [tile.title for tile in saved.tiles] == ["The second"]
