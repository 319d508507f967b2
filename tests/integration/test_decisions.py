"""Decisions in the database: uploads, versions, bindings, business rule tasks, history and audit."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from baton.bpm import errors
from baton.bpm.runtime import (
    audit_events,
    decision_definitions,
    decision_evaluations,
    deployments,
    incidents,
    process_definitions,
    process_instances,
)
from baton.bpm.runtime.definitions import Definitions
from baton.bpm.runtime.deployed_decisions import DecisionModels
from baton.bpm.runtime.deployments import DeploymentView, Resource
from tests.integration.support import JOHN, MARY, WORKER, Desk, diagram, flow

DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def table(
    rules: Sequence[tuple[str, str]] = (("< 100", '"small"'), (">= 100", '"large"')),
    *,
    key: str = "size",
    tag: str = "",
    policy: str = "UNIQUE",
    requires: str = "",
) -> bytes:
    """A file with one decision on `amount`."""
    label = f' camunda:versionTag="{tag}"' if tag else ""
    rows = "".join(
        f'<rule id="r{number}"><inputEntry><text>{test.replace("<", "&lt;")}</text></inputEntry>'
        f"<outputEntry><text>{result}</text></outputEntry></rule>"
        for number, (test, result) in enumerate(rules, 1)
    )
    return (
        f'<definitions xmlns="{DMN}" xmlns:camunda="http://camunda.org/schema/1.0/dmn" id="{key}-graph" name="Sizes"'
        f' namespace="urn:{key}">{requires}<decision id="{key}" name="Size"{label}>'
        f'<decisionTable id="t" hitPolicy="{policy}"><input label="Amount"><inputExpression typeRef="number">'
        f'<text>amount</text></inputExpression></input><output name="size"/>{rows}</decisionTable></decision>'
        "</definitions>"
    ).encode()


def process(attributes: str = 'camunda:mapDecisionResult="singleEntry"', *, key: str = "order") -> bytes:
    """One business rule task that calls `size` and writes `found`, then a user task."""
    task = f'<businessRuleTask id="rate" name="Rate" camunda:resultVariable="found" {attributes}/>'
    if "decisionRef=" not in attributes:
        task = task.replace("/>", ' camunda:decisionRef="size"/>')
    rest = '<userTask id="look"/><endEvent id="end"/>' + flow("start", "rate") + flow("rate", "look")
    return diagram('<startEvent id="start"/>' + task + rest + flow("look", "end"), key=key)


def deploy(desk: Desk, **files: bytes) -> DeploymentView:
    """`order_bpmn=...` becomes the file `order.bpmn`."""
    resources = [Resource(name.replace("_", "."), content) for name, content in files.items()]
    return deployments.deploy(desk.engine, actor=MARY, resources=resources)


def found(desk: Desk, instance_id: int) -> object:
    return desk.variables(instance_id).get("found")


def test_a_decision_is_deployed_alone_and_its_file_comes_back_as_it_was(desk: Desk) -> None:
    view = deploy(desk, size_dmn=table(tag="v7"))

    (made,) = view.decision_definitions
    (listed,) = decision_definitions.list_(desk.engine, actor=MARY).items
    assert (made.key, made.version, made.name, made.version_tag, made.created) == ("size", 1, "Size", "v7", True)
    assert (listed.graph_id, listed.graph_name, listed.resource_name) == ("size-graph", "Sizes", "size.dmn")
    assert decision_definitions.xml(desk.engine, made.id, actor=MARY) == table(tag="v7")
    assert deployments.get(desk.engine, view.id, actor=MARY).decision_definitions == (made,)


def test_the_same_decisions_make_no_new_version_unless_forced(desk: Desk) -> None:
    first = deploy(desk, size_dmn=table())
    again = deploy(desk, size_dmn=table())
    forced = deployments.deploy(desk.engine, actor=MARY, resources=[Resource("size.dmn", table())], force=True)
    changed = deploy(desk, size_dmn=table([("-", '"any"')]))

    assert again.id == first.id
    assert [view.created for view in again.decision_definitions] == [False]
    assert [view.version for view in forced.decision_definitions] == [2]
    assert [view.version for view in changed.decision_definitions] == [3]
    newest = decision_definitions.list_(desk.engine, actor=MARY, latest=True).items
    assert [view.version for view in newest] == [3]


def test_a_process_makes_its_decision_and_history_and_audit_say_how(desk: Desk) -> None:
    deploy(desk, order_bpmn=process(), size_dmn=table())

    instance = desk.start(amount=250)

    assert found(desk, instance.id) == "large"
    (made,) = decision_evaluations.list_(desk.engine, actor=MARY, process_instance_id=instance.id).items
    assert (made.key, made.version, made.element_id, made.actor_id) == ("size", 1, "rate", "mary")
    assert (made.inputs, made.output, made.failure) == ({"Amount": 250}, "large", None)
    (decision,) = made.decisions
    assert decision["matched_rules"] == [{"table_id": "t", "rule_id": "r2", "index": 2, "outputs": {"size": "large"}}]
    assert decision_evaluations.get(desk.engine, made.id, actor=MARY) == made
    (event,) = audit_events.list_(desk.engine, actor=MARY, type="DecisionEvaluated").items
    assert (event.element_id, event.element_name) == ("rate", "Rate")
    assert event.data["decision"] == "size"
    assert event.data["evaluation_id"] == str(made.id)
    assert event.data["inputs"] == {"Amount": 250}
    assert event.data["output"] == "large"
    assert event.data["decisions"] == made.decisions


def test_a_missing_decision_is_a_warning_at_upload_and_an_incident_that_can_be_mended(desk: Desk) -> None:
    view = deploy(desk, order_bpmn=process())

    (problem,) = [problem for file in view.problems for problem in file.problems if "decision" in problem.rule]
    assert (problem.rule, problem.severity, problem.element_id) == ("decision-not-deployed", "warning", "rate")

    instance = desk.start(amount=250)

    (incident,) = incidents.list_(desk.engine, actor=MARY).items
    assert incident.type == "decision"
    assert "'size'" in incident.message

    deploy(desk, size_dmn=table())
    incidents.resolve(desk.engine, incident.id, actor=MARY)

    assert found(desk, instance.id) == "large"


def test_several_matches_of_unique_are_an_incident_with_decision_rules_and_inputs(desk: Desk) -> None:
    deploy(desk, order_bpmn=process(), size_dmn=table([("> 0", '"a"'), ("> 10", '"b"')]))

    instance = desk.start(amount=250)

    (incident,) = incidents.list_(desk.engine, actor=MARY).items
    assert "Decision table 'Size': rules 1 and 2 match" in incident.message
    assert incident.details["decision"] == "size"
    assert incident.details["inputs"] == {"Amount": 250}
    assert [rule["rule"] for rule in incident.details["rules"]] == ["r1", "r2"]
    (made,) = decision_evaluations.list_(desk.engine, actor=MARY).items
    assert made.failure is not None
    assert made.output is None

    incidents.resolve(desk.engine, incident.id, actor=MARY, variables={"amount": 5})

    assert found(desk, instance.id) == "a"
    assert len(decision_evaluations.list_(desk.engine, actor=MARY, key="size").items) == 2


def test_the_latest_version_is_made_unless_a_version_or_tag_is_bound(desk: Desk) -> None:
    deploy(desk, size_dmn=table([("-", '"one"')], tag="first"))
    deploy(desk, size_dmn=table([("-", '"two"')]))
    by_version = 'camunda:decisionRefBinding="version" camunda:decisionRefVersion="{}"'
    by_tag = 'camunda:decisionRefBinding="versionTag" camunda:decisionRefVersionTag="first"'
    mapped = 'camunda:mapDecisionResult="singleEntry" '
    for key, attributes in (
        ("latest", ""),
        ("version", by_version.format(1)),
        ("computed", by_version.format("${wanted}")),
        ("tag", by_tag),
    ):
        deploy(desk, a_bpmn=process(mapped + attributes, key=key))

    results = {key: found(desk, desk.start(key, amount=1, wanted=1).id) for key in ("latest", "version", "tag")}

    assert results == {"latest": "two", "version": "one", "tag": "one"}
    assert found(desk, desk.start("computed", amount=1, wanted=1).id) == "one"
    assert found(desk, desk.start("computed", amount=1, wanted=2).id) == "two"


def test_a_decision_may_be_named_by_an_expression(desk: Desk) -> None:
    deploy(desk, a_dmn=table([("-", '"a"')], key="a"), b_dmn=table([("-", '"b"')], key="b"))
    deploy(desk, order_bpmn=process('camunda:decisionRef="${which}" camunda:mapDecisionResult="singleEntry"'))

    assert [found(desk, desk.start(which=which, amount=1).id) for which in ("a", "b")] == ["a", "b"]


def test_a_decision_of_the_deployment_stays_the_one_uploaded_with_the_process(desk: Desk) -> None:
    bound = 'camunda:mapDecisionResult="singleEntry" camunda:decisionRefBinding="deployment"'
    old, new = table([("-", '"old"')]), table([("-", '"new"')])
    deploy(desk, order_bpmn=process(bound), size_dmn=old)
    deploy(desk, size_dmn=new)
    assert found(desk, desk.start(amount=1).id) == "old"

    changed = deploy(desk, order_bpmn=process(bound), size_dmn=table([("-", '"newer"')]))
    assert [view.version for view in changed.process_definitions] == [2]
    assert found(desk, desk.start(amount=1).id) == "newer"

    again = process(bound).replace(b'name="Rate"', b'name="Rate it"')
    with_same = deploy(desk, order_bpmn=again, size_dmn=table([("-", '"newer"')]))
    assert [view.created for view in with_same.decision_definitions] == [False]
    assert found(desk, desk.start(amount=1).id) == "newer"


def test_a_decision_that_was_not_uploaded_with_the_process_is_not_its_deployments(desk: Desk) -> None:
    deploy(desk, size_dmn=table())
    bound = 'camunda:mapDecisionResult="singleEntry" camunda:decisionRefBinding="deployment"'

    view = deploy(desk, order_bpmn=process(bound))
    desk.start(amount=1)

    assert "decision-not-deployed" in {problem.rule for file in view.problems for problem in file.problems}
    (incident,) = incidents.list_(desk.engine, actor=MARY).items
    assert "in the deployment of the process" in incident.message


def test_problems_of_all_files_come_at_once_with_table_rule_and_cell(desk: Desk) -> None:
    with pytest.raises(errors.InvalidDiagram) as caught:
        deploy(desk, order_bpmn=b"<html/>", size_dmn=table([("< 100", '"a"'), ("> >", '"b"')]))

    assert {problem.resource for problem in caught.value.problems} == {"order.bpmn", "size.dmn"}
    (cell,) = [problem for problem in caught.value.problems if problem.rule == "expression-syntax"]
    assert "Decision table 'Size', rule 2 (r2), input 'Amount'" in cell.message
    assert "column 3" in cell.message
    assert decision_definitions.list_(desk.engine, actor=MARY).items == ()


def test_one_decision_in_two_files_is_refused(desk: Desk) -> None:
    with pytest.raises(errors.InvalidDiagram) as caught:
        deploy(desk, a_dmn=table(), b_dmn=table([("-", "1")]))

    assert "no-duplicate-ids" in {problem.rule for problem in caught.value.problems}


def test_a_file_may_import_another_of_the_same_upload_and_changes_with_it(desk: Desk) -> None:
    importing = (
        f'<definitions xmlns="{DMN}" id="m" name="m" namespace="urn:m"><import name="lib" namespace="urn:size"'
        f' importType="{DMN}"/><decision id="shout" name="Shout"><variable name="Shout"/><informationRequirement>'
        '<requiredDecision href="urn:size#size"/></informationRequirement><literalExpression>'
        "<text>upper case(lib.Size)</text></literalExpression></decision></definitions>"
    ).encode()
    deploy(desk, shout_dmn=importing, size_dmn=table())
    second = deploy(desk, shout_dmn=importing, size_dmn=table([("-", '"other"')]))

    made = decision_definitions.evaluate(desk.engine, actor=MARY, key="shout", variables={"amount": 1})
    before = decision_definitions.evaluate(desk.engine, actor=MARY, key="shout", version=1, variables={"amount": 1})

    assert [(view.key, view.version) for view in second.decision_definitions] == [("shout", 2), ("size", 2)]
    assert (made.output, before.output) == ("OTHER", "SMALL")
    assert [decision["id"] for decision in made.decisions] == ["size", "shout"]


def test_a_decision_is_made_on_request_by_whom_may_and_recorded_with_the_actor(desk: Desk) -> None:
    deploy(desk, size_dmn=table())

    made = decision_definitions.evaluate(desk.engine, actor=WORKER, key="size", variables={"amount": 3})

    assert (made.output, made.process_instance_id, made.actor_id) == ("small", None, "w1")
    assert decision_evaluations.get(desk.engine, made.id, actor=MARY) == made
    (event,) = audit_events.list_(desk.engine, actor=MARY, type="DecisionEvaluated").items
    assert (event.actor_id, event.data["decision"], event.data["output"]) == ("w1", "size", "small")
    with pytest.raises(errors.NotAllowed):
        decision_definitions.evaluate(desk.engine, actor=JOHN, key="size")
    with pytest.raises(errors.NotAllowed):
        decision_evaluations.list_(desk.engine, actor=JOHN)
    with pytest.raises(errors.NotFound):
        decision_definitions.evaluate(desk.engine, actor=MARY, key="size", version=2)
    with pytest.raises(errors.InvalidCommand):
        decision_definitions.evaluate(desk.engine, actor=MARY)


def test_a_decision_service_has_versions_and_is_made_on_request_too(desk: Desk) -> None:
    service = '<decisionService id="serve" name="Serve"><outputDecision href="#size"/></decisionService></definitions>'
    view = deploy(desk, size_dmn=table().replace(b"</definitions>", service.encode()))

    made = decision_definitions.evaluate(desk.engine, actor=MARY, key="serve", variables={"amount": 3})

    assert [(found.key, found.version) for found in view.decision_definitions] == [("size", 1), ("serve", 1)]
    assert [decision["id"] for decision in made.decisions] == ["size"]
    assert made.failure is None


def test_large_values_are_kept_in_the_history_as_size_and_digest(desk: Desk) -> None:
    deploy(desk, size_dmn=table([("-", "amount")]).replace(b' typeRef="number"', b""))

    made = decision_definitions.evaluate(desk.engine, actor=MARY, key="size", variables={"amount": "x" * 10_000})

    kept = decision_evaluations.get(desk.engine, made.id, actor=MARY)
    assert made.output == "x" * 10_000
    assert set(kept.output) == {"size", "digest"}


def test_decisions_go_with_their_deployment(desk: Desk) -> None:
    view = deploy(desk, order_bpmn=process(), size_dmn=table())
    desk.complete(desk.start(amount=1).id)
    decision_definitions.evaluate(desk.engine, actor=MARY, key="size", variables={"amount": 3})

    deployments.delete(desk.engine, view.id, actor=MARY)

    assert decision_definitions.list_(desk.engine, actor=MARY).items == ()
    assert decision_evaluations.list_(desk.engine, actor=MARY).items == ()
    assert process_definitions.list_(desk.engine, actor=MARY).items == ()
    (event,) = audit_events.list_(desk.engine, actor=MARY, type="DeploymentDeleted").items
    assert event.data["decision_definitions"] == [{"key": "size", "version": 1}]


def test_a_decision_is_found_after_a_restart(desk: Desk) -> None:
    deploy(desk, order_bpmn=process(), size_dmn=table())
    desk.engine.decision_models = DecisionModels(desk.engine.database)
    desk.engine.definitions = Definitions(desk.engine.database)

    instance = process_instances.start(desk.engine, actor=MARY, key="order", variables={"amount": 1})

    assert found(desk, instance.id) == "small"
