"""The pool of sandbox processes that run Python scripts (pydantic-monty).

Invariants: every run has limits of time, memory and depth; no file, network, clock or environment is
given; a worker that went over a limit, or grew, is killed and replaced; nothing starts before the
first script runs. Workers end by themselves when the process that owns them is gone.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pydantic_monty

from baton.bpm import errors
from baton.bpm.expressions.worker_processes import LOOK_EVERY, RUNS_PER_WORKER, ScriptLimits, has_grown, kill

# Below this the sandbox cuts results that are deeper, in silence; `python_values` refuses them from 100 levels on.
_LEAST_DEPTH = 150
_MAX_PRINTED = 64 * 1024
_LIMIT_ERRORS = (TimeoutError, MemoryError, RecursionError)


class PythonWorkers:
    """Starts with the first run; may be shared by threads; may be used again after `close`."""

    def __init__(self, limits: ScriptLimits | None = None) -> None:
        self._limits = limits or ScriptLimits()
        self._lock = threading.Lock()
        self._pool: Any = None
        self._owner = 0
        self._runs = 0

    def run(self, code: str, inputs: Mapping[str, Any], *, now: datetime) -> Any:
        """The value of the code's last expression. `now` is what the script's clock shows.

        Raises `ExpressionError` for what the script did wrong, `ExpressionLimitError` for a limit.
        """
        limits = self._limits
        session = self._started().checkout(
            script_name="script.py",
            limits={
                "max_feed_duration_secs": limits.seconds,
                "max_turn_duration_secs": limits.seconds,
                "max_memory": limits.memory,
                "max_recursion_depth": max(limits.depth, _LEAST_DEPTH),
                "max_suspensions": 10,
                "max_total_sleep_secs": 0.0,
            },
            os_policy={"datetime": now, "sleep": "call_host"},
        )
        try:
            with session:
                return self._feed(session, code, inputs)
        except TimeoutError as error:
            raise errors.ExpressionLimitError(limits.all_busy()) from error
        except pydantic_monty.MontyError as error:
            raise errors.ExpressionLimitError(
                f"The script's worker ended before the script did: {_short(error)}."
            ) from error

    def configure(self, limits: ScriptLimits) -> None:
        """End all workers; the next run starts others with these limits."""
        self.close()
        self._limits = limits

    def close(self) -> None:
        """End all workers."""
        with self._lock:
            pool, self._pool = self._pool, None
            if pool is not None and self._owner == os.getpid():
                pool.__exit__(None, None, None)

    def _started(self) -> Any:
        with self._lock:
            # After a fork the parent's pipes are not ours to use or to close.
            if self._pool is None or self._owner != os.getpid():
                self._pool = pydantic_monty.Monty(
                    min_processes=0,
                    max_processes=self._limits.workers,
                    checkout_timeout=self._limits.wait,
                    request_timeout=self._limits.longest,
                    max_checkouts_per_worker=RUNS_PER_WORKER,
                    feed_duration_limit_grace=self._limits.seconds / 2,
                    turn_duration_limit_grace=self._limits.seconds / 2,
                ).__enter__()
                self._owner = os.getpid()
            return self._pool

    def _feed(self, session: Any, code: str, inputs: Mapping[str, Any]) -> Any:
        try:
            result = session.feed_run(
                code, inputs=dict(inputs), print_callback=pydantic_monty.CollectString(max_bytes=_MAX_PRINTED)
            )
        except pydantic_monty.MontyRuntimeError as error:
            if isinstance(error.exception(), _LIMIT_ERRORS):
                _kill(session)
                raise errors.ExpressionLimitError(
                    f"The script used up its budget{_place(error)} ({self._limits.budget()}, "
                    f"{self._limits.depth} nested calls).",
                    line=_line(error),
                ) from error
            raise errors.ExpressionError(
                f"The script failed{_place(error)}: {_short(error)}.",
                line=_line(error),
                bare=f"The script failed{_place(error)} with {type(error.exception()).__name__}.",
            ) from error
        except pydantic_monty.MontySyntaxError as error:
            raise errors.ExpressionError(
                f"The script cannot be run{_place(error)}: {_short(error)}. Not all of Python is there for scripts."
            ) from error
        except pydantic_monty.MontyCrashedError as error:
            raise errors.ExpressionLimitError(f"The script used up its budget ({self._limits.budget()}).") from error
        except pydantic_monty.MontyConversionError as error:
            raise errors.ExpressionError(f"A variable cannot be read by a Python script: {_short(error)}.") from error
        except ValueError as error:
            _kill(session)
            raise errors.ExpressionError(f"The script's result cannot be taken over: {_short(error)}.") from error
        # Not counted under the lock: it does not matter if one is missed.
        self._runs += 1
        if self._runs % LOOK_EVERY == 0:
            _kill_if_large(session)
        return result


def _line(error: Any) -> int | None:
    frames = error.traceback()
    return frames[-1].line if frames else None


def _place(error: Any) -> str:
    line = _line(error)
    return "" if line is None else f" in line {line}"


def _short(error: Exception) -> str:
    return str(error)[:500].rstrip(".")


def _kill(session: Any) -> None:
    """Memory limits leave a worker's heap in doubt, and its memory taken: the pool starts a new one."""
    # Asked for now, not before the run: the number of a worker that is gone may be another process's.
    if session.worker_pid is not None:
        kill(session.worker_pid)


def _kill_if_large(session: Any) -> None:
    if session.worker_pid is not None and has_grown(session.worker_pid):
        _kill(session)
