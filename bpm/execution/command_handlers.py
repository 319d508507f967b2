"""One function per command: check that it fits, then start it moving."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from baton.bpm.definition.elements import Mode
from baton.bpm.errors import InvalidCommand, NotFound, Rejection, WrongState
from baton.bpm.execution import (
    closing,
    commands,
    continuations,
    error_mappings,
    events,
    instantiating,
    listeners,
    propagation,
    signals,
    timers,
    triggers,
)
from baton.bpm.execution.elements import start_choice
from baton.bpm.execution.failure import StepFailure
from baton.bpm.execution.options import chosen_ids
from baton.bpm.execution.token import ARMED, WAITING, Phase, TriggerKind
from baton.bpm.execution.work import Tries

if TYPE_CHECKING:
    from baton.bpm.execution.elements.flow_node import FlowNode
    from baton.bpm.execution.process_instance import ProcessInstance
    from baton.bpm.execution.scope import Scope
    from baton.bpm.execution.specs import ProcessSpec
    from baton.bpm.execution.token import Token


def start(instance: ProcessInstance, command: commands.StartProcessInstance) -> None:
    """The process begins at one start event, or at all nodes without incoming flow if it has none."""
    begin = _start_nodes(instance, command.start_event_id)
    root = instance.open_root()
    instance.emit(events.ProcessInstanceStarted())
    came = next((node for node, _ in begin if _takes_by_mapping(node, command)), None)
    if came is not None:
        instance.brought[came.name] = dict(command.variables)
    else:
        for name, value in command.variables.items():
            instance.write_local(root, name, value)
    instance.listen(root)
    first: Token | None = None
    for node, has_happened in begin:
        initiator = getattr(node.element, "initiator", None)
        if initiator:
            instance.write_local(root, initiator, instance.user)
        if has_happened:
            token = instance.activate_happened(node, root)
        else:
            token = instance.activate(node, root)
            instance.take_brought(token, node)
            if command.part is not None:
                token.detail().came = command.part
        first = first or token
    for node in instance.spec.unbidden:
        token = instance.activate(node, root)
        first = first or token
    if first is not None:
        listeners.begin_process(instance, first)


def _takes_by_mapping(node: FlowNode, command: commands.StartProcessInstance) -> bool:
    """True if the node's event brings the variables, and only its outputs lead to the process."""
    if node.name != command.start_event_id or not node.element.only_mapped_out:
        return False
    return getattr(node.element, "event", node.element) is not None


def _start_nodes(instance: ProcessInstance, start_event_id: str | None) -> Sequence[tuple[FlowNode, bool]]:
    """Where to begin, and whether what is waited for there has happened already."""
    spec = instance.spec
    if start_event_id is not None:
        return _start_at(spec, start_event_id)
    if len(spec.starts) > 1 and spec.start_events:
        if spec.process.mode is Mode.GUIDED:
            return ((spec.nodes[start_choice.ID], False),)
        raise _choose_start(spec.element_id, spec.starts)
    if not spec.starts:
        raise _choose_start(spec.element_id, tuple(spec.start_events.values()))
    return [(node, False) for node in spec.starts]


def _start_at(spec: ProcessSpec, id_: str) -> Sequence[tuple[FlowNode, bool]]:
    """A start event, an instantiating receive task, or an event behind an instantiating gateway."""
    node = spec.nodes.get(id_)
    if id_ in spec.start_events and node is not None:
        return ((node, False),)
    if node is not None and id_ in instantiating.events_of(spec):
        return instantiating.begin_at(node)
    known = ", ".join(f"'{known_id}'" for known_id in [*spec.start_events, *instantiating.events_of(spec)]) or "none"
    raise InvalidCommand(
        f"Expected a start event of '{spec.element_id}' ({known}), found '{id_}'", field="startEventId"
    )


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
    instance.write_results(token, command.variables)
    token.decision = decision
    node = token.task_spec
    if node.listeners:
        token.detail().assignee = command.assignee
    instance.emit(events.UserTaskCompleted(token.id, token.workflow.id, node.name, decision))
    if token.phase is ARMED:
        _answer(instance, token)
    else:
        instance.done(token)


