"""Mail accounts: one's own, and the workspace's for everybody who has none."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Response, status
from pydantic import Discriminator, Tag

from core.database import read_scope, session_scope
from core.errors import NotFound
from core.mail.presets import PRESETS
from core.schemas.email_config import (
    EmailConfigCreate,
    EmailConfigResponse,
    EmailConfigTest,
    EmailConfigTestResult,
    EmailConfigUpdate,
    SavedEmailConfigTest,
)
from core.services import email_configurations
from web.api.dependencies import CurrentActor
from web.api.versions import ExpectedVersion, tagged

public = APIRouter(prefix="/email-config", tags=["e-mail"])
router = APIRouter(prefix="/email-config", tags=["e-mail"])

_UNSAVED: Final = "unsaved configuration"
_SAVED: Final = "saved configuration"
TEST_KINDS: Final = (_UNSAVED, _SAVED)


def _kind_of_test(body: Any) -> str:
    """Nothing but a recipient means what is saved."""
    sent = set(body) if isinstance(body, dict) else set(getattr(body, "model_fields_set", ()))
    return _UNSAVED if sent - {"recipient"} else _SAVED


TestRequest = Annotated[
    Annotated[EmailConfigTest, Tag(_UNSAVED)] | Annotated[SavedEmailConfigTest, Tag(_SAVED)],
    Discriminator(_kind_of_test),
]


@public.get("/presets")
def list_presets() -> list[dict[str, Any]]:
    """The settings of well-known mail services."""
    return [preset.as_dict() for preset in PRESETS.values()]


@router.get("")
def get_email_config(actor: CurrentActor, response: Response) -> EmailConfigResponse:
    with read_scope() as session:
        found = email_configurations.find_email_config(session, actor=actor)
    return tagged(response, _existing(found))


@router.post("", status_code=status.HTTP_201_CREATED)
def save_email_config(
    actor: CurrentActor, data: EmailConfigCreate, response: Response, expected: ExpectedVersion
) -> EmailConfigResponse:
    """Create it, or replace the whole of it."""
    with session_scope() as session:
        saved = email_configurations.save_email_config(session, actor=actor, data=data, expected_version=expected)
    return tagged(response, saved)


@router.put("")
def update_email_config(
    actor: CurrentActor, data: EmailConfigUpdate, response: Response, expected: ExpectedVersion
) -> EmailConfigResponse:
    """Any part of it; the password is kept when absent."""
    with session_scope() as session:
        saved = email_configurations.update_email_config(session, actor=actor, data=data, expected_version=expected)
    return tagged(response, saved)


@router.delete("", status_code=status.HTTP_204_NO_CONTENT)
def delete_email_config(actor: CurrentActor, expected: ExpectedVersion) -> None:
    with session_scope() as session:
        email_configurations.delete_email_config(session, actor=actor, expected_version=expected)


@router.post("/test")
def run_email_config_test(actor: CurrentActor, data: TestRequest | None = None) -> EmailConfigTestResult:
    """Connect, check TLS, log in and send; step by step."""
    unsaved = EmailConfigCreate(**data.model_dump(exclude={"recipient"})) if isinstance(data, EmailConfigTest) else None
    recipient = data.recipient if data else None
    with read_scope() as session:
        prepared = email_configurations.prepare_test(session, actor=actor, data=unsaved, recipient=recipient)
    return email_configurations.run_test(prepared)


@router.get("/workspace")
def get_workspace_config(actor: CurrentActor, response: Response) -> EmailConfigResponse:
    """For administrators."""
    with read_scope() as session:
        found = email_configurations.get_workspace_config(session, actor=actor)
    return tagged(response, _existing(found))


@router.post("/workspace", status_code=status.HTTP_201_CREATED)
def save_workspace_config(
    actor: CurrentActor, data: EmailConfigCreate, response: Response, expected: ExpectedVersion
) -> EmailConfigResponse:
    """For administrators: create it, or replace the whole of it."""
    with session_scope() as session:
        saved = email_configurations.save_workspace_config(session, actor=actor, data=data, expected_version=expected)
    return tagged(response, saved)


@router.put("/workspace")
def update_workspace_config(
    actor: CurrentActor, data: EmailConfigUpdate, response: Response, expected: ExpectedVersion
) -> EmailConfigResponse:
    """For administrators: any part of it."""
    with session_scope() as session:
        saved = email_configurations.update_workspace_config(session, actor=actor, data=data, expected_version=expected)
    return tagged(response, saved)


@router.delete("/workspace", status_code=status.HTTP_204_NO_CONTENT)
def delete_workspace_config(actor: CurrentActor, expected: ExpectedVersion) -> None:
    """For administrators."""
    with session_scope() as session:
        email_configurations.delete_workspace_config(session, actor=actor, expected_version=expected)


def _existing(found: EmailConfigResponse | None) -> EmailConfigResponse:
    if found is None:
        raise NotFound("There is no mail account yet. Save one first.")
    return found
