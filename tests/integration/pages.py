"""A browser without scripts for the pages' tests, and how many statements a page costs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from baton.app.auth.access import Access
from baton.app.factory import create_app
from baton.bpm.runtime.engine import Engine

AS_A_BROWSER = {"Host": "localhost", "Accept": "text/html"}


class Pages:
    """Gets pages and sends their forms, as the demo user `user`."""

    def __init__(self, engine: Engine, *, access: Access | None = None) -> None:
        self._engine = engine
        self.client: FlaskClient = create_app(engine, access=access).test_client()

    def get(self, path: str, *, status: int = 200, user: str | None = None) -> str:
        answer = self.client.get(path, headers=self._headers(user))
        assert answer.status_code == status, answer.text
        return answer.text

    def post(self, path: str, *, user: str | None = None, **form: str | list[str]) -> TestResponse:
        return self.client.post(path, data=form, headers=self._headers(user))

    def sent(self, path: str, **form: str | list[str]) -> str:
        """Where a form that is accepted leads to."""
        answer = self.post(path, **form)
        assert answer.status_code == 303, answer.text
        return answer.headers["Location"]

    def refused(self, status: int, path: str, **form: str | list[str]) -> str:
        answer = self.post(path, **form)
        assert answer.status_code == status, answer.text
        return answer.text

    def statements(self, path: str) -> int:
        """How many statements the page costs once everything is known that is kept ready.

        The fewest of three times: who asks and what is running are looked up now and then.
        """
        self.get(path)
        return min(self._statements(path) for _ in range(3))

    def _statements(self, path: str) -> int:
        with _counted(self._engine) as told:
            self.get(path)
        return len(told)

    @staticmethod
    def _headers(user: str | None) -> dict[str, str]:
        return AS_A_BROWSER if user is None else {**AS_A_BROWSER, "Baton-User": user}


@contextmanager
def _counted(engine: Engine) -> Iterator[list[str]]:
    told: list[str] = []

    def hear(_c: object, _cursor: object, statement: str, *_: object) -> None:
        told.append(statement)

    sqlalchemy.event.listen(engine.database.engine, "before_cursor_execute", hear)
    try:
        yield told
    finally:
        sqlalchemy.event.remove(engine.database.engine, "before_cursor_execute", hear)
