"""Whatever text comes, the readers answer with a value or their own error, soon."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from baton.bpm import errors, values
from baton.bpm.definition.elements import CronForm, TimerKind
from baton.bpm.expressions import juel, python_source
from baton.bpm.expressions.context import EvaluationContext
from baton.bpm.expressions.timer import CatchUp, parse_timer

NOW = datetime(2026, 1, 31, 10, tzinfo=UTC)
ZONES = [ZoneInfo(name) for name in ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe")]
CONTEXT = EvaluationContext({"a": 1, "b": "x", "c": [1, {"d": None}], "e": {"f": NOW}, "g": 1.5}, NOW)

juel_words = st.sampled_from(
    [
        *"abceg()[].,?:+-*/%<>!'\"0{}$# ",
        *("${", "#{", "}", "==", "!=", "&&", "||", " and ", " empty ", " not ", " mod ", "1.5", "null", "true"),
        *("a.b", "c[0]", "e.f", ".size()", ".get(0)", ".plusDays(1)", "execution", ".getVariable('a')", "now()"),
    ]
)
timer_words = st.sampled_from([*"RPTYMWDHSZ0123456789-+:/.,?*#L ", "R3/", "PT1H", "2026-01-31", "T10:00", "P1M", "MON"])
python_words = st.sampled_from(
    [*"abc=+-*()[]{}:.,'\"\n 01", "if ", "for ", " in ", "lambda ", "def f", "return ", "    ", "global a"]
)

IN_TIME = 10_000
"""Milliseconds: far beyond every limit, for the machine may have other things to do."""


@settings(deadline=IN_TIME)
@given(st.lists(juel_words, max_size=30).map("".join))
def test_any_text_is_juel_or_refused(text: str) -> None:
    for written in (text, "${" + text + "}"):
        try:
            compiled = juel.compile_expression(written)
            value = compiled.evaluate(CONTEXT)
        except errors.ExpressionError:
            continue
        assert values.type_of(value) in values.ValueType


@settings(deadline=IN_TIME)
@given(
    st.lists(timer_words, max_size=20).map("".join),
    st.sampled_from(TimerKind),
    st.sampled_from(CronForm),
    st.sampled_from(ZONES),
)
def test_any_text_is_a_timer_or_refused(text: str, kind: TimerKind, form: CronForm, zone: ZoneInfo) -> None:
    try:
        schedule = parse_timer(kind, text, cron_form=form, zone=zone)
        due = schedule.first_due(NOW)
    except errors.ExpressionError:
        return
    assert due.tzinfo is UTC


@settings(deadline=IN_TIME)
@given(st.lists(python_words, max_size=30).map("".join))
def test_any_text_is_a_script_or_refused(text: str) -> None:
    try:
        source = python_source.prepare(text)
    except errors.ExpressionSyntaxError:
        return
    python_source.prepare(source.code(["a"]))


cron_fields = st.tuples(
    st.sampled_from(["0", "*/20", "5,50"]),
    st.sampled_from(["0", "*", "0/30", "15"]),
    st.sampled_from(["*", "2", "0-23", "22-3", "*/6"]),
    st.sampled_from(["*", "1", "L", "LW", "15W", "29"]),
    st.sampled_from(["*", "2", "MAR,OCT"]),
    st.just("?"),
).map(" ".join)


@settings(deadline=IN_TIME)
@given(cron_fields, st.sampled_from(ZONES), st.datetimes(datetime(2024, 1, 1), datetime(2029, 1, 1)))
def test_cron_times_only_go_forward_and_catching_up_meets_them(cron: str, zone: ZoneInfo, start: datetime) -> None:
    schedule = parse_timer(TimerKind.CYCLE, cron, cron_form=CronForm.QUARTZ, zone=zone)
    dues = [schedule.first_due(start.replace(tzinfo=UTC))]
    for _ in range(5):
        following = schedule.next_due(anchor=dues[0], fired=1, previous=dues[-1])
        assert following is not None
        assert following > dues[-1]
        dues.append(following)

    state: dict[str, Any] = {"anchor": dues[0], "fired": 1, "previous": dues[0], "now": dues[4]}
    assert schedule.catch_up(CatchUp.LAST, **state).at == dues[4]
    assert schedule.catch_up(CatchUp.SKIP, **state).at == dues[5]


cycles = st.builds(
    "R{}/{}{}".format,
    st.sampled_from(["", "7"]),
    st.sampled_from(["", "2026-01-30T23:30:00/", "2025-10-26T02:30:00/"]),
    st.sampled_from(["P1D", "P1M", "PT45M", "P1M1DT1H", "P1Y", "PT1H"]),
)


@settings(deadline=IN_TIME)
@given(cycles, st.sampled_from(ZONES), st.integers(1, 5))
def test_catching_up_a_cycle_meets_the_times_one_by_one(cycle: str, zone: ZoneInfo, steps: int) -> None:
    schedule = parse_timer(TimerKind.CYCLE, cycle, cron_form=CronForm.QUARTZ, zone=zone)
    dues: list[datetime] = [schedule.first_due(NOW)]
    while len(dues) <= steps and (following := schedule.next_due(anchor=NOW, fired=len(dues), previous=dues[-1])):
        assert following > dues[-1]
        dues.append(following)

    caught = schedule.catch_up(CatchUp.LAST, anchor=NOW, fired=1, previous=dues[0], now=dues[-1])

    assert caught.at == (dues[-1] if len(dues) > 1 else schedule.next_due(anchor=NOW, fired=1, previous=dues[0]))
