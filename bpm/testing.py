"""Test your own processes without a server: a virtual clock, state in memory, one short line per deed.

    run = ProcessRun.of_file("order.bpmn")
    run.start(amount=120)
    run.complete("Approve order", approved=True)
    run.advance(hours=3)
    assert run.state == "completed"
    assert "ship" in run.path

Messages and signals come by `run.message("payment", amount=3)` and `run.signal("alarm")`; what a call activity calls is
a run of its own, `run.called("call")`, with the same clock and handlers:

    run = ProcessRun.of_file("order.bpmn", processes=processes_of_file("billing.bpmn"))
    run.start()
    run.called("Bill the customer").complete("Write the bill")

Nothing here is mocked: it is the engine's own kernel, reading and writing scopes as a database would.
"""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from baton.bpm.decisions import DecisionModel
from baton.bpm.decisions.bundle import read_bundle
from baton.bpm.definition import elements
from baton.bpm.definition.event_definitions import ErrorEventDefinition, EscalationEventDefinition
from baton.bpm.errors import InvalidCommand, InvalidDiagram, NotFound, WrongState
from baton.bpm.execution import commands, diagrams, events, propagation
from baton.bpm.execution.decisions import DecisionCall, FoundDecision
from baton.bpm.execution.limits import RunLimits
from baton.bpm.execution.process_instance import ProcessInstance
from baton.bpm.execution.specs import ProcessSpec, build_specs
from baton.bpm.execution.start_timers import start_timers
from baton.bpm.execution.state import Caller, ScopeRecord, StateChanges

MOST_CALLS = 100
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

    def load_children_of(self, scope_ids: Sequence[int]) -> list[ScopeRecord]:
        wanted = set(scope_ids)
        return [record for record in self.scopes.values() if record.parent_id in wanted]

    def load_children_after(self, scope_id: int, token_id: int, after: int, most: int) -> list[ScopeRecord]:
        found = [record for record in self.load_children(scope_id, token_id) if record.id > after]
        return sorted(found, key=lambda record: record.id)[:most]

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


class GivenDecisions:
    """A `DecisionSource` of `.dmn` files: paths, or contents as bytes. Every binding finds the one that is given.

    Raises `InvalidDiagram` for a file with errors.
    """

    def __init__(self, files: Sequence[bytes | str | Path]) -> None:
        contents = {
            f"decision file {number}" if isinstance(file, bytes) else str(file): (
                file if isinstance(file, bytes) else Path(file).read_bytes()
            )
            for number, file in enumerate(files, 1)
        }
        self._models: dict[str, DecisionModel] = {}
        for name, diagram in read_bundle(contents).items():
            if diagram.model is None or not diagram.ok:
                first = next(problem for problem in diagram.problems if problem.severity == "error")
                raise InvalidDiagram(
                    f"{name}, line {first.line}: {first.message} {first.fix}", problems=diagram.problems
                )
            self._models.update({decision.id: diagram.model for decision in diagram.model.invocables})

    def find(self, call: DecisionCall) -> FoundDecision:
        """Raises `NotFound`."""
        if call.key not in self._models:
            known = ", ".join(f"'{key}'" for key in self._models) or "none"
            raise NotFound(f"Expected a decision {call}, found {known}")
        return FoundDecision(None, call.key, 1, self._models[call.key])


@dataclass(slots=True)
class OpenItem:
    """Something that waits: a user task (any kind), a job, a timer, a subscription or an incident of `run`.

    `event` says how it began.
    """

    id: int
    element_id: str
    name: str
    event: Any
    run: ProcessRun = field(repr=False)


@dataclass(slots=True)
class _Open:
    user_tasks: dict[int, OpenItem] = field(default_factory=dict)
    jobs: dict[int, OpenItem] = field(default_factory=dict)
    timers: dict[int, OpenItem] = field(default_factory=dict)
    incidents: dict[int, OpenItem] = field(default_factory=dict)
    subscriptions: dict[int, OpenItem] = field(default_factory=dict)
    crossings: deque[Callable[[], None]] = field(default_factory=deque)
    calls: dict[int, OpenItem] = field(default_factory=dict)
    continuations: list[int] = field(default_factory=list)
    closings: deque[int] = field(default_factory=deque)


