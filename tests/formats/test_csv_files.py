"""One file per section, and files that are there whole or not at all."""

from __future__ import annotations

import gzip
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from core.document.model import ReportDocument, Section
from core.errors import InvalidInput, RenderError
from core.formats.csv import FORMAT
from tests.formats.edge_tables import report_head, section_head, write_report, write_table

TABLE = pa.record_batch({"carrier": pa.array(["ÖBB", None]), "delay": pa.array([14.75, -2.5])})


def with_options(**options: Any) -> dict[str, Any]:
    return {"head": report_head(format_options={"csv": options})}


def section(title: str, **changes: Any) -> Section:
    return Section(section_head(TABLE, title=title), row_count=2, **changes)


def test_a_report_of_one_section_gives_one_file(tmp_path: Path) -> None:
    (file,) = write_report(FORMAT, tmp_path, [(section("Flights"), [TABLE.slice(0, 1), TABLE.slice(1)])])
    assert file.path == tmp_path / "1-file.csv"
    assert (file.part, file.suffix, file.extension, file.media_type) == (1, "", "csv", "text/csv")
    assert (file.rows_written, file.rows_total) == (2, 2)
    assert file.path.read_bytes().decode("utf-8-sig") == "carrier,delay\r\nÖBB,14.75\r\n,-2.5\r\n"


