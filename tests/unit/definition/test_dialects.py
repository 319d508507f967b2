"""Vendors' words become our neutral ones; what is unknown is kept out and told once."""

from __future__ import annotations

import pytest

from baton.bpm.definition.elements import (
    Assignment,
    DataMapping,
    Entries,
    Expression,
    FormPlace,
    FormSource,
    Items,
    Language,
    Listener,
    ListenerEvent,
    Script,
    ScriptLanguage,
    ServiceTask,
    UserTask,
)
from baton.bpm.definition.event_definitions import JobDefinition
from baton.bpm.definition.importer import read_diagram
from baton.bpm.definition.problems import Severity

CAMUNDA_LIKE = (
    "http://camunda.org/schema/1.0/bpmn",
    "http://operaton.org/schema/1.0/bpmn",
    "http://flowable.org/bpmn",
    "http://activiti.org/bpmn",
)


def juel(text: str) -> Expression:
    return Expression(text, Language.JUEL)


def feel(text: str) -> Expression:
    return Expression(text, Language.FEEL)


def extended(tag: str, *extensions: str, attributes: str = "", inner: str = "") -> str:
    return (
        f'<bpmn:{tag} id="E" name="Do" {attributes}>'
        f"<bpmn:extensionElements>{''.join(extensions)}</bpmn:extensionElements>{inner}</bpmn:{tag}>"
    )


def test_camunda_7_assignment_is_literal_or_expression_for_each_attribute(read, node) -> None:
    attributes = (
        'camunda:assignee="${initiator}" camunda:candidateUsers="kim, lee" camunda:candidateGroups="sales,#{team}"'
        ' camunda:dueDate="${dateTime().plusDays(2).toDate()}" camunda:followUpDate="2026-12-24T18:00:00Z"'
        ' camunda:priority="80" camunda:formKey="embedded:app:forms/x.html"'
    )

    diagram = read(f'<bpmn:userTask id="E" {attributes}/>')

    assert node(diagram, "E") == UserTask(
        id="E",
        assignment=Assignment(
            assignee=juel("${initiator}"),
            candidate_users="kim, lee",
            candidate_groups=juel("sales,#{team}"),
            due_date=juel("${dateTime().plusDays(2).toDate()}"),
            follow_up_date="2026-12-24T18:00:00Z",
            priority="80",
        ),
        form="embedded:app:forms/x.html",
        form_source=FormSource(place=FormPlace.KEY, reference="embedded:app:forms/x.html", line=4),
        line=4,
    )


@pytest.mark.parametrize("namespace", CAMUNDA_LIKE)
def test_engines_that_took_camundas_words_are_read_alike(namespace) -> None:
    content = (
        f'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:v="{namespace}">'
        '<process id="P" isExecutable="true" v:versionTag="2"><userTask id="U" v:assignee="kim" v:formKey="f"/>'
        '<serviceTask id="S" v:type="external" v:topic="ship"/></process></definitions>'
    )

    diagram = read_diagram(content.encode())

    assert diagram.ok
    user_task, service_task = diagram.processes[0].elements.nodes
    assert isinstance(user_task, UserTask)
    assert isinstance(service_task, ServiceTask)
    assert (user_task.assignment.assignee, user_task.form) == ("kim", "f")
    assert service_task.job_type == "ship"
    assert diagram.processes[0].version_tag == "2"


@pytest.mark.parametrize("tag", ["serviceTask", "sendTask", "businessRuleTask"])
def test_an_external_topic_is_a_job_type(read, node, tag) -> None:
    properties = (
        '<camunda:properties><camunda:property name="retry" value="fast"/><camunda:property name="x"/>'
        "</camunda:properties>"
    )
    retries = "<camunda:failedJobRetryTimeCycle>R5/PT1M</camunda:failedJobRetryTimeCycle>"

    diagram = read(extended(tag, properties, retries, attributes='camunda:type="external" camunda:topic="ship"'))

    assert node(diagram, "E") == ServiceTask(
        id="E",
        name="Do",
        job_type="ship",
        retries="5",
        retry_pauses=(60.0,),
        headers={"retry": "fast", "x": ""},
        line=4,
    )


