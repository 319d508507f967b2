"""Camunda 7: who does the work of a task, with what, and what becomes of its result."""

from __future__ import annotations

import pytest

from baton.bpm.definition.problems import Severity
from baton.bpm.runtime import job_leases, job_outcomes
from tests.conformance.attributes.drawn import chain, covers, file, flow, node, run, said
from tests.integration.support import WORKER, Desk

BOUNDARY = '<boundaryEvent id="b" attachedToRef="n">{}</boundaryEvent><endEvent id="caught"/>' + flow("b", "caught")
ERROR = '<error id="Err" errorCode="no-stock" camunda:errorMessage="${article} is out of stock"/>'
CATCH = BOUNDARY.format(
    '<errorEventDefinition errorRef="Err" camunda:errorCodeVariable="code" camunda:errorMessageVariable="text"/>'
)


@pytest.mark.parametrize("tag", ["serviceTask", "sendTask", "businessRuleTask"])
@covers("camunda:class")
def test_a_class_is_the_handler_of_that_name(tag):
    body = chain(node(tag, attributes='camunda:class="org.example.Ship"'))
    ran = run(body, handlers={"org.example.Ship": lambda seen: {"shipped": seen["order"]}})

    ran.start(order=7)

    assert (ran.state, ran.variables) == ("completed", {"order": 7, "shipped": 7})
    assert "job of the type 'org.example.Ship'" in said(body, "foreign-implementation").message


@covers("camunda:delegateExpression")
def test_a_bean_is_the_handler_of_its_name():
    body = chain(node("serviceTask", attributes='camunda:delegateExpression="${ship}"'))

    ran = run(body, handlers={"ship": lambda seen: {"shipped": True}}).start()

    assert ran.variables == {"shipped": True}
    assert said(body, "foreign-implementation").severity is Severity.WARNING


@pytest.mark.parametrize("tag", ["serviceTask", "sendTask", "businessRuleTask"])
@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("${amount * 2}", 42),
        ("${amount > 20}", True),
        ("${items}", [1, {"a": None}]),
        ("${null}", None),
        ("Order ${amount}", "Order 21"),
        ("plain text", "plain text"),
    ],
)
@covers("camunda:expression", "camunda:resultVariable")
def test_an_expression_is_evaluated_in_the_engine_and_its_result_keeps_its_type(tag, expression, result):
    words = f'camunda:expression="{expression.replace(">", "&gt;")}" camunda:resultVariable="r"'

    ran = run(chain(node(tag, attributes=words))).start(amount=21, items=[1, {"a": None}])

    assert ran.state == "completed"
    assert ran.variables["r"] == result
    assert type(ran.variables["r"]) is type(result)
    assert ran.jobs == []


@covers("camunda:expression")
def test_an_expression_that_fails_is_an_incident_without_writes_and_can_be_tried_again():
    words = """camunda:expression="${execution.setVariable('n', missing)}" """
    ran = run(chain(node("serviceTask", attributes=words))).start()

    assert [item.element_id for item in ran.incidents] == ["n"]
    assert ran.variables == {}

    ran.resolve_incident("n", missing=1)

    assert (ran.state, ran.variables["n"]) == ("completed", 1)


@covers("camunda:expression")
def test_a_method_of_an_unknown_bean_is_a_job_until_there_is_such_a_variable():
    body = chain(node("serviceTask", attributes="camunda:expression='${order.size()}' camunda:resultVariable='r'"))

    assert [job.event.type for job in run(body).start().jobs] == ["order.size()"]
    assert run(body).start(order=[1, 2]).variables["r"] == 2
    assert "'order'" in said(body, "foreign-implementation").message


@pytest.mark.parametrize("tag", ["intermediateThrowEvent", "endEvent"])
@covers("camunda:expression")
def test_a_message_may_be_sent_by_an_expression(tag):
    sends = """<messageEventDefinition camunda:expression="${execution.setVariable('sent', true)}"/>"""
    body = f'<startEvent id="s"/>{node(tag, inner=sends)}{flow("s", "n")}'

    ran = run(body).start()

    assert (ran.state, ran.variables, ran.messages) == ("completed", {"sent": True}, [])


@covers("camunda:class", "camunda:field")
def test_a_message_may_be_sent_by_a_worker_with_fields():
    field = '<camunda:field name="to"><camunda:expression>${customer}</camunda:expression></camunda:field>'
    sends = (
        f'<messageEventDefinition camunda:class="org.Send"><extensionElements>{field}</extensionElements>'
        "</messageEventDefinition>"
    )
    seen = []

    ran = run(chain(node("intermediateThrowEvent", inner=sends)), handlers={"org.Send": seen.append})
    ran.start(customer="kim")

    assert (ran.state, seen) == ("completed", [{"customer": "kim", "to": "kim"}])


@covers("camunda:type", "camunda:topic")
def test_an_external_task_is_a_job_of_its_topic_which_may_be_an_expression():
    ran = run(chain(node("serviceTask", attributes='camunda:type="external" camunda:topic="ship-${how}"')))

    ran.start(how="fast")
    ran.complete_job("ship-fast", done=True)

    assert ran.variables == {"how": "fast", "done": True}


