"""Process definitions: immutable, versioned by key."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Row

from baton.bpm import errors
from baton.bpm.definition.elements import Mode
from baton.bpm.definition.export import clean
from baton.bpm.definition.limits import Limits
from baton.bpm.definition.problems import Problem
from baton.bpm.definition.starters import Starters
from baton.bpm.execution import diagrams
from baton.bpm.execution.diagrams import CompilingChecks
from baton.bpm.runtime import starters, versioned
from baton.bpm.runtime.actors import Actor
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.pages import Page, fetch_page
from baton.models import process_definition

_names = msgspec.json.Decoder(tuple[str, ...]).decode
_SELECT = versioned.with_file_name(process_definition)


class ProcessDefinitionView(msgspec.Struct, frozen=True, kw_only=True):
    """`key` is the process's id in the file; `startable` says whether who asks may start it.

    `history_time_to_live` is what the file says: days, or an ISO 8601 duration.
    """

    id: int
    key: str
    version: int
    name: str
    version_tag: str | None
    mode: Mode
    deployment_id: int
    resource_name: str
    startable: bool
    candidate_starter_users: tuple[str, ...]
    candidate_starter_groups: tuple[str, ...]
    history_time_to_live: str | None
    deployed_at: datetime


class StartEventView(msgspec.Struct, frozen=True, kw_only=True):
    """Where an instance can be begun; `name` is its id where it has none, `has_form` that people fill one in there."""

    element_id: str
    name: str
    has_form: bool


def list_(
    engine: Engine,
    *,
    actor: Actor,
    key: str | None = None,
    latest: bool = False,
    deployment_id: int | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[ProcessDefinitionView]:
    """Newest first; with `latest` only the newest version of each key."""
    query = versioned.narrowed(_SELECT, process_definition, latest=latest, key=key, deployment_id=deployment_id)
    with engine.database.read() as connection:
        return fetch_page(
            connection,
            query,
            process_definition.c.id,
            lambda row: _view(row, actor),
            limit=limit,
            cursor=cursor,
            newest_first=True,
        )


def get(engine: Engine, process_definition_id: int, *, actor: Actor) -> ProcessDefinitionView:
    """Raises `NotFound`."""
    with engine.database.read() as connection:
        row = connection.execute(_SELECT.where(process_definition.c.id == process_definition_id)).first()
    if row is None:
        raise not_found(process_definition_id)
    return _view(row, actor)


def xml(engine: Engine, process_definition_id: int, *, actor: Actor) -> bytes:
    """The file as it was uploaded. Raises `NotFound`."""
    with engine.database.read() as connection:
        content = versioned.file_of(connection, process_definition, process_definition_id)
    if content is None:
        raise not_found(process_definition_id)
    return content


def clean_xml(engine: Engine, process_definition_id: int, *, actor: Actor) -> bytes:
    """The file with Baton's fixes applied, which runs the same. Raises `NotFound`."""
    mode = get(engine, process_definition_id, actor=actor).mode
    return cleaned(engine, xml(engine, process_definition_id, actor=actor), mode=mode)


def cleaned(engine: Engine, content: bytes, *, mode: Mode | None) -> bytes:
    """A file that need not be deployed, with Baton's fixes; every element has an id and a place.

    Raises `UnreadableXml` for what is no XML.
    """
    return clean(content, mode=mode, limits=_limits(engine, content), checks=CompilingChecks())


def start_events(engine: Engine, process_definition_id: int, *, actor: Actor) -> tuple[StartEventView, ...]:
    """Every start event of the process, in the order of the file. Raises `NotFound`."""
    definition = engine.definitions.get(process_definition_id)
    return tuple(
        StartEventView(element_id=id_, name=definition.label(id_).name, has_form=id_ in definition.forms)
        for id_ in definition.spec.start_events
    )


def problems(engine: Engine, process_definition_id: int, *, actor: Actor) -> tuple[Problem, ...]:
    """What is worth knowing about the version's whole file, as its upload said it. Raises `NotFound`."""
    mode = get(engine, process_definition_id, actor=actor).mode
    content = xml(engine, process_definition_id, actor=actor)
    found = diagrams.read(content, mode=mode, limits=_limits(engine, content), severities=engine.severities)
    return found.problems


def latest(engine: Engine, key: str, *, actor: Actor, version: int | None = None) -> ProcessDefinitionView:
    """The newest version of `key`, or the one asked for. Raises `NotFound`."""
    query = _SELECT.where(process_definition.c.key == key).order_by(process_definition.c.version.desc()).limit(1)
    if version is not None:
        query = query.where(process_definition.c.version == version)
    with engine.database.read() as connection:
        row = connection.execute(query).first()
    if row is None:
        which = "" if version is None else f" in version {version}"
        raise errors.NotFound(f"Expected a process definition with key '{key}'{which}, but there is none")
    return _view(row, actor)


def _limits(engine: Engine, content: bytes) -> Limits:
    """A file that was deployed stays readable when the limit is made smaller."""
    return Limits(max_bytes=max(len(content), engine.settings.max_diagram_bytes))


def not_found(process_definition_id: int) -> errors.NotFound:
    """The rejection for an id that names nothing."""
    return errors.NotFound(f"Expected a process definition with id '{process_definition_id}', but there is none")


def _view(row: Row[Any], actor: Actor) -> ProcessDefinitionView:
    may = Starters(row.is_listed, _names(row.starter_users), _names(row.starter_groups))
    return ProcessDefinitionView(
        id=row.id,
        key=row.key,
        version=row.version,
        name=row.name,
        version_tag=row.version_tag,
        mode=Mode(row.mode),
        deployment_id=row.deployment_id,
        resource_name=row.resource_name,
        startable=starters.may_start(may, actor),
        candidate_starter_users=may.users,
        candidate_starter_groups=may.groups,
        history_time_to_live=row.history_time_to_live,
        deployed_at=row.deployed_at,
    )
