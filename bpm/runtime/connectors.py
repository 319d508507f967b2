"""What an upload's diagrams ask of the HTTP connectors of a server that is not allowed to call anybody."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpm.definition.dialects.connectors import HTTP_JOB_TYPES
from baton.bpm.definition.elements import Process, ServiceTask
from baton.bpm.definition.problems import Problem, Severity
from baton.bpm.settings import Settings


def left_to_workers(process: Process, settings: Settings) -> Iterator[Problem]:
    """A warning for each task whose HTTP call this server does not make."""
    if settings.http_allow:
        return
    for node in process.elements.walk():
        if isinstance(node, ServiceTask) and node.job_type in HTTP_JOB_TYPES:
            yield Problem(
                rule="connector-not-allowed",
                severity=Severity.WARNING,
                message=f"The connector of '{node.name or node.id}' is not called by this server: "
                f"its job waits for a worker of the type '{node.job_type}'.",
                fix="Let the operator name the hosts it may call in BATON_HTTP_ALLOW, or run such a worker.",
                element_id=node.id,
                element_name=node.name,
                line=node.line,
            )
