"""How the file of a format ends, which its options may change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.formats import format_extension
from core.formats.csv_files import COMPRESSIONS
from core.formats.csv_options import read_options


def extension_of(key: str, options: Mapping[str, Any]) -> str:
    """`csv.gz` for CSV with gzip; `options` are the `format_options` of a report. Raises InvalidInput."""
    if key == "csv":
        return COMPRESSIONS[read_options(options.get(key, {})).compression].extension
    return format_extension(key)
