"""The examples deployed and a few instances alive, so that no page is empty at first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from baton.bpm.runtime import deployments, process_instances
from baton.bpm.runtime.actors import SYSTEM
from baton.bpm.runtime.engine import Engine

EXAMPLES = Path(__file__).parents[1] / "examples"

# Variables that take the instances of an example to different places; others start with none. A loan
# without an income cannot be rated: it shows an incident that a person can repair.
STARTS: dict[str, tuple[dict[str, Any], ...]] = {
    "loan-approval.bpmn": (
        {"amount": 20_000, "income": 48_000},
        {"amount": 180_000, "income": 45_000},
        {"amount": 12_000},
    ),
    "order-fulfilment.bpmn": ({"amount": 250}, {"amount": 2_500}),
    "leave-request.bpmn": ({"employee": "demo", "days": 3},),
    "expense-approval.bpmn": (
        {"amount": 250, "category": "meal", "receipt": True},
        {"amount": 40, "category": "travel", "receipt": True},
    ),
    "expense-report.bpmn": ({},),
    "customer-check.bpmn": ({"registry": "https://registry.example.com", "customerId": "4711"},),
}
# Decisions that an example calls, deployed with it.
DECISIONS: dict[str, tuple[str, ...]] = {"expense-approval.bpmn": ("expense-rules.dmn",)}


def fill(engine: Engine) -> list[str]:
    """Deploy the examples and start a few instances of each that has none; the names of the files it started."""
    return [file.name for file in sorted(EXAMPLES.glob("*.bpmn")) if _fill(engine, file)]


def _fill(engine: Engine, file: Path) -> bool:
    started = False
    beside = [*sorted(EXAMPLES.glob(f"{file.stem}*.form")), *(EXAMPLES / name for name in DECISIONS.get(file.name, ()))]
    deployment = deployments.deploy(
        engine,
        actor=SYSTEM,
        resources=[deployments.Resource(each.name, each.read_bytes()) for each in (file, *beside)],
        name=file.name,
    )
    for definition in deployment.process_definitions:
        if process_instances.list_(engine, actor=SYSTEM, key=definition.key, limit=1).items:
            continue
        for number, variables in enumerate(STARTS.get(file.name, ({},)), 1):
            process_instances.start(
                engine,
                actor=SYSTEM,
                process_definition_id=definition.id,
                variables=variables,
                business_key=f"demo-{number}",
            )
        started = True
    return started
