"""The OpenAPI document is true: whatever a client sends, valid or not, is answered as it says, and never with 5xx."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.config import SchemathesisConfig
from schemathesis.generation import GenerationMode
from schemathesis.python.asgi import get_client
from starlette.applications import Starlette

from core import host
from core.database import session_scope
from core.schemas.accounts import Actor
from core.services import accounts, workers
from core.version import VERSION
from tests.factories import make_email_config

SEED: Final = 20_130_624
EXAMPLES: Final = {GenerationMode.POSITIVE: 6, GenerationMode.NEGATIVE: 8}
NAMES: Final = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)
# They would write to servers by random names, or start a process for each example; other tests run them for real.
ELSEWHERE: Final = {("POST", "/email-config/test"), ("POST", "/scheduled-reports/{report_id}/test")}


@pytest.fixture
def ids(
    alice: Actor,
    source: dict[str, Any],
    query: dict[str, Any],
    dashboard: dict[str, Any],
    report: dict[str, Any],
    execution_id: str,
) -> dict[str, str]:
    """Something real behind each path; shares are those of the query."""
    make_email_config(alice)
    with session_scope() as session:
        workers.beat(session, identity=host.identity(), slots=1, version=VERSION)
    return {
        "data_source_id": source["id"],
        "saved_query_id": query["id"],
        "dashboard_id": dashboard["id"],
        "report_id": report["id"],
        "execution_id": execution_id,
        "object_id": query["id"],
        "format": "csv",
    }


@contextmanager
def document_of(actor: Actor) -> Iterator[tuple[Any, Any]]:
    """The document, and a client of the whole application behind the wall."""
    from web import parts

    app = Starlette(routes=parts.routes(), middleware=parts.middleware())
    token = accounts.issue_token(actor).access_token
    with get_client(app) as client:
        client.headers["authorization"] = f"Bearer {token}"
        raw = client.get("/api/openapi.json").json()
        document = schemathesis.openapi.from_dict(raw, config=SchemathesisConfig(seed=SEED))
        document.app = app
        yield document, client


@pytest.mark.parametrize("mode", list(EXAMPLES), ids=lambda mode: mode.value)
@pytest.mark.parametrize(
    ("role", "database"),
    [("analyst", "postgresql"), ("admin", "sqlite")],
    indirect=["database"],
    ids=["analyst", "admin"],
)
@pytest.mark.usefixtures("database")
def test_every_answer_is_in_the_document(
    mode: GenerationMode, role: str, alice: Actor, admin: Actor, ids: dict[str, str]
) -> None:
    load_all_checks()
    checks = CHECKS.get_by_names(list(NAMES))
    tried = 0
    with document_of(alice if role == "analyst" else admin) as (document, client):
        # Deleting comes last: the others would only ever find nothing.
        found = [result.ok() for result in document.get_all_operations()]
        for operation in sorted(found, key=lambda one: one.method.upper() == "DELETE"):
            if (operation.method.upper(), operation.path) not in ELSEWHERE:
                tried += ask(operation, mode, client, checks, ids)
    assert tried >= 200


def ask(operation: Any, mode: GenerationMode, client: Any, checks: Any, ids: dict[str, str]) -> int:
    names = [parameter.name for parameter in operation.path_parameters]
    known = {name: ids[name] for name in names if name in ids}
    # Wrong ids are the only thing to send wrongly to an operation that takes nothing else.
    real = bool(names) and len(known) == len(names) and (mode is GenerationMode.POSITIVE or bool(operation.body))
    tried = 0

    @seed(SEED)
    @settings(
        max_examples=EXAMPLES[mode],
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(mode, path_parameters=known if real else None))
    def answered_as_documented(case: Any) -> None:
        nonlocal tried
        tried += 1
        response = case.call(session=client, base_url="http://testserver/api")
        case.validate_response(response, checks=checks)

    # There is nothing to send wrongly where nothing is sent.
    with suppress(Unsatisfiable):
        answered_as_documented()
    return tried
