"""Form files: bytes to a form and everything that is wrong with it. Never raises on content."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from baton.bpm.definition.elements import FormField
from baton.bpm.definition.problems import Problem, Severity
from baton.bpm.forms import form_data, form_js, json_schema
from baton.bpm.forms.findings import Findings
from baton.bpm.forms.limits import LIMITS
from baton.bpm.forms.model import Form
from baton.bpm.values.json_depth import nests_deeper

_ENDINGS = (".form", ".json")


@dataclass(frozen=True, slots=True)
class ReadForm:
    """`form` is None if it cannot be used; then at least one problem is an error."""

    form: Form | None
    problems: tuple[Problem, ...] = ()

    @property
    def ok(self) -> bool:
        """True if submissions can be checked against it."""
        return self.form is not None


def is_form_file(name: str) -> bool:
    """By the file's ending: `.form`, and `.json` for JSON Schema."""
    return name.lower().endswith(_ENDINGS)


def read_file(name: str, content: bytes) -> ReadForm:
    """A `.form` file, or a JSON Schema: `.schema.json`, `-schema.json` (SpiffWorkflow) or a `.json` with `$schema`.

    The id of a schema is its file's name.
    """
    findings = Findings()
    document = _decode(content, findings)
    if document is None:
        return ReadForm(None, tuple(findings.problems))
    lower = name.lower()
    if lower.endswith((".schema.json", "-schema.json")) or "$schema" in document:
        id_ = name[: -len(".schema.json")] if lower.endswith(".schema.json") else name.rpartition(".")[0]
        return _result(json_schema.read(id_ or name, document, findings), findings)
    if lower.endswith(".json") and "components" not in document:
        findings.add(
            Severity.ERROR,
            "form-json",
            "Expected a form-js form or a JSON Schema with '$schema', found other JSON.",
            'Add "$schema", or leave the file out.',
        )
        return ReadForm(None, tuple(findings.problems))
    return _result(form_js.read(document, findings), findings)


def read_embedded(id_: str, content: str) -> ReadForm:
    """A form whose JSON stands in a diagram; `id_` is the element that uses it."""
    findings = Findings()
    document = _decode(content.encode("utf-8", "replace"), findings)
    if document is None:
        return ReadForm(None, tuple(findings.problems))
    return _result(form_js.read({"id": id_, **document}, findings), findings)


def read_fields(id_: str, fields: tuple[FormField, ...]) -> ReadForm:
    """The form fields of the element `id_`."""
    findings = Findings()
    return _result(form_data.read(id_, fields, findings), findings)


def _result(form: Form, findings: Findings) -> ReadForm:
    return ReadForm(None if findings.has_errors else form, tuple(findings.problems))


def _decode(content: bytes, findings: Findings) -> dict[str, Any] | None:
    """The JSON object of a file; None with a problem."""
    if len(content) > LIMITS.max_bytes:
        findings.add(
            Severity.ERROR,
            "form-too-large",
            f"Expected a form of at most {LIMITS.max_bytes:,} bytes, found {len(content):,}.",
            "Split the form.",
        )
        return None
    if nests_deeper(content, LIMITS.max_depth):
        findings.add(
            Severity.ERROR,
            "form-too-large",
            f"Expected JSON at most {LIMITS.max_depth} levels deep, found more.",
            "Nest fewer groups.",
        )
        return None
    try:
        document = msgspec.json.decode(content.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, RecursionError) as error:
        findings.add(Severity.ERROR, "form-json", f"The file is not JSON: {error}.", "Save it in the modeler again.")
        return None
    if not isinstance(document, dict):
        findings.add(
            Severity.ERROR,
            "form-json",
            "Expected a JSON object, found something else.",
            "Save it in the modeler again.",
        )
        return None
    if "\\u0000" in content.decode("utf-8", "replace") or b"\0" in content:
        findings.add(Severity.ERROR, "form-json", "Expected no NUL characters, found one.", "Remove it.")
        return None
    return document
