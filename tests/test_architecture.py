"""The layer rules of ARCHITECTURE.md, read off the source by `ast`; each rule is also shown to catch a breach.

Imports under `if TYPE_CHECKING:` exist for the type checker alone and do not count: at run time they
load nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("bpm", "models", "app")
FRONT = ROOT / "app/web/front"
"""The islands' sources, and what npm brings for them."""

PURE = (
    "baton.bpm.definition",
    "baton.bpm.expressions",
    "baton.bpm.decisions",
    "baton.bpm.forms",
    "baton.bpm.execution",
    "baton.bpm.replay",
)
LEAVES = (
    "baton.bpm.errors",
    "baton.bpm.lifecycle",
    "baton.bpm.values",
    "baton.bpm.settings",
    "baton.bpm.job_answers",
    "baton.bpm.replay",
)
LEAF_MAY_IMPORT = {
    "baton.bpm.errors": (),
    "baton.bpm.lifecycle": (),
    "baton.bpm.job_answers": (),
    "baton.bpm.values": ("baton.bpm.errors", "baton.bpm.lifecycle"),
    "baton.bpm.settings": ("baton.bpm.errors",),
    "baton.bpm.replay": (),
}
"""What of ours each layer may import besides itself; the longest prefix that fits a module decides."""
MAY_IMPORT: Mapping[str, Sequence[str]] = {
    **LEAF_MAY_IMPORT,
    "baton.bpm.definition": ("baton.bpm.errors", "baton.bpm.lifecycle", "baton.bpm.values"),
    "baton.bpm.expressions": (
        "baton.bpm.definition.elements",
        "baton.bpm.errors",
        "baton.bpm.lifecycle",
        "baton.bpm.values",
    ),
    "baton.bpm.decisions": (
        "baton.bpm.definition",
        "baton.bpm.expressions",
        "baton.bpm.errors",
        "baton.bpm.lifecycle",
        "baton.bpm.values",
    ),
    "baton.bpm.forms": (
        "baton.bpm.definition",
        "baton.bpm.expressions",
        "baton.bpm.errors",
        "baton.bpm.lifecycle",
        "baton.bpm.values",
    ),
    "baton.bpm.execution": (
        "baton.bpm.definition",
        "baton.bpm.expressions",
        "baton.bpm.decisions",
        "baton.bpm.errors",
        "baton.bpm.lifecycle",
        "baton.bpm.values",
    ),
    "baton.bpm.testing": (*PURE, *LEAVES),
    "baton.models": ("baton.bpm.lifecycle",),
    "baton.bpm.runtime": (*PURE, *LEAVES, "baton.models"),
    "baton.bpm.connectors": (
        "baton.bpm.definition",
        "baton.bpm.expressions",
        *LEAVES,
        "baton.bpm.runtime.engine",
        "baton.bpm.runtime.job_views",
    ),
    "baton.bpm.worker": (*PURE, *LEAVES, "baton.models", "baton.bpm.runtime", "baton.bpm.connectors"),
    "baton.app": ("baton.bpm", "baton.models"),
}
ONLY_IN: Mapping[str, Sequence[str]] = {
    "flask": ("baton.app",),
    "apiflask": ("baton.app",),
    "werkzeug": ("baton.app",),
    "granian": ("baton.app",),
    "click": ("baton.app",),
    "sqlalchemy": ("baton.models", "baton.bpm.runtime", "baton.bpm.worker", "baton.app.database"),
    "alembic": ("baton.models", "baton.bpm.runtime"),
    "psycopg": ("baton.models", "baton.bpm.runtime", "baton.bpm.worker", "baton.app.database"),
    "SpiffWorkflow": ("baton.bpm.execution",),
    "httpcore": ("baton.bpm.connectors",),
    "lxml": ("baton.bpm.definition", "baton.bpm.decisions"),
    "pydantic_monty": ("baton.bpm.expressions",),
    "jsonschema_rs": ("baton.bpm.forms",),
    "quickjs": ("baton.bpm.expressions.javascript_worker",),
    "_quickjs": ("baton.bpm.expressions.javascript_worker",),
}
PURE_MAY_NOT_IMPORT = ("os", "socket", "ssl", "http", "urllib", "sqlite3", "subprocess", "multiprocessing", "requests")
SANDBOX_DOORS = {
    "baton.bpm.expressions.python_workers": ("os",),
    "baton.bpm.expressions.javascript_workers": ("os", "subprocess"),
    "baton.bpm.expressions.javascript_worker": ("os",),
    "baton.bpm.expressions.worker_processes": ("os",),
}
"""Own the sandboxes' processes, or are one, so they may start, count and kill them; none may read the environment."""
SANDBOX_DOOR = "baton.bpm.expressions.python_workers"
TRUSTED_PYTHON = "baton.bpm.expressions.trusted_python"
"""The one file that compiles and runs a text of a diagram here; only a server setting leads to it."""
NEVER_IMPORT = ("pickle", "marshal", "shelve", "dill", "cloudpickle")
NEVER_CALL = ("eval", "exec", "os.system", "os.popen", "yaml.load", "flask.render_template_string")
PURE_MAY_NOT_CALL = (
    "compile",
    "open",
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "date.today",
    "datetime.date.today",
    "time.time",
    "time.time_ns",
    "time.sleep",
    "os.getenv",
    "uuid.uuid1",
)
LATE_IMPORT_MARK = "# Imported here:"
"""The one excuse for an import inside a function, in `app/cli` only: a comment before it with the measured reason."""


