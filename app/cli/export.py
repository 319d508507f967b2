"""`baton export`: a clean file from whatever a modeler wrote."""

from __future__ import annotations

from pathlib import Path

import click

from baton.bpm.definition import xml
from baton.bpm.definition.elements import Mode
from baton.bpm.definition.export import clean
from baton.bpm.errors import InvalidDiagram
from baton.bpm.execution.diagrams import CompilingChecks


@click.command(name="export")
@click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--mode", type=click.Choice([str(mode) for mode in Mode]), help="As the file says, unless given.")
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="Standard output unless given.")
def export(file: Path, mode: str | None, output: Path | None) -> None:
    """Write a clean file: usable ids, no dangling arrows, current namespaces, and a place for every element."""
    try:
        cleaned = clean(file.read_bytes(), mode=Mode(mode) if mode else None, checks=CompilingChecks())
    except xml.UnreadableXml as error:
        problem = error.problem
        raise InvalidDiagram(f"{file}: {problem.message} {problem.fix}", problems=(problem,)) from error
    if output is None:
        click.echo(cleaned.decode())
    else:
        try:
            output.parent.mkdir(parents=True, exist_ok=True)
            output.write_bytes(cleaned)
        except OSError as error:
            raise click.ClickException(f"'{output}' cannot be written: {error.strerror}.") from error
