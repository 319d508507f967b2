"""Camunda 7: what crosses between processes, decisions, loops, events, and what cannot be run."""

from __future__ import annotations

from time import process_time

import pytest

from baton.bpm.definition.problems import Severity
from baton.bpm.execution import diagrams
from baton.bpm.runtime import process_instances
from tests.conformance.attributes.drawn import chain, covers, file, flow, node, problems, run, said
from tests.integration.support import MARY, Desk

CALLED = '<process id="q" isExecutable="true"><startEvent id="s2"/><userTask id="u"/>' + flow("s2", "u") + "</process>"
ERROR = '<error id="Err" errorCode="E1" camunda:errorMessage="Sorry, ${name}"/>'
CALLS = 'calledElement="q"'
SIGNAL = '<signal id="S" name="alarm"/>'


def call(*parts: str, **variables: object):
    body = chain(node("callActivity", *parts, attributes=f'{CALLS} camunda:modelerTemplate="t"'))
    return run(body, around=CALLED).start(**variables)


@pytest.mark.parametrize(
    ("part", "crosses"),
    [
        ("", {}),
        ('<camunda:in source="a"/>', {"a": 1}),
        ('<camunda:in source="a" target="b"/>', {"b": 1}),
        ('<camunda:in sourceExpression="${a + 1}" target="b"/>', {"b": 2}),
        ('<camunda:in variables="all"/>', {"a": 1, "own": 5}),
        ('<camunda:in variables="all"/><camunda:in sourceExpression="${7}" target="a"/>', {"a": 7, "own": 5}),
    ],
)
@covers("camunda:in", "camunda:sourceExpression", "camunda:variables=all")
def test_what_goes_into_a_called_process_is_what_is_mapped(part, crosses):
    assert call(part, a=1, own=5).called("n").variables == crosses


MINE = '<camunda:inputOutput><camunda:inputParameter name="mine">${a}</camunda:inputParameter></camunda:inputOutput>'
TWICE = (
    "<camunda:inputOutput><camunda:outputParameter name='b'>${r * 2}</camunda:outputParameter></camunda:inputOutput>"
)


@covers("camunda:local")
@pytest.mark.parametrize(
    ("parameters", "part", "crosses"),
    [
        ("", '<camunda:in variables="all" local="true"/>', {}),
        (MINE, '<camunda:in variables="all" local="true"/>', {"mine": 1}),
        (MINE, '<camunda:in source="mine" local="true"/>', {"mine": 1}),
        (MINE, '<camunda:in sourceExpression="${mine + 1}" target="b" local="true"/>', {"b": 2}),
    ],
)
def test_what_goes_in_locally_are_the_inputs_of_the_call_alone(parameters, part, crosses):
    inside = node("callActivity", parameters, part, attributes=CALLS, id="c")
    inside = f'<startEvent id="i"/>{inside}{flow("i", "c")}'

    outer = run(chain(node("callActivity", parameters, part, attributes=CALLS)), around=CALLED).start(a=1)
    inner = run(chain(node("subProcess", inner=inside)), around=CALLED).start(a=1)

    assert outer.called("n").variables == crosses
    assert inner.called("c").variables == crosses


@covers("camunda:local")
def test_a_local_expression_does_not_see_what_is_around_the_call():
    ran = call('<camunda:in sourceExpression="${a}" target="b" local="true"/>', a=1)

    assert "Expected a variable named 'a'" in ran.incidents[0].event.message


@covers("camunda:local")
@pytest.mark.parametrize(
    "part", ['<camunda:out variables="all" local="true"/>', '<camunda:out source="r" local="true"/>']
)
def test_what_comes_back_locally_is_for_the_outputs_of_the_call_alone(part):
    ran, kept = call(TWICE, part), call(part)

    ran.called("n").complete("u", r=3)
    kept.called("n").complete("u", r=3)

    assert (ran.state, ran.variables) == ("completed", {"b": 6})
    assert (kept.state, kept.variables) == ("completed", {})


OUT = '<camunda:out source="r"/><camunda:out sourceExpression="${missing + 1}" target="m"/>'
CATCHES = '<boundaryEvent id="b" attachedToRef="n"><{0}EventDefinition/></boundaryEvent><userTask id="told"/>'


