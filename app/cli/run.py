"""`baton run`: a diagram in the terminal, in memory, with a clock that jumps to the next timer.

Answers are read from standard input, one line each, so that a script can give them too; when the input
ends, the run stops where it is. Everything but the result goes to standard error with `--json`.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import msgspec

from baton.app import variable_texts
from baton.bpm import errors, values
from baton.bpm.definition.elements import Mode, Process
from baton.bpm.definition.importer import Diagram
from baton.bpm.definition.problems import Severity
from baton.bpm.execution import diagrams
from baton.bpm.runtime.clock import utc_now
from baton.bpm.testing import OpenItem, ProcessRun, VirtualClock

MOST_STEPS = 10_000
ARRIVES = ("message", "signal")  # a condition comes true by itself


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--var", "variables", multiple=True, metavar="NAME=VALUE", help="JSON or text; may be repeated.")
@click.option("--process", "key", metavar="KEY", help="Which process of the file; the first, unless given.")
@click.option(
    "--decisions",
    multiple=True,
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A .dmn file for business rule tasks; may be repeated.",
)
@click.option("--start-event", metavar="ID", help="Which of several start events.")
@click.option("--mode", type=click.Choice([str(mode) for mode in Mode]), help="As the file says, unless given.")
@click.option("--yes", is_flag=True, help="Ask nothing: complete everything, take the first option of decisions.")
@click.option("--json", "as_json", is_flag=True, help='Print {"state": ..., "variables": {...}, "path": [...]}.')
def run(
    file: Path,
    variables: tuple[str, ...],
    key: str | None,
    decisions: tuple[Path, ...],
    start_event: str | None,
    mode: str | None,
    yes: bool,
    as_json: bool,
) -> None:
    """Run a diagram here, without server and database; show the path it takes."""
    diagram = diagrams.read(file.read_bytes(), mode=Mode(mode) if mode else None)
    _show_problems(file, diagram)
    if not diagram.ok:
        sys.exit(1)
    process = _process(diagram, key)
    process_run = ProcessRun(process, clock=VirtualClock(utc_now()), decisions=decisions, processes=diagram.processes)
    session = Session(process_run, yes, as_json)
    session.say(f"{process.name or process.key} in {diagram.mode} mode")
    process_run.start(start_event, **variable_texts.parse_all(variables))
    session.play()
    if as_json:
        click.echo(msgspec.json.encode(_result(process_run)).decode())
    else:
        _show_result(process_run)
    if process_run.incidents:
        sys.exit(1)


@dataclass(slots=True)
class Session:
    """The conversation: shows what was passed since the last time, asks for what is open."""

    run: ProcessRun
    yes: bool
    quiet: bool
    shown: int = 0

    def say(self, text: str) -> None:
        """For the person; the result alone goes to standard output with `--json`."""
        click.echo(text, err=self.quiet)

    def play(self) -> None:
        """Go on until the instance ends or nobody answers."""
        for _ in range(MOST_STEPS):
            self._show_path()
            if self.run.state not in ("active", "new") or not self._step():
                return
        raise errors.BatonError(f"Expected the run to end or wait within {MOST_STEPS} steps, but it goes on.")

    def _step(self) -> bool:
        runs = self.run.runs
        incident = next((incident for run in runs for incident in run.incidents), None)
        if incident is not None:
            return self._repair(incident)
        open_items = [item for run in runs for item in (*run.user_tasks, *run.jobs)]
        if not open_items and self.yes and self._timers():
            return self._let_timer_fire()
        if not open_items or not self.yes:
            open_items += [item for run in runs for item in run.subscriptions if item.event.kind in ARRIVES]
        if not open_items:
            return self._let_timer_fire()
        item = self._choose(open_items)
        if item is None:
            return False
        return self._let_timer_fire() if item in self._timers() else self._do(item)

    def _timers(self) -> list[OpenItem]:
        return [timer for run in self.run.runs for timer in run.timers]

    def _choose(self, items: list[OpenItem]) -> OpenItem | None:
        """One of the open items or the next timer; None when nobody answers."""
        if self.yes or (len(items) == 1 and not self._timers()):
            return items[0]
        for number, item in enumerate(items, 1):
            self.say(f"  {number}  {_called(item)}")
        if self._timers():
            self.say(f"  t  wait for the next timer, '{self._next_timer().name}'")
        while True:
            answer = self._ask("Which one? ")
            if answer is None:
                return None
            if answer == "t" and self._timers():
                return self._next_timer()
            if answer.isascii() and answer.isdigit() and 1 <= int(answer) <= len(items):
                return items[int(answer) - 1]
            self.say(f"Expected a number from 1 to {len(items)}{' or t' if self._timers() else ''}.")

    def _do(self, item: OpenItem) -> bool:
        options = list(getattr(item.event, "options", ()))
        chosen = self._decide(item, options) if options else ()
        given = {} if options else self._variables(item)
        if chosen is None or given is None:
            return False
        try:
            if item in item.run.subscriptions:
                self._arrive(item, given)
            elif item in item.run.jobs:
                item.run.complete_job(item.element_id, **given)
            else:
                item.run.complete(item.element_id, chosen, **given)
        except errors.Rejection as error:
            self.say(error.message)
            return not self.yes
        return True

    def _arrive(self, item: OpenItem, given: dict[str, Any]) -> None:
        if item.event.kind == "signal":
            self.run.signal(item.event.name, **given)
        else:
            item.run.message(item.element_id, **given)

    def _decide(self, item: OpenItem, options: list[dict[str, str]]) -> tuple[str, ...] | None:
        if self.yes:
            return (options[0]["id"],)
        many = item.event.choose == "many"
        self.say(f"{item.name}:")
        for number, option in enumerate(options, 1):
            self.say(f"  {number}  {option['name'] or option['id']}")
        while True:
            answer = self._ask("Which ones, with commas? " if many else "Which way? ")
            if answer is None:
                return None
            chosen = [_option(part.strip(), options) for part in (answer.split(",") if many else [answer])]
            if chosen and None not in chosen:
                return tuple(choice for choice in chosen if choice is not None)
            self.say(f"Expected a number from 1 to {len(options)}, or a name.")

    def _variables(self, item: OpenItem) -> dict[str, Any] | None:
        """Variables to complete with; None when nobody answers."""
        if self.yes:
            return {}
        what = "Complete" if item in item.run.user_tasks else "Do the work of"
        if item in item.run.subscriptions:
            what = f"Let the {item.event.kind} come for"
        self.say(f"{what} '{item.name}': name=value, one per line, then an empty line.")
        given: dict[str, Any] = {}
        while True:
            line = self._ask("> ")
            if line is None:
                return None
            if not line:
                return given
            try:
                given.update([variable_texts.parse(line)])
            except errors.Rejection as error:
                self.say(error.message)

    def _repair(self, incident: OpenItem) -> bool:
        self.say(f"Incident at '{incident.name}': {incident.event.message}")
        if self.yes:
            return False
        given = self._fix()
        if given is None:
            return False
        incident.run.resolve_incident(incident.element_id, **given)
        return True

    def _fix(self) -> dict[str, Any] | None:
        self.say("Change variables and try again: name=value, one per line, then an empty line.")
        given: dict[str, Any] = {}
        while line := self._ask("> "):
            try:
                given.update([variable_texts.parse(line)])
            except errors.Rejection as error:
                self.say(error.message)
        return None if line is None else given

    def _let_timer_fire(self) -> bool:
        if not self._timers():
            return False
        timer = self._next_timer()
        wait = (timer.event.due_at - self.run.clock.now).total_seconds()
        self.say(f"  … {timer.event.due_at:%Y-%m-%d %H:%M:%S} '{timer.name}' is due")
        self.run.advance(seconds=max(0.0, wait))
        return True

    def _next_timer(self) -> OpenItem:
        return min(self._timers(), key=lambda timer: (timer.event.due_at, timer.id))

    def _show_path(self) -> None:
        path = self.run.path
        for element_id in path[self.shown :]:
            node = self.run.spec.find_node(element_id)
            self.say(f"  → {node.title if node else element_id}")
        self.shown = len(path)

    def _ask(self, prompt: str) -> str | None:
        """A line of standard input; None at its end."""
        click.echo(prompt, nl=False, err=self.quiet or not sys.stdin.isatty())
        line = sys.stdin.readline()
        if not line:
            click.echo(err=True)
            return None
        return line.strip()


def _called(item: OpenItem) -> str:
    """Its name, and for what comes from outside what that is."""
    if item not in item.run.subscriptions:
        return item.name
    return f"{item.name}: the {item.event.kind} {item.event.name!r} comes"


def _option(answer: str, options: list[dict[str, str]]) -> str | None:
    if answer.isascii() and answer.isdigit() and 1 <= int(answer) <= len(options):
        return options[int(answer) - 1]["id"]
    return next((option["id"] for option in options if answer in (option["id"], option["name"]) and answer), None)


def _process(diagram: Diagram, key: str | None) -> Process:
    for process in diagram.processes:
        if key in (None, process.key):
            return process
    known = ", ".join(f"'{process.key}'" for process in diagram.processes)
    raise errors.NotFound(f"Expected one of the processes {known or '(none)'}, but found '{key}'.")


def _result(process_run: ProcessRun) -> dict[str, Any]:
    return {
        "state": process_run.state,
        "variables": {name: values.to_json(value) for name, value in process_run.variables.items()},
        "path": process_run.path,
    }


def _show_result(process_run: ProcessRun) -> None:
    click.echo(click.style(process_run.state, bold=True))
    for name, value in process_run.variables.items():
        click.echo(f"  {name} = {msgspec.json.encode(values.to_json(value)).decode()}")


def _show_problems(file: Path, diagram: Diagram) -> None:
    for problem in diagram.problems:
        if problem.severity is Severity.INFO and diagram.ok:
            continue
        click.echo(f"{file}:{problem.line}: {problem.severity} {problem.message} [{problem.rule}]", err=True)
        click.echo(f"    fix: {problem.fix}", err=True)
