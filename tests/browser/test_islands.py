"""Every island shows itself under the policy, without an error in the console; what was drawn comes back."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.acceptance.serving import EXAMPLES, Api, eventually

ISLAND = """([name, properties]) => new Promise((done) => {
  const element = document.createElement("div");
  element.className = "island diagram";
  element.dataset.island = name;
  const data = document.createElement("script");
  data.type = "application/json";
  data.textContent = JSON.stringify(properties);
  element.append(data);
  const form = document.createElement("form");
  form.id = "around";
  form.append(element);
  document.querySelector("main").append(form);
  document.dispatchEvent(new CustomEvent("htmx:after:swap"));
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    event.preventDefault();
    window.given = Object.fromEntries(new FormData(form));
  });
  new MutationObserver(() => "mounted" in element.dataset && done(element.dataset.mounted))
    .observe(element, { attributes: true });
})"""

COLLAPSED = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="http://example.com"
  xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC">
<process id="outer"><subProcess id="inner" name="Inner"><task id="within" name="Within"/></subProcess></process>
<di:BPMNDiagram><di:BPMNPlane bpmnElement="outer"><di:BPMNShape bpmnElement="inner" isExpanded="false">
<dc:Bounds x="100" y="100" width="100" height="80"/></di:BPMNShape></di:BPMNPlane></di:BPMNDiagram>
<di:BPMNDiagram><di:BPMNPlane bpmnElement="inner"><di:BPMNShape bpmnElement="within">
<dc:Bounds x="900" y="900" width="100" height="80"/></di:BPMNShape></di:BPMNPlane></di:BPMNDiagram></definitions>"""
FORM = {
    "type": "default",
    "schemaVersion": 18,
    "components": [
        {"type": "textfield", "id": "a", "key": "name", "label": "Name", "validate": {"required": True}},
        {"type": "number", "id": "b", "key": "amount", "label": "Amount"},
    ],
}


@pytest.fixture
def mounted(page: Any) -> Any:
    """Puts an island on a page and waits until it is there."""

    def mount(name: str, **properties: Any) -> Any:
        page.goto("/people")
        assert page.evaluate(ISLAND, [name, properties]) == ""
        return page.locator("[data-island]")

    return mount


def given(page: Any) -> Any:
    """What the form around the island is sent with."""
    page.evaluate("document.getElementById('around').requestSubmit()")
    return eventually(lambda: page.evaluate("window.given"))


def test_a_form_is_filled_in_and_refuses_what_is_wrong(page: Any, mounted: Any) -> None:
    island = mounted("form", schema=FORM, data={"amount": 3})
    page.evaluate("document.getElementById('around').requestSubmit()")
    island.get_by_text("Field is required.").wait_for()
    assert page.evaluate("window.given") is None

    island.get_by_label("Name").fill("Ada")

    assert given(page)["data"] == '{"name":"Ada","amount":3}'


def test_the_form_editor_gives_the_form_back(page: Any, mounted: Any) -> None:
    island = mounted("form-editor", schema=FORM)
    island.get_by_text("Amount").first.wait_for()

    assert '"label": "Amount"' in given(page)["schema"]


def test_the_modeler_gives_the_diagram_back_in_other_words(page: Any, mounted: Any, desk: Api) -> None:
    [definition] = desk.deploy((EXAMPLES / "loan-approval.bpmn").read_bytes(), name="loan-approval.bpmn")[
        "processDefinitions"
    ]
    island = mounted("modeler", xml=f"/api/v1/process-definitions/{definition['id']}/xml", words="plain")
    island.locator(".djs-element[data-element-id]").first.wait_for()

    island.get_by_label("zeebe").check()
    island.locator(".bio-properties-panel").wait_for()

    assert 'id="loan-approval"' in given(page)["xml"]


def test_a_new_diagram_can_be_drawn_and_played(page: Any, mounted: Any) -> None:
    island = mounted("modeler", xml=None, texts={"simulate": "Play"})

    island.get_by_label("Play").check()

    island.locator(".bts-toggle-mode").wait_for()