class ProcessRun:
    """One process instance in memory, with those that it calls.

    `processes` are those that call activities may call; any other call stays open for `return_from`. `handlers` maps
    job types to functions from variables to variables; they run as soon as a job opens. `decisions` are `.dmn` files,
    by their paths or as bytes, for business rule tasks. With `reload` every command starts from stored records alone,
    as a server after a restart does.
    """

    def __init__(
        self,
        process: elements.Process | ProcessSpec,
        *,
        handlers: Mapping[str, JobHandler] | None = None,
        clock: VirtualClock | None = None,
        limits: RunLimits | None = None,
        reload: bool = False,
        decisions: Sequence[bytes | str | Path] = (),
        processes: Iterable[elements.Process] = (),
        business_key: str | None = None,
    ) -> None:
        self.spec = process if isinstance(process, ProcessSpec) else build_specs(process)
        self.handlers = dict(handlers or {})
        self.clock = clock or VirtualClock()
        self.limits = limits or RunLimits()
        self.reload = reload
        self.decisions = GivenDecisions(decisions)
        self._decision_files = decisions
        self.events: list[events.Event] = []
        self.state = "new"
        self.processes = {each.key: each for each in (*processes, self.spec.process)}
        self.business_key = business_key
        self._called: dict[int, ProcessRun] = {}
        self._caller: _CallingRun | None = None
        self._open = _Open()
        self._next_id: Callable[[], int] = count(1).__next__
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
        options["processes"] = (*diagram.processes, *options.get("processes", ()))
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

    def assign(self, task: str, /, assignee: str | None) -> None:
        """Give the oldest open user task of that name or element id to somebody."""
        item = self._find(self._open.user_tasks, task, "user task")
        self.handle(commands.AssignUserTask(token_id=item.id, scope_id=item.event.scope_id, assignee=assignee))

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

    def message(self, name: str, key: Any = None, /, **variables: Any) -> None:
        """A message comes for the oldest subscription of that message name, element id or element name.

        With `key` only one that waits for this correlation key.
        """
        open_ = {id_: item for id_, item in self._subscribed("message").items() if key in (None, _key(item))}
        item = self._find(open_, name, "message subscription")
        item.run._correlate(item, variables)

    def signal(self, name: str, /, **variables: Any) -> None:
        """A signal for everybody here who waits for it; nobody is no error."""
        for run in self.runs:
            if any(item.event.name == name for item in run._open.subscriptions.values() if item.event.kind == "signal"):
                run.handle(commands.BroadcastSignal(name=name, variables=variables))

    receive, broadcast = message, signal

    def called(self, element: str, /) -> ProcessRun:
        """The newest run that a call activity of that element id or name called."""
        for run in reversed(self._called.values()):
            assert run._caller is not None
            if element in (run._caller.element_id, self._name(run._caller.element_id)):
                return run
        raise NotFound(f"Expected '{element}' to have called a process, but it has not")

    def terminate(self, reason: str = "") -> None:
        """Cancel everything that is live."""
        self.handle(commands.TerminateProcessInstance(reason=reason))

    def throw_error(self, job: str, /, code: str, message: str = "", **variables: Any) -> None:
        """The worker of the oldest open job of that element id, name or type throws a BPMN error."""
        item = self._find(self._open.jobs, job, "job")
        self.handle(
            commands.ThrowBpmnError(
                token_id=item.event.token_id,
                scope_id=item.event.scope_id,
                job_id=item.id,
                code=code,
                message=message,
                variables=variables,
            )
        )

    def return_from(self, call_activity: str, /, **variables: Any) -> None:
        """The process that the oldest open call of that call activity or process called completes with variables."""
        called = self._find(self._open.calls, call_activity, "call").event
        self.handle(
            commands.ReturnFromCall(
                token_id=called.token_id, scope_id=called.scope_id, called_id=called.called_id, variables=variables
            )
        )

    def throw_error_of(self, call_activity: str, /, code: str, message: str = "", **variables: Any) -> None:
        """A BPMN error leaves the process that the oldest open call of that call activity or process called."""
        called = self._find(self._open.calls, call_activity, "call").event
        self._open.calls.pop(called.called_id)
        self.handle(
            commands.ThrowErrorOfCall(
                token_id=called.token_id,
                scope_id=called.scope_id,
                called_id=called.called_id,
                code=code,
                message=message,
                variables=variables,
            )
        )

    def throw_escalation_of(self, call_activity: str, /, code: str) -> None:
        """An escalation leaves it; it goes on."""
        called = self._find(self._open.calls, call_activity, "call").event
        self.handle(
            commands.ThrowEscalationOfCall(
                token_id=called.token_id, scope_id=called.scope_id, called_id=called.called_id, code=code
            )
        )

    def fail_call(self, call_activity: str, /, message: str = "failed") -> None:
        """The called process could not be started, or was ended from outside."""
        called = self._find(self._open.calls, call_activity, "call").event
        self._open.calls.pop(called.called_id)
        self.handle(
            commands.FailCall(
                token_id=called.token_id, scope_id=called.scope_id, called_id=called.called_id, message=message
            )
        )

    def set_variables(self, **variables: Any) -> None:
        """Write variables of the process from outside."""
        self.handle(commands.SetVariables(scope_id=self._id, variables=variables))

    def fire_timer(self, element: str, /) -> None:
        """Let the oldest open timer of that element fire now, due or not."""
        self._fire(self._find(self._open.timers, element, "timer"))

    def advance(self, **duration: float) -> None:
        """Move the clock (`hours=2`, as `timedelta` takes it); what is due meanwhile fires at its time, in order."""
        until = self.clock.now + timedelta(**duration)
        while timers := [timer for run in self.runs for timer in run.timers]:
            item = min(timers, key=lambda timer: (timer.event.due_at, timer.id))
            if item.event.due_at > until:
                break
            self.clock.now = max(self.clock.now, item.event.due_at)
            item.run._fire(item)
        self.clock.now = until

    def handle(self, command: commands.Command) -> list[events.Event]:
        """Any command; follows it until the instance waits."""
        happened = self._handle_one(command)
        while True:
            if self._open.continuations:
                self._open.continuations.clear()
                happened += self._handle_one(commands.ContinueProcessInstance())
                continue
            if self._open.closings:
                happened += self._handle_one(commands.CloseScopes(token_id=self._open.closings.popleft()))
                continue
            if self._open.crossings:
                self._open.crossings.popleft()()
                continue
            job = next((job for job in self._open.jobs.values() if job.event.type in self.handlers), None)
            if job is None:
                return happened
            result = self.handlers[job.event.type](dict(self._variables_seen(job.event)))
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
    def subscriptions(self) -> list[OpenItem]:
        """Open subscriptions for messages, signals and conditions; `event.kind` says which."""
        return list(self._open.subscriptions.values())

    @property
    def runs(self) -> list[ProcessRun]:
        """This one, and those that live by its calls, outermost first."""
        return [self, *(inner for run in self._called.values() if run.state == "active" for inner in run.runs)]

    @property
    def messages(self) -> list[events.MessageThrown]:
        """The messages it has thrown."""
        return [event for event in self.events if isinstance(event, events.MessageThrown)]

    @property
    def calls(self) -> list[OpenItem]:
        """Open calls of other processes; their `event` has the key and the variables."""
        return list(self._open.calls.values())

    @property
    def waiting_for(self) -> list[tuple[str, str | None]]:
        """Element ids and names of the messages, signals and conditions (name None) that are waited for."""
        return [(opened.element_id, opened.name) for opened in self.store.subscriptions.values()]

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
        """When the process's start events would first fire by their timers, by element id; of several the earliest."""
        due = start_timers(self.spec, self.clock.now, UTC_ZONE)
        latest_first = sorted(due, key=lambda each: each.timer.due_at, reverse=True)
        return {each.element_id: each.timer.due_at for each in latest_first}

    # --- inside --------------------------------------------------------------------------------------------

    def _handle_one(self, command: commands.Command) -> list[events.Event]:
        instance = self._instance
        if instance is None or self.reload:
            instance = ProcessInstance(
                self.spec,
                self.store,
                id=self._id,
                next_id=self._next_id,
                limits=self.limits,
                decisions=self.decisions,
                business_key=self.business_key,
                caller=self._caller,
            )
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

    # --- messages, and other runs ----------------------------------------------------------------------------

    def _subscribed(self, kind: str) -> dict[int, OpenItem]:
        found = {id_: item for run in self.runs for id_, item in run._open.subscriptions.items()}
        return {id_: item for id_, item in sorted(found.items()) if item.event.kind == kind}

    def _correlate(self, item: OpenItem, variables: Mapping[str, Any]) -> None:
        self.handle(
            commands.CorrelateMessage(
                token_id=item.event.token_id,
                scope_id=item.event.scope_id,
                subscription_id=item.id,
                variables=dict(variables),
            )
        )

    def _root(self) -> ProcessRun:
        return self if self._caller is None else self._caller.run._root()

    def _deliver(self, thrown: events.MessageThrown) -> None:
        """To the only one of the runs here that waits for it; a message for others is only in `messages`."""
        fitting = [
            item
            for item in self._root()._subscribed("message").values()
            if item.event.name == thrown.name and _key(item) in (None, thrown.correlation_key)
        ]
        if len(fitting) == 1 and not thrown.flows:
            fitting[0].run._correlate(fitting[0], thrown.variables)

    def _call(self, event: events.ProcessInstanceCalled) -> None:
        """Start what is called, unless the call was cancelled meanwhile."""
        depth = 0 if self._caller is None else self._caller.depth
        process = self.processes.get(event.key)
        if process is None or event.called_id not in self._open.calls:
            return  # the test stands in for it, or it was cancelled
        if depth >= MOST_CALLS:
            message = f"The process '{event.key}' could not be called: recursion, {MOST_CALLS} calls within each other"
            self._tell(commands.FailCall, event, message=message)
            return
        run = ProcessRun(
            process,
            handlers=self.handlers,
            clock=self.clock,
            limits=self.limits,
            reload=self.reload,
            processes=self.processes.values(),
            decisions=self._decision_files,
            business_key=event.business_key,
        )
        run._id, run._next_id = event.called_id, self._next_id
        run.store = InMemoryStore(run._id)
        run.store.data_stores = self.store.data_stores
        run._caller = _CallingRun(self, event, depth + 1)
        self._called[event.called_id] = run
        try:
            run.handle(commands.StartProcessInstance(variables=event.variables))
        except InvalidCommand as error:
            self._tell(commands.FailCall, event, message=error.message)

    def _tell(self, command: type[commands.Command], call: events.ProcessInstanceCalled, **more: Any) -> None:
        """The call activity gets it, if it waits still."""
        if command is not commands.ThrowEscalationOfCall and command is not commands.ReturnFromCall:
            self._open.calls.pop(call.called_id, None)
        with contextlib.suppress(WrongState):
            self.handle(command(token_id=call.token_id, scope_id=call.scope_id, called_id=call.called_id, **more))

    def _variables_seen(self, job: events.JobCreated) -> Mapping[str, Any]:
        assert self._instance is not None
        token = self._instance.scope(job.scope_id).find(job.token_id)
        assert token is not None
        return token.visible_variables()

    def _find(self, items: Mapping[int, OpenItem], wanted: str, what: str) -> OpenItem:
        for item in items.values():
            known_as = (getattr(item.event, each, None) for each in ("type", "key", "name"))
            if wanted in (item.element_id, item.name, *known_as):
                return item
        known = ", ".join(f"'{item.name}'" for item in items.values()) or "none"
        raise NotFound(f"Expected an open {what} '{wanted}', found {known}")

    def _name(self, element_id: str) -> str:
        node = self.spec.find_node(element_id)
        return node.title if node else element_id

    def _item(self, id_: int, event: Any) -> OpenItem:
        return OpenItem(id_, event.element_id, self._name(event.element_id), event, self)


