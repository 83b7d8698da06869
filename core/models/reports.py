"""Scheduled reports and the mail accounts they leave through."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.models.base import Base
from core.models.content import Dashboard, Owned, SavedQuery
from core.models.users import User


class ScheduledReport(Owned, Base):
    __tablename__ = "scheduled_reports"
    __table_args__ = (
        CheckConstraint("(dashboard_id IS NULL) <> (saved_query_id IS NULL)", name="one_subject"),
        # The due check reads this index and nothing else.
        Index(
            "ix_scheduled_reports_due",
            "next_run_at",
            # Spelt as the queries spell it, or SQLite does not see that it fits.
            sqlite_where=text("is_active = 1"),
            postgresql_where=text("is_active"),
        ),
    )

    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")
    dashboard_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("dashboards.id", ondelete="RESTRICT"), index=True)
    saved_query_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("saved_queries.id", ondelete="RESTRICT"), index=True
    )
    parameters: Mapped[dict[str, Any]] = mapped_column(default=dict)
    schedule_config: Mapped[dict[str, Any]]
    recipients: Mapped[list[Any]]
    cc: Mapped[list[Any]] = mapped_column(default=list)
    bcc: Mapped[list[Any]] = mapped_column(default=list)
    formats: Mapped[list[Any]]
    format_options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    email_subject: Mapped[str | None] = mapped_column(Text)
    email_body: Mapped[str | None] = mapped_column(Text)
    # The owner's own words for "it did not arrive"; None for ours.
    failure_subject: Mapped[str | None] = mapped_column(Text)
    failure_body: Mapped[str | None] = mapped_column(Text)
    tags: Mapped[list[Any]] = mapped_column(default=list)
    keep_thread: Mapped[bool] = mapped_column(default=False)
    dark_chart: Mapped[bool] = mapped_column(default=True)
    # None for the installation's own number of days.
    link_days: Mapped[int | None]
    is_active: Mapped[bool] = mapped_column(default=True)
    paused_reason: Mapped[str | None] = mapped_column(Text)
    next_run_at: Mapped[datetime | None]
    last_run_at: Mapped[datetime | None]
    # Moves with every change of the schedule: a wake-up made for an older one finds nothing to do.
    schedule_version: Mapped[int] = mapped_column(default=1)
    misfire_policy: Mapped[str] = mapped_column(String(20), default="run_latest")
    grace_s: Mapped[int] = mapped_column(default=3600)
    uncertain_policy: Mapped[str] = mapped_column(String(20), default="hold")
    time_limit_s: Mapped[int | None]
    retention_days: Mapped[int | None]
    failures_in_row: Mapped[int] = mapped_column(default=0)
    # Who asked to get no more of its mails, and when: {address: instant}.
    stopped: Mapped[dict[str, Any]] = mapped_column(default=dict)

    owner: Mapped[User] = relationship()
    dashboard: Mapped[Dashboard | None] = relationship()
    saved_query: Mapped[SavedQuery | None] = relationship()


class EmailConfiguration(Base):
    """A mail account: one per person, and one without an owner that serves everybody who has none."""

    __tablename__ = "email_configurations"
    __table_args__ = (
        Index("uq_email_configurations_owner_id", "owner_id", unique=True),
        # NULLs are distinct in a unique index, so the workspace's single account needs one of its own.
        Index(
            "uq_email_configurations_workspace",
            text("(owner_id IS NULL)"),
            unique=True,
            sqlite_where=text("owner_id IS NULL"),
            postgresql_where=text("owner_id IS NULL"),
        ),
    )

    owner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    version: Mapped[int] = mapped_column(default=1)
    preset: Mapped[str | None] = mapped_column(String(40))
    smtp_host: Mapped[str] = mapped_column(String(255))
    smtp_port: Mapped[int]
    use_tls: Mapped[bool] = mapped_column(default=True)
    use_ssl: Mapped[bool] = mapped_column(default=False)
    auth: Mapped[str] = mapped_column(String(20), default="password")
    smtp_username: Mapped[str] = mapped_column(String(320), default="")
    smtp_password_encrypted: Mapped[str | None] = mapped_column(Text)
    key_id: Mapped[str | None] = mapped_column(String(20))
    from_email: Mapped[str] = mapped_column(String(320))
    from_name: Mapped[str | None] = mapped_column(String(200))
    extra_headers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(String(20), default="active")
    last_test: Mapped[dict[str, Any] | None]
    # What the server last said of the largest mail it takes, in bytes.
    max_message_bytes: Mapped[int | None] = mapped_column(BigInteger)
