"""Form definitions: versioned by key, immutable; the part of a deployment that brings forms in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, bindparam, insert

from baton.bpm import errors, forms
from baton.bpm.definition.problems import Problem
from baton.bpm.forms import FormKind
from baton.bpm.runtime import versioned
from baton.bpm.runtime.actors import Actor
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.pages import Page, fetch_page
from baton.models import form_definition

_SELECT = versioned.with_file_name(form_definition)
_LATEST = _SELECT.where(form_definition.c.key == bindparam("key")).order_by(form_definition.c.version.desc()).limit(1)


class FormDefinitionView(msgspec.Struct, frozen=True, kw_only=True):
    """`key` is the form's id in the file, or the name of a JSON Schema's file without its ending."""

    id: int
    key: str
    version: int
    name: str
    version_tag: str | None
    kind: FormKind
    deployment_id: int
    resource_name: str
    deployed_at: datetime
    created: bool = True


class FormFile(msgspec.Struct, frozen=True):
    """A form file of an upload that was read; `form` None: it has errors."""

    resource_name: str
    digest: str
    form: forms.Form | None
    problems: tuple[Problem, ...]


# --- reading -------------------------------------------------------------------------------------------------


def list_(
    engine: Engine,
    *,
    actor: Actor,
    key: str | None = None,
    latest: bool = False,
    deployment_id: int | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[FormDefinitionView]:
    """Newest first; with `latest` only the newest version of each key."""
    query = versioned.narrowed(_SELECT, form_definition, latest=latest, key=key, deployment_id=deployment_id)
    with engine.database.read() as connection:
        return fetch_page(connection, query, form_definition.c.id, _view, limit=limit, cursor=cursor, newest_first=True)


def get(engine: Engine, form_definition_id: int, *, actor: Actor) -> FormDefinitionView:
    """Raises `NotFound`."""
    with engine.database.read() as connection:
        row = connection.execute(_SELECT.where(form_definition.c.id == form_definition_id)).first()
    if row is None:
        raise _not_found(form_definition_id)
    return _view(row)


def content(engine: Engine, form_definition_id: int, *, actor: Actor) -> bytes:
    """The file as it was uploaded. Raises `NotFound`."""
    with engine.database.read() as connection:
        found = versioned.file_of(connection, form_definition, form_definition_id)
    if found is None:
        raise _not_found(form_definition_id)
    return found


def _not_found(form_definition_id: int) -> errors.NotFound:
    return errors.NotFound(f"Expected a form definition with id '{form_definition_id}', but there is none")


def _view(row: Row[Any]) -> FormDefinitionView:
    return _of(row._mapping, row.resource_name, created=True)


def _of(row: Mapping[Any, Any], resource_name: str, *, created: bool) -> FormDefinitionView:
    return FormDefinitionView(
        id=row["id"],
        key=row["key"],
        version=row["version"],
        name=row["name"],
        version_tag=row["version_tag"],
        kind=FormKind(row["kind"]),
        deployment_id=row["deployment_id"],
        resource_name=resource_name,
        deployed_at=row["deployed_at"],
        created=created,
    )


# --- deploying -----------------------------------------------------------------------------------------------


def read_file(name: str, content: bytes) -> FormFile:
    """Never raises on content."""
    found = forms.read_file(name, content)
    return FormFile(name, hashlib.sha256(content).hexdigest(), found.form, found.problems)


def latest(connection: Connection, files: Iterable[FormFile]) -> dict[str, Row[Any]]:
    """The newest version of each form of the upload that is there already, by key."""
    found = {}
    for file in files:
        assert file.form is not None
        row = connection.execute(_LATEST, {"key": file.form.id}).first()
        if row is not None:
            found[file.form.id] = row
    return found


def changed(files: Iterable[FormFile], before: Mapping[str, Row[Any]]) -> bool:
    """Whether one of the files is not what its newest version is."""
    return any(
        file.form is not None and (file.form.id not in before or before[file.form.id].digest != file.digest)
        for file in files
    )


def write(
    engine: Engine,
    connection: Connection,
    files: Sequence[FormFile],
    before: Mapping[str, Row[Any]],
    resource_ids: Mapping[str, int],
    *,
    deployment_id: int,
    now: datetime,
    all_of_them: bool,
) -> list[FormDefinitionView]:
    """New versions of what changed, or `all_of_them`; the others come back as they are."""
    views = []
    for file in files:
        assert file.form is not None
        old = before.get(file.form.id)
        if old is not None and old.digest == file.digest and not all_of_them:
            views.append(kept(old))
            continue
        row: dict[str, Any] = {
            "id": engine.next_id(),
            "key": file.form.id,
            "version": 1 if old is None else old.version + 1,
            "name": file.form.name or file.form.id,
            "version_tag": file.form.version_tag,
            "kind": file.form.kind.value,
            "deployment_id": deployment_id,
            "resource_id": resource_ids[file.resource_name],
            "digest": file.digest,
            "deployed_at": now,
        }
        connection.execute(insert(form_definition), row)
        views.append(_of(row, file.resource_name, created=True))
    return views


def kept(row: Row[Any]) -> FormDefinitionView:
    """A version that an upload did not change."""
    return _of(row._mapping, row.resource_name, created=False)


def of_deployments(connection: Connection, ids: Sequence[int]) -> list[FormDefinitionView]:
    """Those that the deployments brought, oldest first."""
    query = _SELECT.where(form_definition.c.deployment_id.in_(ids)).order_by(form_definition.c.id)
    return [_view(row) for row in connection.execute(query)]
