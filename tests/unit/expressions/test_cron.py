"""Cron expressions of both forms, on wall clock times."""

from datetime import datetime

import pytest

from baton.bpm.definition.elements import CronForm
from baton.bpm.expressions.cron import parse_cron

SATURDAY = datetime(2026, 1, 31, 10, 0)


def after(text: str, form: CronForm, count: int = 3) -> list[str]:
    cron = parse_cron(text, form)
    found: list[str] = []
    moment = cron.next_after(SATURDAY)
    while moment is not None and len(found) < count:
        found.append(moment.strftime("%Y-%m-%d %H:%M:%S"))
        moment = cron.next_after(moment)
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0 0/5 * * * ?", ["2026-01-31 10:05:00", "2026-01-31 10:10:00", "2026-01-31 10:15:00"]),
        ("*/20 * * * * ?", ["2026-01-31 10:00:20", "2026-01-31 10:00:40", "2026-01-31 10:01:00"]),
        ("0 0 12 ? * MON-FRI", ["2026-02-02 12:00:00", "2026-02-03 12:00:00", "2026-02-04 12:00:00"]),
        ("0 0 12 ? * 2-6", ["2026-02-02 12:00:00", "2026-02-03 12:00:00", "2026-02-04 12:00:00"]),
        ("0 0 12 ? * 1", ["2026-02-01 12:00:00", "2026-02-08 12:00:00", "2026-02-15 12:00:00"]),
        ("0 0 12 ? * fri-mon", ["2026-01-31 12:00:00", "2026-02-01 12:00:00", "2026-02-02 12:00:00"]),
        ("0 0 22-1 * * ?", ["2026-01-31 22:00:00", "2026-01-31 23:00:00", "2026-02-01 00:00:00"]),
        ("0 0 12 L * ?", ["2026-01-31 12:00:00", "2026-02-28 12:00:00", "2026-03-31 12:00:00"]),
        ("0 0 12 L-3 * ?", ["2026-02-25 12:00:00", "2026-03-28 12:00:00", "2026-04-27 12:00:00"]),
        ("0 0 12 LW * ?", ["2026-02-27 12:00:00", "2026-03-31 12:00:00", "2026-04-30 12:00:00"]),
        ("0 0 12 1W * ?", ["2026-02-02 12:00:00", "2026-03-02 12:00:00", "2026-04-01 12:00:00"]),
        ("0 0 12 15W * ?", ["2026-02-16 12:00:00", "2026-03-16 12:00:00", "2026-04-15 12:00:00"]),
        ("0 0 12 31W * ?", ["2026-03-31 12:00:00", "2026-05-29 12:00:00", "2026-07-31 12:00:00"]),
        ("0 0 12 ? * 6L", ["2026-02-27 12:00:00", "2026-03-27 12:00:00", "2026-04-24 12:00:00"]),
        ("0 0 12 ? * FRIL", ["2026-02-27 12:00:00", "2026-03-27 12:00:00", "2026-04-24 12:00:00"]),
        ("0 0 12 ? * 6#3", ["2026-02-20 12:00:00", "2026-03-20 12:00:00", "2026-04-17 12:00:00"]),
        ("0 0 12 ? * SUN#5", ["2026-03-29 12:00:00", "2026-05-31 12:00:00", "2026-08-30 12:00:00"]),
        ("0 0 12 ? * L", ["2026-01-31 12:00:00", "2026-02-07 12:00:00", "2026-02-14 12:00:00"]),
        ("0 15,45 10 29 2 ?", ["2028-02-29 10:15:00", "2028-02-29 10:45:00", "2032-02-29 10:15:00"]),
        ("0 0 0 1 JAN,JUL ? 2027-2028", ["2027-01-01 00:00:00", "2027-07-01 00:00:00", "2028-01-01 00:00:00"]),
        ("0 0 12 * * *", ["2026-01-31 12:00:00", "2026-02-01 12:00:00", "2026-02-02 12:00:00"]),
        ("0 0 12 1,15 * ?", ["2026-02-01 12:00:00", "2026-02-15 12:00:00", "2026-03-01 12:00:00"]),
        ("0 0 12 1/10 * ?", ["2026-01-31 12:00:00", "2026-02-01 12:00:00", "2026-02-11 12:00:00"]),
        ("0 0 0 ? 11-2/2 MON#1", ["2026-11-02 00:00:00", "2027-01-04 00:00:00", "2027-11-01 00:00:00"]),
    ],
)  # fmt: skip
def test_quartz_cron_comes_due_at_these_times(text: str, expected: list[str]) -> None:
    assert after(text, CronForm.QUARTZ) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@daily", ["2026-02-01 00:00:00", "2026-02-02 00:00:00", "2026-02-03 00:00:00"]),
        ("@hourly", ["2026-01-31 11:00:00", "2026-01-31 12:00:00", "2026-01-31 13:00:00"]),
        ("@weekly", ["2026-02-01 00:00:00", "2026-02-08 00:00:00", "2026-02-15 00:00:00"]),
        ("@monthly", ["2026-02-01 00:00:00", "2026-03-01 00:00:00", "2026-04-01 00:00:00"]),
        ("@yearly", ["2027-01-01 00:00:00", "2028-01-01 00:00:00", "2029-01-01 00:00:00"]),
        ("0 0 12 * * 1-5", ["2026-02-02 12:00:00", "2026-02-03 12:00:00", "2026-02-04 12:00:00"]),
        ("0 0 12 * * 0", ["2026-02-01 12:00:00", "2026-02-08 12:00:00", "2026-02-15 12:00:00"]),
        ("0 0 12 * * 7", ["2026-02-01 12:00:00", "2026-02-08 12:00:00", "2026-02-15 12:00:00"]),
        ("0 0 12 * * 6-7", ["2026-01-31 12:00:00", "2026-02-01 12:00:00", "2026-02-07 12:00:00"]),
        ("0 0 12 ? * MON#1", ["2026-02-02 12:00:00", "2026-03-02 12:00:00", "2026-04-06 12:00:00"]),
        ("0 0 12 * * 5L", ["2026-02-27 12:00:00", "2026-03-27 12:00:00", "2026-04-24 12:00:00"]),
        ("0 0 12 13 * FRI", ["2026-02-13 12:00:00", "2026-03-13 12:00:00", "2026-11-13 12:00:00"]),
        ("0 0 0 29 2 MON", ["2044-02-29 00:00:00", "2072-02-29 00:00:00"]),
    ],
)
def test_spring_cron_comes_due_at_these_times(text: str, expected: list[str]) -> None:
    assert after(text, CronForm.SPRING, len(expected)) == expected


