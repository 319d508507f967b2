"""Brings the database that the settings name to this version's schema."""

from __future__ import annotations

from baton.bpm.runtime.database import make_engine, own_file
from baton.bpm.settings import Settings, sqlite_path
from baton.models import migrations


def upgrade(settings: Settings) -> str:
    """The revision it is at afterwards. Quick when there is nothing to do.

    Raises `ConfigurationError` if another process has the SQLite file open.
    """
    path = sqlite_path(settings.database_url)
    if path is None:
        return _upgrade(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    with own_file(path):
        return _upgrade(settings)


def _upgrade(settings: Settings) -> str:
    engine = make_engine(settings.database_url, foreign_keys=False)
    try:
        return migrations.upgrade(engine)
    finally:
        engine.dispose()
