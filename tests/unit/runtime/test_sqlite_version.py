"""Old versions of SQLite are named once."""

from __future__ import annotations

import pytest

from baton.bpm.runtime.sqlite_version import warn_if_old


@pytest.mark.parametrize(("version", "lines"), [((3, 40, 1), 1), ((3, 51, 3), 0), ((3, 60, 0), 0)])
def test_only_a_version_with_the_fault_is_warned_of(
    version: tuple[int, int, int], lines: int, caplog: pytest.LogCaptureFixture
) -> None:
    warn_if_old(version)

    assert len(caplog.records) == lines
    assert all("SQLite 3.40.1" in record.getMessage() for record in caplog.records)
