"""What a variable is, and that each written form is exact."""

import json
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from baton.bpm import errors, values
from baton.bpm.values import FileValue, ValueType, VariableLimits, YearsMonthsDuration

BERLIN = ZoneInfo("Europe/Berlin")
OFFSET = timezone(timedelta(hours=5, minutes=30))

LEAVES: list[tuple[Any, ValueType, str | None]] = [
    (None, ValueType.NULL, None),
    (True, ValueType.BOOLEAN, "true"),
    (False, ValueType.BOOLEAN, "false"),
    (0, ValueType.INTEGER, "0"),
    (-(2**63) - 1, ValueType.INTEGER, "-9223372036854775809"),
    (Decimal("1.10"), ValueType.DECIMAL, "1.10"),
    (1.0, ValueType.DOUBLE, "1.0"),
    (1e300, ValueType.DOUBLE, "1e+300"),
    ("", ValueType.STRING, ""),
    ("Grüße \U0001f600", ValueType.STRING, "Grüße \U0001f600"),
    (date(2026, 1, 31), ValueType.DATE, "2026-01-31"),
    (time(9, 30), ValueType.TIME, "09:30:00"),
    (time(9, 30, tzinfo=UTC), ValueType.TIME, "09:30:00+00:00"),
    (time(9, 30, tzinfo=BERLIN), ValueType.TIME, "09:30:00[Europe/Berlin]"),
    (datetime(2026, 1, 31, 9, 30), ValueType.DATE_TIME, "2026-01-31T09:30:00"),
    (datetime(2026, 1, 31, 9, 30, 1, 5, tzinfo=OFFSET), ValueType.DATE_TIME, "2026-01-31T09:30:01.000005+05:30"),
    (datetime(2026, 1, 31, 9, tzinfo=BERLIN), ValueType.DATE_TIME, "2026-01-31T09:00:00+01:00[Europe/Berlin]"),
    (timedelta(days=1, hours=2, microseconds=500_000), ValueType.DURATION, "P1DT2H0.5S"),
    (-timedelta(seconds=1), ValueType.DURATION, "-PT1S"),
    (timedelta(), ValueType.DURATION, "PT0S"),
    (YearsMonthsDuration(14), ValueType.DURATION, "P1Y2M"),
    (YearsMonthsDuration(0), ValueType.DURATION, "P0M"),
    (YearsMonthsDuration(-3), ValueType.DURATION, "-P3M"),
]


@pytest.mark.parametrize(("value", "kind", "text"), LEAVES)
def test_a_leaf_has_one_written_form_and_comes_back_equal_and_of_the_same_type(
    value: Any, kind: ValueType, text: str | None
) -> None:
    written = values.encode(value)

    assert written == (kind, text)
    read = values.decode(*written)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize("value", [leaf for leaf, _, _ in LEAVES])
def test_a_leaf_keeps_its_type_inside_lists_and_objects_and_over_http(value: Any) -> None:
    tree = {"a": [value, {"b": value}], "plain": [1, "x", 1.5, None]}

    assert values.decode(*values.encode(tree)) == tree
    over_http = values.from_json(json.loads(json.dumps(values.to_json(tree))), None, field="variables.x")
    assert over_http == tree
    assert type(over_http["a"][0]) is type(value)


def test_the_second_of_two_equal_wall_times_in_autumn_stays_the_second() -> None:
    second = datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=BERLIN)

    read = values.decode(*values.encode(second))

    assert read.fold == 1
    assert read.utcoffset() == timedelta(hours=1)


def test_integers_of_any_size_survive_rows_lists_and_http() -> None:
    huge = -(7**20_000)

    assert values.decode(*values.encode(huge)) == huge
    assert values.decode(*values.encode([huge, 2**64, 2**64 - 1])) == [huge, 2**64, 2**64 - 1]
    assert values.from_json(values.to_json(huge), None, field="x") == huge


def test_an_object_that_looks_like_a_tag_of_ours_stays_that_object() -> None:
    sly = {"$type": "date", "value": "2026-01-01", "inner": {"$type": 1}, "day": date(2026, 1, 1)}
    typed = {"type": "date", "value": "2026-01-01"}

    assert values.decode(*values.encode(sly)) == sly
    assert values.from_json(values.to_json(typed), None, field="x") == typed
    assert values.to_json(typed) == {"type": "object", "value": {"type": "date", "value": "2026-01-01"}}


def test_a_file_is_kept_byte_for_byte() -> None:
    file = FileValue("a.bin", "application/octet-stream", bytes(range(256)))

    kind, text = values.encode(file)

    assert kind is ValueType.FILE
    assert values.decode(kind, text) == file
    assert values.from_json(values.to_json([file]), None, field="x") == [file]


