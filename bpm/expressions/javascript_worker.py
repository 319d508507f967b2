"""The program of a JavaScript worker: frames with scripts in, frames with answers out, one fresh context each.

Run as a file by `javascript_workers`, with an empty environment, never imported; it imports as little as it can,
for a quick start, and nothing of Baton. Arguments: folder of quickjs, seconds, bytes of memory.

A request is two lengths, a JSON text, and the script; an answer is a length and a text whose first character says
what it is: `V` a JSON text, `L` a limit that was reached. The context of the next script is made while nobody
waits. It ends when its input ends, which is when its owner is gone; a script that runs then is ended by the
limits below. PR_SET_PDEATHSIG is not used: it fires when the *thread* that started the process ends.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress

try:
    import resource
except ImportError:  # pragma: no cover - Windows has none of these limits; quickjs's own and the owner's remain.
    resource = None  # type: ignore[assignment]

MAX_ANSWER = 16 * 1024 * 1024
"""Bytes of an answer; what does not fit could not be kept as variables anyway."""

_STACK = 1024 * 1024
_BESIDE_THE_SCRIPT = 192 * 1024 * 1024
_LENGTH = 4
_AT_ONCE = 64 * 1024
_EMPTY_LINES = "\n" * 1000
"""Before a script, so that its lines are told from those of our own files, which are fewer."""


def main(arguments: list[str]) -> None:
    """Answer until the input ends."""
    folder, seconds, memory = arguments[0], float(arguments[1]), int(arguments[2])
    here = os.path.dirname(os.path.abspath(__file__))
    prelude = stripped(os.path.join(here, "javascript_prelude.js"))
    library = f"({stripped(os.path.join(here, 'javascript_library.js'))})"
    sys.path.append(folder)
    # Known only now: the folder of this one package is given, and no other of the engine's packages is wanted here.
    quickjs = __import__("_quickjs")
    lower_limits(memory)

    def fresh_run() -> Callable[[str, str, str], str]:
        context = quickjs.Context()
        context.set_memory_limit(memory)
        context.set_max_stack_size(_STACK)
        context.set_time_limit(seconds)
        run: Callable[[str, str, str], str] = context.eval(prelude)
        return run

    run = fresh_run()
    while True:
        request = read_request()
        if request is None:
            return
        limit_processor_time(seconds)
        write_answer(answer(quickjs.JSException, run, *request, library))
        run = fresh_run()


def stripped(path: str) -> str:
    """A file of ours without its comments and indentation: reading it is most of what a fresh context costs."""
    file = os.open(path, os.O_RDONLY)
    try:
        text = os.read(file, 1_000_000).decode()
    finally:
        os.close(file)
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


def answer(
    failure: type[Exception], run: Callable[[str, str, str], str], request: str, source: str, library: str
) -> bytes:
    """Never raises for what a script does."""
    try:
        text = run(request, _EMPTY_LINES + source, library).encode()
    except failure as error:
        return f"L{str(error)[:500]}".encode(errors="replace")
    except (MemoryError, UnicodeError, SystemError, AttributeError):
        return b"Lout of memory"
    if len(text) > MAX_ANSWER:
        return b"Ltoo large an answer"
    return b"V" + text


def lower_limits(memory: int) -> None:
    """Lower what the system lets this process do."""
    if resource is None:
        return
    for kind, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 16),
        (resource.RLIMIT_AS, memory + _BESIDE_THE_SCRIPT),
    ):
        hard = resource.getrlimit(kind)[1]
        if hard == resource.RLIM_INFINITY or hard > value:
            # A system that does not know a limit goes without it.
            with suppress(ValueError, OSError):
                resource.setrlimit(kind, (value, value))


def limit_processor_time(seconds: float) -> None:
    """Let the system kill this process if the next script uses more, whatever the owner does."""
    if resource is None:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime + seconds * 1.5) + 2, hard))


def read_request() -> tuple[str, str] | None:
    """The JSON text and the script; None when the owner is gone."""
    data = read_at_least(2 * _LENGTH, b"")
    request = int.from_bytes(data[:_LENGTH], "big")
    source = int.from_bytes(data[_LENGTH : 2 * _LENGTH], "big")
    begin = 2 * _LENGTH + request
    data = read_at_least(begin + source, data)
    if len(data) < begin + source or not data:
        return None
    return data[2 * _LENGTH : begin].decode(), data[begin:].decode()


def read_at_least(length: int, data: bytes) -> bytes:
    """More bytes of the input after `data`; fewer if it ends before. Nobody sends more than one request ahead."""
    parts = [data]
    have = len(data)
    while have < length:
        part = os.read(0, max(_AT_ONCE, length - have))
        if not part:
            break
        parts.append(part)
        have += len(part)
    return b"".join(parts)


def write_answer(text: bytes) -> None:
    """The whole answer; ends the process if nobody reads any more."""
    data = len(text).to_bytes(_LENGTH, "big") + text
    while data:
        try:
            data = data[os.write(1, data) :]
        except BrokenPipeError:
            sys.exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
