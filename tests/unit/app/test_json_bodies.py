"""A refused body names the member that is wrong."""

from datetime import datetime
from enum import StrEnum

import msgspec
import pytest

from baton.app.api import json_bodies
from baton.app.api.shapes import Request, Variables
from baton.bpm import errors


class Size(StrEnum):
    SMALL = "small"
    LARGE = "large"


class Body(Request, frozen=True, kw_only=True):
    variables: Variables = msgspec.field(default_factory=dict)
    due_at: int = 0
    size: Size | None = None
    sizes: list[Size] = msgspec.field(default_factory=list)
    at: datetime | None = None


DECODER = msgspec.json.Decoder(Body)


def test_a_good_body_is_decoded_with_camel_case_names():
    body = json_bodies.decode(DECODER, b'{"variables": {"amount": 12345678901234567890}, "dueAt": 3}')

    assert body == Body(variables={"amount": 12345678901234567890}, due_at=3)


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        (b"", "body"),
        (b"not json", "body"),
        (b"\xff\xfe{}", "body"),
        (b'{"variables": {"amount": NaN}}', "variables.amount"),
        (b'{"variables": {"amount": Infinity}}', "variables.amount"),
        (b'{"variables": {"amount": -Infinity}}', "variables.amount"),
        (b'{"variables": {"items": [1, {"x": 2, "price": NaN}]}}', "variables.items[1].price"),
        (b'{"variables": {"a\\"b": "{[", "amount": NaN}}', "variables.amount"),
        (b'{"variables": {"amount": 1', "variables.amount"),
    ],
)
def test_what_is_not_json_is_a_400_that_names_the_member(raw, field):
    with pytest.raises(json_bodies.MalformedBody) as refused:
        json_bodies.decode(DECODER, raw)

    assert refused.value.field == field
    assert refused.value.status == 400


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        (b"[]", "body"),
        (b'{"variables": []}', "variables"),
        (b'{"dueAt": "soon"}', "dueAt"),
        (b'{"due": 1}', "due"),
        (b'{"variables": {"amount": 1e999}}', "variables"),
    ],
)
def test_a_wrong_type_or_unknown_member_is_a_422_that_names_the_member(raw, field):
    with pytest.raises(errors.InvalidCommand) as refused:
        json_bodies.decode(DECODER, raw)

    assert refused.value.field == field


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b'{"size": "huge"}', "Expected one of small, large, found 'huge', in 'size'."),
        (b'{"sizes": ["small", "huge"]}', "Expected one of small, large, found 'huge', in 'sizes[1]'."),
        (b'{"at": "tomorrow"}', "such as 2026-12-24T18:00:00Z, in 'at'."),
    ],
)
def test_what_would_be_allowed_is_told(raw, expected):
    with pytest.raises(errors.InvalidCommand) as refused:
        json_bodies.decode(DECODER, raw)

    assert refused.value.message.endswith(expected)


def test_a_thousand_levels_are_refused_and_the_way_there_is_named():
    raw = b'{"variables": {"first": {}, "deep": ' + b"[" * 1100 + b"]" * 1100 + b"}}"

    with pytest.raises(errors.InvalidCommand) as refused:
        json_bodies.decode(DECODER, raw)

    assert refused.value.field.startswith("variables.deep[0]")
    assert "100 levels" in refused.value.message


@pytest.mark.parametrize("offset", range(0, 60, 7))
def test_finding_a_place_never_fails_on_any_bytes(offset):
    junk = b'}}]],:"\\"{{[[,,1:"a":{"b' * 3

    assert isinstance(json_bodies.path_at(junk, offset), str)
