"""The scenarios of an independent formal model of BPMN: every one, or the reason from the specification."""

from __future__ import annotations

import pytest

from tests.conformance import listed, scenarios

REASONS: dict[str, str] = {}


@pytest.fixture(scope="module")
def found() -> dict[str, str]:
    if not (listed.CORPUS / "scenario_cases.json").exists():
        pytest.skip("the corpus is not beside this checkout")
    return listed.results(scenarios.cases(listed.CORPUS), scenarios.run_case)


def test_every_scenario_passes_or_has_a_reason(found: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\nscenarios: {sum(not missed for missed in found.values())} of {len(found)}")

    assert len(found) >= 46
    assert listed.unlisted(found, REASONS) == {}


def test_no_scenario_with_a_reason_passes(found: dict[str, str]) -> None:
    assert listed.outdated(found, REASONS) == set()
