"""A secret that goes in is found nowhere in clear: not in a row, not in an answer, not in the log."""

from __future__ import annotations

import logging

import pytest
from sqlalchemy import select

from core.database import read_scope, session_scope
from core.errors import InvalidInput, LoginFailed
from core.models import Base
from core.schemas.accounts import Actor, PasswordChange, UserCreate
from core.schemas.content import DataSourceUpdate
from core.services import accounts, data_sources
from tests.factories import make_data_source, make_email_config
from tests.fixtures_database import PASSWORD

pytestmark = pytest.mark.usefixtures("database")

CANARY = "canary-7f3a9c"
SERVER = f"postgresql://reader:{CANARY}@127.0.0.1:1/sales"


def _everything_stored() -> str:
    with read_scope() as session:
        tables = Base.metadata.sorted_tables
        return "\n".join(str(row) for table in tables for row in session.execute(select(table)).all())


def test_no_row_holds_a_secret_in_clear(alice: Actor, admin: Actor, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    shown = [
        make_data_source(alice, url=SERVER).model_dump_json(),
        make_email_config(alice, smtp_username="robot", smtp_password=CANARY).model_dump_json(),
    ]
    with session_scope() as session:
        data = UserCreate(email="new@example.test", name="New", password=f"{CANARY} and more")
        shown.append(accounts.create_user(session, actor=admin, data=data).model_dump_json())
        change = PasswordChange(current_password=PASSWORD, new_password=f"{CANARY} and more")
        accounts.change_password(session, actor=alice, data=change)
        new = accounts.create_session(session, user_id=alice.id, ip="", user_agent="")
    with session_scope() as session, pytest.raises(LoginFailed):
        accounts.authenticate(session, email=f"{CANARY}@example.test", password=CANARY, ip="10.0.0.1")
    stored = _everything_stored()
    assert "reports@example.test" in stored, "the rows were read"
    for secret in (CANARY, new.token, new.csrf):
        assert secret not in stored
        assert secret not in "".join(shown)
        assert secret not in caplog.text


def test_no_failure_repeats_a_secret(alice: Actor) -> None:
    made = make_data_source(alice, url=SERVER)
    with read_scope() as session:
        prepared = data_sources.prepare_test(session, actor=alice, data_source_id=made.id)
    result = data_sources.run_test(prepared)
    assert not result.ok
    assert CANARY not in result.detail + repr(prepared)
    for url in (f"{SERVER}?sslcert={CANARY}", f"redis://u:{CANARY}@db/x", f"{CANARY}@@@"):
        with session_scope() as session, pytest.raises(InvalidInput) as refused:
            data_sources.update_data_source(
                session, actor=alice, data_source_id=made.id, data=DataSourceUpdate(url=url)
            )
        assert CANARY not in refused.value.message
