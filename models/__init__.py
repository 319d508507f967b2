"""The tables, one family per file; importing this package registers them all in `metadata`."""

from baton.models.audit_event import audit_event
from baton.models.base import metadata
from baton.models.closing import closing
from baton.models.data_store import data_store
from baton.models.decision import decision_definition, decision_evaluation
from baton.models.deployment import deployment, resource
from baton.models.flow_node_instance import flow_node_instance
from baton.models.flow_node_statistics import flow_node_statistics
from baton.models.form_definition import form_definition
from baton.models.idempotency_key import idempotency_key
from baton.models.identity import api_key, group, membership, session, user
from baton.models.incident import incident
from baton.models.job import job
from baton.models.message import message
from baton.models.process_definition import process_definition
from baton.models.process_instance import process_instance
from baton.models.scope import scope
from baton.models.setting import setting
from baton.models.subscription import subscription
from baton.models.user_task import user_task, user_task_candidate, user_task_draft
from baton.models.variable import variable
from baton.models.worker import worker

__all__ = [
    "api_key",
    "audit_event",
    "closing",
    "data_store",
    "decision_definition",
    "decision_evaluation",
    "deployment",
    "flow_node_instance",
    "flow_node_statistics",
    "form_definition",
    "group",
    "idempotency_key",
    "incident",
    "job",
    "membership",
    "message",
    "metadata",
    "process_definition",
    "process_instance",
    "resource",
    "scope",
    "session",
    "setting",
    "subscription",
    "user",
    "user_task",
    "user_task_candidate",
    "user_task_draft",
    "variable",
    "worker",
]