class _CallingRun(Caller):
    """The run whose call activity waits for another."""

    def __init__(self, run: ProcessRun, call: events.ProcessInstanceCalled, depth: int) -> None:
        self.run = run
        self.call = call
        self.element_id = call.element_id
        self.depth = depth

    def catches_error(self, code: str) -> bool:
        return self._catches(ErrorEventDefinition, code) or bool(
            self.run._caller and self.run._caller.catches_error(code)
        )

    def catches_escalation(self, code: str) -> bool:
        return self._catches(EscalationEventDefinition, code) or bool(
            self.run._caller and self.run._caller.catches_escalation(code)
        )

    def _catches(self, kind: propagation.Kind, code: str) -> bool:
        return propagation.catches(self.run.spec.by_id[self.element_id], kind, code)


def _key(item: OpenItem) -> Any:
    return item.event.correlation_key


def processes_of_file(path: str | Path) -> tuple[elements.Process, ...]:
    """The processes of a `.bpmn` file, for call activities of others. Raises `InvalidDiagram`."""
    diagram = diagrams.read(Path(path).read_bytes())
    if not diagram.ok:
        raise InvalidDiagram(f"Expected '{path}' to hold processes that can run", problems=diagram.problems)
    return diagram.processes


def _completed(run: ProcessRun, event: events.ProcessInstanceCompleted) -> None:
    run.state = "completed"
    if run._caller is not None:
        caller = run._caller
        run._open.crossings.append(
            lambda: caller.run._tell(commands.ReturnFromCall, caller.call, variables=run.variables)
        )


