"""Runs scenarios: a process, what people, clocks and messages do to it, and where that leads.

Their files are executable, so they run in automatic mode. Their expressions use functions of a language of their own;
these are known to this harness only. Called processes and messages cross between the instances of a case as the
runtime would carry them.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from baton.bpm.errors import Rejection
from baton.bpm.execution import commands, diagrams, events
from baton.bpm.execution.specs import ProcessSpec, build_specs
from tests.support.drawn_run import DrawnRun

_PRIVATE = (
    (re.compile(r"isPresent\((\w+)\)"), r"\1 != null"),
    (re.compile(r"stringEquals\((\w+), *(\"[^\"]*\")\)"), r"\1 = \2"),
)
"""The private functions, in FEEL."""


@dataclass
class Scenario:
    """All instances of one case. `completed` counts how often each user task was completed."""

    specs: dict[str, ProcessSpec]
    runs: list[DrawnRun] = field(default_factory=list)
    callers: dict[int, tuple[DrawnRun, events.ProcessInstanceCalled]] = field(default_factory=dict)
    completed: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of_files(cls, paths: list[Path]) -> Scenario:
        specs: dict[str, ProcessSpec] = {}
        for path in paths:
            content = path.read_text(encoding="utf-8")
            for pattern, feel in _PRIVATE:
                content = pattern.sub(feel, content)
            diagram = diagrams.read(content.encode())
            assert diagram.ok, [problem.message for problem in diagram.problems if problem.severity == "error"]
            specs |= {process.key: build_specs(process) for process in diagram.processes}
        return cls(specs)

    def do(self, step: dict[str, Any]) -> bool:
        """Do one step; False if it is rejected."""
        try:
            _STEPS[step["do"]](self, step)
        except Rejection:
            return False
        self._carry_calls()
        return True

    def start(self, step: dict[str, Any]) -> None:
        self._begin(step["process"], None, step["variables"])

    def start_at_event(self, step: dict[str, Any]) -> None:
        self._begin(step["raw"]["processId"], step["raw"]["startEventId"], {})

    def complete(self, step: dict[str, Any]) -> None:
        task, activation = step["task"], step.get("activation", 1)
        for run in self.runs:
            if any(item.element_id == task for item in run.user_tasks):
                if activation != self.completed.get(task, 0) + 1:
                    raise Rejection(f"Expected activation {activation} of '{task}', found another")
                item = next(item for item in run.user_tasks if item.element_id == task)
                run.handle(
                    commands.CompleteUserTask(
                        token_id=item.id, scope_id=item.event.scope_id, variables=step["variables"]
                    )
                )
                self.completed[task] = self.completed.get(task, 0) + 1
                return
        raise Rejection(f"Expected an open user task '{task}', found none")

    def fire_timer(self, step: dict[str, Any]) -> None:
        """The clock moves to when the timer is due."""
        element = step["element"]
        run = next(run for run in self.runs if any(timer.element_id == element for timer in run.timers))
        timer = next(timer for timer in run.timers if timer.element_id == element)
        run.advance(seconds=(timer.event.due_at - run.clock.now).total_seconds())
        assert all(open_.id != timer.id for open_ in run.timers)

    def message(self, step: dict[str, Any]) -> None:
        element = step["raw"]["subscriptionId"]["elementId"]
        run = next(run for run in self.runs if any(id_ == element for id_, _ in run.waiting_for))
        run.receive(element)

    @property
    def open_tasks(self) -> list[str]:
        return sorted(item.element_id for run in self.runs for item in run.user_tasks)

    @property
    def state(self) -> str:
        """Of the instance that was started first."""
        return "incident" if any(run.incidents for run in self.runs) else self.runs[0].state

    def _begin(self, key: str, start_event: str | None, variables: dict[str, Any]) -> DrawnRun:
        run = DrawnRun(self.specs[key], reload=True)
        self.runs.append(run)
        run.start(start_event, **variables)
        return run

    def _carry_calls(self) -> None:
        """Called processes begin; what they end with returns."""
        for run in list(self.runs):
            for item in run.calls:
                if not any(caller is run and called.called_id == item.id for caller, called in self.callers.values()):
                    begun = self._begin(item.event.key, None, item.event.variables)
                    self.callers[id(begun)] = (run, item.event)
        for run in self.runs:
            caller, called = self.callers.get(id(run), (None, None))
            if caller is not None and called is not None and run.state == "completed" and caller.calls:
                caller.handle(
                    commands.ReturnFromCall(
                        token_id=called.token_id,
                        scope_id=called.scope_id,
                        called_id=called.called_id,
                        variables=run.variables,
                    )
                )


_STEPS = {
    "start": Scenario.start,
    "complete": Scenario.complete,
    "fire_timer": Scenario.fire_timer,
    "message": Scenario.message,
    "triggerMessageStart": Scenario.start_at_event,
    "triggerTimerStart": Scenario.start_at_event,
}


def run_case(case: dict[str, Any], corpus: Path) -> str:
    """What differs from what the case expects; empty if nothing does."""
    scenario = Scenario.of_files([corpus / name for name in case["files"]])
    expected = case["expect"]
    accepted: list[bool] = []
    for index, step in enumerate(case["steps"]):
        accepted.append(scenario.do(step))
        tasks = expected.get("open_tasks_after_each_step")
        if tasks is not None and scenario.open_tasks != sorted(tasks[index]):
            return f"after step {index + 1} the open tasks are {scenario.open_tasks}, expected {sorted(tasks[index])}"
    wanted = [True] * len(accepted)
    if expected.get("last_step") == "rejected":
        wanted[-1] = False
    if "command_outcomes" in expected:
        wanted = [outcome == "committed" for outcome in expected["command_outcomes"]]
    if accepted != wanted:
        return f"steps accepted {accepted}, expected {wanted}"
    if scenario.state != expected["state"]:
        return f"the state is {scenario.state}, expected {expected['state']}"
    return ""


def cases(corpus: Path) -> list[dict[str, Any]]:
    """The scenarios."""
    content = json.loads((corpus / "scenario_cases.json").read_text(encoding="utf-8"))
    return list(content["cases"])
