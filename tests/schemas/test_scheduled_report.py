"""What a scheduled report may be: each refusal is one sentence that names the field and the fix."""

from __future__ import annotations

from uuid import uuid4

import pytest
from pydantic import ValidationError

from core.schemas.refusals import first_error
from core.schemas.scheduled_reports import ScheduledReportCreate

QUERY = str(uuid4())
DAILY = {"type": "daily", "time": "07:00"}


def fields(**changes):
    values = {
        "name": "Daily sales",
        "saved_query_id": QUERY,
        "schedule_config": DAILY,
        "recipients": ["dana@example.com"],
        "formats": ["excel"],
    }
    return values | changes


def refusal(**changes) -> str:
    with pytest.raises(ValidationError) as caught:
        ScheduledReportCreate.model_validate(fields(**changes))
    return first_error(caught.value).message


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, ["name"]),
        ({"name": "two\nlines"}, ["name", "one line"]),
        ({"saved_query_id": None}, ["a dashboard or a saved query", "exactly one"]),
        ({"dashboard_id": QUERY}, ["a dashboard or a saved query", "exactly one"]),
        ({"recipients": []}, ["recipients", "at least one"]),
        ({"recipients": ["nobody"]}, ["recipients", "'nobody' is not a valid e-mail address"]),
        ({"recipients": ["a@b.com\nBcc: x@y.com"]}, ["recipients", "not a valid e-mail address"]),
        ({"recipients": ["j\u00f6rg@example.com"]}, ["recipients", "not a valid e-mail address"]),
        ({"cc": ["DANA@example.com"]}, ["more than one", "keep one"]),
        ({"formats": []}, ["formats"]),
        ({"formats": ["exel"]}, ["unknown format 'exel'", "excel, csv, pdf or html", "Did you mean 'excel'?"]),
        ({"schedule_config": {"type": "yearly", "time": "07:00"}}, ["schedule_config.type", "'daily'"]),
        ({"schedule_config": {"type": "daily", "time": "7:00"}}, ["'7:00' is not a time", "HH:MM"]),
        ({"schedule_config": {"type": "daily", "time": "24:00"}}, ["'24:00' is not a time"]),
        ({"schedule_config": {"type": "weekly", "time": "07:00"}}, ["needs day_of_week", "0 (Monday)"]),
        ({"schedule_config": {"type": "weekly", "time": "07:00", "day_of_week": 7}}, ["day_of_week", "6"]),
        ({"schedule_config": {"type": "monthly", "time": "07:00"}}, ["needs day_of_month", "'last'"]),
        ({"schedule_config": {"type": "monthly", "time": "07:00", "day_of_month": 32}}, ["day_of_month", "31"]),
        ({"schedule_config": DAILY | {"day_of_week": 1}}, ["daily schedule has no day of the week"]),
        ({"schedule_config": DAILY | {"day_of_month": 1}}, ["daily schedule has no day of the month"]),
        ({"schedule_config": DAILY | {"timezone": "Berlin"}}, ["no time zone 'Berlin'", "Europe/Berlin"]),
        ({"schedule_config": DAILY | {"minute": 5}}, ["schedule_config.minute", "no such field"]),
        ({"colour": "red"}, ["colour", "no such field"]),
    ],
)
def test_a_refusal_names_the_field_and_the_fix(changes, words):
    message = refusal(**changes)
    assert all(word in message for word in words), message
    assert message.endswith((".", "?"))
    assert "\n" not in message


def test_the_plans_example_is_accepted():
    report = ScheduledReportCreate.model_validate(
        {
            "name": "Daily Sales Report",
            "description": "Sales summary sent every morning",
            "saved_query_id": QUERY,
            "schedule_config": {"type": "daily", "time": "08:00"},
            "recipients": ["manager@company.com", "sales@company.com"],
            "formats": ["excel", "pdf"],
            "email_subject": "Daily Sales Report - {{date}}",
            "email_body": "Please find attached today's sales report.",
            "is_active": True,
        }
    )
    assert report.schedule_config.timezone == "UTC"
    assert report.is_active


@pytest.mark.parametrize("address", ["boss@mail", "a@printer.local", "b@corp.internal", "c@shop.test"])
def test_internal_domains_are_valid_addresses(address):
    assert ScheduledReportCreate.model_validate(fields(recipients=[address])).recipients == [address]


def test_an_address_that_stands_twice_is_taken_once():
    report = ScheduledReportCreate.model_validate(fields(recipients=["a@x.com", "A@X.com", "b@x.com"]))
    assert len(report.recipients) == 2


@pytest.mark.parametrize("day", [1, 31, "last"])
def test_the_days_of_a_month_are_numbers_or_last(day):
    config = {"type": "monthly", "time": "07:00", "day_of_month": day}
    assert ScheduledReportCreate.model_validate(fields(schedule_config=config)).schedule_config.day_of_month == day


@pytest.mark.usefixtures("settings")
def test_more_recipients_than_allowed_are_refused_naming_the_setting():
    message = refusal(recipients=[f"reader{number}@example.com" for number in range(51)])
    assert "50" in message
    assert "ROOSTER_MAX_RECIPIENTS" in message
