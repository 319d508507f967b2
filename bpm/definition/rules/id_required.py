"""`id-required`: the process, every node and every flow has an id that can be referred to and kept."""

from __future__ import annotations

import re
from collections.abc import Iterator

from baton.bpm.definition.drawing import Drawing, called, flow_place, node_place
from baton.bpm.definition.findings import Findings, Place

NAME = "id-required"
MAX_LENGTH = 255
_UNUSABLE = re.compile(r"[\s:]")


def check(drawing: Drawing, findings: Findings) -> None:
    """Audit, joins and tasks know an element by its id."""
    for words, id_, place in _things(drawing):
        if not id_:
            findings.error(NAME, f"The {words} has no id.", "Give it an id in the modeler's properties.", place)
        elif len(id_) > MAX_LENGTH:
            findings.error(
                NAME,
                f"The id of the {words} has {len(id_)} characters, at most {MAX_LENGTH} are kept.",
                "Give it a shorter id.",
                place,
            )
        elif _UNUSABLE.search(id_):
            findings.error(
                NAME,
                f"The id of the {words} holds a space or a colon, so that nothing can refer to it.",
                "Use letters, digits, '_', '-' and '.' in ids.",
                place,
            )


def _things(drawing: Drawing) -> Iterator[tuple[str, str, Place]]:
    for scope in drawing.scopes:
        if scope.parent is None:
            yield called(scope), scope.id, scope.place
        for node in scope.nodes:
            yield called(node), node.id, node_place(node)
    for flow in drawing.flows():
        yield called(flow), flow.id, flow_place(flow)
