"""Executions in rows: the history, and the runs below a schedule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from core.schemas.accounts import Actor
from core.schemas.executions import ExecutionResponse
from core.states import LABELS
from core.text import plural
from pages.components.feedback import plain
from pages.components.layout import list_head, list_row
from pages.components.pages_map import EXECUTION, open_link
from pages.components.status import status_badge
from pages.components.times import NEVER, duration, short

_WIDTHS: Final = (3.2, 1.3, 1.9, 1.2, 1.1, 1.2)
_SHORT_WIDTHS: Final = (3.4, 1.4, 2.2, 1.4)
_MOST_LETTERS: Final = 110


def execution_rows(user: Actor, executions: Sequence[ExecutionResponse], *, key: str = "") -> None:
    list_head(_WIDTHS, ("Report", "Status", "Due", "Took", "Rows", "Sent to"))
    for execution in executions:
        _row(user, execution, key)


def short_rows(user: Actor, executions: Sequence[ExecutionResponse]) -> None:
    """One line each: which report, how it ended, when, how long it took."""
    list_head(_SHORT_WIDTHS, ("Report", "Status", "When", "Took"))
    for execution in executions:
        name, state, when, took = list_row(f"last-{execution.id}", _SHORT_WIDTHS)
        with name:
            open_link(EXECUTION, execution.report_name, execution.id)
        with state:
            status_badge(execution.status)
        unplanned = "" if execution.trigger == "schedule" else f" :small[:gray[{LABELS[execution.trigger].lower()}]]"
        when.markdown(short(execution.scheduled_for, user) + unplanned)
        took.markdown(duration(execution.execution_time_ms))


def _row(user: Actor, execution: ExecutionResponse, key: str) -> None:
    name, state, due, took, rows, sent = list_row(f"run-{key}{execution.id}", _WIDTHS)
    with name:
        open_link(EXECUTION, execution.report_name, execution.id)
        name.caption(_small_print(execution))
    with state:
        status_badge(execution.status)
    due.markdown(short(execution.scheduled_for, user))
    took.markdown(duration(execution.execution_time_ms))
    rows.markdown(NEVER if execution.row_count is None else f"{execution.row_count:,}")
    sent.markdown(plural(len(execution.sent_to), "person", "people") if execution.sent_to else NEVER)


def _small_print(execution: ExecutionResponse) -> str:
    """What started it, and the reason when it did not go well."""
    words = LABELS[execution.trigger]
    if not execution.error_message:
        return words
    reason = execution.error_message
    cut = reason if len(reason) <= _MOST_LETTERS else reason[: _MOST_LETTERS - 1] + "\u2026"
    return f"{words} \u00b7 {plain(cut)}"
