"""The parts of a mail as they travel: bodies, pictures, files and the names of files."""

from __future__ import annotations

import re

import pytest

from core.mail.attachments import Attachment, FittedFiles
from core.mail.templates import DEFAULT_FILE_NAME, DEFAULT_SUBJECT, render_file_name, render_subject, sample_variables
from core.text import LONGEST_FILE_NAME, safe_file_name
from tests.mail.html_tree import Tree
from tests.mail.mails import send
from tests.mail.reports import make_files, report_mail


def test_parts_of_the_body_travel_as_text_and_pictures_as_binary():
    text, html, *others = [part for part in report_mail().walk() if not part.is_multipart()]
    for part, kind in ((text, "text/plain"), (html, "text/html")):
        assert (part.get_content_type(), part.get_content_charset()) == (kind, "utf-8")
        assert part["Content-Transfer-Encoding"] == "quoted-printable"
    for part in others:
        assert part["Content-Transfer-Encoding"] == "base64"
        kind = "inline" if part.get_content_maintype() == "image" else "attachment"
        assert part.get_content_disposition() == kind
    assert [part["Content-ID"] for part in others[:2]] == ["<chart-1-light>", "<chart-1-dark>"]


def file_of(size: int, *, name: str = "a.bin") -> FittedFiles:
    content = bytes(range(256)) * (size // 256)
    return FittedFiles((Attachment(name, "application/x-any", content, len(content)),))


def test_files_travel_in_lines_of_76_letters_and_a_third_larger(smtp_server):
    server = smtp_server()
    files = file_of(1_000_000)
    message = report_mail(files=files)
    send(server.account(), message=message)
    [mail] = server.received
    whole, without = len(mail.content), len(report_mail(files=FittedFiles()).as_bytes())
    assert (whole - without) / files.attached[0].size == pytest.approx(1.368, abs=0.003)
    body = mail.content.rpartition(b"Content-Disposition: attachment")[2].partition(b"\r\n\r\n")[2]
    lines = body.split(b"\r\n")
    assert {len(line) for line in lines[:10_000]} == {76}


def test_the_usual_file_name_sorts_by_day_and_is_plain():
    name = render_file_name(DEFAULT_FILE_NAME, sample_variables())
    assert re.fullmatch(r"[a-z0-9-]+_\d{4}-\d{2}-\d{2}", name)


@pytest.mark.parametrize("name", ["a" * 200 + ".xlsx", "\u65e5" * 200 + ".xlsx", "x" * 79 + ". .xlsx"])
def test_a_file_name_is_of_sane_length_and_keeps_its_ending(name):
    safe = safe_file_name(name)
    assert len(safe) <= LONGEST_FILE_NAME == 80
    assert safe.endswith(".xlsx")
    assert re.search(r"[. ]\.xlsx$", safe) is None


@pytest.mark.parametrize("letter", [*'\\/:*?"<>|', "\x00", "\x1f", "\x7f", "\r", "\n"])
def test_no_letter_of_a_file_name_is_one_that_a_system_refuses(letter):
    assert letter not in safe_file_name(f"a{letter}b.csv")


@pytest.mark.parametrize("name", ["...", " ", ".hidden.csv", "con.csv", "lpt1", "ends. "])
def test_a_file_name_begins_and_ends_with_what_every_system_takes(name):
    safe = safe_file_name(name)
    assert safe
    assert safe == safe.strip(". ")
    assert safe.partition(".")[0].lower() not in {"con", "lpt1"}


def test_letters_of_all_languages_come_back_from_a_file_name():
    message = report_mail(files=file_of(256, name="Abfl\u00fcge \u65e5.xlsx"))
    assert b"filename*=utf-8''Abfl%C3%BCge%20%E6%97%A5.xlsx" in message.as_bytes()


def test_sizes_in_the_list_are_those_of_the_files():
    tree = Tree(report_mail().get_body(("html",)).get_content())
    shown = [cell.text for cell in tree.find("td", align="right") if re.fullmatch(r"\d+ KB", cell.text)]
    assert shown == ["412 KB", "489 KB", "96 KB"]
    assert [file.size // 1000 for file in make_files()] == [412, 489, 96]


def test_the_text_keeps_its_lines_where_the_html_trims_them():
    text = report_mail().get_body(("plain",)).get_content()
    lines = text.splitlines()
    assert len(lines) > 35
    assert lines[0] == "Departures by airline"
    assert "ATTACHED" in lines
    rules = next(index for index, line in enumerate(lines) if re.fullmatch(r"-[- ]+-", line) and len(line) > 40)
    assert [len(line) <= len(lines[rules]) for line in lines[rules - 1 : rules + 11]] == [True] * 12


def test_the_usual_subject_is_short_and_has_the_date_in_it():
    values = sample_variables()
    subject = render_subject(DEFAULT_SUBJECT, values)
    assert values["period"]["label"] in subject
    assert len(subject) <= 60
