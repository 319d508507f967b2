"""`baton import`: what of a folder of diagrams can be deployed, as a table."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from baton.bpm.definition import xml
from baton.bpm.definition.elements import Mode
from baton.bpm.definition.limits import Limits
from baton.bpm.definition.mending.documents import open_document
from baton.bpm.definition.problems import Severity
from baton.bpm.execution import diagrams

SUFFIXES = (".bpmn", ".bpmn2", ".bpmn20.xml", ".bpmn.xml")
_LONGEST = 60


class ImportedFile(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the report. `guided` says whether the file can run in guided mode where its own mode refuses it."""

    file: str
    tool: str
    mode: Mode
    processes: int
    errors: int
    warnings: int
    infos: int
    deployable: bool
    guided: bool
    problems: list[dict[str, Any]]


@click.command(name="import")
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--mode", type=click.Choice([str(mode) for mode in Mode]), help="As each file says, unless given.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def import_(folder: Path, mode: str | None, form: str) -> None:
    """Report a whole folder: what each file is, and whether it can be deployed. Exit status 1 if one cannot."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name.lower().endswith(SUFFIXES)]
    if not files:
        raise click.ClickException(f"Expected diagrams ({', '.join(SUFFIXES)}) in '{folder}', found none.")
    reports = [_report(path, folder, Mode(mode) if mode else None) for path in files]
    if form == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(reports)).decode())
    else:
        _show(reports)
    if not all(report.deployable for report in reports):
        sys.exit(1)


def _report(path: Path, folder: Path, mode: Mode | None) -> ImportedFile:
    content = path.read_bytes()
    diagram = diagrams.read(content, mode=mode)
    counts = Counter(problem.severity for problem in diagram.problems)
    guided = diagram.ok or (mode is None and diagrams.read(content, mode=Mode.GUIDED).ok)
    return ImportedFile(
        file=path.relative_to(folder).as_posix(),
        tool=_tool(content),
        mode=diagram.mode,
        processes=len(diagram.processes),
        errors=counts[Severity.ERROR],
        warnings=counts[Severity.WARNING],
        infos=counts[Severity.INFO],
        deployable=diagram.ok,
        guided=guided,
        problems=[problem.as_dict() for problem in diagram.problems],
    )


def _tool(content: bytes) -> str:
    """What the file says wrote it."""
    try:
        root, _ = open_document(content, Limits())
    except xml.UnreadableXml:
        return ""
    words = (xml.attribute(root, "exporter"), xml.attribute(root, "exporterVersion"))
    return " ".join(" ".join(filter(None, words)).split())[:_LONGEST]


def _show(reports: list[ImportedFile]) -> None:
    table = Table(box=None, pad_edge=False)
    table.add_column("file", overflow="fold")
    table.add_column("tool", overflow="fold")
    table.add_column("mode")
    for title in ("processes", "errors", "warnings"):
        table.add_column(title, justify="right")
    table.add_column("deployable")
    for report in reports:
        # `Text`: a file's name is no markup.
        table.add_row(
            Text(_plain(report.file)),
            Text(_plain(report.tool)),
            str(report.mode),
            str(report.processes),
            str(report.errors),
            str(report.warnings),
            _verdict(report),
        )
    Console(width=None if sys.stdout.isatty() else 160).print(table)
    deployable = sum(report.deployable for report in reports)
    guided = sum(report.guided for report in reports)
    click.echo(f"{len(reports)} files, {deployable} deployable as they are, {guided} with --mode guided where needed")
    for report in reports:
        if not report.guided:
            first = next(problem for problem in report.problems if problem["severity"] == Severity.ERROR)
            click.echo(f"{_plain(report.file)}: {_plain(str(first['message']))} [{first['rule']}]")


def _verdict(report: ImportedFile) -> str:
    if report.deployable:
        return "yes"
    return "in guided mode" if report.guided else "no"


def _plain(text: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in text)
