"""Regular expressions of forms, as ECMA 262 has them, in an engine that cannot blow up.

The engine is jsonschema-rs': it knows JavaScript's dialect, look-around included, and gives up after a bounded number
of steps. A pattern matches anywhere in the text unless it has anchors, as in the browser.
"""

from __future__ import annotations

from functools import lru_cache

import jsonschema_rs

OPTIONS = jsonschema_rs.FancyRegexOptions(backtrack_limit=100_000, size_limit=1_000_000, dfa_size_limit=1_000_000)


class PatternError(ValueError):
    """The pattern is not valid, or too large."""


class PatternTooSlow(Exception):
    """The text takes the pattern too many steps."""


class Pattern:
    """Immutable; may be shared by threads."""

    __slots__ = ("_validator", "text")

    def __init__(self, text: str) -> None:
        """Raises `PatternError`."""
        self.text = text
        try:
            self._validator = jsonschema_rs.Draft202012Validator({"pattern": text}, pattern_options=OPTIONS)
        except ValueError as error:
            raise PatternError(f"{text[:120]!r} is not a regular expression of JavaScript, or too large") from error

    def matches(self, text: str) -> bool:
        """Whether it matches anywhere in the text. Raises `PatternTooSlow`."""
        for error in self._validator.iter_errors(text):
            if error.kind.name != "pattern":
                raise PatternTooSlow
            return False
        return True


@lru_cache(maxsize=512)
def compile_pattern(text: str) -> Pattern:
    """Raises `PatternError`."""
    return Pattern(text)
