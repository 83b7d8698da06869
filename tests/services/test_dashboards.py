"""Dashboards on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from core.database import read_scope, session_scope
from core.errors import Conflict, InvalidInput, NotFound
from core.models import DashboardTile
from core.schemas.accounts import Actor
from core.schemas.content import DashboardResponse, DashboardUpdate, TileInput
from core.services import audit, dashboards
from tests.factories import make_dashboard, make_data_source, make_report, make_saved_query

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def board(alice: Actor, source_url: str) -> DashboardResponse:
    source = make_data_source(alice, url=source_url)
    first = make_saved_query(alice, data_source_id=source.id, name="First")
    second = make_saved_query(alice, data_source_id=source.id, name="Second")
    return make_dashboard(alice, saved_query_ids=[second.id, first.id])


def test_tiles_keep_their_order(alice: Actor, board: DashboardResponse) -> None:
    with read_scope() as session:
        found = dashboards.get_dashboard(session, actor=alice, dashboard_id=board.id)
    assert [tile.saved_query_name for tile in found.tiles] == ["Second", "First"]


def test_new_tiles_replace_the_old_ones(alice: Actor, board: DashboardResponse) -> None:
    tile = TileInput(
        saved_query_id=board.tiles[0].saved_query_id,
        title="Since March",
        chart="bar",
        x="region",
        y="amount",
        parameters={"since": "2026-03-01"},
    )
    with session_scope() as session:
        changed = dashboards.update_dashboard(
            session, actor=alice, dashboard_id=board.id, data=DashboardUpdate(tiles=[tile])
        )
        assert session.scalar(select(func.count()).select_from(DashboardTile)) == 1
        actions = [entry.action for entry in audit.list_entries(session, actor=alice, object_id=board.id).items]
    assert (changed.name, changed.tiles[0].title, changed.tiles[0].chart) == (board.name, "Since March", "bar")
    assert sorted(actions) == ["create", "update"]


def test_a_tile_refuses_values_that_its_query_does_not_know(alice: Actor, board: DashboardResponse) -> None:
    query_id = board.tiles[0].saved_query_id
    with pytest.raises(InvalidInput, match="There is no parameter 'sinse'. Did you mean 'since'"):
        make_dashboard(
            alice, saved_query_ids=[], tiles=[{"saved_query_id": query_id, "parameters": {"sinse": "today"}}]
        )


def test_charlie_sees_nothing(charlie: Actor, board: DashboardResponse) -> None:
    with session_scope() as session:
        assert dashboards.list_dashboards(session, actor=charlie).total == 0
        for call in (
            lambda: dashboards.get_dashboard(session, actor=charlie, dashboard_id=board.id),
            lambda: dashboards.update_dashboard(
                session, actor=charlie, dashboard_id=board.id, data=DashboardUpdate(name="Mine")
            ),
            lambda: dashboards.delete_dashboard(session, actor=charlie, dashboard_id=board.id),
        ):
            with pytest.raises(NotFound, match=r"^There is no such dashboard\.$"):
                call()


def test_somebody_elses_query_cannot_be_a_tile(charlie: Actor, board: DashboardResponse) -> None:
    with pytest.raises(NotFound, match=r"^There is no such saved query\.$"):
        make_dashboard(charlie, saved_query_ids=[board.tiles[0].saved_query_id])


def test_one_that_is_sent_is_not_deleted(alice: Actor, board: DashboardResponse) -> None:
    make_report(alice, dashboard_id=board.id)
    with session_scope() as session, pytest.raises(Conflict, match="used by the report 'Daily sales'"):
        dashboards.delete_dashboard(session, actor=alice, dashboard_id=board.id)


def test_one_that_is_not_sent_is_deleted_with_its_tiles(alice: Actor, board: DashboardResponse) -> None:
    with session_scope() as session:
        dashboards.delete_dashboard(session, actor=alice, dashboard_id=board.id)
    with read_scope() as session:
        assert dashboards.list_dashboards(session, actor=alice, search="glance").total == 0
        assert session.scalar(select(func.count()).select_from(DashboardTile)) == 0
