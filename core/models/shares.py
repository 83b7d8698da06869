"""Who may see or change what belongs to somebody else."""

from __future__ import annotations

import uuid

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.models.base import Base


class Share(Base):
    """One object lent to one person; `level` is `read` or `edit`. No foreign key leads to the object: it has three
    tables to be in, so whoever deletes an object deletes its shares."""

    __tablename__ = "shares"
    __table_args__ = (
        UniqueConstraint("object_type", "object_id", "user_id"),
        Index(None, "user_id", "object_type"),
    )

    object_type: Mapped[str] = mapped_column(String(20))
    object_id: Mapped[uuid.UUID]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    level: Mapped[str] = mapped_column(String(10))
