"""The methods and properties JUEL may use: an allow-list by the type of the value, in Java's words.

There is no look-up of attributes on host objects. Regular expressions are not offered (FEEL has them,
with a time limit). Results of text methods are bounded.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from baton.bpm.errors import ExpressionError, ExpressionLimitError
from baton.bpm.expressions import juel_operators as operators
from baton.bpm.expressions.beans import Bean
from baton.bpm.expressions.juel_hosts import (
    EXECUTION_METHODS,
    EXECUTION_PROPERTIES,
    TASK_METHODS,
    TASK_PROPERTIES,
    Execution,
    Method,
    TaskHost,
)

MAX_RESULT = 1_000_000
"""Characters a text may grow to."""

MAX_PARTS = 100_000
"""Parts a text may be split into."""


HOSTS: Mapping[type, str] = {Execution: "execution", TaskHost: "task", Bean: "the bean"}
"""What is no value, in words: it can be asked, but nothing can hold it."""


def call(target: Any, name: str, args: Sequence[Any]) -> Any:
    """`target.name(args)`; raises `ExpressionError` for what is not on the list."""
    if type(target) is Bean:
        if any(type(argument) in HOSTS for argument in args):
            raise ExpressionError(f"Expected values as arguments of {name}(), but found execution, task or a bean.")
        return target.call(name, args)
    table = _METHODS.get(type(target), _NONE)
    shared = _NONE if target is None or type(target) in HOSTS else _ANY
    entry = table.get(name) or shared.get(name)
    if entry is None:
        offered = ", ".join(sorted({*table, *shared})) or "nothing"
        raise ExpressionError(f"Expected a method of {_what(target)} ({offered}), but found {name}().")
    method, least, most = entry
    if not least <= len(args) <= most:
        counts = str(least) if least == most else f"{least} to {most}"
        raise ExpressionError(f"Expected {counts} arguments of {name}(), but found {len(args)}.")
    try:
        return method(target, *args)
    except (OverflowError, ValueError) as error:
        raise ExpressionError(f"Expected a result of {name}() that exists, but it does not: {error}.") from error


def get(target: Any, key: Any) -> Any:
    """`target.key` and `target[key]`; of null it is null, as is a missing key or index."""
    if target is None:
        return None
    if type(target) is dict:
        return target.get(key if isinstance(key, str) else operators.text(key))
    if type(target) is list:
        if key == "empty":
            return not target
        index = operators.number(key)
        return target[int(index)] if 0 <= index < len(target) else None
    if type(target) is Bean:
        return target.get(str(key))
    getter = _GETTERS.get(type(target), _NO_GETTERS).get(key) if isinstance(key, str) else None
    if getter is None:
        raise ExpressionError(f"Expected a property of {_what(target)}, but found {str(key)[:60]!r}.")
    return getter(target)


def _what(target: Any) -> str:
    return HOSTS.get(type(target)) or operators.shown(target)


def _text_argument(value: Any) -> str:
    if not isinstance(value, str):
        raise ExpressionError(f"Expected text as argument, but found {operators.shown(value)}.")
    return value


def _integer_argument(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ExpressionError(f"Expected an integer as argument, but found {operators.shown(value)}.")
    if value.bit_length() > 63:
        raise ExpressionError("Expected an integer of at most 63 bits as argument, but found a larger one.")
    return value


def _index(value: Any, length: int) -> int:
    index = _integer_argument(value)
    if not 0 <= index <= length:
        raise ExpressionError(f"Expected an index from 0 to {length}, but found {index}.")
    return index


def bounded(length: int) -> None:
    """Raises `ExpressionLimitError` before a text of that many characters is made."""
    if length > MAX_RESULT:
        raise ExpressionLimitError(f"Expected at most {MAX_RESULT:,} characters as result, but found more.")


def _substring(value: str, start: Any, end: Any = None) -> str:
    stop = len(value) if end is None else _index(end, len(value))
    return value[_index(start, stop) : stop]


def _replace(value: str, old: Any, new: Any) -> str:
    old, new = _text_argument(old), _text_argument(new)
    count = value.count(old)
    bounded(len(value) + count * (len(new) - len(old)))
    return value.replace(old, new)


def _concat(value: str, other: Any) -> str:
    bounded(len(value) + len(_text_argument(other)))
    return value + str(other)


def _split(value: str, separator: Any) -> list[str]:
    separator = _text_argument(separator)
    if not separator or any(sign in separator for sign in "\\^$.|?*+()[]{}"):
        raise ExpressionError("Expected a plain separator; regular expressions are not offered in JUEL, use FEEL.")
    if value.count(separator) > MAX_PARTS:
        raise ExpressionLimitError(f"Expected at most {MAX_PARTS:,} parts, but found more.")
    return value.split(separator)


def _char_at(value: str, index: Any) -> str:
    position = _index(index, max(len(value) - 1, 0))
    return value[position : position + 1]


def _compare(left: Any, right: Any) -> int:
    if right is None:
        raise ExpressionError("Expected a value to compare with, but found null.")
    return int(operators.BINARY[">"](left, right)) - int(operators.BINARY["<"](left, right))


def _contains(items: list[Any], wanted: Any) -> bool:
    return _list_index(items, wanted) >= 0


def _list_index(items: list[Any], wanted: Any) -> int:
    if isinstance(wanted, str):
        return items.index(wanted) if wanted in items else -1
    return next((index for index, item in enumerate(items) if _same(item, wanted)), -1)


def _same(left: Any, right: Any) -> bool:
    """Java's equals: no conversion between text and numbers, but 1 and 1.0 are the same number here."""
    if isinstance(left, bool) or isinstance(right, bool) or isinstance(left, str) != isinstance(right, str):
        return type(left) is type(right) and bool(left == right)
    if isinstance(left, list | dict) or isinstance(right, list | dict) or left is None or right is None:
        return bool(left == right)
    try:
        return operators.equal(left, right)
    except ExpressionError:
        return False


