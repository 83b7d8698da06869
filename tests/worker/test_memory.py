"""A report of any length needs the same memory: batches go through, and nothing waits for the end."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from core import clock
from core.database import read_scope
from core.services import run_plan
from core.services.run_data import write_everything
from core.sources.base import BATCH_ROWS
from tests.ledger import house
from tests.worker.measured import Measured, run_measured

SMALL, LARGE = 100_000, 1_000_000
GROWTH_MIB = 15
PEAK_MIB = 300
ENDLESS_ROWS = 10_000_000

# Twelve columns of every kind, with gaps, and texts that hardly repeat.
MIXED = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
SELECT i AS id,
       date('2020-01-01', (i % 2000) || ' days') AS day,
       datetime('2020-01-01 00:00:00', (i * 61) || ' seconds') AS at,
       'customer ' || (i * 7919 % 1000003) AS customer,
       CASE i % 4 WHEN 0 THEN 'North' WHEN 1 THEN 'East' WHEN 2 THEN 'South' ELSE 'West' END AS region,
       i * 1.37 AS amount,
       CASE WHEN i % 11 = 0 THEN NULL ELSE i % 500 END AS units,
       (i % 1000) / 1000.0 AS discount,
       i % 2 AS paid,
       CASE WHEN i % 5 = 0 THEN NULL ELSE 'Zoë, "' || i || '" & co' END AS remark,
       '0' || (i % 90000 + 10000) AS postcode,
       i * 1000003 AS reference
FROM n
"""


@pytest.fixture
def server(smtp_server, alice):
    running = smtp_server()
    house.add_account(alice, port=running.port)
    return running


def run(alice, source_url, tmp_path, *, rows: int, formats: list[str]) -> Measured:
    report_id = house.add_report(alice, source_url, sql=MIXED.format(rows=rows), formats=formats, name=f"{rows} rows")
    execution_id = house.queue_run(alice, report_id)
    measured = run_measured(execution_id, house.claim(execution_id).fence, folder=tmp_path)
    row = house.execution(execution_id)
    assert (row.status, row.row_count, row.error_message) == ("delivering", rows, None)
    return measured


@pytest.mark.slow
@pytest.mark.usefixtures("server", "sqlite_database")
@pytest.mark.parametrize("formats", [["csv", "excel"], ["csv", "excel", "pdf", "html"]], ids=" ".join)
def test_ten_times_the_rows_need_the_same_memory(alice, source_url, tmp_path, formats):
    small = run(alice, source_url, tmp_path, rows=SMALL, formats=formats)
    large = run(alice, source_url, tmp_path, rows=LARGE, formats=formats)
    assert large.peak_mib - small.peak_mib <= GROWTH_MIB
    assert large.peak_mib < PEAK_MIB


class CountingSource:
    """Endless rows, made one batch at a time; knows how often it was asked and how many batches were alive at once."""

    kind = "counting"

    def __init__(self, *, rows: int) -> None:
        self.schema = pa.schema([("id", pa.int64()), ("region", pa.string())])
        self.truncated = False
        self.queries = 0
        self.most_alive = 0
        self._batches, self._last = divmod(rows, BATCH_ROWS)
        self._alive: set[int] = set()
        self._regions = pa.array(["North", "East", "South", "West"] * (BATCH_ROWS // 4))

    @contextmanager
    def stream(self, _query) -> Iterator[CountingSource]:
        self.queries += 1
        yield self

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        for number in range(self._batches):
            yield self._batch(number, BATCH_ROWS)
        yield self._batch(self._batches, self._last)

    def _batch(self, number: int, size: int) -> pa.RecordBatch:
        # Arrow takes the memory over as it is: the array lives as long as anything, be it a slice, looks at it.
        ids = np.arange(number * BATCH_ROWS, number * BATCH_ROWS + size)
        self._alive.add(number)
        weakref.finalize(ids, self._alive.discard, number)
        self.most_alive = max(self.most_alive, len(self._alive))
        return pa.RecordBatch.from_arrays([pa.array(ids), self._regions[:size]], schema=self.schema)


@pytest.mark.slow
@pytest.mark.usefixtures("sqlite_database")
def test_ten_million_rows_pass_with_two_batches_alive_and_one_query(alice, source_url, tmp_path):
    execution_id = house.queue_run(alice, house.add_report(alice, source_url, formats=["csv"]))
    with read_scope() as session:
        plan = run_plan.read_plan(session, execution_id, fence=1, now=clock.now())
    source = CountingSource(rows=ENDLESS_ROWS)
    endless = replace(plan, queries=(replace(plan.queries[0], source=source),))
    document, [file] = write_everything(endless, tmp_path, lambda _planned, _rows: None)
    assert (document.row_count, file.written.rows_written) == (ENDLESS_ROWS, ENDLESS_ROWS)
    assert source.queries == 1
    assert source.most_alive <= 2


@pytest.mark.usefixtures("sqlite_database")
def test_all_formats_share_one_query_and_its_batches(alice, source_url, tmp_path):
    execution_id = house.queue_run(alice, house.add_report(alice, source_url, formats=["csv", "excel", "pdf", "html"]))
    with read_scope() as session:
        plan = run_plan.read_plan(session, execution_id, fence=1, now=clock.now())
    source = CountingSource(rows=20 * BATCH_ROWS)
    document, files = write_everything(
        replace(plan, queries=(replace(plan.queries[0], source=source),)), tmp_path, lambda _planned, _rows: None
    )
    assert [file.written.rows_total for file in files] == [document.row_count] * 4
    assert source.queries == 1
    assert source.most_alive <= 2
