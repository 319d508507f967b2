"""`/docs`: the HTTP API as a page, made from the OpenAPI document; no assets from elsewhere."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app

from baton.app.api import openapi
from baton.app.web import page

blueprint = Blueprint("docs", __name__)


@blueprint.get("/docs")
def docs() -> str:
    """Every operation with its parameters, body, answers, and the schemas they use."""
    spec = openapi.document(current_app)
    tags: dict[str, list[dict[str, Any]]] = {}
    for path, methods in spec["paths"].items():
        for method, described in methods.items():
            entry = {"path": path, "method": method.upper(), **described}
            tags.setdefault(described["tags"][0], []).append(entry)
    return page.show("docs/index.html", spec=spec, tags=tags, schema_name=schema_name)


def schema_name(content: dict[str, Any]) -> str:
    """The schema that a body or an answer refers to, as a short text."""
    first: dict[str, Any] = next(iter(content.values()), {})
    schema = first.get("schema", {})
    reference = str(schema.get("$ref", ""))
    return reference.rsplit("/", 1)[-1] or str(schema.get("type", ""))