def _terminated(run: ProcessRun, event: events.ProcessInstanceTerminated) -> None:
    run.state = "terminated"
    told = any(isinstance(each, events.ErrorPropagated) for each in run.events)
    if run._caller is not None and not told:
        caller, message = run._caller, f"The called process instance was terminated: {event.reason}"
        run._open.crossings.append(lambda: caller.run._tell(commands.FailCall, caller.call, message=message))


def _error_propagated(run: ProcessRun, event: events.ErrorPropagated) -> None:
    caller = run._caller
    if caller is not None:
        told = {"code": event.code, "message": event.message, "variables": event.variables}
        run._open.crossings.append(lambda: caller.run._tell(commands.ThrowErrorOfCall, caller.call, **told))


def _escalation_propagated(run: ProcessRun, event: events.EscalationPropagated) -> None:
    caller = run._caller
    if caller is not None:
        run._open.crossings.append(
            lambda: caller.run._tell(commands.ThrowEscalationOfCall, caller.call, code=event.code)
        )


def _call_begun(run: ProcessRun, event: events.ProcessInstanceCalled) -> None:
    run._open.calls[event.called_id] = run._item(event.called_id, event)
    run._open.crossings.append(lambda: run._call(event))


def _call_cancelled(run: ProcessRun, event: events.CalledProcessInstanceCancelled) -> None:
    def cancel() -> None:
        called = run._called.get(event.called_id)
        if called is not None and called.state == "active":
            called.terminate("its call activity was interrupted")

    run._open.calls.pop(event.called_id, None)
    run._open.crossings.append(cancel)


