"""How the C library keeps what was freed, where it can be told.

glibc gives each thread its own arena and returns little of any to the system, so that one large evaluation in each
of the server's threads leaves that many of them large. Threads of Python allocate in turn anyway: one arena serves.
"""

from __future__ import annotations

import ctypes
import sys

_TRIM_THRESHOLD, _TRIM_BYTES = -1, 128 * 1024
_ARENA_MAX, _ARENAS = -8, 1


def share_arenas() -> bool:
    """To be called before threads start; False where the C library is not glibc. The parameters are of `mallopt(3)`."""
    if not sys.platform.startswith("linux"):
        return False
    library = ctypes.CDLL(None)
    if not hasattr(library, "gnu_get_libc_version"):
        return False
    return bool(library.mallopt(_ARENA_MAX, _ARENAS) and library.mallopt(_TRIM_THRESHOLD, _TRIM_BYTES))
