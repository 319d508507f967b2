"""Where the islands could not be built the pages say so, and show words and tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from baton.app.factory import create_app
from baton.app.web import islands
from tests.integration.support import TWO_TASKS, Desk

AS_A_BROWSER = {"Host": "localhost", "Accept": "text/html"}


def test_pages_say_that_diagrams_were_not_built_and_go_on(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(islands, "FOLDER", tmp_path)
    definition_id = desk.deploy(TWO_TASKS).process_definitions[0].id
    desk.start()
    client = create_app(desk.engine).test_client()

    page = client.get(f"/processes/{definition_id}", headers=AS_A_BROWSER)

    assert page.status_code == 200
    assert "make front" in page.text
    assert "Check order" in page.text
    assert '<script type="module"' not in page.text
    assert 'http-equiv="refresh"' in page.text


def test_an_error_of_ours_is_a_page_with_its_id(desk: Desk) -> None:
    app = create_app(desk.engine)

    @app.get("/fails")
    def fails() -> str:
        raise ZeroDivisionError("the secret reason")

    answer = app.test_client().get("/fails", headers=AS_A_BROWSER)

    assert answer.status_code == 500
    assert "Something in Baton is wrong" in answer.text
    assert "under the id" in answer.text
    assert "secret reason" not in answer.text
