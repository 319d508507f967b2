"""None of the hostile texts runs code, opens a file or socket, hangs, or leaves the server large; others are answered.

All cases share one server; the table of what happened is printed (`-s` shows it) and kept in `.test-results`.
"""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance import diagrams
from tests.acceptance.serving import BATON, ROOT, Api, Server, clean_environment
from tests.hostile import inputs, watching
from tests.hostile.places import PLACES, places_of

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("hostile"),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="what a process does is read from /proc"),
]

LIMITS = {"feel": 1.0, "juel": 1.0, "python": 2.0, "javascript": 2.0, "file": 1.0}
"""Seconds of processor time that a text of the language may use by its own limit."""
GROWTH = 64
"""Megabytes."""
OTHERS_WAIT = 2.0
"""Seconds that another client may wait at most."""
TEXTS = {
    "feel": inputs.FEEL,
    "juel": inputs.JUEL,
    "python": inputs.PYTHON,
    "javascript": inputs.JAVASCRIPT,
}
PLACES_OF_EACH_TEXT = 2


@dataclass
class Arena:
    """A server, what must stay untouched, and what happened."""

    server: Server
    api: Api
    listener: watching.Listener
    folder: Path
    known: list[str]
    programs: set[str]
    start_megabytes: float = 0.0
    rows: list[str] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=itertools.count)
    poller: watching.Poller | None = None

    @property
    def pid(self) -> int:
        return self.server.process.pid

    @property
    def secret(self) -> Path:
        return self.folder / "hostile-secret.txt"

    @property
    def canary(self) -> Path:
        return self.folder / "canary"

    def armed(self, text: str) -> str:
        """The text with real targets."""
        text = text.replace("@SECRET@", str(self.secret)).replace("@CANARY@", str(self.canary))
        return text.replace("@PORT@", str(self.listener.port))

    def untouched(self, *answers: str) -> None:
        """Nothing ran, nothing was read, nobody was called."""
        assert not self.canary.exists(), "code ran and made a file"
        assert not self.listener.knocked(), "a socket was opened"
        assert watching.commands(self.pid) <= self.programs, "another program runs"
        assert str(self.secret) not in watching.open_files(self.pid)
        for answer in answers:
            assert SECRET not in answer, "a secret came out"


SECRET = "the-treasure-is-below-the-oak"


@pytest.fixture(scope="module")
def arena(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "hostile-secret.txt").write_text(SECRET)
    listener = watching.Listener()
    server = Server(folder, HOSTILE_SECRET=SECRET)
    try:
        server.wait_until_ready()
        with Api(server.url) as api, watching.Poller(server.url) as poller:
            known = [name for name in PLACES if _is_known(api, name)]
            found = Arena(server, api, listener, folder, known, set())
            found.programs = watching.commands(found.pid)
            found.start_megabytes = watching.megabytes(found.pid)
            found.poller = poller
            yield found
        _report(found)
    finally:
        server.stop()
        listener.close()


def _is_known(api: Api, name: str) -> bool:
    """A place exists if a harmless text can be deployed there, and started."""
    place = PLACES[name]
    key = f"hostile-harmless-{list(PLACES).index(name)}"
    for file, content in place.build(key, place.harmless):
        if _deploy(api, file, content).status_code != 201:
            return False
    if place.starts:
        instance = api.start(key, **VARIABLES)
        found = api.ok("GET", "/incidents", params={"processInstanceId": instance["id"]})["items"]
        assert not found, f"{name}: {found[0]['message']}"
    return True


def _deploy(api: Api, file: str, content: str) -> Any:
    headers = {"Content-Type": "application/xml"}
    return api.post("/deployments", content=content.encode(), params={"name": file}, headers=headers)


VARIABLES = {"amount": 5, "name": "a" * 1000}


def _cases() -> list[tuple[str, str, int]]:
    return [(language, name, turn) for language, texts in TEXTS.items() for turn, name in enumerate(texts)]


@pytest.mark.parametrize(("language", "name", "turn"), _cases())
def test_a_hostile_text_is_refused_or_fails_or_is_harmless(arena: Arena, language: str, name: str, turn: int) -> None:
    places = places_of(language, arena.known)
    if not places:
        pytest.skip(f"no place of a diagram takes {language} yet")
    count = min(PLACES_OF_EACH_TEXT, len(places))

    for step in range(count):
        place = places[(turn * PLACES_OF_EACH_TEXT + step) % len(places)]
        _attack(arena, place, name, arena.armed(TEXTS[language][name]))


def _attack(arena: Arena, place: str, name: str, text: str) -> None:
    key = f"hostile-{next(arena.numbers)}"
    language = PLACES[place].language
    before, used = watching.megabytes(arena.pid), watching.cpu_seconds(arena.pid)
    started = time.monotonic()

    outcome, answer = _outcome(arena.api, place, key, text)

    seconds, used = time.monotonic() - started, watching.cpu_seconds(arena.pid) - used
    growth = _settled_growth(arena, before)
    arena.rows.append(f"{language:10} {name[:36]:36} {place:24} {outcome:18} {used:5.2f} s {growth:+6.1f} MB")
    arena.untouched(answer)
    assert used <= 2 * LIMITS[language] + 0.3, f"{place}: {used:.2f} s of processor time"
    assert seconds <= 6 * LIMITS[language] + 2, f"{place}: {seconds:.2f} s"
    assert growth <= GROWTH, f"{place}: the server is {growth:.0f} MB larger"


