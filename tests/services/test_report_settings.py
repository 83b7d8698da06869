"""Tags and other settings of a report: stored as people mean them, found again, refused when they are nonsense."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from core.database import read_scope, session_scope
from core.errors import TemplateError
from core.schemas.accounts import Actor
from core.schemas.content import SavedQueryResponse
from core.schemas.scheduled_reports import ScheduledReportCreate, ScheduledReportUpdate
from core.services import failure_preview, mail_preview, mail_variables, scheduled_reports
from tests.factories import make_data_source, make_report, make_saved_query

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def query(alice: Actor, source_url: str) -> SavedQueryResponse:
    return make_saved_query(alice, data_source_id=make_data_source(alice, url=source_url).id)


def names(actor: Actor, **filters: Any) -> set[str]:
    with read_scope() as session:
        found = scheduled_reports.list_scheduled_reports(session, actor=actor, **filters)
        counts = scheduled_reports.count_scheduled_reports(session, actor=actor, **filters)
    assert counts.total == found.total
    return {item.name for item in found.items}


def draft(query: SavedQueryResponse, **changes: Any) -> ScheduledReportCreate:
    daily = {"type": "daily", "time": "07:00", "timezone": "UTC"}
    values = {"name": "Sales", "saved_query_id": query.id, "schedule_config": daily, "formats": ["csv"]}
    return ScheduledReportCreate.model_validate({"recipients": ["dana@example.test"], **values, **changes})


def prepared_of(actor: Actor, query: SavedQueryResponse, **changes: Any) -> mail_preview.PreparedPreview:
    with read_scope() as session:
        return mail_preview.prepare_mail_preview(session, actor=actor, data=draft(query, **changes))


def test_tags_are_small_letters_each_once_in_their_order(alice: Actor, query: SavedQueryResponse) -> None:
    report = make_report(alice, saved_query_id=query.id, tags=[" Finance", "weekly  numbers", "FINANCE", "Q/A"])
    assert report.tags == ["finance", "weekly numbers", "q/a"]


@pytest.mark.parametrize(
    "tags", [[""], ["a,b"], ['say "hi"'], ["-"], ["x" * 31], [str(n) for n in range(11)], ["a\nb%"]]
)
def test_nonsense_is_no_tag(query: SavedQueryResponse, tags: list[str]) -> None:
    with pytest.raises(ValidationError):
        draft(query, tags=tags)


def test_the_list_shows_what_carries_a_tag(alice: Actor, query: SavedQueryResponse) -> None:
    make_report(alice, saved_query_id=query.id, name="One", tags=["finance", "\u00fcbersicht"])
    make_report(alice, saved_query_id=query.id, name="Two", tags=["finance team"])
    make_report(alice, saved_query_id=query.id, name="Three")
    assert names(alice, tag="Finance") == {"One"}
    assert names(alice, tag="\u00dcBERSICHT") == {"One"}
    assert names(alice, tag="finance team") == {"Two"}
    assert names(alice, tag="finance", search="two") == set()
    assert names(alice, tag='%", "') == set()
    assert names(alice) == {"One", "Two", "Three"}


def test_the_tags_to_choose_from_are_those_that_one_may_see(
    alice: Actor, bob: Actor, query: SavedQueryResponse
) -> None:
    make_report(alice, saved_query_id=query.id, tags=["weekly", "finance"])
    make_report(alice, saved_query_id=query.id, tags=["finance"])
    with read_scope() as session:
        assert scheduled_reports.list_tags(session, actor=alice) == ["finance", "weekly"]
        assert scheduled_reports.list_tags(session, actor=bob) == []


def test_each_setting_is_changed_alone_and_can_go_back(alice: Actor, query: SavedQueryResponse) -> None:
    report = make_report(alice, saved_query_id=query.id)
    assert (report.tags, report.keep_thread, report.dark_chart, report.link_days) == ([], False, True, None)
    changes: list[dict[str, Any]] = [
        {"tags": ["sales"]},
        {"keep_thread": True, "dark_chart": False},
        {"link_days": 30, "failure_subject": "Oh no", "failure_body": "{{ error.detail }}"},
        {"tags": [], "link_days": None, "failure_subject": None, "failure_body": ""},
    ]
    for change in changes:
        with session_scope() as session:
            data = ScheduledReportUpdate.model_validate(change)
            report = scheduled_reports.update_scheduled_report(session, actor=alice, report_id=report.id, data=data)
        for name, value in change.items():
            assert getattr(report, name) == (value or None if name == "failure_body" else value)
    assert (report.keep_thread, report.dark_chart) == (True, False)


@pytest.mark.parametrize("days", [0, 91, -1, "7", 1.5, True])
def test_links_live_1_to_90_days(query: SavedQueryResponse, days: Any) -> None:
    with pytest.raises(ValidationError):
        draft(query, link_days=days)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"failure_body": "{{ rows }} rows"}, "no data: `rows`"),
        ({"failure_subject": "{{ error.detial }}"}, "`error.detail`"),
        ({"failure_subject": "{% if %}"}, "mistake in line 1"),
        ({"email_body": "{{ error.title }}"}, "failure notice only"),
    ],
)
def test_words_that_cannot_work_are_refused_with_their_field(
    alice: Actor, query: SavedQueryResponse, change: dict[str, str], reason: str
) -> None:
    with pytest.raises(TemplateError, match=reason) as refused:
        make_report(alice, saved_query_id=query.id, **change)
    assert refused.value.field in change
    report = make_report(alice, saved_query_id=query.id)
    data = ScheduledReportUpdate.model_validate(change)
    with session_scope() as session, pytest.raises(TemplateError, match=reason):
        scheduled_reports.update_scheduled_report(session, actor=alice, report_id=report.id, data=data)


def test_the_failure_notice_is_previewed_without_running_anything(alice: Actor, query: SavedQueryResponse) -> None:
    usual = failure_preview.preview_failure(prepared_of(alice, query))
    assert usual.subject.startswith("Sales did not arrive \u00b7 ")
    assert "The next run is planned for" in usual.text
    own = failure_preview.preview_failure(
        prepared_of(
            alice, query, failure_subject="{{ report.name }} is late", failure_body="See **{{ error.detail }}**"
        )
    )
    assert own.subject == "Sales is late"
    assert "<strong>The database did not answer" in own.html


def test_the_picker_of_a_failure_offers_what_a_failure_has(alice: Actor, query: SavedQueryResponse) -> None:
    prepared = prepared_of(alice, query, tags=["sales", "weekly"])
    offered = {line.name: line.value for line in mail_variables.live_variables(prepared, None, "failure_body")}
    assert offered["error.title"] == "Sales did not arrive"
    assert offered["failures_in_row"] == "1"
    assert offered["next_try"].endswith("07:00")
    assert offered["report.tags"] == "sales, weekly"
    assert not {"rows", "kpis", "first.COL"} & offered.keys()
    usual = {line.name for line in mail_variables.live_variables(prepared, None, "body")}
    assert "report.tags" in usual
    assert "error.title" not in usual
