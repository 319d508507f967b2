"""Writes BPMN diagram interchange: for a whole file that has none, or for what is missing in one."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

from baton.bpm.definition import xml
from baton.bpm.definition.layout import routing
from baton.bpm.definition.layout.graph import BOUNDARY, FLOW
from baton.bpm.definition.layout.placing import EVENT, MARGIN, TITLE, Box, Sheet, place_process
from baton.bpm.definition.lint.boxes import read_boxes
from baton.bpm.definition.xml import Element

DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DD = "http://www.omg.org/spec/DD/20100524/DI"
_LINES = (FLOW, xml.tag("messageFlow"), xml.tag("association"))
_POOL_GAP = 40.0
_BLACK_BOX = 80.0


@dataclass(slots=True)
class Places:
    """Boxes and corners by element id, in the diagram's coordinates."""

    boxes: dict[str, Box] = field(default_factory=dict)
    lines: dict[str, list[routing.Point]] = field(default_factory=dict)
    pools: dict[str, Box] = field(default_factory=dict)


def lay_out(root: Element) -> Places:
    """Every pool below the one before; processes without a pool likewise."""
    places = Places()
    y = 0.0
    sheets: list[tuple[Sheet, float, float]] = []
    processes = {xml.attribute(process, "id"): process for process in xml.children(root, "process")}
    for pool, process in _pools(root, processes):
        if process is None:
            places.pools[pool] = Box(0, y, 600, _BLACK_BOX)
            y += _BLACK_BOX + _POOL_GAP
            continue
        sheet = place_process(process)
        left = TITLE if pool else 0.0
        if pool:
            places.pools[pool] = Box(0, y, sheet.width + left, max(sheet.height, 2 * MARGIN))
        sheets.append((sheet, left, y))
        y += max(sheet.height, 2 * MARGIN) + _POOL_GAP
    for sheet, left, top in sheets:
        places.boxes.update({id_: box.moved(left, top) for id_, box in sheet.boxes.items()})
        places.boxes.update({id_: box.moved(0, top) for id_, box in sheet.lanes.items()})
    for sheet, _, _ in sheets:
        _route(sheet, places)
    _join_others(root, places)
    return places


def complete(root: Element) -> int:
    """Give every process element a place that has none; the number of those placed."""
    drawn = read_boxes(root)
    wanted = lay_out(root)
    missing = {id_ for id_ in wanted.boxes if id_ not in drawn} | {id_ for id_ in wanted.pools if id_ not in drawn}
    if not missing:
        return 0
    plane = next(root.iter(f"{{{DI}}}BPMNPlane"), None)
    lowest = max((box[3] for box in drawn.values()), default=0.0)
    shift = lowest + MARGIN if drawn else 0.0
    if plane is None:
        plane = _new_plane(root)
    edges = {str(edge.get("bpmnElement") or "").rpartition(":")[2] for edge in root.iter(f"{{{DI}}}BPMNEdge")}
    here = {id_: Box(left, top, right - left, bottom - top) for id_, (left, top, right, bottom) in drawn.items()}
    for id_, box in (*wanted.pools.items(), *wanted.boxes.items()):
        if id_ not in drawn:
            here[id_] = box.moved(0, shift)
            _shape(plane, id_, here[id_], pool=id_ in wanted.pools)
    lines = {xml.attribute(line, "id"): line for line in root.iter(*_LINES)} if drawn else {}
    for id_, points in wanted.lines.items():
        if id_ not in edges:
            _edge(plane, id_, _from_here(lines[id_], here, points) if id_ in lines else points)
    return len(missing)


def _pools(root: Element, processes: dict[str, Element]) -> list[tuple[str, Element | None]]:
    found: list[tuple[str, Element | None]] = []
    inside: set[str] = set()
    for collaboration in xml.children(root, "collaboration"):
        for participant in xml.children(collaboration, "participant"):
            reference = xml.reference(xml.attribute(participant, "processRef"))
            process = processes.get(reference) if reference not in inside else None
            inside.add(reference)
            if xml.attribute(participant, "id"):
                found.append((xml.attribute(participant, "id"), process))
    return found + [("", process) for id_, process in processes.items() if id_ not in inside]


def _route(sheet: Sheet, places: Places) -> None:
    for graph in sheet.graphs:
        for flow in graph.flows:
            id_ = xml.attribute(flow, "id")
            source_id = xml.reference(xml.attribute(flow, "sourceRef"))
            source = places.boxes[source_id]
            target = places.boxes[xml.reference(xml.attribute(flow, "targetRef"))]
            if id_ in graph.backward:
                places.lines[id_] = routing.backward(source, target)
            else:
                border = graph.nodes[source_id].tag == BOUNDARY
                places.lines[id_] = routing.forward(source, target, from_border=border)


def _join_others(root: Element, places: Places) -> None:
    """Message flows and associations, from middle to middle."""
    everything = {**places.pools, **places.boxes}
    for kind in ("messageFlow", "association"):
        for line in root.iter(xml.tag(kind)):
            ends = [everything.get(xml.reference(xml.attribute(line, end))) for end in ("sourceRef", "targetRef")]
            if ends[0] is not None and ends[1] is not None and xml.attribute(line, "id"):
                places.lines[xml.attribute(line, "id")] = routing.straight(ends[0], ends[1])


def _from_here(line: Element, here: dict[str, Box], points: list[routing.Point]) -> list[routing.Point]:
    """An arrow between elements of which some were drawn before: from where they are now."""
    source = here.get(xml.reference(xml.attribute(line, "sourceRef")))
    target = here.get(xml.reference(xml.attribute(line, "targetRef")))
    return points if source is None or target is None else routing.straight(source, target)


def _new_plane(root: Element) -> Element:
    diagram = etree.SubElement(root, f"{{{DI}}}BPMNDiagram", id="BPMNDiagram_1")
    owner = xml.child(root, "collaboration")
    owner = owner if owner is not None else xml.child(root, "process")
    about = xml.attribute(owner, "id") if owner is not None else ""
    return etree.SubElement(diagram, f"{{{DI}}}BPMNPlane", id="BPMNPlane_1", bpmnElement=about)


def _shape(plane: Element, id_: str, box: Box, *, pool: bool) -> None:
    shape = etree.SubElement(plane, f"{{{DI}}}BPMNShape", id=f"{id_}_di", bpmnElement=id_)
    if pool:
        shape.set("isHorizontal", "true")
    elif box.width > 100 and box.height > EVENT:
        shape.set("isExpanded", "true")
    etree.SubElement(
        shape,
        f"{{{DC}}}Bounds",
        x=_text(box.x),
        y=_text(box.y),
        width=_text(box.width),
        height=_text(box.height),
    )


def _edge(plane: Element, id_: str, points: list[routing.Point]) -> None:
    edge = etree.SubElement(plane, f"{{{DI}}}BPMNEdge", id=f"{id_}_di", bpmnElement=id_)
    for x, y in points:
        etree.SubElement(edge, f"{{{DD}}}waypoint", x=_text(x), y=_text(y))


def _text(number: float) -> str:
    return f"{number:g}" if number == int(number) else f"{number:.1f}"