@pytest.mark.parametrize(
    ("cycle", "told"), [("R5/PT1M", False), ("PT1M,PT5M", False), ("${cycle}", False), ("R3/P1M", True)]
)
def test_a_retry_cycle_that_is_not_read_is_told(read, cycle, told) -> None:
    retries = f"<camunda:failedJobRetryTimeCycle>{cycle}</camunda:failedJobRetryTimeCycle>"

    diagram = read(extended("serviceTask", retries, attributes='camunda:type="external" camunda:topic="ship"'))

    assert diagram.ok
    assert any("retry cycle" in problem.message for problem in diagram.problems) is told


def test_a_topic_may_be_an_expression(read, node) -> None:
    diagram = read('<bpmn:serviceTask id="E" camunda:type="external" camunda:topic="${topic}"/>')

    assert node(diagram, "E").job_type == juel("${topic}")


def test_an_external_task_without_topic_says_what_is_missing(read, problem) -> None:
    diagram = read('<bpmn:serviceTask id="E" camunda:type="external"/>')

    assert "topic" in problem(diagram, "implementation-required", Severity.ERROR).fix


@pytest.mark.parametrize(
    ("attribute", "job_type"),
    [
        ('camunda:class="org.example.ShipDelegate"', "org.example.ShipDelegate"),
        ('camunda:delegateExpression="${shipDelegate}"', "shipDelegate"),
        ('camunda:delegateExpression="#{ shipDelegate }"', "shipDelegate"),
        ('camunda:expression="${shipping.ship(order)}"', "shipping.ship(order)"),
    ],
)
def test_java_becomes_a_job_of_that_name_with_a_warning(read, node, problem, attribute, job_type) -> None:
    diagram = read(f'<bpmn:serviceTask id="E" name="Ship" {attribute}/>')

    assert node(diagram, "E").job_type == job_type
    warning = problem(diagram, "foreign-implementation", Severity.WARNING)
    assert f"'{job_type}'" in warning.message
    assert warning.element_id == "E"


def test_camunda_7_scripts_have_their_result_variable(read, node) -> None:
    diagram = read(
        '<bpmn:scriptTask id="E" scriptFormat="python" camunda:resultVariable="sum">'
        "<bpmn:script>1 + 1</bpmn:script></bpmn:scriptTask>"
    )

    assert node(diagram, "E").script == Script("1 + 1", ScriptLanguage.PYTHON, "sum")


@pytest.mark.parametrize(
    "extension",
    [
        "<camunda:connector><camunda:connectorId>http</camunda:connectorId></camunda:connector>",
    ],
)
@pytest.mark.parametrize("executable", [True, False])
def test_camunda_7_extensions_that_would_change_the_run_are_refused_with_a_way_out(
    read, problem, extension, executable
) -> None:
    body = extended("userTask", extension)

    severity = Severity.ERROR if executable else Severity.WARNING
    found = problem(read(body, executable=executable), "unsupported-attribute", severity)

    assert (found.element_id, found.line) == ("E", 4)
    assert "'Do'" in found.message


def test_camunda_7_references_to_cases_are_refused(read, problem) -> None:
    diagram = read('<bpmn:businessRuleTask id="E" camunda:caseRef="c"/>')

    assert problem(diagram, "unsupported-attribute", Severity.ERROR).element_id == "E"


def test_that_exclusive_makes_no_difference_is_told_once(read) -> None:
    body = "".join(
        f'<bpmn:task id="T{n}" camunda:asyncBefore="true" camunda:asyncAfter="true" camunda:exclusive="false"/>'
        for n in range(3)
    )

    diagram = read(body)

    (told,) = [problem for problem in diagram.problems if problem.rule == "vendor-extension"]
    assert diagram.ok
    assert told.severity is Severity.INFO
    assert "'exclusive'" in told.message
    assert "3 places" in told.message


