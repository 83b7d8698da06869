"""What a template is for, and which names belong to that alone."""

from __future__ import annotations

from typing import Final, Literal

TemplateKind = Literal["subject", "body", "filename", "failure_subject", "failure_body"]

# Only these may have loops, for only these have lines.
BODIES: Final[tuple[TemplateKind, ...]] = ("body", "failure_body")
FAILURES: Final[tuple[TemplateKind, ...]] = ("failure_subject", "failure_body")
# A run that failed has none of these, and only such a run has those.
DATA_NAMES: Final = ("rows", "rows_delta", "columns", "is_empty", "changed", "first", "kpi")
FAILURE_NAMES: Final = ("error", "next_try", "failures_in_row")
NOUNS: Final[dict[TemplateKind, str]] = {
    "subject": "subject",
    "body": "text",
    "filename": "file name",
    "failure_subject": "subject of the failure notice",
    "failure_body": "text of the failure notice",
}
