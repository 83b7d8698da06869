"""While the database is away, the pages outside of Streamlit say so instead of failing."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.database import make_engine, use_engine


@pytest.mark.usefixtures("_any_database")
@pytest.mark.parametrize("path", ["/login", "/files/7d444840-9dc0-11d1-b245-5ffdce74fad2/csv", "/api/executions"])
def test_it_says_so_and_when_to_come_back(tmp_path: Path, path: str) -> None:
    from web import parts

    client = TestClient(Starlette(routes=parts.routes(), middleware=parts.middleware()))
    client.cookies.set("rooster_session", "a-session-of-before")
    use_engine(make_engine(f"sqlite:///{tmp_path / 'nowhere' / 'rooster.db'}"))
    answer = client.get(path)
    assert answer.status_code == 503
    assert "The database does not answer. Try again in a moment." in answer.text
