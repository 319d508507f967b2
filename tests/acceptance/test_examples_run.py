"""The examples run from start to end, in memory, as their README says."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from baton.bpm.definition.elements import ServiceTask
from baton.bpm.execution.diagrams import read
from baton.bpm.testing import ProcessRun

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def done(*types: str) -> dict[str, Any]:
    return {type_: lambda variables: {} for type_ in types}


@pytest.fixture
def order() -> ProcessRun:
    return ProcessRun.of_file(
        EXAMPLES / "order-fulfilment.bpmn", handlers=done("reserve-stock", "charge-payment", "ship-order")
    )


@pytest.fixture
def loan() -> ProcessRun:
    return ProcessRun.of_file(EXAMPLES / "loan-approval.bpmn")


@pytest.fixture
def leave() -> ProcessRun:
    return ProcessRun.of_file(EXAMPLES / "leave-request.bpmn")


@pytest.fixture
def expense() -> ProcessRun:
    return ProcessRun.of_file(EXAMPLES / "expense-approval.bpmn", decisions=[EXAMPLES / "expense-rules.dmn"])


def test_a_small_order_is_prepared_packed_and_shipped(order: ProcessRun) -> None:
    order.start(amount=120)

    assert [task.name for task in order.user_tasks] == ["Pack parcel"]
    assert {"reserve-stock", "charge-payment"} <= set(order.path)
    assert order.user_tasks[0].event.candidate_groups == ("warehouse",)

    order.complete("Pack parcel")

    assert order.state == "completed"
    assert order.path[-2:] == ["ship-order", "order-shipped"]


def test_a_large_order_is_approved_by_sales_within_a_day_first(order: ProcessRun) -> None:
    order.start(amount=5_000)

    (approval,) = order.user_tasks
    assert approval.name == "Approve order"
    assert approval.event.candidate_groups == ("sales",)
    assert approval.event.priority == 80
    assert approval.event.due_at == datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=1)

    order.complete("Approve order")
    order.complete("Pack parcel")

    assert order.state == "completed"


def test_both_branches_of_an_order_are_open_at_the_same_time() -> None:
    order = ProcessRun.of_file(EXAMPLES / "order-fulfilment.bpmn").start(amount=120)

    assert sorted(job.event.type for job in order.jobs) == ["charge-payment", "reserve-stock"]


def test_a_modest_loan_is_confirmed_by_a_loan_officer(loan: ProcessRun) -> None:
    loan.start(amount=60_000, income=40_000)

    assert loan.user_tasks[0].event.candidate_groups == ("loan-officers",)

    loan.complete("Confirm loan")

    assert loan.state == "completed"
    assert loan.path[-1] == "loan-granted"


@pytest.mark.parametrize(("answer", "end"), [({"approved": True}, "loan-granted"), ({}, "loan-declined")])
def test_a_larger_loan_is_reviewed(loan: ProcessRun, answer: dict[str, bool], end: str) -> None:
    loan.start(amount=200_000, income=40_000)

    (review,) = loan.user_tasks
    assert review.event.candidate_groups == ("managers", "risk")
    assert review.event.priority == 90
    assert review.event.form == "review-loan"
    assert review.event.due_at == datetime(2026, 1, 3, tzinfo=UTC)

    loan.complete("Review loan", **answer)

    assert loan.path[-1] == end
    assert loan.state == "completed"


def test_a_loan_beyond_six_incomes_is_declined_at_once(loan: ProcessRun) -> None:
    loan.start(amount=300_000, income=40_000)

    assert loan.state == "completed"
    assert loan.path[-1] == "loan-declined"


@pytest.mark.parametrize(
    ("decision", "last_task", "end"),
    [
        ("yes", "Enter leave in calendar", "Event_LeaveGranted"),
        ("no", "Read reason for refusal", "Event_LeaveRefused"),
    ],
)
def test_a_leave_request_is_decided_by_the_manager(leave: ProcessRun, decision: str, last_task: str, end: str) -> None:
    leave.start()
    leave.complete("Fill in leave request")
    leave.complete("Approve leave")

    (choice,) = leave.user_tasks
    assert choice.event.kind == "decision"
    assert choice.event.candidate_groups == ("manager",)

    leave.complete("Approved?", decision)
    leave.complete(last_task)

    assert leave.state == "completed"
    assert leave.path[-1] == end


def test_a_manager_who_waits_for_three_days_is_reminded_once(leave: ProcessRun) -> None:
    leave.start()
    leave.complete("Fill in leave request")

    leave.advance(days=2, hours=23)
    assert [task.name for task in leave.user_tasks] == ["Approve leave"]

    leave.advance(days=30)
    assert [task.name for task in leave.user_tasks] == ["Approve leave", "Remind manager"]
    assert leave.user_tasks[1].event.candidate_groups == ("hr",)


def test_a_small_expense_with_a_receipt_is_paid_without_asking(expense: ProcessRun) -> None:
    expense.start(amount=40, category="travel", receipt=True)

    assert expense.state == "completed"
    assert expense.path[-1] == "expense-paid"


@pytest.mark.parametrize(
    ("amount", "category", "receipt", "group", "days"),
    [
        (40, "other", True, "team-leads", 5),
        (40, "travel", False, "team-leads", 5),
        (500, "meal", True, "team-leads", 3),
        (500, "meal", False, "finance", 3),
        (1_500, "travel", True, "finance", 2),
    ],
)
def test_rules_say_who_approves_an_expense_and_how_soon(
    expense: ProcessRun, amount: int, category: str, receipt: bool, group: str, days: int
) -> None:
    expense.start(amount=amount, category=category, receipt=receipt)

    (approval,) = expense.user_tasks
    assert approval.event.candidate_groups == (group,)
    assert approval.event.due_at == datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=days)

    expense.complete("Approve expense", approved=group == "finance")

    assert expense.path[-1] == ("expense-paid" if group == "finance" else "expense-refused")


def test_the_handlers_of_the_examples_are_registered_for_the_orders_job_types() -> None:
    script = (
        "import baton.examples.handlers; from baton.bpm.worker import registered_handlers;"
        " print(*sorted(registered_handlers()))"
    )
    environment = {**os.environ, "PYTHONPATH": str(EXAMPLES.parent / ".editable")}

    answer = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)

    job_types = {
        node.job_type
        for process in read((EXAMPLES / "order-fulfilment.bpmn").read_bytes()).processes
        for node in process.elements.walk()
        if isinstance(node, ServiceTask)
    }
    assert set(answer.stdout.split()) == job_types
