"""An index of suspended jobs by type: of what workers may take there is one already."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"  # continuations


def upgrade() -> None:
    where = sa.text("suspended")
    op.create_index("ix_job_suspended", "job", ["type", "id"], sqlite_where=where, postgresql_where=where)
