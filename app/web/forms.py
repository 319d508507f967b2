"""Forms of the pages: bounded, and without what no database takes."""

from __future__ import annotations

from flask import request

from baton.bpm import errors


def check(limit: int) -> None:
    """Bound the form of this request to `limit` bytes. Raises `InvalidCommand` for a member with a NUL."""
    request.max_content_length = limit
    for name, text in request.form.items(multi=True):
        if "\0" in text:
            raise errors.InvalidCommand(f"Expected '{name}' without the character NUL.", field=name)
