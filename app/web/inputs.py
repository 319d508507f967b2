"""Inputs made of a form's fields, by `parts/inputs.html`: what was typed into them, and what is wrong with it."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote, unquote

import msgspec
from flask import request
from werkzeug.datastructures import FileStorage

from baton.bpm import errors, values
from baton.bpm.forms import ShownField, ShownPart
from baton.bpm.values.json_depth import nests_deeper

PREFIX = "field:"
DATA = "data"
"""The field that the island of form-js fills with JSON."""
_MIME = re.compile(r"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,60}", re.ASCII | re.IGNORECASE)
_NAME = re.compile(r"data:[^,]{0,200};name=([^;,]{1,900})[;,]")


def given() -> dict[str, list[str]]:
    """What was typed, by the fields' paths; a field may be sent several times. Files are texts, `data:` URLs."""
    names = [name for name in request.form if name.startswith(PREFIX)]
    found = {name.removeprefix(PREFIX): request.form.getlist(name) for name in names}
    for name, file in request.files.items(multi=True):
        if name.startswith(PREFIX):
            found.setdefault(name.removeprefix(PREFIX), []).extend([_data_url(file)] if file.filename else [])
    return found


def _data_url(file: FileStorage) -> str:
    kind = file.mimetype if _MIME.fullmatch(file.mimetype) else "application/octet-stream"
    file.stream.seek(0)
    content = base64.b64encode(file.stream.read()).decode()
    return f"data:{kind};name={quote((file.filename or '')[:255], safe='')};base64,{content}"


def file_name(text: str) -> str:
    """The name in a `data:` URL, or how it begins."""
    found = _NAME.match(text)
    return unquote(found.group(1)) if found else text[:40]


def labels(parts: Iterable[ShownPart]) -> Iterator[tuple[str, str]]:
    """What people call each path, lists and groups among them."""
    for part in parts:
        yield part.field, part.label
        if not isinstance(part, ShownField):
            for row in part.rows:
                yield from labels(row)


def visible(parts: Iterable[ShownPart]) -> Iterator[str]:
    """The paths at which the page can say what is wrong."""
    for part in parts:
        if part.hidden:
            continue
        yield part.field
        if isinstance(part, ShownField):
            yield from (f"{part.field}[{number}]" for number in range(len(part.items)))
        else:
            for row in part.rows:
                yield from visible(row)


def by_island() -> dict[str, Any] | None:
    """What the island sent, None if it was not there. Raises `InvalidCommand`."""
    text = request.form.get(DATA, "")
    if not text:
        return None
    try:
        if nests_deeper(text.encode(errors="replace"), values.DEFAULT_LIMITS.max_depth):
            raise ValueError
        return msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.DecodeError, ValueError, RecursionError):
        raise errors.InvalidCommand(
            f"Expected the form's data to be a JSON object, at most {values.DEFAULT_LIMITS.max_depth} levels deep.",
            field=DATA,
        ) from None


def wrong(refusal: errors.Rejection | None) -> dict[str, str]:
    """What is wrong with each field, by its path."""
    if not isinstance(refusal, errors.FormRefused):
        return {}
    return {each.field: each.message for each in refusal.fields}