STATEMENTS = (ast.stmt, ast.excepthandler, ast.match_case)


@dataclass(frozen=True)
class Module:
    """One source file, read once for all rules; `name` is dotted, a package's own file has the package's name."""

    name: str
    source: str
    is_package: bool = False

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.source)

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        return tuple(ast.walk(self.tree))

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        return tuple(imports_of(self))

    @cached_property
    def calls(self) -> tuple[tuple[str, int], ...]:
        return tuple(calls_of(self))


@dataclass(frozen=True)
class Import:
    """One imported name at one place; `target` is the most that the statement says: `a.b.c` of `from a.b import c`."""

    target: str
    line: int
    in_function: bool
    for_types_only: bool


def read_modules() -> list[Module]:
    modules = []
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if FRONT in path.parents:
                continue
            parts = ("baton", *path.relative_to(ROOT).with_suffix("").parts)
            is_package = parts[-1] == "__init__"
            name = ".".join(parts[:-1] if is_package else parts)
            modules.append(Module(name, path.read_text(encoding="utf-8"), is_package))
    return modules


def within(name: str, prefixes: Iterable[str]) -> bool:
    return any(name == prefix or name.startswith(prefix + ".") for prefix in prefixes)


def imports_of(module: Module) -> Iterator[Import]:
    """Every import statement's names, with where it stands; relative ones resolved."""
    open_: list[tuple[ast.AST, bool, bool]] = [(module.tree, False, False)]
    while open_:
        node, in_function, for_types = open_.pop()
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, node.lineno, in_function, for_types)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = module.name.split(".")
                kept = len(parents) - node.level + (1 if module.is_package else 0)
                base = ".".join([*parents[:kept], *([base] if base else [])])
            for alias in node.names:
                yield Import(f"{base}.{alias.name}", node.lineno, in_function, for_types)
        if isinstance(node, ast.If) and is_for_types(node.test):
            open_ += [(child, in_function, True) for child in node.body]
            open_ += [(child, in_function, for_types) for child in node.orelse]
            continue
        inside = in_function or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        # Imports are statements, which stand in statements only.
        open_ += [(child, inside, for_types) for child in ast.iter_child_nodes(node) if isinstance(child, STATEMENTS)]


def is_for_types(test: ast.expr) -> bool:
    """True of `TYPE_CHECKING` and `typing.TYPE_CHECKING`."""
    return getattr(test, "id", getattr(test, "attr", None)) == "TYPE_CHECKING"


def calls_of(module: Module) -> Iterator[tuple[str, int]]:
    """Dotted names that are called or read as attributes, with their lines."""
    for node in module.nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            yield ast.unparse(node.func), node.lineno


# --- the rules: modules in, breaches in words out -------------------------------------------------------


def layers_point_downward(modules: Sequence[Module]) -> list[str]:
    breaches = []
    for module in modules:
        if module.name == "baton.bpm":
            breaches += [f"baton.bpm itself imports {imported.target}" for imported in module.imports]
            continue
        layer = max((prefix for prefix in MAY_IMPORT if within(module.name, [prefix])), key=len, default=None)
        if layer is None:
            breaches.append(f"{module.name} belongs to no layer")
            continue
        for imported in module.imports:
            ours = within(imported.target, ["baton"]) and not imported.for_types_only
            if ours and not within(imported.target, [layer, *MAY_IMPORT[layer]]):
                breaches.append(f"{module.name}:{imported.line} imports {imported.target}, which {layer} may not")
    return breaches


