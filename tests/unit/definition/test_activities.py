"""Tasks, sub-processes, scripts, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from baton.bpm.definition.elements import (
    AbstractTask,
    AdHocSubProcess,
    CallActivity,
    ComplexGateway,
    EventBasedGateway,
    EventSubProcess,
    ExclusiveGateway,
    Expression,
    InclusiveGateway,
    Language,
    ManualTask,
    ParallelGateway,
    ReceiveTask,
    Script,
    ScriptLanguage,
    ScriptTask,
    SendTask,
    ServiceTask,
    SubProcess,
    Transaction,
    UserTask,
)
from baton.bpm.definition.event_definitions import MessageEventDefinition
from baton.bpm.definition.loops import MultiInstance, MultiInstanceBehavior, StandardLoop
from baton.bpm.definition.problems import Severity


@pytest.mark.parametrize(
    ("tag", "kind"),
    [
        ("task", AbstractTask),
        ("manualTask", ManualTask),
        ("userTask", UserTask),
        ("exclusiveGateway", ExclusiveGateway),
        ("inclusiveGateway", InclusiveGateway),
        ("parallelGateway", ParallelGateway),
    ],
)
def test_an_element_keeps_id_name_documentation_and_line(read, node, tag, kind) -> None:
    inner = "<bpmn:documentation>First <b xmlns=''>look</b>.</bpmn:documentation>"

    diagram = read(f'\n<bpmn:{tag} id="E" name="Do &amp; see">{inner}</bpmn:{tag}>')

    assert node(diagram, "E") == kind(id="E", name="Do & see", documentation="First look.", line=5)


@pytest.mark.parametrize("tag", ["task", "userTask", "subProcess", "exclusiveGateway", "inclusiveGateway"])
def test_activities_and_choosing_gateways_have_a_default_flow(read, node, tag) -> None:
    body = (
        f'<bpmn:{tag} id="E" default="F"/><bpmn:task id="T"/>'
        '<bpmn:sequenceFlow id="F" sourceRef="E" targetRef="T">'
        "<bpmn:conditionExpression>=???</bpmn:conditionExpression></bpmn:sequenceFlow>"
    )

    diagram = read(body)

    assert node(diagram, "E").default == "F"
    assert diagram.processes[0].elements.flows[0].condition is None


@pytest.mark.proves("business rule task without a decision")
@pytest.mark.parametrize("tag", ["serviceTask", "sendTask", "businessRuleTask"])
def test_a_task_for_a_machine_without_implementation_is_an_error_or_a_to_do(read, node, problem, tag) -> None:
    body = f'<bpmn:{tag} id="E" name="Book" implementation="##WebService"/>'

    found = problem(read(body), "implementation-required", Severity.ERROR)
    assert (found.element_id, found.line) == ("E", 4)

    assert node(read(body, executable=False), "E") == ServiceTask(id="E", name="Book", job_type=None, line=4)


def test_the_standards_implementation_attribute_is_a_job_type(read, node) -> None:
    diagram = read('<bpmn:serviceTask id="E" implementation="book-flight"/>')

    assert node(diagram, "E").job_type == "book-flight"


@pytest.mark.proves("script task")
@pytest.mark.parametrize(
    ("format_", "language"),
    [
        ("feel", ScriptLanguage.FEEL),
        ("FEEL", ScriptLanguage.FEEL),
        ("python", ScriptLanguage.PYTHON),
        ("Python3", ScriptLanguage.PYTHON),
        ("text/x-python", ScriptLanguage.PYTHON),
        ("", ScriptLanguage.PYTHON),
    ],
)
def test_a_script_task_has_its_script_in_the_language_of_its_format(read, node, format_, language) -> None:
    diagram = read(
        f'<bpmn:scriptTask id="E" scriptFormat="{format_}"><bpmn:script> total * 2 </bpmn:script></bpmn:scriptTask>'
    )

    assert node(diagram, "E") == ScriptTask(id="E", script=Script("total * 2", language), line=4)


def test_a_python_script_keeps_its_inner_lines(read, node) -> None:
    script = "if a &lt; 1:\n    a = 1\n<![CDATA[b = a > 0]]>"

    diagram = read(
        f'<bpmn:scriptTask id="E" scriptFormat="python"><bpmn:script>{script}</bpmn:script></bpmn:scriptTask>'
    )

    assert node(diagram, "E").script.text == "if a < 1:\n    a = 1\nb = a > 0"


def test_a_feel_script_loses_its_mark(read, node) -> None:
    diagram = read('<bpmn:scriptTask id="E" scriptFormat="feel"><bpmn:script>= a + 1</bpmn:script></bpmn:scriptTask>')

    assert node(diagram, "E").script == Script("a + 1", ScriptLanguage.FEEL)


@pytest.mark.parametrize("format_", ["groovy", "xslt", "ruby", "freemarker", "text/x-groovy"])
@pytest.mark.parametrize("executable", [True, False])
def test_another_script_format_is_named_and_a_persons_step_in_guided_mode(read, problem, format_, executable) -> None:
    body = f'<bpmn:scriptTask id="E" scriptFormat="{format_}"><bpmn:script>1</bpmn:script></bpmn:scriptTask>'

    severity = Severity.ERROR if executable else Severity.WARNING
    found = problem(read(body, executable=executable), "unsupported-script-format", severity)

    assert f"unsupported script format '{format_}', use feel, juel, python or javascript" in found.message


@pytest.mark.parametrize(
    ("format_", "instead"),
    [
        ("groovy", "Write the script in javascript"),
        ("Ruby", "Write the script in python"),
        ("freemarker", "in juel"),
        ("brainfuck", "Write the script in feel, juel, python or javascript."),
    ],
)
def test_the_nearest_language_is_named_for_a_script_format_that_is_not_there(read, problem, format_, instead) -> None:
    body = f'<bpmn:scriptTask id="E" scriptFormat="{format_}"><bpmn:script>1</bpmn:script></bpmn:scriptTask>'

    found = problem(read(body), "unsupported-script-format", Severity.ERROR)

    assert instead in found.fix
    assert "service task" in found.fix


@pytest.mark.parametrize(
    ("format_", "language"),
    [
        ("javascript", ScriptLanguage.JAVASCRIPT),
        ("JavaScript", ScriptLanguage.JAVASCRIPT),
        ("ecmascript", ScriptLanguage.JAVASCRIPT),
        ("js", ScriptLanguage.JAVASCRIPT),
        ("text/javascript", ScriptLanguage.JAVASCRIPT),
        ("application/javascript", ScriptLanguage.JAVASCRIPT),
        ("juel", ScriptLanguage.JUEL),
        ("FEEL", ScriptLanguage.FEEL),
        ("python", ScriptLanguage.PYTHON),
        ("", ScriptLanguage.PYTHON),
    ],
)
def test_a_script_is_in_the_language_its_format_names(read, node, format_, language) -> None:
    body = f'<bpmn:scriptTask id="E" scriptFormat="{format_}"><bpmn:script>1</bpmn:script></bpmn:scriptTask>'

    assert node(read(body), "E").script.language is language


def test_a_script_task_without_script_is_an_error_or_a_to_do(read, node, problem) -> None:
    assert problem(read('<bpmn:scriptTask id="E"/>'), "script-required", Severity.ERROR).element_id == "E"

    assert node(read('<bpmn:scriptTask id="E"/>', executable=False), "E").script is None


def test_a_script_that_does_not_compile_is_an_error_with_its_position(read, problem) -> None:
    diagram = read(
        '<bpmn:scriptTask id="E" name="Sum" scriptFormat="feel"><bpmn:script>1 + ???</bpmn:script></bpmn:scriptTask>'
    )

    found = problem(diagram, "script-syntax", Severity.ERROR)
    assert "'1 + ???'" in found.message
    assert "at column 5" in found.message
    assert "'Sum'" in found.message


def test_a_sub_process_holds_its_own_nodes_and_flows(read, node) -> None:
    body = """<bpmn:subProcess id="S">
        <bpmn:startEvent id="A"/><bpmn:task id="B"/>
        <bpmn:subProcess id="S2"><bpmn:task id="C"/></bpmn:subProcess>
        <bpmn:sequenceFlow id="F" sourceRef="A" targetRef="B"/>
        <bpmn:sequenceFlow id="G" sourceRef="B" targetRef="S2"/>
    </bpmn:subProcess>"""

    sub_process = node(read(body), "S")

    assert isinstance(sub_process, SubProcess)
    assert [inner.id for inner in sub_process.elements.nodes] == ["A", "B", "S2"]
    assert [flow.id for flow in sub_process.elements.flows] == ["F", "G"]
    assert [inner.id for inner in sub_process.elements.nodes[2].elements.nodes] == ["C"]


def test_a_sub_process_drawn_without_content_is_one_step(read, node, problem) -> None:
    diagram = read('<bpmn:subProcess id="S" name="Pack"/>')

    assert node(diagram, "S") == AbstractTask(id="S", name="Pack", line=4)
    assert problem(diagram, "process-not-empty").severity is Severity.INFO


@pytest.mark.parametrize(
    ("element", "words"),
    [('<bpmn:callChoreography id="E"/>', "call choreography"), ('<bpmn:somethingNew id="E"/>', "something new")],
)
@pytest.mark.parametrize("executable", [True, False])
def test_what_is_no_element_of_a_process_is_told_once_and_a_persons_step_in_guided_mode(
    read, problem, element, words, executable
) -> None:
    diagram = read(f"\n\n{element}", executable=executable)

    assert diagram.ok is not executable
    found = problem(diagram, "unsupported-element", Severity.ERROR if executable else Severity.WARNING)
    assert (found.element_id, found.line) == ("E", 6)
    instead = "" if executable else " A person does it instead."
    assert found.message == f"The {words} 'E' cannot be run.{instead}"


def test_what_is_refused_does_not_make_its_neighbours_look_wrong(read, rules) -> None:
    body = """<bpmn:startEvent id="A"/>
        <bpmn:somethingNew id="R"/><bpmn:task id="T"/><bpmn:endEvent id="Z"/>
        <bpmn:boundaryEvent id="B" attachedToRef="R">
        <bpmn:timerEventDefinition><bpmn:timeDuration>PT1M</bpmn:timeDuration></bpmn:timerEventDefinition>
        </bpmn:boundaryEvent>
        <bpmn:sequenceFlow id="F" sourceRef="A" targetRef="R"/>
        <bpmn:sequenceFlow id="G" sourceRef="R" targetRef="T"/>
        <bpmn:sequenceFlow id="H" sourceRef="T" targetRef="Z"/>"""

    assert rules(read(body)) == {"unsupported-element"}


@pytest.mark.parametrize(
    ("tag", "attributes", "inner", "expected"),
    [
        ("receiveTask", 'messageRef="M"', "", ReceiveTask(id="E", message=MessageEventDefinition("order"))),
        (
            "receiveTask",
            'messageRef="M" instantiate="true"',
            "",
            ReceiveTask(id="E", message=MessageEventDefinition("order"), instantiate=True),
        ),
        ("sendTask", 'messageRef="M"', "", SendTask(id="E", message=MessageEventDefinition("order"))),
        ("callActivity", 'calledElement="ship"', "", CallActivity(id="E", called="ship")),
        ("eventBasedGateway", "", "", EventBasedGateway(id="E")),
        (
            "eventBasedGateway",
            'instantiate="true" eventGatewayType="Parallel"',
            "",
            EventBasedGateway(id="E", instantiate=True, parallel=True),
        ),
        (
            "complexGateway",
            "",
            "<bpmn:activationCondition>=activationCount &gt; 1</bpmn:activationCondition>",
            ComplexGateway(id="E", activation_condition=Expression("activationCount > 1", Language.FEEL)),
        ),
        ("task", 'isForCompensation="true"', "", AbstractTask(id="E", for_compensation=True)),
        (
            "task",
            'startQuantity="2" completionQuantity="3"',
            "",
            AbstractTask(id="E", start_quantity=2, completion_quantity=3),
        ),
        (
            "task",
            "",
            '<bpmn:standardLoopCharacteristics testBefore="true" loopMaximum="3">'
            "<bpmn:loopCondition>=more</bpmn:loopCondition></bpmn:standardLoopCharacteristics>",
            AbstractTask(
                id="E", loop=StandardLoop(condition=Expression("more", Language.FEEL), test_before=True, maximum=3)
            ),
        ),
        (
            "task",
            "",
            '<bpmn:multiInstanceLoopCharacteristics isSequential="true" behavior="None">'
            "<bpmn:loopCardinality>3</bpmn:loopCardinality>"
            "<bpmn:completionCondition>=enough</bpmn:completionCondition></bpmn:multiInstanceLoopCharacteristics>",
            AbstractTask(
                id="E",
                loop=MultiInstance(
                    sequential=True,
                    cardinality="3",
                    completion_condition=Expression("enough", Language.FEEL),
                    behavior=MultiInstanceBehavior.NONE,
                ),
            ),
        ),
    ],
)
@pytest.mark.parametrize("executable", [True, False])
def test_an_element_is_read_with_all_it_says(read, node, tag, attributes, inner, expected, executable) -> None:
    diagram = read(
        f'<bpmn:{tag} id="E" {attributes}>{inner}</bpmn:{tag}><bpmn:startEvent id="Go"/>',
        executable=executable,
        around='<bpmn:message id="M" name="order"/>',
    )

    assert node(diagram, "E") == replace(expected, line=4)


@pytest.mark.parametrize(
    ("tag", "attributes", "kind"),
    [
        ("subProcess", 'triggeredByEvent="true"', EventSubProcess),
        ("subProcess", "", SubProcess),
        ("transaction", "", Transaction),
        ("adHocSubProcess", 'ordering="Sequential" cancelRemainingInstances="false"', AdHocSubProcess),
    ],
)
def test_each_kind_of_sub_process_holds_what_is_drawn_in_it(read, node, tag, attributes, kind) -> None:
    start = '<bpmn:startEvent id="A"><bpmn:signalEventDefinition signalRef="X"/></bpmn:startEvent>'
    inner = f'{start if "triggered" in attributes else ""}<bpmn:task id="I"/><bpmn:property id="p" name="local"/>'

    diagram = read(
        f'<bpmn:task id="T"/><bpmn:{tag} id="E" {attributes}>{inner}</bpmn:{tag}>',
        around='<bpmn:signal id="X" name="x"/>',
    )

    found = node(diagram, "E")
    assert type(found) is kind
    assert found.elements.nodes[-1].id == "I"
    assert found.local_variables == ("local",)
    if isinstance(found, AdHocSubProcess):
        assert (found.parallel, found.cancel_remaining) == (False, False)


def test_a_call_of_a_global_task_is_that_task(read, node) -> None:
    diagram = read(
        '<bpmn:callActivity id="E" name="Check" calledElement="G"/>', around='<bpmn:globalUserTask id="G" name="x"/>'
    )

    assert node(diagram, "E") == UserTask(id="E", name="Check", line=4)


def test_what_is_only_drawn_is_left_out_silently(read) -> None:
    body = """<bpmn:task id="T"><bpmn:incoming>x</bpmn:incoming></bpmn:task>
        <bpmn:dataObject id="D"/><bpmn:dataObjectReference id="R" dataObjectRef="D"/>
        <bpmn:dataStoreReference id="S"/><bpmn:group id="G"/><bpmn:property id="Y"/>
        <bpmn:textAnnotation id="X"><bpmn:text>Mind the gap</bpmn:text></bpmn:textAnnotation>
        <bpmn:association id="A" sourceRef="T" targetRef="X"/>"""

    diagram = read(body)

    assert diagram.ok
    assert [node.id for node in diagram.processes[0].elements.nodes] == ["T"]
    assert {problem.rule for problem in diagram.problems} == {"start-event-required"}


def test_data_associations_are_told_once(read, problem) -> None:
    one = "<bpmn:dataInputAssociation><bpmn:sourceRef>D</bpmn:sourceRef></bpmn:dataInputAssociation>"

    diagram = read(f'<bpmn:task id="A">{one}</bpmn:task><bpmn:task id="B">{one}</bpmn:task>')

    assert diagram.ok
    assert problem(diagram, "data-association").severity is Severity.INFO


@pytest.mark.proves("lanes")
def test_a_node_has_the_name_of_its_innermost_lane(read, node) -> None:
    lanes = """<bpmn:laneSet id="L"><bpmn:lane id="L1" name="Sales">
        <bpmn:flowNodeRef>A</bpmn:flowNodeRef><bpmn:flowNodeRef>B</bpmn:flowNodeRef><bpmn:flowNodeRef>S</bpmn:flowNodeRef>
        <bpmn:childLaneSet id="C"><bpmn:lane id="L2" name="Export"><bpmn:flowNodeRef> B </bpmn:flowNodeRef></bpmn:lane>
        <bpmn:lane id="L3"><bpmn:flowNodeRef>D</bpmn:flowNodeRef></bpmn:lane></bpmn:childLaneSet></bpmn:lane>
        </bpmn:laneSet>"""
    nodes = """<bpmn:task id="A"/><bpmn:task id="B"/><bpmn:task id="D"/><bpmn:task id="X"/>
        <bpmn:subProcess id="S"><bpmn:task id="I"/></bpmn:subProcess>"""

    diagram = read(lanes + nodes)

    assert node(diagram, "A").lane == "Sales"
    assert node(diagram, "B").lane == "Export"
    assert node(diagram, "D").lane == "Sales"
    assert node(diagram, "I").lane == "Sales"
    assert node(diagram, "X").lane is None


def test_a_message_may_be_said_by_an_operation(read, node) -> None:
    around = (
        '<bpmn:message id="M" name="order"/><bpmn:interface id="I"><bpmn:operation id="O" name="place">'
        "<bpmn:inMessageRef>M</bpmn:inMessageRef></bpmn:operation></bpmn:interface>"
    )
    catching = "<bpmn:messageEventDefinition><bpmn:operationRef>O</bpmn:operationRef></bpmn:messageEventDefinition>"
    body = (
        '<bpmn:receiveTask id="R" operationRef="O"/><bpmn:sendTask id="S" operationRef="O"/>'
        f'<bpmn:intermediateCatchEvent id="C">{catching}</bpmn:intermediateCatchEvent>'
    )

    diagram = read(body, around=around)

    assert diagram.ok
    assert node(diagram, "R").message == MessageEventDefinition("order")
    assert node(diagram, "S").message == MessageEventDefinition("order")
    assert node(diagram, "C").event == MessageEventDefinition("order")


def test_a_global_script_task_says_its_language_by_its_own_attribute(read, node) -> None:
    around = (
        '<bpmn:globalScriptTask id="G" scriptLanguage="feel"><bpmn:script>1 + 1</bpmn:script></bpmn:globalScriptTask>'
    )

    diagram = read('<bpmn:callActivity id="E" calledElement="G"/>', around=around)

    assert node(diagram, "E").script.language is ScriptLanguage.FEEL


def test_a_name_of_several_lines_is_one_line_in_messages_and_kept_as_drawn(read, problem) -> None:
    found = problem(read('<bpmn:receiveTask id="E" name="Wait&#10;for it"/>'), "message-definition")

    assert found.message == "The receive task 'Wait for it' does not say which message it means."
    assert found.element_name == "Wait\nfor it"
