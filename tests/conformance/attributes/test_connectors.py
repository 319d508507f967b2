"""HTTP connectors in the words of Camunda 7 and 8: the server calls whom it may, and the process goes on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from baton.bpm.definition.problems import Severity
from baton.bpm.runtime.engine import Engine
from baton.bpm.settings import Settings
from baton.bpm.worker import Dispatcher
from tests.conformance.attributes.drawn import chain, covers, file, node, said
from tests.integration.support import Desk, migrate
from tests.integration.test_worker import eventually
from tests.support.http_server import HttpServer, http_server

CONNECTOR = (
    "<camunda:connector><camunda:inputOutput>"
    '<camunda:inputParameter name="url">${base}/orders</camunda:inputParameter>'
    '<camunda:inputParameter name="method">POST</camunda:inputParameter>'
    '<camunda:inputParameter name="payload">${what}</camunda:inputParameter>'
    '<camunda:outputParameter name="code">${statusCode}</camunda:outputParameter>'
    "</camunda:inputOutput><camunda:connectorId>CONNECTOR</camunda:connectorId></camunda:connector>"
)
REST = (
    '<zeebe:taskDefinition type="io.camunda:http-json:1"/><zeebe:ioMapping><zeebe:input source="=base" target="url"/>'
    '<zeebe:input source="post" target="method"/><zeebe:input source="=what" target="body"/></zeebe:ioMapping>'
    '<zeebe:taskHeaders><zeebe:header key="resultExpression" value="={code: response.status}"/></zeebe:taskHeaders>'
)
TEMPLATE = 'zeebe:modelerTemplate="io.camunda.connectors.HttpJson.v2" zeebe:modelerTemplateVersion="5"'


@pytest.fixture
def server() -> Iterator[HttpServer]:
    with http_server() as running:
        yield running


@pytest.fixture
def calling(tmp_path: Path, server: HttpServer) -> Iterator[Desk]:
    """An engine that may call the server, and works off its own jobs."""
    url = f"sqlite:///{tmp_path / 'calling.db'}"
    migrate(url)
    settings = Settings(database_url=url, http_allow=f"127.0.0.1:{server.port}")
    with Engine(settings) as engine, Dispatcher(engine):
        yield Desk(engine)


@pytest.mark.parametrize("tag", ["serviceTask", "sendTask", "businessRuleTask"])
@covers("camunda:connector", "camunda:connectorId")
def test_the_http_connector_of_camunda_7_is_called_by_the_server(calling: Desk, server: HttpServer, tag: str):
    words = CONNECTOR.replace("CONNECTOR", "http-connector")
    calling.deploy(file(chain(node(tag, words)), key="order").encode())

    instance = calling.start(base=server.url, what="a parcel")

    eventually(lambda: calling.state(instance.id) == "completed")
    assert calling.variables(instance.id)["code"] == 200
    assert [(asked.method, asked.path, asked.body) for asked in server.asked] == [("POST", "/orders", b"a parcel")]


@covers("camunda:connectorId")
def test_another_connector_is_a_job_of_its_name_and_the_upload_says_so():
    told = said(chain(node("serviceTask", CONNECTOR.replace("CONNECTOR", "mail-send"))), "foreign-implementation")

    assert (told.severity, "'mail-send'" in told.message) == (Severity.WARNING, True)


@covers("zeebe:modelerTemplate io.camunda:http-json:1")
def test_the_http_template_of_camunda_8_is_called_by_the_server(calling: Desk, server: HttpServer):
    calling.deploy(file(chain(node("serviceTask", REST, attributes=TEMPLATE)), key="order").encode())

    instance = calling.start(base=server.url, what={"parcels": 2})

    eventually(lambda: calling.state(instance.id) == "completed")
    assert calling.variables(instance.id)["code"] == 200
    assert [(asked.method, asked.body) for asked in server.asked] == [("POST", b'{"parcels":2}')]
