"""tags, thread, dark chart, link days and failure texts of a report

Revision: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_COLUMNS = ("failure_body", "failure_subject", "link_days", "dark_chart", "keep_thread", "tags")


def upgrade() -> None:
    op.add_column("scheduled_reports", sa.Column("tags", sa.JSON(), server_default="[]", nullable=False))
    op.add_column(
        "scheduled_reports", sa.Column("keep_thread", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("scheduled_reports", sa.Column("dark_chart", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column("scheduled_reports", sa.Column("link_days", sa.Integer(), nullable=True))
    op.add_column("scheduled_reports", sa.Column("failure_subject", sa.Text(), nullable=True))
    op.add_column("scheduled_reports", sa.Column("failure_body", sa.Text(), nullable=True))


def downgrade() -> None:
    for name in _COLUMNS:
        op.drop_column("scheduled_reports", name)
