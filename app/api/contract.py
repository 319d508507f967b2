"""What a route takes, answers and allows, said once: the wrapper obeys it and `/openapi.json` prints it.

    @blueprint.post("/user-tasks/<id:user_task_id>/complete")
    @operation(body=Completion, answer=UserTask, roles=PEOPLE, errors=(404, 409))
    def complete_user_task(call: Call, user_task_id: int, body: Completion) -> UserTask: ...

The wrapper finds the actor, checks the role, decodes query and body, calls the function and encodes what
it returns with msgspec. Nothing else happens on the way: completing a user task is measured.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from flask import Request, Response, request
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from baton.app import context
from baton.app.api import json_bodies
from baton.app.auth import access
from baton.bpm import errors
from baton.bpm.runtime.actors import Actor, Role
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.idempotency import Idempotency

# Everybody who may log in; operators repair and deploy; workers do jobs. Administrators may do all.
EVERYBODY = tuple(Role)
PEOPLE = (Role.OPERATOR, Role.PARTICIPANT)
OPERATORS = (Role.OPERATOR,)
WORKERS = (Role.WORKER,)
PUBLISHERS = (Role.WORKER, Role.OPERATOR)
JOB_READERS = (Role.WORKER, Role.OPERATOR)
DECIDERS = (Role.OPERATOR, Role.WORKER)
ADMINISTRATORS = (Role.ADMINISTRATOR,)

BODY_LIMIT = 12 * 1024 * 1024
SMALL_BODY_LIMIT = 64 * 1024

_encoder = msgspec.json.Encoder()

View = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Call:
    """Who calls which engine. `idempotency_key` is the header of that name."""

    engine: Engine
    actor: Actor
    idempotency_key: str | None

    def idempotency(self, content: bytes | None = None) -> Idempotency | None:
        """The key with a digest of this request, so that the same key on another request is noticed.

        `content` stands for the body where that differs each time (the boundaries of multipart/form-data).
        Raises `InvalidCommand` for a key of more than 255 characters.
        """
        key = self.idempotency_key
        if not key:
            return None
        if len(key) > 255:
            raise errors.InvalidCommand("Expected at most 255 characters.", field="Idempotency-Key")
        sent = request.get_data() if content is None else content
        whole = f"{request.method} {request.full_path}\n".encode() + sent
        return Idempotency(key, hashlib.sha256(whole).hexdigest())


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One route's contract. `uploads` marks a body that is not JSON: media type -> schema."""

    query: type[msgspec.Struct] | None = None
    body: type[msgspec.Struct] | None = None
    answer: Any = None
    media_type: str = "application/json"
    status: int = 200
    roles: tuple[Role, ...] | None = ()
    errors: tuple[int, ...] = ()
    uploads: Mapping[str, Mapping[str, Any]] | None = None
    body_limit: int = SMALL_BODY_LIMIT


def operation(
    *,
    query: type[msgspec.Struct] | None = None,
    body: type[msgspec.Struct] | None = None,
    answer: Any = None,
    media_type: str = "application/json",
    status: int = 200,
    roles: tuple[Role, ...] | None,
    errors: tuple[int, ...] = (),
    uploads: Mapping[str, Mapping[str, Any]] | None = None,
    body_limit: int = SMALL_BODY_LIMIT,
) -> Callable[[View], View]:
    """Declare a route's contract; `roles` None needs no actor at all (health).

    The function gets `call`, the path's values, and `query` and `body` where declared; it returns the
    answer's Struct, or a Response of its own where the answer is not JSON.
    """
    contract = Operation(
        query=query,
        body=body,
        answer=answer,
        media_type=media_type,
        status=status,
        roles=roles,
        errors=errors,
        uploads=uploads,
        body_limit=body_limit,
    )
    body_decoder = msgspec.json.Decoder(body) if body is not None else None

    def declare(view: View) -> View:
        @functools.wraps(view)
        def route(**arguments: Any) -> Response:
            call = _call(contract.roles)
            if query is not None:
                arguments["query"] = decode_query(query, request)
            if body_decoder is not None:
                arguments["body"] = json_bodies.decode(body_decoder, _read_json(request, body_limit))
            elif uploads is not None:
                request.max_content_length = body_limit
            result = view(call, **arguments)
            if isinstance(result, Response):
                return result
            return Response(_encoder.encode(result), status=status, mimetype="application/json")

        route.operation = contract  # type: ignore[attr-defined]
        return route

    return declare


def decode_query(shape: type[msgspec.Struct], source: Request) -> Any:
    """The query string as a Struct; members of a list type take the parameter several times.

    Raises `InvalidCommand` with the parameter as `field`.
    """
    lists = _list_parameters(shape)
    values: dict[str, Any] = {}
    for name, given in source.args.lists():
        if name not in lists and len(given) > 1:
            raise json_bodies.InvalidQuery(f"Expected '{name}' once, but it is given {len(given)} times.", field=name)
        values[name] = given if name in lists else given[0]
    try:
        decoded = msgspec.convert(values, shape, strict=False)
    except msgspec.ValidationError as error:
        raise json_bodies.refuse_validation(error, shape, what="query") from error
    json_bodies.refuse_nul(decoded)
    return decoded


@functools.cache
def _list_parameters(shape: type[msgspec.Struct]) -> frozenset[str]:
    info = msgspec.inspect.type_info(shape)
    assert isinstance(info, msgspec.inspect.StructType)
    return frozenset(
        field.encode_name
        for field in info.fields
        if isinstance(field.type, msgspec.inspect.ListType | msgspec.inspect.VarTupleType)
    )


def _call(allowed: tuple[Role, ...] | None) -> Call:
    here = context.current()
    if allowed is None:
        return Call(here.engine, access.NOBODY, None)
    actor = here.access.identify(request)
    actor.require(*allowed)
    return Call(here.engine, actor, request.environ.get("HTTP_IDEMPOTENCY_KEY"))


def _read_json(source: Request, limit: int) -> bytes:
    """The raw body; an empty one counts as `{}`, as every member of every body may be left out or is named then."""
    source.max_content_length = limit
    raw = read_body(source)
    if not raw:
        return b"{}"
    if source.mimetype != "application/json" and not source.mimetype.endswith("+json"):
        raise UnsupportedMediaType(
            f"Expected a body of 'application/json', but found '{source.mimetype or 'none'}'. "
            "Set the header Content-Type: application/json."
        )
    return raw


def read_body(source: Request) -> bytes:
    """All of it. Raises `RequestEntityTooLarge`, also where no length was announced and the stream was cut off."""
    raw = source.get_data()
    limit = source.max_content_length
    if source.content_length is None and limit is not None and len(raw) >= limit:
        raise RequestEntityTooLarge
    return raw
