"""The commands that speak HTTP to a running server: deploy, start, tasks, form, complete, evaluate, audit."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
import msgspec

from baton.app import decision_texts, variable_texts
from baton.app.cli.client import Client, ServerRefused
from baton.app.cli.options import limit_option, remote_options
from baton.app.cli.shown import console, new_table, print_json
from baton.bpm.definition.elements import Mode


@click.command()
@click.argument(
    "files", nargs=-1, required=True, metavar="FILE...", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--mode", type=click.Choice([str(mode) for mode in Mode]), help="As the file says, unless given.")
@click.option("--force", is_flag=True, help="Make a new version of identical content too.")
@click.option("--name", help="Name of the deployment.")
@remote_options
def deploy(
    client: Client,
    as_json: bool,
    files: tuple[Path, ...],
    mode: str | None,
    force: bool,
    name: str | None,
) -> None:
    """Upload diagrams, decisions and forms (.bpmn, .dmn, .form) to a running server, all or none."""
    contents = [(file.name, file.read_bytes()) for file in files]
    try:
        answer = client.upload("/deployments", contents, mode=mode, name=name, force="true" if force else None)
    except ServerRefused as error:
        _show_problems(error.problem.get("problems") or [], files)
        raise
    if as_json:
        print_json(answer)
        return
    _show_problems(answer["problems"], files)
    for definition in answer["processDefinitions"]:
        kept = "" if definition["created"] else " (unchanged)"
        click.echo(f"{definition['key']} version {definition['version']}{kept}, {definition['mode']} mode")
    for decision in answer["decisionDefinitions"]:
        kept = "" if decision["created"] else " (unchanged)"
        click.echo(f"{decision['key']} version {decision['version']}{kept}, decision")
    for form_definition in answer["formDefinitions"]:
        kept = "" if form_definition["created"] else " (unchanged)"
        click.echo(f"form {form_definition['key']} version {form_definition['version']}{kept}")


@click.command()
@click.argument("key")
@click.option("--version", type=int, help="The latest, unless given.")
@click.option("--var", "variables", multiple=True, metavar="NAME=VALUE", help="JSON or text; may be repeated.")
@click.option("--business-key", help="Your own number for it.")
@remote_options
def start(
    client: Client,
    as_json: bool,
    key: str,
    version: int | None,
    variables: tuple[str, ...],
    business_key: str | None,
) -> None:
    """Start an instance of the process KEY."""
    body = {
        "key": key,
        "version": version,
        "variables": variable_texts.plain(variables),
        "businessKey": business_key,
    }
    answer = _send(client, "/process-instances", body)
    if as_json:
        print_json(answer)
        return
    click.echo(f"{answer['id']} {answer['state']}")


@click.command()
@click.option("--assignee", help="Only this user's.")
@click.option("--candidate-group", help="Only this group's.")
@click.option("--instance", help="Only of this process instance.")
@click.option("--all", "with_ended", is_flag=True, help="Ended tasks too.")
@limit_option()
@remote_options
def tasks(
    client: Client,
    as_json: bool,
    assignee: str | None,
    candidate_group: str | None,
    instance: str | None,
    with_ended: bool,
    limit: int,
) -> None:
    """List open user tasks."""
    found = client.items(
        "/user-tasks",
        limit + 1,
        assignee=assignee,
        candidateGroup=candidate_group,
        processInstanceId=instance,
        open=None if with_ended else "true",
    )
    more = len(found) > limit
    found = found[:limit]
    if more:
        click.echo(f"The oldest {limit}; there are more. Ask for more with --limit, or for --instance ID.", err=True)
    if as_json:
        print_json({"items": found})
        return
    table = new_table("id", "task", "kind", "process", "for", "due")
    for task in found:
        whom = task["assignee"] or ", ".join(task["candidateUsers"] + task["candidateGroups"]) or "anybody"
        table.add_row(task["id"], task["name"], task["kind"], task["key"], whom, task["dueAt"] or "")
    console().print(table)


@click.command()
@click.argument("task_id", metavar="TASK")
@remote_options
def form(client: Client, as_json: bool, task_id: str) -> None:
    """Show the fields of the form of the user task TASK."""
    answer = client.get(f"/user-tasks/{_id(task_id)}/form")
    if as_json:
        print_json(answer)
        return
    if answer["kind"] == "external":
        click.echo(f"The form '{answer['reference']}' is kept elsewhere or not deployed.")
        return
    table = new_table("field", "label", "type", "", "value", "choices")
    for field in answer["fields"]:
        if not field["hidden"]:
            state = "readonly" if field["readonly"] else "required" if field["required"] else ""
            choices = ", ".join(_plain(option["value"]) for option in (field["options"] or [])[:20])
            table.add_row(field["field"], field["label"], field["type"], state, _plain(field["value"]), choices)
    console().print(table)


@click.command()
@click.argument("task_id", metavar="TASK")
@click.option("--var", "variables", multiple=True, metavar="NAME=VALUE", help="JSON or text; may be repeated.")
@click.option("--decision", multiple=True, metavar="OPTION", help="The option's id, name or number; may be repeated.")
@remote_options
def complete(
    client: Client,
    as_json: bool,
    task_id: str,
    variables: tuple[str, ...],
    decision: tuple[str, ...],
) -> None:
    """Complete the user task TASK."""
    number = _id(task_id)
    body = {"variables": variable_texts.plain(variables), "decision": list(decision)}
    answer = _send(client, f"/user-tasks/{number}/complete", body)
    if as_json:
        print_json(answer)
        return
    click.echo(f"{answer['id']} {answer['state']}")


@click.command()
@click.argument("key")
@click.option("--version", type=int, help="The latest, unless given.")
@click.option("--version-tag", help="The newest version with this label.")
@click.option("--var", "variables", multiple=True, metavar="NAME=VALUE", help="JSON or text; may be repeated.")
@remote_options
def evaluate(
    client: Client,
    as_json: bool,
    key: str,
    version: int | None,
    version_tag: str | None,
    variables: tuple[str, ...],
) -> None:
    """Make the decision KEY, as deployed; show the rules that matched. Exit status 1 if it fails."""
    body = {
        "key": key,
        "version": version,
        "versionTag": version_tag,
        "variables": variable_texts.plain(variables),
    }
    answer = client.post("/decision-definitions/evaluate", body)
    if as_json:
        print_json(answer)
    else:
        decision_texts.show(answer)
    if answer["failure"] is not None:
        sys.exit(1)


@click.command()
@click.argument("instance", required=False)
@click.option("--element", help="Only of this element.")
@click.option("--actor", help="Only what this actor did.")
@click.option("--type", "type_", help="Only events such as UserTaskCompleted.")
@limit_option(1000)
@click.option("--verify", is_flag=True, help="Check instead that no event was changed, added or removed.")
@remote_options
def audit(
    client: Client,
    as_json: bool,
    instance: str | None,
    element: str | None,
    actor: str | None,
    type_: str | None,
    limit: int,
    verify: bool,
) -> None:
    """Show what happened, in the process instance INSTANCE or in all. With --verify: status 1 if that was changed."""
    if verify:
        _verify(client, instance, as_json)
        return
    found = client.items("/audit-events", limit, processInstanceId=instance, elementId=element, actor=actor, type=type_)
    if as_json:
        print_json({"items": found})
        return
    table = new_table("#", "when", "who", "what", "where", "data")
    for event in found:
        table.add_row(
            str(event["sequence"] or ""),
            event["occurredAt"],
            event["actorId"],
            event["type"],
            event["elementName"] or event["elementId"] or "",
            _short(event["data"]),
        )
    console().print(table)


def _verify(client: Client, instance: str | None, as_json: bool) -> None:
    """The chains of one instance, or of all; only broken ones are listed."""
    chains = client.items("/audit-events/verification", sys.maxsize, processInstanceId=instance)
    broken = [chain for chain in chains if chain["brokenAt"] is not None]
    if as_json:
        print_json({"instances": len(chains), "events": sum(chain["events"] for chain in chains), "broken": broken})
    else:
        for chain in broken:
            click.echo(f"instance {chain['processInstanceId']}: event {chain['brokenAt']} is not as it was written")
        events = sum(chain["events"] for chain in chains)
        click.echo(f"{events} events of {len(chains)} instances fit, {len(broken)} are broken")
    if broken:
        sys.exit(1)


def _id(text: str) -> str:
    if not (text.isascii() and text.isdigit()):
        raise click.BadParameter(f"Expected an id such as `baton tasks` shows, but found '{text}'.", param_hint="TASK")
    return text


def _show_problems(problems: list[dict[str, Any]], files: tuple[Path, ...]) -> None:
    given = {file.name: str(file) for file in files}
    for problem in problems:
        place = problem.get("elementName") or problem.get("elementId") or ""
        name = problem.get("resource") or files[0].name
        file = given.get(name, name)
        click.echo(f"{file}:{problem['line']}: {problem['severity']} {place}: {problem['message']}", err=True)
        click.echo(f"    fix: {problem['fix']}", err=True)


def _send(client: Client, path: str, body: Any) -> Any:
    """POST; of a form that is refused every wrong field in a line of its own."""
    try:
        return client.post(path, body)
    except ServerRefused as error:
        wrong = error.problem.get("fields") or []
        if wrong:
            for field in wrong:
                label = f" ({field['label']})" if field["label"] else ""
                click.echo(f"{field['field']}{label}: {field['message']}", err=True)
            count = f"{len(wrong)} field{'s are' if len(wrong) > 1 else ' is'}"
            raise ServerRefused(f"{count} wrong; nothing was changed.", error.problem) from error
        raise


def _plain(value: Any) -> str:
    """A value in one short line."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else _shown_value(value)
    return text if len(text) <= 60 else f"{text[:59]}…"


def _shown_value(value: Any) -> str:
    if isinstance(value, dict) and value.keys() == {"type", "value"}:
        return str(value["value"])
    return msgspec.json.encode(value).decode()


def _short(data: dict[str, Any]) -> str:
    text = msgspec.json.encode(data).decode() if data else ""
    return text if len(text) <= 100 else f"{text[:99]}…"
