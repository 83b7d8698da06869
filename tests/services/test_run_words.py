"""The words and the file names of real runs: from templates, over the data, compared with the run before."""

from __future__ import annotations

import email
import sqlite3
import uuid
from email import policy
from pathlib import Path
from typing import Any

import pytest

from core.database import read_scope, session_scope
from core.errors import TemplateError
from core.models import GeneratedFile, ReportExecution
from core.schemas.accounts import Actor
from core.schemas.scheduled_reports import ScheduledReportCreate, ScheduledReportUpdate
from core.services import mail_preview, run_words, scheduled_reports, storage
from core.services.run_words import full_name
from tests.factories import make_email_config
from tests.ledger import house


def run(actor: Actor, report_id: uuid.UUID) -> tuple[list[str], Any]:
    """The names of the files and the first mail of a new run."""
    run_id = house.queue_run(actor, report_id)
    house.InlineChild(run_id, house.claim(run_id).fence)
    with session_scope() as session:
        row = session.get_one(ReportExecution, run_id)
        assert row.status == "delivering", row.error_message
        row.status = "success"
        names = [file.name for file in session.query(GeneratedFile).filter_by(execution_id=run_id)]
    letter = next(Path(storage.execution_folder(report_id, run_id)).glob("*.eml"))
    return names, email.message_from_bytes(letter.read_bytes(), policy=policy.default)


def change(actor: Actor, report_id: uuid.UUID, **fields: Any) -> None:
    with session_scope() as session:
        data = ScheduledReportUpdate.model_validate(fields)
        scheduled_reports.update_scheduled_report(session, actor=actor, report_id=report_id, data=data)


@pytest.fixture
def report_id(alice: Actor, source_url: str) -> uuid.UUID:
    make_email_config(alice)
    return house.add_report(
        alice,
        source_url,
        email_subject='{{ rows }} rows, {{ sum("units") }} units, {{ rows_delta|default("first") }}, {{ changed }}',
        email_body="First: {{ first.region }}\n\n{{ table(2) }}",
        format_options={"file_name": "Sales {{ rows }}/{{ period.start }}"},
        formats=["csv", "excel"],
    )


def test_a_run_fills_in_totals_over_all_rows_and_names_its_files(alice: Actor, report_id: uuid.UUID) -> None:
    names, mail = run(alice, report_id)
    assert mail["Subject"].startswith("100 rows, ")
    assert mail["Subject"].endswith(", first, True")
    stem = names[0].rpartition(".")[0]
    assert stem.startswith("Sales 100_2")
    assert sorted(names) == [f"{stem}.csv", f"{stem}.xlsx"]
    text = mail.get_body(("plain",)).get_content()
    assert "First: " in text
    assert "Showing 2 of 100 rows" in text


def test_the_next_run_knows_how_much_has_changed(alice: Actor, report_id: uuid.UUID, source_url: str) -> None:
    run(alice, report_id)
    _names, same = run(alice, report_id)
    assert same["Subject"].endswith(", 0, False")
    with sqlite3.connect(source_url.removeprefix("sqlite:///")) as shop:
        shop.execute("INSERT INTO sales SELECT * FROM sales LIMIT 5")
    _names, more = run(alice, report_id)
    assert more["Subject"].endswith(", +5, True")


def test_after_a_run_a_wrong_column_is_refused_until_the_query_changes(alice: Actor, report_id: uuid.UUID) -> None:
    change(alice, report_id, email_subject='{{ sum("unitz") }}')
    change(alice, report_id, email_subject=None)
    run(alice, report_id)
    with pytest.raises(TemplateError, match="There is no column `unitz`. Did you mean `units`?"):
        change(alice, report_id, email_subject='{{ sum("unitz") }}')
    with pytest.raises(TemplateError, match="Did you mean `first.region`?"):
        change(alice, report_id, format_options={"file_name": "{{ first.regoin }}"})
    with session_scope() as session:
        report = session.get_one(house.ScheduledReport, report_id)
        assert report.saved_query is not None
        report.saved_query.sql = "SELECT units AS unitz FROM sales"
    change(alice, report_id, email_subject='{{ sum("unitz") }}')


@pytest.mark.parametrize(
    ("template", "refusal"),
    [
        ("{{ recipient.email }}", "The files are the same for everybody"),
        ("{{ table(3) }}", "belongs into the text"),
        ("{{ dat }}", "Did you mean `date`?"),
        ("{% for x in 'ab' %}{{ x }}{% endfor %}", "loops in the body only"),
        ("{{ '' }}", "The file name is empty."),
    ],
)
def test_a_name_is_checked_as_a_subject_is(alice: Actor, report_id: uuid.UUID, template: str, refusal: str) -> None:
    with pytest.raises(TemplateError) as caught:
        change(alice, report_id, format_options={"file_name": template})
    assert refusal in caught.value.message


def test_an_empty_name_means_the_default(alice: Actor, report_id: uuid.UUID) -> None:
    change(alice, report_id, format_options={"file_name": ""})
    names, _mail = run(alice, report_id)
    assert names[0].startswith("daily-sales_20")


@pytest.mark.parametrize(
    ("stem", "ending", "name"),
    [
        ("../../etc/passwd", ".csv", "_.._etc_passwd.csv"),
        ("CON", ".csv", "_CON.csv"),
        ("a\r\nb\u202e", ".csv", "ab.csv"),
        ("sales. ", ".xlsx", "sales.xlsx"),
        ("x" * 500, "_north.csv", "x" * 70 + "_north.csv"),
        ("v1.2 of sales", ".pdf", "v1.2 of sales.pdf"),
    ],
)
def test_whatever_a_template_says_the_name_is_safe_and_keeps_its_ending(stem: str, ending: str, name: str) -> None:
    assert full_name(stem, ending) == name


def test_a_name_stands_once_in_a_mail_whatever_its_case() -> None:
    taken: set[str] = set()
    names = [run_words._free("Sales", ending, taken) for ending in ("_A.csv", "_a.csv", "_a.csv")]
    assert names == ["Sales_A.csv", "Sales-2_a.csv", "Sales-3_a.csv"]


def test_a_preview_of_a_saved_report_is_compared_with_its_last_run(alice: Actor, report_id: uuid.UUID) -> None:
    run(alice, report_id)
    with read_scope() as session:
        saved = scheduled_reports.get_scheduled_report(session, actor=alice, report_id=report_id)
        fields = {name: getattr(saved, name) for name in ScheduledReportCreate.model_fields}
        data = ScheduledReportCreate.model_validate(fields | {"email_subject": "{{ rows_delta }} {{ run.number }}"})
        prepared = mail_preview.prepare_mail_preview(session, actor=alice, data=data, report_id=report_id)
    assert mail_preview.run_mail_preview(prepared).subject == "0 2"
