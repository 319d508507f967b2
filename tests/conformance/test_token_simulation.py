"""The cases of bpmn.io's token simulator, in guided mode: every one, or the reason from the specification."""

from __future__ import annotations

import pytest

from tests.conformance import listed, token_simulation

REASONS = {
    "tokensim-inclusive-gateway-boundary-event": (
        "The recorded steps trigger the activity that the trace shows interrupted by its boundary timer. A completed "
        "activity closes its boundary events (BPMN 2.0.2, 13.3.2 and 13.5.3), so the two do not fit."
    ),
    "tokensim-error-no-catch": (
        "The simulator goes on after an error that nobody catches. BPMN 2.0.2, 10.5.7 leaves that case to the engine; "
        "here it is an incident at the throwing element, so that nothing ends in silence."
    ),
    "tokensim-collapsed-compensation-event-sub-process": (
        "The trace leaves out the compensation event sub-process itself. It is an activity that is performed "
        "(BPMN 2.0.2, 10.7.1 and 13.5.5), so the audit tells that it was activated."
    ),
    "tokensim-compensation-error": (
        "Two tokens run in parallel and the trace depends on which is moved first. The harness moves the first to its "
        "error end event, which interrupts the other (BPMN 2.0.2, 13.5.3); the order of parallel paths is not defined."
    ),
    "tokensim-message-flow-pool-pool": (
        "The file draws two black-box pools and no process. A pool without a process has nothing to perform "
        "(BPMN 2.0.2, 9.3), so there is nothing to deploy."
    ),
}


@pytest.fixture(scope="module")
def found() -> dict[str, str]:
    if not (listed.CORPUS / "token_simulation_cases.json").exists():
        pytest.skip("the corpus is not beside this checkout")
    return listed.results(token_simulation.cases(listed.CORPUS), token_simulation.run_case)


def test_every_case_passes_or_has_a_reason(found: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\ntoken simulation: {sum(not missed for missed in found.values())} of {len(found)}")

    assert len(found) >= 129
    assert listed.unlisted(found, REASONS) == {}


def test_no_case_with_a_reason_passes(found: dict[str, str]) -> None:
    assert listed.outdated(found, REASONS) == set()
