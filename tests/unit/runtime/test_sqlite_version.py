"""Old versions of SQLite are named once."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from baton.bpm.runtime.sqlite_version import warn_if_old


@pytest.mark.parametrize(("version", "lines"), [((3, 40, 1), 1), ((3, 51, 3), 0), ((3, 60, 0), 0)])
def test_only_a_version_with_the_fault_is_warned_of(version: tuple[int, int, int], lines: int) -> None:
    with capture_logs() as logs:
        warn_if_old(version)

    assert len(logs) == lines
    assert all(log["sqlite_version"] == "3.40.1" for log in logs)
