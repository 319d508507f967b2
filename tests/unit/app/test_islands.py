"""What the browser loads: sizes, and nothing that names a registry or a foreign host."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from baton.app.web import islands

FRONT = Path(islands.__file__).with_name("front")
STATIC = islands.FOLDER.parent
FIRST_LOAD = 60_000
MOST = {"viewer/viewer.js": 150_000, "modeler/modeler.js": 500_000}


@pytest.fixture(scope="module")
def built() -> dict[str, islands.Chunk]:
    found = islands.manifest()
    if not found:
        pytest.skip("the islands are not built: run `make front`")
    return found


def compressed(*files: Path) -> int:
    return sum(len(gzip.compress(file.read_bytes(), 9)) for file in files)


def test_the_first_load_is_small(built: dict[str, islands.Chunk]) -> None:
    files = [islands.FOLDER / name for name in islands.files_of(islands.ENTRY)]

    assert compressed(*files, STATIC / "baton.css", STATIC / "baton.svg") <= FIRST_LOAD


@pytest.mark.parametrize("island", MOST)
def test_an_island_is_no_larger_than_promised(built: dict[str, islands.Chunk], island: str) -> None:
    files = islands.files_of(f"src/{island}") - islands.files_of(islands.ENTRY)

    assert 20_000 < compressed(*(islands.FOLDER / name for name in files)) <= MOST[island]


def test_every_island_is_an_entry_of_its_own(built: dict[str, islands.Chunk]) -> None:
    names = {Path(key).stem for key in built[islands.ENTRY].dynamic_imports}

    assert names == {"viewer", "modeler", "form", "form-editor", "dmn", "differ"}


def test_the_lock_of_npm_names_no_place_to_load_from_and_a_hash_of_everything() -> None:
    lock = json.loads((FRONT / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}

    assert len(packages) > 50
    assert [name for name, entry in packages.items() if "resolved" in entry] == []
    assert [name for name, entry in packages.items() if not entry.get("integrity", "").startswith("sha512-")] == []


def test_where_nothing_was_built_there_is_no_script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(islands, "FOLDER", tmp_path)

    assert islands.manifest() == {}
    assert islands.base_script() is None