def assign_user_task(instance: ProcessInstance, command: commands.AssignUserTask) -> None:
    """Its listeners are called; one that fails is an incident, and the task is assigned all the same."""
    token = _waiting_token(instance, command.scope_id, command.token_id, "assign user task")
    listeners.assigned(instance, token, command.assignee)


def update_user_task(instance: ProcessInstance, command: commands.UpdateUserTask) -> None:
    """Its listeners are called, as for an assignment."""
    listeners.updated(instance, _waiting_token(instance, command.scope_id, command.token_id, "change user task"))


def _answer(instance: ProcessInstance, token: Token) -> None:
    """What was asked beside a host: the question goes, then the host goes on."""
    assert token.host_id is not None
    host = token.workflow.find(token.host_id)
    assert host is not None
    host.armed = tuple(id_ for id_ in host.armed if id_ != token.id)
    instance.remove(token)
    token.task_spec.answered(instance, host, token)


def _checked_decision(token: Token, decision: tuple[str, ...]) -> tuple[str, ...]:
    """The chosen options in the drawing's order, by id; each must be offered, and one must be there if asked for."""
    node = token.task_spec
    if not node.asks:
        if decision:
            raise InvalidCommand(f"'{node.title}' asks for no decision, found {list(decision)}", field="decision")
        return ()
    offered = [option["id"] for option in node.options]
    decision = chosen_ids(decision, node.options)
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
    instance.write_results(token, command.variables)
    if error_mappings.errors_of(token) and _ended_with_error(instance, token):
        return
    _resolve(instance, token)
    instance.emit(events.JobCompleted(command.job_id, token.id, token.workflow.id, token.task_spec.name))
    if token.details.listening is not None:
        listeners.answered(instance, token)
        return
    token.job_id = None
    instance.done(token)


def _ended_with_error(instance: ProcessInstance, token: Token, failure: str | None = None) -> bool:
    """True if one of the job's error mappings holds, or cannot be decided: the job is over, or an incident tells."""
    try:
        error = error_mappings.found(instance, token, failure)
    except StepFailure as undecided:
        if token.incident_id is None:
            instance.raise_incident(token, undecided)
        return True
    if error is None:
        return False
    _throw_error(instance, token, *error, {})
    return True


def fail_job(instance: ProcessInstance, command: commands.FailJob) -> None:
    """No retries are left, unless an error mapping of the diagram makes a BPMN error of it."""
    token = _job_token(instance, command.scope_id, command.token_id, command.job_id, "fail job")
    if error_mappings.errors_of(token) and _ended_with_error(instance, token, command.message):
        return
    if token.incident_id is None:
        instance.raise_incident(
            token, StepFailure("job", command.message, {"job_id": str(command.job_id), "reason": command.message})
        )


def throw_bpmn_error(instance: ProcessInstance, command: commands.ThrowBpmnError) -> None:
    """A worker's error: caught outward from its activity; uncaught it is an incident there.

    The error's variables are for the catcher: uncaught, they are told with it and not written.
    """
    token = _job_token(instance, command.scope_id, command.token_id, command.job_id, "throw error of job")
    _throw_error(instance, token, command.code, command.message, command.variables)


def _throw_error(
    instance: ProcessInstance, token: Token, code: str, message: str, variables: Mapping[str, Any]
) -> None:
    try:
        propagation.throw_error(instance, token, code, message, variables)
    except StepFailure as failure:
        scope_id, node = token.workflow.id, token.task_spec
        told = dict(variables)
        instance.emit(events.BpmnErrorThrown(token.id, scope_id, node.name, code=code, message=message, variables=told))
        if token.incident_id is None:
            instance.raise_incident(token, failure)


