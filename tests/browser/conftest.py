"""A real Chromium on a real server with the examples: `page` fails its test on any error in the console.

`axe(page)` looks for what keeps people out; `desk` is a client of the same server's API.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from baton.app.web import islands
from tests.acceptance.serving import Api, Server, eventually
from tests.browser import serving

playwright_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
chromium = pytest.importorskip("tests.browser.chromium")

FRONT = Path(islands.__file__).with_name("front")
AXE = FRONT / "node_modules" / "axe-core" / "axe.min.js"
WIDE = {"width": 1280, "height": 900}
NARROW = {"width": 360, "height": 740}
# Every island that is to be seen.
ISLANDS_ARE_THERE = """() => [...document.querySelectorAll("[data-island]")].every(
  (island) => "mounted" in island.dataset || island.closest("details:not([open])"))"""
# What a test waits for comes within a second; where many share the machine it may take a minute.
WAITS_MS = 60_000


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One Chromium for the session."""
    path = chromium.find()
    if path is None:
        pytest.skip(chromium.HINT)
    with playwright_api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=list(chromium.ARGUMENTS))
        try:
            yield running
        finally:
            running.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An open server with the examples deployed and a few instances alive."""
    if not islands.manifest():
        pytest.skip("the islands are not built: run `make front`")
    with serving.open_server(tmp_path_factory.mktemp("browser")) as running:
        yield running


@pytest.fixture(scope="session")
def desk(server: Server) -> Iterator[Api]:
    """The API of that server, as its administrator."""
    with Api(server.url) as client:
        yield client


@pytest.fixture
def open_page(browser: Any, server: Server) -> Iterator[Callable[..., Any]]:
    """Opens pages in contexts of their own: `open_page(viewport=NARROW, color_scheme="dark")`."""
    said: list[str] = []
    contexts: list[Any] = []

    def opened(**options: Any) -> Any:
        context = browser.new_context(
            **{"base_url": server.url, "viewport": WIDE, "reduced_motion": "reduce", **options}
        )
        context.set_default_timeout(WAITS_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text) if is_wrong(message) else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        return page

    try:
        yield opened
    finally:
        for context in contexts:
            with contextlib.suppress(playwright_api.Error):
                context.close()
    assert said == [], "the console of the browser has errors"


@pytest.fixture
def page(open_page: Callable[..., Any]) -> Any:
    """A page of ordinary size."""
    return open_page()


@pytest.fixture
def axe_on() -> Callable[[Any], None]:
    """Asserts that nothing serious or critical keeps people out of an open page, opened with `bypass_csp=True`."""

    def look(page: Any) -> None:
        page.add_script_tag(path=str(AXE))
        found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
        grave = [
            f"{each['id']}: {each['help']}: {[node['target'] for node in each['nodes']][:5]}"
            for each in found["violations"]
            if each["impact"] in ("serious", "critical")
        ]
        assert grave == [], page.url

    return look


@pytest.fixture
def axe(open_page: Callable[..., Any], axe_on: Callable[[Any], None]) -> Callable[..., None]:
    """The same of `path`, in the colours and width given.

    The page is opened once more, without its policy: axe itself is a foreign script.
    """

    def look(path: str, *, ready: str = "main", **options: Any) -> None:
        page = open_page(bypass_csp=True, **options)
        page.goto(path)
        page.locator(ready).first.wait_for()
        eventually(lambda: page.evaluate(ISLANDS_ARE_THERE))
        axe_on(page)

    return look


def is_wrong(message: Any) -> bool:
    """True for an error in the console; a page that is answered with 4xx and says why is none."""
    is_page = not any(part in message.location.get("url", "") for part in ("/api/", "/static/", "/live"))
    return message.type == "error" and not (is_page and "responded with a status of 4" in message.text)


def is_wider_than_its_window(page: Any) -> bool:
    """True if one has to scroll sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))
