"""The pool of sandbox processes that run JavaScript (quickjs-ng, `javascript_worker`).

Invariants: every run has limits of time, memory and stack inside, and of time, memory and size of the answer from
outside; a worker that went over one, or grew, is killed and replaced; a worker has an empty environment and no open
file but its two pipes; nothing starts before the first script; who waits for a worker is served in turn.
"""

from __future__ import annotations

import importlib.util
import os
import select
import subprocess
import sys
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from baton.bpm import errors
from baton.bpm.expressions.worker_processes import LOOK_EVERY, RUNS_PER_WORKER, ScriptLimits, has_grown, kill

_PROGRAM = Path(__file__).with_name("javascript_worker.py")
_MAX_ANSWER = 17 * 1024 * 1024
_LENGTH = 4
_AT_ONCE = 256 * 1024


class Crashed(Exception):
    """The worker did not answer; the text says why."""


class Worker:
    """One process, used by one thread at a time."""

    def __init__(self, limits: ScriptLimits) -> None:
        self.runs = 0
        command = [sys.executable, "-I", "-S", str(_PROGRAM), _folder(), str(limits.seconds), str(limits.memory)]
        # Local time is UTC in there. Elsewhere than on POSIX systems Python does not start without its environment.
        environment = {"TZ": "UTC"} if os.name == "posix" else None
        # Nothing in the command comes from a diagram.
        self._process = subprocess.Popen(  # noqa: S603
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            bufsize=0,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._input, self._output = self._process.stdin.fileno(), self._process.stdout.fileno()

    @property
    def process_id(self) -> int:
        return self._process.pid

    @property
    def is_spent(self) -> bool:
        """True if another one should take its place."""
        return self.runs >= RUNS_PER_WORKER or (self.runs % LOOK_EVERY == 0 and has_grown(self.process_id))

    def ask(self, request: bytes, source: bytes, seconds: float) -> bytes:
        """The answer to one script. Raises `Crashed` if none comes within `seconds` or none that could be right."""
        self.runs += 1
        lengths = len(request).to_bytes(_LENGTH, "big") + len(source).to_bytes(_LENGTH, "big")
        try:
            with _alarm(self.process_id, self._output, seconds) as wait:
                self._write(lengths + request + source)
                return self._answer(wait)
        except (OSError, ValueError) as error:
            raise Crashed("its worker ended before it did") from error

    def _answer(self, wait: Callable[[], None]) -> bytes:
        data = self._read(wait)
        while len(data) < _LENGTH:
            data += self._read(wait)
        length = int.from_bytes(data[:_LENGTH], "big")
        if not 0 < length <= _MAX_ANSWER:
            raise Crashed("its answer has an impossible size")
        parts = [data[_LENGTH:]]
        missing = length - len(parts[0])
        while missing > 0:
            parts.append(self._read(wait))
            missing -= len(parts[-1])
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self._input, view) :]

    def _read(self, wait: Callable[[], None]) -> bytes:
        wait()
        part = os.read(self._output, _AT_ONCE)
        if not part:
            raise Crashed("its worker ended before it did")
        return part

    def end(self) -> None:
        """Kill it and give back what it held."""
        kill(self.process_id)
        self.let_go()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=10)

    def let_go(self) -> None:
        """Close the pipes."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()

    def disown(self) -> None:
        """After a fork the process is the parent's: neither to be used here nor to be waited for."""
        self._process.returncode = 0
        self.let_go()


@contextmanager
def _alarm(process_id: int, file: int, seconds: float) -> Iterator[Callable[[], None]]:
    """Yields a function that waits for something to read and raises `Crashed` when the seconds are over."""
    deadline = time.monotonic() + seconds
    late = Crashed("it did not end in time")
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(file, select.POLLIN)

        def wait() -> None:
            left = deadline - time.monotonic()
            if left <= 0 or not poll.poll(left * 1000):
                raise late

        yield wait
        return
    # A system on which pipes cannot be waited for: the worker is killed, which ends the reading.
    timer = threading.Timer(seconds, kill, (process_id,))
    timer.start()
    try:
        yield lambda: None
    finally:
        timer.cancel()


