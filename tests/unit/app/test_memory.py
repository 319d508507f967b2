"""The C library is told to return what is free; what that is worth `tests/hostile` measures."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

from baton.app import memory


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be told")
def test_glibc_takes_what_it_is_told() -> None:
    program = "from baton.app import memory; print(memory.share_arenas())"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)

    assert done.stdout == "True\n"


def test_elsewhere_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")

    assert memory.share_arenas() is False