def test_an_initiator_is_the_variable_that_gets_the_starter(read, node) -> None:
    assert node(read('<bpmn:startEvent id="E" camunda:initiator="starter"/>'), "E").initiator == "starter"


def test_camunda_7_parameters_are_texts_scripts_lists_and_maps(read, node) -> None:
    diagram = read(
        '<bpmn:task id="E"><bpmn:extensionElements><camunda:inputOutput>'
        '<camunda:inputParameter name="a">${amount}</camunda:inputParameter>'
        '<camunda:inputParameter name="b"><camunda:list><camunda:value>x</camunda:value>'
        '<camunda:script scriptFormat="javascript">1</camunda:script></camunda:list></camunda:inputParameter>'
        '<camunda:outputParameter name="c"><camunda:map><camunda:entry key="k">v</camunda:entry></camunda:map>'
        "</camunda:outputParameter></camunda:inputOutput></bpmn:extensionElements></bpmn:task>"
    )

    task = node(diagram, "E")
    assert task.inputs == (
        DataMapping("a", juel("${amount}")),
        DataMapping("b", Items(("x", Script("1", ScriptLanguage.JAVASCRIPT)))),
    )
    assert task.outputs == (DataMapping("c", Entries((("k", "v"),))),)


def test_camunda_7_listeners_are_expressions_scripts_and_jobs(read, node, problem) -> None:
    diagram = read(
        '<bpmn:userTask id="E"><bpmn:extensionElements>'
        """<camunda:executionListener event="start" expression="${execution.setVariable('a', 1)}"/>"""
        '<camunda:taskListener event="complete"><camunda:script scriptFormat="feel">1</camunda:script>'
        '</camunda:taskListener><camunda:executionListener event="end" class="org.Ship"/>'
        '<camunda:taskListener event="begin" expression="${1}"/>'
        "</bpmn:extensionElements></bpmn:userTask>"
    )

    assert node(diagram, "E").listeners == (
        Listener(ListenerEvent.START, juel("${execution.setVariable('a', 1)}")),
        Listener(ListenerEvent.END, JobDefinition("org.Ship")),
        Listener(ListenerEvent.COMPLETE, Script("1", ScriptLanguage.FEEL)),
    )
    assert "'begin'" in problem(diagram, "listener", Severity.WARNING).message


def test_unknown_words_of_a_known_vendor_are_told_once(read, problem) -> None:
    diagram = read('<bpmn:task id="A" camunda:brandNew="1"/><bpmn:task id="B" camunda:brandNew="2"/>')

    found = problem(diagram, "vendor-extension", Severity.INFO)
    assert "'brandNew'" in found.message
    assert "2 places" in found.message


def test_words_of_an_unknown_vendor_are_told_once_per_vendor(read, problem) -> None:
    diagram = read(extended("task", "<other:a/>", "<other:b/>", attributes='other:c="1"'))

    found = problem(diagram, "vendor-extension", Severity.INFO)
    assert "urn:example:other" in found.message
    assert "3 places" in found.message


def test_spiffworkflow_scripts_are_listeners(node) -> None:
    content = (
        b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
        b' xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"><process id="P"><scriptTask id="S">'
        b"<extensionElements><spiffworkflow:preScript>a = 1</spiffworkflow:preScript></extensionElements>"
        b"<script>x = 1</script></scriptTask></process></definitions>"
    )

    before = Listener(ListenerEvent.START, Script("a = 1", ScriptLanguage.PYTHON))
    assert node(read_diagram(content), "S").listeners == (before,)


