"""People, their sessions, failed log-ins, the workspace, and who did what."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.models.base import Base


class User(Base):
    __tablename__ = "users"

    email: Mapped[str] = mapped_column(String(320), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str] = mapped_column(String(255))
    role: Mapped[str] = mapped_column(String(20), default="analyst")
    timezone: Mapped[str] = mapped_column(String(64), default="UTC")
    locale: Mapped[str] = mapped_column(String(20), default="en_GB")
    is_active: Mapped[bool] = mapped_column(default=True)
    last_login_at: Mapped[datetime | None]
    # Short-lived tokens of the API that were given out before are worth nothing.
    credentials_changed_at: Mapped[datetime | None]


class UserSession(Base):
    """A signed-in browser; the cookie's token is stored hashed."""

    __tablename__ = "sessions"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    csrf_hash: Mapped[str] = mapped_column(String(64))
    expires_at: Mapped[datetime] = mapped_column(index=True)
    last_seen_at: Mapped[datetime]
    ip: Mapped[str] = mapped_column(String(64), default="")
    user_agent: Mapped[str] = mapped_column(String(300), default="")
    revoked_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()


class LoginAttempt(Base):
    """Failed log-ins per account and per address in one window of the throttle."""

    __tablename__ = "login_attempts"
    __table_args__ = (UniqueConstraint("key", "window_start"),)

    key: Mapped[str] = mapped_column(String(200))
    window_start: Mapped[datetime]
    count: Mapped[int] = mapped_column(default=0)


class Workspace(Base):
    """One row: what everybody shares."""

    __tablename__ = "workspace"

    name: Mapped[str] = mapped_column(String(200), default="Rooster")
    locale: Mapped[str] = mapped_column(String(20), default="en_GB")
    week_start: Mapped[int] = mapped_column(default=0)
    brand_color: Mapped[str | None] = mapped_column(String(9))
    logo: Mapped[bytes | None]
    key_canary: Mapped[str | None] = mapped_column(Text)
    sample_loaded_at: Mapped[datetime | None]


class AuditEntry(Base):
    """Who did what, when; it outlives the object and the person it names."""

    __tablename__ = "audit_entries"
    __table_args__ = (Index(None, "object_id", "at"),)

    at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[uuid.UUID | None]
    action: Mapped[str] = mapped_column(String(60))
    object_type: Mapped[str] = mapped_column(String(60))
    object_id: Mapped[uuid.UUID | None]
    object_name: Mapped[str] = mapped_column(String(200), default="")
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    ip: Mapped[str] = mapped_column(String(64), default="")
