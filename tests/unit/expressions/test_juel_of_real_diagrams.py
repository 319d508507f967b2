"""Expressions that people wrote in their diagrams can all be read."""

import html
import re
from pathlib import Path

import pytest

from baton.bpm.expressions import juel

CORPUS = Path(__file__).parents[3].parent / "shared" / "corpus" / "camunda_bpm_examples"
TEXT = re.compile(r'>\s*(?:<!\[CDATA\[)?([^<>]*[$#]\{[^<]*?)(?:\]\]>)?\s*<|="([^"]*[$#]\{[^"]*)"')


def test_every_expression_of_the_example_diagrams_compiles() -> None:
    if not CORPUS.is_dir():
        pytest.skip(f"needs the example diagrams in {CORPUS.name} beside the checkout")

    texts = {
        html.unescape(element or attribute).strip()
        for file in CORPUS.rglob("*.bpmn")
        for element, attribute in TEXT.findall(file.read_text(errors="replace"))
    }

    for text in texts:
        assert juel.compile_expression(text).text == text
    assert texts
