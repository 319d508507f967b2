"""`python -m tests.fuzz [--seconds 600] [reader ...]`: each reader in a process of its own, one after the other.

With atheris the input is guided by coverage; where it has no wheel, inputs are mutated blindly, which is said.
A finding is written to `.fuzz/<reader>/crash-*`; run it again with `python -m tests.fuzz --again FILE reader`.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import random
import subprocess
import sys
import time
import traceback
from pathlib import Path

from tests.fuzz import targets
from tests.fuzz.seeds import ROOT, seeds

WORK = ROOT / ".fuzz"
HAS_ATHERIS = importlib.util.find_spec("atheris") is not None


def main() -> int:
    options = _options()
    if options.again:
        targets.run(options.readers[0], Path(options.again).read_bytes())
        return 0
    if options.inside:
        return _inside(options.readers[0], options.seconds)
    if not HAS_ATHERIS:
        print(
            f"atheris is not installed (it has no wheel for Python {sys.version_info.major}.{sys.version_info.minor} "
            "on this machine in the locked version): mutating without its guidance.",
            flush=True,
        )
    failed = [name for name in options.readers or targets.TARGETS if not _apart(name, options.seconds)]
    print(f"fuzzing found something in: {', '.join(failed)}" if failed else "fuzzing found nothing")
    return 1 if failed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.fuzz")
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--again", metavar="FILE")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("readers", nargs="*", choices=[*targets.TARGETS, []])
    return parser.parse_args()


def _apart(name: str, seconds: int) -> bool:
    print(f"=== {name}: {seconds} s", flush=True)
    command = [sys.executable, "-m", "tests.fuzz", "--inside", "--seconds", str(seconds), name]
    return subprocess.run(command, cwd=ROOT, check=False).returncode == 0


def _inside(name: str, seconds: int) -> int:
    folder = WORK / name
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for seed in seeds(name):
        (corpus / hashlib.sha1(seed, usedforsecurity=False).hexdigest()).write_bytes(seed)
    return _guided(name, folder, seconds) if HAS_ATHERIS else _blind(name, folder, seconds)


def _guided(name: str, folder: Path, seconds: int) -> int:
    import atheris

    def one(data: bytes) -> None:
        targets.run(name, data)

    atheris.instrument_all()
    limits = [f"-max_total_time={seconds}", "-max_len=4096", "-timeout=120", "-rss_limit_mb=2048", "-verbosity=0"]
    limits += ["-print_final_stats=1", f"-artifact_prefix={folder}/"]
    atheris.Setup([sys.argv[0], *limits, str(folder / "corpus")], one)
    atheris.Fuzz()
    return 0


def _blind(name: str, folder: Path, seconds: int) -> int:
    source = random.Random(0)
    corpus = [path.read_bytes() for path in sorted((folder / "corpus").iterdir())]
    end, runs = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        data = _mutated(source, corpus)
        runs += 1
        try:
            targets.run(name, data)
        except Exception:
            traceback.print_exc()
            found = folder / f"crash-{hashlib.sha1(data, usedforsecurity=False).hexdigest()}"
            found.write_bytes(data)
            print(f"{name}: see {found.relative_to(ROOT)}")
            return 1
    print(f"{name}: {runs} inputs")
    return 0


def _mutated(source: random.Random, corpus: list[bytes]) -> bytes:
    """A seed with a few pieces cut out, doubled, exchanged with another seed's, or changed."""
    data = source.choice(corpus)
    for _ in range(source.randint(1, 6)):
        start = source.randint(0, len(data))
        end = min(len(data), start + source.randint(0, 16))
        other = source.choice(corpus)
        cut = source.randint(0, len(other))
        piece = other[cut : cut + source.randint(0, 24)]
        match source.randint(0, 3):
            case 0:
                data = data[:start] + data[end:]
            case 1:
                data = data[:start] + piece + data[end:]
            case 2:
                data = data[:end] + data[start:end] + data[end:]
            case _:
                data = data[:start] + bytes([source.randint(0, 255)]) + data[start + 1 :]
    return data[:4096]


if __name__ == "__main__":
    sys.exit(main())
