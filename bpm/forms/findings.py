"""Problems of one form, collected while it is read; each names the component and its path in the file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from baton.bpm.definition.elements import Expression, Language
from baton.bpm.definition.problems import Problem, Severity
from baton.bpm.errors import ExpressionSyntaxError
from baton.bpm.forms.formulas import Formula
from baton.bpm.forms.limits import LIMITS


class Findings:
    """Keeps every problem once, and at most `LIMITS.max_problems` of them."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.has_errors = False

    def add(
        self, severity: Severity, rule: str, message: str, fix: str, *, id: str | None = None, name: str | None = None
    ) -> None:
        self.has_errors = self.has_errors or severity is Severity.ERROR
        problem = Problem(rule, severity, message, fix, element_id=id, element_name=name)
        if len(self.problems) < LIMITS.max_problems and problem not in self.problems:
            self.problems.append(problem)


class Component:
    """One component of a form file: typed looks at its members, each recording what is not as expected."""

    def __init__(self, members: Mapping[str, Any], place: str, findings: Findings) -> None:
        self.members = members
        self.place = place
        self.findings = findings

    @property
    def type(self) -> str:
        """The component's type as written."""
        found = self.members.get("type")
        return found if isinstance(found, str) else ""

    def error(self, rule: str, message: str, fix: str) -> None:
        self._add(Severity.ERROR, rule, message, fix)

    def warning(self, rule: str, message: str, fix: str) -> None:
        self._add(Severity.WARNING, rule, message, fix)

    def info(self, rule: str, message: str, fix: str) -> None:
        self._add(Severity.INFO, rule, message, fix)

    def _add(self, severity: Severity, rule: str, message: str, fix: str) -> None:
        id_ = self.members.get("id")
        label = self.members.get("label")
        self.findings.add(
            severity,
            rule,
            f"{self.place} ({self.type[:60] or 'without type'}): {message}",
            fix,
            id=id_[:255] if isinstance(id_, str) else None,
            name=label[:255] if isinstance(label, str) else None,
        )

    def inside(self, name: str) -> Component:
        """A member that is an object; an empty one if it is missing or something else."""
        found = self.members.get(name)
        if found is not None and not isinstance(found, dict):
            self.error("form-component", f"Expected '{name}' to be an object.", "Correct it, or draw the field again.")
        members = found if isinstance(found, dict) else {}
        return Component(
            {**members, "id": self.members.get("id"), "type": self.type}, f"{self.place}.{name}", self.findings
        )

    def text(self, name: str) -> str:
        """A text; empty if missing, and of anything else its words."""
        found = self.members.get(name)
        if found is None:
            return ""
        return found if isinstance(found, str) else str(found)[:1000]

    def formula(self, name: str, text: Any = None) -> Formula | None:
        """A FEEL expression with or without its `=`; None if there is none or it cannot be read."""
        text = self.members.get(name) if text is None else text
        if not isinstance(text, str) or not text.strip().removeprefix("=").strip():
            return None
        try:
            return Formula(Expression(text.strip().removeprefix("=").strip(), Language.FEEL))
        except ExpressionSyntaxError as error:
            self.error(
                "form-expression",
                f"'{name}' is not valid FEEL: {error.message[:300]}",
                "Correct the expression, for example =amount > 100.",
            )
            return None

    def setting(self, name: str) -> bool | Formula:
        """True or false, or an expression that yields it."""
        found = self.members.get(name)
        if found is None or isinstance(found, bool):
            return bool(found)
        if isinstance(found, str):
            if found.strip().startswith("="):
                return self.formula(name) or False
            if found.strip().lower() in ("true", "false", ""):
                return found.strip().lower() == "true"
        self.error(
            "form-component",
            f"Expected '{name}' to be true, false or an expression that begins with '='.",
            "Correct it.",
        )
        return False