def _message_thrown(run: ProcessRun, event: events.MessageThrown) -> None:
    run._open.crossings.append(lambda: run._deliver(event))


def _signal_thrown(run: ProcessRun, event: events.SignalThrown) -> None:
    def spread() -> None:
        for other in run._root().runs:
            waits = any(item.event.name == event.name for item in other.subscriptions if item.event.kind == "signal")
            if other is not run and waits:
                other.handle(commands.BroadcastSignal(name=event.name, variables=event.variables))

    run._open.crossings.append(spread)


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


def _close_later(run: ProcessRun, event: events.ClosingBegun | events.ClosingContinued) -> None:
    run._open.closings.append(event.token_id)


def _continue_later(run: ProcessRun, event: events.ContinuationScheduled) -> None:
    run._open.continuations.append(event.job_id)


_FOLLOW: dict[type[events.Event], Callable[[ProcessRun, Any], None]] = {
    events.ProcessInstanceStarted: _became("active"),
    events.ProcessInstanceCompleted: _completed,
    events.ProcessInstanceTerminated: _terminated,
    events.ErrorPropagated: _error_propagated,
    events.EscalationPropagated: _escalation_propagated,
    events.ProcessInstanceCalled: _call_begun,
    events.CalledProcessInstanceCancelled: _call_cancelled,
    events.MessageThrown: _message_thrown,
    events.SignalThrown: _signal_thrown,
    events.SubscriptionOpened: _opened("subscriptions", "subscription_id"),
    events.SubscriptionClosed: _closed("subscriptions", "subscription_id"),
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
    events.CalledProcessInstanceReturned: _closed("calls", "called_id"),
    events.ContinuationScheduled: _continue_later,
    events.ClosingBegun: _close_later,
    events.ClosingContinued: _close_later,
}
