"""How random tests draw: the same every time in CI, afresh at a desk, and many at night.

`make test TEST_ARGS="--hypothesis-profile=nightly tests/property"` runs 2,000 examples of each property.

Processes that tests start keep their bytecode, as a user's do: without it each start compiles every module again.
"""

import os

import pytest
from hypothesis import HealthCheck, settings

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

SLOW_TO_DRAW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]

settings.register_profile("desk", max_examples=100, deadline=None, suppress_health_check=SLOW_TO_DRAW)
settings.register_profile("ci", settings.get_profile("desk"), derandomize=True, database=None)
settings.register_profile("nightly", settings.get_profile("desk"), max_examples=2_000)
settings.load_profile("ci" if os.environ.get("CI") else "desk")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests first: of processes that share the files, none has a long one left at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)