@pytest.mark.parametrize("value", [(1, 2), b"x", {1, 2}, ValueType.DATE, object(), 1j])
def test_what_is_no_variable_is_refused_by_name(value: Any) -> None:
    with pytest.raises(errors.InvalidCommand, match=type(value).__name__):
        values.encode(value)
    with pytest.raises(errors.InvalidCommand, match=type(value).__name__) as caught:
        values.check_limits({"x": [value]})

    assert caught.value.field == "variables.x[0]"


def test_a_row_that_nobody_wrote_is_refused() -> None:
    with pytest.raises(ValueError, match="'colour'"):
        values.decode("colour", "red")
    with pytest.raises(ValueError, match="but found none"):
        values.decode("date", None)


@pytest.mark.parametrize(
    ("value", "key"),
    [
        (100, "n:100"),
        (100.0, "n:100"),
        (Decimal("100.00"), "n:100"),
        (Decimal("1E+2"), "n:100"),
        (0.1, "n:1e-1"),
        (Decimal("0.10"), "n:1e-1"),
        (-0.0, "n:0"),
        (Decimal("-0.00"), "n:0"),
        (-25, "n:-25"),
        (1e300, "n:1e300"),
        (10**300, "n:1e300"),
        (10**4000, "n:1e4000"),
        (True, "b:true"),
        ("Anna", "s:Anna"),
        (date(2026, 1, 1), "d:2026-01-01"),
        (datetime(2026, 1, 1, 10, tzinfo=BERLIN), "t:2026-01-01T09:00:00+00:00"),
        (datetime(2026, 1, 1, 10), "l:2026-01-01T10:00:00"),
        (timedelta(minutes=10), "p:PT10M"),
        (None, None),
        ([1], None),
        ({}, None),
        (FileValue("a", "b", b""), None),
    ],
)
def test_a_value_key_is_the_same_for_equal_values(value: Any, key: str | None) -> None:
    assert values.value_key(value) == key


def test_long_values_have_short_keys_that_differ() -> None:
    long = "x" * 1_000_000

    first, second = values.value_key(long), values.value_key(long + "y")

    assert first is not None
    assert second is not None
    assert first != second
    assert len(first) <= 215
    assert len(values.value_key(7**100_000) or "") <= 215
    assert len(values.value_key(Decimal("1." + "7" * 5_000)) or "") <= 215


@pytest.mark.parametrize(
    ("raw", "type_name", "value"),
    [
        (5, None, 5),
        (5, "double", 5.0),
        (5, "decimal", Decimal(5)),
        (1.1, "decimal", Decimal("1.1")),
        ("12.50", "decimal", Decimal("12.50")),
        ("12", "integer", 12),
        ("2026-01-31", "date", date(2026, 1, 31)),
        ("09:30:00Z", "time", time(9, 30, tzinfo=UTC)),
        ("2026-01-31T09:30:00Z", "date-time", datetime(2026, 1, 31, 9, 30, tzinfo=UTC)),
        ("P1Y", "duration", YearsMonthsDuration(12)),
        ("P1W", "duration", timedelta(days=7)),
        (None, "date", None),
        ({"type": "date", "value": "2026-01-31"}, None, date(2026, 1, 31)),
        ({"type": "date", "value": "2026-01-31"}, "object", {"type": "date", "value": "2026-01-31"}),
        ([{"type": "duration", "value": "PT1H"}], "list", [timedelta(hours=1)]),
    ],
)
def test_http_values_are_typed_where_they_say_so(raw: Any, type_name: str | None, value: Any) -> None:
    read = values.from_json(raw, type_name, field="variables.x")

    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("raw", "type_name", "field", "message"),
    [
        ("31.01.2026", "date", "variables.due", "Expected a date such as 2026-01-31, but found '31.01.2026'."),
        (5, "date", "variables.due", "Expected a date such as 2026-01-31, but found integer 5."),
        ("2026-01-31", "date-time", "variables.due", "Expected a date-time such as"),
        ("2026-01-31T10:00:00[../../etc/passwd]", "date-time", "variables.due", "Expected a date-time"),
        ("P1Y2D", "duration", "variables.due", "Expected a duration"),
        ("yes", "boolean", "variables.due", "Expected true or false, but found string 'yes'."),
        (1, "boolean", "variables.due", "Expected true or false"),
        (True, "integer", "variables.due", "Expected an integer, but found boolean True."),
        ("1e5", "integer", "variables.due", "Expected an integer, but found '1e5'."),
        ("1E+9999999", "decimal", "variables.due", "power of ten up to 6144"),
        ("NaN", "decimal", "variables.due", "finite"),
        ("abc", "decimal", "variables.due", "Expected a decimal such as 12.50"),
        ({}, "list", "variables.due", "Expected a JSON list, but found object"),
        (1, "null", "variables.due", "Expected a JSON null"),
        ("x", "colour", "variables.due", "'colour'"),
        ({"name": "a"}, "file", "variables.due", "Expected a file as"),
        ({"name": "a", "mime_type": "b", "content": "!"}, "file", "variables.due", "base64"),
        ([1, {"a": {"type": "date", "value": "x"}}], None, "variables.due[1].a", "Expected a date"),
    ],
)
def test_a_wrong_http_value_is_refused_with_its_field(
    raw: Any, type_name: str | None, field: str, message: str
) -> None:
    with pytest.raises(errors.InvalidCommand) as caught:
        values.from_json(raw, type_name, field="variables.due")

    assert caught.value.field == field
    assert message in caught.value.message


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


