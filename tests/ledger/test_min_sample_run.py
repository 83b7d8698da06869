"""The minimum sample of a query, from the database to the mail and the files."""

from __future__ import annotations

import pytest
from pypdf import PdfReader

from core.database import read_scope, session_scope
from core.models import GeneratedFile
from core.schemas.content import SavedQueryUpdate
from core.services import mailer, saved_queries, storage
from core.services.supervisor import supervise
from tests.ledger import house

pytestmark = pytest.mark.usefixtures("database")
SALES = "SELECT region, sum(units) AS units, avg(amount) AS avg_amount FROM sales GROUP BY region ORDER BY region"


@pytest.fixture
def server(alice, smtp_server):
    running = smtp_server()
    house.add_account(alice, port=running.port)
    return running


def run(alice, url, least):
    report_id = house.add_report(alice, url, sql=SALES, formats=["pdf", "html", "csv"])
    query_id = house.report(report_id).saved_query_id
    look = {"min_sample": {"column": "units", "least": least}}
    with session_scope() as session:
        data = SavedQueryUpdate.model_validate({"presentation": look})
        saved_queries.update_saved_query(session, actor=alice, saved_query_id=query_id, data=data)
    execution_id = house.queue_run(alice, report_id)
    supervise(house.claim(execution_id), house.InlineChild)
    mailer.deliver(execution_id)
    return execution_id


def file_of(execution_id, kind):
    with read_scope() as session:
        row = session.query(GeneratedFile).filter_by(execution_id=execution_id, format=kind).one()
        return storage.resolve(row.path)


def test_mail_and_files_say_which_rows_are_grey(alice, source_url, server):
    execution_id = run(alice, source_url, 1_000_000)
    text = " ".join(server.received[0].message.get_body(("plain",)).get_content().split())
    said = "Rows with fewer than 1,000,000 units are grey"
    assert f"{said}." in text
    assert said in PdfReader(file_of(execution_id, "pdf")).pages[0].extract_text()
    assert said in file_of(execution_id, "html").read_text("utf-8")
    assert "grey" not in file_of(execution_id, "csv").read_text("utf-8")


def test_where_every_row_is_large_enough_nobody_says_anything(alice, source_url, server):
    execution_id = run(alice, source_url, 1)
    assert "are grey" not in server.received[0].message.get_body(("plain",)).get_content()
    assert "are grey" not in file_of(execution_id, "html").read_text("utf-8")
