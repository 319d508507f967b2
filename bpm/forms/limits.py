"""How large a form may be. Every bound is checked before work that grows with it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one form.

    `max_bytes` counts the file's bytes, `max_depth` how deep its JSON nests, `max_components` its components,
    `max_options` the choices of one field, `max_patterns` its regular expressions, `max_pattern` the characters of
    one; `max_spots` how many fields one submission may be checked for, rows of lists counted; `max_subschemas` the
    parts of a JSON Schema with its references written out, `max_schema_work` those times the values sent.
    """

    max_bytes: int = 1024 * 1024
    max_depth: int = 60
    max_components: int = 5_000
    max_options: int = 10_000
    max_patterns: int = 500
    max_pattern: int = 2_000
    max_spots: int = 50_000
    max_problems: int = 200
    max_subschemas: int = 20_000
    max_schema_work: int = 20_000_000


LIMITS = Limits()
