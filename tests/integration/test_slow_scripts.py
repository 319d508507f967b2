"""A script that uses all of its time stops nobody else."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from time import monotonic

import pytest

from baton.bpm import expressions
from baton.bpm.expressions import ScriptLimits
from tests.integration.support import TWO_TASKS, Desk, diagram, flow

SECONDS = 1.5


@pytest.mark.parametrize(("language", "script"), [("javascript", "for (;;) {}"), ("python", "while True:\n    pass")])
def test_while_a_script_runs_for_all_of_its_time_other_instances_are_answered(
    desk: Desk, language: str, script: str
) -> None:
    slow = f'<scriptTask id="slow" scriptFormat="{language}"><script>{script}</script></scriptTask>'
    desk.deploy(TWO_TASKS)
    desk.deploy(diagram(f'<startEvent id="s"/>{slow}{flow("s", "slow")}', key="endless"))
    expressions.configure_scripts(ScriptLimits(seconds=SECONDS))
    answered = 0

    with ThreadPoolExecutor(1) as threads:
        begin = monotonic()
        endless = threads.submit(desk.start, "endless")
        while not endless.done() and monotonic() - begin < 30:
            desk.start("order")
            answered += not endless.done()
        took = monotonic() - begin

    assert took >= SECONDS
    assert answered >= 5
    expressions.configure_scripts(ScriptLimits())