@pytest.mark.parametrize("kind", ["mail", "shell"])
@covers("camunda:type")
def test_other_types_are_refused_with_a_way_out_and_are_a_to_do_in_guided_mode(kind):
    body = chain(node("serviceTask", attributes=f'camunda:type="{kind}"'))

    refusal = said(body, "unsupported-attribute")

    assert (refusal.severity, refusal.element_id) == (Severity.ERROR, "n")
    assert f"'{kind}'" in refusal.message
    assert "worker" in refusal.fix
    assert said(body, "unsupported-attribute", executable=False).severity is Severity.WARNING


@covers("camunda:field")
def test_fields_are_parameters_of_the_handler_and_stay_inside():
    fields = (
        '<camunda:field name="a" stringValue="x"/><camunda:field name="b" expression="${amount + 1}"/>'
        '<camunda:field name="c"><camunda:string>long text</camunda:string></camunda:field>'
        '<camunda:field name="d"><camunda:expression>${amount * 2}</camunda:expression></camunda:field>'
    )
    seen = []
    body = chain(node("serviceTask", fields, attributes='camunda:class="org.Ship"'))

    ran = run(body, handlers={"org.Ship": seen.append}).start(amount=1)

    assert seen == [{"amount": 1, "a": "x", "b": 2, "c": "long text", "d": 2}]
    assert ran.variables == {"amount": 1}


@covers(
    "camunda:errorEventDefinition", "camunda:errorMessage", "camunda:errorCodeVariable", "camunda:errorMessageVariable"
)
def test_what_a_worker_gives_may_be_a_bpmn_error():
    mapping = '<camunda:errorEventDefinition id="m" errorRef="Err" expression="${stock == 0}"/>'
    words = 'camunda:type="external" camunda:topic="ship"'
    body = chain(node("serviceTask", mapping, attributes=words), more=CATCH)

    empty = run(body, around=ERROR).start(article="apple")
    empty.complete_job("ship", stock=0)
    full = run(body, around=ERROR).start(article="apple")
    full.complete_job("ship", stock=1)

    assert empty.path[-1] == "caught"
    assert (empty.variables["code"], empty.variables["text"]) == ("no-stock", "apple is out of stock")
    assert full.path[-1] == "e"


@covers("camunda:errorEventDefinition")
def test_a_failure_with_tries_left_may_be_a_bpmn_error_and_else_is_a_failure(desk: Desk):
    condition = "${externalTask.errorDetails != null &amp;&amp; externalTask.errorMessage.contains('stock')}"
    mapping = f'<camunda:errorEventDefinition errorRef="Err" expression="{condition}"/>'
    words = 'camunda:type="external" camunda:topic="ship"'
    body = chain(node("serviceTask", mapping, attributes=words), more=CATCH)
    desk.deploy(file(body, around=ERROR, key="order").encode())

    def failed(message: str) -> int:
        instance = desk.start(article="apple")
        (job,) = job_leases.activate(desk.engine, actor=WORKER, types=["ship"], worker="w1")
        job_outcomes.fail(desk.engine, job.id, actor=WORKER, worker="w1", message=message, backoff_seconds=3600)
        return instance.id

    assert desk.state(failed("no stock")) == "completed"
    assert desk.state(failed("no network")) == "active"


@covers("camunda:errorEventDefinition")
def test_a_mapping_of_what_only_a_completed_job_has_leaves_a_failure_a_failure(desk: Desk):
    mapping = '<camunda:errorEventDefinition errorRef="Err" expression="${stock == 0}"/>'
    words = 'camunda:type="external" camunda:topic="ship"'
    body = chain(node("serviceTask", mapping, attributes=words), more=CATCH)
    desk.deploy(file(body, around=ERROR, key="order").encode())
    instance = desk.start()

    (job,) = job_leases.activate(desk.engine, actor=WORKER, types=["ship"], worker="w1")
    job_outcomes.fail(desk.engine, job.id, actor=WORKER, worker="w1", message="no network", backoff_seconds=0)
    (again,) = job_leases.activate(desk.engine, actor=WORKER, types=["ship"], worker="w1")
    job_outcomes.complete(desk.engine, again.id, actor=WORKER, worker="w1", variables={"stock": 1})

    assert again.id == job.id
    assert desk.state(instance.id) == "completed"


@covers("camunda:errorEventDefinition")
def test_an_error_mapping_that_says_too_little_is_told():
    body = chain(
        node(
            "serviceTask",
            '<camunda:errorEventDefinition errorRef="Gone" expression="${true}"/>',
            attributes='camunda:type="external" camunda:topic="t"',
        )
    )

    assert "names no error" in said(body, "error-mapping").message


@covers("camunda:resultVariable", "camunda:scriptFormat")
@pytest.mark.parametrize(
    ("format_", "script"),
    [("javascript", "amount * 2"), ("juel", "${amount * 2}"), ("feel", "amount * 2"), ("python", "amount * 2")],
)
def test_a_script_gives_its_result_to_the_variable(format_, script):
    words = f'scriptFormat="{format_}" camunda:resultVariable="r"'

    ran = run(chain(node("scriptTask", attributes=words, inner=f"<script>{script}</script>"))).start(amount=2)

    assert ran.variables["r"] == 4


