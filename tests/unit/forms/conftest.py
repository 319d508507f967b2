"""Reads small forms and fills them in."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from baton.bpm import forms
from baton.bpm.forms import Context, Form, Outcome, ReadForm

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def form_js(*components: dict[str, Any], **members: Any) -> bytes:
    """A form-js file."""
    document = {"id": "f", "type": "default", "schemaVersion": 18, "components": list(components), **members}
    return json.dumps(document).encode()


def _read(*components: dict[str, Any]) -> Form:
    found = forms.read_file("f.form", form_js(*components))
    assert found.form is not None, found.problems
    return found.form


@pytest.fixture
def check() -> Callable[..., Outcome]:
    """Fill a form of these components in with `sent`; `existing` variables were there before."""

    def run(*components: dict[str, Any], sent: dict[str, Any], existing: dict[str, Any] | None = None) -> Outcome:
        return forms.check(_read(*components), sent, Context(existing or {}, NOW, date(2026, 3, 1)))

    return run


@pytest.fixture
def rules(check: Callable[..., Outcome]) -> Callable[..., dict[str, str]]:
    """The rules that were broken, by field."""

    def run(
        *components: dict[str, Any], sent: dict[str, Any], existing: dict[str, Any] | None = None
    ) -> dict[str, str]:
        return {error.field: error.rule for error in check(*components, sent=sent, existing=existing).errors}

    return run


@pytest.fixture
def read() -> Callable[..., ReadForm]:
    """What reading a file of these components finds."""
    return lambda *components, **members: forms.read_file("f.form", form_js(*components, **members))
