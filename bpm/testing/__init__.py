"""Test your own processes without a server: a virtual clock, state in memory, one short line per deed.

    run = ProcessRun.of_file("order.bpmn")
    run.start(amount=120)
    run.complete("Approve order", approved=True)
    run.advance(hours=3)
    assert run.state == "completed"
    assert "ship" in run.path

Messages and signals come by `run.message("payment", amount=3)` and `run.signal("alarm")`; what a call activity calls is
a run of its own, `run.called("call")`, with the same clock and handlers:

    run = ProcessRun.of_file("order.bpmn", processes=processes_of_file("billing.bpmn"))
    run.start()
    run.called("Bill the customer").complete("Write the bill")

Nothing here is mocked: it is the engine's own kernel, reading and writing scopes as a database would.
"""

from __future__ import annotations

from baton.bpm.testing.clock import VirtualClock
from baton.bpm.testing.decisions import GivenDecisions
from baton.bpm.testing.open_items import OpenItem
from baton.bpm.testing.process_run import JobHandler, ProcessRun, processes_of_file
from baton.bpm.testing.seen import UTC_ZONE
from baton.bpm.testing.store import InMemoryStore

__all__ = [
    "UTC_ZONE",
    "GivenDecisions",
    "InMemoryStore",
    "JobHandler",
    "OpenItem",
    "ProcessRun",
    "VirtualClock",
    "processes_of_file",
]
