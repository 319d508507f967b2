"""One function per command: check that it fits, then start it moving."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from baton.bpm.definition.elements import Mode
from baton.bpm.errors import InvalidCommand, NotFound, WrongState
from baton.bpm.execution import commands, events, timers
from baton.bpm.execution.elements import start_choice
from baton.bpm.execution.elements.events import BoundaryEvent
from baton.bpm.execution.failure import StepFailure
from baton.bpm.execution.token import Phase

if TYPE_CHECKING:
    from baton.bpm.execution.elements.flow_node import FlowNode
    from baton.bpm.execution.process_instance import ProcessInstance
    from baton.bpm.execution.token import Token


def start(instance: ProcessInstance, command: commands.StartProcessInstance) -> None:
    """The process begins at one start event, or at all nodes without incoming flow if it has none."""
    nodes = _start_nodes(instance, command.start_event_id)
    root = instance.open_root()
    instance.emit(events.ProcessInstanceStarted())
    for name, value in command.variables.items():
        instance.write_local(root, name, value)
    for node in nodes:
        instance.activate(node, root)


def _start_nodes(instance: ProcessInstance, start_event_id: str | None) -> tuple[FlowNode, ...]:
    spec = instance.spec
    if start_event_id is not None:
        node = spec.start_events.get(start_event_id)
        if node is None:
            known = ", ".join(f"'{id_}'" for id_ in spec.start_events) or "none"
            raise InvalidCommand(
                f"Expected a start event of '{spec.element_id}' ({known}), found '{start_event_id}'",
                field="startEventId",
            )
        return (node,)
    if len(spec.starts) > 1 and spec.start_events:
        if spec.process.mode is Mode.GUIDED:
            return (spec.nodes[start_choice.ID],)
        raise _choose_start(spec.element_id, spec.starts)
    if not spec.starts:
        raise _choose_start(spec.element_id, tuple(spec.start_events.values()))
    return spec.starts


def _choose_start(key: str, nodes: tuple[FlowNode, ...]) -> InvalidCommand:
    known = ", ".join(f"'{node.name}'" for node in nodes)
    return InvalidCommand(
        f"'{key}' has several start events: expected startEventId to be one of {known}, found none",
        field="startEventId",
    )


def complete_user_task(instance: ProcessInstance, command: commands.CompleteUserTask) -> None:
    """The person's variables are written and the token goes on."""
    token = _waiting_token(instance, command.scope_id, command.token_id, "complete user task")
    decision = _checked_decision(token, command.decision)
    for name, value in command.variables.items():
        instance.write_variable(token.workflow, name, value)
    token.decision = decision
    node = token.task_spec
    instance.emit(events.UserTaskCompleted(token.id, token.workflow.id, node.name, decision))
    if token.phase is Phase.ARMED:
        _trigger_armed(instance, token)
    else:
        instance.done(token)


def _trigger_armed(instance: ProcessInstance, token: Token) -> None:
    node, scope = token.task_spec, token.workflow
    assert isinstance(node, BoundaryEvent)
    assert token.host_id is not None
    host = scope.tokens[token.host_id]
    host.armed = tuple(id_ for id_ in host.armed if id_ != token.id)
    instance.remove(token)
    instance.interrupt_by(host, node)
    if not node.element.interrupting:
        instance.arm(host, node)


def _checked_decision(token: Token, decision: tuple[str, ...]) -> tuple[str, ...]:
    """The chosen options in the drawing's order; each must be offered, and one must be there if asked for."""
    node = token.task_spec
    if not node.asks:
        if decision:
            raise InvalidCommand(f"'{node.title}' asks for no decision, found {list(decision)}", field="decision")
        return ()
    offered = [option["id"] for option in node.options]
    allowed = ", ".join(f"'{id_}'" for id_ in offered)
    unknown = [id_ for id_ in decision if id_ not in offered]
    if not decision or unknown or (node.choices == "one" and len(decision) > 1):
        number = "exactly one" if node.choices == "one" else "one or more"
        raise InvalidCommand(
            f"Expected {number} of {allowed} as decision at '{node.title}', found {list(decision)}", field="decision"
        )
    return tuple(id_ for id_ in offered if id_ in decision)


def complete_job(instance: ProcessInstance, command: commands.CompleteJob) -> None:
    """The worker's variables are written and the token goes on."""
    token = _job_token(instance, command.scope_id, command.token_id, command.job_id, "complete job")
    for name, value in command.variables.items():
        instance.write_variable(token.workflow, name, value)
    _resolve(instance, token)
    instance.emit(events.JobCompleted(command.job_id, token.id, token.workflow.id, token.task_spec.name))
    token.job_id = None
    instance.done(token)


def fail_job(instance: ProcessInstance, command: commands.FailJob) -> None:
    """No retries are left."""
    token = _job_token(instance, command.scope_id, command.token_id, command.job_id, "fail job")
    if token.incident_id is None:
        instance.raise_incident(
            token, StepFailure("job", command.message, {"job_id": str(command.job_id), "reason": command.message})
        )


