"""What expressions set by `execution.setVariable` is part of their step: with it, or not at all."""

from baton.bpm.execution import diagrams
from baton.bpm.execution.specs import build_specs
from baton.bpm.expressions import close
from baton.bpm.testing import ProcessRun

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="t"><process id="P" isExecutable="true">'
    '<startEvent id="S"/><sequenceFlow id="f0" sourceRef="S" targetRef="A"/>'
)
END = "</process></definitions>"


def process(body: str) -> ProcessRun:
    diagram = diagrams.read(f"{HEAD}{body}{END}".encode())
    assert diagram.ok, diagram.problems
    return ProcessRun(build_specs(diagram.processes[0]))


def gateway(first: str, second: str, language: str = "juel") -> str:
    return (
        '<exclusiveGateway id="A"/><endEvent id="B"/><endEvent id="C"/>'
        f'<sequenceFlow id="f1" sourceRef="A" targetRef="B"><conditionExpression language="{language}">{first}'
        '</conditionExpression></sequenceFlow><sequenceFlow id="f2" sourceRef="A" targetRef="C">'
        f'<conditionExpression language="{language}">{second}</conditionExpression></sequenceFlow>'
    )


def test_a_condition_writes_what_it_sets_when_the_step_succeeds() -> None:
    done = process(gateway("${execution.setVariable('seen', 1) == 1}", "${seen == 1}")).start()

    assert done.state == "completed"
    assert done.variables == {"seen": 1}


def test_a_step_that_fails_writes_nothing() -> None:
    done = process(gateway("${execution.setVariable('seen', 1) == 1}", "${missing == 1}")).start()

    assert done.variables == {}
    assert done.state != "completed"


def test_a_condition_in_javascript_decides_and_writes() -> None:
    first = "execution.setVariable('seen', amount); amount &gt; 10"
    done = process(gateway(first, "true", "javascript")).start(amount=42)

    assert done.state == "completed"
    assert done.variables == {"amount": 42, "seen": 42}
    close()


def test_a_script_task_in_javascript_writes_its_result_and_what_it_sets() -> None:
    body = (
        '<scriptTask id="A" scriptFormat="javascript" camunda:resultVariable="total"><script>'
        "execution.setVariableLocal('mine', execution.getCurrentActivityId()); execution.setVariable('n', 2);"
        "amount * 2"
        '</script></scriptTask><endEvent id="B"/><sequenceFlow id="f1" sourceRef="A" targetRef="B"/>'
    )
    done = process(body).start(amount=21)

    assert done.state == "completed"
    assert done.variables == {"amount": 21, "n": 2, "total": 42, "mine": "A"}
    close()


def test_an_assignment_writes_what_its_expressions_set() -> None:
    body = (
        '<userTask id="A" camunda:assignee="${execution.setVariable(\'who\', \'anna\')}${who}"/><endEvent id="B"/>'
        '<sequenceFlow id="f1" sourceRef="A" targetRef="B"/>'
    )
    run = process(body).start()

    assert run.variables == {"who": "anna"}
