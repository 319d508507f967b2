"""What a token waits for that happens elsewhere: timers, messages, signals, conditions, calls, loops, compensation."""

from __future__ import annotations

from typing import Any

from baton.bpm import values
from baton.bpm.execution import conditions
from baton.bpm.execution.token import Phase, Token, Trigger, TriggerKind
from baton.bpm.runtime import correlation_keys
from baton.bpm.runtime.waiting_facts import Facts, Wait, said

_SHOWN = 60


def wait_of(facts: Facts, token: Token) -> Wait | None:
    """None if the token waits for nothing of this kind."""
    if token.phase is Phase.LISTENING:
        return _for_listener(facts, token)
    if token.details.pending is not None:
        return _for_compensation(facts, token)
    if token.details.loop is not None:
        return _for_loop(token)
    if token.details.called is not None:
        return _for_call(facts, token, token.details.called)
    own = [trigger for trigger in token.triggers if trigger.element_id == token.task_spec.name]
    if not own and getattr(token.task_spec, "attach", None) is None:
        own = list(token.triggers)  # an event-based gateway waits for the events behind it
    if not own:
        return None
    if len(own) > 1:
        return _for_several(facts, token, own)
    return _for_one(facts, token, own[0])


def beside(facts: Facts, token: Token) -> str:
    """Boundary events that may happen meanwhile."""
    boundary = {event.name for event in getattr(token.task_spec, "boundary_events", ())}
    found = [
        f" The boundary event '{_label(facts, trigger)}' fires {_when(facts, token, trigger)}."
        for trigger in token.triggers
        if trigger.element_id in boundary
    ]
    return "".join(found)


def _for_one(facts: Facts, token: Token, trigger: Trigger) -> Wait:
    match trigger.kind:
        case TriggerKind.TIMER:
            return _for_timer(facts, trigger)
        case TriggerKind.MESSAGE:
            return _for_message(facts, trigger)
        case TriggerKind.SIGNAL:
            return Wait(
                "signal",
                f"Waits for the signal '{trigger.name}'.",
                "It goes on when the signal is broadcast, by an instance or from outside.",
                {"kind": "broadcast_signal", "name": trigger.name},
            )
        case TriggerKind.CONDITION:
            return Wait(
                "condition",
                f"Waits until its condition holds{_seen(facts, token, trigger)}.",
                "It goes on when a variable changes so that the condition holds.",
                {"kind": "set_variables", "names": sorted(conditions.names_of(token, trigger))},
            )


def _for_timer(facts: Facts, trigger: Trigger) -> Wait:
    row = facts.jobs.get(trigger.id)
    due_at = row.due_at if row else None
    when = f" at {said(due_at)}" if due_at else ""
    return Wait(
        "timer",
        f"Waits for its timer{when}.",
        f"The timer fires by itself{when}; it can also be run now.",
        {"kind": "run_job", "job_id": str(trigger.id)},
        due_at,
    )


def _for_message(facts: Facts, trigger: Trigger) -> Wait:
    row = facts.subscriptions.get(trigger.id)
    key = None if row is None or row.correlation_key is None else correlation_keys.written(row.correlation_key)
    what = f"the message '{trigger.name}'" if trigger.name else "a message along its message flow"
    with_key = "" if key is None else f" with the correlation key {key}"
    strays = [stray for stray in facts.strays.get(trigger.name or "", ()) if row is None or not _fits(stray, row)]
    near = "".join(
        f" A message '{stray.name}' arrived with {_key_of(stray)} at {said(stray.published_at)}, "
        f"this waits for {key or 'what fits its business key and variables'}."
        for stray in strays
    )
    action = {"kind": "publish_message", "name": trigger.name or "", "correlation_key": key}
    if row is not None and row.flows != "[]":
        action["flows"] = row.flows
    return Wait(
        "message", f"Waits for {what}{with_key}.{near}", "It goes on when the message is published or thrown.", action
    )


def _fits(stray: Any, row: Any) -> bool:
    return row.correlation_key is not None and stray.correlation_key == row.correlation_key


def _key_of(stray: Any) -> str:
    return f"the key {stray.shown_key}" if stray.shown_key is not None else "no key"


