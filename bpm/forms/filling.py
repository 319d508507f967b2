"""What people type into the inputs of a page, as the variables of its form.

A text stands under the path of its field, `customer.name`; in a row of a list under `items[2].price`. The numbers of
rows may have gaps: rows that are empty are none. Texts that do not fit their field stay texts, and are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import msgspec

from baton.bpm import errors, values
from baton.bpm.forms import paths
from baton.bpm.forms.conversion import decimal_of
from baton.bpm.forms.model import FieldType, Number
from baton.bpm.forms.paths import Way
from baton.bpm.forms.show import TYPED_AS_JSON, ShownField, ShownGroup, ShownPart
from baton.bpm.values.json_depth import nests_deeper

Texts = Mapping[str, list[str]]
_INDEX = re.compile(r"\[(\d{1,6})\]")
_DEEPEST = 16


def filled(
    parts: Iterable[ShownPart], texts: Texts, existing: Mapping[str, Any], *, without_empty: bool = False
) -> dict[str, Any]:
    """The variables of a page's inputs; objects keep the members that the form does not have.

    `without_empty`: what was empty and stays so is left out, as JSON Schema has it; else it is null.
    """
    filling = _Filling(texts, existing, _rows(texts), {}, without_empty)
    for part in parts:
        filling.take(part)
    return filling.variables


def opened(
    parts: Iterable[ShownPart],
    texts: Texts,
    existing: Mapping[str, Any],
    before: Iterable[ShownPart],
    variables: Mapping[str, Any],
    *,
    without_empty: bool = False,
) -> dict[str, Any]:
    """`variables`, made of the parts `before` by `filled`, with the fields that they let appear and that were sent."""
    kept = {name: paths.copy(value) for name, value in variables.items()}
    filling = _Filling(texts, existing, _rows(texts), kept, without_empty, frozenset(_seen(before)))
    for part in parts:
        filling.take(part)
    return filling.variables


def _seen(parts: Iterable[ShownPart]) -> Iterator[str]:
    """The paths of the fields that are not hidden and in no list."""
    for part in parts:
        if isinstance(part, ShownField):
            if not part.hidden:
                yield part.field
        elif not part.repeats:
            yield from _seen(part.rows[0])


def typed(field: ShownField, texts: list[str]) -> Any:
    """The texts of a page's input as the value the field expects; what does not fit stays a text and is refused.

    `texts` are the values that the browser sent for the field; none is an unticked box or nothing chosen.
    """
    text = texts[-1] if texts else ""
    if field.type is FieldType.BOOLEAN and not field.repeats:
        return text not in ("", "false")
    if field.type in (FieldType.CHOICE, FieldType.CHOICES):
        chosen = [_choice(field, text) for text in texts if text != ""]
        return chosen if field.type is FieldType.CHOICES else (chosen[0] if chosen else None)
    if field.item is not None:
        return [_simple(field.item, text) for text in texts if text.strip() != ""]
    if field.type in TYPED_AS_JSON:
        return field.value if _line_ends(text) == _line_ends(field.text) else _json(text)
    return _simple(field.type, text)


def _simple(type_: FieldType, text: str) -> Any:
    if text.strip() == "":
        return None
    if type_ is FieldType.BOOLEAN:
        return {"true": True, "false": False}.get(text.strip(), text)
    if type_ in (FieldType.NUMBER, FieldType.INTEGER):
        number = decimal_of(text.strip())
        return text if number is None else _whole(number)
    return text


def _whole(number: Number) -> Number:
    if isinstance(number, Decimal) and abs(number.adjusted()) < 100 and number == number.to_integral_value():
        return int(number)
    return number


def _json(text: str) -> Any:
    if text.strip() == "":
        return None
    if nests_deeper(text.encode(errors="replace"), values.DEFAULT_LIMITS.max_depth):
        return text
    try:
        return values.from_json(msgspec.json.decode(text), None, field="value")
    except (msgspec.DecodeError, RecursionError, errors.InvalidCommand):
        return text


def _line_ends(text: str) -> str:
    """Browsers send every end of line as two characters."""
    return text.replace("\r\n", "\n")


def _choice(field: ShownField, text: str) -> Any:
    """Choices are sent by their place in the list, because their values may be anything."""
    options = field.options or ()
    if text.isascii() and text.isdigit() and len(text) < 9 and int(text) < len(options):
        return options[int(text)].value
    return text


# --- rows --------------------------------------------------------------------------------------------------------


def _rows(texts: Texts) -> dict[str, set[int]]:
    """The numbers of the rows that were sent, by the path of their list."""
    found: dict[str, set[int]] = {}
    for name in texts:
        for place, _ in zip(_INDEX.finditer(name), range(_DEEPEST), strict=False):
            found.setdefault(name[: place.start()], set()).add(int(place.group(1)))
    return found


def _moved(part: ShownPart, old: Way, new: Way) -> ShownPart:
    """The part of one row in another."""
    way = (*new, *part.way[len(old) :])
    if isinstance(part, ShownField):
        return replace(part, way=way, field=paths.written(way))
    return replace(
        part,
        way=way,
        field=paths.written(way),
        rows=tuple(tuple(_moved(inner, old, new) for inner in row) for row in part.rows),
        blank=tuple(_moved(inner, old, new) for inner in part.blank),
    )


@dataclass(slots=True)
class _Filling:
    """`variables` are those of the form, or the one row that is being filled, whose way is `base`.

    `known`: the fields that are there already, of a page that was sent with others as well.
    """

    texts: Texts
    existing: Mapping[str, Any]
    sent_rows: Mapping[str, set[int]]
    variables: dict[str, Any]
    without_empty: bool
    known: frozenset[str] | None = None
    base: Way = ()
    is_blank: bool = True

    def take(self, part: ShownPart) -> None:
        if part.hidden:
            return
        if isinstance(part, ShownField):
            self._field(part)
        elif part.repeats:
            self._list(part)
        else:
            for inner in part.rows[0]:
                self.take(inner)

    def _field(self, field: ShownField) -> None:
        if field.readonly or not field.has_input:
            return
        if self.known is not None and (field.field in self.known or field.field not in self.texts):
            return
        if field.field not in self.texts and field.type in TYPED_AS_JSON:
            return
        self._put(field.way, typed(field, self.texts.get(field.field, [])), field)

    def _put(self, way: Way, value: Any, field: ShownField | None = None) -> None:
        is_empty = value is None or value == []
        self.is_blank = self.is_blank and is_empty
        inner = way[len(self.base) :]
        if self.without_empty and is_empty:
            if field is not None and field.value in (None, ""):
                return
            if field is not None and field.type is FieldType.TEXT:
                value = ""
        name = str(inner[0])
        if len(inner) > 1 and name not in self.variables:
            before = paths.find(self.existing, (*self.base, name))
            self.variables[name] = paths.copy(before) if isinstance(before, dict) else {}
        paths.put(self.variables, inner, value)

    def _list(self, group: ShownGroup) -> None:
        numbers = sorted(self.sent_rows.get(group.field, ()))
        count = len(group.rows)
        if not numbers or not group.blank:
            return
        if self.known is not None and numbers[:count] != list(range(count)):
            return  # rows were taken out: what their conditions say is said of others now
        rows = []
        for number in numbers:
            way = (*group.way, number)
            before = paths.find(self.existing, way)
            row = _Filling(
                self.texts,
                self.existing,
                self.sent_rows,
                paths.copy(before) if isinstance(before, dict) else {},
                self.without_empty,
                base=way,
            )
            if number < count:
                parts = group.rows[number]
            else:
                parts = tuple(_moved(part, (*group.way, count), way) for part in group.blank)
            for part in parts:
                row.take(part)
            if not row.is_blank:
                rows.append(row.variables)
        if rows or group.rows or not self.without_empty:
            self._put(group.way, rows)