@covers("camunda:out")
@pytest.mark.parametrize("what", ["error", "escalation"])
def test_outputs_of_a_call_come_back_with_its_error_or_escalation_too(what):
    throws = f'<endEvent id="t"><{what}EventDefinition {what}Ref="T"/></endEvent>'
    called = f'<{what} id="T" {what}Code="gone"/>' + CALLED.replace("</process>", f"{throws}{flow('u', 't')}</process>")
    body = chain(node("callActivity", OUT, attributes=CALLS)) + CATCHES.format(what) + flow("b", "told")
    ran = run(body, around=called).start()

    ran.called("n").complete("u", r=3, x=0)

    assert [task.element_id for task in ran.user_tasks] == ["told"]
    assert ran.variables == {"r": 3, "m": None}


@pytest.mark.parametrize(
    ("part", "comes"),
    [
        ("", {}),
        ('<camunda:out source="r"/>', {"r": 3}),
        ('<camunda:out sourceExpression="${r * 2}" target="b"/>', {"b": 6}),
        ('<camunda:out variables="all"/>', {"r": 3, "x": 0}),
    ],
)
@covers("camunda:out", "camunda:sourceExpression", "camunda:variables=all")
def test_what_comes_back_is_what_is_mapped(part, comes):
    ran = call(part)

    ran.called("n").complete("u", r=3, x=0)

    assert (ran.state, ran.variables) == ("completed", comes)


@covers("camunda:businessKey")
def test_a_business_key_goes_along():
    ran = call('<camunda:in businessKey="order-${id}"/>', id=7)

    assert ran.called("n").business_key == "order-7"


@covers("camunda:calledElementBinding", "camunda:calledElementVersion", "camunda:calledElementVersionTag")
@pytest.mark.parametrize(
    ("attributes", "version"),
    [
        ("", 2),
        ('camunda:calledElementBinding="latest"', 2),
        ('camunda:calledElementBinding="version" camunda:calledElementVersion="${which}"', 1),
        ('camunda:calledElementBinding="versionTag" camunda:calledElementVersionTag="old"', 1),
    ],
)
def test_a_binding_says_which_version_is_called(desk: Desk, attributes, version):
    for tag in ("old", "new"):
        desk.deploy(
            file(
                '<startEvent id="s"/><userTask id="u"/>' + flow("s", "u"),
                key="q",
                process=f'camunda:versionTag="{tag}"',
            ).encode()
        )
    words = f'calledElement="q" {attributes}'
    desk.deploy(file(chain(node("callActivity", attributes=words)), key="order").encode())

    desk.start(which=1)
    desk.settle()

    (called,) = process_instances.list_(desk.engine, actor=MARY, key="q").items
    assert desk.engine.definitions.get(called.process_definition_id).version == version


@covers("camunda:calledElementBinding")
def test_the_deployments_own_version_may_be_called(desk: Desk):
    words = 'calledElement="q" camunda:calledElementBinding="deployment"'
    desk.deploy(file(chain(node("callActivity", attributes=words)), key="order", around=CALLED).encode())
    desk.deploy(file('<startEvent id="s"/><userTask id="u"/>' + flow("s", "u"), key="q").encode())

    desk.start()
    desk.settle()

    (called,) = process_instances.list_(desk.engine, actor=MARY, key="q").items
    assert desk.engine.definitions.get(called.process_definition_id).version == 1


@pytest.mark.parametrize("word", ["calledElementTenantId", "decisionRefTenantId"])
@covers("camunda:calledElementTenantId", "camunda:decisionRefTenantId")
def test_tenants_are_told_not_to_be_there(word):
    told = said(
        chain(
            node("callActivity", attributes=f'calledElement="q" camunda:{word}="t"'),
        ),
        "vendor-extension",
    )

    assert told.severity is Severity.INFO
    assert "no tenants" in told.message


@covers("camunda:in")
def test_a_signal_of_camunda_7_carries_nothing_that_is_not_mapped():
    throws = node("intermediateThrowEvent", inner='<signalEventDefinition signalRef="S" camunda:asyncAfter="false"/>')
    ran = run(chain(throws), around=SIGNAL).start(a=1)

    (thrown,) = [event for event in ran.events if type(event).__name__ == "SignalThrown"]
    assert thrown.variables == {}


