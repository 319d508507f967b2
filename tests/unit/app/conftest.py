"""An engine on a database in a temporary folder."""

import pytest

from baton.app import database
from baton.bpm.runtime.engine import Engine
from baton.bpm.settings import Settings


@pytest.fixture
def engine(tmp_path):
    settings = Settings(database_url=f"sqlite:///{tmp_path}/baton.db")
    database.upgrade(settings)
    with Engine(settings) as engine:
        yield engine
