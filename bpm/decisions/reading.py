"""What all readers of one file share: the problems found, the types, the names, and how texts become code.

A text that cannot be compiled is a problem and evaluates to null, so that one reading finds everything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from baton.bpm.decisions import documents
from baton.bpm.decisions.item_types import ItemType
from baton.bpm.decisions.juel_texts import compile_juel, compile_juel_test
from baton.bpm.decisions.names import Names
from baton.bpm.definition import xml
from baton.bpm.definition.elements import Language
from baton.bpm.definition.findings import Findings
from baton.bpm.definition.xml import Element
from baton.bpm.errors import ExpressionSyntaxError
from baton.bpm.expressions import feel
from baton.bpm.expressions.feel import operators
from baton.bpm.expressions.feel.code import Code, TestCode
from baton.bpm.expressions.feel.evaluation import Frame
from baton.bpm.expressions.feel.types import TypeTest
from baton.bpm.expressions.feel.values import Value

MAX_BOXES: Final = 50
CHECK_STEPS: Final = 1_000_000
_SHOWN: Final = 120
_PLACE_SHOWN: Final = 400


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an expression stands: `place` in words for messages, the names it sees, and how deep boxes nest.

    `owner` is the name and `result` the type of the decision or function whose logic it is.
    """

    place: str
    names: Names
    owner: str = ""
    result: ItemType | None = None
    depth: int = 0

    def inside(self, *names: str) -> Scope:
        """One box further in, with these names known as well."""
        known = Names.of(names, self.names) if names else self.names
        return replace(self, names=known, depth=self.depth + 1, result=None)

    def at(self, place: str) -> Scope:
        """The same names at a place of this place."""
        return replace(self, place=f"{self.place}, {place}")


CompileBoxed = Callable[[Element, Scope, "Reading"], Code]


