"""A real server process on a free port with a database of its own, and a client of its API."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
START_SECONDS = 120


class Server:
    """A `baton serve` process; `output` is what it printed."""

    def __init__(self, folder: Path, *options: str, host: str = "127.0.0.1", **environment: str) -> None:
        self.port = free_port()
        self.url = f"http://{host}:{self.port}"
        self.log = folder / f"server-{self.port}.log"
        self.environment = clean_environment(folder, **environment)
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*BATON, "serve", "--port", str(self.port), *options],
                env=self.environment,
                cwd=folder,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    @property
    def output(self) -> str:
        return self.log.read_text()

    def wait_until_ready(self) -> Server:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise AssertionError(f"the server ended with {self.process.returncode}:\n{self.output}")
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"{self.url}/api/v1/health").status_code == 200:
                    return self
            time.sleep(0.05)
        raise AssertionError(f"the server was not ready after {START_SECONDS} s:\n{self.output}")

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout=20)
        finally:
            if self.process.poll() is None:
                self.process.kill()


BATON = [sys.executable, "-c", "from baton.app.cli import main; main()"]


def clean_environment(folder: Path, **more: str) -> dict[str, str]:
    """Ours without any BATON_ variable of the machine."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BATON_")}
    return {
        **kept,
        "BATON_DATABASE_URL": f"sqlite:///{folder}/baton.db",
        "PYTHONPATH": str(ROOT / ".editable"),
        **more,
    }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Api(httpx.Client):
    """Paths below /api/v1; what is not 2xx fails the test unless asked with `refused`."""

    def __init__(self, url: str, **headers: str) -> None:
        super().__init__(base_url=f"{url}/api/v1", headers=headers, timeout=30)

    def ok(self, method: str, path: str, **options: Any) -> Any:
        answer = self.request(method, path, **options)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    def refused(self, status: int, method: str, path: str, **options: Any) -> Any:
        answer = self.request(method, path, **options)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text[:500]}"
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json()
        assert problem["status"] == status
        assert problem["detail"]
        assert "Traceback" not in answer.text
        return problem

    def deploy(self, diagram: bytes | str, name: str = "diagram.bpmn", **query: Any) -> Any:
        content = diagram.encode() if isinstance(diagram, str) else diagram
        return self.ok(
            "POST",
            "/deployments",
            content=content,
            params={"name": name, **query},
            headers={"Content-Type": "application/xml"},
        )

    def start(self, key: str, **variables: Any) -> Any:
        return self.ok("POST", "/process-instances", json={"key": key, "variables": variables})

    def tasks(self, instance: Any) -> list[Any]:
        found = self.ok("GET", "/user-tasks", params={"processInstanceId": instance["id"], "open": True})
        return list(found["items"])

    def complete(self, task: Any, *decision: str, **variables: Any) -> Any:
        body = {"variables": variables, "decision": list(decision)}
        return self.ok("POST", f"/user-tasks/{task['id']}/complete", json=body)

    def state(self, instance: Any) -> str:
        return str(self.ok("GET", f"/process-instances/{instance['id']}")["state"])

    def audit(self, instance: Any) -> list[Any]:
        return list(self.ok("GET", f"/process-instances/{instance['id']}/audit-events", params={"limit": 200})["items"])


def eventually(look: Any, seconds: float = 60) -> Any:
    """The first true answer of `look`; work in the background has no other end to wait for."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("it did not happen in time")
