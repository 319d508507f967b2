"""`baton lint`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import msgspec

from baton.app.cli import sarif
from baton.bpm.decisions import DecisionDiagram
from baton.bpm.decisions.bundle import is_dmn, read_bundle
from baton.bpm.definition.elements import Mode
from baton.bpm.definition.importer import Diagram
from baton.bpm.definition.lint.severities import Severities
from baton.bpm.definition.problems import Problem, Severity
from baton.bpm.execution import diagrams
from baton.bpm.forms import ReadForm, is_form_file, read_file

Checked = Diagram | DecisionDiagram | ReadForm
COLORS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "blue"}


@click.command()
@click.argument(
    "files", nargs=-1, required=True, metavar="FILE...", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--mode", type=click.Choice([str(mode) for mode in Mode]), help="As the file says, unless given.")
@click.option("--format", "form", type=click.Choice(["text", "json", "sarif"]), default="text")
@click.option(
    "--severity",
    "severity",
    multiple=True,
    metavar="RULE=LEVEL",
    help="Level off, info, warning or error; may be repeated.",
)
@click.option("--rules", envvar="BATON_LINT", default="", help="The same, several with commas. [BATON_LINT]")
def lint(files: tuple[Path, ...], mode: str | None, form: str, severity: tuple[str, ...], rules: str) -> None:
    """Check diagrams, decisions and forms (.bpmn, .dmn, .form): every problem with its place and fix.

    Exit status 1 if one is an error. Files of decisions may import each other.
    """
    severities = parse_severities([rules, *severity])
    read = _read(files, Mode(mode) if mode else None, severities)
    if form == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(_as_data(read))).decode())
    elif form == "sarif":
        log = sarif.log({file.as_posix(): diagram.problems for file, diagram in read.items()})
        click.echo(msgspec.json.format(msgspec.json.encode(log)).decode())
    else:
        for file, diagram in read.items():
            _show(file, diagram)
    if not all(diagram.ok for diagram in read.values()):
        sys.exit(1)


def parse_severities(words: list[str]) -> Severities:
    """The later words win. Raises `click.BadParameter`."""
    try:
        return Severities.parse(" ".join(words))
    except ValueError as error:
        raise click.BadParameter(f"{error}.", param_hint="--severity") from error


def _read(files: tuple[Path, ...], mode: Mode | None, severities: Severities) -> dict[Path, Checked]:
    contents = {file: file.read_bytes() for file in files}
    decisions = {
        str(file): content
        for file, content in contents.items()
        if not is_form_file(file.name) and (file.suffix.lower() == ".dmn" or is_dmn(content))
    }
    read = read_bundle(decisions)

    def checked(file: Path, content: bytes) -> Checked:
        if is_form_file(file.name):
            return read_file(file.name, content)
        return read[str(file)] if str(file) in read else diagrams.read(content, mode=mode, severities=severities)

    return {file: checked(file, content) for file, content in contents.items()}


def _as_data(read: Mapping[Path, Checked]) -> list[dict[str, Any]]:
    return [
        {
            "file": str(file),
            "ok": diagram.ok,
            **({"mode": str(diagram.mode)} if isinstance(diagram, Diagram) else {}),
            "problems": [problem.as_dict() for problem in diagram.problems],
        }
        for file, diagram in read.items()
    ]


def _show(file: Path, diagram: Checked) -> None:
    for problem in diagram.problems:
        line = f":{problem.line}" if problem.line else ""
        click.echo(f"{file}{line}: {_severity(problem)} {_place(problem)}{problem.message} [{problem.rule}]")
        click.echo(f"    fix: {problem.fix}")
    counts = [_counted(diagram, severity) for severity in Severity if _count(diagram, severity)]
    click.echo(f"{file}: {_verdict(diagram)}; {', '.join(counts) or 'no problems'}")


def _verdict(diagram: Checked) -> str:
    if isinstance(diagram, DecisionDiagram):
        return "can decide" if diagram.ok else "cannot decide"
    if isinstance(diagram, ReadForm):
        return "can be filled in" if diagram.ok else "cannot be filled in"
    return f"{'can run' if diagram.ok else 'cannot run'} in {diagram.mode} mode"


def _severity(problem: Problem) -> str:
    return click.style(problem.severity, fg=COLORS[problem.severity], bold=True)


def _place(problem: Problem) -> str:
    name = problem.element_name or problem.element_id
    return f"'{name}': " if name else ""


def _count(diagram: Checked, severity: Severity) -> int:
    return sum(problem.severity is severity for problem in diagram.problems)


def _counted(diagram: Checked, severity: Severity) -> str:
    number = _count(diagram, severity)
    return f"{number} {severity}{'' if number == 1 else 's'}"