def _outcome(api: Api, place: str, key: str, text: str) -> tuple[str, str]:
    told: list[str] = []
    for file, content in PLACES[place].build(key, text):
        answer = _deploy(api, file, content)
        told.append(answer.text)
        assert answer.status_code in (201, 413, 422), answer.text[:500]
        if answer.status_code != 201:
            return "refused at upload", "".join(told)
    if not PLACES[place].starts:
        return "deployed", "".join(told)
    answer = api.post("/process-instances", json={"key": key, "variables": VARIABLES})
    told.append(answer.text)
    assert answer.status_code in (201, 422), answer.text[:500]
    if answer.status_code != 201:
        return "refused at start", "".join(told)
    instance = answer.json()["id"]
    incidents = api.ok("GET", "/incidents", params={"processInstanceId": instance})["items"]
    told.append(json.dumps(incidents))
    told.append(api.get(f"/process-instances/{instance}/audit-events", params={"limit": 200}).text)
    told.append(api.get(f"/process-instances/{instance}").text)
    return ("incident" if incidents else "a value"), "".join(told)


def _settled_growth(arena: Arena, before: float) -> float:
    """Workers that went over a limit are killed a moment later."""
    growth = watching.megabytes(arena.pid) - before
    deadline = time.monotonic() + 3
    while growth > GROWTH / 2 and time.monotonic() < deadline:
        time.sleep(0.1)
        growth = watching.megabytes(arena.pid) - before
    return growth


@pytest.mark.parametrize("name", inputs.FILES)
@pytest.mark.parametrize("kind", ["bpmn", "dmn"])
def test_a_hostile_file_is_refused_or_harmless(arena: Arena, name: str, kind: str) -> None:
    prologue, _, inner = arena.armed(inputs.FILES[name]).partition("|")
    if kind == "bpmn":
        task = f'<bpmn:userTask id="t"><bpmn:documentation>{inner}</bpmn:documentation></bpmn:userTask>'
        content = diagrams.process(f"file-{next(arena.numbers)}", task)
    else:
        content = PLACES["DMN literal expression"].build(f"file-{next(arena.numbers)}", "1")[0][1]
        content = content.replace("<text>1</text>", f"<text>{inner}</text>")
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    before, used = watching.megabytes(arena.pid), watching.cpu_seconds(arena.pid)

    answer = _deploy(arena.api, f"hostile.{kind}", head + prologue + content.removeprefix(head))

    used = watching.cpu_seconds(arena.pid) - used
    growth = _settled_growth(arena, before)
    outcome = "deployed" if answer.status_code == 201 else "refused at upload"
    arena.rows.append(f"{kind:10} {name[:36]:36} {'file':24} {outcome:18} {used:5.2f} s {growth:+6.1f} MB")
    assert answer.status_code in (201, 400, 413, 415, 422), answer.text[:500]
    arena.untouched(answer.text)
    assert used <= 2 * LIMITS["file"] + 0.3
    assert growth <= GROWTH


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("Python script", inputs.PYTHON["os"]),
        ("Python script", inputs.PYTHON["an endless loop"]),
        ("FEEL condition", inputs.FEEL["loops in loops"]),
        ("JUEL condition", inputs.JUEL["dunders of execution"]),
    ],
)
@pytest.mark.parametrize("command", [["lint"], ["run", "--yes", "--var", "amount=5"]], ids=["lint", "run"])
def test_the_command_line_is_as_safe(arena: Arena, tmp_path: Path, command: list[str], place: str, text: str) -> None:
    [(_, content)] = PLACES[place].build("hostile-file", arena.armed(text))
    (tmp_path / "hostile.bpmn").write_text(content)

    done = subprocess.run(
        [*BATON, command[0], str(tmp_path / "hostile.bpmn"), *command[1:]],
        env=clean_environment(tmp_path, HOSTILE_SECRET=SECRET),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert "Traceback" not in done.stderr
    arena.untouched(done.stdout, done.stderr)


def test_others_were_answered_all_the_while_and_the_server_is_no_larger_at_the_end(arena: Arena) -> None:
    poller = arena.poller
    assert poller is not None

    assert poller.failures == []
    assert poller.answers > 0
    assert poller.worst < OTHERS_WAIT
    # All attacks together, caches of definitions included, hardly more than a single one may leave.
    assert _settled_growth(arena, arena.start_megabytes) <= 1.25 * GROWTH
    assert arena.server.process.poll() is None
    assert "Traceback" not in arena.server.output


def _report(arena: Arena) -> None:
    worst = arena.poller.worst if arena.poller else 0
    total = watching.megabytes(arena.pid) - arena.start_megabytes
    lines = [
        "language   case                                 place                    what happened      processor growth",
        *arena.rows,
        f"{len(arena.rows)} attacks at {len(arena.known)} places; others waited {worst:.2f} s at most; "
        f"the server grew by {total:.0f} MB in all; places not there: "
        f"{', '.join(name for name in PLACES if name not in arena.known) or 'none'}",
    ]
    folder = ROOT / ".test-results"
    folder.mkdir(exist_ok=True)
    (folder / "hostile.txt").write_text("\n".join(lines) + "\n")
    print("\n" + "\n".join(lines))
