"""What the documents promise is there: routes, files, commands, settings, tables, and a test behind each row."""

from __future__ import annotations

import ast
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path

import pytest

from baton.app import cli
from baton.app.api import openapi
from baton.app.factory import create_app
from baton.bpm.runtime.database import make_engine
from baton.bpm.runtime.engine import Engine
from baton.bpm.settings import Settings
from baton.models import metadata, migrations
from tests.benchmarks import servers

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = (
    "README.md",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "docs/lint.md",
    "docs/semantics.md",
    "docs/spiffworkflow.md",
    "examples/README.md",
    "app/web/README.md",
)


def read(document: str) -> str:
    return (ROOT / document).read_text(encoding="utf-8")


def code_of(document: str, language: str = "") -> str:
    return "\n".join(re.findall(rf"```{language}\n(.*?)```", read(document), re.DOTALL))


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> Iterator[set[str]]:
    """The paths of `/openapi.json`, with every parameter written as `{}`."""
    url = f"sqlite:///{tmp_path_factory.mktemp('docs')}/baton.db"
    schema = make_engine(url, foreign_keys=False)
    migrations.upgrade(schema)
    schema.dispose()
    with Engine(Settings(database_url=url)) as engine:
        yield {re.sub(r"\{\w+\}", "{}", path) for path in openapi.document(create_app(engine))["paths"]}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_route_that_a_document_names_exists(document: str, paths: set[str]) -> None:
    named = {
        re.sub(r"\{\w+\}|TASK|INSTANCE", "{}", route).rstrip("/")
        for route in re.findall(r"/api/v1/[\w{}/-]+", read(document))
    }

    assert named <= paths


def test_the_readme_names_routes_at_all() -> None:
    assert len(re.findall(r"/api/v1/[\w{}/-]+", read("README.md"))) >= 6


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_test_that_a_document_names_exists(document: str) -> None:
    for path, _, name in re.findall(r"`(tests/[\w/]+\.py)(::(\w+))?`", read(document)):
        functions = functions_of(path)
        assert not name or name in functions, f"{document} names {path}::{name}"


@cache
def functions_of(path: str) -> frozenset[str]:
    """Names of the functions of a file of tests; raises `FileNotFoundError`."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def support_table() -> list[tuple[str, str]]:
    """Each row's element and the test that it names, as `path::name`."""
    lines = read("README.md").partition("| element |")[2].partition("\n\n")[0].splitlines()[2:]
    rows = [re.fullmatch(r"\| (.+?) \| .+ \| .+ \| `(tests/[\w/]+\.py::\w+)` \|", line) for line in lines]
    assert all(rows), [line for line, row in zip(lines, rows, strict=True) if row is None]
    return [(row[1], row[2]) for row in rows if row]


def proved_rows(sources: dict[str, str]) -> list[tuple[str, str]]:
    """The rows that tests say they show, by `@pytest.mark.proves`."""
    return [
        (row.value, f"{path}::{function.name}")
        for path, source in sources.items()
        if "mark.proves" in source
        for function in ast.walk(ast.parse(source))
        if isinstance(function, ast.FunctionDef)
        for decorator in function.decorator_list
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.proves"
        for row in decorator.args
        if isinstance(row, ast.Constant)
    ]


def test_every_row_of_the_support_table_is_shown_by_the_test_it_names_and_no_test_shows_another() -> None:
    sources = {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py")
    }
    table = support_table()

    assert len(table) > 90
    assert sorted(table) == sorted(set(proved_rows(sources)))
    assert len({element for element, _ in table}) == len(table)


