"""A DuckDB file as a source reads that file and nothing else."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from core.errors import SourceError
from core.sources import Source, SourceOptions, open_source
from tests.sources.helpers import read


@pytest.fixture
def source(tmp_path: Path) -> Source:
    path = tmp_path / "shop.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE shop (id BIGINT, price DECIMAL(12, 2), name VARCHAR)")
        connection.execute("INSERT INTO shop VALUES (1, 1.10, 'Käse'), (2, NULL, '50% :x')")
    return open_source(f"duckdb:///{path}", options=SourceOptions())


def test_rows_arrive_as_they_are(source: Source) -> None:
    table = read(source, "SELECT * FROM shop WHERE id < :top ORDER BY id", top=5)
    assert table.to_pylist() == [
        {"id": 1, "price": Decimal("1.10"), "name": "Käse"},
        {"id": 2, "price": None, "name": "50% :x"},
    ]
    assert source.check().ok


@pytest.mark.parametrize(
    "attack",
    [
        "SELECT * FROM read_text('{secret}')",
        "SELECT * FROM read_csv('{secret}')",
        "SELECT * FROM '{secret}'",
        "COPY shop TO '{folder}/stolen.csv'",
        "ATTACH '{folder}/other.duckdb' AS other",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "INSERT INTO shop VALUES (3, 1, 'x')",
    ],
)
def test_it_reaches_nothing_outside_and_writes_nothing(source: Source, tmp_path: Path, attack: str) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("canary\n1\n")
    before = sorted(path.name for path in tmp_path.iterdir())
    with pytest.raises(SourceError) as caught:
        read(source, attack.format(secret=secret, folder=tmp_path))
    assert "canary" not in caught.value.message
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    assert read(source, "SELECT count(*) AS n FROM shop").to_pylist() == [{"n": 2}]