def test_the_limits_let_through_what_is_just_small_enough() -> None:
    values.check_limits({"a" * 255: nested(100), "b": "x" * 1000, "c": {"ä": [1.5, None, Decimal("1E+6144")]}})


@pytest.mark.parametrize(
    ("variables", "error", "field"),
    [
        ({"": 1}, errors.InvalidCommand, "variables"),
        ({"a" * 256: 1}, errors.InvalidCommand, "variables"),
        ({"deep": nested(101)}, errors.TooLarge, ("variables.deep" + "[0]" * 100)[:299] + "…"),
        ({"deep": nested(100_000)}, errors.TooLarge, ("variables.deep" + "[0]" * 100)[:299] + "…"),
        ({"large": "x" * (4 * 1024 * 1024)}, errors.TooLarge, "variables.large"),
        ({"ok": 1, "many": [0] * 5_000_000}, errors.TooLarge, None),
        ({"x": {"y": [1, float("nan")]}}, errors.InvalidCommand, "variables.x.y[1]"),
        ({"x": float("inf")}, errors.InvalidCommand, "variables.x"),
        ({"x": Decimal("sNaN")}, errors.InvalidCommand, "variables.x"),
        ({"x": Decimal("1E+999999")}, errors.InvalidCommand, "variables.x"),
        ({"x": "a\0b"}, errors.InvalidCommand, "variables.x"),
        ({"x": ["\ud800"]}, errors.InvalidCommand, "variables.x[0]"),
        ({"x": {1: 2}}, errors.InvalidCommand, "variables.x"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_its_path(
    variables: dict[str, Any], error: type[errors.Rejection], field: str | None
) -> None:
    with pytest.raises(error) as caught:
        values.check_limits(variables)

    if field is not None:
        assert caught.value.field == field


def test_a_list_that_holds_itself_or_doubles_itself_is_refused_quickly() -> None:
    round_: list[Any] = []
    round_.append(round_)
    doubled: list[Any] = [0]
    for _ in range(90):
        doubled = [doubled, doubled]

    with pytest.raises(errors.TooLarge):
        values.check_limits({"round": round_})
    with pytest.raises(errors.TooLarge):
        values.check_limits({"doubled": doubled}, limits=VariableLimits(max_bytes=10_000))
    with pytest.raises(errors.TooLarge):
        values.encode(round_)


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "P1", "1D", "P1D2H", "PT1H1D", "P-1D", "P1.5Y", "PT1.5H1M", "P1S", "P" + "9" * 18 + "D"]
)
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(errors.InvalidCommand, match="duration"):
        values.from_json(text, "duration", field="x")


@pytest.mark.parametrize("word", ["nix", "datetime", "int", ""])
def test_a_misspelt_type_is_refused_at_its_place_and_not_kept_as_an_object(word: str) -> None:
    with pytest.raises(errors.InvalidCommand, match="Expected one of the types") as caught:
        values.from_json([{"type": word, "value": "x"}], None, field="variables.a")

    assert caught.value.field == "variables.a[0]"


@pytest.mark.parametrize("own", [{"type": "car", "value": 3}, {"type": 1, "value": 2}, {"type": "date"}])
def test_an_object_of_its_own_with_type_and_value_comes_back_over_http(own: dict[str, Any]) -> None:
    assert values.from_json(values.to_json(own), None, field="variables.a") == own


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-01:00"])
def test_a_date_time_without_a_moment_in_utc_is_refused_by_field(text: str) -> None:
    with pytest.raises(errors.InvalidCommand, match="years 1 to 9999") as over_http:
        values.from_json({"type": "date-time", "value": text}, None, field="variables.a")
    with pytest.raises(errors.InvalidCommand, match="years 1 to 9999") as by_python:
        values.check_limits({"a": datetime.fromisoformat(text)})

    assert over_http.value.field == by_python.value.field == "variables.a"
