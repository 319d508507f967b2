"""How much work a JSON Schema can be: its parts with all references written out, found without writing them out.

A validator follows references as often as it meets them, so a small file can ask for endless work. A schema that
refers to itself, or to anything outside its file, is refused, and so is one that is too large when written out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from baton.bpm.forms.limits import LIMITS

MAX_DEPTH = 150
_NAMED = frozenset({"properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies"})
_DATA = frozenset({"enum", "const", "default", "examples", "required", "type"})
_REFUSED = frozenset({"$dynamicRef", "$recursiveRef", "$recursiveAnchor", "$vocabulary"})
_LOOKED_AT_TWICE = frozenset(
    {"unevaluatedProperties", "unevaluatedItems", "anyOf", "oneOf", "not", "if", "contains", "dependentSchemas"}
)


class SchemaError(ValueError):
    """The schema cannot be used; the argument is the reason as a sentence."""


def resolve(root: Mapping[str, Any], reference: str) -> Any:
    """The part of the same file that `#/...` points at. Raises `SchemaError` for any other reference."""
    if reference != "#" and not reference.startswith("#/"):
        raise SchemaError(f"Expected references within the file such as #/$defs/address, found '{reference[:120]}'.")
    found: Any = root
    for step in reference[2:].split("/") if len(reference) > 1 else ():
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(found, list) and name.isascii() and name.isdigit() and int(name[:9]) < len(found):
            found = found[int(name[:9])]
        elif isinstance(found, dict) and name in found:
            found = found[name]
        else:
            raise SchemaError(f"Expected '{reference[:120]}' to be in the file, but it is not.")
    return found


def size(root: Mapping[str, Any]) -> int:
    """The number of parts, references written out. Raises `SchemaError`."""
    return _Count(root).of(root, 0)


class _Count:
    def __init__(self, root: Mapping[str, Any]) -> None:
        self.root = root
        self.known: dict[int, int] = {}
        self.open: set[int] = set()

    def of(self, node: Any, depth: int) -> int:
        """The parts below a schema, or below a list or object of schemas."""
        if isinstance(node, list):
            return self._sum(iter(node), depth)
        if not isinstance(node, dict):
            return 1
        if id(node) in self.known:
            return self.known[id(node)]
        if id(node) in self.open:
            raise SchemaError("Expected a schema that does not refer to itself, but it does.")
        if depth > MAX_DEPTH:
            raise SchemaError(f"Expected references at most {MAX_DEPTH} levels deep, found more.")
        self.open.add(id(node))
        self._check(node, depth)
        count = 1 + self._sum(self._inside(node), depth + 1)
        if not _LOOKED_AT_TWICE.isdisjoint(node):
            count *= 2
        if count > LIMITS.max_subschemas:
            raise self._too_large()
        self.open.discard(id(node))
        self.known[id(node)] = count
        return count

    def _sum(self, nodes: Iterator[Any], depth: int) -> int:
        count = 1
        for node in nodes:
            count += self.of(node, depth + 1)
            if count > LIMITS.max_subschemas:
                raise self._too_large()
        return count

    def _too_large(self) -> SchemaError:
        return SchemaError(f"Expected at most {LIMITS.max_subschemas} parts with references written out, found more.")

    def _check(self, node: Mapping[str, Any], depth: int) -> None:
        for name in _REFUSED & node.keys():
            raise SchemaError(f"'{name}' is not supported.")
        if depth and isinstance(node.get("$id"), str):
            raise SchemaError("Expected '$id' at the top only.")

    def _inside(self, node: Mapping[str, Any]) -> Iterator[Any]:
        for name, value in node.items():
            if name == "$ref" and isinstance(value, str):
                yield resolve(self.root, value)
            elif name in _NAMED and isinstance(value, dict):
                yield from value.values()
            elif name not in _DATA and isinstance(value, dict | list):
                yield value