def fire_timer(instance: ProcessInstance, command: commands.FireTimer) -> None:
    """What waited for it goes on; a cycle that may happen again runs on."""
    host = _scope_of(instance, command.scope_id, f"fire timer '{command.job_id}'").find(command.token_id)
    trigger = triggers.find(host, command.job_id)
    if host is None or trigger is None or trigger.element_id != command.element_id:
        raise WrongState(f"Expected to fire timer '{command.job_id}', but it is not open any more")
    node = instance.spec.by_id[trigger.element_id]
    triggers.take(instance, host, trigger)
    instance.emit(events.TimerFired(command.job_id, host.id, host.workflow.id, command.element_id))
    if node.repeats and not node.needs_all_parts:
        following = timers.following(command.payload, instance.now, instance.zone)
        if following is not None:
            triggers.open_timer(instance, host, node, trigger.part, following, Tries.kept_in(command.payload))
    triggers.part_happened(instance, host, node)


def correlate_message(instance: ProcessInstance, command: commands.CorrelateMessage) -> None:
    """The subscription gets the message."""
    doing = f"correlate a message with subscription '{command.subscription_id}'"
    host = _scope_of(instance, command.scope_id, doing).find(command.token_id)
    trigger = triggers.find(host, command.subscription_id)
    if host is None or trigger is None:
        raise WrongState(f"Expected to {doing}, but it is not open any more")
    instance.emit(events.MessageReceived(host.id, host.workflow.id, trigger.element_id, trigger.name or ""))
    triggers.happen(instance, host, trigger, command.variables)


def broadcast_signal(instance: ProcessInstance, command: commands.BroadcastSignal) -> None:
    """Every open subscription of the name gets it."""
    if not signals.deliver(instance, command.name, command.variables):
        raise WrongState(f"Expected an open subscription for the signal '{command.name}', but there is none any more")


def return_from_call(instance: ProcessInstance, command: commands.ReturnFromCall) -> None:
    """The called instance completed."""
    token = _call_token(instance, command.scope_id, command.token_id, command.called_id, "return from")
    try:
        token.task_spec.returned(instance, token, command.variables)
    except StepFailure as failure:
        if token.incident_id is None:
            instance.raise_incident(token, failure)
        return
    _resolve(instance, token)
    token.detail().called = None
    node = token.task_spec
    instance.emit(events.CalledProcessInstanceReturned(command.called_id, token.id, token.workflow.id, node.name))
    instance.done(token)


def fail_call(instance: ProcessInstance, command: commands.FailCall) -> None:
    """The called instance is not there, or ended without completing: resolving the incident calls again."""
    token = _call_token(instance, command.scope_id, command.token_id, command.called_id, "fail the call of")
    token.detail().called = None
    _call_again_when_resolved(instance, token)
    if token.incident_id is None:
        instance.raise_incident(token, StepFailure("call", command.message, {"reason": command.message}))


def throw_error_of_call(instance: ProcessInstance, command: commands.ThrowErrorOfCall) -> None:
    """Caught outward from the call activity; uncaught it is an incident there."""
    token = _call_token(instance, command.scope_id, command.token_id, command.called_id, "throw an error of")
    token.detail().called = None
    instance.touch(token.workflow)
    token.task_spec.threw(instance, token, command.returned)
    _throw_error(instance, token, command.code, command.message, command.variables)
    if instance.is_alive(token):
        _call_again_when_resolved(instance, token)


def _call_again_when_resolved(instance: ProcessInstance, token: Token) -> None:
    """Nothing is called any more: resolving the incident begins the activity anew."""
    token.phase = Phase.READY
    triggers.close_all(instance, token)


def throw_escalation_of_call(instance: ProcessInstance, command: commands.ThrowEscalationOfCall) -> None:
    """Caught outward from the call activity, which goes on waiting unless that interrupts it."""
    token = _call_token(instance, command.scope_id, command.token_id, command.called_id, "throw an escalation of")
    token.task_spec.threw(instance, token, command.returned)
    propagation.throw_escalation(instance, token, command.code)


def continue_process_instance(instance: ProcessInstance, command: commands.ContinueProcessInstance) -> None:
    """Go on where a bounded run left off; what is gone meanwhile is skipped."""
    root = instance.scope(instance.id)
    pending, root.ready = root.ready, []
    root.is_changed = True
    for scope_id, token_id in pending:
        try:
            token = instance.live_scope(scope_id).find(token_id)
        except LookupError:
            continue  # the scope was cancelled
        if token is not None and token.incident_id is None:
            instance.make_ready(token)


