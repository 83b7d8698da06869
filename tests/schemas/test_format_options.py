"""The options of the formats as the REST contract has them: all in the schema, and nothing else is taken."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from core.formats.csv_options import CHOICES, CsvOptions
from core.formats.excel_options import ExcelOptions
from core.schemas.formats import FormatOptions, csv_meaning, excel_meaning

OPTIONS: TypeAdapter[dict[str, Any]] = TypeAdapter(FormatOptions)


def test_the_schema_lists_every_option_with_its_values_and_default() -> None:
    schema = OPTIONS.json_schema()
    assert schema["additionalProperties"] is False
    csv = schema["properties"]["csv"]
    assert csv["additionalProperties"] is False
    assert set(csv["properties"]) == {"preset", *asdict(CsvOptions())}
    for name, values in CHOICES.items():
        assert csv["properties"][name] == {"enum": list(values), "default": getattr(CsvOptions(), name)}
    assert schema["properties"]["excel"]["properties"] == {"highlights": {"enum": [True, False], "default": True}}


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"csv": {}},
        {"csv": {"delimiter": "\t", "null": " ", "header": False, "compression": "zip"}},
        {"csv": {"preset": "excel-europe"}, "excel": {"highlights": False}},
    ],
)
def test_what_it_takes_stays_as_it_was_written(options: dict[str, Any]) -> None:
    assert OPTIONS.validate_python(options) == options


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"cvs": {}}, "there are no options for 'cvs'. Did you mean 'csv'?"),
        ({"csv": {"delimeter": ";"}}, "CSV has no option 'delimeter'. Did you mean 'delimiter'?"),
        ({"csv": {"delimiter": "::"}}, "The CSV option 'delimiter' cannot be '::'. Use ,, ;, tab or |."),
        ({"csv": {"preset": "excel"}}, "The CSV option 'preset' cannot be 'excel'. Use excel-europe."),
        ({"csv": {"date_format": "D.M.Y"}}, "Use YYYY-MM-DD, DD.MM.YYYY, DD/MM/YYYY or MM/DD/YYYY."),
        ({"csv": {"compression": True}}, "Use none, gzip or zip."),
        ({"csv": {"guard": 0}}, "Use true or false."),
        ({"csv": {"decimal": ","}}, "another CSV delimiter than the comma"),
        ({"csv": {"null": "x" * 21}}, "at most 20 characters"),
        ({"csv": ["delimiter"]}, "names with values"),
        ({"excel": {"highlights": "no"}}, "Use true or false."),
    ],
)
def test_it_refuses_in_words_what_there_is_not(options: Any, words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        OPTIONS.validate_python(options)
    assert words in str(caught.value)


def test_what_was_saved_once_and_is_no_option_any_more_counts_for_nothing() -> None:
    assert csv_meaning({"csv": {"gzip": True}}) == CsvOptions()
    assert excel_meaning({"excel": {"colours": True}}) == ExcelOptions()
