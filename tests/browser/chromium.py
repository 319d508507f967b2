"""Where the tests find a Chromium, and how they get one.

Order: `$BATON_CHROMIUM`, the one of playwright, one on PATH, then (asked by `make browser`, as `make test` with
`CI=true` does first) one that is installed: by the system's package manager as root, else from npm
(`@sparticuz/chromium`, Linux x64).
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
INSTALL_SECONDS = 300
NPM_PACKAGE = "@sparticuz/chromium@153.0.0"
HINT = "no Chromium: `make browser` installs one, or set BATON_CHROMIUM to the path of one"


def find(*, install: bool = False) -> str | None:
    """The path of a Chromium, or None."""
    return _given() or _of_playwright() or _on_path() or (_installed() if install else _unpacked())


def _given() -> str | None:
    return os.environ.get("BATON_CHROMIUM") or None


def _of_playwright() -> str | None:
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def _on_path() -> str | None:
    return next(filter(None, map(shutil.which, NAMES)), None)


def _installed() -> str | None:
    if os.name == "posix" and os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for words in (["update"], ["install", "-y", "chromium"]):
            with contextlib.suppress(subprocess.TimeoutExpired):
                subprocess.run(["apt-get", "-qq", *words], env=quiet, check=False, timeout=INSTALL_SECONDS)
    return _on_path() or _from_npm()


def _from_npm() -> str | None:
    npm = shutil.which("npm")
    if npm is None or not sys.platform.startswith("linux"):
        return None
    command = [npm, "install", "--no-save", "--no-audit", "--no-fund", "--prefix", str(ROOT / ".browser"), NPM_PACKAGE]
    with contextlib.suppress(subprocess.TimeoutExpired):
        subprocess.run(command, check=False, timeout=INSTALL_SECONDS)
    return _unpacked()


def _unpacked() -> str | None:
    """The npm package holds it compressed; its own script unpacks it."""
    node, package = shutil.which("node"), ROOT / ".browser" / "node_modules" / "@sparticuz" / "chromium"
    if node is None or not package.exists():
        return None
    script = "import('@sparticuz/chromium').then(async (c) => console.log(await c.default.executablePath()))"
    done = subprocess.run(
        [node, "--input-type=module", "-e", script],
        cwd=ROOT / ".browser",
        capture_output=True,
        text=True,
        check=False,
    )
    path = done.stdout.strip()
    return path if path and Path(path).exists() else None


if __name__ == "__main__":
    found = find(install="--install" in sys.argv)
    print(found or HINT)
    sys.exit(found is None)
