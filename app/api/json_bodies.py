"""Request bodies: JSON text to a Struct, or a refusal that names the member that is wrong.

Stateless. msgspec decodes; only when it refuses does the slow path here look for the place.
"""

from __future__ import annotations

import re
from typing import TypeVar

import msgspec

from baton.bpm import errors
from baton.bpm.values.json_depth import nests_deeper

T = TypeVar("T")

MAX_DEPTH = 100
SHAPE_DEPTH = 2  # a body's own object, and the member that holds the variables

_ESCAPED_NUL = b"\\u0000"  # a bare one is not JSON
_BYTE = re.compile(r"\(byte (\d+)\)")
_PATH = re.compile(r" - at `(?:key in )?\$?\.?([^`]*)`$")
_MEMBER = re.compile(r"(?:unknown|required) field `([^`]*)`")
_NO_CHOICE = "Invalid enum value "
_NO_TIME = "Invalid RFC3339 encoded datetime"
_INDEX = re.compile(r"\[[^\]]*\]")
_STRING = re.compile(rb'"((?:[^"\\]|\\.)*)"')


class InvalidQuery(errors.InvalidCommand):
    """A parameter of the query is not acceptable."""


class MalformedBody(errors.Rejection):
    """The body is not JSON."""

    status = 400


def decode(decoder: msgspec.json.Decoder[T], raw: bytes) -> T:
    """The body as a Struct.

    Raises `MalformedBody` (not JSON, NaN or Infinity, cut off) and `InvalidCommand` (wrong type, unknown
    member, nested too deeply), both with `field`, the path of the member (`variables.amount`).
    """
    if nests_deeper(raw, MAX_DEPTH + SHAPE_DEPTH):
        raise _too_deep(raw)
    try:
        decoded = decoder.decode(raw)
    except msgspec.ValidationError as error:
        raise _wrong_type(error, decoder.type) from error
    except msgspec.DecodeError as error:
        raise _malformed(error, raw) from error
    except RecursionError as error:
        raise _too_deep(raw) from error
    if _ESCAPED_NUL in raw:
        refuse_nul(decoded)
    return decoded


def refuse_nul(decoded: object) -> None:
    """Raise `InvalidCommand` if a text, or one of a list of texts, of the Struct has a NUL, as no database takes it.

    Variables are looked at where their types are read.
    """
    for name, value in msgspec.structs.asdict(decoded).items() if isinstance(decoded, msgspec.Struct) else ():
        texts = value if isinstance(value, list | tuple) else (value,)
        if any(isinstance(text, str) and "\0" in text for text in texts):
            field = _member_name(type(decoded), name)
            raise errors.InvalidCommand(f"Expected '{field}' without the character NUL.", field=field)


def _member_name(shape: type, name: str) -> str:
    return next(field.encode_name for field in msgspec.structs.fields(shape) if field.name == name)


def refuse_validation(error: msgspec.ValidationError, shape: type, *, what: str) -> errors.InvalidCommand:
    """`InvalidCommand` for a query (`what` is "query") that does not fit its Struct `shape`."""
    return _wrong_type(error, shape, what=what)


def path_at(raw: bytes, offset: int, *, max_depth: int | None = None) -> str:
    """The path of the member that holds byte `offset` of a JSON text, `variables.items[3]`; "body" at the top.

    With `max_depth`, stops where the nesting becomes deeper than that. Never raises on any bytes.
    """
    path: list[str | int] = []
    key = ""
    expects_key = False
    position = 0
    while position < min(offset, len(raw)):
        character = raw[position : position + 1]
        if character == b'"':
            match = _STRING.match(raw, position)
            if match is None or match.end() > offset:
                break
            if expects_key:
                key = match.group(1)[:100].decode("utf-8", "replace")
                path[-1] = key
            position = match.end()
            continue
        if character in b"{[":
            path.append("" if character == b"{" else 0)
            if max_depth is not None and len(path) > max_depth:
                break
        elif character in b"}]" and path:
            path.pop()
        elif character == b"," and path and isinstance(path[-1], int):
            path[-1] += 1
        if character in b"{[,}]:":
            expects_key = bool(path) and isinstance(path[-1], str) and character in b"{,"
        position += 1
    return _written(path)


def _written(path: list[str | int]) -> str:
    """The first members are enough to find the place; a path of a thousand levels would not be."""
    text = ""
    for step in path[:8]:
        if isinstance(step, int):
            text += f"[{step}]"
        elif step:
            text += f".{step}" if text else step
    return text or "body"


def _wrong_type(error: msgspec.ValidationError, shape: object, *, what: str = "body") -> errors.InvalidCommand:
    message = str(error)
    found = _PATH.search(message)
    field = found.group(1).removesuffix("[...]") if found else ""
    reason = message[: found.start()] if found else message
    if reason.startswith(_NO_CHOICE):
        allowed = ", ".join(_choices(shape, field))
        reason = f"Expected one of {allowed}, found {reason.removeprefix(_NO_CHOICE)}" if allowed else reason
    elif reason.startswith(_NO_TIME):
        reason = "Expected a date and time with its zone, such as 2026-12-24T18:00:00Z"
    member = _MEMBER.search(reason)
    if member:
        field = f"{field}.{member.group(1)}" if field else member.group(1)
    field = field or what
    refusal = InvalidQuery if what == "query" else errors.InvalidCommand
    return refusal(f"{reason}, in '{field}'.", field=field)


def _choices(shape: object, path: str) -> list[str]:
    """The words that the member at `path` may be, if it is one of several."""
    here = [msgspec.inspect.type_info(shape)]
    for name in filter(None, _INDEX.sub("", path).split(".")):
        members = [part.fields for part in here if isinstance(part, msgspec.inspect.StructType)]
        here = [
            kind for fields in members for field in fields if field.encode_name == name for kind in _kinds(field.type)
        ]
    return [str(choice.value) for part in here if isinstance(part, msgspec.inspect.EnumType) for choice in part.cls]


def _kinds(type_: msgspec.inspect.Type) -> list[msgspec.inspect.Type]:
    """Those of a union and the items of a list, else the type itself."""
    if isinstance(type_, msgspec.inspect.UnionType):
        return [kind for part in type_.types for kind in _kinds(part)]
    if isinstance(type_, msgspec.inspect.ListType | msgspec.inspect.VarTupleType):
        return _kinds(type_.item_type)
    return [type_]


def _malformed(error: msgspec.DecodeError, raw: bytes) -> MalformedBody:
    if not raw:
        return MalformedBody("Expected a JSON object as the body, but it is empty.", field="body")
    at = _BYTE.search(str(error))
    offset = int(at.group(1)) if at else len(raw)
    field = path_at(raw, offset)
    reason = "NaN and Infinity are not JSON" if raw[offset : offset + 3] in (b"NaN", b"Inf", b"-In") else str(error)
    return MalformedBody(f"Expected JSON, but at byte {offset}, in '{field}': {reason}.", field=field)


def _too_deep(raw: bytes) -> errors.InvalidCommand:
    field = path_at(raw, len(raw), max_depth=MAX_DEPTH)
    return errors.InvalidCommand(f"Expected at most {MAX_DEPTH} levels of nesting in '{field}'.", field=field)
