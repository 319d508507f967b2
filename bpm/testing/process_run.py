"""A process instance in memory: what people, workers, messages and time do to it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

from baton.bpm.definition import elements
from baton.bpm.errors import InvalidCommand, InvalidDiagram, NotFound, WrongState
from baton.bpm.execution import commands, diagrams, events
from baton.bpm.execution.limits import RunLimits
from baton.bpm.execution.process_instance import ProcessInstance
from baton.bpm.execution.specs import ProcessSpec, build_specs
from baton.bpm.testing.calling_run import CallingRun
from baton.bpm.testing.clock import VirtualClock
from baton.bpm.testing.decisions import GivenDecisions
from baton.bpm.testing.following import FOLLOW, going_on
from baton.bpm.testing.open_items import OpenItem, OpenItems
from baton.bpm.testing.seen import SeenRun
from baton.bpm.testing.store import InMemoryStore

MOST_CALLS = 100
JobHandler = Callable[[dict[str, Any]], Mapping[str, Any] | None]


class ProcessRun(SeenRun):
    """One process instance in memory, with those that it calls.

    `processes` are those that call activities may call; any other call stays open for `return_from`. `handlers` maps
    job types to functions from variables to variables; they run as soon as a job opens. `decisions` are `.dmn` files,
    by their paths or as bytes, for business rule tasks. With `reload` every command starts from stored records alone,
    as a server after a restart does. Asynchronous continuations go on at once, with `hold_async` when `go_on` says so.
    """

    def __init__(
        self,
        process: elements.Process | ProcessSpec,
        *,
        handlers: Mapping[str, JobHandler] | None = None,
        clock: VirtualClock | None = None,
        limits: RunLimits | None = None,
        reload: bool = False,
        hold_async: bool = False,
        decisions: Sequence[bytes | str | Path] = (),
        processes: Iterable[elements.Process] = (),
        business_key: str | None = None,
    ) -> None:
        self.spec = process if isinstance(process, ProcessSpec) else build_specs(process)
        self.handlers = dict(handlers or {})
        self.clock = clock or VirtualClock()
        self.limits = limits or RunLimits()
        self.reload = reload
        self.hold_async = hold_async
        self.decisions = GivenDecisions(decisions)
        self._decision_files = decisions
        self.events: list[events.Event] = []
        self.state = "new"
        self.processes = {each.key: each for each in (*processes, self.spec.process)}
        self.business_key = business_key
        self._called: dict[int, ProcessRun] = {}
        self._caller: CallingRun | None = None
        self._open = OpenItems()
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

    def go_on(self, element: str, /) -> None:
        """It is the turn of the oldest asynchronous continuation of that element id or name."""
        self.handle(going_on(self._find(self._open.async_continuations, element, "asynchronous continuation")))

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
            if self._open.async_continuations and not self.hold_async:
                happened += self._handle_one(going_on(next(iter(self._open.async_continuations.values()))))
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

    @property
    def runs(self) -> list[ProcessRun]:
        """This one, and those that live by its calls, outermost first."""
        return [self, *(inner for run in self._called.values() if run.state == "active" for inner in run.runs)]

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
            follow = FOLLOW.get(type(event))
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
        run._caller = CallingRun(self, event, depth + 1)
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


def _key(item: OpenItem) -> Any:
    return item.event.correlation_key


def processes_of_file(path: str | Path) -> tuple[elements.Process, ...]:
    """The processes of a `.bpmn` file, for call activities of others. Raises `InvalidDiagram`."""
    diagram = diagrams.read(Path(path).read_bytes())
    if not diagram.ok:
        raise InvalidDiagram(f"Expected '{path}' to hold processes that can run", problems=diagram.problems)
    return diagram.processes
