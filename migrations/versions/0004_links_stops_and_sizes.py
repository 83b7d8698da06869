"""links to files, readers who stopped a report, the largest mail of a server

Revision: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("generated_files", sa.Column("linked_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("generated_files", sa.Column("link_revoked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("scheduled_reports", sa.Column("stopped", sa.JSON(), server_default="{}", nullable=False))
    op.add_column("email_configurations", sa.Column("max_message_bytes", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("email_configurations", "max_message_bytes")
    op.drop_column("scheduled_reports", "stopped")
    op.drop_column("generated_files", "link_revoked_at")
    op.drop_column("generated_files", "linked_until")
