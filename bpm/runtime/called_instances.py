"""Called process instances (call activities): started, ended, and told to their caller, by jobs.

A called instance belongs to its caller's tree: `root_id` is the caller's, so the root's lock covers both. Each job's
row goes in the transaction of what it causes, so delivering it twice causes one effect.
"""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Connection, Row, delete, select, update

from baton.bpm import errors
from baton.bpm.definition.elements import Binding
from baton.bpm.execution import commands
from baton.bpm.execution.events import IncidentRaised
from baton.bpm.lifecycle import JobState, ProcessInstanceState
from baton.bpm.runtime import callers, closings, correlation_keys, instance_rows, instance_store, statements
from baton.bpm.runtime.actors import SYSTEM
from baton.bpm.runtime.callers import CallLink
from baton.bpm.runtime.definitions import RunnableDefinition
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.instance_rows import Loaded, Subject
from baton.bpm.runtime.instance_store import Handled, Origin
from baton.bpm.runtime.job_kinds import JobKind
from baton.models import job, process_definition, process_instance

_SHOWN_IN_CHAIN = 6


class _Called(msgspec.Struct, frozen=True):
    """A `call` job's payload."""

    key: str
    binding: Binding
    version: str | None
    business_key: str | None
    variables: str


class _CannotCall(Exception):
    """The call activity gets an incident with this message."""


def start(engine: Engine, row: Row[Any]) -> bool:
    """Carry out a `call` job. False: the call is gone, or its caller is suspended."""
    called = msgspec.json.decode(row.payload, type=_Called)
    try:
        with engine.database.read() as connection:
            caller = connection.execute(
                select(process_instance).where(process_instance.c.id == row.process_instance_id)
            ).first()
            if caller is None:
                return forget(engine, row.id)
            depth = caller.call_depth + 1
            if depth > engine.settings.max_call_depth:
                raise _CannotCall(_recursion(engine, connection, caller, called.key))
            definition_id = _resolve(connection, caller, called)
        return _start(engine, row, caller, engine.definitions.get(definition_id), called, depth)
    except (_CannotCall, errors.InvalidCommand, errors.TooLarge) as error:
        message = error.message if isinstance(error, errors.Rejection) else str(error)
        failing = f"The process '{called.key}' could not be called: {message}"
        return tell_caller(engine, row, _fail(row, row.id, failing))


def _start(
    engine: Engine, row: Row[Any], caller: Row[Any], definition: RunnableDefinition, called: _Called, depth: int
) -> bool:
    link = CallLink(
        process_instance_id=caller.id,
        scope_id=row.scope_id,
        token_id=row.token_id,
        element_id=row.element_id,
        process_definition_id=caller.process_definition_id,
        depth=depth,
    )

    def guard(connection: Connection) -> None:
        instance_rows.lock(engine, connection, Subject("process_instance", caller.id))
        state = connection.execute(select(process_instance.c.state).where(process_instance.c.id == caller.id)).scalar()
        if state != ProcessInstanceState.ACTIVE:
            raise errors.WrongState("Expected the caller to be active, but it is not")
        if connection.execute(delete(job).where(job.c.id == row.id)).rowcount != 1:
            raise errors.Conflict(f"Expected the call '{row.id}' to be wanted still, but it was cancelled or begun")

    try:
        instance_store.start(
            engine,
            definition,
            commands.StartProcessInstance(variables=correlation_keys.decode_variables(called.variables)),
            actor=SYSTEM,
            business_key=called.business_key,
            origin=Origin(id=row.id, root_id=caller.root_id, call=link, started_by=caller.started_by),
            guard=guard,
        )
    except errors.Conflict:
        return False
    except errors.WrongState:
        return _put_aside(engine, row)
    except errors.NotFound:
        # The definition went between being found and being started: it is looked for again.
        return False
    return True


def _resolve(connection: Connection, caller: Row[Any], called: _Called) -> int:
    c = process_definition.c
    query = select(c.id).where(c.key == called.key).order_by(c.version.desc()).limit(1)
    which = ""
    if called.binding is Binding.DEPLOYMENT:
        own = select(c.deployment_id).where(c.id == caller.process_definition_id).scalar_subquery()
        query, which = query.where(c.deployment_id == own), " in the deployment of its caller"
    elif called.binding is Binding.VERSION:
        if not (called.version or "").isdecimal() or len(called.version or "") > 9:
            raise _CannotCall(f"expected a version number, found '{called.version}'")
        query, which = query.where(c.version == int(called.version or 0)), f" in version {called.version}"
    elif called.binding is Binding.VERSION_TAG:
        query, which = query.where(c.version_tag == called.version), f" with the version tag '{called.version}'"
    found: int | None = connection.execute(query).scalar()
    if found is None:
        raise _CannotCall(f"expected a process definition with key '{called.key}'{which}, but there is none")
    return found


def _recursion(engine: Engine, connection: Connection, caller: Row[Any], key: str) -> str:
    keys = [key, caller.key]
    for link in callers.chain(connection, callers.link_of(caller)):
        keys.append(engine.definitions.get(link.process_definition_id).key)
        if len(keys) == _SHOWN_IN_CHAIN:
            break
    chain = " → ".join(f"'{name}'" for name in reversed(keys))
    return (
        f"recursion: expected at most {engine.settings.max_call_depth} calls within each other "
        f"(BATON_MAX_CALL_DEPTH), found one more: ... → {chain}"
    )


# --- what the caller is told -----------------------------------------------------------------------------------


