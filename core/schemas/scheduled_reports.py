"""Scheduled reports: what is sent, when, to whom."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field, field_validator, model_validator

from core.formats import FORMAT_KEYS
from core.schemas.base import Access, Email, Flag, Id, Input, Instant, Name, Output, Prose, Whole
from core.schemas.content import ParameterValue, Values
from core.schemas.formats import FormatOptions
from core.schemas.schedule import ScheduleConfig
from core.schemas.tags import Tags
from core.settings import get_settings
from core.states import ExecutionStatus
from core.text import did_you_mean, join_words


def _known_format(value: str) -> str:
    if value not in FORMAT_KEYS:
        known = join_words(FORMAT_KEYS, last="or")
        raise ValueError(f"unknown format '{value}'; use {known}.{did_you_mean(value, FORMAT_KEYS)}")
    return value


def _each_once(values: list[str]) -> list[str]:
    """Keeps the order; addresses that differ only in case are one."""
    return list({value.casefold(): value for value in reversed(values)}.values())[::-1]


FormatKey = Annotated[str, AfterValidator(_known_format)]
Recipients = Annotated[list[Email], AfterValidator(_each_once)]
Formats = Annotated[list[FormatKey], Field(min_length=1), AfterValidator(_each_once)]
MOST_LINK_DAYS: Final = 90
LinkDays = Annotated[Whole, Field(ge=1, le=MOST_LINK_DAYS)]


class ScheduledReportCreate(Input):
    """Exactly one of `dashboard_id` and `saved_query_id`; templates may be left out for good defaults.

    `keep_thread` lets mail programs fold all runs into one conversation; `dark_chart` adds a picture of each chart for
    mail programs in the dark; `link_days` is how long links to files work (null: as the installation says);
    `failure_subject` and `failure_body` are the words of the notice to the owner when a run fails.
    """

    name: Name
    description: Prose = ""
    dashboard_id: Id | None = None
    saved_query_id: Id | None = None
    parameters: Values = Field(default_factory=dict)
    schedule_config: ScheduleConfig
    recipients: Recipients
    cc: Recipients = Field(default_factory=list)
    bcc: Recipients = Field(default_factory=list)
    formats: Formats
    format_options: FormatOptions = Field(default_factory=dict)
    email_subject: Prose | None = None
    email_body: Prose | None = None
    tags: Tags = Field(default_factory=list)
    keep_thread: Flag = False
    dark_chart: Flag = True
    link_days: LinkDays | None = None
    failure_subject: Prose | None = None
    failure_body: Prose | None = None
    is_active: Flag = True

    @field_validator("recipients")
    @classmethod
    def _somebody(cls, recipients: list[str]) -> list[str]:
        if not recipients:
            raise ValueError("name at least one recipient")
        return recipients

    @model_validator(mode="after")
    def _one_subject(self) -> ScheduledReportCreate:
        if (self.dashboard_id is None) == (self.saved_query_id is None):
            raise ValueError("choose a dashboard or a saved query: exactly one of dashboard_id and saved_query_id")
        return self

    @model_validator(mode="after")
    def _everybody_once(self) -> ScheduledReportCreate:
        everybody = [*self.recipients, *self.cc, *self.bcc]
        folded = [address.casefold() for address in everybody]
        twice = [address for address in everybody if folded.count(address.casefold()) > 1]
        if twice:
            raise ValueError(f"{twice[0]} stands in more than one of recipients, cc and bcc; keep one")
        most = get_settings().max_recipients
        if len(everybody) > most:
            raise ValueError(f"{len(everybody)} recipients are more than the {most} allowed (ROOSTER_MAX_RECIPIENTS)")
        return self


class ScheduledReportUpdate(Input):
    """Any part of it; the merged result is validated as a new one would be."""

    name: Name | None = None
    description: Prose | None = None
    dashboard_id: Id | None = None
    saved_query_id: Id | None = None
    parameters: Values | None = None
    schedule_config: ScheduleConfig | None = None
    recipients: Recipients | None = None
    cc: Recipients | None = None
    bcc: Recipients | None = None
    formats: Formats | None = None
    format_options: FormatOptions | None = None
    email_subject: Prose | None = None
    email_body: Prose | None = None
    tags: Tags | None = None
    keep_thread: Flag | None = None
    dark_chart: Flag | None = None
    link_days: LinkDays | None = None
    failure_subject: Prose | None = None
    failure_body: Prose | None = None
    is_active: Flag | None = None


class LastExecution(Output):
    id: Id
    status: ExecutionStatus
    finished_at: Instant | None
    error_message: str | None


class ScheduledReportResponse(Output):
    """`warnings` are sentences such as a missing mail account; `schedule_text` says the schedule in words.

    `failures_in_row` counts the latest runs that did not reach everybody; 0 after one that did.
    """

    id: Id
    user_id: Id
    name: str
    description: str
    dashboard_id: Id | None
    saved_query_id: Id | None
    subject_name: str
    parameters: dict[str, ParameterValue]
    schedule_config: ScheduleConfig
    schedule_text: str
    recipients: list[str]
    cc: list[str]
    bcc: list[str]
    formats: list[str]
    format_options: dict[str, Any]
    email_subject: str | None
    email_body: str | None
    tags: list[str] = []
    keep_thread: bool = False
    dark_chart: bool = True
    link_days: int | None = None
    failure_subject: str | None = None
    failure_body: str | None = None
    is_active: bool
    paused_reason: str | None
    failures_in_row: int = 0
    next_run_at: Instant | None
    last_run_at: Instant | None
    created_at: Instant
    updated_at: Instant
    access: Access = "owner"
    version: int = 1
    last_execution: LastExecution | None = None
    warnings: list[str] = []
