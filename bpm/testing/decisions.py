"""Decisions of files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from baton.bpm.decisions import DecisionModel
from baton.bpm.decisions.bundle import read_bundle
from baton.bpm.errors import InvalidDiagram, NotFound
from baton.bpm.execution.decisions import DecisionCall, FoundDecision


class GivenDecisions:
    """A `DecisionSource` of `.dmn` files: paths, or contents as bytes. Every binding finds the one that is given.

    Raises `InvalidDiagram` for a file with errors.
    """

    def __init__(self, files: Sequence[bytes | str | Path]) -> None:
        contents = {
            f"decision file {number}" if isinstance(file, bytes) else str(file): (
                file if isinstance(file, bytes) else Path(file).read_bytes()
            )
            for number, file in enumerate(files, 1)
        }
        self._models: dict[str, DecisionModel] = {}
        for name, diagram in read_bundle(contents).items():
            if diagram.model is None or not diagram.ok:
                first = next(problem for problem in diagram.problems if problem.severity == "error")
                raise InvalidDiagram(
                    f"{name}, line {first.line}: {first.message} {first.fix}", problems=diagram.problems
                )
            self._models.update({decision.id: diagram.model for decision in diagram.model.invocables})

    def find(self, call: DecisionCall) -> FoundDecision:
        """Raises `NotFound`."""
        if call.key not in self._models:
            known = ", ".join(f"'{key}'" for key in self._models) or "none"
            raise NotFound(f"Expected a decision {call}, found {known}")
        return FoundDecision(None, call.key, 1, self._models[call.key])
