"""Regular expressions of XPath 3.1 (XML Schema's with anchors, groups and reluctant quantifiers), with a time limit.

A pattern is read by our own grammar and written anew for the engine, so that nothing of the engine's own syntax
(look-around, code points of its own, fuzzy matching) can be reached, and so that both dialects mean the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

import regex

from baton.bpm.errors import ExpressionLimitError
from baton.bpm.expressions.feel.evaluation import Evaluation
from baton.bpm.expressions.feel.xpath_patterns import PatternError, translate

MAX_PATTERN: Final = 5_000
MAX_SECONDS: Final = 0.5
MAX_TEXT: Final = 500_000
"""The engine may keep a hundred bytes for each character that it might come back to."""
_FLAGS: Final = {"s": regex.DOTALL, "m": regex.MULTILINE, "i": regex.IGNORECASE, "x": 0, "q": 0}
_SHORT: Final = 20


def compile_pattern(pattern: str, flags: str, evaluation: Evaluation) -> Any:
    """The engine's pattern, or None with a note if the pattern or a flag is not valid."""
    if len(pattern) > MAX_PATTERN:
        raise ExpressionLimitError(
            f"The regular expression has {len(pattern)} characters; at most {MAX_PATTERN} are allowed."
        )
    evaluation.budget.spend(10 + (len(pattern) >> 2))
    compiled = _compile(pattern, flags)
    if isinstance(compiled, str):
        evaluation.note(compiled)
        return None
    return compiled


@lru_cache(maxsize=256)
def _compile(pattern: str, flags: str) -> Any:
    """A compiled pattern, or the reason why there is none."""
    bits = regex.VERSION1 | regex.UNICODE
    for flag in flags:
        if flag not in _FLAGS:
            return f"expected flags out of 's', 'm', 'i', 'x', 'q' for a regular expression, found '{flag}'"
        bits |= _FLAGS[flag]
    try:
        return regex.compile(translate(pattern, flags), bits, cache_pattern=False)
    except PatternError as error:
        return f"the regular expression is not valid: {error}"
    except (regex.error, RecursionError, OverflowError):
        return "the regular expression is not valid"


def is_found(pattern: Any, text: str, evaluation: Evaluation) -> bool:
    """Whether the pattern matches anywhere. Raises ExpressionLimitError when it takes too long."""
    seconds = _start(text, evaluation)
    try:
        return pattern.search(text, timeout=seconds, concurrent=len(text) > _SHORT) is not None
    except TimeoutError as error:
        raise _too_slow() from error


def found(pattern: Any, text: str, evaluation: Evaluation) -> list[str]:
    """The text of every match."""
    texts = []
    for match in _matches(pattern, text, evaluation):
        evaluation.budget.elements(1)
        evaluation.budget.text(match.end() - match.start())
        texts.append(match.group())
    return texts


def pieces(pattern: Any, text: str, evaluation: Evaluation) -> list[str]:
    """What stands between the matches."""
    parts = []
    position = 0
    for match in _matches(pattern, text, evaluation):
        evaluation.budget.elements(1)
        evaluation.budget.text(match.start() - position)
        parts.append(text[position : match.start()])
        position = match.end()
    parts.append(text[position:])
    return parts


def replaced(pattern: Any, text: str, replacement: str, evaluation: Evaluation) -> str | None:
    """Every match replaced; `$1` to `$9` are groups. None if the replacement is not valid."""
    template = _template(replacement, pattern.groups)
    if template is None:
        evaluation.note("a replacement has only '$' with a digit, '\\$' and '\\\\' beside plain text")
        return None
    parts = []
    position = 0
    for match in _matches(pattern, text, evaluation):
        parts.append(text[position : match.start()])
        parts.extend(piece if isinstance(piece, str) else match.group(piece) or "" for piece in template)
        evaluation.budget.elements(len(template) + 1)
        evaluation.budget.text(sum(map(len, parts[-len(template) - 1 :])))
        position = match.end()
    parts.append(text[position:])
    return "".join(parts)


def _start(text: str, evaluation: Evaluation) -> float:
    """Charges the run and says how long it may take."""
    if len(text) > MAX_TEXT:
        raise ExpressionLimitError(
            f"A regular expression looks at a text of {len(text)} characters; at most {MAX_TEXT} are allowed."
        )
    budget = evaluation.budget
    budget.spend(5 + (len(text) >> 4))
    return min(MAX_SECONDS, budget.seconds_left())


def _matches(pattern: Any, text: str, evaluation: Evaluation) -> Iterator[Any]:
    seconds = _start(text, evaluation)
    try:
        yield from pattern.finditer(text, timeout=seconds, concurrent=len(text) > _SHORT)
    except TimeoutError as error:
        raise _too_slow() from error


def _too_slow() -> ExpressionLimitError:
    return ExpressionLimitError("A regular expression takes too long for its text; simplify it.")


def _template(replacement: str, groups: int) -> list[str | int] | None:
    """Plain pieces and group numbers; a number takes as many digits as there are groups for."""
    pieces: list[str | int] = []
    position = 0
    while position < len(replacement):
        character = replacement[position]
        following = replacement[position + 1 : position + 2]
        position += 1
        if character == "\\":
            if following not in ("\\", "$"):
                return None
            pieces.append(following)
            position += 1
        elif character == "$":
            if not ("0" <= following <= "9"):
                return None
            number = int(following)
            position += 1
            while position < len(replacement) and replacement[position] in "0123456789":
                longer = number * 10 + int(replacement[position])
                if longer > groups:
                    break
                number = longer
                position += 1
            pieces.append(number if number <= groups else "")
        else:
            pieces.append(character)
    return pieces
