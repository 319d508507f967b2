"""Boxes of all in a process: columns are layers, lanes are bands, sub-processes are as large as their content."""

from __future__ import annotations

from dataclasses import dataclass, field

from baton.bpm.definition import xml
from baton.bpm.definition.layout.graph import CONTAINERS, Graph, read_graph
from baton.bpm.definition.xml import Element

GAP = 60.0
ROW_GAP = 40.0
MARGIN = 40.0
TITLE = 30.0
EVENT = 36.0
_SIZES = {"Event": (EVENT, EVENT), "Gateway": (50.0, 50.0)}
_TASK = (100.0, 80.0)
_BESIDE = {"dataObjectReference": (36.0, 50.0), "dataStoreReference": (50.0, 50.0), "textAnnotation": (160.0, 50.0)}


@dataclass(frozen=True, slots=True)
class Box:
    """In pixels, from the top left."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        return self.y + self.height / 2

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def center(self) -> tuple[float, float]:
        return (self.x + self.width / 2, self.middle)

    def moved(self, x: float, y: float) -> Box:
        return Box(self.x + x, self.y + y, self.width, self.height)


@dataclass(slots=True)
class Sheet:
    """Boxes by element id, lanes by id, graphs by container, all in the process's own coordinates."""

    boxes: dict[str, Box] = field(default_factory=dict)
    lanes: dict[str, Box] = field(default_factory=dict)
    graphs: list[Graph] = field(default_factory=list)
    width: float = 0.0
    height: float = 0.0


def place_process(process: Element) -> Sheet:
    """All levels of it. Containers are measured from the innermost outward, then moved into place outside in."""
    containers = [process, *(element for element in process.iter(*CONTAINERS) if element is not process)]
    graphs = [read_graph(container) for container in containers]
    sizes: dict[str, tuple[float, float]] = {}
    local: dict[str, dict[str, Box]] = {}
    sheet = Sheet(graphs=graphs)
    for graph in reversed(graphs):
        bands = _bands(graph) if graph.element is process else {}
        boxes, lanes, width, height = _place(graph, sizes, bands)
        local[xml.attribute(graph.element, "id")] = boxes
        if graph.element is process:
            sheet.lanes, sheet.width, sheet.height = lanes, width, height
        else:
            sizes[xml.attribute(graph.element, "id")] = (max(width, _TASK[0]), max(height, _TASK[1]))
    for graph in graphs:
        id_ = xml.attribute(graph.element, "id")
        origin = sheet.boxes.get(id_, Box(0, 0, 0, 0))
        sheet.boxes.update({inner: box.moved(origin.x, origin.y) for inner, box in local[id_].items()})
    return sheet


def _bands(graph: Graph) -> dict[str, str]:
    """Node id to the id of its innermost lane; empty without lanes."""
    found: dict[str, str] = {}
    for lane in graph.element.iter(xml.tag("lane")):
        for part in xml.children(lane, "flowNodeRef"):
            found[xml.reference(xml.text(part))] = xml.attribute(lane, "id")
    return found


def _place(
    graph: Graph, sizes: dict[str, tuple[float, float]], lane_of: dict[str, str]
) -> tuple[dict[str, Box], dict[str, Box], float, float]:
    bands = list(dict.fromkeys([*_lanes(graph, lane_of), *({""} if _some_without(graph, lane_of) else ())]))
    rows: dict[str, dict[int, float]] = {band: {} for band in bands}
    row_of: dict[str, int] = {}
    for layer in graph.layers:
        count = dict.fromkeys(bands, 0)
        for id_ in layer:
            band = lane_of.get(id_, "")
            row_of[id_] = count[band]
            count[band] += 1
            height = _size(graph.nodes[id_], sizes)[1] + (EVENT / 2 if id_ in graph.attached else 0)
            rows[band][row_of[id_]] = max(rows[band].get(row_of[id_], 0.0), height)
    tops: dict[tuple[str, int], float] = {}
    spans: dict[str, tuple[float, float]] = {}
    y = MARGIN
    for band in bands:
        begin = y - MARGIN / 2
        for row in sorted(rows[band]):
            tops[band, row] = y
            y += rows[band][row] + ROW_GAP
        y = max(y, begin + _TASK[1] + ROW_GAP)
        spans[band] = (begin, y - MARGIN / 2)
    boxes, right = _columns(graph, sizes, lane_of, rows, tops, row_of)
    y = _place_beside(graph, boxes, y)
    right = max((right, *(box.right for box in boxes.values())))
    width, height = right + MARGIN, y
    lanes = {band: Box(TITLE, begin, width - TITLE, end - begin) for band, (begin, end) in spans.items() if band}
    return boxes, lanes, width, height


def _columns(
    graph: Graph,
    sizes: dict[str, tuple[float, float]],
    lane_of: dict[str, str],
    rows: dict[str, dict[int, float]],
    tops: dict[tuple[str, int], float],
    row_of: dict[str, int],
) -> tuple[dict[str, Box], float]:
    boxes: dict[str, Box] = {}
    x = MARGIN + (2 * TITLE if lane_of else 0)
    for layer in graph.layers:
        column = max(_size(graph.nodes[id_], sizes)[0] for id_ in layer)
        for id_ in layer:
            width, height = _size(graph.nodes[id_], sizes)
            band, row = lane_of.get(id_, ""), row_of[id_]
            top = tops[band, row] + (rows[band][row] - height) / 2
            box = Box(x + (column - width) / 2, top, width, height)
            boxes[id_] = box
            for number, event in enumerate(graph.attached.get(id_, ())):
                step = min(EVENT + 4, max(width - EVENT, 0) / max(len(graph.attached[id_]) - 1, 1))
                boxes[event] = Box(box.right - EVENT - number * step, box.bottom - EVENT / 2, EVENT, EVENT)
        x += column + GAP
    return boxes, x - GAP


def _lanes(graph: Graph, lane_of: dict[str, str]) -> list[str]:
    if not lane_of:
        return []
    ids = [xml.attribute(lane, "id") for lane in graph.element.iter(xml.tag("lane"))]
    used = set(lane_of.values())
    return [id_ for id_ in ids if id_ in used]


def _some_without(graph: Graph, lane_of: dict[str, str]) -> bool:
    return any(id_ not in lane_of for layer in graph.layers for id_ in layer) or not lane_of


def _place_beside(graph: Graph, boxes: dict[str, Box], y: float) -> float:
    x = MARGIN
    for element in graph.beside:
        width, height = _BESIDE[xml.local_name(element)]
        boxes.setdefault(xml.attribute(element, "id"), Box(x, y, width, height))
        x += width + GAP
    return y + 50 + ROW_GAP if graph.beside else y


def _size(node: Element, sizes: dict[str, tuple[float, float]]) -> tuple[float, float]:
    measured = sizes.get(xml.attribute(node, "id"))
    if measured is not None:
        return measured
    name = xml.local_name(node)
    return next((size for suffix, size in _SIZES.items() if name.endswith(suffix)), _TASK)
