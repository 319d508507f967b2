"""Problems as a SARIF 2.1.0 log, which code review tools read (OASIS standard, 2020)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import metadata
from typing import Any
from urllib.parse import quote

from baton.bpm.definition.problems import Problem, Severity

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def log(files: Mapping[str, Sequence[Problem]]) -> dict[str, Any]:
    """One run over the files; a rule is described once, a problem without a line is one of its file."""
    rules = sorted({problem.rule for problems in files.values() for problem in problems})
    index = {rule: number for number, rule in enumerate(rules)}
    driver = {
        "name": "Baton",
        "version": metadata.version("baton-bpm"),
        "rules": [{"id": rule, "name": rule} for rule in rules],
    }
    results = [_result(file, problem, index) for file, problems in files.items() for problem in problems]
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results, "columnKind": "unicodeCodePoints"}],
    }


def _result(file: str, problem: Problem, index: Mapping[str, int]) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": quote(file)}}
    if problem.line > 0:
        place["region"] = {"startLine": problem.line}
    location: dict[str, Any] = {"physicalLocation": place}
    if problem.element_id:
        element = {"name": problem.element_name or problem.element_id, "fullyQualifiedName": problem.element_id}
        location["logicalLocations"] = [{**element, "kind": "element"}]
    return {
        "ruleId": problem.rule,
        "ruleIndex": index[problem.rule],
        "level": _LEVELS[problem.severity],
        "message": {"text": f"{problem.message} {problem.fix}"},
        "locations": [location],
    }
