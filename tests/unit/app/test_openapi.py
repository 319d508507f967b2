"""The document is of every route below /api/v1, or it is refused."""

import pytest
from apiflask import APIFlask

from baton.app.api import openapi


def test_a_route_of_the_api_without_contract_is_refused_and_named():
    app = APIFlask("app", spec_path="/openapi.json")
    openapi.install(app)
    app.add_url_rule("/tasks", "tasks", lambda: "a page")
    assert openapi.document(app)["paths"] == {}

    app = APIFlask("app")
    openapi.install(app)
    app.add_url_rule("/api/v1/forgotten", "forgotten", lambda: "{}")

    with pytest.raises(AssertionError, match="'/api/v1/forgotten'"):
        openapi.document(app)
