"""The dispatcher: carries out what is due, and runs job handlers written in Python.

    from baton.bpm.worker import BpmnError, Job, job_handler

    @job_handler("charge-payment")
    def charge_payment(job: Job) -> dict[str, object]:
        if job.variables["amount"] > 10_000:
            raise BpmnError("too-much")
        return {"charged": True}

A handler may run more than once for one job (a process can die after the work and before the answer): use
`job.id` as the key by which a repetition is known. `JobFailure` fails the try with its own retries and pause; any
other exception is a failed try, too, and retries follow.

It is woken by what is written and by the next due time, not by asking every few seconds.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, TypeVar

from baton.bpm import connectors, errors
from baton.bpm.job_answers import BpmnError, JobFailure
from baton.bpm.runtime import (
    class_names,
    due_jobs,
    flow_node_statistics,
    idempotency,
    job_leases,
    job_outcomes,
    messages,
    workers,
)
from baton.bpm.runtime.actors import Actor, ActorKind, Role
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.job_views import JobView
from baton.bpm.runtime.wakeups import TIMER_TOPIC, job_topic

__all__ = ["BpmnError", "Dispatcher", "Handler", "Job", "JobFailure", "job_handler", "registered_handlers"]

Job = JobView
Handler = Callable[[Job], Mapping[str, Any] | None]
AnyHandler = TypeVar("AnyHandler", bound=Callable[..., Any])

LOCK_SECONDS = 60.0
_EXTEND_EVERY_SECONDS = LOCK_SECONDS / 3
# Nothing is expected to be missed; this bounds the harm if a clock is turned or a wakeup is lost all the same.
_LONGEST_WAIT_SECONDS = 60.0
_SHORTEST_WAIT_SECONDS = 0.01
_AFTER_ERROR_SECONDS = 1.0
_CLEAN_UP_EVERY_SECONDS = 3600.0
_ROLL_UP_EVERY_SECONDS = 60.0
_INTERNAL_THREADS = 4

_log = logging.getLogger(__name__)
_registry: dict[str, Handler] = {}


def job_handler(type_: str) -> Callable[[AnyHandler], AnyHandler]:
    """Register the decorated function for jobs of that type. Raises `ConfigurationError` if there is one already."""

    def register(handler: AnyHandler) -> AnyHandler:
        known = _registry.get(type_)
        if known is not None and _name(known) != _name(handler):
            raise errors.ConfigurationError(
                f"Expected one handler for jobs of type '{type_}', found '{_name(known)}' and '{_name(handler)}'"
            )
        _registry[type_] = handler
        return handler

    return register


def registered_handlers() -> Mapping[str, Handler]:
    """All handlers by job type."""
    return dict(_registry)


def _name(handler: Callable[..., Any]) -> str:
    module, name = getattr(handler, "__module__", ""), getattr(handler, "__qualname__", repr(handler))
    return f"{module}.{name}"


class Dispatcher:
    """Timers, start timers and continuations of every instance, and service jobs that have a handler here.

    `handlers` None: those registered when `start` is called. HTTP connectors come besides, where hosts are allowed and
    no other handler has their type. Any number of processes may have one on PostgreSQL.
    Raises `ConfigurationError` if the allowed hosts cannot be read.
    """

    def __init__(self, engine: Engine, handlers: Mapping[str, Handler] | None = None, name: str | None = None) -> None:
        self._engine = engine
        self._handlers = handlers
        self._connectors = connectors.handlers(engine)
        self.name = name or f"{socket.gethostname()}-{os.getpid()}"
        self._stopping = threading.Event()
        self._loops: list[_Loop] = []

    def start(self) -> None:
        """Begin; returns at once."""
        given = registered_handlers() if self._handlers is None else self._handlers
        handlers = {**self._connectors, **given}
        self._loops = [_DueLoop(self._engine, self._stopping)]
        if handlers:
            self._loops.append(_HandlerLoop(self._engine, self._stopping, handlers, self.name))
        for loop in self._loops:
            loop.start()

    def stop(self) -> None:
        """Take nothing new, let what runs end, then return."""
        self._stopping.set()
        self._engine.wakeups.notify_all()
        for loop in self._loops:
            loop.finish()
        self._loops = []

    def __enter__(self) -> Dispatcher:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class _Loop(ABC):
    """A thread that looks for work, hands it to its pool, and sleeps until there may be more."""

    def __init__(self, engine: Engine, stopping: threading.Event, *, name: str, threads: int) -> None:
        self.engine = engine
        self.stopping = stopping
        self.topics: tuple[str, ...] = (f"free:{name}:{id(self)}",)
        self._slot = self.topics
        self._free = threads
        self._guard = threading.Lock()
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def finish(self) -> None:
        """After `stopping` was set: wait for the thread and its pool."""
        self._thread.join()
        self._pool.shutdown()

    @abstractmethod
    def look(self, free: int) -> float:
        """Hand out up to `free` pieces of work by `submit`; seconds until it is worth to look again."""

    def submit(self, work: Callable[[], None]) -> None:
        """Carry out `work` in the pool."""
        with self._guard:
            self._free -= 1
        self._pool.submit(self._carry_out, work)

    def _carry_out(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception:
            _log.exception("the dispatcher could not finish a piece of work")
        finally:
            with self._guard:
                self._free += 1
            self.engine.wakeups.notify(self._slot)

    def _run(self) -> None:
        while not self.stopping.is_set():
            generation = self.engine.wakeups.generation(self.topics)
            with self._guard:
                free = self._free
            wait = _LONGEST_WAIT_SECONDS
            try:
                wait = self.look(free)
            except Exception:
                # A database that is away must not end the loop.
                _log.exception("the dispatcher could not look for work")
                wait = _AFTER_ERROR_SECONDS
            if self.stopping.is_set():
                return
            wait = min(max(wait, _SHORTEST_WAIT_SECONDS), _LONGEST_WAIT_SECONDS)
            self.engine.wakeups.wait(self.topics, generation, wait)


class _DueLoop(_Loop):
    """Baton's own jobs: timers, start timers, continuations, and what crosses between instances."""

    def __init__(self, engine: Engine, stopping: threading.Event) -> None:
        super().__init__(engine, stopping, name="baton-due", threads=_INTERNAL_THREADS)
        self.topics = (*self.topics, TIMER_TOPIC)
        self._running: set[int] = set()
        self._cleaned_at = time.monotonic()
        self._rolled_up_at = time.monotonic()

    def look(self, free: int) -> float:
        self._clean_up()
        free -= self._roll_up(free)
        if free == 0:
            return _LONGEST_WAIT_SECONDS
        running = frozenset(self._running)
        for job_id in due_jobs.take_due(self.engine, limit=free, running=running):
            self._running.add(job_id)
            self.submit(lambda job_id=job_id: self._execute(job_id))  # type: ignore[misc]
        due_at = due_jobs.next_due(self.engine, frozenset(self._running))
        if due_at is None:
            return _LONGEST_WAIT_SECONDS
        return (due_at - self.engine.clock()) / timedelta(seconds=1)

    def _execute(self, job_id: int) -> None:
        try:
            due_jobs.execute_due(self.engine, job_id)
        except Exception as error:
            _log.exception("job %s failed and will be tried again", job_id)
            due_jobs.postpone(self.engine, job_id, f"{type(error).__name__}: {error}")
        finally:
            self._running.discard(job_id)

    def _roll_up(self, free: int) -> int:
        """Statistics, now and then; how many threads it took."""
        if free == 0 or time.monotonic() - self._rolled_up_at < _ROLL_UP_EVERY_SECONDS:
            return 0
        self._rolled_up_at = time.monotonic()
        self.submit(self._count_ended)
        return 1

    def _count_ended(self) -> None:
        flow_node_statistics.roll_up(self.engine, self.stopping.is_set)

    def _clean_up(self) -> None:
        if time.monotonic() - self._cleaned_at > _CLEAN_UP_EVERY_SECONDS:
            self._cleaned_at = time.monotonic()
            idempotency.forget_old(self.engine)
            messages.forget_old(self.engine)
            workers.forget_old(self.engine)


