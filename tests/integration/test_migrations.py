"""The migrations make exactly the tables of the code."""

from __future__ import annotations

import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from baton.bpm.runtime.database import make_engine
from baton.models import metadata, migrations


def test_the_migrated_schema_is_that_of_the_models(empty_database_url: str) -> None:
    engine = make_engine(empty_database_url, foreign_keys=False)

    revision = migrations.upgrade(engine)

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        assert migrations.current_revision(connection) == revision == migrations.head_revision()
    engine.dispose()


def test_partial_indexes_cover_the_same_rows_in_migrations_and_models(empty_database_url: str) -> None:
    engine = make_engine(empty_database_url, foreign_keys=False)
    migrations.upgrade(engine)

    with engine.connect() as connection:
        migrated = _partial_indexes(connection)
        metadata.drop_all(connection)
        metadata.create_all(connection)
        created = _partial_indexes(connection)

    assert migrated == created
    assert len(migrated) == 23
    engine.dispose()


def _partial_indexes(connection: sqlalchemy.Connection) -> dict[str, str]:
    if connection.dialect.name == "sqlite":
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql LIKE '% WHERE %'"
    else:
        query = "SELECT indexname, indexdef FROM pg_indexes WHERE indexdef LIKE '% WHERE %' AND schemaname = 'public'"
    return {name: definition.partition(" WHERE ")[2] for name, definition in connection.execute(sqlalchemy.text(query))}


def test_migrating_twice_changes_nothing(empty_database_url: str) -> None:
    engine = make_engine(empty_database_url, foreign_keys=False)

    assert migrations.upgrade(engine) == migrations.upgrade(engine)

    engine.dispose()
