"""What can be changed about a CSV file, one promise per option."""

from __future__ import annotations

import gzip
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pyarrow as pa
import pytest

from core.document.model import Section
from core.formats.csv import FORMAT
from core.formats.csv_options import PRESETS, CsvOptions, read_options
from tests.formats.edge_tables import naive, report_head, section_head, write_report, write_table


def written(tmp_path: Path, table: pa.RecordBatch, **options: Any) -> str:
    options = {"encoding": "utf-8", **options}
    path = write_table(FORMAT, tmp_path, table, head=report_head(format_options={"csv": options}))
    return path.read_bytes().decode()


def test_the_european_preset_is_semicolons_decimal_commas_and_a_mark() -> None:
    assert read_options({"preset": "excel-europe"}) == CsvOptions(delimiter=";", decimal=",")
    assert PRESETS["excel-europe"]["encoding"] == CsvOptions().encoding


def test_an_option_beside_a_preset_wins() -> None:
    assert read_options({"preset": "excel-europe", "delimiter": "|"}) == CsvOptions(delimiter="|", decimal=",")


def test_dates_can_be_written_in_another_order(tmp_path: Path) -> None:
    instant = datetime(2013, 6, 24, 11, 0, 0, 500_000, tzinfo=UTC)
    table = pa.record_batch(
        {
            "day": pa.array([date(2013, 6, 24), None]),
            "local": pa.array([naive(2013, 6, 24, 7), naive(1815, 12, 10)]),
            "at": pa.array([instant, None]),
            "far": pa.array([2_932_897, -800_000], pa.date32()),
        }
    )
    lines = written(tmp_path, table, date_format="DD.MM.YYYY").splitlines()
    assert lines[1] == "24.06.2013,24.06.2013 07:00:00,24.06.2013 07:00:00.5,10000-01-01"
    assert lines[2].startswith(",10.12.1815 00:00:00,,-")


@pytest.mark.parametrize(("order", "shown"), [("DD/MM/YYYY", "24/06/2013"), ("MM/DD/YYYY", "06/24/2013")])
def test_each_order_puts_the_parts_where_it_says(tmp_path: Path, order: str, shown: str) -> None:
    table = pa.record_batch({"day": pa.array([date(2013, 6, 24)])})
    assert written(tmp_path, table, date_format=order) == f"day\r\n{shown}\r\n"


def test_quote_all_quotes_every_value_and_still_tells_null(tmp_path: Path) -> None:
    table = pa.record_batch(
        {"t": pa.array(["a", None, 'b"']), "n": pa.array([1, None, 3]), "at": pa.array([None, date(2013, 6, 24), None])}
    )
    assert written(tmp_path, table, quote_all=True) == ('"t","n","at"\r\n"a","1",\r\n,,"2013-06-24"\r\n"b""","3",\r\n')


def test_a_number_spelled_like_null_is_told_from_it(tmp_path: Path) -> None:
    table = pa.record_batch({"n": pa.array([0, None, 10]), "ok": pa.array([True, None, False])})
    assert written(tmp_path, table, null="0") == 'n,ok\r\n"0",true\r\n0,0\r\n10,false\r\n'


def test_a_zip_holds_one_file_named_after_the_part(tmp_path: Path) -> None:
    table = pa.record_batch({"carrier": pa.array(["ÖBB"])})
    section = Section(section_head(table, title="Worst: routes"), row_count=1)
    head = report_head(format_options={"csv": {"compression": "zip"}})
    (file,) = write_report(FORMAT, tmp_path, [(section, [table])], head=head)
    assert (file.path.name, file.extension, file.media_type) == ("1-file.zip", "zip", "application/zip")
    with ZipFile(file.path) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == {
            "worst-routes.csv": "\ufeffcarrier\r\nÖBB\r\n".encode()
        }


def test_the_same_rows_give_the_same_compressed_bytes(tmp_path: Path) -> None:
    table = pa.record_batch({"n": pa.array(range(1000))})
    for compression in ("gzip", "zip"):
        head = report_head(format_options={"csv": {"compression": compression}})
        first, second = (write_table(FORMAT, tmp_path, table, head=head).read_bytes() for _ in range(2))
        assert first == second


def test_replaced_characters_are_counted_and_said(tmp_path: Path) -> None:
    table = pa.record_batch({"text": pa.array(["Łódź?", "\U0001f600 ok", "Köln"])})
    section = Section(section_head(table), row_count=3)
    head = report_head(format_options={"csv": {"encoding": "cp1252", "compression": "gzip"}})
    (file,) = write_report(FORMAT, tmp_path, [(section, [table])], head=head)
    assert gzip.decompress(file.path.read_bytes()).decode("cp1252") == "text\r\n?ód??\r\n? ok\r\nKöln\r\n"
    assert file.notes == (
        "Flights: 3 characters that Windows-1252 does not have became question marks in the CSV file.",
    )


def test_an_encoding_that_has_every_character_has_nothing_to_say(tmp_path: Path) -> None:
    table = pa.record_batch({"text": pa.array(["Łódź \U0001f600"])})
    section = Section(section_head(table), row_count=1)
    for encoding in ("utf-8", "utf-16-le", "utf-8-sig"):
        head = report_head(format_options={"csv": {"encoding": encoding}})
        (file,) = write_report(FORMAT, tmp_path, [(section, [table])], head=head)
        assert file.notes == ()
        assert file.path.read_bytes().decode(encoding).lstrip("\ufeff") == "text\r\nŁódź \U0001f600\r\n"
