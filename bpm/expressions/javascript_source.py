"""A JavaScript script looked at from outside: which variables it needs, and Java that it plainly asks for.

Nothing here reads JavaScript as a language does; quickjs does that, in a worker. What is looked for are words, and
whoever hides one (`this["get" + "Variable"]`) is given all variables.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from baton.bpm import errors
from baton.bpm.expressions.feel.cache import SCRIPTS, CompiledTexts

MAX_TEXT = 50_000
"""Characters of a script; longer ones are refused unread."""

NO_JAVA = (
    "there is no Java; use JavaScript's own Date, Math, JSON and strings, and a service task or a job worker for "
    "everything else."
)
NO_SPIN = (
    "Camunda Spin is not there, because JSON is a plain object: write order.customer.name, JSON.parse(text) and "
    "JSON.stringify(value)."
)

_WORD = re.compile(r"[\w$]+")
_HIDDEN = re.compile(
    r"\\|\b(?:this|globalThis|eval|Function|constructor|with|getVariables|getVariableNames|variables)\b"
)
_BY_NAME = re.compile(r"""\.\s*(?:get|has)Variable(?:Local)?\s*\(\s*(?:"[^"\\\n]*"|'[^'\\\n]*')\s*\)""")
_ANY_NAME = re.compile(r"(?:get|has)Variable(?:Local)?\b")
_EXECUTION = re.compile(r"\bexecution\b(?!\s*\.\s*\w)")
_FURNISHED = re.compile(r"\b(?:Date|console|print|typed|performance)\b")
_NO_CODE = re.compile(r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`""", re.DOTALL)
_JAVA = re.compile(
    r"\bJava\s*\.\s*(?:type|extend|from|to|super)\b|\b(?:importPackage|importClass|JavaImporter)\s*\(|"
    r"\bPackages\s*\.|(?<![.\w$])javax?\s*\.\s*(?:util|lang|io|text|time|math|net|sql|nio)\b|\borg\s*\.\s*camunda\b"
)
_SPIN = re.compile(r"(?<![.\w$])S\s*\(")
_OWN_S = re.compile(r"\b(?:function|var|let|const)\s+S\b|(?<![.\w$])S\s*=")


@dataclass(frozen=True, slots=True)
class JavaScriptSource:
    """`words` are all it contains; `reads_any` is set where the variables it reads cannot be told from its text.

    `furnished` is set if it names what only some scripts need: `Date`, `console`, `print`, `typed`.
    """

    text: str
    encoded: bytes
    words: frozenset[str]
    reads_any: bool
    reads_local: bool
    asks_execution: bool
    furnished: bool

    def needed(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        """The variables to hand over: no others can make a difference."""
        if self.reads_any:
            return dict(variables)
        return {name: variables[name] for name in variables if self._names(name)}

    def _names(self, name: str) -> bool:
        return name in self.words or (name in self.text if _WORD.fullmatch(name) is None else False)


_prepared: CompiledTexts[JavaScriptSource] = CompiledTexts(SCRIPTS)


def prepare(text: str) -> JavaScriptSource:
    """Raises `ExpressionSyntaxError` for what is too long, no text, or Java; the syntax is not looked at."""
    return _prepared.get(text, None, lambda: _prepare(text))


def _prepare(text: str) -> JavaScriptSource:
    if len(text) > MAX_TEXT:
        raise errors.ExpressionSyntaxError(
            f"Expected a script of at most {MAX_TEXT:,} characters, but found {len(text):,}."
        )
    source = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in source:
        raise errors.ExpressionSyntaxError("Expected JavaScript without the NUL character.", position=text.index("\0"))
    try:
        encoded = source.encode()
    except UnicodeEncodeError as error:
        raise errors.ExpressionSyntaxError("Expected Unicode text, but found half a surrogate pair.") from error
    _refuse_java(source)
    hidden = _HIDDEN.search(source) is not None or _EXECUTION.search(source) is not None
    reads_any = hidden or _ANY_NAME.search(_BY_NAME.sub("", source)) is not None
    return JavaScriptSource(
        text=source,
        encoded=encoded,
        words=frozenset(_WORD.findall(source)),
        reads_any=reads_any,
        reads_local=reads_any or "Local" in source,
        asks_execution=reads_any or "execution" in source,
        furnished=reads_any or _FURNISHED.search(source) is not None,
    )


def _refuse_java(source: str) -> None:
    # Strings and comments are blanked, so that positions stay.
    code = _NO_CODE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), source)
    for pattern, instead in ((_JAVA, NO_JAVA), (_SPIN, NO_SPIN)):
        found = pattern.search(code)
        if found is None or (pattern is _SPIN and _OWN_S.search(code)):
            continue
        line = code.count("\n", 0, found.start()) + 1
        column = found.start() - code.rfind("\n", 0, found.start())
        raise errors.ExpressionSyntaxError(
            f"Expected JavaScript without {found[0].strip()!r} in line {line}, column {column}: {instead}",
            position=found.start(),
        )
