"""Query parameters and forms: maps of names and values, written as `a=1&b=2`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from baton.bpm.connectors.http_client import Unusable
from baton.bpm.connectors.urls import MAXIMUM_URL


def with_query(query: str, more: object, credentials: Mapping[str, str]) -> str:
    """The URL's own query, then the parameters, then what says who calls. Raises `Unusable`."""
    parts = [query, _encoded(more, "queryParameters"), urlencode(credentials)]
    joined = "&".join(filter(None, parts))
    if len(joined) > MAXIMUM_URL:
        raise Unusable(f"Expected a query of at most {MAXIMUM_URL} characters, found {len(joined)}")
    return joined


def form_encoded(body: object) -> bytes:
    """The body of an HTML form. Raises `Unusable` if it is no map."""
    return _encoded(body, "body").encode()


def _encoded(value: object, what: str) -> str:
    if value is None or value == "":
        return ""
    if not isinstance(value, Mapping):
        raise Unusable(f"Expected {what} to be a map of names and values, found a {type(value).__name__}")
    try:
        return urlencode({name: _text(item) for name, item in value.items() if item is not None}, doseq=True)
    except UnicodeEncodeError as error:
        raise Unusable(f"Expected {what} to be Unicode texts, found half a surrogate pair") from error


def _text(value: Any) -> Any:
    if isinstance(value, list):
        return [_text(item) for item in value]
    return str(value).lower() if isinstance(value, bool) else str(value)
