"""Runs the cases of bpmn.io's token simulator: its processes in guided mode, people's part done by the harness.

Tasks are completed at once, decisions are answered as the case says (else by the first flow), events happen when the
case triggers them. Signals and message flows cross between the instances of a case.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lxml import etree

from baton.bpm.definition import elements
from baton.bpm.definition.event_definitions import MultipleEventDefinition, SignalEventDefinition
from baton.bpm.execution import commands, diagrams, events
from baton.bpm.execution.elements.boundary_event import BoundaryEvent
from baton.bpm.execution.elements.event_based_gateway import EventBasedGateway
from baton.bpm.execution.elements.gateways import InclusiveGateway, ParallelGateway
from baton.bpm.execution.specs import ProcessSpec, build_specs
from baton.bpm.testing import ProcessRun

_ELEMENT = re.compile(r"element\('([^']+)'\)")
_MOST_STEPS = 500


@dataclass
class Simulation:
    """All instances of one case."""

    specs: list[ProcessSpec]
    flow_targets: dict[str, str]
    runs: list[ProcessRun] = field(default_factory=list)
    choices: dict[str, list[str]] = field(default_factory=dict)
    waits_at: set[str] = field(default_factory=set)
    seen: dict[int, int] = field(default_factory=dict)
    earlier: tuple[Counter[str], Counter[str]] = (Counter(), Counter())

    @classmethod
    def of_file(cls, path: Path) -> Simulation:
        diagram = diagrams.read(path.read_bytes(), mode=elements.Mode.GUIDED)
        errors = [problem for problem in diagram.problems if problem.severity == "error"]
        assert diagram.ok, errors
        root = etree.parse(path).getroot()
        targets = {flow.get("id"): flow.get("targetRef") for flow in root.iter("{*}messageFlow")}
        return cls([build_specs(process) for process in diagram.processes], targets)

    def step(self, step: dict[str, Any]) -> None:
        match step.get("do"):
            case "choose_outgoing":
                self.choices[step["element"]] = _ELEMENT.findall(step["config"])
            case "wait_at":
                self.waits_at.add(step["element"])
            case "start_scope":
                self._deliver([step["args"]["element"]], {})
            case "trigger":
                self._trigger(_triggered(step["args"]))
        self._settle()

    def _trigger(self, element: str) -> None:
        if any(element == spec.element_id for spec in self.specs):
            spec = next(spec for spec in self.specs if spec.element_id == element)
            self._start(spec, None)
            return
        for run in self.runs:
            for task in run.user_tasks:
                if task.element_id == element:
                    run.complete(element)
                    return
            for timer in run.timers:
                if timer.element_id == element:
                    run.fire_timer(element)
                    return
            for opened in list(run.store.subscriptions.values()):
                if opened.element_id == element:
                    self._happen(run, opened)
                    return
        spec = next((spec for spec in self.specs if element in spec.nodes), None)
        assert spec is not None, f"nothing waits at {element}"
        self._start(spec, element if element in spec.start_events else None)

    def _happen(self, run: ProcessRun, opened: events.SubscriptionOpened) -> None:
        run.handle(
            commands.CorrelateMessage(
                token_id=opened.token_id, scope_id=opened.scope_id, subscription_id=opened.subscription_id
            )
        )

    def _start(self, spec: ProcessSpec, start_event: str | None) -> None:
        run = ProcessRun(spec)
        self.runs.append(run)
        run.start(start_event)

    def _settle(self) -> None:
        """Do what people would do, and carry over what crosses, until nothing moves."""
        for _ in range(_MOST_STEPS):
            if not (self._carry_over() or self._do_one_task()):
                return
        raise AssertionError("never settles")

    def _do_one_task(self) -> bool:
        for run in self.runs:
            for task in run.user_tasks:
                if task.event.kind == "decision":
                    options = [option["id"] for option in task.event.options]
                    chosen = [id_ for id_ in self.choices.get(task.element_id, options[:1]) if id_ in options]
                    run.complete(task.element_id, tuple(chosen or options[:1]))
                    return True
                if task.event.kind != "continue" and task.element_id not in self.waits_at and not _receives(run, task):
                    run.complete(task.element_id)
                    return True
        return False

    def _carry_over(self) -> bool:
        moved = False
        for run in list(self.runs):
            fresh = run.events[self.seen.get(id(run), 0) :]
            self.seen[id(run)] = len(run.events)
            for event in fresh:
                if isinstance(event, events.SignalThrown):
                    self._broadcast(event.name, besides=run)
                    moved = True
                elif isinstance(event, events.MessageThrown):
                    moved = self._deliver(event.flows, event.variables) or moved
        return moved

    def _broadcast(self, name: str, besides: ProcessRun) -> None:
        for run in list(self.runs):
            waits = any(opened.kind == "signal" and opened.name == name for opened in run.store.subscriptions.values())
            if run is not besides and waits:
                run.handle(commands.BroadcastSignal(name=name))
        for spec in self.specs:
            for start in spec.start_events.values():
                if any(isinstance(part, SignalEventDefinition) and part.name == name for part in _parts(start.element)):
                    self._start(spec, start.name)

    def _deliver(self, flows: Any, variables: dict[str, Any]) -> bool:
        delivered = False
        for flow in flows:
            delivered = self._deliver_along(flow) or delivered
        return delivered

    def _deliver_along(self, flow: str) -> bool:
        target = self.flow_targets[flow]
        for run in self.runs:
            for opened in list(run.store.subscriptions.values()):
                if flow in opened.flows or opened.element_id == target:
                    self._happen(run, opened)
                    return True
            for task in run.user_tasks:
                if task.element_id == target and (task.event.kind == "continue" or _receives(run, task)):
                    run.complete(target)
                    return True
        for spec in self.specs:
            if target in spec.start_events:
                self._start(spec, target)
                return True
        return False

    @property
    def flows_taken(self) -> Counter[str]:
        return Counter(flow for run in self.runs for flow in run.flows)

    @property
    def nodes_activated(self) -> Counter[str]:
        """As the simulator counts: a join is entered by every token that arrives there."""
        counted = Counter(node for run in self.runs for node in run.path)
        joins = {
            node.name: node
            for spec in self.specs
            for node in spec.by_id.values()
            if isinstance(node, InclusiveGateway | ParallelGateway) and len(node.incoming) > 1
        }
        taken = self.flows_taken
        for id_, node in joins.items():
            counted[id_] = sum(taken[flow.id] for flow in node.incoming)
        return counted

    def news(self) -> tuple[Counter[str], Counter[str]]:
        """Flows taken and nodes activated since the last time this was asked."""
        now = (self.flows_taken, self.nodes_activated)
        before, self.earlier = self.earlier, now
        return now[0] - before[0], now[1] - before[1]


def run_case(case: dict[str, Any], corpus: Path) -> str:
    """What differs from the simulator's trace; empty if nothing does."""
    simulation = Simulation.of_file(corpus / case["files"][0])
    simulation.waits_at = {
        step["args"]["element"]
        for step in case["steps"]
        if step.get("do") == "trigger" and isinstance(step["args"], dict)
    } | ({"TASK"} if len(case["steps"]) > 2 else set())
    hosts = {
        node.name: node.element.attached_to
        for spec in simulation.specs
        for node in spec.by_id.values()
        if isinstance(node, BoundaryEvent)
    }
    simulation.waits_at |= {hosts[element] for element in simulation.waits_at if element in hosts}
    for step in case["steps"]:
        if "expect" in step:
            difference = _difference(simulation, step["expect"])
            if difference:
                return difference
        else:
            simulation.step(step)
    return ""


