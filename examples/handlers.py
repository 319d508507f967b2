"""The service tasks of `order-fulfilment.bpmn` as Python functions.

    baton serve --handlers baton.examples.handlers

A handler gets the job with its variables (a dict) and returns the variables to write back.
"""

from __future__ import annotations

from typing import Any

from baton.bpm.worker import Job, job_handler

PARCEL_FEE = 5


@job_handler("reserve-stock")
def reserve_stock(job: Job) -> dict[str, Any]:
    """Put the goods aside; the reservation carries the job's id, so that doing it twice reserves once."""
    return {"reservation": f"R-{job.id}"}


@job_handler("charge-payment")
def charge_payment(job: Job) -> dict[str, Any]:
    """Charge the amount and the parcel fee."""
    return {"charged": job.variables["amount"] + PARCEL_FEE}


@job_handler("ship-order")
def ship_order(job: Job) -> dict[str, Any]:
    """Hand the parcel over."""
    return {"tracking_number": f"T-{job.id}"}
