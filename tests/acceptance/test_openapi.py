"""The OpenAPI document is valid and says what the server does."""

import httpx
import pytest
from openapi_spec_validator import validate

# Every route there is: who adds or takes one away says so here.
PROMISED = {
    "/api/v1/api-keys": {"get", "post"},
    "/api/v1/api-keys/{api_key_id}": {"delete"},
    "/api/v1/audit-events": {"get"},
    "/api/v1/audit-events/export": {"get"},
    "/api/v1/audit-events/verification": {"get"},
    "/api/v1/batches": {"post"},
    "/api/v1/batches/count": {"post"},
    "/api/v1/batches/{batch_id}": {"get"},
    "/api/v1/conditions": {"post"},
    "/api/v1/decision-definitions": {"get"},
    "/api/v1/decision-definitions/{decision_definition_id}": {"get"},
    "/api/v1/decision-definitions/{decision_definition_id}/logic": {"get"},
    "/api/v1/decision-definitions/{decision_definition_id}/xml": {"get"},
    "/api/v1/decision-definitions/evaluate": {"post"},
    "/api/v1/decision-evaluations": {"get"},
    "/api/v1/decision-evaluations/{decision_evaluation_id}": {"get"},
    "/api/v1/deployments": {"get", "post"},
    "/api/v1/deployments/{deployment_id}": {"get", "delete"},
    "/api/v1/deployments/check": {"post"},
    "/api/v1/form-definitions": {"get"},
    "/api/v1/form-definitions/{form_definition_id}": {"get"},
    "/api/v1/groups": {"get", "post"},
    "/api/v1/groups/{group_id}": {"get", "patch", "delete"},
    "/api/v1/groups/{group_id}/members/{user_id}": {"put", "delete"},
    "/api/v1/health": {"get"},
    "/api/v1/health/details": {"get"},
    "/api/v1/incidents": {"get"},
    "/api/v1/incidents/{incident_id}": {"get"},
    "/api/v1/incidents/{incident_id}/resolve": {"post"},
    "/api/v1/incidents/groups": {"get"},
    "/api/v1/incidents/resolve": {"post"},
    "/api/v1/jobs": {"get"},
    "/api/v1/jobs/{job_id}": {"get"},
    "/api/v1/jobs/{job_id}/complete": {"post"},
    "/api/v1/jobs/{job_id}/error": {"post"},
    "/api/v1/jobs/{job_id}/extend": {"post"},
    "/api/v1/jobs/{job_id}/fail": {"post"},
    "/api/v1/jobs/{job_id}/reschedule": {"post"},
    "/api/v1/jobs/{job_id}/retries": {"post"},
    "/api/v1/jobs/{job_id}/run": {"post"},
    "/api/v1/jobs/activate": {"post"},
    "/api/v1/me": {"get"},
    "/api/v1/messages": {"get", "post"},
    "/api/v1/messages/{id_}": {"delete"},
    "/api/v1/process-definitions": {"get"},
    "/api/v1/process-definitions/{process_definition_id}": {"get"},
    "/api/v1/process-definitions/{process_definition_id}/problems": {"get"},
    "/api/v1/process-definitions/{process_definition_id}/start": {"post"},
    "/api/v1/process-definitions/{process_definition_id}/start-events": {"get"},
    "/api/v1/process-definitions/{process_definition_id}/start-form": {"get"},
    "/api/v1/process-definitions/{process_definition_id}/statistics": {"get"},
    "/api/v1/process-definitions/{process_definition_id}/xml": {"get"},
    "/api/v1/process-instances": {"get", "post"},
    "/api/v1/process-instances/{process_instance_id}": {"get"},
    "/api/v1/process-instances/{process_instance_id}/audit-events": {"get"},
    "/api/v1/process-instances/{process_instance_id}/call-hierarchy": {"get"},
    "/api/v1/process-instances/{process_instance_id}/flow-node-instances": {"get"},
    "/api/v1/process-instances/{process_instance_id}/history": {"get"},
    "/api/v1/process-instances/{process_instance_id}/path": {"get"},
    "/api/v1/process-instances/{process_instance_id}/resume": {"post"},
    "/api/v1/process-instances/{process_instance_id}/scopes": {"get"},
    "/api/v1/process-instances/{process_instance_id}/suspend": {"post"},
    "/api/v1/process-instances/{process_instance_id}/terminate": {"post"},
    "/api/v1/process-instances/{process_instance_id}/variables": {"get", "patch"},
    "/api/v1/process-instances/{process_instance_id}/waiting": {"get"},
    "/api/v1/signals": {"post"},
    "/api/v1/subscriptions": {"get"},
    "/api/v1/summary": {"get"},
    "/api/v1/user-tasks": {"get"},
    "/api/v1/user-tasks/{user_task_id}": {"get", "patch"},
    "/api/v1/user-tasks/{user_task_id}/assign": {"post"},
    "/api/v1/user-tasks/{user_task_id}/claim": {"post"},
    "/api/v1/user-tasks/{user_task_id}/complete": {"post"},
    "/api/v1/user-tasks/{user_task_id}/draft": {"get", "put", "delete"},
    "/api/v1/user-tasks/{user_task_id}/form": {"get"},
    "/api/v1/user-tasks/{user_task_id}/unclaim": {"post"},
    "/api/v1/user-tasks/claim-next": {"post"},
    "/api/v1/users": {"get", "post"},
    "/api/v1/users/{user_id}": {"get", "patch", "delete"},
    "/api/v1/users/{user_id}/deactivate": {"post"},
    "/api/v1/users/{user_id}/reactivate": {"post"},
    "/api/v1/workers": {"get"},
}


@pytest.fixture(scope="module")
def document(server):
    return httpx.get(f"{server.url}/openapi.json").json()


def test_the_document_is_valid_openapi_3_1(document):
    validate(document)

    assert document["openapi"].startswith("3.1")


def test_the_routes_are_those_promised(document):
    assert {path: set(methods) for path, methods in document["paths"].items()} == PROMISED


def test_every_operation_has_an_answer_with_a_schema_and_errors_as_problems(document):
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            where = f"{method} {path}"
            assert described["summary"], where
            good = [status for status in described["responses"] if status.startswith("2")]
            assert len(good) == 1, where
            assert all(answer["content"] for answer in described["responses"].values()), where
            for status, answer in described["responses"].items():
                if not status.startswith("2"):
                    assert list(answer["content"]) == ["application/problem+json"], where


def test_every_body_has_a_schema(document):
    for path in PROMISED:
        for method, described in document["paths"][path].items():
            for content in described.get("requestBody", {}).get("content", {}).values():
                assert content["schema"], f"{method} {path}"


def test_an_answer_has_exactly_the_members_that_its_schema_has(document, api):
    schema = document["components"]["schemas"]["Me"]

    assert set(api.ok("GET", "/me")) == set(schema["properties"])


def test_the_docs_page_needs_nothing_from_elsewhere(server):
    page = httpx.get(f"{server.url}/docs")

    assert page.status_code == 200
    assert "/api/v1/user-tasks/{user_task_id}/complete" in page.text
    assert "http://" not in page.text
    assert "https://" not in page.text
