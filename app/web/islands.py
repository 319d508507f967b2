"""What the pages load of `static/islands`, which vite built; without it the pages work and lack diagrams."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec

FOLDER = Path(__file__).with_name("static") / "islands"
ENTRY = "src/base.js"


class Chunk(msgspec.Struct, frozen=True, rename="camel"):
    """One file of vite's manifest; `imports` and `dynamic_imports` are keys of others."""

    file: str
    src: str = ""
    css: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    dynamic_imports: tuple[str, ...] = ()


def manifest() -> dict[str, Chunk]:
    """Every chunk by its key; empty where nothing was built."""
    return _read(FOLDER)


@cache
def _read(folder: Path) -> dict[str, Chunk]:
    try:
        content = (folder / "manifest.json").read_bytes()
    except OSError:
        return {}
    return msgspec.json.decode(content, type=dict[str, Chunk])


def base_script() -> str | None:
    """The script of every page, below `static`; None where nothing was built."""
    chunk = manifest().get(ENTRY)
    return None if chunk is None else f"islands/{chunk.file}"


def files_of(key: str) -> set[str]:
    """Every file that showing the chunk loads, what it imports included."""
    known = manifest()
    seen: set[str] = set()
    waiting = [key]
    files: set[str] = set()
    while waiting:
        at = waiting.pop()
        if at in seen:
            continue
        seen.add(at)
        files |= {known[at].file, *known[at].css}
        waiting.extend(known[at].imports)
    return files
