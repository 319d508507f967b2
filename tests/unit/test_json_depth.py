"""The depth of a JSON text is found without recursion, on any bytes."""

from __future__ import annotations

import threading
from time import process_time

import pytest

from baton.app import variable_texts
from baton.bpm.values.json_depth import nests_deeper


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        (b"[" * 5 + b"]" * 5, 4),
        (b'{"a": [{"b": [1]}]}', 3),
        (b"[],[],[" + b"[" * 4, 4),
        (b'"quoted [" [[', 1),
        (b"[" * 100_000, 100),
    ],
)
def test_a_text_that_is_deeper_is_found(text: bytes, levels: int) -> None:
    assert nests_deeper(text, levels)
    assert not nests_deeper(text, 100_001)


@pytest.mark.parametrize(
    "text",
    [
        b"[]" * 200,
        b'"' + b"[" * 200 + b'"',
        b'"\\"' + b"[" * 200 + b'"',
        b'"\\\\\\"' + b"{" * 200,
        b"]" * 10 + b"[" * 100,
        b'"' + b"[" * 200 + b"\\",
    ],
)
def test_brackets_side_by_side_or_in_strings_are_not_depth(text: bytes) -> None:
    assert not nests_deeper(text, 100)


@pytest.mark.parametrize("part", [b"[],", b'"', b'\\"', b'"\\', b'"['])
def test_a_hostile_megabyte_takes_less_than_a_second_of_work(part: bytes) -> None:
    begin = process_time()

    nests_deeper(b"[" * 90 + b"]" * 90 + b"[]" * 20 + part * (1_000_000 // len(part)), 100)

    assert process_time() - begin < 1


def test_a_hundred_thousand_levels_do_not_end_a_thread_with_a_small_stack() -> None:
    texts = {}
    before = threading.stack_size(512 * 1024)
    try:
        worker = threading.Thread(target=lambda: texts.update([variable_texts.parse("deep=" + "[" * 100_000)]))
        worker.start()
        worker.join()
    finally:
        threading.stack_size(before)

    assert texts == {"deep": "[" * 100_000}
