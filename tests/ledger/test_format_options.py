"""The options of the files, from the report through the run into the mail."""

from __future__ import annotations

import gzip
import io
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest

from core.database import session_scope
from core.models import GeneratedFile
from core.services import mailer
from core.services.supervisor import supervise
from tests.ledger import house

pytestmark = pytest.mark.usefixtures("database")
SQL = "SELECT 'Łódź' AS town, 1.5 AS amount, 40 AS orders UNION ALL SELECT 'Köln', 2.25, 2"


@pytest.fixture
def server(smtp_server, alice):
    running = smtp_server()
    house.add_account(alice, port=running.port)
    return running


def mail_of(server, alice, source_url, **options: Any):
    """The one mail of a run, and the rows of its files."""
    report_id = house.add_report(alice, source_url, sql=SQL, formats=list(options), format_options=options)
    execution_id = house.queue_run(alice, report_id)
    supervise(house.claim(execution_id), house.InlineChild)
    mailer.deliver(execution_id)
    assert house.execution(execution_id).status == "success"
    with session_scope() as session:
        rows = session.query(GeneratedFile).filter_by(execution_id=execution_id).all()
        session.expunge_all()
    return server.received[0].message, rows


def text_of(message) -> str:
    return " ".join(message.get_body(("plain",)).get_content().split())


def test_a_zip_is_attached_under_its_own_name_and_kind(alice, source_url, server):
    message, (row,) = mail_of(server, alice, source_url, csv={"preset": "excel-europe", "compression": "zip"})
    (attachment,) = message.iter_attachments()
    assert (attachment.get_content_type(), row.media_type) == ("application/zip", "application/zip")
    assert attachment.get_filename() == row.name
    assert row.name.endswith(".zip")
    with ZipFile(io.BytesIO(attachment.get_payload(decode=True))) as archive:
        (name,) = archive.namelist()
        assert name.endswith(".csv")
        assert archive.read(name).decode("utf-8-sig") == "town;amount;orders\r\nŁódź;1,5;40\r\nKöln;2,25;2\r\n"


def test_gzip_keeps_both_endings(alice, source_url, server):
    message, (row,) = mail_of(server, alice, source_url, csv={"compression": "gzip"})
    (attachment,) = message.iter_attachments()
    assert (row.name[-7:], attachment.get_filename()[-7:], row.media_type) == (".csv.gz", ".csv.gz", "application/gzip")
    assert gzip.decompress(attachment.get_payload(decode=True)).startswith(b"\xef\xbb\xbftown,")


def test_the_mail_says_what_an_encoding_lost(alice, source_url, server):
    message, _rows = mail_of(server, alice, source_url, csv={"encoding": "cp1252"})
    (attachment,) = message.iter_attachments()
    assert attachment.get_payload(decode=True).splitlines()[1] == b"?\xf3d?,1.5,40"
    said = "2 characters that Windows-1252 does not have became question marks in the CSV file."
    assert said in text_of(message)


def test_the_workbook_has_its_highlights_unless_they_are_switched_off(alice, source_url, server):
    message, _rows = mail_of(server, alice, source_url, excel={"highlights": False})
    (attachment,) = message.iter_attachments()
    book = openpyxl.load_workbook(io.BytesIO(attachment.get_payload(decode=True)))
    assert list(book.worksheets[1].conditional_formatting) == []