def test_colours_and_types_are_not_worth_a_word(rules) -> None:
    content = (
        b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
        b' xmlns:color="http://www.omg.org/spec/BPMN/non-normative/color/1.0"'
        b' xmlns:bioc="http://bpmn.io/schema/bpmn/biocolor/1.0"><process id="P"><startEvent id="S" color:x="1"'
        b' bioc:stroke="#000" xml:lang="de"/></process></definitions>'
    )

    assert rules(read_diagram(content)) == set()


def test_camunda_8_assignment_is_feel_after_an_equals_sign_else_literal(read, node) -> None:
    body = extended(
        "userTask",
        "<zeebe:userTask/>",
        '<zeebe:assignmentDefinition assignee="=manager" candidateUsers="kim,lee" candidateGroups="=[&quot;a&quot;]"/>',
        '<zeebe:taskSchedule dueDate="=now() + duration(&quot;P2D&quot;)" followUpDate="2026-12-24T18:00:00Z"/>',
        '<zeebe:priorityDefinition priority="70"/>',
        '<zeebe:formDefinition formId="review"/>',
    )

    assert node(read(body), "E") == UserTask(
        id="E",
        name="Do",
        assignment=Assignment(
            assignee=feel("manager"),
            candidate_users="kim,lee",
            candidate_groups=feel('["a"]'),
            due_date=feel('now() + duration("P2D")'),
            follow_up_date="2026-12-24T18:00:00Z",
            priority="70",
        ),
        form="review",
        form_source=FormSource(place=FormPlace.ID, reference="review", line=4),
        line=4,
    )


@pytest.mark.parametrize(
    ("attributes", "form"),
    [
        ('formKey="camunda-forms:bpmn:f"', "camunda-forms:bpmn:f"),
        ('formId="f"', "f"),
        ('externalReference="=link"', feel("link")),
    ],
)
def test_camunda_8_forms_are_referred_to_by_id_reference_or_key(read, node, attributes, form) -> None:
    assert node(read(extended("userTask", f"<zeebe:formDefinition {attributes}/>")), "E").form == form


@pytest.mark.parametrize("tag", ["serviceTask", "sendTask", "businessRuleTask", "scriptTask"])
def test_a_camunda_8_task_definition_is_a_job(read, node, tag) -> None:
    body = extended(
        tag,
        '<zeebe:taskDefinition type="ship" retries="=attempts"/>',
        '<zeebe:taskHeaders><zeebe:header key="speed" value="fast"/></zeebe:taskHeaders>',
    )

    assert node(read(body), "E") == ServiceTask(
        id="E", name="Do", job_type="ship", retries=feel("attempts"), headers={"speed": "fast"}, line=4
    )


def test_a_camunda_8_job_type_may_be_an_expression(read, node) -> None:
    diagram = read(extended("serviceTask", '<zeebe:taskDefinition type="=kind"/>'))

    assert node(diagram, "E").job_type == feel("kind")


def test_a_camunda_8_script_is_feel_with_its_result_variable(read, node) -> None:
    diagram = read(extended("scriptTask", '<zeebe:script expression="=a + 1" resultVariable="b"/>'))

    assert node(diagram, "E").script == Script("a + 1", ScriptLanguage.FEEL, "b")


def test_camunda_8_listeners_are_jobs(read, node) -> None:
    listeners = (
        '<zeebe:executionListeners><zeebe:executionListener eventType="start" type="open" retries="2"/>'
        '</zeebe:executionListeners><zeebe:taskListeners><zeebe:taskListener eventType="completing" type="=kind"/>'
        "</zeebe:taskListeners>"
    )

    assert node(read(extended("userTask", listeners)), "E").listeners == (
        Listener(ListenerEvent.START, JobDefinition("open", "2")),
        Listener(ListenerEvent.COMPLETE, JobDefinition(feel("kind"))),
    )


