"""Regular expressions of forms, as ECMA 262 has them, in engines that cannot blow up.

The engines are jsonschema-rs': they know JavaScript's dialect. A plain pattern takes time linear in its text. One with
look-around or back-references runs on the engine that has them, which gives up after a bounded number of steps, and
only on short texts, since it may look at the whole text from every place in it. A pattern matches anywhere in the text
unless it has anchors, as in the browser.
"""

from __future__ import annotations

from functools import lru_cache

import jsonschema_rs

LONGEST_TEXT = 2_000
_LINEAR = jsonschema_rs.RegexOptions(size_limit=1_000_000, dfa_size_limit=1_000_000)
_BACKTRACKING = jsonschema_rs.FancyRegexOptions(backtrack_limit=100_000, size_limit=1_000_000, dfa_size_limit=1_000_000)


class PatternError(ValueError):
    """The pattern is not valid, or too large."""


class PatternTooSlow(Exception):
    """The text takes the pattern too many steps."""


class Pattern:
    """Immutable; may be shared by threads."""

    __slots__ = ("_is_linear", "_validator", "text")

    def __init__(self, text: str) -> None:
        """Raises `PatternError`."""
        self.text = text
        self._is_linear = True
        try:
            self._validator = _compile(text, _LINEAR)
        except ValueError:
            self._is_linear = False
            try:
                self._validator = _compile(text, _BACKTRACKING)
            except ValueError as error:
                raise PatternError(f"{text[:120]!r} is not a regular expression of JavaScript, or too large") from error

    def matches(self, text: str) -> bool:
        """Whether it matches anywhere in the text. Raises `PatternTooSlow`."""
        if not self._is_linear and len(text) > LONGEST_TEXT:
            raise PatternTooSlow
        for error in self._validator.iter_errors(text):
            if error.kind.name != "pattern":
                raise PatternTooSlow
            return False
        return True


def _compile(
    text: str, options: jsonschema_rs.RegexOptions | jsonschema_rs.FancyRegexOptions
) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator({"pattern": text}, pattern_options=options)


@lru_cache(maxsize=512)
def compile_pattern(text: str) -> Pattern:
    """Raises `PatternError`."""
    return Pattern(text)
