"""Who calls, in the words of Camunda 8's connectors: `authentication` with `type` and what that type needs."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from baton.bpm.connectors.http_client import Unusable, header_value, read_headers

_PREFIX = "authentication."
_KINDS = "noAuth, basic, bearer or apiKey"


@dataclass(frozen=True, slots=True)
class Login:
    """What is added to the request; `secrets` are the texts that no message may repeat."""

    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()


def read(variables: Mapping[str, Any]) -> Login:
    """From the map `authentication`, or variables named `authentication.type` and so on. Raises `Unusable`."""
    given = _given(variables)
    kind = str(given.get("type") or "noAuth")
    match kind:
        case "noAuth" | "none":
            return Login()
        case "basic":
            user, password = _need(given, "username", kind), _optional(given, "password")
            token = base64.b64encode(f"{user}:{password}".encode()).decode()
            return Login({"Authorization": f"Basic {token}"}, secrets=(token, password))
        case "bearer":
            token = header_value("Authorization", _need(given, "token", kind))
            return Login({"Authorization": f"Bearer {token}"}, secrets=(token,))
        case "apiKey":
            return _api_key(given)
        case "oauth-client-credentials-flow" | "oauth":
            raise Unusable(
                "The authentication by OAuth is not done here: fetch the token in a task before, "
                "and use the type 'bearer' with it"
            )
    raise Unusable(f"Expected the authentication to be {_KINDS}, found '{kind[:60]}'")


def _api_key(given: Mapping[str, Any]) -> Login:
    name, value = _need(given, "name", "apiKey"), _need(given, "value", "apiKey")
    if _optional(given, "apiKeyLocation").lower() == "query":
        return Login(query={name: value}, secrets=(value,))
    return Login(read_headers({name: value}), secrets=(value,))


def _given(variables: Mapping[str, Any]) -> dict[str, Any]:
    whole = variables.get("authentication")
    if whole is not None and not isinstance(whole, Mapping):
        raise Unusable(f"Expected 'authentication' to be a map with a type, found a {type(whole).__name__}")
    parts = {name.removeprefix(_PREFIX): value for name, value in variables.items() if name.startswith(_PREFIX)}
    return {**(whole or {}), **parts}


def _need(given: Mapping[str, Any], name: str, kind: str) -> str:
    text = _optional(given, name)
    if not text:
        raise Unusable(f"Expected the authentication '{kind}' to have '{name}', found nothing")
    return text


def _optional(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name)
    if value is not None and not isinstance(value, str | int):
        raise Unusable(f"Expected 'authentication.{name}' to be a text, found a {type(value).__name__}")
    return "" if value is None else str(value)
