"""Consumers that are, or were, alive."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.models.base import Base


class Worker(Base):
    __tablename__ = "workers"
    __table_args__ = (UniqueConstraint("host", "boot_id", "pid", "process_started"),)

    host: Mapped[str] = mapped_column(String(200))
    boot_id: Mapped[str] = mapped_column(String(64))
    pid: Mapped[int]
    process_started: Mapped[str] = mapped_column(String(32))
    started_at: Mapped[datetime]
    heartbeat_at: Mapped[datetime] = mapped_column(index=True)
    version: Mapped[str] = mapped_column(String(40), default="")
    slots: Mapped[int] = mapped_column(default=1)
