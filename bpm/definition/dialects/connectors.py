"""Connectors: Camunda 7's `camunda:connector`, and the job types of Camunda 8's HTTP template.

Both become jobs. Those that call HTTP are done by the server itself where the operator allows it; every other one
waits for a worker of its type.
"""

from __future__ import annotations

import re

from baton.bpm.definition import xml
from baton.bpm.definition.elements import Text
from baton.bpm.definition.xml import Element

HTTP_CONNECTOR = "http-connector"
HTTP_JSON_TYPES = ("io.camunda:http-json:1",)
"""One for all versions of the template, `io.camunda.connectors.HttpJson.v1` to `v2`, and for those built upon it."""
HTTP_JOB_TYPES = frozenset({HTTP_CONNECTOR, *HTTP_JSON_TYPES})
"""What the server does itself if `BATON_HTTP_ALLOW` names hosts."""
EXPRESSION_HEADERS = ("resultExpression", "errorExpression")
"""Headers of Camunda 8's connectors that hold FEEL."""
SECRET = re.compile(r"\{\{\s*secrets\.[\w.-]{1,100}\s*\}\}|\bcamunda\.secrets\.[\w.-]{1,100}")
"""Where Camunda 8 would put a secret; nothing is put there by this server."""
TASKS = ("serviceTask", "sendTask", "businessRuleTask")
"""Where a Camunda 7 connector is read; elsewhere it is refused."""


def connector_id(connector: Element) -> str:
    """Which connector it is, empty if it does not say."""
    return next((xml.text(part).strip() for part in _parts(connector, "connectorId")), "")


def input_output(connector: Element) -> Element | None:
    """The mappings into and out of the connector."""
    return next(iter(_parts(connector, "inputOutput")), None)


def stands_for(job_type: Text) -> str:
    """In words what a worker must replace; empty for what the server does itself."""
    return "" if job_type in HTTP_JOB_TYPES else f"the connector '{str(job_type)[:120]}'"


def _parts(connector: Element, name: str) -> list[Element]:
    return list(connector.iterchildren("{*}" + name))
