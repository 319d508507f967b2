"""What is shipped: the wheel beside a user's own modules, and lock files that work anywhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from pathlib import Path

import pytest

from baton.app.web import islands

ROOT = Path(__file__).resolve().parents[1]
SOURCES_ONLY = "app/web/front/"  # built into app/web/static/islands, which the wheel carries
LOCKS = ("requirements.lock", "requirements-test.lock")


def run(*command: str, cwd: Path = ROOT, env: dict[str, str] | None = None) -> str:
    """The command's output; a failure shows what it wrote."""
    done = subprocess.run(command, cwd=cwd, env=env, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(target))
    return next(target.glob("*.whl"))


@pytest.fixture(scope="module")
def site(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the installed wheel alone."""
    target = tmp_path_factory.mktemp("site")
    run(sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "--target", str(target), str(wheel))
    return target


def run_beside(site: Path, folder: Path, code: str) -> list[str]:
    """Run `code` as a script in `folder` with the wheel installed; lines of its output.

    `-S` keeps the editable install of this checkout out; the dependencies come by path.
    """
    script = folder / "script.py"
    script.write_text(code, encoding="utf-8")
    paths = [str(site), sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths))}
    return run(sys.executable, "-S", str(script), cwd=folder, env=environment).splitlines()


def test_an_installed_baton_leaves_the_names_models_and_app_to_the_user(site: Path, tmp_path: Path) -> None:
    (tmp_path / "models.py").write_text("owner = 'the user'\n")
    (tmp_path / "app.py").write_text("owner = 'the user'\n")

    lines = run_beside(
        site,
        tmp_path,
        "import app, models\nimport baton.app, baton.models\n"
        "print(app.owner)\nprint(models.owner)\nprint(baton.app.__file__)\nprint(baton.models.__file__)\n",
    )

    assert lines[:2] == ["the user", "the user"]
    assert lines[2:] == [str(site / "baton" / "app" / "__init__.py"), str(site / "baton" / "models" / "__init__.py")]


def test_the_wheel_occupies_one_import_name(wheel: Path) -> None:
    names = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}

    assert {name for name in names if not name.endswith(".dist-info")} == {"baton"}


def test_the_wheel_carries_every_file_of_the_product(wheel: Path) -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "bpm", "models", "app", "examples"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if tracked.returncode:
        pytest.skip("not a git checkout: the list of the product's files is git's")

    packed = set(zipfile.ZipFile(wheel).namelist())
    shipped = [name for name in tracked.stdout.split() if (ROOT / name).exists() and not name.startswith(SOURCES_ONLY)]

    assert {f"baton/{name}" for name in shipped} <= packed


def test_the_wheel_carries_the_islands_built_and_not_their_sources(wheel: Path) -> None:
    packed = zipfile.ZipFile(wheel).namelist()

    if not islands.manifest():
        pytest.skip("the islands are not built: run `make front`")
    files = {file for chunk in islands.manifest().values() for file in (chunk.file, *chunk.css)}
    assert {f"baton/app/web/static/islands/{file}" for file in files} <= set(packed)
    assert [name for name in packed if "node_modules" in name or name.startswith("baton/app/web/front")] == []


def test_the_wheel_carries_both_licence_texts(wheel: Path) -> None:
    texts = [name.split("/")[-1] for name in zipfile.ZipFile(wheel).namelist() if "/licenses/" in name]

    assert sorted(texts) == ["COPYING", "LICENSE"]


def test_the_command_of_the_wheel_exists(site: Path, tmp_path: Path) -> None:
    lines = run_beside(site, tmp_path, "import baton.app.cli as cli\nprint(callable(cli.main), cli.__file__)\n")

    assert lines == [f"True {site / 'baton' / 'app' / 'cli' / '__init__.py'}"]


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_file_holds_no_address_and_no_path(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")

    assert not re.search(r"://|--index|--find-links|--extra-index|^-|file:|(^|\s)/\w", text, re.MULTILINE)


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_one_version_and_hashes(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")

    entries = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]

    assert len(entries) > 40
    for entry in entries:
        assert re.match(r"[a-z0-9.-]+==\S+", entry), entry
        assert "--hash=sha256:" in entry, entry


def test_both_lock_files_agree_on_every_version() -> None:
    runtime, test = (
        dict(re.findall(r"^([a-z0-9.-]+)==([^\s;]+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))
        for name in LOCKS
    )

    assert {name: test.get(name) for name in runtime} == runtime


def test_every_declared_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    declared = [*project["project"]["dependencies"], *project["project"]["optional-dependencies"]["postgresql"]]
    tests = [entry for entry in project["dependency-groups"]["test"] if isinstance(entry, str)]

    locked, locked_for_tests = (
        set(re.findall(r"^([a-z0-9.-]+)==", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE)) for name in LOCKS
    )

    def names(requirements: list[str]) -> set[str]:
        return {re.split(r"[\[<>=]", requirement)[0].lower() for requirement in requirements}

    assert names(declared) <= locked
    assert names(tests) <= locked_for_tests
