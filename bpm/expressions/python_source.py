"""A Python script prepared for the sandbox: parsed with `ast`, never compiled or run here.

The last expression becomes the result; the names that the top level assigns become variables, except
those that begin with an underscore, imports, functions and classes.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from baton.bpm import errors
from baton.bpm.expressions.feel.cache import SCRIPTS, CompiledTexts

MAX_TEXT = 50_000
"""Characters of a script; longer ones are refused unread."""

RESULT = "_baton_result"
_NAMES = "_baton_names"
_INNER_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(frozen=True, slots=True)
class PythonSource:
    """`reads` are names it takes a value from, `writes` names it assigns, `changes` names it may change in place."""

    body: str
    reads: frozenset[str]
    writes: frozenset[str]
    changes: frozenset[str]
    has_result: bool

    def code(self, inputs: Collection[str]) -> str:
        """What to run so that it yields `(result, {name: value})`; of `changes` only inputs are handed back."""
        names = self.writes.union(self.changes.intersection(inputs))
        return f"{self.body}\n{_tail(sorted(names), has_result=self.has_result)}"


_prepared: CompiledTexts[PythonSource] = CompiledTexts(SCRIPTS)


def prepare(text: str) -> PythonSource:
    """Raises `ExpressionSyntaxError` for what is no Python, or returns from outside a function."""
    return _prepared.get(text, None, lambda: _prepare(text))


def _prepare(text: str) -> PythonSource:
    source = textwrap.dedent(text.replace("\r\n", "\n").replace("\r", "\n"))
    module = _parse(source)
    nodes = list(_top_level(module))
    _refuse_return(source, nodes)
    result = _last_expression(module)
    return PythonSource(
        body=source if result is None else _with_result(source, result),
        reads=frozenset(name for node in ast.walk(module) for name in _loaded(node)),
        writes=_kept({name for node in nodes for name in _stored(node)} | _globals(module)),
        changes=_kept(_possibly_changed(module)),
        has_result=result is not None,
    )


def _last_expression(module: ast.Module) -> ast.Expr | None:
    match module.body:
        case [*_, ast.Expr(value=value) as last] if not isinstance(value, ast.Starred):
            return last
    return None


def _kept(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name for name in names if not name.startswith("_"))


def _loaded(node: ast.AST) -> Iterable[str]:
    match node:
        case ast.Name(id=name, ctx=ast.Load()) | ast.AugAssign(target=ast.Name(id=name)):
            return (name,)
    return ()


def _parse(source: str) -> ast.Module:
    if len(source) > MAX_TEXT:
        raise errors.ExpressionSyntaxError(
            f"Expected a script of at most {MAX_TEXT:,} characters, but found {len(source):,}."
        )
    try:
        return ast.parse(source)
    except SyntaxError as error:
        line, column = error.lineno or 1, error.offset or 1
        raise errors.ExpressionSyntaxError(
            f"Expected Python, but line {line}, column {column} is not: {error.msg}.",
            position=_position(source, line, column - 1),
        ) from error
    except (RecursionError, MemoryError) as error:
        raise errors.ExpressionSyntaxError("Expected Python that is nested less deeply than this script.") from error
    except ValueError as error:
        raise errors.ExpressionSyntaxError(f"Expected Python, but found text that cannot be: {error}.") from error


def _position(source: str, line: int, column: int) -> int:
    return sum(len(text) + 1 for text in source.split("\n")[: line - 1]) + max(column, 0)


def _top_level(module: ast.Module) -> Iterator[ast.AST]:
    """All nodes that run in the module's own scope."""
    open_: list[ast.AST] = list(module.body)
    while open_:
        node = open_.pop()
        yield node
        if isinstance(node, _COMPREHENSIONS):
            open_.extend(part for part in ast.walk(node) if isinstance(part, ast.NamedExpr))
        elif not isinstance(node, _INNER_SCOPES):
            open_.extend(ast.iter_child_nodes(node))


def _stored(node: ast.AST) -> Iterable[str]:
    match node:
        case ast.Name(id=name, ctx=ast.Store()):
            return (name,)
        case ast.NamedExpr(target=ast.Name(id=name)):
            return (name,)
        case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
            return (name,)
    return ()


def _globals(module: ast.Module) -> set[str]:
    return {name for node in ast.walk(module) if isinstance(node, ast.Global) for name in node.names}


def _possibly_changed(module: ast.Module) -> set[str]:
    """Names whose lists and objects may be changed in place: `x.append(1)`, `x["a"] = 1`, or handed to a call."""
    found: set[str] = set()
    for node in ast.walk(module):
        match node:
            case ast.Subscript(ctx=ast.Store()) | ast.Attribute():
                found.update(_base_name(node))
            case ast.Call(args=args):
                found.update(name for argument in args for name in _base_name(argument))
            case ast.Assign(value=value) | ast.For(iter=value):
                found.update(_base_name(value))
    return found


def _base_name(node: ast.AST) -> Iterable[str]:
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    return (node.id,) if isinstance(node, ast.Name) else ()


def _refuse_return(source: str, nodes: Iterable[ast.AST]) -> None:
    for node in nodes:
        if isinstance(node, ast.Return):
            raise errors.ExpressionSyntaxError(
                f"Expected no return outside a function, but found one in line {node.lineno}; the value of a script "
                "is that of its last line.",
                position=_position(source, node.lineno, node.col_offset),
            )


def _with_result(source: str, result: ast.Expr) -> str:
    """The source with the last expression assigned; lines keep their numbers, so that error messages are right."""
    lines = [line.encode() for line in source.split("\n")]
    last, first = (result.end_lineno or result.lineno) - 1, result.lineno - 1
    end = result.end_col_offset or 0
    lines[last] = lines[last][:end] + b")" + lines[last][end:]
    lines[first] = lines[first][: result.col_offset] + f"{RESULT} = (".encode() + lines[first][result.col_offset :]
    return b"\n".join(lines).decode()


def _tail(names: Iterable[str], *, has_result: bool) -> str:
    # A name may have no value: its branch was not taken. Only identifiers of the script itself are put in here.
    reads = "".join(f"try:\n    {_NAMES}['{name}'] = {name}\nexcept NameError:\n    pass\n" for name in names)
    return f"{_NAMES} = {{}}\n{reads}({RESULT if has_result else None}, {_NAMES})"