class Reading:
    """One file being read. `types` is filled before any expression is compiled."""

    def __init__(self, root: Element, findings: Findings, compile_boxed: Mapping[str, CompileBoxed]) -> None:
        self.root = root
        self.findings = findings
        self.types: dict[str, ItemType] = {}
        self.own_types: frozenset[str] = frozenset()
        self.type_tests: dict[str, TypeTest] = {}
        self.import_names: dict[str, str] = {}
        """Namespace to the name under which it is imported."""
        self.check_steps = CHECK_STEPS
        """What is left for looking for overlaps and gaps in tables; without any they are not looked for."""
        self._compile_boxed = compile_boxed
        self._language = xml.attribute(root, "expressionLanguage")

    def boxed(self, parent: Element | None, scope: Scope) -> Code | None:
        """The code of the parent's boxed expression; None if it has none."""
        box = documents.child(parent, *self._compile_boxed)
        return None if box is None else self.box(box, scope)

    def boxes(self, parent: Element, scope: Scope) -> list[Code]:
        """The code of each of the parent's boxed expressions."""
        return [self.box(box, scope) for box in documents.children(parent, *self._compile_boxed)]

    def box(self, box: Element, scope: Scope) -> Code:
        """The code of one boxed expression."""
        if scope.depth > MAX_BOXES:
            self.error("too-deep", scope, box, f"boxed expressions nest more than {MAX_BOXES} deep", "Use fewer boxes.")
            return null
        return self._compile_boxed[xml.local_name(box)](box, scope, self)

    def required_box(self, parent: Element, name: str, scope: Scope) -> Code:
        """The boxed expression in the child of that name, such as `if` or `return`."""
        code = self.boxed(documents.child(parent, name), scope)
        if code is None:
            self.error("expression-missing", scope, parent, f"the part '{name}' is missing", "Fill it in.")
            return null
        return code

    def expression(self, holder: Element, scope: Scope) -> Code:
        """The code of the FEEL text in the element; null for an empty text."""
        text = documents.text(holder)
        language = self._language_of(holder, scope) if text else None
        if language is None:
            return null
        try:
            if language is Language.JUEL:
                return compile_juel(text, _named(scope))
            compiled = feel.compile_expression(text, scope.names.used_in(text), types=self.type_tests or None)
        except ExpressionSyntaxError as error:
            self._syntax_error(holder, text, scope, error, language)
            return null
        self._warn(holder, scope, compiled.warnings)
        return compiled.code

    def tests(self, holder: Element, scope: Scope, tested: tuple[str, ...] = ()) -> TestCode | None:
        """The code of the unary tests in the element; None if every value passes.

        `tested` are names by which the tested value is known besides FEEL's `?`.
        """
        text = documents.text(holder)
        if text in ("", "-"):
            return None
        language = self._language_of(holder, scope)
        if language is None:
            return never
        try:
            if language is Language.JUEL:
                return compile_juel_test(text, _named(scope), tested)
            compiled = feel.compile_unary_tests(text, scope.names.used_in(text), types=self.type_tests or None)
        except ExpressionSyntaxError as error:
            self._syntax_error(holder, text, scope, error, language)
            return never
        self._warn(holder, scope, compiled.warnings)
        used = [name for name in tested if name in compiled.names]
        return self._condition(text, scope, used) or compiled.test if used else compiled.test

    def _condition(self, text: str, scope: Scope, names: Sequence[str]) -> TestCode | None:
        """A cell that says by a name what it tests, as Camunda 7 allows: a condition. None if it is not one."""
        try:
            code = feel.compile_expression(text, scope.names.used_in(text), types=self.type_tests or None).code
        except ExpressionSyntaxError:
            return None

        def test(value: Value, frame: Frame) -> bool | None:
            found = code(frame.inner(dict.fromkeys(names, value)))
            return found if type(found) is bool else operators.satisfies(value, found, frame.evaluation)

        return test

    def error(self, rule: str, scope: Scope, element: Element, message: str, fix: str) -> None:
        """Records what keeps the file from being deployed; the message continues the scope's place."""
        self.findings.error(rule, f"{_named(scope)}: {message}.", fix, xml.place(element))

    def warning(self, rule: str, scope: Scope, element: Element, message: str, fix: str) -> None:
        """Records what runs, but perhaps not as meant."""
        self.findings.warning(rule, f"{_named(scope)}: {message}.", fix, xml.place(element))

    def is_feel(self, holder: Element) -> bool:
        """Whether the element's text is FEEL."""
        named = self._named_language(holder)
        return not named or "feel" in named.lower()

    def _named_language(self, holder: Element) -> str:
        return xml.attribute(holder, "expressionLanguage") or self._language

    def _language_of(self, holder: Element, scope: Scope) -> Language | None:
        """What the text is written in, said by the element or else by the file; None for a language that is not run.

        Where nothing is said it is FEEL, also in Camunda 7's files: its modeler has written FEEL since 7.13.
        """
        if self.is_feel(holder):
            return Language.FEEL
        named = self._named_language(holder)
        if named.lower() == Language.JUEL:
            return Language.JUEL
        self.error(
            "expression-language",
            scope,
            holder,
            f"the language is '{named[:_SHOWN]}', expected FEEL or JUEL",
            "Write the expression in FEEL and remove the attribute 'expressionLanguage'.",
        )
        return None

    def _syntax_error(
        self, holder: Element, text: str, scope: Scope, error: ExpressionSyntaxError, language: Language
    ) -> None:
        place = replace(xml.place(holder), line=documents.line_of_text(holder))
        shown = text if len(text) <= _SHOWN else text[:_SHOWN] + "..."
        self.findings.error(
            "expression-syntax",
            f"{_named(scope)}: the {language.upper()} text '{shown}' cannot be read: {error.message}",
            "Correct the expression in the modeler.",
            place,
        )

    def _warn(self, holder: Element, scope: Scope, warnings: tuple[str, ...]) -> None:
        for warning in warnings:
            self.warning("expression-doubtful", scope, holder, warning, "Check names and spelling.")


def null(frame: Frame) -> Value:
    """The code of what is missing."""
    return None


def never(value: Value, frame: Frame) -> bool:
    """The test of what cannot be read."""
    return False


def _named(scope: Scope) -> str:
    """The place at the start of a message; a name of a megabyte is not repeated with every problem."""
    place = scope.place if len(scope.place) <= _PLACE_SHOWN else scope.place[:_PLACE_SHOWN] + "..."
    return capital(place)


def capital(text: str) -> str:
    """The sentence with a capital letter at its start."""
    return text[:1].upper() + text[1:]
