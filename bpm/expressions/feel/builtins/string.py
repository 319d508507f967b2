"""String functions (DMN 1.5, 10.3.4.3 and Camunda's). Positions are 1-based and count characters, not UTF-16 units."""

from __future__ import annotations

import base64
import uuid as python_uuid

from baton.bpm.expressions.feel import regexes
from baton.bpm.expressions.feel.builtins.registry import builtin
from baton.bpm.expressions.feel.evaluation import Evaluation
from baton.bpm.expressions.feel.values import Value


@builtin("substring", "string: string, start position: integer, length?: integer")
def substring(evaluation: Evaluation, string: str, start: int, length: int | None = None) -> str | None:
    if start == 0 or abs(start) > len(string) or (length is not None and length < 1):
        return None
    first = start - 1 if start > 0 else len(string) + start
    evaluation.budget.text(len(string) - first if length is None else min(length, len(string) - first))
    return string[first:] if length is None else string[first : first + length]


@builtin("string length", "string: string")
def string_length(evaluation: Evaluation, string: str) -> int:
    return len(string)


@builtin("upper case", "string: string")
def upper_case(evaluation: Evaluation, string: str) -> str:
    evaluation.budget.text(len(string))
    return string.upper()


@builtin("lower case", "string: string")
def lower_case(evaluation: Evaluation, string: str) -> str:
    evaluation.budget.text(len(string))
    return string.lower()


@builtin("substring before", "string: string, match: string")
def substring_before(evaluation: Evaluation, string: str, match: str) -> str:
    """Empty if there is no match."""
    evaluation.budget.text(len(string))
    return string.partition(match)[0] if match and match in string else ""


@builtin("substring after", "string: string, match: string")
def substring_after(evaluation: Evaluation, string: str, match: str) -> str:
    """Empty if there is no match; all of it after an empty match."""
    evaluation.budget.text(len(string))
    return string.partition(match)[2] if match else string


@builtin("contains", "string: string, match: string")
def contains(evaluation: Evaluation, string: str, match: str) -> bool:
    _scan(evaluation, string)
    return match in string


@builtin("starts with", "string: string, match: string")
def starts_with(evaluation: Evaluation, string: str, match: str) -> bool:
    _scan(evaluation, match)
    return string.startswith(match)


@builtin("ends with", "string: string, match: string")
def ends_with(evaluation: Evaluation, string: str, match: str) -> bool:
    _scan(evaluation, match)
    return string.endswith(match)


@builtin("trim", "string: string")
def trim(evaluation: Evaluation, string: str) -> str:
    evaluation.budget.text(len(string))
    return string.strip()


@builtin("is blank", "string: string")
def is_blank(evaluation: Evaluation, string: str) -> bool:
    _scan(evaluation, string)
    return not string.strip()


@builtin("matches", "input: string, pattern: string, flags?: string|null")
def matches(evaluation: Evaluation, text: str, pattern: str, flags: str | None = None) -> bool | None:
    compiled = regexes.compile_pattern(pattern, flags or "", evaluation)
    return None if compiled is None else regexes.is_found(compiled, text, evaluation)


@builtin("replace", "input: string, pattern: string, replacement: string, flags?: string|null")
def replace(evaluation: Evaluation, text: str, pattern: str, replacement: str, flags: str | None = None) -> str | None:
    compiled = regexes.compile_pattern(pattern, flags or "", evaluation)
    return None if compiled is None else regexes.replaced(compiled, text, replacement, evaluation)


@builtin("split", "string: string, delimiter: string")
def split(evaluation: Evaluation, string: str, delimiter: str) -> list[str] | None:
    compiled = regexes.compile_pattern(delimiter, "", evaluation)
    return None if compiled is None else regexes.pieces(compiled, string, evaluation)


@builtin("extract", "string: string, pattern: string")
def extract(evaluation: Evaluation, string: str, pattern: str) -> list[str] | None:
    """All matches of the pattern."""
    compiled = regexes.compile_pattern(pattern, "", evaluation)
    return None if compiled is None else regexes.found(compiled, string, evaluation)


@builtin(
    "string join",
    "list: list, delimiter?: string|null",
    "list: list, delimiter: string|null, prefix: string, suffix: string",
)
def string_join(
    evaluation: Evaluation, items: list[Value], delimiter: str | None = None, prefix: str = "", suffix: str = ""
) -> str | None:
    """Null items are left out; any other that is no string makes the result null."""
    texts = [item for item in items if item is not None]
    if any(type(text) is not str for text in texts):
        return None
    between = delimiter or ""
    evaluation.budget.spend(len(texts))
    evaluation.budget.text(sum(map(len, texts)) + len(between) * len(texts) + len(prefix) + len(suffix))
    return prefix + between.join(texts) + suffix


@builtin("uuid")
def uuid(evaluation: Evaluation) -> str:
    """A random one, version 4."""
    return str(python_uuid.UUID(int=evaluation.random.getrandbits(128), version=4))


@builtin("to base64", "value: string")
def to_base64(evaluation: Evaluation, value: str) -> str:
    """Of the text's UTF-8 bytes."""
    evaluation.budget.text(2 * len(value))
    return base64.b64encode(value.encode("utf-8", "replace")).decode("ascii")


def _scan(evaluation: Evaluation, string: str) -> None:
    evaluation.budget.compare(len(string))
