"""What reports are made of: data sources, saved queries, dashboards."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from core.models.base import Base


class Owned:
    """Belongs to a person; `version` counts the edits, so that two at once do not overwrite each other."""

    @declared_attr
    def owner_id(cls) -> Mapped[uuid.UUID]:
        return mapped_column(ForeignKey("users.id", ondelete="RESTRICT"), index=True)

    version: Mapped[int] = mapped_column(default=1)


class DataSource(Owned, Base):
    __tablename__ = "data_sources"

    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(40))
    url_encrypted: Mapped[str] = mapped_column(Text)
    url_masked: Mapped[str] = mapped_column(Text)
    key_id: Mapped[str] = mapped_column(String(20))
    shared: Mapped[bool] = mapped_column(default=False)
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(String(20), default="active")
    last_test_at: Mapped[datetime | None]
    last_test_ok: Mapped[bool | None]


class SavedQuery(Owned, Base):
    __tablename__ = "saved_queries"

    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")
    data_source_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("data_sources.id", ondelete="RESTRICT"), index=True)
    sql: Mapped[str] = mapped_column(Text)
    parameters: Mapped[list[Any]] = mapped_column(default=list)
    presentation: Mapped[dict[str, Any]] = mapped_column(default=dict)

    data_source: Mapped[DataSource] = relationship()


class Dashboard(Owned, Base):
    __tablename__ = "dashboards"

    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")

    tiles: Mapped[list[DashboardTile]] = relationship(
        order_by="DashboardTile.position", cascade="all, delete-orphan", passive_deletes=True
    )


class DashboardTile(Base):
    __tablename__ = "dashboard_tiles"

    dashboard_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dashboards.id", ondelete="CASCADE"), index=True)
    saved_query_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("saved_queries.id", ondelete="RESTRICT"), index=True)
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(200), default="")
    chart: Mapped[str] = mapped_column(String(20), default="table")
    x: Mapped[str | None] = mapped_column(String(200))
    y: Mapped[str | None] = mapped_column(String(200))
    parameters: Mapped[dict[str, Any]] = mapped_column(default=dict)

    saved_query: Mapped[SavedQuery] = relationship()
