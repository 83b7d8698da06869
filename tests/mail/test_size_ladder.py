"""Files that are too large for a mail: attached, zipped, linked from the largest on; the mail says which and why."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.mail.attachments import Attachment, FittedFiles, budget_for, fit, with_links
from core.mail.zipping import zip_within
from tests.mail.reports import make_document, make_files, report_mail

UNTIL = "the end of 1 Jul 2013 (America/New_York)"
MB = 1_000_000


def names(files):
    return [file.name.rpartition(".")[2] for file in files]


def zipper(size):
    """Zips any CSV into `size` bytes."""

    def zipped(file, most):
        small = Attachment(file.name[:-4] + ".zip", "application/zip", b"PK", size, "csv", unzipped=file.size)
        return small if size <= most else None

    return zipped


def table(name, size):
    return Attachment(f"{name}.csv", "text/csv; charset=utf-8", b"a", size, "csv")


def linked(files):
    return with_links(files, lambda file: f"https://reports.example.com/d/{file.format}", until=UNTIL)


def both_bodies(message):
    """The two faces of a mail, each as one line."""
    return [" ".join(message.get_body((kind,)).get_content().split()) for kind in ("plain", "html")]


@pytest.mark.parametrize(
    ("budget", "attached", "left"),
    [
        (997_000, ["xlsx", "csv", "pdf"], []),  # all of it, to the byte
        (996_999, ["xlsx", "zip", "pdf"], []),  # zipped, the CSV lets the rest go along
        (600_000, ["xlsx", "zip", "pdf"], []),
        (590_000, ["xlsx", "pdf"], ["csv"]),  # not even zipped: the largest goes first
        (500_000, ["pdf"], ["xlsx", "csv"]),
        (95_999, [], ["xlsx", "csv", "pdf"]),
        (0, [], ["xlsx", "csv", "pdf"]),
    ],
)
def test_each_rung_is_taken_only_when_the_one_before_does_not_do(budget, attached, left):
    fitted = fit(make_files(), budget=budget, zipper=zipper(90_000))
    assert names(fitted.attached) == attached
    assert names(fitted.linked) == left


def test_no_more_tables_are_zipped_than_it_takes():
    files = [table("small", 10_000), table("large", 900_000), table("middle", 100_000)]
    fitted = fit(files, budget=200_000, zipper=zipper(50_000))
    assert [file.name for file in fitted.attached] == ["small.csv", "large.zip", "middle.csv"]


def test_a_file_that_is_no_plain_table_is_never_zipped():
    asked = []
    fit(make_files(excel=32 * MB), budget=MB, zipper=lambda file, _most: asked.append(file.name))
    packed = Attachment("a.zip", "application/zip", b"PK", 40 * MB, "csv")
    assert names(fit([packed], budget=MB, zipper=lambda file, _most: asked.append(file.name)).linked) == ["zip"]
    assert asked == []


def test_the_budget_is_what_base64_leaves_of_the_smallest_limit():
    assert budget_for(None) == 14 * 1024 * 1024
    assert budget_for(None, most=5 * MB) == 5 * MB
    assert budget_for(100 * MB, most=5 * MB) == 5 * MB
    twenty = budget_for(20 * MB)
    assert twenty == pytest.approx((20 * MB - 400_000) / 1.368, abs=1)
    assert budget_for(20 * MB, pictures=300_000) == twenty - 300_000
    assert budget_for(300_000) == 0


def test_what_the_budget_lets_through_is_within_the_limit_as_it_travels():
    limit = 2 * MB
    content = bytes(range(256)) * (budget_for(limit) // 256)
    files = fit([Attachment("a.bin", "application/x-any", content, len(content))], budget=budget_for(limit))
    size = len(report_mail(files=files).as_bytes())
    assert names(files.attached) == ["bin"]
    assert limit * 0.85 < size <= limit


def test_the_mail_says_at_its_head_what_is_linked_why_and_until_when():
    files = linked(fit(make_files(excel=38 * MB), budget=14 * MB))
    message = report_mail(files=files)
    said = (
        "The Excel file (38 MB) is too large for e-mail (together at most 14 MB), so it is a link here. "
        f"It works until {UNTIL} and needs no sign-in: pass it on with care."
    )
    for body in both_bodies(message):
        assert said in body
        assert body.index(said) < body.index("United Air Lines")
        assert "https://reports.example.com/d/excel" in body
        assert "https://reports.example.com/d/pdf" not in body
    assert [part.get_filename().rpartition(".")[2] for part in message.iter_attachments()] == ["csv", "pdf"]


def test_the_line_about_all_rows_names_what_is_really_attached_or_linked():
    mixed = linked(fit(make_files(excel=38 * MB), budget=14 * MB))
    zipped = fit(make_files(), budget=600_000, zipper=zipper(90_000))
    every = linked(fit(make_files(), budget=0))
    said = (
        (mixed, "Excel (linked) and CSV (attached)"),
        (zipped, "Excel (attached) and CSV (zipped)"),
        (every, "linked Excel and CSV"),
        (None, ""),
    )
    for files, words in said:
        expected = f"All 6,680 rows are in the {words} files." if words else "All rows are in the full report."
        for body in both_bodies(report_mail(files=files)):
            assert expected in body


def test_a_mail_does_not_claim_that_a_cut_file_holds_every_row():
    cut = Attachment("report.html", "text/html", b"<p>", 5 * MB, "html", is_whole=False)
    whole = replace(cut, is_whole=True)
    for file, expected in (
        (cut, "No file here holds all 6,680 rows; Excel or CSV would."),
        (whole, "All 6,680 rows are in the HTML file."),
    ):
        for body in both_bodies(report_mail(files=FittedFiles((file,)))):
            assert expected in body


def test_several_links_are_spoken_of_as_several():
    files = linked(fit(make_files(), budget=0))
    [text, _] = both_bodies(report_mail(files=files))
    assert "The Excel, CSV and PDF files (412 KB, 489 KB and 96 KB) are too large for e-mail, so they are links" in text
    assert f"They work until {UNTIL} and need no sign-in" in text


def test_a_zipped_table_says_that_it_is_zipped_and_why():
    files = fit(make_files(), budget=600_000, zipper=zipper(90_000))
    for body in both_bodies(report_mail(files=files)):
        assert "The CSV file is attached zipped: 489 KB would be too large for e-mail (all files together" in body


def test_a_mail_whose_files_fit_says_nothing_of_sizes():
    for body in both_bodies(report_mail(make_document())):
        assert "too large" not in body


def test_a_zip_holds_the_very_bytes_and_ends_at_its_limit(tmp_path):
    source, target = tmp_path / "1-csv.csv", tmp_path / "1-mail-1.zip"
    source.write_bytes(b"day,amount\r\n" * 200_000)
    at = datetime(2013, 6, 24, 7, 0, 2, tzinfo=UTC)
    size = zip_within(source, target, name="\u00dcbersicht.csv", most=MB, at=at)
    assert size == target.stat().st_size < 100_000
    with zipfile.ZipFile(target) as archive:
        [entry] = archive.infolist()
        assert (entry.filename, entry.date_time) == ("\u00dcbersicht.csv", (2013, 6, 24, 7, 0, 2))
        assert archive.read(entry) == source.read_bytes()
    assert zip_within(source, target, name="a.csv", most=size - 100, at=at) is None
    assert not target.exists()
