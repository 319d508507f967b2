"""How people name the options of a decision: by id, by name, or by number from 1 on."""

from __future__ import annotations

from collections.abc import Sequence

from baton.bpm.errors import InvalidCommand


def chosen_ids(words: Sequence[str], options: Sequence[dict[str, str]]) -> tuple[str, ...]:
    """The ids that the words mean; an id comes first, then a name (large and small letters alike), then a number.

    A word that means nothing is kept as it is. Raises `InvalidCommand` if a name is that of several options.
    """
    return tuple(_id_of(word, options) for word in words)


def _id_of(word: str, options: Sequence[dict[str, str]]) -> str:
    if any(option["id"] == word for option in options):
        return word
    named = [option["id"] for option in options if _plain(option["name"]) == _plain(word)]
    if len(named) == 1:
        return named[0]
    if named:
        ids = ", ".join(f"'{id_}'" for id_ in named)
        raise InvalidCommand(
            f"Expected a decision that means one option, found '{word[:80]}', the name of {ids}: give the id",
            field="decision",
        )
    number = word.strip()
    if number.isascii() and number.isdecimal() and len(number) < 6 and 1 <= int(number) <= len(options):
        return options[int(number) - 1]["id"]
    return word


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
