"""Flow node statistics: how many ended visits of a flow node took about how long, over all instances of a version.

`duration_class` is that of `bpm.runtime.duration_classes`; -1 counts visits that were cancelled. Written from ended
flow node instances some at a time, never by a command: all instances would wait for each other at one row.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, Table, Text

from baton.models.base import Id, metadata

flow_node_statistics = Table(
    "flow_node_statistics",
    metadata,
    Column("process_definition_id", Id, primary_key=True, autoincrement=False),
    Column("element_id", Text, primary_key=True),
    Column("duration_class", Integer, primary_key=True, autoincrement=False),
    Column("visits", BigInteger, nullable=False),
)