def cases(corpus: Path) -> list[dict[str, Any]]:
    """The simulator's cases."""
    content = json.loads((corpus / "token_simulation_cases.json").read_text())
    return list(content["cases"])


def _difference(simulation: Simulation, expected: dict[str, Any]) -> str:
    # The simulator does not follow the flow from an event-based gateway to the event that happened.
    flows = {
        flow.id
        for spec in simulation.specs
        for scope in spec.scopes.values()
        for flow in scope.flows.values()
        if not isinstance(flow.source, EventBasedGateway)
    }
    nodes = {node for spec in simulation.specs for node in spec.by_id}
    wanted = Counter(flow for flow in expected["sequence_flows_taken"] if flow in flows)
    counted = Counter({node: count for node, count in expected["nodes_activated"].items() if node in nodes})
    taken, activated = simulation.news()
    taken = Counter({flow: count for flow, count in taken.items() if flow in flows})
    parts = [
        f"{words} {dict(difference)}"
        for words, difference in (
            ("flows missing", wanted - taken),
            ("flows too many", taken - wanted),
            ("nodes missing", counted - activated),
            ("nodes too many", activated - counted),
        )
        if difference
    ]
    return ", ".join(parts)


def _triggered(args: Any) -> str:
    if isinstance(args, dict):
        return str(args["element"])
    return _NAMES[str(args).split(",", 1)[0].removeprefix("element:").strip()]


_NAMES = {"catchEvent": "CATCH", "task": "TASK"}
"""What the simulator's own tests call the elements of these cases."""


def _receives(run: ProcessRun, task: Any) -> bool:
    node = run.spec.find_node(task.element_id)
    return node is not None and isinstance(node.element, elements.ReceiveTask)


def _parts(element: Any) -> tuple[Any, ...]:
    event = element.event
    return event.parts if isinstance(event, MultipleEventDefinition) else (event,)
