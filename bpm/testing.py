"""Test your own processes without a server: a virtual clock, state in memory, one short line per deed.

    run = ProcessRun.of_file("order.bpmn")
    run.start(amount=120)
    run.complete("Approve order", approved=True)
    run.advance(hours=3)
    assert run.state == "completed"
    assert "ship" in run.path

Nothing here is mocked: it is the engine's own kernel, reading and writing scopes as a database would.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from baton.bpm.definition import elements
from baton.bpm.errors import InvalidDiagram, NotFound
from baton.bpm.execution import commands, diagrams, events
from baton.bpm.execution.limits import RunLimits
from baton.bpm.execution.process_instance import ProcessInstance
from baton.bpm.execution.specs import ProcessSpec, build_specs
from baton.bpm.execution.state import ScopeRecord, StateChanges
from baton.bpm.execution.timers import start_timers

UTC_ZONE = ZoneInfo("UTC")
JobHandler = Callable[[dict[str, Any]], Mapping[str, Any] | None]


class VirtualClock:
    """A clock that moves only when told; aware UTC."""

    def __init__(self, now: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, duration: timedelta) -> None:
        """Move forward."""
        self.now += duration


class InMemoryStore:
    """A `StateSource` of plain dictionaries, kept by applying changes and events."""

    def __init__(self, root_id: int) -> None:
        self.root_id = root_id
        self.scopes: dict[int, ScopeRecord] = {}
        self.variables: dict[int, dict[str, Any]] = {}
        self.subscriptions: dict[int, events.SubscriptionOpened] = {}
        self.data_stores: dict[str, Any] = {}

    def load_scope(self, scope_id: int) -> ScopeRecord:
        return self.scopes[scope_id]

    def load_children(self, scope_id: int, token_id: int) -> list[ScopeRecord]:
        return [
            record
            for record in self.scopes.values()
            if record.parent_id == scope_id and record.parent_token_id == token_id
        ]

    def load_variables(self, scope_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
        return {scope_id: self.variables.get(scope_id, {}) for scope_id in scope_ids}

    def load_variable(self, scope_id: int, name: str) -> Any:
        return self.variables.get(scope_id, {}).get(name)

    def load_data_store(self, name: str) -> Any:
        return self.data_stores.get(name)

    def find_subscriptions(self, kind: str, name: str | None) -> list[int]:
        return [
            opened.scope_id for opened in self.subscriptions.values() if opened.kind == kind and opened.name == name
        ]

    def apply(self, changes: StateChanges, happened: Sequence[events.Event]) -> None:
        """Write what one command changed."""
        for record in (*changes.created, *changes.updated):
            self.scopes[record.id] = record
        for event in happened:
            if isinstance(event, (events.VariableCreated, events.VariableUpdated)):
                self.variables.setdefault(event.scope_id, {})[event.name] = event.value
            elif isinstance(event, events.DataStoreWritten):
                self.data_stores[event.name] = event.value
            elif isinstance(event, events.SubscriptionOpened):
                self.subscriptions[event.subscription_id] = event
            elif isinstance(event, events.SubscriptionClosed):
                del self.subscriptions[event.subscription_id]
        for scope_id in changes.removed:
            self.scopes.pop(scope_id, None)
            if scope_id != self.root_id:
                self.variables.pop(scope_id, None)


@dataclass(slots=True)
class OpenItem:
    """Something that waits: a user task (any kind), a job, a timer or an incident; `event` says how it began."""

    id: int
    element_id: str
    name: str
    event: Any


@dataclass(slots=True)
class _Open:
    user_tasks: dict[int, OpenItem] = field(default_factory=dict)
    jobs: dict[int, OpenItem] = field(default_factory=dict)
    timers: dict[int, OpenItem] = field(default_factory=dict)
    incidents: dict[int, OpenItem] = field(default_factory=dict)
    continuations: list[int] = field(default_factory=list)


class ProcessRun:
    """One process instance in memory.

    `handlers` maps job types to functions from variables to variables; they run as soon as a job opens.
    With `reload` every command starts from stored records alone, as a server after a restart does.
    """

    def __init__(
        self,
        process: elements.Process | ProcessSpec,
        *,
        handlers: Mapping[str, JobHandler] | None = None,
        clock: VirtualClock | None = None,
        limits: RunLimits | None = None,
        reload: bool = False,
    ) -> None:
        self.spec = process if isinstance(process, ProcessSpec) else build_specs(process)
        self.handlers = dict(handlers or {})
        self.clock = clock or VirtualClock()
        self.limits = limits or RunLimits()
        self.reload = reload
        self.events: list[events.Event] = []
        self.state = "new"
        self._open = _Open()
        self._next_id = count(1).__next__
        self._id = self._next_id()
        self.store = InMemoryStore(self._id)
        self._instance: ProcessInstance | None = None

    @classmethod
    def of_file(cls, path: str | Path, key: str | None = None, **options: Any) -> ProcessRun:
        """The process of a `.bpmn` file; `key` chooses one of several. Raises `InvalidDiagram`, `NotFound`."""
        return cls.of_xml(Path(path).read_bytes(), key, **options)

    @classmethod
    def of_xml(
        cls, content: bytes | str, key: str | None = None, *, mode: elements.Mode | None = None, **options: Any
    ) -> ProcessRun:
        """The same, from the file's content."""
        diagram = diagrams.read(content.encode() if isinstance(content, str) else content, mode=mode)
        if not diagram.ok:
            first = next(problem for problem in diagram.problems if problem.severity == "error")
            raise InvalidDiagram(f"{first.message} (line {first.line}). {first.fix}", problems=diagram.problems)
        for process in diagram.processes:
            if key in (None, process.key):
                return cls(process, **options)
        known = ", ".join(f"'{process.key}'" for process in diagram.processes)
        raise NotFound(f"Expected one of the processes {known}, found '{key}'")

    # --- deeds -------------------------------------------------------------------------------------------

    def start(self, start_event_id: str | None = None, /, **variables: Any) -> ProcessRun:
        """Begin, at the start event if there are several."""
        self.handle(commands.StartProcessInstance(variables=variables, start_event_id=start_event_id))
        return self

    def complete(self, task: str, /, decision: str | Sequence[str] = (), **variables: Any) -> None:
        """Complete the oldest open user task of that name or element id; decisions by flow id, name or number."""
        item = self._find(self._open.user_tasks, task, "user task")
        chosen = (decision,) if isinstance(decision, str) else tuple(decision)
        self.handle(
            commands.CompleteUserTask(
                token_id=item.id,
                scope_id=item.event.scope_id,
                variables=variables,
                decision=chosen,
            )
        )

    def complete_job(self, job: str, /, **variables: Any) -> None:
        """Complete the oldest open job of that element id, name or type."""
        item = self._find(self._open.jobs, job, "job")
        self.handle(
            commands.CompleteJob(
                token_id=item.event.token_id, scope_id=item.event.scope_id, job_id=item.id, variables=variables
            )
        )

    def fail_job(self, job: str, /, message: str = "failed") -> None:
        """A job has no retries left."""
        item = self._find(self._open.jobs, job, "job")
        self.handle(
            commands.FailJob(
                token_id=item.event.token_id, scope_id=item.event.scope_id, job_id=item.id, message=message
            )
        )

    def resolve_incident(self, element: str | None = None, /, **variables: Any) -> None:
        """Resolve the oldest incident (at that element), after writing variables."""
        items = self._open.incidents
        item = self._find(items, element, "incident") if element else next(iter(items.values()))
        self.handle(
            commands.ResolveIncident(
                incident_id=item.id, token_id=item.event.token_id, scope_id=item.event.scope_id, variables=variables
            )
        )

    def terminate(self, reason: str = "") -> None:
        """Cancel everything that is live."""
        self.handle(commands.TerminateProcessInstance(reason=reason))

    def fire_timer(self, element: str, /) -> None:
        """Let the oldest open timer of that element fire now, due or not."""
        self._fire(self._find(self._open.timers, element, "timer"))

    def advance(self, **duration: float) -> None:
        """Move the clock (`hours=2`, as `timedelta` takes it); what is due meanwhile fires at its time, in order."""
        until = self.clock.now + timedelta(**duration)
        while self._open.timers:
            item = min(self._open.timers.values(), key=lambda timer: (timer.event.due_at, timer.id))
            if item.event.due_at > until:
                break
            self.clock.now = max(self.clock.now, item.event.due_at)
            self._fire(item)
        self.clock.now = until

    def handle(self, command: commands.Command) -> list[events.Event]:
        """Any command; follows it until the instance waits."""
        happened = self._handle_one(command)
        while True:
            if self._open.continuations:
                self._open.continuations.clear()
                happened += self._handle_one(commands.ContinueProcessInstance())
                continue
            job = next((job for job in self._open.jobs.values() if job.event.type in self.handlers), None)
            if job is None:
                return happened
            result = self.handlers[job.event.type](dict(self._variables_seen(job.event.scope_id)))
            happened += self._handle_one(
                commands.CompleteJob(
                    token_id=job.event.token_id,
                    scope_id=job.event.scope_id,
                    job_id=job.id,
                    variables=dict(result or {}),
                )
            )

    # --- what can be seen ----------------------------------------------------------------------------------

    @property
    def user_tasks(self) -> list[OpenItem]:
        """Open user tasks, to-dos, decisions and continues, oldest first."""
        return list(self._open.user_tasks.values())

    @property
    def jobs(self) -> list[OpenItem]:
        """Open jobs of service tasks."""
        return list(self._open.jobs.values())

    @property
    def timers(self) -> list[OpenItem]:
        """Open timers."""
        return list(self._open.timers.values())

    @property
    def incidents(self) -> list[OpenItem]:
        """Open incidents."""
        return list(self._open.incidents.values())

    @property
    def variables(self) -> dict[str, Any]:
        """The process's variables."""
        return dict(self.store.variables.get(self._id, {}))

    @property
    def path(self) -> list[str]:
        """Ids of the flow nodes in the order they were activated."""
        return [event.element_id for event in self.events if isinstance(event, events.FlowNodeActivated)]

    @property
    def flows(self) -> list[str]:
        """Ids of the sequence flows in the order they were taken."""
        return [event.flow_id for event in self.events if isinstance(event, events.SequenceFlowTaken)]

    @property
    def start_timers(self) -> dict[str, datetime]:
        """When the process's timer start events would first fire, by element id."""
        due = start_timers(self.spec, self.clock.now, UTC_ZONE)
        return {element_id: timer.due_at for element_id, timer in due.items()}

    # --- inside --------------------------------------------------------------------------------------------

    def _handle_one(self, command: commands.Command) -> list[events.Event]:
        instance = self._instance
        if instance is None or self.reload:
            instance = ProcessInstance(self.spec, self.store, id=self._id, next_id=self._next_id, limits=self.limits)
            self._instance = instance
        happened = instance.handle(command, self.clock.now)
        self.store.apply(instance.take_changes(), happened)
        self.events += happened
        for event in happened:
            follow = _FOLLOW.get(type(event))
            if follow is not None:
                follow(self, event)
        return happened

    def _fire(self, item: OpenItem) -> None:
        self.handle(
            commands.FireTimer(
                token_id=item.event.token_id,
                scope_id=item.event.scope_id,
                job_id=item.id,
                element_id=item.element_id,
                payload=item.event.payload,
            )
        )

    def _variables_seen(self, scope_id: int | None) -> Mapping[str, Any]:
        seen: dict[str, Any] = {}
        while scope_id is not None:
            seen = {**self.store.variables.get(scope_id, {}), **seen}
            scope_id = self.store.scopes[scope_id].parent_id
        return seen

    def _find(self, items: Mapping[int, OpenItem], wanted: str, what: str) -> OpenItem:
        for item in items.values():
            if wanted in (item.element_id, item.name, getattr(item.event, "type", None)):
                return item
        known = ", ".join(f"'{item.name}'" for item in items.values()) or "none"
        raise NotFound(f"Expected an open {what} '{wanted}', found {known}")

    def _name(self, element_id: str) -> str:
        node = self.spec.find_node(element_id)
        return node.title if node else element_id

    def _item(self, id_: int, event: Any) -> OpenItem:
        return OpenItem(id_, event.element_id, self._name(event.element_id), event)