def tell(engine: Engine, row: Row[Any]) -> bool:
    """Carry out a `return`, `call_failed`, `call_error` or `call_escalation` job."""
    payload = msgspec.json.decode(row.payload)
    called_id = payload["called_id"]
    where = {"token_id": row.token_id, "scope_id": row.scope_id, "called_id": called_id}
    command: commands.Command
    match row.kind:
        case JobKind.RETURN:
            command = commands.ReturnFromCall(**where, variables=_variables(engine, called_id))
        case JobKind.CALL_FAILED:
            reason = payload["reason"]
            message = f"The called process instance '{called_id}' was terminated{f': {reason}' if reason else ''}"
            command = _fail(row, called_id, message)
        case JobKind.CALL_ERROR:
            command = commands.ThrowErrorOfCall(
                **where,
                code=payload["code"],
                message=payload["message"],
                variables=correlation_keys.decode_variables(payload["variables"]),
                returned=_variables(engine, called_id),
            )
        case _:
            returned = _variables(engine, called_id)
            command = commands.ThrowEscalationOfCall(**where, code=payload["code"], returned=returned)
    return tell_caller(engine, row, command)


def _fail(row: Row[Any], called_id: int, message: str) -> commands.FailCall:
    return commands.FailCall(token_id=row.token_id, scope_id=row.scope_id, called_id=called_id, message=message)


def _variables(engine: Engine, process_instance_id: int) -> dict[str, Any]:
    with engine.database.read() as connection:
        return dict(
            instance_rows.RowSource(connection, process_instance_id, None).load_variables([process_instance_id])[
                process_instance_id
            ]
        )


def tell_caller(engine: Engine, row: Row[Any], command: commands.Command) -> bool:
    """Run the command at the calling instance; the job goes with it, or waits for its incident to be resolved."""

    def decide(loaded: Loaded) -> commands.Command:
        if loaded.state is ProcessInstanceState.SUSPENDED:
            raise _Suspended
        return command

    def remove(connection: Connection, handled: Handled) -> None:
        raised = any(isinstance(event, IncidentRaised) and event.type == "mapping" for event in handled.happened[:1])
        if isinstance(command, commands.ReturnFromCall) and (raised or not handled.happened):
            waits = {"state": JobState.INCIDENT.value, "due_at": None}
            connection.execute(update(job).where(job.c.id == row.id).values(**waits))
        else:
            statements.DELETE_JOB.change(connection, ({"id_": row.id},))

    try:
        instance_store.run(engine, Subject("job", row.id), decide, actor=SYSTEM, also=remove)
    except _Suspended:
        return _put_aside(engine, row)
    except errors.NotFound:
        return forget(engine, row.id)
    except errors.WrongState:
        # Its call activity was interrupted, or the instance has ended.
        return forget(engine, row.id)
    return True


class _Suspended(Exception):
    """The calling instance is suspended."""


def cancel(engine: Engine, row: Row[Any]) -> bool:
    """Carry out a `call_cancel` job: what was called is terminated, suspended or not."""
    called_id = msgspec.json.decode(row.payload)["called_id"]

    def decide(loaded: Loaded) -> commands.Command:
        if loaded.state not in (ProcessInstanceState.ACTIVE, ProcessInstanceState.SUSPENDED):
            raise errors.WrongState("Expected the called instance to be live, but it has ended")
        return commands.TerminateProcessInstance(reason="its call activity was interrupted")

    def remove(connection: Connection, _handled: Handled) -> None:
        closings.wake(connection, called_id)
        statements.DELETE_JOB.change(connection, ({"id_": row.id},))

    _forget_return(engine, row)
    try:
        instance_store.run(engine, Subject("process_instance", called_id), decide, actor=SYSTEM, also=remove)
    except (errors.NotFound, errors.WrongState):
        return forget(engine, row.id)
    return True


def _forget_return(engine: Engine, row: Row[Any]) -> None:
    """A return that waits for its incident is wanted no more: the incident went with the token."""
    waits = (job.c.process_instance_id == row.process_instance_id, job.c.kind == JobKind.RETURN.value)
    with engine.database.write() as connection:
        connection.execute(delete(job).where(*waits, job.c.token_id == row.token_id))


# --- jobs that cannot be carried out -----------------------------------------------------------------------------


def forget(engine: Engine, job_id: int) -> bool:
    """What it was for is gone; that is no error."""
    with engine.database.write() as connection:
        statements.DELETE_JOB.change(connection, ({"id_": job_id},))
    return False


def _put_aside(engine: Engine, row: Row[Any]) -> bool:
    put_aside(engine, row.id, row.process_instance_id, row.process_definition_id)
    return False


def put_aside(engine: Engine, job_id: int, process_instance_id: int, process_definition_id: int) -> None:
    """The job waits until the suspended instance is resumed; not at all if that has just happened."""
    with engine.database.write() as connection:
        instance_rows.lock(engine, connection, Subject("process_instance", process_instance_id))
        state = connection.execute(
            select(process_instance.c.state).where(process_instance.c.id == process_instance_id)
        ).scalar()
        connection.execute(
            update(job)
            .where(job.c.id == job_id)
            .values(
                suspended=state == ProcessInstanceState.SUSPENDED,
                locked_until=None,
                process_instance_id=process_instance_id,
                process_definition_id=process_definition_id,
            )
        )


def live_descendants(connection: Connection, process_instance_id: int) -> list[int]:
    """Ids of the live instances it called, and those called by them, outermost first."""
    found: list[int] = []
    looking = [process_instance_id]
    while looking:
        query = select(process_instance.c.id).where(
            process_instance.c.caller_id.in_(looking), process_instance.c.ended_at.is_(None)
        )
        looking = list(connection.execute(query).scalars())
        found += looking
    return found