def _for_several(facts: Facts, token: Token, triggers: list[Trigger]) -> Wait:
    alternatives = [
        {
            "element_id": trigger.element_id,
            "kind": trigger.kind.value,
            "name": trigger.name,
            "due_at": _due_text(facts, trigger),
        }
        for trigger in triggers
    ]
    all_parts = getattr(token.task_spec, "needs_all_parts", False)
    shown = "; ".join(f"'{_label(facts, trigger)}' {_when(facts, token, trigger)}" for trigger in triggers)
    due = [row.due_at for trigger in triggers if (row := facts.jobs.get(trigger.id)) is not None and row.due_at]
    return Wait(
        "events",
        f"Waits for {'all of these events' if all_parts else 'the first of these events'}: {shown}.",
        "It goes on when all have happened." if all_parts else "It goes on by the way of the one that happens first.",
        {"kind": "none", "alternatives": alternatives},
        min(due, default=None),
    )


def _for_listener(facts: Facts, token: Token) -> Wait:
    shown = "; ".join(f"'{_label(facts, trigger)}' {_when(facts, token, trigger)}" for trigger in token.triggers)
    return Wait(
        "listener",
        f"May begin as long as the scope around it is alive: {shown or 'on an error, an escalation or a person'}.",
        "Nothing waits for it.",
        {"kind": "none"},
    )


def _for_call(facts: Facts, token: Token, called_id: int) -> Wait:
    row = facts.called.get(called_id)
    if row is None:
        return Wait(
            "call",
            f"Waits for the called process instance '{called_id}', which is about to start.",
            "It starts by itself.",
            {"kind": "none", "called_id": str(called_id)},
        )
    action = {"kind": "see_process_instance", "called_id": str(called_id), "key": row.key, "state": row.state}
    return Wait(
        "call",
        f"Waits for the called process instance '{called_id}' of '{row.key}', which is {row.state}.",
        "It goes on when that instance has completed.",
        action,
    )


def _for_loop(token: Token) -> Wait:
    loop = token.details.loop
    assert loop is not None
    total = "" if loop.total is None else f" of {loop.total}"
    return Wait(
        "loop",
        f"{loop.completed}{total} turns are done; {loop.active} {'is' if loop.active == 1 else 'are'} under way.",
        "It goes on when all turns are done, or its completion condition holds.",
        {"kind": "none", "done": loop.completed, "total": loop.total, "active": loop.active},
    )


def _for_compensation(facts: Facts, token: Token) -> Wait:
    left = [facts.definition.label(entry.element_id).name for entry in token.details.pending or ()]
    then = f"; then {', '.join(repr(name) for name in left)}" if left else ""
    return Wait(
        "compensation",
        f"Waits for the compensation that is under way{then}.",
        "It goes on when every compensation handler is done.",
        {"kind": "none"},
    )


def _label(facts: Facts, trigger: Trigger) -> str:
    return facts.definition.label(trigger.element_id).name


def _due_text(facts: Facts, trigger: Trigger) -> str | None:
    row = facts.jobs.get(trigger.id)
    return said(row.due_at) if row is not None and row.due_at else None


def _when(facts: Facts, token: Token, trigger: Trigger) -> str:
    match trigger.kind:
        case TriggerKind.TIMER:
            return f"at {_due_text(facts, trigger) or 'its time'}"
        case TriggerKind.MESSAGE:
            return f"on the message '{trigger.name}'" if trigger.name else "on a message along its message flow"
        case TriggerKind.SIGNAL:
            return f"on the signal '{trigger.name}'"
        case TriggerKind.CONDITION:
            return f"when its condition holds{_seen(facts, token, trigger)}"


def _seen(facts: Facts, token: Token, trigger: Trigger) -> str:
    """The values that the condition saw last, nearest scope first."""
    scopes = [scope.id for scope in token.workflow.chain()]
    shown = []
    for name in sorted(conditions.names_of(token, trigger)):
        found = next((facts.seen[id_, name] for id_ in scopes if (id_, name) in facts.seen), None)
        shown.append(f"{name} is {str(values.to_json(found))[:_SHOWN] if found is not None else 'null'}")
    return f" ({', '.join(shown)})" if shown else ""
