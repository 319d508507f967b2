"""Pages asked for without a browser, in the server's own process: what they say, and what they cost the database."""

from __future__ import annotations

import contextlib
import html
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import sqlalchemy
from werkzeug.test import TestResponse

from baton.app.factory import create_app
from baton.bpm.runtime.engine import Engine

MARKS = "\u202eright-to-left\u202c"
HOSTILE = f"<script>window.ran=1</script><img src=x onerror=window.ran=1>javascript:alert(1) {MARKS} \"'&{{{{7*7}}}}"
LONG = "W" * 10_000


class Browsing:
    """A browser without scripts, as a demo user (`demo` may do everything) of an open server."""

    def __init__(self, engine: Engine) -> None:
        self._client = create_app(engine).test_client()
        self._engine = engine

    def get(self, path: str, *, user: str = "demo", status: int = 200) -> str:
        """The page's text."""
        return self._text(self._client.get(path, headers=_headers(user)), status)

    def post(self, path: str, *, user: str = "demo", status: int = 303, **fields: Any) -> str:
        """Where it leads, or the text of the page that refuses. `data` has fields of any name."""
        answer = self._client.post(path, data=fields.pop("data", fields), headers=_headers(user))
        text = self._text(answer, status)
        return answer.headers["Location"] if status == 303 else text

    @staticmethod
    def _text(answer: TestResponse, status: int) -> str:
        assert answer.status_code == status, answer.text
        return answer.text

    @contextlib.contextmanager
    def statements(self) -> Iterator[list[str]]:
        """Those that the database is sent meanwhile."""
        told: list[str] = []

        def hear(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            told.append(statement)

        sqlalchemy.event.listen(self._engine.database.engine, "before_cursor_execute", hear)
        try:
            yield told
        finally:
            sqlalchemy.event.remove(self._engine.database.engine, "before_cursor_execute", hear)


def _headers(user: str) -> dict[str, str]:
    return {"Host": "localhost", "Origin": "http://localhost", "Accept": "text/html", "Baton-User": user}


def words(text: str) -> str:
    """What is to be read on a page, in one line."""
    without = re.sub(r"<script.*?</script>|<style.*?</style>|<[^>]*>", " ", text, flags=re.DOTALL)
    return " ".join(html.unescape(without).split())


class _Looking(HTMLParser):
    """Remembers what could act."""

    def __init__(self) -> None:
        super().__init__()
        self.acting: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "script" and "src" not in given and given.get("type") != "application/json":
            self.acting.append(tag)
        if tag in ("iframe", "object", "embed") or given.get("src") == "x":
            self.acting.append(tag)
        for name, value in given.items():
            is_address = name in ("href", "src", "action", "formaction", "hx-get", "hx-post")
            if name.startswith(("on", "style", "hx-on")) or (is_address and not value.startswith(("/", "#", "?"))):
                self.acting.append(f"{tag} {name}={value}")


def assert_inert(text: str) -> None:
    """Nothing that users gave is a script, a handler or an address of another kind than ours."""
    looking = _Looking()
    looking.feed(text)
    assert looking.acting == []
