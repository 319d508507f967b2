"""The catalogue of what the pages say: `t("tasks.due", when=…)`, from `catalogue/en.toml`.

A text may have places, `{name}`, and two forms, `one` and `other`, chosen by `count`. What is put into a place is
escaped by the template like any other value.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("catalogue")


@cache
def catalogue(language: str = "en") -> dict[str, str]:
    """Every text by its key, tables joined by dots."""
    return dict(_flat(tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8")), ""))


def t(key: str, /, **places: Any) -> str:
    """The text of `key`; `KeyError` for one that the catalogue lacks."""
    texts = catalogue()
    if "count" in places and key not in texts:
        key = f"{key}.{'one' if places['count'] == 1 else 'other'}"
    # The pattern is the catalogue's own; only it is read for places, never what is put into them.
    return texts[key].format(**{name: str(value) for name, value in places.items()}) if places else texts[key]


def group(prefix: str) -> dict[str, str]:
    """The texts below `prefix` by the rest of their keys: what an island is handed."""
    return {key.removeprefix(f"{prefix}."): text for key, text in catalogue().items() if key.startswith(f"{prefix}.")}


def _flat(table: dict[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value
