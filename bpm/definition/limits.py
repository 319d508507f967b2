"""How large a diagram may be. Every bound is checked before work that grows with it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one upload.

    `max_bytes` counts the file's bytes, `max_elements` its XML elements, `max_attributes` the attributes of
    one element, `max_depth` how deep XML elements nest, `max_sub_process_depth` how deep sub-processes nest,
    `max_problems` how many problems are listed before the list is cut.
    """

    max_bytes: int = 2 * 1024 * 1024
    max_elements: int = 50_000
    max_attributes: int = 64
    max_depth: int = 250
    max_sub_process_depth: int = 120
    max_problems: int = 1_000
