"""One row as a CSV file would have it, so that people see what the options mean."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import pyarrow as pa

from core.formats.csv_cells import rows_csv
from core.formats.csv_options import CsvOptions

_ZONE: Final = "Europe/Berlin"
_DAY: Final = datetime(2026, 3, 2, tzinfo=UTC)
_INSTANT: Final = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)


def csv_example(options: CsvOptions) -> str:
    """A text with a comma, a number, a day, an instant, nothing, and what looks like a formula."""
    row = pa.record_batch(
        {
            "text": pa.array(["K\u00f6ln, S\u00fcd"]),
            "number": pa.array([-1234.5]),
            "day": pa.array([_DAY.date()]),
            "instant": pa.array([_INSTANT], pa.timestamp("s", "UTC")),
            "nothing": pa.array([None], pa.string()),
            "formula": pa.array(["=1+1"]),
        }
    )
    return str(rows_csv(row, options=options, zone=_ZONE), "utf-8").rstrip("\r\n")
