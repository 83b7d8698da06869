"""Alerts, as schema only for now: a condition on one value of a saved query."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from core.schemas.base import Email, Flag, Id, Input, Instant, Name, Output, Prose, Whole

Operator = Literal["gt", "gte", "lt", "lte", "eq", "ne"]
AlertState = Literal["unknown", "ok", "triggered"]


class AlertCreate(Input):
    """Tell `recipients` when `column` of the first row compares with `threshold`.

    `grace_minutes` is how long the condition must hold first; `repeat_minutes` how often it is told again.
    """

    name: Name
    description: Prose = ""
    saved_query_id: Id
    column: Name
    operator: Operator
    threshold: float
    recipients: Annotated[list[Email], Field(min_length=1)]
    grace_minutes: Annotated[Whole, Field(ge=0, le=10_080)] = 0
    repeat_minutes: Annotated[Whole, Field(ge=5, le=10_080)] | None = None
    is_active: Flag = True

    @model_validator(mode="after")
    def _repeats_after_the_grace(self) -> AlertCreate:
        if self.repeat_minutes is not None and self.repeat_minutes < self.grace_minutes:
            raise ValueError("repeat_minutes must not be shorter than grace_minutes")
        return self


class AlertUpdate(Input):
    name: Name | None = None
    description: Prose | None = None
    saved_query_id: Id | None = None
    column: Name | None = None
    operator: Operator | None = None
    threshold: float | None = None
    recipients: Annotated[list[Email], Field(min_length=1)] | None = None
    grace_minutes: Annotated[Whole, Field(ge=0, le=10_080)] | None = None
    repeat_minutes: Annotated[Whole, Field(ge=5, le=10_080)] | None = None
    is_active: Flag | None = None


class AlertResponse(Output):
    id: Id
    user_id: Id
    name: str
    description: str
    saved_query_id: Id
    column: str
    operator: Operator
    threshold: float
    recipients: list[str]
    grace_minutes: int
    repeat_minutes: int | None
    is_active: bool
    state: AlertState
    last_value: float | None
    last_triggered_at: Instant | None
    created_at: Instant
    updated_at: Instant
