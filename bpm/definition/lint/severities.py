"""How grave each rule's findings are: its own word, unless the server or the caller says otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from baton.bpm.definition.problems import Problem, Severity


class Level(StrEnum):
    """What a rule's findings count as; `off` does not look."""

    OFF = "off"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Severities:
    """Levels by rule name. What cannot run stays an error whatever is configured; all else may be raised or lowered."""

    levels: Mapping[str, Level] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> Severities:
        """From `rule=level` words with commas or spaces between. Raises ValueError that says what was expected."""
        levels: dict[str, Level] = {}
        for word in text.replace(",", " ").split():
            rule, _, level = word.partition("=")
            if level not in tuple(Level) or not rule:
                wanted = ", ".join(Level)
                raise ValueError(f"expected rule=level with one of the levels {wanted}, found '{word[:80]}'")
            levels[rule] = Level(level)
        return cls(levels)

    def level(self, rule: str, default: Level) -> Level:
        """Of a lint rule."""
        return self.levels.get(rule, default)

    def applied(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """The problems at their configured levels, those switched off left out."""
        kept = []
        for problem in problems:
            level = self.levels.get(problem.rule)
            if level is None or problem.severity is Severity.ERROR:
                kept.append(problem)
            elif level is not Level.OFF:
                kept.append(replace(problem, severity=Severity(level)))
        return tuple(kept)
