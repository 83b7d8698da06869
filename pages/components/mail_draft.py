"""The mail in the making: what the variables say now, and the rows that were read for its preview.

The rows are read once, when somebody asks for the preview, and kept for a while: after that each change of words or
readers is shown at once, without asking the database again.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import streamlit as st
from pydantic import ValidationError

from core.database import read_scope
from core.errors import RoosterError
from core.schemas.accounts import Actor
from core.schemas.scheduled_reports import ScheduledReportCreate, ScheduledReportResponse
from core.services import mail_preview, mail_variables
from core.services.mail_preview import GatheredPreview, PreparedPreview
from core.services.mail_variables import LiveVariable, TemplateKind

_KEPT_S: Final = 600


@dataclass(frozen=True, slots=True)
class MailDraft:
    """`prepared` is None while the form is not complete; `gathered` while its rows were not read, or are others."""

    key: str
    prepared: PreparedPreview | None = None
    gathered: GatheredPreview | None = None
    is_outdated: bool = False

    def variables(self, kind: TemplateKind) -> list[LiveVariable]:
        """With the values of now, as far as they are known."""
        if self.prepared is None:
            known = mail_variables.list_variables(kind)
            return [LiveVariable(variable.name, variable.description, group=variable.group) for variable in known]
        return mail_variables.live_variables(self.prepared, self.gathered, kind)

    def example_name(self, template: str, formats: Sequence[str]) -> str | None:
        """The names of the files as they would be now; None while that cannot be said."""
        if self.prepared is None or not formats:
            return None
        head = self.prepared.plan.head
        options = repr(head.format_options)
        signature = (template, head.slug, head.period, tuple(formats), options, mail_preview.data_key(self.prepared))
        slot = f"{self.key}-name-example"
        kept = st.session_state.get(slot)
        if kept is None or kept[0] != signature:
            made = mail_variables.example_names(self.prepared, self.gathered, formats)
            kept = st.session_state[slot] = (signature, made)
        example: str = kept[1]
        return example

    def problem_with(self, template: str, kind: TemplateKind) -> str | None:
        """What is wrong with it; looked at again only when it, or what it may name, has changed."""
        if self.prepared is None or not template.strip():
            return None
        signature = (template, mail_preview.data_key(self.prepared), self.gathered is not None)
        slot = f"{self.key}-{kind}-problem"
        kept = st.session_state.get(slot)
        if kept is None or kept[0] != signature:
            found = mail_variables.problem_with(template, kind=kind, prepared=self.prepared, gathered=self.gathered)
            kept = st.session_state[slot] = (signature, found)
        problem: str | None = kept[1]
        return problem


def draft_of(user: Actor, data: ScheduledReportCreate | None, *, key: str, report_id: UUID | None = None) -> MailDraft:
    """The draft of a form; somebody else's query, or an incomplete form, gives one without values."""
    if data is None:
        return MailDraft(key)
    try:
        prepared = _prepare(user, data, report_id)
    except RoosterError:
        return MailDraft(key)
    until, gathered = st.session_state.get(_slot(key), (0.0, None))
    if gathered is None or until < time.monotonic():
        st.session_state.pop(_slot(key), None)
        return MailDraft(key, prepared)
    fits = gathered.key == mail_preview.data_key(prepared)
    return MailDraft(key, prepared, gathered if fits else None, is_outdated=not fits)


def gather(user: Actor, data: ScheduledReportCreate, *, key: str, report_id: UUID | None = None) -> None:
    """Run the queries and keep what they gave; raises RoosterError."""
    st.session_state.pop(_slot(key), None)
    gathered = mail_preview.gather_mail_preview(_prepare(user, data, report_id))
    st.session_state[_slot(key)] = (time.monotonic() + _KEPT_S, gathered)


def complete(
    values: dict[str, Any], report: ScheduledReportResponse | None, user: Actor
) -> ScheduledReportCreate | None:
    """The form as a report, with stand-ins for what is still empty; None when something in it is wrong."""
    stand_ins = {"name": "Report", "formats": ["csv"], "recipients": [user.email]}
    filled = {**values, **{name: values.get(name) or stand_in for name, stand_in in stand_ins.items()}}
    kept = {"description": report.description, "format_options": report.format_options} if report else {}
    try:
        return ScheduledReportCreate.model_validate({**kept, **filled})
    except ValidationError:
        return None


def _prepare(user: Actor, data: ScheduledReportCreate, report_id: UUID | None) -> PreparedPreview:
    with read_scope() as session:
        return mail_preview.prepare_mail_preview(session, actor=user, data=data, report_id=report_id)


def _slot(key: str) -> str:
    return f"{key}-rows"
