"""The layer's README lists exactly the rules that the code can tell."""

from __future__ import annotations

import re
from pathlib import Path

from baton.bpm.definition.rules import RULES

LAYER = Path(__file__).resolve().parents[3] / "bpm" / "definition"
TOLD = re.compile(
    r"""(?:unreadable|_undefined|_undeclared|error|warning|info|note_once|report)\(\s*"([a-z0-9]+(?:-[a-z0-9]+)*)"|rule="([a-z-]+)\""""
)


def test_the_readme_lists_every_rule_and_no_other() -> None:
    table = (LAYER / "README.md").read_text(encoding="utf-8").partition("## Rules")[2].partition("\nOnly reading")[0]
    listed = set(re.findall(r"`([a-z-]+)`", table))

    told = set(RULES)
    for path in LAYER.rglob("*.py"):
        if path.parent.name == "lint":
            continue  # The guide for users lists these.
        for first, second in TOLD.findall(path.read_text(encoding="utf-8")):
            told.add(first or second)

    assert listed == told