def test_a_dashboard_gives_a_file_per_tile_and_none_for_a_failed_one(tmp_path: Path) -> None:
    failed = "The database did not answer."
    files = write_report(
        FORMAT,
        tmp_path,
        [
            (section("Never began", error=failed), []),
            (section("Broke off", error=failed), [TABLE]),
            (section("Worst routes"), [TABLE]),
            (section("Worst: routes"), [TABLE]),
        ],
    )
    assert [(file.path.name, file.part, file.suffix) for file in files] == [
        ("1-file.csv", 1, "worst-routes"),
        ("1-file-2.csv", 2, "worst-routes-2"),
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1-file-2.csv", "1-file.csv"]


def test_no_rows_give_a_header(tmp_path: Path) -> None:
    (file,) = write_report(FORMAT, tmp_path, [(replace(section("Flights"), row_count=0), [])])
    assert file.path.read_bytes() == b"\xef\xbb\xbfcarrier,delay\r\n"


def test_hidden_columns_are_left_out_and_labels_may_be_the_header(tmp_path: Path) -> None:
    head = section("Flights").head
    carrier, delay = head.columns
    columns = (replace(carrier, hidden=True), replace(delay, label="Avg delay", unit="min"))
    made = Section(replace(head, columns=columns), row_count=2)
    (named,) = write_report(FORMAT, tmp_path, [(made, [TABLE])])
    assert named.path.read_text("utf-8-sig").splitlines() == ["delay", "14.75", "-2.5"]
    (labelled,) = write_report(FORMAT, tmp_path, [(made, [TABLE])], **with_options(header="labels"))
    assert labelled.path.read_text("utf-8-sig").splitlines()[0] == "Avg delay (min)"


def test_the_european_spelling_has_semicolons_and_decimal_commas(tmp_path: Path) -> None:
    table = pa.record_batch({"text": pa.array(["1.5", "a;b"]), "x": pa.array([1.5, -2.25]), "n": pa.array([1, 2])})
    path = write_table(FORMAT, tmp_path, table, **with_options(delimiter=";", decimal=",", encoding="cp1252"))
    assert path.read_bytes() == b'text;x;n\r\n1.5;1,5;1\r\n"a;b";-2,25;2\r\n'


@pytest.mark.parametrize(
    ("encoding", "start"),
    [("utf-8", b"car"), ("utf-8-sig", b"\xef\xbb\xbf"), ("utf-16-le", b"\xff\xfe"), ("cp1252", b"car")],
)
def test_the_encoding_can_be_chosen(tmp_path: Path, encoding: str, start: bytes) -> None:
    path = write_table(FORMAT, tmp_path, TABLE, **with_options(encoding=encoding))
    assert path.read_bytes().startswith(start)
    assert path.read_bytes().decode(encoding).lstrip("\ufeff").splitlines()[1] == "ÖBB,14.75"


def test_characters_that_an_encoding_lacks_become_question_marks(tmp_path: Path) -> None:
    table = pa.record_batch({"text": pa.array(["Łódź \U0001f600"])})
    path = write_table(FORMAT, tmp_path, table, **with_options(encoding="cp1252"))
    assert path.read_bytes() == b"text\r\n?\xf3d? ?\r\n"


@pytest.mark.parametrize("delimiter", ["\t", "|"])
def test_other_delimiters_quote_only_themselves(tmp_path: Path, delimiter: str) -> None:
    table = pa.record_batch({"a": pa.array([f"x{delimiter}y", "x,y"]), "b": pa.array([1, 2])})
    path = write_table(FORMAT, tmp_path, table, **with_options(delimiter=delimiter, encoding="utf-8", header=False))
    assert path.read_bytes().decode() == f'"x{delimiter}y"{delimiter}1\r\nx,y{delimiter}2\r\n'


def test_a_word_for_null_is_told_from_the_same_text(tmp_path: Path) -> None:
    table = pa.record_batch({"a": pa.array([None, "NULL", ""]), "n": pa.array([1, None, 3])})
    path = write_table(FORMAT, tmp_path, table, **with_options(null="NULL", encoding="utf-8"))
    assert path.read_bytes() == b'a,n\r\nNULL,1\r\n"NULL",NULL\r\n,3\r\n'


def test_a_zipped_file_is_the_same_file(tmp_path: Path) -> None:
    plain = write_table(FORMAT, tmp_path, TABLE)
    (file,) = write_report(FORMAT, tmp_path, [(section("Flights"), [TABLE])], **with_options(compression="gzip"))
    assert (file.path.name, file.extension, file.media_type) == ("1-file.csv.gz", "csv.gz", "application/gzip")
    assert gzip.decompress(file.path.read_bytes()) == plain.read_bytes()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"delimeter": ";"}, "no option 'delimeter'. Did you mean 'delimiter'?"),
        ({"delimiter": "x"}, "Use ,, ;, tab or |."),
        ({"encoding": "latin-9"}, "utf-8-sig, utf-8, utf-16-le or cp1252"),
        ({"guard": 1}, "Use true or false"),
        ({"null": 'a"'}, "no quotes"),
        ({"decimal": ","}, "another CSV delimiter"),
        ("header", "names with values"),
    ],
)
def test_it_refuses_options_that_it_does_not_have(tmp_path: Path, options: Any, words: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        FORMAT.open(tmp_path, stem="x", head=report_head(format_options={"csv": options}))
    assert words in caught.value.message
    assert list(tmp_path.iterdir()) == []


def test_an_aborted_report_leaves_nothing_behind(tmp_path: Path) -> None:
    writer = FORMAT.open(tmp_path, stem="x", head=report_head())
    for title in ("A", "B"):
        writer.begin(section(title).head)
        writer.write(TABLE)
        if title == "A":
            writer.end(section(title))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x-2.csv.tmp", "x.csv.tmp"]
    writer.abort()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
@pytest.mark.parametrize(("compression", "name"), [("none", "x.csv"), ("gzip", "x.csv.gz"), ("zip", "x.zip")])
def test_a_full_disk_is_told_in_words_and_may_be_tried_again(tmp_path: Path, compression: str, name: str) -> None:
    (tmp_path / f"{name}.tmp").symlink_to("/dev/full")
    head = report_head(format_options={"csv": {"compression": compression}})
    writer = FORMAT.open(tmp_path, stem="x", head=head)
    writer.begin(section("Flights").head)
    writer.write(TABLE)
    with pytest.raises(RenderError, match="disk is full") as caught:
        writer.end(section("Flights"))
    writer.abort()
    assert (caught.value.error_class, caught.value.transient) == ("disk_full", True)
    assert list(tmp_path.iterdir()) == []


def test_the_files_appear_only_when_all_are_whole(tmp_path: Path) -> None:
    head, made = report_head(), section("Flights")
    writer = FORMAT.open(tmp_path, stem="x", head=head)
    writer.begin(made.head)
    writer.write(TABLE)
    writer.end(made)
    assert [path.name for path in tmp_path.iterdir()] == ["x.csv.tmp"]
    writer.close(ReportDocument(head, (made,)))
    assert [path.name for path in tmp_path.iterdir()] == ["x.csv"]