def start_async_continuation(instance: ProcessInstance, command: commands.StartAsyncContinuation) -> None:
    """The token goes on where its run was divided."""
    token = _job_token(instance, command.scope_id, command.token_id, command.job_id, "run job")
    continuations.resume(instance, token)


def set_variables(instance: ProcessInstance, command: commands.SetVariables) -> None:
    """Exactly into the named scope."""
    scope = instance.live_scope(command.scope_id)
    for name, value in command.variables.items():
        instance.write_local(scope, name, value)


def resolve_incident(instance: ProcessInstance, command: commands.ResolveIncident) -> None:
    """The failed step is tried again; a waiting job is handed out again by whoever keeps the jobs."""
    token = _scope_of(instance, command.scope_id, f"resolve incident '{command.incident_id}'").find(command.token_id)
    if token is None or token.incident_id != command.incident_id:
        raise WrongState(f"Expected to resolve incident '{command.incident_id}', but it is not open any more")
    for name, value in command.variables.items():
        instance.write_for(token, name, value)
    _resolve(instance, token)
    for trigger in token.triggers:
        if trigger.kind is TriggerKind.CONDITION:
            instance.unsettled_conditions.opened(trigger.id)
    if token.phase is Phase.JOINING:
        token.task_spec.ask_again(instance, token.workflow)
    if token.phase in (Phase.READY, Phase.LEAVING, Phase.MAPPING, Phase.SPAWNING, Phase.OPENING):
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
    token = _scope_of(instance, scope_id, f"{doing} '{token_id}'", NotFound).find(token_id)
    if token is None:
        raise NotFound(f"Expected to {doing} '{token_id}', but it is not open any more")
    if (token.phase is not WAITING and token.phase is not ARMED) or not _is_for_a_person(token):
        raise WrongState(f"Expected to {doing} '{token_id}', but its flow node is {token.phase}")
    return token


def _is_for_a_person(token: Token) -> bool:
    return token.details.listening is None and token.task_spec.is_manual(token)


def _job_token(instance: ProcessInstance, scope_id: int, token_id: int, job_id: int, doing: str) -> Token:
    token = _scope_of(instance, scope_id, f"{doing} '{job_id}'").tokens.get(token_id)
    if token is None or token.job_id != job_id:
        raise WrongState(f"Expected to {doing} '{job_id}', but it is not open any more")
    return token


def _call_token(instance: ProcessInstance, scope_id: int, token_id: int, called_id: int, doing: str) -> Token:
    token = _scope_of(instance, scope_id, f"{doing} '{called_id}'").tokens.get(token_id)
    if token is None or token.details.called != called_id:
        raise WrongState(f"Expected to {doing} '{called_id}', but its call activity does not wait for it any more")
    return token


def _scope_of(instance: ProcessInstance, scope_id: int, doing: str, error: type[Rejection] = WrongState) -> Scope:
    try:
        return instance.live_scope(scope_id)
    except LookupError as gone:
        raise error(f"Expected to {doing}, but it is not open any more") from gone


HANDLERS: dict[type[commands.Command], Callable[[ProcessInstance, Any], None]] = {
    commands.StartProcessInstance: start,
    commands.CompleteUserTask: complete_user_task,
    commands.AssignUserTask: assign_user_task,
    commands.UpdateUserTask: update_user_task,
    commands.CompleteJob: complete_job,
    commands.FailJob: fail_job,
    commands.ThrowBpmnError: throw_bpmn_error,
    commands.FireTimer: fire_timer,
    commands.CorrelateMessage: correlate_message,
    commands.BroadcastSignal: broadcast_signal,
    commands.ReturnFromCall: return_from_call,
    commands.FailCall: fail_call,
    commands.ThrowErrorOfCall: throw_error_of_call,
    commands.ThrowEscalationOfCall: throw_escalation_of_call,
    commands.ContinueProcessInstance: continue_process_instance,
    commands.CloseScopes: closing.step,
    commands.StartAsyncContinuation: start_async_continuation,
    commands.SetVariables: set_variables,
    commands.ResolveIncident: resolve_incident,
    commands.TerminateProcessInstance: terminate,
}
