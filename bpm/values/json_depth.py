"""How deep a JSON text nests, found without decoding it.

A decoder recurses once per level, in C. From Python 3.12 on that does not count against Python's own recursion
limit, and a body of many thousand levels overflows the stack of a server's thread: the process is gone.
"""

from __future__ import annotations

import re

# A string (also one that never ends) counts as a whole, so that brackets inside it do not.
_PARTS = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)|([\[{])|[\]}]', re.DOTALL)


def nests_deeper(text: bytes, levels: int) -> bool:
    """True if lists and objects nest more than `levels` deep before the text ends or closes more than it opened.

    Never raises on any bytes; takes time linear in their length.
    """
    if text.count(b"[") + text.count(b"{") <= levels:
        return False
    depth = 0
    for part in _PARTS.finditer(text):
        if part.group(1):
            depth += 1
            if depth > levels:
                return True
        elif part.group() in (b"]", b"}"):
            depth -= 1
    return False
