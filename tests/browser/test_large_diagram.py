"""A diagram of 500 elements with 300 token counts: how soon it is shown, and whether it moves smoothly.

The figures are printed (`pytest -s`): milliseconds from the navigation and of the import by the page's own marks,
frames while panning and zooming by `requestAnimationFrame`; and processor time of the page's main thread, by the
browser's own count. Wanted is the diagram within 1,500 ms and a frame within 16.

Asserted is what others on the machine do not change: how often the browser lays out anything per frame, and processor
time as a multiple of what the browser needs, in the same run, to draw the very same picture. The one bound in
milliseconds is of processor time, and six times what was measured.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.acceptance.serving import Api, eventually

ELEMENTS, COUNTED = 500, 300
# Processor time: measured 650 ms.
SHOWN_WITHIN_MS = 4000
# Of the whole page, its scripts, reading the file and making the picture, to drawing a copy of it: measured 5.4.
SHOWN_TO_COPIED = 12
# Of a frame that moves the picture to one that draws it: measured 0.08.
MOVED_TO_DRAWN = 1 / 3
LAYOUTS_PER_FRAME = 0.5
TRIES = 4
HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="http://example.com"
  xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"
  xmlns:dd="http://www.omg.org/spec/DD/20100524/DI">"""
SHOWN = """() => {
  const found = performance.getEntriesByName("baton:diagram")[0];
  return [found.duration, found.startTime + found.duration];
}"""
# 60 frames, each with a step by the keyboard before it.
FRAMES = """(step) => new Promise((done) => {
  const svg = document.querySelector(".djs-container svg");
  svg.focus();
  const key = (name) => svg.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true }));
  const times = [];
  let last = performance.now();
  const frame = (now) => {
    times.push(now - last);
    last = now;
    if (times.length > 60) return done(times.slice(1));
    key(step[times.length % step.length]);
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})"""
# 10 frames, each with the whole picture at another size.
DRAWN = """() => new Promise((done) => {
  const viewport = document.querySelector(".djs-container .viewport");
  const { a, e, f } = viewport.transform.baseVal.consolidate().matrix;
  let frames = 0;
  const frame = () => {
    const scale = a * (1 + (frames % 2) / 10);
    viewport.setAttribute("transform", `matrix(${scale},0,0,${scale},${e},${f})`);
    if (frames === 10) return done();
    frames += 1;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})"""
# A copy of the picture, styled, laid out and painted in the place of the first.
COPIED = """() => new Promise((done) => {
  const svg = document.querySelector(".djs-container svg");
  svg.replaceWith(svg.cloneNode(true));
  requestAnimationFrame(() => requestAnimationFrame(done));
})"""
PLACE = """() => [
  document.querySelector(".moves > .sheet").style.transform,
  document.querySelector(".djs-container .viewport").getAttribute("transform"),
]"""
MOVES = {"panning": ["ArrowLeft", "ArrowLeft", "ArrowRight", "ArrowRight"], "zooming": ["+", "+", "-", "-"]}


