"""The options of the formats in a report, such as `{"csv": {"delimiter": ";"}}`; unknown ones are refused in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final

from pydantic import AfterValidator, WithJsonSchema

from core.errors import InvalidInput
from core.formats import csv_options, excel_options
from core.formats.csv_options import CHOICES as CSV_CHOICES
from core.formats.csv_options import PRESETS as CSV_PRESETS
from core.formats.csv_options import CsvOptions, read_options
from core.formats.excel_options import ExcelOptions
from core.formats.options import object_schema
from core.schemas.file_names import FILE_NAME, file_name_schema, read_file_name
from core.text import did_you_mean, join_words

__all__ = ["CSV_CHOICES", "CSV_PRESETS", "CsvOptions", "FormatOptions", "csv_meaning", "excel_meaning", "read_options"]

_READERS: Final[dict[str, Callable[[Any], object]]] = {
    "csv": csv_options.read_options,
    "excel": excel_options.read_options,
    FILE_NAME: read_file_name,
}


def csv_meaning(options: Mapping[str, Any]) -> CsvOptions:
    """How the CSV files of a report are written; what was saved once and is no option any more counts for nothing."""
    try:
        return read_options(options.get("csv", {}))
    except InvalidInput:
        return CsvOptions()


def excel_meaning(options: Mapping[str, Any]) -> ExcelOptions:
    """As `csv_meaning`, for the workbook."""
    try:
        return excel_options.read_options(options.get("excel", {}))
    except InvalidInput:
        return ExcelOptions()


def _checked(options: dict[str, Any]) -> dict[str, Any]:
    for key, given in options.items():
        if key not in _READERS:
            hint = did_you_mean(key, _READERS)
            raise ValueError(f"there are no options for '{key}'.{hint} Options there are: {join_words(_READERS)}.")
        try:
            _READERS[key](given)
        except InvalidInput as error:
            raise ValueError(error.message) from None
    return options


FormatOptions = Annotated[
    dict[str, Any],
    AfterValidator(_checked),
    WithJsonSchema(
        object_schema(
            {
                "csv": csv_options.options_schema(),
                "excel": excel_options.options_schema(),
                FILE_NAME: file_name_schema(),
            }
        )
    ),
]
