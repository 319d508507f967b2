"""EFFECTS outside: HTTP connectors of Camunda 7 and 8 as job handlers, off unless the operator allows hosts.

allow_list, urls      where a call may go, and the one reading of an address that decides it
network, http_client  one call: resolved once, checked, bounded in time and size
http_connector        Camunda 7's words, http_json Camunda 8's
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from baton.bpm.connectors import http_connector, http_json
from baton.bpm.connectors.allow_list import AllowList
from baton.bpm.connectors.http_client import HttpClient, HttpLimits
from baton.bpm.definition.dialects.connectors import HTTP_CONNECTOR, HTTP_JSON_TYPES
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.job_views import JobView


def handlers(engine: Engine) -> Mapping[str, Callable[[JobView], Mapping[str, Any]]]:
    """By job type; none unless `BATON_HTTP_ALLOW` names a host. Raises `ConfigurationError` if it cannot be read."""
    settings = engine.settings
    allowed = AllowList.parse(settings.http_allow)
    if not allowed:
        return {}
    limits = HttpLimits(
        connect_seconds=settings.http_connect_seconds,
        read_seconds=settings.http_read_seconds,
        total_seconds=settings.http_total_seconds,
        max_response_bytes=settings.http_max_response_bytes,
    )
    client = HttpClient(allowed, limits)
    camunda8 = http_json.HttpJson(client, engine.clock)
    return {
        HTTP_CONNECTOR: http_connector.HttpConnector(client),
        **dict.fromkeys(HTTP_JSON_TYPES, camunda8),
    }