@pytest.mark.parametrize("format_", ["groovy", "xslt"])
@covers("camunda:scriptFormat")
def test_other_script_languages_are_refused_with_the_nearest_one(format_):
    body = chain(node("scriptTask", attributes=f'scriptFormat="{format_}"', inner="<script>x</script>"))

    refusal = said(body, "unsupported-script-format")

    assert f"'{format_}'" in refusal.message
    assert refusal.severity is Severity.ERROR


@covers(
    "camunda:inputOutput",
    "camunda:inputParameter",
    "camunda:outputParameter",
    "camunda:list",
    "camunda:map",
    "camunda:entry",
    "camunda:script",
)
def test_a_worker_sees_its_parameters_and_outputs_lead_out(desk: Desk):
    parameters = (
        '<camunda:inputOutput><camunda:inputParameter name="text">Order ${id}</camunda:inputParameter>'
        '<camunda:inputParameter name="list"><camunda:list><camunda:value>${id}</camunda:value>'
        '<camunda:script scriptFormat="javascript">id + 1</camunda:script></camunda:list></camunda:inputParameter>'
        '<camunda:inputParameter name="map"><camunda:map><camunda:entry key="k">${id}</camunda:entry>'
        '<camunda:entry key="no${id}">x</camunda:entry></camunda:map>'
        '</camunda:inputParameter><camunda:outputParameter name="out">${given * 2}</camunda:outputParameter>'
        "</camunda:inputOutput>"
    )
    words = 'camunda:type="external" camunda:topic="ship"'
    desk.deploy(file(chain(node("serviceTask", parameters, attributes=words)), key="order").encode())
    instance = desk.start(id=7)

    (job,) = job_leases.activate(desk.engine, actor=WORKER, types=["ship"], worker="w1")
    job_outcomes.complete(desk.engine, job.id, actor=WORKER, worker="w1", variables={"given": 4})

    assert job.variables == {"id": 7, "text": "Order 7", "list": [7, 8], "map": {"k": 7, "no7": "x"}}
    assert desk.variables(instance.id) == {"id": 7, "given": 4, "out": 8}


@covers("camunda:entry")
def test_a_key_of_a_map_that_is_null_is_an_incident_and_one_that_cannot_be_read_is_refused():
    entry = '<camunda:entry key="{}">x</camunda:entry>'
    parameters = '<camunda:inputOutput><camunda:inputParameter name="m"><camunda:map>{}</camunda:map>'
    parameters += "</camunda:inputParameter></camunda:inputOutput>"

    ran = run(chain(node("userTask", parameters.format(entry.format("${k}"))))).start(k=None)
    broken = said(chain(node("userTask", parameters.format(entry.format("${")))), "expression-syntax")

    assert "A key of the mapping to 'm' of 'n' is null" in ran.incidents[0].event.message
    assert "The mapping to 'm' of the user task 'n'" in broken.message


@pytest.mark.parametrize("tag", ["intermediateThrowEvent", "subProcess", "scriptTask", "task", "callActivity"])
@covers("camunda:inputOutput")
def test_parameters_stand_at_every_element_that_works(tag):
    parameters = (
        '<camunda:inputOutput><camunda:inputParameter name="mine">${id + 1}</camunda:inputParameter>'
        '<camunda:outputParameter name="out">${mine}</camunda:outputParameter></camunda:inputOutput>'
    )
    inner = {"subProcess": '<startEvent id="i"/>', "scriptTask": "<script>x = mine</script>"}.get(tag, "")
    attributes = {"callActivity": 'calledElement="q"', "scriptTask": 'scriptFormat="python"'}.get(tag, "")
    if tag == "callActivity":
        parameters += '<camunda:in source="mine" target="given"/><camunda:out source="given" target="back"/>'
    called = '<process id="q" isExecutable="true"><startEvent id="s2"/></process>'

    ran = run(chain(node(tag, parameters, attributes=attributes, inner=inner)), around=called).start(id=1)

    assert ran.state == "completed"
    assert ran.variables["out"] == 2
    assert "mine" not in ran.variables
    assert tag != "callActivity" or ran.variables["back"] == 2


@covers("camunda:inputOutput")
def test_an_event_that_waits_maps_what_came_and_a_gateway_says_that_it_has_no_variables():
    output = '<camunda:outputParameter name="out">${got}</camunda:outputParameter>'
    parameters = f"<camunda:inputOutput>{output}</camunda:inputOutput>"
    message = '<messageEventDefinition messageRef="M"/>'
    ran = run(
        chain(node("intermediateCatchEvent", parameters, inner=message)), around='<message id="M" name="m"/>'
    ).start()

    ran.message("m", got=5)

    assert ran.variables == {"got": 5, "out": 5}
    told = said(chain(node("exclusiveGateway", parameters)), "vendor-extension")
    assert told.severity is Severity.WARNING
    assert "no variables of its own" in told.message