def _list_get(items: list[Any], index: Any) -> Any:
    position = _integer_argument(index)
    if not 0 <= position < len(items):
        raise ExpressionError(f"Expected an index from 0 to {len(items) - 1}, but found {position}.")
    return items[position]


def _last_index(items: list[Any], wanted: Any) -> int:
    return next((index for index in reversed(range(len(items))) if _same(items[index], wanted)), -1)


def _sub_list(items: list[Any], start: Any, end: Any) -> list[Any]:
    stop = _index(end, len(items))
    return items[_index(start, stop) : stop]


def _whole(value: Any) -> int:
    number = operators.number(value)
    return int(operators.number(int(number)))


def _plus(unit: str, sign: int) -> Callable[[Any, Any], Any]:
    def plus(moment: date, amount: Any) -> date:
        count = _integer_argument(amount) * sign
        if unit in ("years", "months"):
            return _plus_months(moment, count * 12 if unit == "years" else count)
        return moment + timedelta(**{unit: count})

    return plus


def _plus_months(moment: date, months: int) -> date:
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise ExpressionError("Expected a date between the years 1 and 9999, but it is beyond.")
    return moment.replace(year=year, month=month + 1, day=min(moment.day, calendar.monthrange(year, month + 1)[1]))


def _epoch_milliseconds(moment: Any) -> int:
    return (operators.instant(moment) - _EPOCH) // timedelta(milliseconds=1)


_EPOCH = operators.instant("1970-01-01")
_NONE: Mapping[str, Method] = {}
_NO_GETTERS: Mapping[str, Callable[[Any], Any]] = {}

_ANY: Mapping[str, Method] = {
    "equals": (_same, 1, 1),
    "toString": (operators.text, 0, 0),
    "value": (lambda value: value, 0, 0),
}

_STRING: Mapping[str, Method] = {
    "charAt": (_char_at, 1, 1),
    "compareTo": (_compare, 1, 1),
    "concat": (_concat, 1, 1),
    "contains": (lambda value, part: _text_argument(part) in value, 1, 1),
    "endsWith": (lambda value, part: value.endswith(_text_argument(part)), 1, 1),
    "equalsIgnoreCase": (lambda value, other: isinstance(other, str) and value.lower() == other.lower(), 1, 1),
    "indexOf": (lambda value, part: value.find(_text_argument(part)), 1, 1),
    "isBlank": (lambda value: not value.strip(), 0, 0),
    "isEmpty": (lambda value: not value, 0, 0),
    "lastIndexOf": (lambda value, part: value.rfind(_text_argument(part)), 1, 1),
    "length": (len, 0, 0),
    "replace": (_replace, 2, 2),
    "split": (_split, 1, 1),
    "startsWith": (lambda value, part: value.startswith(_text_argument(part)), 1, 1),
    "stringValue": (lambda value: value, 0, 0),
    "strip": (str.strip, 0, 0),
    "substring": (_substring, 1, 2),
    "toLowerCase": (str.lower, 0, 0),
    "toUpperCase": (str.upper, 0, 0),
    "trim": (str.strip, 0, 0),
}

_LIST: Mapping[str, Method] = {
    "contains": (_contains, 1, 1),
    "elements": (lambda items: items, 0, 0),
    "get": (_list_get, 1, 1),
    "indexOf": (_list_index, 1, 1),
    "getFirst": (lambda items: _list_get(items, 0), 0, 0),
    "getLast": (lambda items: _list_get(items, max(len(items) - 1, 0)), 0, 0),
    "isEmpty": (lambda items: not items, 0, 0),
    "lastIndexOf": (_last_index, 1, 1),
    "size": (len, 0, 0),
    "subList": (_sub_list, 2, 2),
}