@pytest.mark.parametrize(
    ("part", "carried"),
    [
        ("", {"a": 1, "b": 2}),
        ('<camunda:in source="a" target="c"/>', {"c": 1}),
        ('<camunda:in sourceExpression="${a + b}" target="sum"/>', {"sum": 3}),
        ('<camunda:in variables="all"/>', {"a": 1, "b": 2}),
    ],
)
@covers("camunda:in")
def test_a_signal_carries_what_is_mapped(part, carried):
    throws = (
        f'<signalEventDefinition signalRef="S"><extensionElements>{part}</extensionElements></signalEventDefinition>'
    )

    ran = run(chain(node("intermediateThrowEvent", inner=throws)), around=SIGNAL).start(a=1, b=2)

    (thrown,) = [event for event in ran.events if type(event).__name__ == "SignalThrown"]
    assert thrown.variables == carried
    assert ran.state == "completed"


@covers("camunda:businessKey")
def test_a_signal_gives_a_business_key_to_what_it_starts(desk: Desk):
    catches = '<startEvent id="s"><signalEventDefinition signalRef="S"/></startEvent><userTask id="u"/>'
    desk.deploy(file(catches + flow("s", "u"), key="q", around=SIGNAL).encode())
    key = '<camunda:in businessKey="k-${id}"/><camunda:in source="id"/>'
    throws = (
        f'<signalEventDefinition signalRef="S"><extensionElements>{key}</extensionElements></signalEventDefinition>'
    )
    desk.deploy(
        file(
            chain(node("endEvent", inner=throws)).replace('<endEvent id="e"/>', "").replace(flow("n", "e"), ""),
            key="order",
            around=SIGNAL,
        ).encode()
    )

    desk.start(id=7, more=1)
    desk.settle()

    (begun,) = process_instances.list_(desk.engine, actor=MARY, key="q").items
    assert begun.business_key == "k-7"
    assert desk.variables(begun.id) == {"id": 7}


