"""Durations in classes: four to each doubling, so that a class tells a duration to within ten percent."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import timedelta

PER_DOUBLING = 4
CANCELLED = -1
"""The class of visits that did not come to their end."""
_MILLISECOND = timedelta(milliseconds=1)


def class_of(duration: timedelta) -> int:
    """0 for less than a millisecond, then rising."""
    milliseconds = duration / _MILLISECOND
    return 0 if milliseconds < 1 else 1 + int(math.log2(milliseconds) * PER_DOUBLING)


def seconds_of(class_: int) -> float:
    """The middle of the class."""
    return 0.0 if class_ == 0 else 2 ** ((class_ - 0.5) / PER_DOUBLING) / 1000


def quantile(visits: Mapping[int, int], share: float) -> float | None:
    """The seconds that the `share` (0 to 1) of the visits, counted by class, did not take longer than; None of none."""
    wanted = share * sum(visits.values())
    seen = 0
    for class_ in sorted(visits):
        seen += visits[class_]
        if seen >= wanted:
            return seconds_of(class_)
    return None
