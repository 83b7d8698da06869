"""The OpenAPI document is true: whatever a client sends, valid or not, is answered as it says, and never with 5xx."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, assume, given, seed, settings
from hypothesis.errors import Unsatisfiable
from pydantic import TypeAdapter, ValidationError
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.config import SchemathesisConfig
from schemathesis.generation import GenerationMode
from schemathesis.python.asgi import get_client
from starlette.applications import Starlette

from core import host
from core.database import session_scope
from core.schemas.accounts import Actor
from core.schemas.sharing import ShareInput
from core.services import accounts, sharing, workers
from core.version import VERSION
from tests.factories import make_email_config
from tests.fixtures_database import add_person
from web.api.email_config import TestRequest as MailTest

SEED: Final = 20_130_624
# For each operation. What a viewer sends passes the same rules before the role refuses it, so fewer will do.
EXAMPLES: Final = {"analyst": 6, "viewer": 3, "admin": 6}
NAMES: Final = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)


@dataclass
class Tally:
    """What was asked, and how it was answered: by operation, the classes of the statuses."""

    answers: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)

    def note(self, operation: tuple[str, str], status: int) -> None:
        self.answers.setdefault(operation, Counter())[f"{status // 100}xx"] += 1

    @property
    def classes(self) -> Counter[str]:
        return sum(self.answers.values(), Counter[str]())

    def __str__(self) -> str:
        classes = ", ".join(f"{count} x {name}" for name, count in sorted(self.classes.items()))
        return f"{len(self.answers)} operations, {self.classes.total()} examples, answered {classes}"


def refused_by_its_schema(case: Any) -> bool:
    try:
        TypeAdapter(MailTest | None).validate_python(case.body if isinstance(case.body, dict | list | str) else None)
    except ValidationError:
        return True
    return False


def names_no_report(case: Any) -> bool:
    try:
        UUID(str(case.path_parameters["report_id"]))
    except ValueError:
        return True
    return False


# In order they would write to servers by random names, or start a process for each example; other tests do that for
# real. What is wrong with certainty, before anything is sent or started, is sent here as well.
HARMLESS: Final[dict[tuple[str, str], Callable[[Any], bool]]] = {
    ("POST", "/email-config/test"): refused_by_its_schema,
    ("POST", "/scheduled-reports/{report_id}/test"): names_no_report,
}


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


@pytest.fixture
def person(role: str, alice: Actor, admin: Actor, ids: dict[str, str]) -> Actor:
    """Alice owns what is behind the paths; the viewer may read it."""
    vic = add_person("Vic", "viewer")
    readers = [ShareInput(email=vic.email, level="read")]
    lent = {"saved_query": "saved_query_id", "dashboard": "dashboard_id", "scheduled_report": "report_id"}
    with session_scope() as session:
        for kind, name in lent.items():
            sharing.set_shares(session, actor=alice, object_type=kind, object_id=UUID(ids[name]), shares=readers)
    return {"analyst": alice, "admin": admin, "viewer": vic}[role]


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


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=lambda mode: mode.value)
@pytest.mark.parametrize(
    ("role", "database"),
    [("analyst", "postgresql"), ("viewer", "sqlite"), ("admin", "sqlite")],
    indirect=["database"],
    ids=["analyst", "viewer", "admin"],
)
@pytest.mark.usefixtures("database")
def test_every_answer_is_in_the_document(
    mode: GenerationMode, role: str, person: Actor, ids: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    load_all_checks()
    checks = CHECKS.get_by_names(list(NAMES))
    tally = Tally()
    with document_of(person) as (document, client):
        # Deleting comes last: the others would only ever find nothing.
        found = [result.ok() for result in document.get_all_operations()]
        for operation in sorted(found, key=lambda one: one.method.upper() == "DELETE"):
            if mode is GenerationMode.NEGATIVE or key_of(operation) not in HARMLESS:
                ask(operation, mode, client, checks, ids, tally, most=EXAMPLES[role])
    with capsys.disabled():
        print(f"\ncontract, {role}, {mode.value}: {tally}")  # noqa: T201 - the summary belongs into the log of the tests
    assert tally.classes.total() >= 2 * len(tally.answers) > 100
    assert tally.classes["4xx"]
    if mode is GenerationMode.NEGATIVE:
        assert {operation: set(tally.answers[operation]) for operation in HARMLESS} == dict.fromkeys(HARMLESS, {"4xx"})


def key_of(operation: Any) -> tuple[str, str]:
    return operation.method.upper(), operation.path


def ask(
    operation: Any, mode: GenerationMode, client: Any, checks: Any, ids: dict[str, str], tally: Tally, *, most: int
) -> None:
    names = [parameter.name for parameter in operation.path_parameters]
    known = {name: ids[name] for name in names if name in ids}
    # Wrong ids are the only thing to send wrongly to an operation that takes nothing else.
    real = bool(names) and len(known) == len(names) and (mode is GenerationMode.POSITIVE or bool(operation.body))
    is_harmless = HARMLESS.get(key_of(operation), lambda _case: True)

    @seed(SEED)
    @settings(
        max_examples=most,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(mode, path_parameters=known if real else None))
    def answered_as_documented(case: Any) -> None:
        assume(is_harmless(case))
        response = case.call(session=client, base_url="http://testserver/api")
        tally.note(key_of(operation), response.status_code)
        case.validate_response(response, checks=checks)

    # There is nothing to send wrongly where nothing is sent.
    with suppress(Unsatisfiable):
        answered_as_documented()
