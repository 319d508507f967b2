"""Process definitions: immutable, versioned by key."""

from __future__ import annotations

from datetime import datetime

import msgspec

from baton.bpm.definition.elements import Mode
from baton.bpm.runtime.actors import Actor
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.pages import Page


class ProcessDefinitionView(msgspec.Struct, frozen=True, kw_only=True):
    """`key` is the process's id in the file."""

    id: int
    key: str
    version: int
    name: str
    version_tag: str | None
    mode: Mode
    deployment_id: int
    resource_name: str
    deployed_at: datetime


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
    raise NotImplementedError


def get(engine: Engine, process_definition_id: int, *, actor: Actor) -> ProcessDefinitionView:
    raise NotImplementedError


def xml(engine: Engine, process_definition_id: int, *, actor: Actor) -> bytes:
    raise NotImplementedError


def latest(engine: Engine, key: str, *, actor: Actor) -> ProcessDefinitionView:
    raise NotImplementedError
