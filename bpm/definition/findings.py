"""Collects problems while a diagram is read; the reader never stops at the first one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from baton.bpm.definition.problems import Problem, Severity

_SHOWN = 255


class Configured(Protocol):
    """Severities that somebody chose."""

    def applied(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """The problems at their configured severity, without those switched off."""
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the file: the element's id and name (None when it has none) and its 1-based line."""

    id: str | None = None
    name: str | None = None
    line: int = 0


@dataclass(slots=True)
class _Note:
    problem: Problem
    count: int = 1


@dataclass(slots=True)
class Findings:
    """`max_problems` bounds the answer: a broken file of 50,000 elements does not make a 50,000 line list."""

    max_problems: int = 1_000
    _problems: list[Problem] = field(default_factory=list)
    _notes: dict[str, _Note] = field(default_factory=dict)

    def add(self, rule: str, severity: Severity, message: str, fix: str, place: Place) -> None:
        """Record one problem at one place."""
        self._problems.append(
            Problem(
                rule=rule,
                severity=severity,
                message=message,
                fix=fix,
                element_id=_cut(place.id),
                element_name=_cut(place.name),
                line=place.line,
            )
        )

    def error(self, rule: str, message: str, fix: str, place: Place) -> None:
        """Record what keeps the file from being deployed."""
        self.add(rule, Severity.ERROR, message, fix, place)

    def warning(self, rule: str, message: str, fix: str, place: Place) -> None:
        """Record what runs, but perhaps not as meant."""
        self.add(rule, Severity.WARNING, message, fix, place)

    def info(self, rule: str, message: str, fix: str, place: Place) -> None:
        """Record what is good to know."""
        self.add(rule, Severity.INFO, message, fix, place)

    def note_once(self, rule: str, kind: str, message: str, fix: str, place: Place) -> None:
        """Record an info once per `kind`; later ones only count."""
        self._add_once(rule, Severity.INFO, kind, message, fix, place)

    def warn_once(self, rule: str, kind: str, message: str, fix: str, place: Place) -> None:
        """Record a warning once per `kind`; later ones only count."""
        self._add_once(rule, Severity.WARNING, kind, message, fix, place)

    def extend(self, problems: tuple[Problem, ...]) -> None:
        """Take over problems found elsewhere."""
        self._problems.extend(problems)

    def errors(self) -> list[Problem]:
        """All errors so far, in the order they were found, not cut."""
        return [problem for problem in self._problems if problem.severity is Severity.ERROR]

    def problems(self, configured: Configured | None = None) -> tuple[Problem, ...]:
        """All of them by line, errors first on the same line; cut at `max_problems`, errors kept before others."""
        found: Sequence[Problem] = [*self._problems, *(_with_count(note) for note in self._notes.values())]
        if configured is not None:
            found = configured.applied(found)
        kept = sorted(found, key=_severity_order)[: self.max_problems]
        kept.sort(key=lambda problem: (problem.line, _severity_order(problem)))
        left_out = len(found) - len(kept)
        if left_out:
            kept.append(
                Problem(
                    rule="too-many-problems",
                    severity=Severity.INFO,
                    message=f"{left_out} more problems are not listed.",
                    fix="Fix the listed ones and upload again.",
                    line=kept[-1].line if kept else 0,
                )
            )
        return tuple(kept)

    def _add_once(self, rule: str, severity: Severity, kind: str, message: str, fix: str, place: Place) -> None:
        note = self._notes.get(kind)
        if note is not None:
            note.count += 1
            return
        self._notes[kind] = _Note(Problem(rule, severity, message, fix, _cut(place.id), _cut(place.name), place.line))


_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


def _cut(text: str | None) -> str | None:
    """A name of a megabyte is not repeated with every problem."""
    return text[:_SHOWN] if text else None


def _severity_order(problem: Problem) -> int:
    return _ORDER[problem.severity]


def _with_count(note: _Note) -> Problem:
    if note.count == 1:
        return note.problem
    return replace(note.problem, message=f"{note.problem.message} ({note.count} places, this is the first.)")
