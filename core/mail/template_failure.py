"""What a failure notice may name: all that a mail says without data, and what went wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.document.model import ReportHead
from core.mail.template_kinds import DATA_NAMES
from core.mail.template_variables import instant_of, sample_head


@dataclass(frozen=True, slots=True)
class FailureFacts:
    """`next_try` is the next planned run, None while the report is paused."""

    title: str
    detail: str
    next_try: datetime | None
    failures_in_row: int = 1


def failure_values(variables: Mapping[str, Any], facts: FailureFacts, head: ReportHead) -> dict[str, Any]:
    """The values of a notice, out of those of a mail (`template_variables`)."""
    plain = {name: value for name, value in variables.items() if not name.startswith("$") and name not in DATA_NAMES}
    return plain | {
        "error": {"title": facts.title, "detail": facts.detail},
        "next_try": instant_of(facts.next_try, head) if facts.next_try else None,
        "failures_in_row": facts.failures_in_row,
    }


def failure_samples(variables: Mapping[str, Any]) -> dict[str, Any]:
    """Made-up values of a failure beside those of a mail, for checking a template."""
    head = sample_head()
    facts = FailureFacts(f"{head.name} did not arrive", "The database did not answer.", head.scheduled_for)
    return failure_values(variables, facts, head)