@pytest.mark.parametrize(
    ("text", "form", "message"),
    [
        ("* * * * *", CronForm.QUARTZ, "Expected a cron expression of 6 or 7 fields"),
        ("", CronForm.SPRING, "but found 0 in ''"),
        ("@daily", CronForm.QUARTZ, "6 or 7 fields"),
        ("0 0 12 1 * MON", CronForm.QUARTZ, "Expected ? as the day of month or as the day of week"),
        ("60 0 0 * * ?", CronForm.QUARTZ, "Expected seconds from 0 to 59 in a cron expression, but found '60'."),
        ("0 0 24 * * ?", CronForm.QUARTZ, "Expected hours from 0 to 23"),
        ("0 0 0 32 * ?", CronForm.QUARTZ, "Expected a day of month from 1 to 31"),
        ("0 0 0 0W * ?", CronForm.QUARTZ, "Expected a day of month"),
        ("0 0 0 L-31 * ?", CronForm.QUARTZ, "Expected a day of month"),
        ("0 0 0 * 13 ?", CronForm.QUARTZ, "Expected a month from 1 to 12"),
        ("0 0 0 ? * 8", CronForm.QUARTZ, "Expected a day of week from 1 to 7"),
        ("0 0 0 ? * 6#6", CronForm.QUARTZ, "Expected a day of week"),
        ("0 0 0 ? * MOO", CronForm.QUARTZ, "but found 'MOO'"),
        ("0 0 0 * * ? 1969", CronForm.QUARTZ, "Expected a year from 1970 to 2199"),
        ("0 0 0 * * ? 2030-2020", CronForm.QUARTZ, "Expected a year"),
        ("0 */0 * * * ?", CronForm.QUARTZ, "Expected minutes"),
        ("0 1--2 * * * ?", CronForm.QUARTZ, "Expected minutes"),
        ("0 ١ * * * ?", CronForm.QUARTZ, "Expected minutes"),
        ("0 30 2 31 2 ?", CronForm.QUARTZ, "but '0 30 2 31 2 ?' never does"),
        ("0 0 0 30 2 *", CronForm.SPRING, "never does"),
        ("0 0 0 ? 2 *#5", CronForm.SPRING, "Expected a day of week"),
        ("* " * 1000, CronForm.SPRING, "at most 200 characters"),
    ],
)
def test_what_is_no_cron_expression_is_refused_with_its_field(text: str, form: CronForm, message: str) -> None:
    with pytest.raises(ValueError) as caught:
        parse_cron(text, form)

    assert message in str(caught.value)
