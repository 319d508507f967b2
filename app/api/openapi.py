"""`/openapi.json`: APIFlask lists the routes, the contracts of `contract.operation` fill them in.

Schemas come from the same msgspec Structs that decode and encode. The document is OpenAPI 3.1.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from typing import Any

import msgspec
from apiflask import APIFlask
from flask import Flask

from baton.app import problem_details
from baton.app.api.blueprint import PREFIX
from baton.app.api.contract import Operation

REFERENCE = "#/components/schemas/{name}"

_PARAMETER = re.compile(r"<(?:([^<:>]+):)?([^<>]+)>")
_CONVERTED: dict[str, dict[str, Any]] = {"id": {"pattern": "^[0-9]{1,19}$"}, "name": {"maxLength": 255}}
_PROBLEMS = {
    400: "The body is not JSON.",
    401: "Who you are is not known.",
    403: "You may not do this.",
    404: "There is no such thing.",
    409: "It is not in a state that allows this, or somebody else was first; `detail` gives the state.",
    413: "The content is larger than the limit.",
    415: "The media type of the body is not one of those named.",
    422: "The content is not acceptable; `field` or `problems` say what.",
    429: "Too many at once.",
    503: "Not ready.",
}


def install(app: APIFlask) -> None:
    """Make `app.spec` complete."""

    @app.spec_processor
    def complete(spec: dict[str, Any] | str) -> dict[str, Any] | str:
        assert isinstance(spec, dict)
        operations = list(_operations(app))
        shapes, components = _components([contract for _, _, contract, _ in operations])
        spec["paths"] = {}
        for path, method, contract, view in operations:
            described = _describe(contract, shapes, path, view)
            spec["paths"].setdefault(_PARAMETER.sub(r"{\2}", path), {})[method] = described
        spec["components"] = {
            "schemas": components,
            "securitySchemes": {
                "apiKey": {"type": "http", "scheme": "bearer", "description": "An API key."},
                "session": {"type": "apiKey", "in": "cookie", "name": "baton_session"},
                "demoUser": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Baton-User",
                    "description": "On an open loopback server: a demo user's id; the demo administrator without it.",
                },
            },
        }
        return spec


def document(app: Flask) -> dict[str, Any]:
    """The finished document; made once per process."""
    spec = app._get_spec("json")  # type: ignore[attr-defined]
    assert isinstance(spec, dict)
    return spec


def _operations(app: APIFlask) -> Iterator[tuple[str, str, Operation, Any]]:
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        view = app.view_functions[rule.endpoint]
        contract = getattr(view, "operation", None)
        if contract is None:
            assert not rule.rule.startswith(f"{PREFIX}/"), f"Expected @operation at '{rule.rule}', but there is none."
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule.rule, method.lower(), contract, view


def _components(contracts: Sequence[Operation]) -> tuple[dict[Any, dict[str, Any]], dict[str, Any]]:
    """The reference of every Struct that is used, and what they refer to."""
    used: list[Any] = [problem_details.ProblemDetails]
    for contract in contracts:
        used += [shape for shape in (contract.query, contract.body, contract.answer) if shape is not None]
    unique = [shape for position, shape in enumerate(used) if shape not in used[:position]]
    references, components = msgspec.json.schema_components(unique, ref_template=REFERENCE)
    return dict(zip(unique, references, strict=True)), dict(components)


def _describe(contract: Operation, shapes: dict[Any, dict[str, Any]], path: str, view: Any) -> dict[str, Any]:
    summary, _, description = inspect.cleandoc(view.__doc__ or view.__name__).partition("\n")
    described: dict[str, Any] = {
        "operationId": view.__name__,
        "summary": summary.strip().rstrip("."),
        "tags": [path.split("/")[3]],
        "parameters": [*_path_parameters(path), *_query_parameters(contract)],
        "responses": _responses(contract, shapes),
    }
    if description.strip():
        described["description"] = " ".join(description.split())
    if contract.body is not None:
        described["requestBody"] = {
            "required": bool(_required(contract.body)),
            "content": {"application/json": {"schema": shapes[contract.body]}},
        }
    elif contract.uploads is not None:
        described["requestBody"] = {
            "required": True,
            "content": {media_type: {"schema": dict(schema)} for media_type, schema in contract.uploads.items()},
        }
    if contract.roles is not None:
        described["security"] = [{"apiKey": []}, {"session": []}, {"demoUser": []}]
    return described


def _path_parameters(path: str) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", **_CONVERTED[converter]}}
        for converter, name in _PARAMETER.findall(path)
        if converter in _CONVERTED
    ]


def _query_parameters(contract: Operation) -> list[dict[str, Any]]:
    if contract.query is None:
        return []
    schema = msgspec.json.schema_components([contract.query], ref_template=REFERENCE)[1][contract.query.__name__]
    required = set(schema.get("required", ()))
    parameters = []
    for name, member in schema["properties"].items():
        described = {key: value for key, value in member.items() if key != "description"}
        parameter = {"name": name, "in": "query", "required": name in required, "schema": described}
        if "description" in member:
            parameter["description"] = member["description"]
        parameters.append(parameter)
    return parameters


def _responses(contract: Operation, shapes: dict[Any, dict[str, Any]]) -> dict[str, Any]:
    content = {"schema": shapes[contract.answer]} if contract.answer is not None else {"schema": {"type": "string"}}
    responses: dict[str, Any] = {
        str(contract.status): {
            "description": HTTPStatus(contract.status).phrase,
            "content": {contract.media_type: content},
        }
    }
    for status in _error_statuses(contract):
        responses[str(status)] = {
            "description": _PROBLEMS[status],
            "content": {problem_details.MEDIA_TYPE: {"schema": shapes[problem_details.ProblemDetails]}},
        }
    return responses


def _error_statuses(contract: Operation) -> list[int]:
    """Those the route names, and those that follow from what it takes."""
    statuses = set(contract.errors)
    if contract.roles is not None:
        statuses |= {401, 403}
    if contract.query is not None:
        statuses.add(422)
    if contract.body is not None or contract.uploads is not None:
        statuses |= {400, 413, 415, 422}
    return sorted(statuses)


def _required(shape: type[msgspec.Struct]) -> list[str]:
    info = msgspec.inspect.type_info(shape)
    assert isinstance(info, msgspec.inspect.StructType)
    return [field.encode_name for field in info.fields if field.required]
