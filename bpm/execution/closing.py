"""Closing: what an interrupted activity had opened ends in bounded steps, if that is more than one command may end.

From the interruption on nothing below can do anything any more and nothing can reach it, though its scopes are still
stored: the flow goes on at once, and a job sends `CloseScopes` until none is left. The process instance, whose own
scope lists what is closing, ends after that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import msgspec

from baton.bpm.errors import WrongState
from baton.bpm.execution import commands, events

if TYPE_CHECKING:
    from baton.bpm.execution.process_instance import ProcessInstance
    from baton.bpm.execution.scope import Scope
    from baton.bpm.execution.token import Token

Marks = set[tuple[int | None, int | None]]
"""What is closing, as `(scope, token)` that had opened it."""


class Closing(msgspec.Struct, array_like=True, omit_defaults=True):
    """The scopes that the token `token_id` of the scope `scope_id` had opened are closing.

    Those up to the id `after` are closed; `outputs` is a collection that goes with the last.
    """

    scope_id: int
    token_id: int
    element_id: str
    after: int = 0
    outputs: int | None = None


# --- the interruption ----------------------------------------------------------------------------------------


def is_under_way(instance: ProcessInstance, token: Token) -> bool:
    """True if what `token` had opened is closing already."""
    return (token.workflow.id, token.id) in _marked(instance)


def has_too_many(instance: ProcessInstance, token: Token) -> bool:
    """True if `token` is a loop with more live instances than may still end in this command."""
    loop = token.details.loop
    return loop is not None and loop.active > instance.may_end and _may_wait(token)


def are_too_many(instance: ProcessInstance, token: Token, scopes: Sequence[Scope]) -> bool:
    """True if the `scopes`, which `token` opened, hold more than may still end in this command."""
    return sum(_weight(scope) for scope in scopes) > instance.may_end and _may_wait(token)


def _may_wait(token: Token) -> bool:
    """False where completed instances are kept beside the live ones: compensation may begin in them at any time."""
    return not token.workflow.kept_scopes


def _weight(scope: Scope) -> int:
    """How much is in it, as far as it says itself."""
    loops = (token.details.loop for token in scope.tokens.values())
    return sum(1 if loop is None else max(loop.active, 1) for loop in loops)


def begin(instance: ProcessInstance, token: Token) -> None:
    """Nothing below `token` is live any more; its rows end by jobs."""
    root, scope, node = instance.scope(instance.id), token.workflow, token.task_spec
    loop = token.details.loop
    root.closing.append(Closing(scope.id, token.id, node.name, outputs=None if loop is None else loop.outputs))
    instance.touch(root)
    mark: Marks = {(scope.id, token.id)}
    instance.set_aside([held for held in list(instance.scopes.values()) if _below(instance, held, mark)])
    instance.emit(events.ClosingBegun(token.id, scope.id, node.name))


# --- who asks for a scope ------------------------------------------------------------------------------------


def closing_with(instance: ProcessInstance, scope: Scope) -> list[Scope]:
    """The scope, and those around it, that are closing because something around them was interrupted; often none."""
    marked = _marked(instance)
    return _below(instance, scope, marked) if marked else []


def _marked(instance: ProcessInstance) -> Marks:
    return {(each.scope_id, each.token_id) for each in instance.scope(instance.id).closing}


def _below(instance: ProcessInstance, scope: Scope, marked: Marks) -> list[Scope]:
    """The scope, and those around it, as far as one of `marked`; none if there is none."""
    below = [scope]
    while scope.parent_id is not None:
        if (scope.parent_id, scope.parent_token_id) in marked:
            return below
        try:
            scope = instance.scope(scope.parent_id)
        except LookupError:
            break  # the step that closes `below` is at it
        below.append(scope)
    return []


# --- the steps -----------------------------------------------------------------------------------------------


def step(instance: ProcessInstance, command: commands.CloseScopes) -> None:
    """The next scopes end, as many as one command may end; after the last the process instance may end."""
    root = instance.scope(instance.id)
    closing = next((each for each in root.closing if each.token_id == command.token_id), None)
    if closing is None:
        raise WrongState(f"Expected to close what '{command.token_id}' had opened, but it is closed")
    instance.touch(root)
    if not _close_some(instance, closing):
        instance.emit(events.ClosingContinued(closing.token_id, closing.scope_id, closing.element_id))
        return
    root.closing.remove(closing)
    if closing.outputs is not None:
        instance.drop_collection(closing.outputs)
    instance.emit(events.ClosingCompleted(closing.token_id, closing.scope_id, closing.element_id))
    if not root.closing:
        _end(instance, root)


def _close_some(instance: ProcessInstance, closing: Closing) -> bool:
    """True if all are closed."""
    most = instance.limits.children_at_once
    records = instance.source.load_children_after(closing.scope_id, closing.token_id, closing.after, most)
    found = [instance.hold_stored(record) for record in records]
    taken = _within(found, most)
    instance.set_aside(found[len(taken) :])
    instance.load_children_of([scope for scope in taken if scope.may_have_children and _weight(scope) <= most])
    for scope in taken:
        # Each may be as large again: what is larger closes by itself.
        instance.may_end = most
        if not _close(instance, scope):
            return False
        closing.after = scope.id
    return len(taken) == len(found) < most


def _within(scopes: Sequence[Scope], most: int) -> list[Scope]:
    """The first of them, at least one, that hold no more than `most` together."""
    taken: list[Scope] = []
    for scope in scopes:
        most -= _weight(scope)
        if taken and most < 0:
            break
        taken.append(scope)
    return taken


def _close(instance: ProcessInstance, scope: Scope) -> bool:
    """False if so many tokens are in it that the rest must wait for the next step."""
    tokens = list(scope.tokens.values())
    if len(tokens) <= instance.may_end:
        instance.cancel_scope(scope)
        return True
    instance.close_listeners(scope)
    _cancel(instance, scope, tokens[: instance.may_end])
    instance.set_aside([scope])
    return False


def _cancel(instance: ProcessInstance, scope: Scope, tokens: Iterable[Token]) -> None:
    for token in tokens:
        # What is asked beside an activity goes with it.
        if token.id in scope.tokens:
            instance.cancel_token(token)


def _end(instance: ProcessInstance, root: Scope) -> None:
    """Nothing closes any more: the process instance ends if that is all it waited for."""
    if root.ending is not None:
        instance.end_terminated(root.ending)
    else:
        instance.close_if_done(root)
