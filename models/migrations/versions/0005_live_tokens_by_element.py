"""Live tokens and open incidents are counted by element, from the index alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"  # collaboration

_COLUMNS = ["process_definition_id", "element_id"]


def upgrade() -> None:
    for name, table, rows in (
        ("ix_flow_node_instance_live", "flow_node_instance", "ended_at IS NULL"),
        ("ix_incident_open", "incident", "state = 'open'"),
    ):
        where = sa.text(rows)
        op.create_index(name, table, _COLUMNS, sqlite_where=where, postgresql_where=where)