def test_a_camunda_8_version_tag_is_the_processs(read) -> None:
    tag = '<bpmn:extensionElements><zeebe:versionTag value="v2"/></bpmn:extensionElements>'

    assert read(tag + '<bpmn:task id="T"/>').processes[0].version_tag == "v2"


def test_the_platform_the_modeler_wrote_down_decides_over_leftovers(read, node) -> None:
    platform = 'xmlns:modeler="http://camunda.org/schema/modeler/1.0" modeler:executionPlatform="Camunda Cloud"'

    diagram = read('<bpmn:userTask id="E" camunda:assignee="kim"/>', root=platform)

    assert node(diagram, "E").assignment == Assignment()
    assert "camunda.org/schema/1.0" in diagram.problems[-1].message


def test_words_of_another_platform_that_would_change_the_run_are_warned_of_once_each(read) -> None:
    mapping = "<camunda:inputOutput/>"
    body = extended("userTask", '<zeebe:userTask/><zeebe:formDefinition formId="f"/>', mapping)
    body += '<bpmn:userTask id="F" camunda:assignee="kim" camunda:asyncBefore="true"/>'
    body += '<bpmn:userTask id="G" camunda:assignee="lee" camunda:modelerTemplate="t"/>'

    told = [problem for problem in read(body).problems if problem.rule == "vendor-extension"]

    assert [(problem.severity, problem.message.partition(" ")[0]) for problem in told] == [
        (Severity.WARNING, "'inputOutput'"),
        (Severity.WARNING, "'assignee'"),
        (Severity.INFO, "What"),
    ]
    assert "2 places" in told[1].message


def test_the_standards_own_roles_are_read(read, node) -> None:
    body = (
        '<bpmn:userTask id="E"><bpmn:humanPerformer><bpmn:resourceAssignmentExpression>'
        "<bpmn:formalExpression>kim</bpmn:formalExpression></bpmn:resourceAssignmentExpression></bpmn:humanPerformer>"
        "<bpmn:potentialOwner><bpmn:resourceAssignmentExpression>"
        "<bpmn:formalExpression>user(lee), group( sales ), accounting</bpmn:formalExpression>"
        "</bpmn:resourceAssignmentExpression></bpmn:potentialOwner></bpmn:userTask>"
    )

    assert node(read(body), "E").assignment == Assignment(
        assignee="kim", candidate_users="lee", candidate_groups="sales,accounting"
    )


def role(name: str, text: str) -> str:
    return (
        f"<bpmn:{name}><bpmn:resourceAssignmentExpression><bpmn:formalExpression>{text}</bpmn:formalExpression>"
        f"</bpmn:resourceAssignmentExpression></bpmn:{name}>"
    )


@pytest.mark.parametrize("vendor", ["", 'camunda:formKey="f"'])
@pytest.mark.parametrize("extension", ["", '<zeebe:formDefinition formId="f"/>'])
@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        (role("potentialOwner", "user(mary), group(g)"), Assignment(candidate_users="mary", candidate_groups="g")),
        (role("humanPerformer", "user(mary)"), Assignment(assignee="mary")),
        (role("humanPerformer", "mary, lee"), Assignment(candidate_users="mary,lee")),
        (role("humanPerformer", "user(mary), group(g)"), Assignment(candidate_users="mary", candidate_groups="g")),
        (role("humanPerformer", "user(${boss})"), Assignment(assignee=juel("${boss}"))),
        (role("potentialOwner", "user(=boss)"), Assignment(candidate_users=feel("boss"))),
        (
            role("potentialOwner", "sales, user(${boss})"),
            Assignment(candidate_users=juel("${boss}"), candidate_groups="sales"),
        ),
        (role("potentialOwner", "${teams}"), Assignment(candidate_groups=juel("${teams}"))),
        (
            "<bpmn:potentialOwner><bpmn:formalExpression>group(g)</bpmn:formalExpression></bpmn:potentialOwner>",
            Assignment(candidate_groups="g"),
        ),
    ],
)
def test_roles_are_read_in_every_dialect(read, node, rules, vendor, extension, roles, expected) -> None:
    diagram = read(extended("userTask", extension, attributes=vendor, inner=roles))

    assert node(diagram, "E").assignment == expected
    assert rules(diagram) <= {"vendor-extension", "start-event-required"}


