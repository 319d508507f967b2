"""What of the corpus is accepted, in its own mode and in guided mode; every refusal is listed with its reason."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from lxml import etree

from baton.bpm.definition.elements import Mode
from baton.bpm.definition.export import clean
from baton.bpm.definition.problems import Problem, Severity
from baton.bpm.execution import diagrams
from tests.conformance.test_import_corpus import CORPUS, files

pytestmark = pytest.mark.slow
FOLDERS = ("miwg", "camunda_bpm_examples", "camunda_modeler", "camunda_compat_lint")
NOTHING_TO_RUN = {"process-required"}


@cache
def read(path: Path, mode: Mode | None = None) -> tuple[bool, list[Problem]]:
    diagram = diagrams.read(path.read_bytes(), mode=mode)
    return diagram.ok, [problem for problem in diagram.problems if problem.severity is Severity.ERROR]


def well_formed(path: Path) -> bool:
    try:
        etree.parse(path)
    except etree.XMLSyntaxError:
        return False
    return True


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_well_formed_file_that_holds_a_process_is_accepted(folder: str) -> None:
    own = guided = 0
    refusals: list[str] = []

    for path in files(folder):
        name = path.relative_to(CORPUS / folder).as_posix()
        accepted, errors = read(path)
        own += accepted
        if not accepted:
            refusals.append(f"  own mode: {name}:{errors[0].line}: {errors[0].message} [{errors[0].rule}]")
        stands_in, remaining = read(path, Mode.GUIDED)
        guided += accepted or stands_in
        if not (accepted or stands_in):
            assert {problem.rule for problem in remaining} <= NOTHING_TO_RUN or not well_formed(path), (name, remaining)
            refusals.append(f"  guided too: {name}:{remaining[0].line}: {remaining[0].message} [{remaining[0].rule}]")

    print(f"{folder}: {len(files(folder))} files, {own} accepted as they are, {guided} in guided mode where needed")
    print(*refusals, sep="\n")


def test_every_file_of_the_interchange_working_group_is_accepted() -> None:
    refused = [path for path in files("miwg") if not read(path, Mode.GUIDED)[0] and well_formed(path)]

    assert refused == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_clean_export_reads_again_with_no_more_problems(folder: str) -> None:
    for path in files(folder):
        own = diagrams.read(path.read_bytes())
        # A file that is guided by itself is the same file again.
        for before in (own,) if own.mode is Mode.GUIDED else (own, diagrams.read(path.read_bytes(), mode=Mode.GUIDED)):
            if not before.ok:
                continue
            cleaned = clean(path.read_bytes(), mode=before.mode, checks=diagrams.CompilingChecks())
            after = diagrams.read(cleaned)
            assert after.ok, (path, after.problems)
            assert after.mode is before.mode
            assert len(after.problems) <= len(before.problems), path
            assert [node.id for process in after.processes for node in process.elements.walk()] == [
                node.id for process in before.processes for node in process.elements.walk()
            ], path