def frameworks_stay_in_their_rooms(modules: Sequence[Module]) -> list[str]:
    return [
        f"{module.name}:{imported.line} imports {imported.target}, which belongs in {', '.join(rooms)}"
        for module in modules
        for imported in module.imports
        for framework, rooms in ONLY_IN.items()
        if within(imported.target, [framework]) and not within(module.name, rooms)
    ]


def pure_half_has_no_world(modules: Sequence[Module]) -> list[str]:
    pure = [module for module in modules if within(module.name, PURE)]
    imported = [
        f"{module.name}:{imported.line} imports {imported.target}"
        for module in pure
        for imported in module.imports
        if within(imported.target, PURE_MAY_NOT_IMPORT)
        and not within(imported.target, SANDBOX_DOORS.get(module.name, ()))
    ]
    called = [
        f"{module.name}:{line} calls {name}"
        for module in pure
        for name, line in module.calls
        if name in PURE_MAY_NOT_CALL and not (module.name == TRUSTED_PYTHON and name == "compile")
    ]
    environment = [
        f"{module.name}:{node.lineno} reads the environment"
        for module in pure
        for node in module.nodes
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "environb", "getenv")
    ]
    return imported + called + environment


def no_text_becomes_code(modules: Sequence[Module]) -> list[str]:
    imported = [
        f"{module.name}:{imported.line} imports {imported.target}"
        for module in modules
        for imported in module.imports
        if within(imported.target, NEVER_IMPORT)
    ]
    called = [
        f"{module.name}:{line} calls {name}"
        for module in modules
        for name, line in module.calls
        if (name in NEVER_CALL or name.endswith("render_template_string"))
        and not (module.name == TRUSTED_PYTHON and name == "exec")
    ]
    shells = [
        f"{module.name}:{node.lineno} runs a shell"
        for module in modules
        for node in module.nodes
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "shell" and not (isinstance(keyword.value, ast.Constant) and keyword.value.value is False)
    ]
    return imported + called + shells


def imports_stand_at_the_top(modules: Sequence[Module]) -> list[str]:
    breaches = []
    for module in modules:
        lines = module.source.splitlines()
        for imported in module.imports:
            if not imported.in_function:
                continue
            near = "\n".join(lines[max(0, imported.line - 4) : imported.line])
            if not (within(module.name, ["baton.app.cli"]) and LATE_IMPORT_MARK in near):
                breaches.append(f"{module.name}:{imported.line} imports {imported.target} inside a function")
    return breaches


def imports_are_absolute(modules: Sequence[Module]) -> list[str]:
    return [
        f"{module.name}:{node.lineno} imports relatively"
        for module in modules
        for node in module.nodes
        if isinstance(node, ast.ImportFrom) and node.level
    ]


def imports_have_no_cycle(modules: Sequence[Module]) -> list[str]:
    names = {module.name for module in modules}
    edges: dict[str, set[str]] = {module.name: set() for module in modules}
    for module in modules:
        for imported in module.imports:
            if imported.in_function or imported.for_types_only:
                continue
            target = imported.target if imported.target in names else imported.target.rpartition(".")[0]
            if target in names and target != module.name:
                edges[module.name].add(target)
    while leaves := [name for name, targets in edges.items() if not targets]:
        for leaf in leaves:
            del edges[leaf]
        for targets in edges.values():
            targets.difference_update(leaves)
    return [f"{name} is in or before a cycle through {', '.join(sorted(edges[name]))}" for name in sorted(edges)]


Rule = Callable[[Sequence[Module]], list[str]]

RULES: tuple[Rule, ...] = (
    layers_point_downward,
    frameworks_stay_in_their_rooms,
    pure_half_has_no_world,
    no_text_becomes_code,
    imports_stand_at_the_top,
    imports_are_absolute,
    imports_have_no_cycle,
)


def name_of(value: object) -> str | None:
    return getattr(value, "__name__", None)


@pytest.fixture(scope="module")
def modules() -> list[Module]:
    return read_modules()


@pytest.mark.parametrize("rule", RULES, ids=name_of)
def test_the_source_keeps_the_rule(rule: Rule, modules: list[Module]) -> None:
    breaches = rule(modules)

    assert not breaches, "\n".join(breaches)


