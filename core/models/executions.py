"""The ledger: a run is a row, a mail to one person is a row, every step of either is a row."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.models.base import Base
from core.models.reports import ScheduledReport

_ONE_PER_SLOT = text("trigger = 'schedule'")
_OCCUPYING = text("status IN ('running', 'delivering') AND trigger <> 'test'")


class ReportExecution(Base):
    __tablename__ = "report_executions"
    __table_args__ = (
        Index(None, "status", "not_before"),
        # Histories are read from these alone, whichever page; the rows of the pages before stay untouched.
        Index(None, "scheduled_report_id", "created_at", "id"),
        Index(None, "owner_id", "created_at", "id"),
        Index(None, "owner_id", "status", "created_at", "id"),
        # One due time is one run, whoever looks and however often.
        Index(
            "uq_report_executions_slot",
            "scheduled_report_id",
            "scheduled_for",
            unique=True,
            sqlite_where=_ONE_PER_SLOT,
            postgresql_where=_ONE_PER_SLOT,
        ),
        # A double click is one run.
        UniqueConstraint("scheduled_report_id", "request_id"),
        # At most one execution of a report at a time; a test harms nobody.
        Index(
            "uq_report_executions_occupying",
            "scheduled_report_id",
            unique=True,
            sqlite_where=_OCCUPYING,
            postgresql_where=_OCCUPYING,
        ),
    )

    scheduled_report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scheduled_reports.id", ondelete="CASCADE"))
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    trigger: Mapped[str] = mapped_column(String(20))
    requested_by: Mapped[uuid.UUID | None]
    request_id: Mapped[str | None] = mapped_column(String(200))
    scheduled_for: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(20), default="queued")
    attempt: Mapped[int] = mapped_column(default=0)
    max_attempts: Mapped[int] = mapped_column(default=3)
    fence: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    lease_owner: Mapped[str | None] = mapped_column(String(300), index=True)
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    snapshot: Mapped[dict[str, Any]] = mapped_column(default=dict)
    progress: Mapped[dict[str, Any]] = mapped_column(default=dict)
    data_as_of: Mapped[datetime | None]
    row_count: Mapped[int | None] = mapped_column(BigInteger)
    kpis: Mapped[list[Any]] = mapped_column(default=list)
    tiles: Mapped[list[Any]] = mapped_column(default=list)
    error_class: Mapped[str | None] = mapped_column(String(40))
    error_message: Mapped[str | None] = mapped_column(Text)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    execution_time_ms: Mapped[int | None] = mapped_column(BigInteger)

    scheduled_report: Mapped[ScheduledReport] = relationship()
    files: Mapped[list[GeneratedFile]] = relationship(
        order_by="GeneratedFile.format, GeneratedFile.part", cascade="all, delete-orphan", passive_deletes=True
    )
    deliveries: Mapped[list[Delivery]] = relationship(
        order_by="Delivery.recipient, Delivery.send_no", cascade="all, delete-orphan", passive_deletes=True
    )


class GeneratedFile(Base):
    """A file of a run; `path` is relative to the storage folder, `name` is what people see."""

    __tablename__ = "generated_files"

    execution_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("report_executions.id", ondelete="CASCADE"), index=True)
    fence: Mapped[int]
    format: Mapped[str] = mapped_column(String(20))
    part: Mapped[int] = mapped_column(default=1)
    path: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(120))
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    rows_written: Mapped[int] = mapped_column(BigInteger)
    rows_total: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[datetime | None] = mapped_column(index=True)
    deleted_at: Mapped[datetime | None]
    # A mail gave out a link to it that is good until then, unless somebody withdrew it.
    linked_until: Mapped[datetime | None]
    link_revoked_at: Mapped[datetime | None]

    def has_live_link(self, now: datetime) -> bool:
        """Does a link that a mail gave out still work?"""
        is_over = self.linked_until is None or self.linked_until <= now
        return not is_over and self.link_revoked_at is None and self.deleted_at is None


class Delivery(Base):
    """One mail to one person. `phase` is `data` from just before the final dot until the answer."""

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("execution_id", "recipient", "send_no"),
        Index(None, "status", "not_before"),
    )

    execution_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("report_executions.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(20), default="report")
    recipient: Mapped[str] = mapped_column(String(320))
    role: Mapped[str] = mapped_column(String(10), default="to")
    send_no: Mapped[int] = mapped_column(default=1)
    message_id: Mapped[str] = mapped_column(String(255))
    email_configuration_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("email_configurations.id", ondelete="SET NULL")
    )
    status: Mapped[str] = mapped_column(String(20), default="pending")
    phase: Mapped[str | None] = mapped_column(String(20))
    attempt: Mapped[int] = mapped_column(default=0)
    fence: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime]
    give_up_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    lease_owner: Mapped[str | None] = mapped_column(String(300), index=True)
    smtp_code: Mapped[int | None]
    smtp_response: Mapped[str | None] = mapped_column(Text)
    error_class: Mapped[str | None] = mapped_column(String(40))
    error_message: Mapped[str | None] = mapped_column(Text)
    sent_at: Mapped[datetime | None]


class Attempt(Base):
    """What happened, step by step; rows are only ever added."""

    __tablename__ = "attempts"

    execution_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("report_executions.id", ondelete="CASCADE"), index=True
    )
    delivery_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("deliveries.id", ondelete="CASCADE"), index=True)
    fence: Mapped[int]
    worker: Mapped[str] = mapped_column(String(300), default="")
    event: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
