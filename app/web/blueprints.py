"""Every area of the pages, in the order of the navigation."""

from __future__ import annotations

from baton.app.web import (
    audit,
    decisions,
    docs,
    home,
    instance_batches,
    instance_deeds,
    instance_page,
    instances,
    login,
    modeler,
    operations,
    page,
    people,
    process_starts,
    processes,
    task_page,
    tasks,
    upload,
)

BLUEPRINTS = (
    home.blueprint,
    tasks.blueprint,
    task_page.blueprint,
    processes.blueprint,
    process_starts.blueprint,
    upload.blueprint,
    instances.blueprint,
    instance_batches.blueprint,
    instance_page.blueprint,
    instance_deeds.blueprint,
    decisions.blueprint,
    modeler.blueprint,
    audit.blueprint,
    operations.blueprint,
    people.blueprint,
    docs.blueprint,
    login.blueprint,
    page.blueprint,
)
