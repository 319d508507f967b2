"""Python without a sandbox is the operator's choice alone, and the server says it aloud."""

from __future__ import annotations

from pathlib import Path

from tests.acceptance import diagrams
from tests.acceptance.serving import Api, Server

WARNING = "Python scripts of diagrams run in this process without sandbox or limits"
ASKS = (
    '<bpmn:startEvent id="s"/><bpmn:scriptTask id="ask" scriptFormat="python" camunda:resultVariable="seen">'
    '<bpmn:script>import os\nos.environ["BATON_TRUSTED_PYTHON"]</bpmn:script></bpmn:scriptTask>'
    '<bpmn:userTask id="look"/>' + diagrams.flow("s", "ask") + diagrams.flow("ask", "look")
)


def test_a_server_with_trusted_python_warns_at_its_start_and_runs_scripts_with_its_environment(tmp_path: Path) -> None:
    server = Server(tmp_path, BATON_TRUSTED_PYTHON="true")
    try:
        server.wait_until_ready()
        with Api(server.url) as api:
            api.deploy(diagrams.process("asks", ASKS))
            instance = api.start("asks")

            [variable] = api.ok("GET", f"/process-instances/{instance['id']}/variables")["items"]

        assert (variable["name"], variable["value"]) == ("seen", "true")
        assert server.output.count(WARNING) == 1
    finally:
        server.stop()


def test_a_server_as_it_is_warns_of_nothing_and_such_a_script_is_an_incident(tmp_path: Path) -> None:
    server = Server(tmp_path)
    try:
        server.wait_until_ready()
        with Api(server.url) as api:
            api.deploy(diagrams.process("asks", ASKS))
            instance = api.start("asks")

            [incident] = api.ok("GET", "/incidents", params={"processInstanceId": instance["id"]})["items"]

        assert incident["type"] == "script"
        assert WARNING not in server.output
    finally:
        server.stop()
