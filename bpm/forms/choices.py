"""The choices of a field: what they are for this submission, and whether a value is among them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from baton.bpm.forms.conversion import Wrong, described
from baton.bpm.forms.formulas import Sight
from baton.bpm.forms.limits import LIMITS
from baton.bpm.forms.model import FieldType, Option, Options

_SHOWN = 10


def resolve(
    options: Options, existing: Mapping[str, Any], visible: Mapping[str, Any], sight: Sight
) -> tuple[Option, ...] | None:
    """The choices. A list in a variable is the one of before the submission, where there was one.

    None where the variable or the formula gives no list. Raises `ExpressionError`.
    """
    if options.formula is not None:
        return read(options.formula.evaluate(visible, sight))
    if options.key:
        return read(existing[options.key] if options.key in existing else visible.get(options.key))
    return options.fixed


def read(values: Any) -> tuple[Option, ...] | None:
    """Choices of a list of plain values or of objects with `value` and `label`; None if it is no list."""
    if not isinstance(values, list):
        return None
    return tuple(option(value) for value in values[: LIMITS.max_options])


def option(value: Any) -> Option:
    """One choice; an object without `value` is its own value."""
    if isinstance(value, dict) and "value" in value:
        return Option(value["value"], _label(value.get("label"), value["value"]))
    return Option(value, _label(value.get("label") if isinstance(value, dict) else None, value))


def check_choice(type_: FieldType, value: Any, options: Sequence[Option] | None) -> None:
    """Raises `Wrong` for a value, or one of a list of them, that is not offered, and for one chosen twice."""
    if value in (None, ""):
        return
    chosen = value if type_ is FieldType.CHOICES else [value]
    if not isinstance(chosen, list) or not chosen:
        return
    if options is None:
        raise Wrong("options", f"Expected one of the choices, but there is no list of them; found {described(value)}")
    offered = {identity(each.value) for each in options}
    seen: set[Hashable] = set()
    for each in chosen:
        known = identity(each)
        if known not in offered:
            raise Wrong("options", f"Expected one of {_shown(options)}, found {described(each)}")
        if known in seen:
            raise Wrong("options", f"Expected every choice once, found {described(each)} twice")
        seen.add(known)


def identity(value: Any) -> Hashable:
    """Equal for equal JSON values: 1 and 1.0 are the same, true and 1 are not. As deep as variables may be."""
    match value:
        case None | bool() | str():
            return (type(value), value)
        case int() | Decimal():
            return (int, value)
        case float():
            return (int, Decimal(repr(value)))
        case list():
            return (list, tuple(identity(item) for item in value))
        case dict():
            return (dict, frozenset((key, identity(item)) for key, item in value.items()))
        case _:
            return (type(value), str(value))


def _label(label: Any, value: Any) -> str:
    return label if isinstance(label, str) and label else str(value)[:200]


def _shown(options: Iterable[Option]) -> str:
    texts = [str(each.value)[:40] for each in options]
    more = f" and {len(texts) - _SHOWN} more" if len(texts) > _SHOWN else ""
    return ", ".join(repr(text) for text in texts[:_SHOWN]) + more if texts else "no choices"
