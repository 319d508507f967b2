"""The layer's README lists exactly the rules that the code can tell."""

from __future__ import annotations

import re
from pathlib import Path

LAYER = Path(__file__).resolve().parents[3] / "bpm" / "decisions"
NAME = r'"([a-z]+(?:-[a-z]+)+|aggregation|reference)"'
TOLD = re.compile(r"(?:\.error|\.warning|_problem)\(\s*(?:root, )?" + NAME + '|rule="([a-z-]+)"')


def test_the_readme_lists_every_rule_and_no_other() -> None:
    rules = (LAYER / "README.md").read_text(encoding="utf-8").partition("## Rules")[2]
    told = {
        first or second
        for path in LAYER.rglob("*.py")
        for first, second in TOLD.findall(path.read_text(encoding="utf-8"))
    }

    assert set(re.findall(r"`([a-z-]+)`", rules)) == told
