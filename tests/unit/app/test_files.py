"""`baton lint`, `baton import` and `baton export` on files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from baton.app.cli import cli
from tests.unit.definition.conftest import draw
from tests.unit.definition.test_rules import CHAIN, flow

GOOD, BAD = draw(CHAIN), draw(CHAIN + flow("f3", "A", "Gone"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "good.bpmn").write_bytes(GOOD)
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "[red]bad.bpmn").write_bytes(BAD)
    (tmp_path / "broken.bpmn").write_text("<a>")
    (tmp_path / "notes.txt").write_text("nothing")
    return tmp_path


def baton(*words: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words])


def test_import_reports_a_folder_and_fails_if_something_cannot_be_deployed(folder: Path) -> None:
    result = baton("import", folder)

    assert result.exit_code == 1
    assert "good.bpmn" in result.output
    assert "[red]bad.bpmn" in result.output
    assert "in guided mode" in result.output
    assert "3 files, 1 deployable as they are, 2 with --mode guided where needed" in result.output
    assert "broken.bpmn: The file is not well-formed XML" in result.output


def test_import_gives_plain_data(folder: Path) -> None:
    reports = {report["file"]: report for report in json.loads(baton("import", folder, "--format", "json").output)}

    assert set(reports) == {"good.bpmn", "sub/[red]bad.bpmn", "broken.bpmn"}
    assert reports["good.bpmn"]["deployable"] is True
    assert reports["good.bpmn"]["processes"] == 1
    assert reports["sub/[red]bad.bpmn"]["errors"] == 1
    assert reports["sub/[red]bad.bpmn"]["problems"][-1]["rule"]


def test_import_succeeds_if_all_can_be_deployed_in_the_mode_that_was_asked_for(folder: Path) -> None:
    (folder / "broken.bpmn").unlink()

    assert baton("import", folder, "--mode", "guided").exit_code == 0


def test_import_of_a_folder_without_diagrams_says_what_it_looked_for(tmp_path: Path) -> None:
    result = baton("import", tmp_path)

    assert result.exit_code == 1
    assert ".bpmn" in result.output


def test_export_writes_a_file_that_can_be_imported(folder: Path) -> None:
    result = baton("export", folder / "sub" / "[red]bad.bpmn", "-o", folder / "clean.bpmn")

    assert result.exit_code == 0, result.output
    assert baton("lint", folder / "clean.bpmn").exit_code == 0


def test_export_of_what_is_no_xml_says_why(folder: Path) -> None:
    result = baton("export", folder / "broken.bpmn")

    assert result.exit_code == 1
    assert "not well-formed" in str(result.exception)


def test_lint_writes_sarif(folder: Path) -> None:
    result = baton("lint", folder / "sub" / "[red]bad.bpmn", "--format", "sarif")

    log = json.loads(result.output)
    assert result.exit_code == 1
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    for found in run["results"]:
        assert rules[found["ruleIndex"]] == found["ruleId"]
        assert found["level"] in ("error", "warning", "note")
        assert found["locations"][0]["physicalLocation"]["region"]["startLine"] > 0
    (dangling,) = [found for found in run["results"] if found["ruleId"] == "no-dangling-flow"]
    assert dangling["level"] == "error"
    assert "%5Bred%5Dbad.bpmn" in dangling["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]


def test_lint_takes_severities_from_its_options_and_the_environment(folder: Path) -> None:
    good = folder / "good.bpmn"

    assert "[label-required]" in baton("lint", good).output
    assert "[label-required]" not in baton("lint", good, "--severity", "label-required=off").output
    assert baton("lint", good, "--severity", "label-required=error").exit_code == 1
    with_environment = CliRunner().invoke(cli, ["lint", str(good)], env={"BATON_LINT": "label-required=error"})
    assert with_environment.exit_code == 1


def test_lint_names_a_level_that_does_not_exist(folder: Path) -> None:
    result = baton("lint", folder / "good.bpmn", "--severity", "label-required=loud")

    assert result.exit_code == 2
    assert "expected rule=level" in result.output