@pytest.mark.parametrize(
    "roles",
    [
        "<bpmn:potentialOwner/>",
        "<bpmn:humanPerformer><bpmn:resourceRef>gone</bpmn:resourceRef></bpmn:humanPerformer>",
        role("potentialOwner", "user(mary"),
        role("potentialOwner", "user(${f(x)})"),
        role("potentialOwner", "()"),
        role("potentialOwner", "user(=boss), user(kim)"),
    ],
)
def test_a_role_that_cannot_be_read_is_told(read, problem, roles) -> None:
    diagram = read(f'<bpmn:userTask id="E">{roles}</bpmn:userTask>')

    assert problem(diagram, "role-unreadable", Severity.WARNING).element_id == "E"


def test_a_result_variable_that_a_job_does_not_have_is_told(read, problem) -> None:
    diagram = read('<bpmn:serviceTask id="E" camunda:class="org.Ship" camunda:resultVariable="r"/>')

    found = problem(diagram, "vendor-extension", Severity.WARNING)
    assert found.message.startswith("'resultVariable' of the service task 'E' is not used")
    assert "'r'" in found.fix


def test_a_resource_as_potential_owner_is_a_candidate_group(read, node) -> None:
    owner = "<bpmn:potentialOwner><bpmn:resourceRef>bpmn:R</bpmn:resourceRef></bpmn:potentialOwner>"

    diagram = read(f'<bpmn:userTask id="E">{owner}</bpmn:userTask>', around='<bpmn:resource id="R" name="Team, West"/>')

    assert node(diagram, "E").assignment == Assignment(candidate_groups="Team  West")


def test_a_performer_is_told_to_assign_nobody(read, node, problem) -> None:
    diagram = read('<bpmn:userTask id="E"><bpmn:performer id="F"/></bpmn:userTask>')

    assert node(diagram, "E").assignment == Assignment()
    assert problem(diagram, "performer").severity is Severity.INFO


@pytest.mark.parametrize(
    ("attribute", "words"),
    [
        ('camunda:assignee="${???}"', "assignee"),
        ('camunda:candidateUsers="${???}"', "candidate users"),
        ('camunda:candidateGroups="${???}"', "candidate groups"),
        ('camunda:dueDate="${???}"', "due date"),
        ('camunda:followUpDate="${???}"', "follow-up date"),
        ('camunda:priority="${???}"', "priority"),
        ('camunda:formKey="${???}"', "form"),
    ],
)
def test_every_expression_of_a_user_task_is_compiled_at_import(read, problem, attribute, words) -> None:
    found = problem(read(f'<bpmn:userTask id="E" name="Do" {attribute}/>'), "expression-syntax", Severity.ERROR)

    assert found.message.startswith(f"The {words} of the user task 'Do' ")
    assert (found.element_id, found.line) == ("E", 4)


def test_a_job_type_that_does_not_compile_is_an_error(read, problem) -> None:
    diagram = read(extended("serviceTask", '<zeebe:taskDefinition type="=???" retries="3"/>'))

    assert "job type" in problem(diagram, "expression-syntax", Severity.ERROR).message


def test_hostile_role_texts_are_read_in_bounded_time(read) -> None:
    text = "user(" * 100_000 + " " * 200_000
    body = (
        '<bpmn:userTask id="E"><bpmn:potentialOwner><bpmn:resourceAssignmentExpression>'
        f"<bpmn:formalExpression>{text}</bpmn:formalExpression></bpmn:resourceAssignmentExpression>"
        "</bpmn:potentialOwner></bpmn:userTask>"
    )

    assert read(body).ok
