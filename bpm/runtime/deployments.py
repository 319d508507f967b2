"""Deployments: bringing files in, all or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from baton.bpm.definition.elements import Mode
from baton.bpm.definition.problems import Problem
from baton.bpm.runtime.actors import Actor
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.pages import Page


class Resource(msgspec.Struct, frozen=True):
    """One uploaded file."""

    name: str
    content: bytes


class DeployedDefinitionView(msgspec.Struct, frozen=True, kw_only=True):
    """`created` False: the latest version has the same content and stays."""

    id: int
    key: str
    version: int
    name: str
    version_tag: str | None
    mode: Mode
    resource_name: str
    created: bool


class ResourceView(msgspec.Struct, frozen=True, kw_only=True):
    """A file of a deployment; `digest` is sha256 in hex, `size` bytes."""

    name: str
    digest: str
    size: int


class FileProblems(msgspec.Struct, frozen=True, kw_only=True):
    """Warnings and infos of one file."""

    resource_name: str
    problems: tuple[Problem, ...]


class DeploymentView(msgspec.Struct, frozen=True, kw_only=True):
    """`problems` are given in the answer to `deploy` only; they are not kept."""

    id: int
    name: str
    deployed_at: datetime
    deployed_by: str | None
    process_definitions: tuple[DeployedDefinitionView, ...]
    resources: tuple[ResourceView, ...]
    problems: tuple[FileProblems, ...] = ()


def deploy(
    engine: Engine,
    *,
    actor: Actor,
    resources: Sequence[Resource],
    name: str | None = None,
    mode: Mode | None = None,
    force: bool = False,
) -> DeploymentView:
    raise NotImplementedError


def list_(
    engine: Engine, *, actor: Actor, name: str | None = None, limit: int = 50, cursor: str | None = None
) -> Page[DeploymentView]:
    raise NotImplementedError


def get(engine: Engine, deployment_id: int, *, actor: Actor) -> DeploymentView:
    raise NotImplementedError


def delete(engine: Engine, deployment_id: int, *, actor: Actor, cascade: bool = False) -> None:
    raise NotImplementedError