DMN = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" namespace="d" name="d" id="d">
<decision id="D" name="D"><decisionTable id="t"><input id="i"><inputExpression id="ie"><text>a</text></inputExpression>
</input><output id="o" name="size"/><rule id="r"><inputEntry id="e1"><text>&gt; 1</text></inputEntry>
<outputEntry id="e2"><text>"big"</text></outputEntry></rule></decisionTable></decision></definitions>"""


@pytest.mark.parametrize(
    ("mapping", "result"),
    [
        ("", [{"size": "big"}]),
        ("singleEntry", "big"),
        ("singleResult", {"size": "big"}),
        ("collectEntries", ["big"]),
        ("resultList", [{"size": "big"}]),
    ],
)
@covers("camunda:decisionRef", "camunda:mapDecisionResult", "camunda:resultVariable")
def test_a_decision_is_made_and_its_result_is_mapped(mapping, result):
    words = 'camunda:decisionRef="D" camunda:resultVariable="r"'
    words += f' camunda:mapDecisionResult="{mapping}"' if mapping else ""

    ran = run(chain(node("businessRuleTask", attributes=words)), decisions=[DMN]).start(a=2)

    assert ran.variables["r"] == result


@pytest.mark.parametrize(
    ("attributes", "asked"),
    [
        ('camunda:decisionRefBinding="deployment"', ("deployment", None, None)),
        ('camunda:decisionRefBinding="version" camunda:decisionRefVersion="${v}"', ("version", 3, None)),
        ('camunda:decisionRefBinding="versionTag" camunda:decisionRefVersionTag="x"', ("versionTag", None, "x")),
    ],
)
@covers("camunda:decisionRefBinding", "camunda:decisionRefVersion", "camunda:decisionRefVersionTag")
def test_a_decision_is_asked_for_by_its_binding(attributes, asked):
    words = f'camunda:decisionRef="D" camunda:resultVariable="r" {attributes}'
    ran = run(chain(node("businessRuleTask", attributes=words)), decisions=[DMN])
    calls = []
    find = ran.decisions.find
    ran.decisions.find = lambda call: (calls.append(call), find(call))[1]

    ran.start(a=2, v=3)

    assert [(str(call.binding), call.version, call.version_tag) for call in calls] == [asked]
    assert ran.state == "completed"


@covers("camunda:collection", "camunda:elementVariable")
@pytest.mark.parametrize("collection", ["items", "${items}"])
def test_a_loop_runs_over_a_collection(collection):
    loop = f'<multiInstanceLoopCharacteristics camunda:collection="{collection}" camunda:elementVariable="item"/>'
    words = 'camunda:type="external" camunda:topic="each"'
    seen = []

    ran = run(
        chain(node("serviceTask", attributes=words, inner=loop)),
        handlers={"each": lambda variables: seen.append((variables["item"], variables["loopCounter"]))},
    ).start(items=["x", "y"])

    assert ran.state == "completed"
    assert seen == [("x", 0), ("y", 1)]


@covers("camunda:initiator")
def test_who_starts_is_the_initiator(desk: Desk):
    desk.deploy(
        file(chain(node("userTask"), start='<startEvent id="s" camunda:initiator="who"/>'), key="order").encode()
    )

    assert desk.variables(desk.start().id) == {"who": "mary"}


@covers("camunda:errorMessage", "camunda:errorCodeVariable", "camunda:errorMessageVariable")
def test_a_caught_error_says_its_code_and_message():
    inner = '<startEvent id="i"/><endEvent id="x"><errorEventDefinition errorRef="Err"/></endEvent>' + flow("i", "x")
    catch = '<errorEventDefinition camunda:errorCodeVariable="code" camunda:errorMessageVariable="text"/>'
    boundary = node("boundaryEvent", attributes='attachedToRef="n"', inner=catch, id="b")

    ran = run(chain(f'<subProcess id="n">{inner}</subProcess>', more=boundary), around=ERROR).start(name="Kim")

    assert ran.variables == {"name": "Kim", "code": "E1", "text": "Sorry, Kim"}


@covers("camunda:escalationCodeVariable")
def test_a_caught_escalation_says_its_code():
    thrown = '<escalationEventDefinition escalationRef="Esc"/>'
    inner = f'<startEvent id="i"/><endEvent id="x">{thrown}</endEvent>{flow("i", "x")}'
    catch = '<escalationEventDefinition camunda:escalationCodeVariable="code"/>'
    boundary = node("boundaryEvent", attributes='attachedToRef="n"', inner=catch, id="b")

    ran = run(
        chain(f'<subProcess id="n">{inner}</subProcess>', more=boundary),
        around='<escalation id="Esc" escalationCode="late"/>',
    ).start()

    assert ran.variables == {"code": "late"}


@pytest.mark.parametrize(
    ("words", "created", "updated"),
    [
        ("", True, True),
        ('camunda:variableName="a"', True, True),
        ('camunda:variableName="other"', False, False),
        ('camunda:variableEvents="update"', False, True),
        ('camunda:variableEvents="create, update"', True, True),
        ('camunda:variableName="a" camunda:variableEvents="create"', True, False),
    ],
)
@covers("camunda:variableName", "camunda:variableEvents")
def test_a_condition_is_asked_by_the_changes_it_names(words, created, updated):
    condition = f"<conditionalEventDefinition {words}><condition>{{}}</condition></conditionalEventDefinition>"
    at_once = chain(node("intermediateCatchEvent", inner=condition.format("${execution.getVariable(name) == 1}")))

    ran = run(at_once).start(name="a")
    ran.set_variables(a=1)
    assert (ran.state == "completed") is created

    ran = run(chain(node("intermediateCatchEvent", inner=condition.format("${a == 1}")))).start(a=0)
    ran.set_variables(a=1)
    assert (ran.state == "completed") is updated


@pytest.mark.parametrize(
    ("body", "severity", "fix"),
    [
        (node("businessRuleTask", attributes='camunda:caseRef="c"'), Severity.ERROR, "sub-process"),
        (
            node("callActivity", attributes='calledElement="q" camunda:variableMappingClass="org.Map"'),
            Severity.ERROR,
            "camunda:in",
        ),
        (
            node("callActivity", attributes='calledElement="q" camunda:variableMappingDelegateExpression="${m}"'),
            Severity.ERROR,
            "camunda:out",
        ),
    ],
)
@covers("camunda:caseRef", "camunda:variableMappingClass", "camunda:variableMappingDelegateExpression")
def test_what_cannot_be_run_is_refused_with_a_way_out(body, severity, fix):
    refusal = said(chain(body), "unsupported-attribute")

    assert (refusal.severity, refusal.element_id, refusal.line) == (severity, "n", 1)
    assert fix in refusal.fix


@covers("camunda:modelerTemplate")
def test_the_modelers_marks_change_nothing_and_are_kept():
    body = chain(node("task", attributes='camunda:modelerTemplate="org.T" camunda:modelerTemplateVersion="2"'))

    assert problems(body) == []
    assert run(body).start().state == "completed"


@covers("camunda: unknown words")
def test_words_that_nobody_knows_are_kept_out_with_an_info():
    body = chain(node("task", "<camunda:brandNew/>", attributes='camunda:shiny="1"'))

    found = problems(body)

    assert {problem.severity for problem in found} == {Severity.INFO}
    assert [problem.message.split("'")[1] for problem in found] == ["shiny", "brandNew"]
    assert run(body).start().state == "completed"


def test_a_receive_task_without_message_waits_until_somebody_continues_it():
    body = chain(node("receiveTask", attributes='name="Wait" camunda:asyncAfter="false"'))
    found = said(body, "message-definition")
    assert found.severity is Severity.WARNING

    ran = run(body).start()
    (task,) = ran.user_tasks
    assert (task.event.kind, task.event.name, ran.state) == ("todo", "Wait", "active")

    ran.complete("n")

    assert ran.state == "completed"


EXCLUSIVE = (
    '<startEvent id="s" camunda:asyncAfter="false"/><exclusiveGateway id="x"/><userTask id="a"/><userTask id="b"/>'
)


def test_the_only_flow_without_condition_out_of_an_exclusive_gateway_is_its_default():
    body = EXCLUSIVE + flow("s", "x") + flow("x", "a") + flow("x", "b", "${n > 1}")

    taken = {n: run(body).start(n=n).user_tasks[0].element_id for n in (1, 2)}
    found = said(body, "conditional-flows")

    assert taken == {1: "a", 2: "b"}
    assert found.severity is Severity.WARNING
    assert (
        found.message
        == "The sequence flow 'x_a' out of the exclusive gateway 'x' has no condition: it is the default flow."
    )


def test_of_several_flows_without_condition_none_is_the_default():
    found = problems(EXCLUSIVE + flow("s", "x") + flow("x", "a") + flow("x", "b"))

    assert [problem.severity for problem in found if problem.rule == "conditional-flows"] == [Severity.ERROR] * 2


@covers("camunda:in", "camunda:out")
@pytest.mark.parametrize(
    "part", ["<camunda:{}/>", '<camunda:{} source="" target="a"/>', '<camunda:{} sourceExpression="${{1}}"/>']
)
@pytest.mark.parametrize("word", ["in", "out"])
def test_a_mapping_that_says_nothing_is_told(word, part):
    body = chain(node("callActivity", part.format(word), attributes=CALLS))

    found = said(body, "vendor-extension", around=CALLED)

    assert found.severity is Severity.WARNING
    assert found.message == f"A camunda:{word} of the call activity 'n' says nothing that crosses: it is not used."


def test_finding_lone_flows_takes_time_in_proportion_to_the_gateways():
    def seconds(count: int) -> float:
        drawn = "".join(
            f'<exclusiveGateway id="g{n}"/>{flow(f"g{n - 1}" if n else "s", f"g{n}")}' for n in range(count)
        )
        content = file(f'<startEvent id="s" camunda:asyncAfter="false"/>{drawn}').encode()
        begun = process_time()
        assert diagrams.read(content).ok
        return process_time() - begun

    few = min(seconds(500) for _ in range(3))

    # Eight times the gateways: eight times the time if each flow is looked at once, 64 times if for each gateway.
    assert seconds(4_000) < 24 * few
