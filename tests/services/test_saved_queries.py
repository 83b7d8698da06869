"""Saved queries, their previews, and dashboards, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from core.database import read_scope, session_scope
from core.errors import Conflict, InvalidInput, NotFound, SourceError
from core.schemas.accounts import Actor
from core.schemas.content import PreviewRequest, QueryParameter, SavedQueryResponse, SavedQueryUpdate
from core.services import audit, saved_queries
from tests.factories import SINCE, SQL, make_dashboard, make_data_source, make_report, make_saved_query

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def query(alice: Actor, source_url: str) -> SavedQueryResponse:
    source = make_data_source(alice, url=source_url)
    return make_saved_query(alice, data_source_id=source.id)


def _change(alice: Actor, query: SavedQueryResponse, **fields: Any) -> SavedQueryResponse:
    with session_scope() as session:
        return saved_queries.update_saved_query(
            session, actor=alice, saved_query_id=query.id, data=SavedQueryUpdate.model_validate(fields)
        )


def test_a_query_is_saved_found_and_noted(alice: Actor, query: SavedQueryResponse) -> None:
    with read_scope() as session:
        assert saved_queries.get_saved_query(session, actor=alice, saved_query_id=query.id) == query
        assert saved_queries.list_saved_queries(session, actor=alice, search="REGION").items == [query]
        assert query.data_source_name == "Shop"
        actions = [entry.action for entry in audit.list_entries(session, actor=alice, object_id=query.id).items]
        assert actions == ["create"]


@pytest.mark.parametrize(
    ("over", "sentence"),
    [
        ({"parameters": []}, r"The SQL uses :since, but there is no such parameter\."),
        ({"parameters": [{**SINCE, "name": "sinc"}]}, "Did you mean 'sinc'"),
        ({"parameters": [SINCE, {"name": "region"}]}, r"'region' is not used: the SQL has no :region\."),
        ({"parameters": [{**SINCE, "default": "last_weak_start"}]}, "'since': .*Did you mean 'last_week_start'"),
        ({"presentation": {"columns": {"amount": {"format": "curency"}}}}, "'amount': There is no format 'curency'"),
        (
            {"presentation": {"kpis": [{"label": "All", "column": "amount", "aggregate": "sum", "format": "x"}]}},
            "'All': There is no format 'x'",
        ),
    ],
)
def test_it_refuses_what_does_not_fit_together(
    alice: Actor, query: SavedQueryResponse, over: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        make_saved_query(alice, data_source_id=query.data_source_id, **over)
    with pytest.raises(InvalidInput, match=sentence):
        _change(alice, query, **over)


def test_a_default_is_stored_as_its_type(alice: Actor, query: SavedQueryResponse) -> None:
    sql = f"SELECT * FROM ({SQL}) AS found LIMIT :most"
    parameters = [{**SINCE, "default": "last_week_start"}, {"name": "most", "type": "integer", "default": "3"}]
    changed = _change(alice, query, sql=sql, parameters=parameters)
    assert [parameter.default for parameter in changed.parameters] == ["last_week_start", 3]


def test_a_change_in_part_keeps_the_rest(alice: Actor, query: SavedQueryResponse) -> None:
    changed = _change(alice, query, name="Sales", presentation={"columns": {"amount": {"format": "currency:EUR"}}})
    assert (changed.name, changed.sql, changed.parameters) == ("Sales", query.sql, query.parameters)
    assert changed.presentation.columns["amount"].format == "currency:EUR"
    assert _change(alice, query, description="All of them").presentation == changed.presentation


def test_charlie_sees_nothing(charlie: Actor, query: SavedQueryResponse) -> None:
    with session_scope() as session:
        assert saved_queries.list_saved_queries(session, actor=charlie).total == 0
        for call in (
            lambda: saved_queries.get_saved_query(session, actor=charlie, saved_query_id=query.id),
            lambda: saved_queries.update_saved_query(
                session, actor=charlie, saved_query_id=query.id, data=SavedQueryUpdate(name="Mine")
            ),
            lambda: saved_queries.delete_saved_query(session, actor=charlie, saved_query_id=query.id),
            lambda: saved_queries.prepare_preview(
                session, actor=charlie, saved_query_id=query.id, request=PreviewRequest()
            ),
        ):
            with pytest.raises(NotFound, match=r"^There is no such saved query\.$"):
                call()
    with pytest.raises(NotFound, match=r"^There is no such data source\.$"):
        make_saved_query(charlie, data_source_id=query.data_source_id)


def test_a_preview_shows_the_first_rows_with_their_types(alice: Actor, query: SavedQueryResponse) -> None:
    with read_scope() as session:
        prepared = saved_queries.prepare_preview(
            session, actor=alice, saved_query_id=query.id, request=PreviewRequest(limit=2)
        )
    preview = saved_queries.run_preview(prepared)
    assert [(column.name, column.type) for column in preview.columns] == [("region", "text"), ("amount", "number")]
    assert [row[0] for row in preview.rows] == ["East", "North"]
    assert preview.truncated
    assert saved_queries.run_result(prepared).num_rows == 2


def test_a_preview_knows_dates_by_name_in_the_persons_zone(alice: Actor, query: SavedQueryResponse) -> None:
    late = datetime(2026, 1, 28, 23, 30, tzinfo=UTC)
    with time_machine.travel(late, tick=False), read_scope() as session:
        request = PreviewRequest(parameters={"since": "today"})
        prepared = saved_queries.prepare_preview(session, actor=alice, saved_query_id=query.id, request=request)
    assert str(prepared.query.parameters["since"]) == "2026-01-29"
    assert len(saved_queries.run_preview(prepared).rows) == 4


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"sinse": "today"}, "There is no parameter 'sinse'. Did you mean 'since'"),
        ({"since": "soon"}, "'since': 'soon'"),
    ],
)
def test_a_preview_refuses_values_that_do_not_fit(
    alice: Actor, query: SavedQueryResponse, values: dict[str, Any], sentence: str
) -> None:
    with read_scope() as session, pytest.raises(InvalidInput, match=sentence):
        saved_queries.prepare_preview(
            session, actor=alice, saved_query_id=query.id, request=PreviewRequest(parameters=values)
        )


def test_a_draft_runs_without_being_saved(alice: Actor, query: SavedQueryResponse) -> None:
    with read_scope() as session:
        prepared = saved_queries.prepare_draft(
            session,
            actor=alice,
            data_source_id=query.data_source_id,
            sql="SELECT :n + 1 AS next",
            parameters=[QueryParameter(name="n", type="integer")],
            values={"n": "41"},
        )
    assert saved_queries.run_preview(prepared).rows == [[42]]


def test_a_query_cannot_write(alice: Actor, query: SavedQueryResponse) -> None:
    with read_scope() as session:
        prepared = saved_queries.prepare_draft(
            session, actor=alice, data_source_id=query.data_source_id, sql="DELETE FROM sales", parameters=[], values={}
        )
    with pytest.raises(SourceError):
        saved_queries.run_preview(prepared)


def test_one_in_use_is_not_deleted_and_the_users_are_named(alice: Actor, query: SavedQueryResponse) -> None:
    board = make_dashboard(alice, saved_query_ids=[query.id])
    make_report(alice, saved_query_id=query.id, name="A")
    make_report(alice, dashboard_id=board.id, name="B")
    sentence = "used by the dashboard 'Shop at a glance' and the reports 'A' and 'B'"
    with session_scope() as session, pytest.raises(Conflict, match=sentence):
        saved_queries.delete_saved_query(session, actor=alice, saved_query_id=query.id)


def test_one_without_users_is_deleted(alice: Actor, query: SavedQueryResponse) -> None:
    with session_scope() as session:
        saved_queries.delete_saved_query(session, actor=alice, saved_query_id=query.id)
        assert saved_queries.list_saved_queries(session, actor=alice).total == 0