def test_a_row_and_a_test_that_disagree_are_found() -> None:
    source = 'import pytest\n\n\n@pytest.mark.proves("link catch event", "lanes")\ndef test_it() -> None: ...\n'

    assert proved_rows({"tests/x.py": source}) == [("link catch event", "tests/x.py::test_it"),
                                                   ("lanes", "tests/x.py::test_it")]  # fmt: skip


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_to_a_file_leads_somewhere(document: str) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", read(document))

    assert [link for link in links if not ((ROOT / document).parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_example_that_a_document_names_exists(document: str) -> None:
    named = set(re.findall(r"examples/[\w./-]+\.(?:bpmn|dmn|py|md)", read(document)))
    named |= {f"examples/{name}" for name in re.findall(r"`([\w-]+\.bpmn)`", read(document)) if "/" not in name}

    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_command_of_the_readme_is_understood() -> None:
    lines = [line for line in code_of("README.md").splitlines() if line.startswith("baton ")]

    assert len(lines) >= 7
    for line in lines:
        name, *arguments = shlex.split(line)[1:]
        command = cli.cli.get_command(None, name)  # type: ignore[arg-type]
        assert command is not None, line
        command.make_context(name, arguments)


def test_the_first_five_minutes_of_the_readme_work_word_for_word(tmp_path: Path) -> None:
    lines = [line for line in code_of("README.md").splitlines() if line.startswith("baton ")]
    with servers.sqlite() as url:
        server = servers.start_baton(url, tmp_path)
        environment = {**os.environ, "BATON_URL": f"http://127.0.0.1:{server.port}"}
        ids = {"INSTANCE": "", "TASK": ""}
        try:
            for line in lines:
                words = [ids.get(word, word) for word in shlex.split(line)[1:]]
                done = subprocess.run(
                    [str(Path(sys.executable).with_name("baton")), *words],
                    cwd=ROOT,
                    env=environment,
                    capture_output=True,
                    text=True,
                    check=False,
                )
                assert done.returncode == 0, f"{line}: {done.stderr}"
                if words[0] == "start":
                    ids["INSTANCE"] = done.stdout.split()[0]
                if words[0] == "tasks":
                    ids["TASK"] = done.stdout.splitlines()[-1].split()[0]
        finally:
            server.stop()

    assert "ProcessInstanceCompleted" in done.stdout


def test_every_make_target_that_the_documents_name_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))
    named = {
        name
        for document in DOCUMENTS
        for name in re.findall(r"`?make ([a-z-]+)`? {2}|`make ([a-z-]+)`", read(document))
    }

    assert {first or second for first, second in named} <= targets
    assert {"run", "test"} <= {first or second for first, second in named}


def test_every_setting_that_the_readme_names_is_read() -> None:
    known = {f"BATON_{field.name.upper()}" for field in fields(Settings)}
    known |= set(re.findall(r"BATON_[A-Z_]+", "".join(path.read_text() for path in (ROOT / "app").rglob("*.py"))))

    assert set(re.findall(r"BATON_[A-Z_]+", read("README.md"))) <= known


def test_the_architecture_describes_every_table() -> None:
    rows = read("ARCHITECTURE.md").partition("| table |")[2].partition("\n\n")[0]
    described = {name for row in rows.splitlines()[2:] for name in re.findall(r"`(\w+)`", row.split("|")[1])}

    assert described == set(metadata.tables)


def test_the_architecture_gives_a_reason_for_every_dependency() -> None:
    pyproject = read("pyproject.toml").partition("\ndependencies = [")[2].partition("]")[0]
    declared = set(re.findall(r'"([\w-]+)', pyproject)) | {"psycopg"}
    rows = read("ARCHITECTURE.md").partition("| package |")[2].partition("\n\n")[0]
    explained = {name for row in rows.splitlines()[2:] for name in re.findall(r"[a-z][a-z-]+", row.split("|")[1])}

    assert declared <= explained


def test_the_python_of_the_readme_runs(tmp_path: Path) -> None:
    testing = next(
        part for part in re.findall(r"```python\n(.*?)```", read("README.md"), re.DOTALL) if "ProcessRun" in part
    )
    script = tmp_path / "readme.py"
    script.write_text(testing, encoding="utf-8")

    done = subprocess.run([sys.executable, str(script)], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