def throw_bpmn_error(instance: ProcessInstance, command: commands.ThrowBpmnError) -> None:
    """Nothing in the supported elements catches errors yet: an uncaught one is an incident.

    The error's variables are for a catcher, so they are told with it and not written.
    """
    token = _job_token(instance, command.scope_id, command.token_id, command.job_id, "throw error of job")
    node = token.task_spec
    instance.emit(
        events.BpmnErrorThrown(
            token.id,
            token.workflow.id,
            node.name,
            code=command.code,
            message=command.message,
            variables=command.variables,
        )
    )
    if token.incident_id is None:
        message = f"The BPMN error '{command.code}' thrown at '{node.title}' is not caught: {command.message}"
        instance.raise_incident(
            token,
            StepFailure(
                "bpmn_error", message, {"code": command.code, "reason": command.message, "variables": command.variables}
            ),
        )


def fire_timer(instance: ProcessInstance, command: commands.FireTimer) -> None:
    """A catch event goes on; a boundary event begins, and repeats if it does not interrupt."""
    token = instance.scope(command.scope_id).tokens.get(command.token_id)
    entry = (command.job_id, command.element_id)
    if token is None or entry not in token.timers:
        raise WrongState(f"Expected to fire timer '{command.job_id}', but it is not open any more")
    scope, node = token.workflow, token.task_spec
    token.timers = tuple(open_ for open_ in token.timers if open_ != entry)
    instance.emit(events.TimerFired(command.job_id, token.id, scope.id, command.element_id))
    if node.name == command.element_id:
        instance.done(token)
        return
    boundary = scope.spec.nodes[command.element_id]
    assert isinstance(boundary, BoundaryEvent)
    if not boundary.element.interrupting:
        following = timers.following(command.payload, instance.now, instance.zone)
        if following is not None:
            instance.open_timer(token, boundary, following)
    instance.interrupt_by(token, boundary)


def continue_process_instance(instance: ProcessInstance, command: commands.ContinueProcessInstance) -> None:
    """Go on where a bounded run left off; what is gone meanwhile is skipped."""
    root = instance.scope(instance.id)
    pending, root.ready = root.ready, []
    root.is_changed = True
    for scope_id, token_id in pending:
        try:
            token = instance.scope(scope_id).tokens.get(token_id)
        except LookupError:
            continue  # the scope was cancelled
        if token is not None and token.incident_id is None:
            instance.make_ready(token)


def set_variables(instance: ProcessInstance, command: commands.SetVariables) -> None:
    """Exactly into the named scope."""
    scope = instance.scope(command.scope_id)
    for name, value in command.variables.items():
        instance.write_local(scope, name, value)


def resolve_incident(instance: ProcessInstance, command: commands.ResolveIncident) -> None:
    """The failed step is tried again; a waiting job is handed out again by whoever keeps the jobs."""
    token = instance.scope(command.scope_id).tokens.get(command.token_id)
    if token is None or token.incident_id != command.incident_id:
        raise WrongState(f"Expected to resolve incident '{command.incident_id}', but it is not open any more")
    for name, value in command.variables.items():
        instance.write_variable(token.workflow, name, value)
    _resolve(instance, token)
    if token.phase in (Phase.READY, Phase.LEAVING):
        instance.make_ready(token)


def terminate(instance: ProcessInstance, command: commands.TerminateProcessInstance) -> None:
    """Everything live is cancelled."""
    instance.terminate(command.reason)


def _resolve(instance: ProcessInstance, token: Token) -> None:
    if token.incident_id is not None:
        instance.emit(events.IncidentResolved(token.incident_id, token.id, token.workflow.id, token.task_spec.name))
        token.incident_id = None
        instance.touch(token.workflow)


def _waiting_token(instance: ProcessInstance, scope_id: int, token_id: int, doing: str) -> Token:
    token = instance.scope(scope_id).tokens.get(token_id)
    if token is None:
        raise NotFound(f"Expected to {doing} '{token_id}', but it is not open any more")
    if token.phase not in (Phase.WAITING, Phase.ARMED) or not token.task_spec.is_manual(token):
        raise WrongState(f"Expected to {doing} '{token_id}', but its flow node is {token.phase}")
    return token


def _job_token(instance: ProcessInstance, scope_id: int, token_id: int, job_id: int, doing: str) -> Token:
    token = instance.scope(scope_id).tokens.get(token_id)
    if token is None or token.job_id != job_id:
        raise WrongState(f"Expected to {doing} '{job_id}', but it is not open any more")
    return token


HANDLERS: dict[type[commands.Command], Callable[[ProcessInstance, Any], None]] = {
    commands.StartProcessInstance: start,
    commands.CompleteUserTask: complete_user_task,
    commands.CompleteJob: complete_job,
    commands.FailJob: fail_job,
    commands.ThrowBpmnError: throw_bpmn_error,
    commands.FireTimer: fire_timer,
    commands.ContinueProcessInstance: continue_process_instance,
    commands.SetVariables: set_variables,
    commands.ResolveIncident: resolve_incident,
    commands.TerminateProcessInstance: terminate,
}
