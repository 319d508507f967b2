"""A submission against its form: every field that is wrong at once, and the variables that may be written.

In order: values become those of their fields' types; what is readonly goes back to what it was; computed fields are
calculated; missing ones get their default; hidden ones are dropped; what is left is checked. A value that was not
sent but is there already counts as the field's value. Variables that are no fields of the form pass through.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from baton.bpm.errors import ExpressionError
from baton.bpm.forms import choices, json_schema, paths
from baton.bpm.forms.constraints import Measure, check_value
from baton.bpm.forms.conversion import Wrong, convert, described, is_empty
from baton.bpm.forms.formulas import Formula, Sight
from baton.bpm.forms.model import Field, FieldError, FieldType, Form, FormKind, Group, Option, Outcome, Part
from baton.bpm.forms.paths import MISSING, Way
from baton.bpm.forms.spots import Spot, TooManySpots, sight_of, spots

MAX_ERRORS = 500


@dataclass(frozen=True, slots=True)
class Context:
    """`existing` are the variables before the submission, `now` the aware time, `today` the day at the server."""

    existing: Mapping[str, Any]
    now: datetime
    today: date


def check(form: Form, variables: Mapping[str, Any], context: Context) -> Outcome:
    """Check and convert a submission. Never raises on data; the work is bounded by the form's and data's limits."""
    if form.kind is FormKind.JSON_SCHEMA:
        return json_schema.check(form, variables, context.existing)
    return _Check(form, variables, context).run()


class _Check:
    """One submission; used once."""

    def __init__(self, form: Form, variables: Mapping[str, Any], context: Context) -> None:
        self.form = form
        self.context = context
        self.sent = frozenset(variables)
        self.given: dict[str, Any] = {name: paths.copy(value) for name, value in variables.items()}
        self.merged: dict[str, Any] = {**context.existing, **self.given}
        self.sight = Sight(context.now)
        self.errors: dict[tuple[str, str], FieldError] = {}
        self.failed: dict[Way, Wrong] = {}
        self.options: dict[int, tuple[Option, ...] | None] = {}

    def run(self) -> Outcome:
        try:
            self._check()
        except TooManySpots as error:
            (way,) = error.args
            self._error(Wrong("rows", "Expected fewer rows than were sent"), way)
        if self.errors:
            return Outcome(errors=tuple(self.errors.values())[:MAX_ERRORS])
        return Outcome(self.given)

    def _check(self) -> None:
        self._check_lists(self.form.parts, ())
        found = list(spots(self.form, self._look))
        fields_at = Counter(spot.way for spot in found)
        for spot in found:
            if fields_at[spot.way] == 1:
                self._convert(spot)
        self._restore_readonly(found)
        self._compute(found)
        self._set_defaults(found)
        judged = list(spots(self.form, self._look, self._is_hidden))
        self._drop_hidden(judged)
        for spot in judged:
            if not spot.hidden and spot.field.type is not FieldType.COMPUTED:
                self._judge(spot, alone=fields_at[spot.way] == 1)
        self._drop_empty_objects()

    # --- looking and writing -----------------------------------------------------------------------------

    def _look(self, way: Way) -> Any:
        return paths.find(self.merged, way)

    def _set(self, way: Way, value: Any) -> None:
        """Into the submission; an object that was there and was not sent comes along whole."""
        name = way[0]
        assert isinstance(name, str)
        if name not in self.given and len(way) > 1:
            before = self.context.existing.get(name)
            self.given[name] = paths.copy(before) if isinstance(before, dict | list) else {}
        paths.put(self.given, way, value)
        self.merged[name] = self.given.get(name)

    def _take_back(self, way: Way, *, to_existing: bool) -> None:
        """Out of the submission; within an object that was sent, to the member that was there before."""
        name = way[0]
        assert isinstance(name, str)
        if name not in self.given:
            return
        before = paths.find(self.context.existing, way) if to_existing else MISSING
        if len(way) == 1:
            del self.given[name]
            self.merged.pop(name, None)
            if name in self.context.existing:
                self.merged[name] = self.context.existing[name]
        elif before is MISSING:
            paths.remove(self.given, way)
        else:
            paths.put(self.given, way, before)

    def _drop_empty_objects(self) -> None:
        """Objects made for members that were taken back again."""
        for name in [name for name, value in self.given.items() if name not in self.sent and value == {}]:
            del self.given[name]

    # --- the steps ---------------------------------------------------------------------------------------

    def _check_lists(self, parts: Iterable[Part], prefix: Way) -> None:
        """Lists that repeat must be lists; rows are looked at where they are walked."""
        for part in parts:
            if not isinstance(part, Group):
                continue
            way = (*prefix, *part.path)
            if part.repeats:
                value = self._look(way)
                if value is not MISSING and value is not None and not isinstance(value, list):
                    self._error(Wrong("type", f"Expected a list of objects, found {described(value)}"), way)
            else:
                self._check_lists(part.parts, way)

    def _convert(self, spot: Spot) -> None:
        value = paths.find(self.given, spot.way)
        if value is MISSING or spot.field.type is FieldType.COMPUTED:
            return
        try:
            converted = convert(spot.field, value)
        except Wrong as wrong:
            self.failed[spot.way] = wrong
            return
        if converted is not value:
            self._set(spot.way, converted)

    def _restore_readonly(self, found: Iterable[Spot]) -> None:
        """Fixed ones first, so that nobody opens a field by sending a value for one that is closed."""
        found = [spot for spot in found if spot.field.readonly is not False]
        if not found:
            return
        fixed = [spot for spot in found if spot.field.readonly is True]
        self._restore(fixed)
        self._restore([spot for spot in found if spot.field.readonly is not True and self._is_readonly(spot)])

    def _restore(self, readonly: Iterable[Spot]) -> None:
        editable: set[Way] | None = None
        for spot in readonly:
            if editable is None:
                # Another field with the same key may be open.
                editable = {other.way for other in spots(self.form, self._look) if other.field.readonly is False}
            if spot.way not in editable:
                self._take_back(spot.way, to_existing=True)
                self.failed.pop(spot.way, None)

    def _compute(self, found: Iterable[Spot]) -> None:
        for spot in found:
            if spot.field.type is FieldType.COMPUTED and spot.field.formula is not None:
                self._take_back(spot.way, to_existing=False)
                value = self._evaluate(spot.field.formula, spot.way, spot.rows)
                if value is not None or spot.way[0] in self.given:
                    self._set(spot.way, value)

    def _set_defaults(self, found: Iterable[Spot]) -> None:
        for spot in found:
            if spot.field.default is None or self._look(spot.way) is not MISSING:
                continue
            default = spot.field.default
            if isinstance(default, Formula):
                default = self._evaluate(default, spot.way, spot.rows)
            try:
                self._set(spot.way, convert(spot.field, paths.copy(default)))
            except Wrong as wrong:
                self.failed[spot.way] = wrong

    def _drop_hidden(self, judged: Iterable[Spot]) -> None:
        hidden = [spot for spot in judged if spot.hidden]
        shown = {spot.way for spot in judged if not spot.hidden} if hidden else frozenset()
        for spot in hidden:
            if spot.way not in shown:
                self._take_back(spot.way, to_existing=not spot.in_list)

    def _judge(self, spot: Spot, *, alone: bool) -> None:
        if self._is_readonly(spot):
            return
        field = spot.field
        stopped = paths.blocked(self.given, spot.way)
        if stopped is not None:
            expected = "a list" if isinstance(spot.way[len(stopped)], int) else "an object"
            self._error(Wrong("type", f"Expected {expected}, found {described(self._look(stopped))}"), stopped)
            return
        try:
            if spot.way in self.failed:
                raise self.failed[spot.way]
            value = self._look(spot.way)
            value = convert(field, None if value is MISSING else value)
            if is_empty(field, value):
                if self._is(field.required, spot):
                    raise Wrong("required", "Expected a value, found nothing")
                if not alone and spot.way[0] in self.given:
                    self._set(spot.way, value)
                return
            if field.options is not None:
                choices.check_choice(field.type, value, self._options(field, spot))
            check_value(field.constraints, value, self._measure(spot))
            if not alone and paths.find(self.given, spot.way) is not MISSING:
                self._set(spot.way, value)
        except Wrong as wrong:
            self._error(wrong, spot.way, field.label)

    # --- formulas ----------------------------------------------------------------------------------------

    def _measure(self, spot: Spot) -> Measure:
        return Measure(lambda formula: self._evaluate(formula, spot.way, spot.rows), self.context.today)

    def _options(self, field: Field, spot: Spot) -> tuple[Option, ...] | None:
        assert field.options is not None
        if not spot.in_list and id(field) in self.options:
            return self.options[id(field)]
        try:
            found = choices.resolve(field.options, self.context.existing, sight_of(self.merged, spot.rows), self.sight)
        except ExpressionError as error:
            raise Wrong("expression", f"The choices could not be calculated: {error.message}") from error
        self.options[id(field)] = found
        return found

    def _is(self, setting: bool | Formula, spot: Spot) -> bool:
        if isinstance(setting, Formula):
            return self._evaluate(setting, spot.way, spot.rows) is True
        return setting

    def _is_readonly(self, spot: Spot) -> bool:
        return self._is(spot.field.readonly, spot)

    def _is_hidden(self, part: Part, rows: tuple[Way, ...]) -> bool:
        if part.hide is None:
            return False
        way = (*(rows[-1] if rows else ()), *part.path)
        return self._evaluate(part.hide, way, rows) is True

    def _evaluate(self, formula: Formula, way: Way, rows: tuple[Way, ...]) -> Any:
        """The value; null with an error at the field where it cannot be calculated."""
        try:
            return formula.evaluate(sight_of(self.merged, rows), self.sight)
        except ExpressionError as error:
            reason = f"The expression {formula.text[:120]!r} of the form could not be evaluated: {error.message}"
            self._error(Wrong("expression", reason), way)
            return None

    def _error(self, wrong: Wrong, way: Way, label: str = "") -> None:
        field = paths.written(way)
        self.errors.setdefault(
            (field, wrong.rule), FieldError(field=field, message=wrong.message, rule=wrong.rule, label=label)
        )
