"""What a browser really loads, and how much of it, beside the limits of what was built."""

from __future__ import annotations

import gzip
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.acceptance.serving import Api

FIRST_LOAD, VIEWER, MODELER = 60_000, 150_000, 500_000


def loaded(open_page: Any, path: str, ready: str) -> dict[str, int]:
    """Bytes by address, as gzip would send them, of the page and everything static that it loads."""
    page = open_page()
    answers: list[Any] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(path)
    page.locator(ready).first.wait_for(state="attached")
    kept = [answer for answer in answers if "/static/" in answer.url or urlsplit(answer.url).path == path]
    return {answer.url: len(gzip.compress(answer.body())) for answer in kept if answer.status == 200}


def test_the_home_page_loads_no_more_than_promised_and_no_island(open_page: Any) -> None:
    found = loaded(open_page, "/", "#definitions-title")

    assert any(url.endswith(".js") for url in found)
    assert any(url.endswith(".css") for url in found)
    assert [url for url in found if "viewer" in url or "modeler" in url] == []
    assert sum(found.values()) <= FIRST_LOAD, found


@pytest.mark.parametrize(
    ("path", "most"), [("/processes/{id}", VIEWER), ("/modeler/bpmn", MODELER)], ids=["viewer", "modeler"]
)
def test_an_island_adds_no_more_than_promised(open_page: Any, desk: Api, path: str, most: int) -> None:
    [definition] = desk.ok("GET", "/process-definitions", params={"key": "loan-approval", "latest": True})["items"]
    home = loaded(open_page, "/", "#definitions-title")

    found = loaded(open_page, path.format(id=definition["id"]), "[data-island][data-mounted='']")

    added = {url: size for url, size in found.items() if url not in home and "/static/" in url}
    assert sum(added.values()) <= most, added
