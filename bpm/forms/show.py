"""A form as somebody would fill it in now: its fields with values, choices and what may be done with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from baton.bpm.errors import ExpressionError
from baton.bpm.forms import choices, paths
from baton.bpm.forms.check import Context
from baton.bpm.forms.conversion import Wrong, convert, decimal_of
from baton.bpm.forms.formulas import Formula, Sight
from baton.bpm.forms.model import Field, FieldType, Form, Number, Option, Part
from baton.bpm.forms.paths import MISSING, Way
from baton.bpm.forms.spots import Spot, TooManySpots, sight_of, spots


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownField:
    """`field` is the path, `value` the variable's value or the default; bounds are numbers, None where there are none.

    `repeats`: it is in a row of a list; a list without rows has no fields.
    """

    field: str
    way: Way
    type: FieldType
    component: str
    label: str
    description: str
    required: bool
    readonly: bool
    hidden: bool
    repeats: bool
    value: Any
    options: tuple[Option, ...] | None
    minimum: Number | None
    maximum: Number | None
    min_length: Number | None
    max_length: Number | None
    pattern: str | None

    @property
    def text(self) -> str:
        """The value as the text of an input; moments as those of UTC."""
        match self.value:
            case None:
                return ""
            case datetime() as moment:
                local = moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)
                return local.isoformat(timespec="seconds" if local.second else "minutes")
            case date() | time() as day_or_time:
                return day_or_time.isoformat()
            case _:
                return str(self.value)


def show(form: Form, context: Context) -> tuple[ShownField, ...]:
    """Every field at its place. What cannot be calculated is left out of a field rather than failing the form."""
    return _Show(form, context).fields()


class _Show:
    def __init__(self, form: Form, context: Context) -> None:
        self.form = form
        self.context = context
        self.variables: dict[str, Any] = dict(context.existing)
        self.sight = Sight(context.now)

    def fields(self) -> tuple[ShownField, ...]:
        try:
            found = list(spots(self.form, self._look))
            for spot in found:
                self._set_default(spot)
            return tuple(self._shown(spot) for spot in spots(self.form, self._look, self._is_hidden))
        except TooManySpots:
            return ()

    def _look(self, way: Way) -> Any:
        return paths.find(self.variables, way)

    def _set_default(self, spot: Spot) -> None:
        default = spot.field.default
        if spot.field.formula is not None:
            default = spot.field.formula
        elif default is None or self._look(spot.way) is not MISSING:
            return
        value = self._evaluate(default, spot.rows) if isinstance(default, Formula) else default
        try:
            value = convert(spot.field, value)
        except Wrong:
            return
        name = str(spot.way[0])
        self.variables[name] = paths.copy(self.variables.get(name))
        paths.put(self.variables, spot.way, value)

    def _shown(self, spot: Spot) -> ShownField:
        field, bounds = spot.field, spot.field.constraints
        value = self._look(spot.way)
        return ShownField(
            field=paths.written(spot.way),
            way=spot.way,
            type=field.type,
            component=field.component,
            label=field.label or field.path[-1],
            description=field.description,
            required=self._is(field.required, spot.rows),
            readonly=field.type is FieldType.COMPUTED or self._is(field.readonly, spot.rows),
            hidden=spot.hidden,
            repeats=spot.in_list,
            value=None if value is MISSING else value,
            options=self._options(field, spot.rows),
            minimum=self._number(bounds.minimum, spot.rows),
            maximum=self._number(bounds.maximum, spot.rows),
            min_length=self._number(bounds.min_length, spot.rows),
            max_length=self._number(bounds.max_length, spot.rows),
            pattern=bounds.pattern.text if bounds.pattern else None,
        )

    def _is_hidden(self, part: Part, rows: tuple[Way, ...]) -> bool:
        return part.hide is not None and self._evaluate(part.hide, rows) is True

    def _is(self, setting: bool | Formula, rows: tuple[Way, ...]) -> bool:
        return self._evaluate(setting, rows) is True if isinstance(setting, Formula) else setting

    def _number(self, bound: Number | Formula | None, rows: tuple[Way, ...]) -> Number | None:
        return decimal_of(self._evaluate(bound, rows)) if isinstance(bound, Formula) else bound

    def _options(self, field: Field, rows: tuple[Way, ...]) -> tuple[Option, ...] | None:
        if field.options is None:
            return None
        try:
            visible = sight_of(self.variables, rows)
            return choices.resolve(field.options, self.context.existing, visible, self.sight) or ()
        except ExpressionError:
            return ()

    def _evaluate(self, formula: Formula, rows: tuple[Way, ...]) -> Any:
        try:
            return formula.evaluate(sight_of(self.variables, rows), self.sight)
        except ExpressionError:
            return None


# --- what people type ----------------------------------------------------------------------------------------

_WITHOUT_INPUT = (FieldType.FILES, FieldType.OBJECT, FieldType.LIST, FieldType.ANY, FieldType.COMPUTED)


def filled(fields: Iterable[ShownField], texts: Mapping[str, list[str]], existing: Mapping[str, Any]) -> dict[str, Any]:
    """The variables of a page's inputs, by the fields' paths; objects keep the members that the form does not have."""
    variables: dict[str, Any] = {}
    for field in fields:
        if field.readonly or field.hidden or field.repeats or field.type in _WITHOUT_INPUT:
            continue
        name = str(field.way[0])
        if len(field.way) > 1 and name not in variables:
            before = existing.get(name)
            variables[name] = paths.copy(before) if isinstance(before, dict) else {}
        paths.put(variables, field.way, typed(field, texts.get(field.field, [])))
    return variables


def typed(field: ShownField, texts: list[str]) -> Any:
    """The texts of a page's input as the value the field expects; what does not fit stays a text and is refused.

    `texts` are the values that the browser sent for the field; none is an unticked box or nothing chosen.
    """
    if field.type is FieldType.BOOLEAN:
        return bool(texts) and texts[-1] not in ("", "false")
    if field.type in (FieldType.CHOICE, FieldType.CHOICES):
        chosen = [_choice(field, text) for text in texts if text != ""]
        return chosen if field.type is FieldType.CHOICES else (chosen[0] if chosen else None)
    text = texts[-1] if texts else ""
    if text.strip() == "":
        return None
    if field.type in (FieldType.NUMBER, FieldType.INTEGER):
        number = decimal_of(text.strip())
        return text if number is None else _whole(number)
    return text


def _whole(number: Number) -> Number:
    if isinstance(number, Decimal) and abs(number.adjusted()) < 100 and number == number.to_integral_value():
        return int(number)
    return number


def _choice(field: ShownField, text: str) -> Any:
    """Choices are sent by their place in the list, because their values may be anything."""
    options = field.options or ()
    if text.isascii() and text.isdigit() and len(text) < 9 and int(text) < len(options):
        return options[int(text)].value
    return text
