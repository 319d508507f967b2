"""What fuzzing starts from: the examples, and the texts that stand in our own tests."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_TESTS = {
    "feel": "tests/unit/feel/test_*.py",
    "juel": "tests/unit/expressions/test_juel*.py",
    "timer": "tests/unit/expressions/test_[ct]*.py",
    "python": "tests/unit/expressions/test_python*.py",
    "bpmn": "tests/unit/definition/test_*.py",
    "dmn": "tests/unit/decisions/test_*.py",
}
_LARGEST = 20_000


def seeds(name: str) -> Iterator[bytes]:
    """For one reader, the shortest ones first."""
    files = [path.read_bytes() for path in sorted((ROOT / "examples").glob(f"*.{name}"))]
    texts = {text.encode() for path in sorted(ROOT.glob(_TESTS[name])) for text in _texts(path)}
    if name == "dmn":
        texts = {decision_table(text) for text in texts} | {literal(text) for text in texts}
    yield from sorted({*files, *(text for text in texts if len(text) <= _LARGEST)}, key=len)


def _texts(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and not any(map(_is_half, node.value)):
            yield node.value


def _is_half(character: str) -> bool:
    return "\ud800" <= character <= "\udfff"


def _escaped(text: bytes) -> bytes:
    return text.replace(b"&", b"&amp;").replace(b"<", b"&lt;")


_HEAD = b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="urn:d">'


def literal(text: bytes) -> bytes:
    """A decision of one expression."""
    return (
        _HEAD + b'<decision id="D" name="D"><variable name="D"/><literalExpression><text>' + _escaped(text)
        + b"</text></literalExpression></decision></definitions>"
    )  # fmt: skip


def decision_table(text: bytes) -> bytes:
    """A decision of one rule."""
    return (
        _HEAD + b'<decision id="D" name="D"><decisionTable hitPolicy="COLLECT"><input><inputExpression><text>a</text>'
        b'</inputExpression></input><output name="o"/><rule><inputEntry><text>' + _escaped(text)
        + b"</text></inputEntry><outputEntry><text>1</text></outputEntry></rule></decisionTable></decision>"
        b"</definitions>"
    )  # fmt: skip