def _became(state: str) -> Callable[[ProcessRun, Any], None]:
    def follow(run: ProcessRun, event: Any) -> None:
        run.state = state

    return follow


def _opened(kind: str, id_field: str) -> Callable[[ProcessRun, Any], None]:
    def follow(run: ProcessRun, event: Any) -> None:
        id_ = getattr(event, id_field)
        getattr(run._open, kind)[id_] = run._item(id_, event)

    return follow


def _closed(kind: str, id_field: str) -> Callable[[ProcessRun, Any], None]:
    def follow(run: ProcessRun, event: Any) -> None:
        getattr(run._open, kind).pop(getattr(event, id_field))

    return follow


def _continue_later(run: ProcessRun, event: events.ContinuationScheduled) -> None:
    run._open.continuations.append(event.job_id)


_FOLLOW: dict[type[events.Event], Callable[[ProcessRun, Any], None]] = {
    events.ProcessInstanceStarted: _became("active"),
    events.ProcessInstanceCompleted: _became("completed"),
    events.ProcessInstanceTerminated: _became("terminated"),
    events.UserTaskCreated: _opened("user_tasks", "token_id"),
    events.UserTaskCompleted: _closed("user_tasks", "token_id"),
    events.UserTaskCancelled: _closed("user_tasks", "token_id"),
    events.JobCreated: _opened("jobs", "job_id"),
    events.JobCompleted: _closed("jobs", "job_id"),
    events.JobCancelled: _closed("jobs", "job_id"),
    events.TimerScheduled: _opened("timers", "job_id"),
    events.TimerFired: _closed("timers", "job_id"),
    events.TimerCancelled: _closed("timers", "job_id"),
    events.IncidentRaised: _opened("incidents", "incident_id"),
    events.IncidentResolved: _closed("incidents", "incident_id"),
    events.IncidentCancelled: _closed("incidents", "incident_id"),
    events.ContinuationScheduled: _continue_later,
}
