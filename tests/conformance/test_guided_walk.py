"""Every readable file in guided mode, walked by a seeded person: never stuck without an incident, nearly all end."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from tests.conformance.guided_walk import Walk
from tests.conformance.test_import_corpus import CORPUS, files

FOLDERS = ("miwg", "bpmn_js_token_simulation", "camunda_bpm_examples", "camunda_compat_lint", "camunda_modeler")
FOLDERS += ("bpmn_lean_experiment",)


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_person_who_does_all_that_is_open_comes_to_the_end(folder: str) -> None:
    counts: Counter[str] = Counter()
    told: list[str] = []

    for path in files(folder):
        walk = _walk(path)
        if walk is None:
            continue
        outcome = walk.run()
        assert not outcome.stuck, (path, outcome)
        verdict = "incident" if outcome.ended and outcome.incidents else "ended" if outcome.ended else "open"
        counts[verdict] += 1
        if verdict != "ended":
            told.append(f"  {verdict}: {path.relative_to(CORPUS)}: {outcome.reason or outcome.incidents[0][:160]}")

    print(f"{folder}: {dict(counts)}", *told, sep="\n")
    assert counts["open"] <= 0.01 * counts.total()


def _walk(path: Path) -> Walk | None:
    """None for a file that is refused in guided mode too: the import's table says why."""
    try:
        walk = Walk.of_file(path)
    except AssertionError:
        return None
    walk.rng = random.Random(path.name)
    return walk
