"""A form as somebody would fill it in now: its fields with values, choices and what may be done with them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any

import msgspec

from baton.bpm import values
from baton.bpm.errors import ExpressionError
from baton.bpm.forms import choices, paths
from baton.bpm.forms.check import Context
from baton.bpm.forms.conversion import Wrong, convert, decimal_of
from baton.bpm.forms.formulas import Formula, Sight
from baton.bpm.forms.model import Field, FieldType, Form, Number, Option, Part
from baton.bpm.forms.paths import MISSING, Way
from baton.bpm.forms.spots import Spot, TooManySpots, sight_of, spots
from baton.bpm.values import FileValue

TYPED_AS_JSON = (FieldType.OBJECT, FieldType.LIST, FieldType.ANY)
LONGEST_JSON = 20_000
MOST_INPUTS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownField:
    """`field` is the path, `value` the variable's value or the default; bounds are numbers, None where there are none.

    `repeats`: it is in a row of a list; a list without rows has no fields. `item` is the type of each value of a list.
    """

    field: str
    way: Way
    type: FieldType
    item: FieldType | None
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
            case str() as text:
                return text
            case value if self.type in TYPED_AS_JSON:
                return msgspec.json.encode(values.to_json(value)).decode()
            case _:
                return str(self.value)

    @property
    def items(self) -> tuple[str, ...]:
        """The values of a list as the texts of inputs."""
        if self.item is None or not isinstance(self.value, list):
            return ()
        return tuple(replace(self, type=self.item, item=None, value=value).text for value in self.value)

    @property
    def has_input(self) -> bool:
        """Whether people can type the value; files are chosen elsewhere, and what nobody reads is not typed."""
        if self.type in (FieldType.FILES, FieldType.COMPUTED) or isinstance(self.value, FileValue):
            return False
        return self.type not in TYPED_AS_JSON or len(self.text) <= LONGEST_JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownGroup:
    """Parts that belong together. `rows` are those of a list if it `repeats`, else there is one.

    `blank` is the row after the last one: what a person fills in to have one more. A list has neither where the whole
    form would have more than `MOST_INPUTS` fields.
    """

    field: str
    way: Way
    label: str
    hidden: bool
    repeats: bool
    rows: tuple[tuple[ShownPart, ...], ...]
    blank: tuple[ShownPart, ...] = ()


ShownPart = ShownField | ShownGroup


def show(form: Form, context: Context) -> tuple[ShownField, ...]:
    """Every field at its place. What cannot be calculated is left out of a field rather than failing the form."""
    return _Show(form, context).fields()


def show_parts(form: Form, context: Context) -> tuple[ShownPart, ...]:
    """The same fields, in their groups and rows as the form has them."""
    return _Show(form, context).parts()


class _Show:
    def __init__(self, form: Form, context: Context) -> None:
        self.form = form
        self.context = context
        self.variables: dict[str, Any] = dict(context.existing)
        self.sight = Sight(context.now)
        self.has_rows = True

    def fields(self) -> tuple[ShownField, ...]:
        try:
            self._set_defaults()
            return tuple(self._shown(spot) for spot in spots(self.form, self._look, self._is_hidden))
        except TooManySpots:
            return ()

    def parts(self) -> tuple[ShownPart, ...]:
        try:
            self._set_defaults()
            count = sum(1 for _ in spots(self.form, self._look))
        except TooManySpots:
            return ()
        self.has_rows = count <= MOST_INPUTS
        return tuple(self._part(part, (), (), False) for part in self.form.parts)

    def _part(self, part: Part, prefix: Way, rows: tuple[Way, ...], hidden: bool) -> ShownPart:
        hidden = hidden or self._is_hidden(part, rows)
        way = (*prefix, *part.path)
        if isinstance(part, Field):
            return self._shown(Spot(part, way, rows, hidden))
        if not part.repeats:
            inside = tuple(self._part(inner, way, rows, hidden) for inner in part.parts)
            return ShownGroup(
                field=paths.written(way), way=way, label=part.label, hidden=hidden, repeats=False, rows=(inside,)
            )
        value = self._look(way)
        count = len(value) if isinstance(value, list) else 0
        if not self.has_rows:
            count = 0
        *shown, blank = (
            tuple(self._part(inner, (*way, index), (*rows, (*way, index)), hidden) for inner in part.parts)
            for index in range(count + 1)
        )
        return ShownGroup(
            field=paths.written(way),
            way=way,
            label=part.label or str(way[-1]),
            hidden=hidden,
            repeats=True,
            rows=tuple(shown),
            blank=blank if self.has_rows else (),
        )

    def _look(self, way: Way) -> Any:
        return paths.find(self.variables, way)

    def _set_defaults(self) -> None:
        for spot in list(spots(self.form, self._look)):
            self._set_default(spot)

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
            item=field.item,
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
