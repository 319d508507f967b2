"""The statements of the hot path, prebuilt once per process so that SQLAlchemy compiles each of them once."""

from __future__ import annotations


class Statements:
    """See `instance_store`, which runs them. `dialect` is `sqlite` or `postgresql`."""

    def __init__(self, dialect: str) -> None:
        self.dialect = dialect
