"""`baton decide`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
import msgspec

from baton.app import decision_texts, variable_texts
from baton.bpm import errors
from baton.bpm.decisions import DecisionDiagram, DecisionEvaluation, DecisionModel
from baton.bpm.decisions.bundle import read_bundle
from baton.bpm.decisions.elements import Decision, DecisionService
from baton.bpm.runtime import decision_records
from baton.bpm.runtime.clock import utc_now


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--decision", "key", metavar="ID", help="Which one, by id or name; needless if there is only one.")
@click.option("--var", "variables", multiple=True, metavar="NAME=VALUE", help="JSON or text; may be repeated.")
@click.option(
    "--import",
    "imports",
    multiple=True,
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A .dmn file that FILE imports; may be repeated.",
)
@click.option("--json", "as_json", is_flag=True, help="Print outputs, inputs and matched rules as JSON.")
def decide(file: Path, key: str | None, variables: tuple[str, ...], imports: tuple[Path, ...], as_json: bool) -> None:
    """Make a decision of FILE here, without server and database; show the rules that matched.

    Exit status 1 if the file has errors or the decision fails.
    """
    diagram = read_bundle({str(path): path.read_bytes() for path in (*imports, file)})[str(file)]
    if diagram.model is None or not diagram.ok:
        _show_problems(file, diagram)
        sys.exit(1)
    decision = _chosen(diagram.model, key)
    made = diagram.model.attempt_any(decision.id, variable_texts.parse_all(variables), now=utc_now())
    answer = _answer(made)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(answer)).decode())
    else:
        decision_texts.show(answer)
    if made.failure is not None:
        sys.exit(1)


def _chosen(model: DecisionModel, key: str | None) -> Decision | DecisionService:
    if key is not None:
        return model.invocable(key)
    if len(model.decisions) == 1:
        return model.decisions[0]
    known = ", ".join(f"'{decision.id}'" for decision in model.invocables) or "none"
    raise errors.NotFound(f"Expected --decision with one of the file's decisions, found {known}.")


def _answer(made: DecisionEvaluation) -> dict[str, Any]:
    """As the HTTP API answers."""
    record = decision_records.record(made, decision_records.WHOLE, total_bytes=decision_records.NO_LIMIT)
    decisions = [
        {
            "id": decision["id"],
            "name": decision["name"],
            "inputs": decision["inputs"],
            "matchedRules": [
                {
                    "tableId": rule["table_id"],
                    "ruleId": rule["rule_id"],
                    "index": rule["index"],
                    "outputs": rule["outputs"],
                }
                for rule in decision["matched_rules"]
            ],
            "output": decision["output"],
        }
        for decision in record["decisions"]
    ]
    return {
        "inputs": record["inputs"],
        "output": record["output"],
        "decisions": decisions,
        "notes": record.get("notes", []),
        "failure": record.get("failure"),
    }


def _show_problems(file: Path, diagram: DecisionDiagram) -> None:
    for problem in diagram.problems:
        click.echo(f"{file}:{problem.line}: {problem.severity} {problem.message} [{problem.rule}]", err=True)
        click.echo(f"    fix: {problem.fix}", err=True)
