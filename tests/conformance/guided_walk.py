"""Walks a whole file in guided mode: a seeded person does whatever is open, one item after the other, until all ended.

Fair: of what is open, the elements done least often come first, chance decides among them; a decision takes the way
taken least often. So loops are left, and every boundary event gets its turn. Called processes return at once.
Messages and signals of the file begin each start event at most three times: else two pools would start each other for
ever. What only waits to be sent something is left alone in an instance with an incident.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from baton.bpm.definition import xml
from baton.bpm.definition.elements import Mode
from baton.bpm.definition.limits import Limits
from baton.bpm.definition.mending import ids
from baton.bpm.definition.mending.documents import open_document
from baton.bpm.execution import commands, diagrams, events
from baton.bpm.execution.specs import ProcessSpec, build_specs
from baton.bpm.testing import ProcessRun
from tests.conformance.token_simulation import Simulation

MOST_ITEMS = 1_000
_MOST_STARTS = 3
Deed = Callable[[], None]


@dataclass(frozen=True)
class Outcome:
    """`ended`: every instance completed or has an incident (`incidents`); `stuck`: neither, and nothing is open."""

    ended: bool
    stuck: bool
    items: int
    incidents: tuple[str, ...]
    reason: str = ""


@dataclass
class Walk(Simulation):
    """All processes of one file; message flows and signals cross between them."""

    rng: random.Random = field(default_factory=lambda: random.Random(0))
    done: Counter[str] = field(default_factory=Counter)
    chosen: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of_file(cls, path: Path) -> Walk:
        content = path.read_bytes()
        diagram = diagrams.read(content, mode=Mode.GUIDED)
        assert diagram.ok, diagram.problems
        root, _ = open_document(content, Limits())
        ids.mend(root)
        flows = {flow.get("id"): xml.reference(flow.get("targetRef") or "") for flow in root.iter("{*}messageFlow")}
        return cls([build_specs(process) for process in diagram.processes], flows)

    def run(self) -> Outcome:
        waiting = self._begin()
        for items in range(MOST_ITEMS):
            for _ in range(MOST_ITEMS):
                if not self._carry_over() and not self._return_from_a_call():
                    break
            deeds = list(self._open())
            if not deeds:
                if waiting:
                    spec = waiting.pop(0)
                    if not any(run.spec is spec for run in self.runs):
                        self._start_somewhere(spec)
                    continue
                return self._outcome(items)
            element, deed = min(deeds, key=lambda pair: (self.done[pair[0]], self.rng.random()))
            self.done[element] += 1
            deed()
        still = sorted({element for element, _ in self._open()})
        return Outcome(False, False, MOST_ITEMS, self._incidents(), f"still open: {still[:5]}")

    def _begin(self) -> list[ProcessSpec]:
        """Start what no other process starts; the others wait for their message, and begin by hand if none comes."""
        targets = set(self.flow_targets.values())
        later = []
        for spec in self.specs:
            if spec.start_events and set(spec.start_events) <= targets:
                later.append(spec)
            else:
                self._start_somewhere(spec)
        return later

    def _start(self, spec: ProcessSpec, start_event: str | None) -> None:
        begun = f"{spec.element_id}:{start_event}"
        self.done[begun] += 1
        if self.done[begun] <= _MOST_STARTS:
            super()._start(spec, start_event)

    def _start_somewhere(self, spec: ProcessSpec) -> None:
        waiting = [start.name for start in spec.start_events.values() if start.element.event is not None]
        none = len(waiting) < len(spec.start_events)
        self._start(spec, None if none or not waiting else self.rng.choice(waiting))

    def _open(self) -> Iterator[tuple[str, Deed]]:
        for run in self.runs:
            for task in run.user_tasks:
                yield task.element_id, self._completion(run, task)
            for job in run.jobs:
                yield job.element_id, lambda run=run, job=job: run.complete_job(job.element_id)
            for timer in run.timers:
                yield timer.element_id, lambda run=run, timer=timer: self._fire(run, timer)
            for opened in [] if run.incidents else list(run.store.subscriptions.values()):
                yield opened.element_id, lambda run=run, opened=opened: self._happen(run, opened)

    def _completion(self, run: ProcessRun, task: Any) -> Deed:
        def complete() -> None:
            options = [option["id"] for option in task.event.options]
            decision: tuple[str, ...] = ()
            if options:
                best = min(options, key=lambda id_: (self.chosen[id_], self.rng.random()))
                others = [id_ for id_ in options if id_ != best and self.rng.random() < 0.3]
                decision = (best, *others) if task.event.choose == "many" else (best,)
                self.chosen.update(decision)
            run.handle(
                commands.CompleteUserTask(
                    token_id=task.id, scope_id=task.event.scope_id, variables={}, decision=decision
                )
            )

        return complete

    def _fire(self, run: ProcessRun, timer: Any) -> None:
        run.clock.now = max(run.clock.now, timer.event.due_at) + timedelta(microseconds=1)
        run.fire_timer(timer.element_id)

    def _return_from_a_call(self) -> bool:
        for run in self.runs:
            ended = {
                event.called_id
                for event in run.events
                if isinstance(event, events.CalledProcessInstanceReturned | events.CalledProcessInstanceCancelled)
            }
            for event in list(run.events):
                if isinstance(event, events.ProcessInstanceCalled) and event.called_id not in ended:
                    run.handle(
                        commands.ReturnFromCall(
                            token_id=event.token_id, scope_id=event.scope_id, called_id=event.called_id
                        )
                    )
                    return True
        return False

    def _outcome(self, items: int) -> Outcome:
        incidents = self._incidents()
        live = [run for run in self.runs if run.state == "active" and not run.incidents]
        if live:
            return Outcome(False, True, items, incidents, f"nothing is open in '{live[0].spec.element_id}'")
        return Outcome(True, False, items, incidents)

    def _incidents(self) -> tuple[str, ...]:
        return tuple(f"{item.element_id}: {item.event.message}" for run in self.runs for item in run.incidents)
