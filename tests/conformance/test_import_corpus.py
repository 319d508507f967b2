"""Files of twelve modeling tools and of other projects' tests: none crashes the importer."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from baton.bpm.definition.elements import Mode
from baton.bpm.definition.importer import read_diagram
from baton.bpm.definition.problems import Severity
from baton.bpm.execution import diagrams
from baton.bpm.execution.specs import build_specs

CORPUS = Path(__file__).resolve().parents[2].parent / "shared" / "corpus"
FOLDERS = ("bpmn_js_token_simulation", "bpmn_lean_experiment", "camunda_bpm_examples", "camunda_compat_lint")
FOLDERS += ("camunda_modeler", "miwg")
WITHOUT_LINE = {"file-too-large"}


def files(folder: str) -> list[Path]:
    found = [path for path in sorted((CORPUS / folder).rglob("*.bpmn")) if path.is_file()]
    if not found:
        pytest.skip(f"the corpus folder {folder} is not beside this checkout")
    return found


@pytest.mark.parametrize("mode", [None, Mode.AUTOMATIC, Mode.GUIDED])
@pytest.mark.parametrize("folder", FOLDERS)
def test_every_file_yields_processes_or_errors_with_lines(folder: str, mode: Mode | None) -> None:
    counts: Counter[str] = Counter()

    for path in files(folder):
        diagram = read_diagram(path.read_bytes(), mode=mode)

        errors = [problem for problem in diagram.problems if problem.severity is Severity.ERROR]
        assert diagram.ok is not bool(errors), path
        assert bool(diagram.processes) is diagram.ok, path
        if path.stat().st_size:
            assert all(problem.line > 0 for problem in errors), (path, errors)
        assert all(problem.message and problem.fix for problem in diagram.problems), path
        counts["accepted" if diagram.ok else "refused"] += 1
        counts.update(f"{problem.severity} {problem.rule}" for problem in errors)

    print(f"{folder} ({mode or 'own mode'}):", dict(counts))
    assert counts["accepted"] > 0


def test_a_file_in_which_an_element_is_refused_says_which() -> None:
    for path in files("miwg"):
        for problem in read_diagram(path.read_bytes()).problems:
            if problem.rule == "unsupported-element":
                assert problem.element_id, (path, problem)
                assert "cannot be run yet" in problem.message


@pytest.mark.parametrize("mode", [None, Mode.GUIDED])
@pytest.mark.parametrize("folder", FOLDERS)
def test_every_accepted_file_becomes_runnable_specs(folder: str, mode: Mode | None) -> None:
    built = 0

    for path in files(folder):
        for process in diagrams.read(path.read_bytes(), mode=mode).processes:
            spec = build_specs(process)
            assert {node.id for node in process.elements.walk()} <= {node.name for node in spec.all_nodes()}, path
            built += 1

    assert built > 0
