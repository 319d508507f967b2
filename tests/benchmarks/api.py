"""What the benchmarks say to a Baton server."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle, islice
from typing import Any

import msgspec

from tests.benchmarks.client import Request
from tests.benchmarks.servers import Server


def deploy(server: Server, xml: str) -> str:
    """Upload a diagram; the id of its process definition."""
    path = "/api/v1/deployments?name=benchmark.bpmn"
    answer = server.ask("POST", path, xml.encode(), media_type="application/xml")
    found: str = answer["processDefinitions"][0]["id"]
    return found


def start_requests(definition_id: str, count: int, variables: dict[str, Any] | None = None) -> list[Request]:
    """Requests that start `count` instances."""
    body = msgspec.json.encode({"variables": variables or {}}).decode()
    return [Request(f"/api/v1/process-definitions/{definition_id}/start", body)] * count


def open_tasks(server: Server, **filters: str) -> list[dict[str, Any]]:
    """All open user tasks."""
    return list(everything(server, "user-tasks", state="created", **filters))


def everything(server: Server, noun: str, **filters: str) -> Iterator[dict[str, Any]]:
    """All items of a list, page by page."""
    query = "&".join(f"{name}={value}" for name, value in {**filters, "limit": "200"}.items())
    cursor = ""
    while True:
        page = server.ask("GET", f"/api/v1/{noun}?{query}{cursor}")
        yield from page["items"]
        if page["nextCursor"] is None:
            return
        cursor = f"&cursor={page['nextCursor']}"


def complete_requests(task_ids: list[str], turn: int, **more: Any) -> list[Request]:
    """Requests that complete the tasks, with two variables whose values change with `turn`."""
    return [Request(f"/api/v1/user-tasks/{id_}/complete", completion(turn, **more)) for id_ in task_ids]


def completion(turn: int, **more: Any) -> str:
    """The body of a completion."""
    return msgspec.json.encode({"variables": {"approved": turn % 2 == 0, "amount": turn + 0.5, **more}}).decode()


def floor_requests(count: int, turn: int) -> list[Request]:
    """As many completions for the floor program, over its 256 rows."""
    return [Request(f"/floor/{row}", completion(turn)) for row in islice(cycle(range(256)), count)]
