"""XPath 3.1's regular expressions translated for the package `regex` (version 1 behaviour)."""

from __future__ import annotations

from typing import Final

import regex

_MAX_NESTING: Final = 40
_MAX_REPEAT: Final = 10_000
_NAME_START: Final = r"\p{L}\p{Nl}_:"
_NAME: Final = r"\p{L}\p{N}\p{M}_:.\-\u00B7"
_CLASSES: Final = {
    "s": r"[ \t\n\r]",
    "S": r"[^ \t\n\r]",
    "d": r"\p{Nd}",
    "D": r"\P{Nd}",
    "w": r"[^\p{P}\p{Z}\p{C}]",
    "W": r"[\p{P}\p{Z}\p{C}]",
    "i": f"[{_NAME_START}]",
    "I": f"[^{_NAME_START}]",
    "c": f"[{_NAME}]",
    "C": f"[^{_NAME}]",
}
_CONTROLS: Final = {"n": "\n", "r": "\r", "t": "\t"}
_LITERALS: Final = frozenset("\\|.?*+(){}$-[]^/ #")
_SUBCATEGORIES: Final = {"L": "ultmo", "M": "nce", "N": "dlo", "P": "cdseifo", "Z": "slp", "S": "mcko", "C": "cfon"}
_CATEGORIES: Final = frozenset(_SUBCATEGORIES) | {
    major + minor for major in _SUBCATEGORIES for minor in _SUBCATEGORIES[major]
}


class PatternError(ValueError):
    """The pattern is not XPath's; says what was expected and where."""


def translate(pattern: str, flags: str = "") -> str:
    """The same pattern for the engine. Raises PatternError."""
    if "q" in flags:
        return str(regex.escape(pattern, special_only=False))
    if "x" in flags:
        pattern = _without_blanks(pattern)
    return _Translator(pattern, flags).whole()


def _without_blanks(pattern: str) -> str:
    """Flag x: blanks count only inside character classes."""
    kept = []
    level = 0
    is_escaped = False
    for character in pattern:
        if not is_escaped and character == "[":
            level += 1
        elif not is_escaped and character == "]":
            level = max(0, level - 1)
        if level or character not in " \t\n\r":
            kept.append(character)
        is_escaped = character == "\\" and not is_escaped
    return "".join(kept)


