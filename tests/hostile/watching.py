"""What a server process and its children use and do, from /proc."""

from __future__ import annotations

import os
import socket
import threading
import time
from pathlib import Path

import httpx

TICKS = os.sysconf("SC_CLK_TCK")


def tree(pid: int) -> list[int]:
    """The process and all that came from it."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += tree(int(child))
    return found


def megabytes(pid: int) -> float:
    """Memory of the whole tree, shared pages counted once."""
    return sum(_pss(member) for member in tree(pid)) / 1024


def cpu_seconds(pid: int) -> float:
    """Processor time of the whole tree, ended children included."""
    return sum(_ticks(member) for member in tree(pid)) / TICKS


def commands(pid: int) -> set[str]:
    """Which programs the tree runs."""
    return {os.path.realpath(f"/proc/{member}/exe") for member in tree(pid)}


def open_files(pid: int) -> set[str]:
    found: set[str] = set()
    for member in tree(pid):
        for link in Path(f"/proc/{member}/fd").glob("*"):
            try:
                found.add(str(link.readlink()))
            except OSError:
                continue
    return found


def _pss(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def _ticks(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return sum(int(field) for field in fields[11:15])


class Listener:
    """A door on loopback that nobody may knock at."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.setblocking(False)
        self.port = int(self._socket.getsockname()[1])

    def knocked(self) -> bool:
        try:
            self._socket.accept()
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        self._socket.close()


class Poller:
    """A second client; `worst` is how long it had to wait at most for an answer, in seconds."""

    def __init__(self, url: str) -> None:
        self._url = f"{url}/api/v1/process-definitions"
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._poll, daemon=True)
        self.worst = 0.0
        self.answers = 0
        self.failures: list[str] = []

    def __enter__(self) -> Poller:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(timeout=30)

    def _poll(self) -> None:
        with httpx.Client(timeout=30) as client:
            while not self._stop.wait(0.05):
                started = time.monotonic()
                try:
                    answer = client.get(self._url, params={"limit": 1})
                except httpx.HTTPError as error:
                    self.failures.append(repr(error))
                    continue
                self.worst = max(self.worst, time.monotonic() - started)
                self.answers += 1
                if answer.status_code != 200:
                    self.failures.append(f"{answer.status_code} {answer.text[:200]}")