class JavaScriptWorkers:
    """Starts with the first run; may be shared by threads; may be used again after `close`."""

    def __init__(self, limits: ScriptLimits | None = None) -> None:
        self.limits = limits or ScriptLimits()
        self._lock = threading.Lock()
        self._idle: deque[Worker] = deque()
        self._waiting: deque[threading.Event] = deque()
        self._busy = 0
        self._era = 0
        _pools.add(self)

    def run(self, request: bytes, source: bytes) -> bytes:
        """The worker's answer: `V` and a JSON text, or `L` and which limit was reached.

        Raises `ExpressionLimitError` if no worker is free in time, or if the script had to be ended.
        """
        limits = self.limits
        era = self._take_place(limits)
        worker: Worker | None = None
        try:
            worker = self._idle_worker(era) or _started(limits)
            answer = worker.ask(request, source, limits.longest)
            if answer[:1] == b"V" and not worker.is_spent:
                keep, worker = worker, None
                self._put_back(keep, era)
            return answer
        except Crashed as error:
            raise errors.ExpressionLimitError(f"The script used up its budget ({limits.budget()}): {error}.") from error
        finally:
            if worker is not None:
                worker.end()
            self._give_place()

    def configure(self, limits: ScriptLimits) -> None:
        """End all workers; the next run starts others with these limits."""
        self.close()
        self.limits = limits

    def close(self) -> None:
        """End the workers that are idle now, and each busy one when its script has ended."""
        with self._lock:
            self._era += 1
            idle, self._idle = self._idle, deque()
        for worker in idle:
            worker.end()

    def process_ids(self) -> list[int]:
        """Of the idle workers."""
        with self._lock:
            return [worker.process_id for worker in self._idle]

    def _take_place(self, limits: ScriptLimits) -> int:
        """Wait in turn until fewer than the allowed number of scripts run; returns the era of the pool."""
        with self._lock:
            if self._busy < limits.workers and not self._waiting:
                self._busy += 1
                return self._era
            turn = threading.Event()
            self._waiting.append(turn)
        if turn.wait(limits.wait):
            return self._era
        with self._lock:
            if turn.is_set():
                return self._era
            self._waiting.remove(turn)
        raise errors.ExpressionLimitError(limits.all_busy())

    def _give_place(self) -> None:
        """To who waits longest, if anybody does."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._busy -= 1

    def _idle_worker(self, era: int) -> Worker | None:
        with self._lock:
            # The one that rests longest has its next context ready.
            return self._idle.popleft() if self._idle and era == self._era else None

    def _put_back(self, worker: Worker, era: int) -> None:
        with self._lock:
            if era == self._era:
                self._idle.append(worker)
                return
        worker.end()

    def begin_anew(self) -> None:
        """In a child after a fork: the parent's workers, threads and lock are not ours."""
        self._lock = threading.Lock()
        for worker in self._idle:
            worker.disown()
        self._idle.clear()
        self._waiting.clear()
        self._busy = 0


_pools: weakref.WeakSet[JavaScriptWorkers] = weakref.WeakSet()


def _after_fork() -> None:
    for pool in _pools:
        pool.begin_anew()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def _started(limits: ScriptLimits) -> Worker:
    try:
        return Worker(limits)
    except OSError as error:
        raise errors.ExpressionLimitError(
            f"Expected to start a worker for the script, but could not: {error}"
        ) from error


def _folder() -> str:
    """Where quickjs is installed; it is never loaded into this process."""
    found = importlib.util.find_spec("_quickjs")
    if found is None or found.origin is None:
        raise errors.ExpressionLimitError("Expected the package quickjs-ng for JavaScript, but it is not installed.")
    return str(Path(found.origin).parent)