def test_decisions_are_shown_and_drawn(page: Any, mounted: Any) -> None:
    content = (EXAMPLES / "expense-rules.dmn").read_text(encoding="utf-8")
    island = mounted("dmn", content=content, decision="expense-route")
    island.get_by_text("Hit policy").wait_for()

    island = mounted("dmn", content=content, decision="expense-route", edit=True)
    island.locator(".add-rule").first.wait_for()

    assert "<decision" in given(page)["xml"]


def test_two_versions_are_compared(page: Any, mounted: Any, desk: Api) -> None:
    drawn = (EXAMPLES / "loan-approval.bpmn").read_bytes()
    older, newer = (
        f"/api/v1/process-definitions/{desk.deploy(content, name='compared.bpmn')['processDefinitions'][0]['id']}/xml"
        for content in (drawn, drawn.replace(b'name="Confirm loan"', b'name="Confirm the loan"'))
    )

    island = mounted("differ", before=older, after=newer)

    # In both pictures, and once in the list of changes.
    assert island.locator(".djs-element.is-changed").count() == 2
    assert island.locator("li.is-changed").count() == 1


def test_what_is_known_of_elements_is_painted(page: Any, mounted: Any, desk: Api) -> None:
    [definition] = desk.deploy((EXAMPLES / "loan-approval.bpmn").read_bytes(), name="loan-approval.bpmn")[
        "processDefinitions"
    ]
    names = [each.get("elementId") for each in desk.ok("GET", "/user-tasks", params={"key": "loan-approval"})["items"]]

    island = mounted(
        "viewer",
        xml=f"/api/v1/process-definitions/{definition['id']}/xml",
        counts={names[0]: 2, "not-there": 1},
        heat={names[0]: 1},
        path=[names[0]],
        problems={names[0]: [{"severity": "error", "message": "<b>no</b>", "fix": "Draw it."}]},
    )

    assert island.locator(f"[data-element-id='{names[0]}'].heat-5.on-path.has-error").count() == 1
    assert island.locator(".baton-badge").all_inner_texts() == ["2", "1"]
    assert island.locator(".baton-badge.error").get_attribute("aria-label") == "<b>no</b> Draw it."


def test_a_badge_of_an_event_leaves_its_name_below_readable(mounted: Any) -> None:
    content = (EXAMPLES / "order-fulfilment.bpmn").read_text()
    event = re.search(r'startEvent id="([^"]+)"', content)[1]

    island = mounted("viewer", content=content, counts={event: 1})

    badge = island.locator(f"[data-container-id='{event}'] .baton-badge")
    badge.wait_for()
    shape = island.locator(f"[data-element-id='{event}'] circle").first.bounding_box()
    assert badge.bounding_box()["y"] + badge.bounding_box()["height"] < shape["y"] + shape["height"]


def test_a_collapsed_sub_process_opens_and_has_badges_of_its_own(mounted: Any) -> None:
    island = mounted("viewer", content=COLLAPSED, counts={"inner": 1, "within": 2})
    outer, inner = (island.locator(f"[data-container-id='{name}'] .baton-badge") for name in ("inner", "within"))
    outer.wait_for()
    assert inner.is_hidden()

    island.locator(".bjs-drilldown").click()

    inner.wait_for()
    assert outer.is_hidden()
    island.locator("[data-element-id='within']").wait_for()
    shape, badge = island.locator("[data-element-id='within'] rect").first.bounding_box(), inner.bounding_box()
    assert abs(badge["x"] - shape["x"]) < shape["width"]
    assert abs(badge["y"] - shape["y"] - shape["height"]) < shape["height"]


def test_what_cannot_be_shown_says_so(page: Any) -> None:
    page.goto("/people")

    assert page.evaluate(ISLAND, ["dmn", {"content": "<nothing/>"}]) == "failed"

    assert page.get_by_role("alert").is_visible()
