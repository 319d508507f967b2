"""The catalogue and the pages agree: every key used is there, every key there is used, no words stand elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from baton.app.web import texts

WEB = Path(texts.__file__).parent
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
SOURCES = [*TEMPLATES, *sorted(WEB.glob("*.py"))]
CALL = re.compile(r"""\bt\(\s*f?["']([\w.]+)(\.?\{|["'])(?=([^)]*))""")
ALTERNATIVE = re.compile(r"""\belse\s+["']([\w.]+)["']""")
PLURALS = (".one", ".other")


def used() -> tuple[set[str], set[str]]:
    """The keys that are named whole, and the beginnings of those that are put together."""
    keys: set[str] = set()
    beginnings: set[str] = set()
    for path in SOURCES:
        source = path.read_text(encoding="utf-8")
        for key, end, rest in CALL.findall(source):
            if key.endswith(".") or end.endswith("{") or rest.lstrip().startswith("~"):
                beginnings.add(key.rstrip(".") + ".")
            else:
                keys.add(key)
                keys.update(ALTERNATIVE.findall(rest))
        beginnings.update(f"{name}." for name in re.findall(r"""\b(?:texts|group)\(["'](\w+)["']\)""", source))
        # Columns of a table, by `parts/table.html`.
        for columns in re.findall(r"""call\(\w+\) table\([^\[]*\[([^\]]*)\]""", source):
            keys.update(f"column.{name}" for name in re.findall(r"""["'](\w+)["']""", columns))
    return keys, beginnings - {"column."}


def test_every_key_that_is_used_exists() -> None:
    known = texts.catalogue()
    keys, _ = used()

    assert len(keys) > 80
    assert sorted(key for key in keys if key not in known and f"{key}.other" not in known) == []


def test_every_key_of_the_catalogue_is_used() -> None:
    keys, beginnings = used()

    unused = [
        key
        for key in texts.catalogue()
        if key not in keys
        and not (key.endswith(PLURALS) and key.rpartition(".")[0] in keys)
        and not key.startswith(tuple(beginnings))
    ]

    assert unused == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(WEB / "templates").as_posix())
def test_no_words_stand_in_a_template(path: Path) -> None:
    source = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    visible = re.sub(r"<code>.*?</code>|<[^>]*>", "", source, flags=re.DOTALL)
    spoken = re.findall(r"""\b(?:aria-label|title|alt|placeholder)=["']([A-Za-z][^"'<]*)["']""", source)

    assert [word for word in re.findall(r"[A-Za-z]{2,}", re.sub(r"&#?\w+;", "", visible)) if word != "Baton"] == []
    assert [text for text in spoken if " " in text.strip()] == []


def test_a_text_has_places_and_two_forms() -> None:
    assert texts.t("since", when="{now} <b>") == "since {now} <b>"
    assert texts.t("task_form.wrong", count=1).startswith("1 of")
    assert texts.t("task_form.wrong", count=3).startswith("3 of")


def test_an_unknown_key_is_refused() -> None:
    with pytest.raises(KeyError):
        texts.t("no.such.text")