def fork() -> str:
    """500 flow nodes in a grid: 300 tasks side by side, most of them with an end event of their own; their arrows."""
    rest = ELEMENTS - COUNTED - 2
    nodes = {"start": "startEvent", "fork": "parallelGateway"}
    nodes |= {f"task-{n}": "userTask" for n in range(COUNTED)}
    nodes |= {f"end-{n}": "endEvent" for n in range(rest)}
    flows = [("start", "fork"), *(("fork", f"task-{n}") for n in range(COUNTED))]
    flows += [(f"task-{n}", f"end-{n}") for n in range(rest)]
    at = {id_: (160 * (number % 25), 120 * (number // 25)) for number, id_ in enumerate(nodes)}
    drawn = [f'<{kind} id="{id_}" name="{id_}"/>' for id_, kind in nodes.items()]
    drawn += [f'<sequenceFlow id="{a}-{b}" sourceRef="{a}" targetRef="{b}"/>' for a, b in flows]
    shapes = [
        f'<di:BPMNShape bpmnElement="{id_}"><dc:Bounds x="{x}" y="{y}" {_size(nodes[id_])}/></di:BPMNShape>'
        for id_, (x, y) in at.items()
    ]
    edges = [
        f'<di:BPMNEdge bpmnElement="{a}-{b}"><dd:waypoint x="{at[a][0] + 36}" y="{at[a][1] + 18}"/>'
        f'<dd:waypoint x="{at[b][0]}" y="{at[b][1] + 18}"/></di:BPMNEdge>'
        for a, b in flows
    ]
    return (
        f'{HEAD}<process id="large" name="Large" isExecutable="true">{"".join(drawn)}</process>'
        f'<di:BPMNDiagram><di:BPMNPlane bpmnElement="large">{"".join(shapes + edges)}</di:BPMNPlane></di:BPMNDiagram>'
        "</definitions>"
    )


def _size(kind: str) -> str:
    return 'width="100" height="80"' if kind == "userTask" else 'width="36" height="36"'


@pytest.fixture(scope="module")
def large(desk: Api) -> str:
    """The definition's id; one instance of it has a token at each of 300 elements."""
    [definition] = desk.deploy(fork(), name="large.bpmn")["processDefinitions"]
    desk.ok("POST", "/process-instances", json={"processDefinitionId": definition["id"]})
    return str(definition["id"])


class Thread:
    """The main thread of a page: `task` in milliseconds of processor time, and `layouts`, since it was asked last."""

    def __init__(self, page: Any) -> None:
        self._devtools = page.context.new_cdp_session(page)
        self._devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
        self._at: dict[str, float] = {}
        self.look()

    def look(self) -> tuple[float, float]:
        """What it did since the last look."""
        before = self._at
        self._at = {each["name"]: each["value"] for each in self._devtools.send("Performance.getMetrics")["metrics"]}
        task, layouts = (self._at[name] - before.get(name, 0) for name in ("TaskDuration", "LayoutCount"))
        return task * 1000, layouts

    def during(self, page: Any, script: str, argument: Any = None) -> tuple[float, float, Any]:
        """What it did while the script ran, and the script's answer."""
        self.look()
        answer = page.evaluate(script, argument)
        return *self.look(), answer


def show(page: Any, definition: str) -> None:
    page.goto(f"/processes/{definition}")
    page.locator(".island[data-mounted=''] .baton-badge.tokens").first.wait_for()


def test_it_is_shown_soon(page: Any, large: str) -> None:
    page.goto("/people")
    thread = Thread(page)
    shown, worked, copied = [], [], []
    for _ in range(TRIES):
        page.goto("about:blank")
        thread.look()
        show(page, large)
        worked.append(thread.look()[0])
        shown.append(page.evaluate(SHOWN))
        assert page.locator(".djs-shape[data-element-id]").count() >= ELEMENTS
        assert page.locator(".baton-badge.tokens").count() == COUNTED
        copied.append(thread.during(page, COPIED)[0])

    imported, since_navigation = (min(each[index] for each in shown) for index in (0, 1))
    print(
        f"\n{ELEMENTS} flow nodes, {COUNTED} counts: import and paint {imported:.0f} ms, "
        f"shown {since_navigation:.0f} ms after the navigation; "
        f"processor time {min(worked):.0f} ms, for a copy of the picture {min(copied):.0f} ms"
    )
    assert min(worked) < SHOWN_WITHIN_MS
    assert min(worked) < SHOWN_TO_COPIED * min(copied)


@pytest.mark.parametrize("move", MOVES)
def test_it_moves_smoothly_and_is_crisp_when_it_rests(page: Any, large: str, move: str) -> None:
    show(page, large)
    thread = Thread(page)
    drawn = min(thread.during(page, DRAWN)[0] / 10 for _ in range(3))
    before = page.evaluate(PLACE)[1]

    moved = [thread.during(page, FRAMES, MOVES[move]) for _ in range(3)]

    frame = min(task / len(times) for task, _, times in moved)
    layouts = min(count / len(times) for _, count, times in moved)
    time = min(sorted(times)[len(times) // 2] for *_, times in moved)
    print(
        f"\n{ELEMENTS} flow nodes, {COUNTED} counts: a frame while {move} {time:.1f} ms, "
        f"{frame:.1f} ms processor time, {layouts:.2f} layouts; a frame that draws all {drawn:.1f} ms processor time"
    )
    assert layouts < LAYOUTS_PER_FRAME
    assert frame < drawn * MOVED_TO_DRAWN

    page.keyboard.press("ArrowLeft")
    page.keyboard.press("+")
    eventually(lambda: page.evaluate(PLACE)[0] == "")
    assert page.evaluate(PLACE)[1] != before


def test_a_link_out_of_sight_comes_into_sight_with_the_focus(page: Any, large: str) -> None:
    show(page, large)
    picture, badge = page.locator(".djs-container svg"), page.locator(".baton-badge.tokens").last
    picture.focus()
    for _ in range(8):
        page.keyboard.press("+")
    assert not is_within(badge.bounding_box(), picture.bounding_box())

    page.keyboard.press("Shift+Tab")

    assert badge.evaluate("(it) => it === document.activeElement")
    eventually(lambda: page.evaluate(PLACE)[0] == "")
    assert is_within(badge.bounding_box(), picture.bounding_box())


def is_within(inner: dict[str, float], outer: dict[str, float]) -> bool:
    return all(
        outer[start] <= inner[start] and inner[start] + inner[size] <= outer[start] + outer[size]
        for start, size in (("x", "width"), ("y", "height"))
    )