class _HandlerLoop(_Loop):
    """Service jobs with a handler in this process; leases are held as long as the handler runs."""

    def __init__(self, engine: Engine, stopping: threading.Event, handlers: Mapping[str, Handler], name: str) -> None:
        super().__init__(engine, stopping, name="baton-handlers", threads=engine.settings.worker_threads)
        self._handlers = handlers
        self._types = sorted(handlers)
        self._classes: dict[str, str] = {}
        self._class_topics = tuple(class_names.topic(type_) for type_ in self._types)
        self._classes_looked_at = -1
        self.topics = (*self.topics, *(job_topic(type_) for type_ in self._types), *self._class_topics)
        self._worker = name
        self._actor = Actor(ActorKind.WORKER, name, roles=frozenset({Role.WORKER}))
        self._leases: dict[int, float] = {}

    def look(self, free: int) -> float:
        self._extend_leases()
        if free == 0:
            return _EXTEND_EVERY_SECONDS
        self._look_for_classes()
        found = job_leases.activate(
            self.engine,
            actor=self._actor,
            types=self._types,
            worker=self._worker,
            max_jobs=free,
            lock_seconds=LOCK_SECONDS,
        )
        for job in found:
            self._leases[job.id] = time.monotonic()
            self.submit(lambda job=job: self._work(job))  # type: ignore[misc]
        if found:
            return 0.0
        return min(job_leases.next_due_seconds(self.engine, self._types), _EXTEND_EVERY_SECONDS)

    def _look_for_classes(self) -> None:
        """Jobs of a Java class are done by the handler of its simple name, if its full name has none."""
        generation = self.engine.wakeups.generation(self._class_topics)
        if generation == self._classes_looked_at:
            return
        self._classes_looked_at = generation
        for class_, name in class_names.waiting(self.engine, self._handlers).items():
            if class_ not in self._classes and len(self._types) < job_leases.MAXIMUM_TYPES:
                self._classes[class_] = name
                self._types.append(class_)
                self.topics = (*self.topics, job_topic(class_))

    def _extend_leases(self) -> None:
        now = time.monotonic()
        for job_id, since in list(self._leases.items()):
            if now - since < _EXTEND_EVERY_SECONDS:
                continue
            self._leases[job_id] = now
            try:
                job_leases.extend(
                    self.engine, job_id, actor=self._actor, worker=self._worker, lock_seconds=LOCK_SECONDS
                )
            except errors.Rejection as rejection:
                _log.warning("the lease of job %s is lost: %s", job_id, rejection)
                self._leases.pop(job_id, None)

    def _work(self, job: Job) -> None:
        try:
            self._answer(job)
        except errors.Rejection as rejection:
            _log.warning("the answer to job %s was refused: %s", job.id, rejection)
        finally:
            self._leases.pop(job.id, None)

    def _answer(self, job: Job) -> None:
        """Run the handler and tell the engine how it went."""
        try:
            result = self._handlers[self._classes.get(job.type, job.type)](job)
            if result is not None and not isinstance(result, Mapping):
                raise TypeError(f"expected the handler to return a dict or None, found {type(result).__name__}")
        except BpmnError as error:
            self._throw(job, error)
            return
        except JobFailure as failure:
            _log.warning("job %s failed", job.id)
            self._fail(job, failure.message, retries=failure.retries, backoff_seconds=failure.backoff_seconds)
            return
        except (Exception, SystemExit, KeyboardInterrupt) as error:
            # A handler that calls sys.exit() ends its try, not this process.
            _log.exception("the handler of job %s failed", job.id)
            self._fail(job, f"{type(error).__name__}: {error}")
            return
        try:
            job_outcomes.complete(
                self.engine, job.id, actor=self._actor, worker=self._worker, variables=dict(result or {})
            )
        except errors.InvalidCommand as error:
            self._fail(job, f"the handler's variables cannot be kept: {error.message}")
        except errors.TooLarge as error:
            self._fail(job, f"the handler's variables cannot be kept: {error.message}")

    def _throw(self, job: Job, error: BpmnError) -> None:
        job_outcomes.throw_error(
            self.engine,
            job.id,
            actor=self._actor,
            worker=self._worker,
            code=error.code,
            message=error.message,
            variables=error.variables,
        )

    def _fail(
        self, job: Job, message: str, *, retries: int | None = None, backoff_seconds: float | None = None
    ) -> None:
        job_outcomes.fail(
            self.engine,
            job.id,
            actor=self._actor,
            worker=self._worker,
            message=message.replace("\0", "")[:2000],
            retries=retries,
            backoff_seconds=backoff_seconds,
        )