@pytest.mark.parametrize(
    ("rule", "name", "source"),
    [
        (layers_point_downward, "baton.bpm.definition.reader", "from baton.bpm.execution import specs"),
        (layers_point_downward, "baton.bpm.execution.token", "import baton.bpm.runtime.jobs"),
        (layers_point_downward, "baton.bpm.runtime.jobs", "from baton.app import create_app"),
        (layers_point_downward, "baton.models.job", "from baton.bpm.execution import events"),
        (layers_point_downward, "baton.bpm.errors", "from baton.bpm.values import encode"),
        (layers_point_downward, "baton.bpm.forms.check", "from baton.bpm.runtime import user_tasks"),
        (layers_point_downward, "baton.bpm.forms.check", "from baton.bpm.execution import commands"),
        (layers_point_downward, "baton.bpm.stray", "from baton.bpm import errors"),
        (frameworks_stay_in_their_rooms, "baton.bpm.runtime.jobs", "from flask import request"),
        (frameworks_stay_in_their_rooms, "baton.bpm.execution.specs", "import sqlalchemy as sa"),
        (frameworks_stay_in_their_rooms, "baton.app.api.jobs", "from sqlalchemy import select"),
        (frameworks_stay_in_their_rooms, "baton.bpm.runtime.jobs", "from SpiffWorkflow.task import Task"),
        (pure_half_has_no_world, "baton.bpm.execution.token", "from datetime import datetime\nx = datetime.now()"),
        (pure_half_has_no_world, "baton.bpm.expressions.feel", "import datetime\nx = datetime.date.today()"),
        (pure_half_has_no_world, "baton.bpm.execution.token", "import time\ndef f():\n    return time.time()"),
        (pure_half_has_no_world, "baton.bpm.definition.xml", "import os\nx = os.environ['HOME']"),
        (pure_half_has_no_world, SANDBOX_DOOR, "import os\nx = os.environ['HOME']"),
        (pure_half_has_no_world, "baton.bpm.definition.xml", "import subprocess"),
        (pure_half_has_no_world, "baton.bpm.expressions.feel", "x = compile('1', 'a', 'eval')"),
        (pure_half_has_no_world, "baton.bpm.definition.xml", "x = open('file')"),
        (pure_half_has_no_world, SANDBOX_DOOR, "import subprocess"),
        (pure_half_has_no_world, "baton.bpm.expressions.python_script", "x = compile('1', 'a', 'exec')"),
        (no_text_becomes_code, TRUSTED_PYTHON, "x = eval('1')"),
        (no_text_becomes_code, TRUSTED_PYTHON, "import os\nos.system('ls')"),
        (no_text_becomes_code, "baton.bpm.expressions.python_script", "exec('x = 1')"),
        (no_text_becomes_code, "baton.app.web.page", "x = eval('1')"),
        (no_text_becomes_code, "baton.bpm.execution.token", "exec('x = 1')"),
        (no_text_becomes_code, "baton.bpm.runtime.jobs", "import pickle"),
        (no_text_becomes_code, "baton.app.cli", "import os\nos.system('ls')"),
        (no_text_becomes_code, "baton.app.cli", "import subprocess\nsubprocess.run('ls', shell=True)"),
        (imports_stand_at_the_top, "baton.bpm.runtime.jobs", "def f():\n    import json\n    return json"),
        (imports_stand_at_the_top, "baton.app.cli.serve", "def f():\n    import json\n    return json"),
        (
            imports_stand_at_the_top,
            "baton.bpm.runtime.jobs",
            f"def f():\n    {LATE_IMPORT_MARK} slow\n    import json\n    return json",
        ),
        (imports_are_absolute, "baton.bpm.runtime.jobs", "from . import timers"),
    ],
)
def test_the_rule_catches_a_breach(rule: Rule, name: str, source: str) -> None:
    breaches = rule([Module(name, source)])

    assert breaches


def test_the_cycle_rule_catches_a_cycle_and_allows_type_checking_imports() -> None:
    a = Module("baton.bpm.a", "from baton.bpm import b")
    back = Module("baton.bpm.b", "from baton.bpm.a import thing")
    back_for_types = Module("baton.bpm.b", "if TYPE_CHECKING:\n    from baton.bpm.a import thing")

    cycle = imports_have_no_cycle([a, back])
    no_cycle = imports_have_no_cycle([a, back_for_types])

    assert len(cycle) == 2
    assert no_cycle == []


def test_a_late_import_of_the_command_line_needs_its_reason_before_it() -> None:
    source = (
        f"def serve():\n    {LATE_IMPORT_MARK} granian costs 90 ms that `baton lint` need not pay.\n    import granian"
    )

    assert imports_stand_at_the_top([Module("baton.app.cli.serve", source)]) == []


def test_the_rules_read_all_three_folders(modules: list[Module]) -> None:
    folders = {".".join(module.name.split(".")[:2]) for module in modules}

    assert folders == {"baton.bpm", "baton.models", "baton.app"}