class _Translator:
    def __init__(self, pattern: str, flags: str) -> None:
        self._pattern = pattern
        self._position = 0
        self._groups = 0
        self._open: list[int] = []
        self._any = "." if "s" in flags else r"[^\n\r]"
        self._end = "$" if "m" in flags else r"\Z"

    def whole(self) -> str:
        written = self._alternatives(0)
        if self._position < len(self._pattern):
            raise self._error("the end of the pattern")
        return written

    def _peek(self) -> str:
        return self._pattern[self._position : self._position + 1]

    def _next(self) -> str:
        character = self._peek()
        self._position += 1
        return character

    def _accept(self, text: str) -> bool:
        if self._pattern.startswith(text, self._position):
            self._position += len(text)
            return True
        return False

    def _error(self, expected: str) -> PatternError:
        found = repr(self._peek()) if self._peek() else "the end"
        return PatternError(f"expected {expected}, found {found} at position {self._position}")

    def _alternatives(self, depth: int) -> str:
        if depth > _MAX_NESTING:
            raise self._error(f"at most {_MAX_NESTING} levels of groups")
        written: list[str] = []
        while True:
            character = self._peek()
            if character == "" or character == ")":
                return "".join(written)
            if self._accept("|"):
                written.append("|")
            else:
                written.append(self._piece(depth))

    def _piece(self, depth: int) -> str:
        if self._accept("^"):
            return "^"
        if self._accept("$"):
            return self._end
        atom = self._atom(depth)
        return atom + self._quantifier()

    def _quantifier(self) -> str:
        character = self._peek()
        if character in ("?", "*", "+") and character:
            self._position += 1
            written = character
        elif character == "{":
            written = self._counted()
        else:
            return ""
        if self._accept("?"):
            written += "?"
        if self._peek() in ("?", "*", "+", "{") and self._peek():
            raise self._error("an atom")
        return written

    def _counted(self) -> str:
        self._position += 1
        low = self._number()
        if low is None:
            raise self._error("a number")
        high = low
        if self._accept(","):
            high = self._number() or ""
        if not self._accept("}"):
            raise self._error("'}'")
        if high and int(high) < int(low):
            raise self._error("a larger number")
        return f"{{{low},{high}}}" if high != low else f"{{{low}}}"

    def _number(self) -> str | None:
        start = self._position
        while self._peek() in "0123456789" and self._peek():
            self._position += 1
        digits = self._pattern[start : self._position]
        if not digits:
            return None
        if len(digits) > 5 or int(digits) > _MAX_REPEAT:
            raise self._error(f"at most {_MAX_REPEAT} repetitions")
        return str(int(digits))

    def _atom(self, depth: int) -> str:
        if self._accept("("):
            return self._group(depth)
        character = self._peek()
        if character == "[":
            self._position += 1
            return self._class(depth)
        if character == ".":
            self._position += 1
            return self._any
        if character == "\\":
            return self._escape()
        if character in ("?", "*", "+", "{", "}", "]"):
            raise self._error("an atom")
        self._position += 1
        return str(regex.escape(character, special_only=False))

    def _group(self, depth: int) -> str:
        if self._accept("?:"):
            opening = "(?:"
        else:
            self._groups += 1
            self._open.append(self._groups)
            opening = "("
        inner = self._alternatives(depth + 1)
        if not self._accept(")"):
            raise self._error("')'")
        if opening == "(":
            self._open.pop()
        return f"{opening}{inner})"

    def _escape(self) -> str:
        self._position += 1
        character = self._peek()
        if character.isascii() and character.isdigit():
            return self._back_reference()
        return self._common_escape()

    def _back_reference(self) -> str:
        number = int(self._next())
        while self._peek() in "0123456789" and self._peek() and number * 10 + int(self._peek()) <= self._groups:
            number = number * 10 + int(self._next())
        if number == 0 or number > self._groups or number in self._open:
            raise self._error("the number of a group that is closed")
        return f"(?:\\{number})"

    def _common_escape(self) -> str:
        """After the backslash: what means the same in and out of classes."""
        character = self._next()
        if character in ("p", "P"):
            return self._property(character)
        if character in _CLASSES:
            return _CLASSES[character]
        if character in _CONTROLS:
            return str(regex.escape(_CONTROLS[character], special_only=False))
        if character and character in _LITERALS:
            return "\\" + character
        self._position -= 1
        raise self._error("a character that may be escaped")

    def _property(self, letter: str) -> str:
        if not self._accept("{"):
            raise self._error("'{'")
        end = self._pattern.find("}", self._position)
        if end < 0:
            raise self._error("'}'")
        name = self._pattern[self._position : end]
        if name in _CATEGORIES:
            written = f"\\{letter}{{{name}}}"
        elif name.startswith("Is") and name[2:].replace("-", "").isalnum() and name.isascii():
            written = f"\\{letter}{{In{name[2:]}}}"
        else:
            raise self._error("a Unicode category or block")
        self._position = end + 1
        return written

    def _class(self, depth: int) -> str:
        """After the opening bracket."""
        if depth > _MAX_NESTING:
            raise self._error(f"at most {_MAX_NESTING} levels of classes")
        negation = "^" if self._accept("^") else ""
        written: list[str] = []
        while not self._accept("]"):
            if self._peek() == "":
                raise self._error("']'")
            if written and self._accept("-["):
                removed = self._class(depth + 1)
                if not self._accept("]"):
                    raise self._error("']'")
                return f"[[{negation}{''.join(written)}]--{removed}]"
            written.append(self._class_item())
        if not written:
            raise self._error("a character in the class")
        return f"[{negation}{''.join(written)}]"

    def _class_item(self) -> str:
        start, is_single = self._class_character()
        if not is_single or self._peek() != "-" or self._pattern[self._position + 1 : self._position + 2] in ("]", "["):
            return start
        self._position += 1
        end, is_single = self._class_character()
        if not is_single:
            raise self._error("the last character of a range")
        if _plain(end) < _plain(start):
            raise self._error("a range in order")
        return f"{start}-{end}"

    def _class_character(self) -> tuple[str, bool]:
        character = self._peek()
        if character == "\\":
            self._position += 1
            is_single = self._peek() not in ("p", "P") and self._peek() not in _CLASSES
            return self._common_escape(), is_single
        if character in ("[", ""):
            raise self._error("a character of a class")
        self._position += 1
        return "\\" + character if not character.isalnum() and character.isascii() else character, True


def _plain(written: str) -> str:
    return written[1:] if len(written) > 1 else written
