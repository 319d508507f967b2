"""A process instance's rows before a command: locked, loaded, and read on demand by the kernel.

Lock order: the root process instance first, always; tasks, jobs and scopes are read after it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from baton.bpm import errors, values
from baton.bpm.execution.state import ScopeRecord, StateSource
from baton.bpm.lifecycle import ProcessInstanceState
from baton.bpm.runtime import audit, callers, statements
from baton.bpm.runtime.callers import CallLink
from baton.bpm.runtime.definitions import RunnableDefinition
from baton.bpm.runtime.engine import Engine

_NOUNS = {"process_instance": "process instance", "user_task": "user task", "job": "job", "incident": "incident"}


@dataclass(frozen=True, slots=True)
class Subject:
    """What a command is about: a row of the table `kind` (`process_instance`, `user_task`, `job`, `incident`)."""

    kind: str
    id: int

    def not_found(self) -> errors.NotFound:
        """The rejection for an id that names nothing."""
        return errors.NotFound(f"Expected a {_NOUNS[self.kind]} with id '{self.id}', but there is none")

    def is_over(self) -> errors.Rejection:
        """The same for what was interrupted and only waits for its row to end; ended jobs have none."""
        if self.kind == "job":
            return self.not_found()
        return errors.WrongState(
            f"Expected {_NOUNS[self.kind]} with id '{self.id}' to be open, but it is in state 'cancelled'",
            state="cancelled",
        )


@dataclass(slots=True)
class Loaded:
    """A process instance's row, the subject's own row (the same for a process instance), and its scope if live.

    `source` reads more of it, while a command is decided.
    """

    row: Row[Any]
    id: int
    root_id: int
    process_definition_id: int
    key: str
    business_key: str | None
    state: ProcessInstanceState
    revision: int
    audit_sequence: int
    audit_hash: bytes
    ended_at: datetime | None
    scope: ScopeRecord | None
    call: CallLink | None = None
    start_key: str | None = None
    conversation_id: int | None = None
    source: RowSource | None = None

    def require_active(self, doing: str) -> None:
        """Raise `WrongState` unless the instance is active. `doing` completes "Expected to ..."."""
        if self.state is not ProcessInstanceState.ACTIVE:
            raise errors.WrongState(
                f"Expected to {doing}, but process instance '{self.id}' is {self.state}", state=str(self.state)
            )


# --- lock ----------------------------------------------------------------------------------------------------


def lock(engine: Engine, connection: Connection, subject: Subject) -> None:
    """Lock the root process instance of `subject`, if it exists, until the transaction ends (PostgreSQL).

    The transaction's own beginning travels with it; `load`, which follows, says whether anything was found.
    """
    with engine.database.batch(connection):
        connection.execute(statements.LOCK[subject.kind], {"id_": subject.id})


# --- load ----------------------------------------------------------------------------------------------------


def load(connection: Connection, subject: Subject) -> Loaded:
    """The rows of `subject` and of its process instance. Raises `NotFound`; `WrongState` for what is closing."""
    found = statements.LOAD[subject.kind].fetch(connection, {"id_": subject.id})
    if not found:
        raise subject.not_found()
    row = found[0]
    if subject.kind != "process_instance" and row.is_over:
        raise subject.is_over()
    return Loaded(
        row=row,
        id=row.i_id,
        root_id=row.i_root_id,
        process_definition_id=row.i_process_definition_id,
        key=row.i_key,
        business_key=row.i_business_key,
        state=ProcessInstanceState(row.i_state),
        revision=row.i_revision,
        audit_sequence=row.i_audit_sequence,
        audit_hash=row.i_audit_hash,
        ended_at=row.i_ended_at,
        scope=None if row.s_id is None else _scope_record(row),
        call=callers.link_of(row, "i_"),
        start_key=row.i_start_key,
        conversation_id=row.i_conversation_id,
    )


class RowSource(StateSource):
    """The kernel's source of scopes and variables of one process instance; variables are read once per scope."""

    def __init__(self, connection: Connection, process_instance_id: int, scope: ScopeRecord | None) -> None:
        self.connection = connection
        self._process_instance_id = process_instance_id
        self._scope = scope
        self._variables: dict[int, dict[str, Any]] = {}

    def load_scope(self, scope_id: int) -> ScopeRecord:
        """Raises LookupError if the scope has ended."""
        if self._scope is not None and self._scope.id == scope_id:
            return self._scope
        found = statements.LOAD_SCOPE.fetch(self.connection, {"id_": scope_id})
        if not found:
            raise LookupError(f"scope {scope_id} has ended")
        return _scope_record(found[0])

    def load_children(self, scope_id: int, token_id: int) -> list[ScopeRecord]:
        """The scopes that the token opened."""
        rows = self.connection.execute(statements.CHILD_SCOPES, {"id_": scope_id, "token_id_": token_id})
        return [_scope_record(row) for row in rows]

    def load_children_of(self, scope_ids: Sequence[int]) -> list[ScopeRecord]:
        """The scopes opened in any of those scopes."""
        rows = self.connection.execute(statements.CHILD_SCOPES_OF_MANY, {"ids": list(scope_ids)})
        return [_scope_record(row) for row in rows]

    def load_children_after(self, scope_id: int, token_id: int, after: int, most: int) -> list[ScopeRecord]:
        """A page of them, by id."""
        where = {"id_": scope_id, "token_id_": token_id, "after_": after, "most_": most}
        return [_scope_record(row) for row in self.connection.execute(statements.CHILD_SCOPES_AFTER, where)]

    def load_variable(self, scope_id: int, name: str) -> Any:
        """The decoded value, None if there is none."""
        row = self.connection.execute(statements.ONE_VARIABLE, {"id_": scope_id, "name_": name}).first()
        return None if row is None else values.decode(row.type, row.value)

    def load_data_store(self, name: str) -> Any:
        """The decoded value, None if nothing was written to it."""
        row = self.connection.execute(statements.DATA_STORE, {"name_": name}).first()
        return None if row is None else values.decode(row.type, row.value)

    def find_subscriptions(self, kind: str, name: str | None) -> list[int]:
        """Ids of scopes; `name` None: of any name."""
        found: dict[str, Any] = {"id_": self._process_instance_id, "kind_": kind}
        if name is None:
            return list(self.connection.execute(statements.SUBSCRIBED_SCOPES, found).scalars())
        found["name_"] = name
        return list(self.connection.execute(statements.SUBSCRIBED_SCOPES_BY_NAME, found).scalars())

    def load_variables(self, scope_ids: Sequence[int]) -> Mapping[int, dict[str, Any]]:
        """Decoded values by scope and name; not to be changed."""
        missing = [scope_id for scope_id in scope_ids if scope_id not in self._variables]
        if missing:
            self._variables |= self._read_variables(missing)
        return {scope_id: self._variables[scope_id] for scope_id in scope_ids}

    def _read_variables(self, scope_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
        if len(scope_ids) == 1:
            rows = statements.VARIABLES_OF_ONE.fetch(self.connection, {"id_": scope_ids[0]})
        else:
            rows = self.connection.execute(statements.VARIABLES_OF_MANY, {"ids": list(scope_ids)}).all()
        found: dict[int, dict[str, Any]] = {scope_id: {} for scope_id in scope_ids}
        for scope_id, name, type_, text in rows:
            found[scope_id][name] = values.decode(type_, text)
        return found


def _scope_record(row: Row[Any]) -> ScopeRecord:
    return ScopeRecord(
        id=row.s_id,
        parent_id=row.s_parent_id,
        parent_token_id=row.s_parent_token_id,
        element_id=row.s_element_id,
        state=row.s_state,
    )


def new(
    definition: RunnableDefinition,
    instance_id: int,
    business_key: str | None,
    *,
    root_id: int | None = None,
    call: CallLink | None = None,
    start_key: str | None = None,
    conversation_id: int | None = None,
) -> Loaded:
    """What stands for the rows of an instance that is about to start."""
    return Loaded(
        row=None,  # type: ignore[arg-type]  # there is none yet, and nobody is asked to look at it
        id=instance_id,
        root_id=root_id or instance_id,
        process_definition_id=definition.id,
        key=definition.key,
        business_key=business_key,
        state=ProcessInstanceState.ACTIVE,
        revision=0,
        audit_sequence=0,
        audit_hash=audit.EMPTY_HASH,
        ended_at=None,
        scope=None,
        call=call,
        start_key=start_key,
        conversation_id=conversation_id,
    )
