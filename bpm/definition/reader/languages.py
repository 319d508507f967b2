"""Which language an expression is written in: the one named, else by its marks, else the file's."""

from __future__ import annotations

from baton.bpm.definition.elements import Expression, Language
from baton.bpm.definition.reader.context import Context
from baton.bpm.definition.texts import marked_expression


def named_language(value: str) -> Language | None:
    """The language an `expressionLanguage` or `language` attribute names, None if it is none of ours."""
    lower = value.lower()
    if "javascript" in lower or lower in ("js", "ecmascript"):
        return Language.JAVASCRIPT
    if "python" in lower:
        return Language.PYTHON
    if "feel" in lower:
        return Language.FEEL
    if "juel" in lower:
        return Language.JUEL
    return None


def expression_of(body: str, named: Language | None, context: Context) -> Expression:
    """`body` in its language; without any word or mark it is the dialect's, else FEEL."""
    marked = marked_expression(body)
    language = named or context.expression_language or context.dialect.expression_language
    if named is None and language is Language.JAVASCRIPT:
        # A file's own default says little: what is no script by its own word is read by its marks.
        language = None
    if named is None and marked is not None and language is Language.PYTHON:
        return marked
    if language is None:
        return marked or Expression(body, Language.FEEL)
    if language is Language.FEEL:
        return Expression(body.removeprefix("=").strip(), Language.FEEL)
    return Expression(body, language)