_OBJECT: Mapping[str, Method] = {
    "containsKey": (lambda members, key: key in members if isinstance(key, str) else False, 1, 1),
    "containsValue": (lambda members, value: _contains(list(members.values()), value), 1, 1),
    "get": (lambda members, key: members.get(key) if isinstance(key, str) else None, 1, 1),
    "getOrDefault": (lambda members, key, other: members.get(_text_argument(key), other), 2, 2),
    "hasProp": (lambda members, key: _text_argument(key) in members, 1, 1),
    "isEmpty": (lambda members: not members, 0, 0),
    "keySet": (list, 0, 0),
    "prop": (lambda members, key: members.get(_text_argument(key)), 1, 1),
    "size": (len, 0, 0),
    "values": (lambda members: list(members.values()), 0, 0),
}

_NUMBER: Mapping[str, Method] = {
    "compareTo": (_compare, 1, 1),
    "doubleValue": (float, 0, 0),
    "intValue": (_whole, 0, 0),
    "longValue": (_whole, 0, 0),
    "numberValue": (lambda value: value, 0, 0),
}

_BOOLEAN: Mapping[str, Method] = {
    "booleanValue": (lambda value: value, 0, 0),
    "boolValue": (lambda value: value, 0, 0),
}

_DATE: Mapping[str, Method] = {
    **{
        f"{word}{unit.capitalize()}": (_plus(unit, sign), 1, 1)
        for word, sign in (("plus", 1), ("minus", -1))
        for unit in ("years", "months", "weeks", "days")
    },
    "after": (operators.BINARY[">"], 1, 1),
    "before": (operators.BINARY["<"], 1, 1),
    "compareTo": (_compare, 1, 1),
    "getDayOfMonth": (lambda moment: moment.day, 0, 0),
    "getDayOfWeek": (lambda moment: moment.isoweekday(), 0, 0),
    "getMonthOfYear": (lambda moment: moment.month, 0, 0),
    "getMonthValue": (lambda moment: moment.month, 0, 0),
    "getTime": (_epoch_milliseconds, 0, 0),
    "getYear": (lambda moment: moment.year, 0, 0),
    "isAfter": (operators.BINARY[">"], 1, 1),
    "isBefore": (operators.BINARY["<"], 1, 1),
    "toDate": (lambda moment: moment, 0, 0),
}

_DATE_TIME: Mapping[str, Method] = {
    **_DATE,
    **{
        f"{word}{unit.capitalize()}": (_plus(unit, sign), 1, 1)
        for word, sign in (("plus", 1), ("minus", -1))
        for unit in ("hours", "minutes", "seconds")
    },
    "plusMillis": (_plus("milliseconds", 1), 1, 1),
    "minusMillis": (_plus("milliseconds", -1), 1, 1),
    "getHour": (lambda moment: moment.hour, 0, 0),
    "getHourOfDay": (lambda moment: moment.hour, 0, 0),
    "getMillis": (_epoch_milliseconds, 0, 0),
    "getMinute": (lambda moment: moment.minute, 0, 0),
    "getMinuteOfHour": (lambda moment: moment.minute, 0, 0),
    "toLocalDate": (lambda moment: moment.date(), 0, 0),
    "withDayOfMonth": (lambda moment, day: moment.replace(day=_integer_argument(day)), 1, 1),
    "withHourOfDay": (lambda moment, hour: moment.replace(hour=_integer_argument(hour)), 1, 1),
    "withMinuteOfHour": (lambda moment, minute: moment.replace(minute=_integer_argument(minute)), 1, 1),
    "withSecondOfMinute": (lambda moment, second: moment.replace(second=_integer_argument(second)), 1, 1),
    "withTimeAtStartOfDay": (lambda moment: datetime.combine(moment.date(), time(), moment.tzinfo), 0, 0),
}

_METHODS: Mapping[type, Mapping[str, Method]] = {
    str: _STRING,
    list: _LIST,
    dict: _OBJECT,
    int: _NUMBER,
    float: _NUMBER,
    Decimal: _NUMBER,
    bool: _BOOLEAN,
    date: _DATE,
    datetime: _DATE_TIME,
    Execution: EXECUTION_METHODS,
    TaskHost: TASK_METHODS,
}

_DATE_GETTERS: Mapping[str, Callable[[Any], Any]] = {
    "dayOfMonth": lambda moment: moment.day,
    "dayOfWeek": lambda moment: moment.isoweekday(),
    "monthOfYear": lambda moment: moment.month,
    "monthValue": lambda moment: moment.month,
    "time": _epoch_milliseconds,
    "year": lambda moment: moment.year,
}

_GETTERS: Mapping[type, Mapping[str, Callable[[Any], Any]]] = {
    str: {"empty": lambda value: not value},
    date: _DATE_GETTERS,
    datetime: {
        **_DATE_GETTERS,
        "hour": lambda moment: moment.hour,
        "hourOfDay": lambda moment: moment.hour,
        "minute": lambda moment: moment.minute,
        "minuteOfHour": lambda moment: moment.minute,
    },
    Execution: EXECUTION_PROPERTIES,
    TaskHost: TASK_PROPERTIES,
}
