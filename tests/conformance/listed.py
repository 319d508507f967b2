"""A list of cases that are missed, each with its reason: it may neither be too short nor too long."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"
RunCase = Callable[[dict[str, Any], Path], str]


def results(cases: Iterable[dict[str, Any]], run_case: RunCase) -> dict[str, str]:
    """What differs, by the id of the case; empty where nothing does."""
    found: dict[str, str] = {}
    for case in cases:
        try:
            found[case["id"]] = run_case(case, CORPUS)
        except Exception as error:
            # A case that breaks is a miss like any other: it is listed with a reason, or the test fails.
            found[case["id"]] = f"{type(error).__name__}: {error}"[:500]
    return found


def unlisted(found: Mapping[str, str], reasons: Mapping[str, str]) -> dict[str, str]:
    """Cases that are missed without a reason."""
    return {case: missed for case, missed in found.items() if missed and case not in reasons}


def outdated(found: Mapping[str, str], reasons: Mapping[str, str]) -> set[str]:
    """Reasons for cases that pass, or that are not there."""
    return {case for case in reasons if not found.get(case)}
