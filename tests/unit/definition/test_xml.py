"""The door: encodings, prefixes, limits and attacks."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from baton.bpm.definition.elements import UserTask
from baton.bpm.definition.importer import Diagram, read_diagram
from baton.bpm.definition.limits import Limits

NAMESPACE = "http://www.omg.org/spec/BPMN/20100524/MODEL"


def text(encoding: str, prefix: str = "bpmn:", name: str = "Prüfen") -> str:
    declared = f":{prefix[:-1]}" if prefix else ""
    return (
        f'<?xml version="1.0" encoding="{encoding}"?>\n'
        f'<{prefix}definitions xmlns{declared}="{NAMESPACE}">\n'
        f'<{prefix}process id="P" isExecutable="true">\n<{prefix}userTask id="T" name="{name}"/>\n</{prefix}process>\n'
        f"</{prefix}definitions>"
    )


def task_name(diagram: Diagram) -> str:
    assert diagram.ok, diagram.problems
    task = diagram.processes[0].elements.nodes[0]
    assert isinstance(task, UserTask)
    return task.name


def only_rule(content: bytes, **how: Limits) -> tuple[str, int]:
    diagram = read_diagram(content, **how)
    assert not diagram.ok
    assert diagram.processes == ()
    (problem,) = diagram.problems
    assert problem.message
    assert problem.fix
    return problem.rule, problem.line


@pytest.mark.parametrize(
    ("declared", "codec"),
    [
        ("UTF-8", "utf-8"),
        ("UTF-8", "utf-8-sig"),
        ("UTF-16", "utf-16"),
        ("UTF-16", "utf-16-be"),
        ("UTF-16", "utf-16-le"),
        ("ISO-8859-1", "latin-1"),
        ("Windows-1252", "cp1252"),
    ],
)
def test_every_encoding_of_real_tools_is_read(declared: str, codec: str) -> None:
    diagram = read_diagram(text(declared).encode(codec))

    assert task_name(diagram) == "Prüfen"


def test_windows_1252_carries_its_own_characters() -> None:
    assert task_name(read_diagram(text("Windows-1252", name="50 €").encode("cp1252"))) == "50 €"


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig"])
def test_a_utf_8_file_that_calls_itself_utf_16_is_read(codec: str) -> None:
    assert task_name(read_diagram(text("UTF-16").encode(codec))) == "Prüfen"


@pytest.mark.parametrize("prefix", ["", "bpmn:", "bpmn2:", "semantic:", "model:", "ns0:"])
def test_any_prefix_may_stand_for_the_namespace(prefix: str) -> None:
    assert task_name(read_diagram(text("UTF-8", prefix=prefix).encode())) == "Prüfen"


@pytest.mark.parametrize(
    ("content", "rule", "line"),
    [
        (b"", "not-xml", 0),
        (b"  \n ", "not-xml", 0),
        (b"hello", "not-xml", 1),
        (b"<a>\n<b>\n</a>", "not-xml", 3),
        (b"PK\x03\x04binary\x00\xff", "not-xml", 1),
        (b'<?xml version="1.0"?>\n<html/>', "not-bpmn", 2),
        (b'<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"/>', "not-bpmn", 1),
        (b"<definitions/>", "not-bpmn", 1),
        (b'<?xml version="1.0" encoding="klingon"?><a/>', "unknown-encoding", 1),
        (b'<?xml version="1.0" encoding="UTF-8"?>\n<a n="\xfc"/>', "unknown-encoding", 2),
    ],
)
def test_what_is_not_bpmn_is_one_problem_with_its_line(content: bytes, rule: str, line: int) -> None:
    assert only_rule(content) == (rule, line)


def billion_laughs(content: str) -> str:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    return f'<!DOCTYPE a [<!ENTITY l0 "lol">{levels}]>{content}'


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-16-le", "latin-1"])
@pytest.mark.parametrize(
    "document",
    [
        "<!DOCTYPE a><a/>",
        '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        '<!DOCTYPE a PUBLIC "p" "http://127.0.0.1:9/x.dtd"><a/>',
        '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>',
        '<!DOCTYPE a [<!ENTITY e "v">]><a n="&e;"/>',
        '<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p"> %p;]><a/>',
        '<!DOCTYPE a [<!ATTLIST a b CDATA "filled in">]><a/>',
        billion_laughs('<a n="&l11;"/>'),
        billion_laughs("<a>&l11;</a>"),
    ],
)
def test_a_doctype_is_refused_in_every_encoding(document: str, codec: str) -> None:
    declared = "" if codec in ("utf-8-sig", "utf-16") else f'<?xml version="1.0" encoding="{codec[:6]}"?>'
    if codec == "latin-1":
        declared = '<?xml version="1.0" encoding="ISO-8859-1"?>'

    rule, _ = only_rule((declared + document).encode(codec))

    assert rule == "doctype"


def test_an_external_dtd_is_not_read_from_disk(tmp_path: Path) -> None:
    dtd = tmp_path / "x.dtd"
    dtd.write_text('<!ATTLIST a b CDATA "from the disk">')

    rule, _ = only_rule(f'<!DOCTYPE a SYSTEM "{dtd.as_uri()}"><a/>'.encode())

    assert rule == "doctype"


def test_an_undefined_entity_is_not_well_formed() -> None:
    assert only_rule(f'<definitions xmlns="{NAMESPACE}">&nothing;</definitions>'.encode())[0] == "not-xml"


def test_more_than_two_megabytes_are_refused() -> None:
    assert only_rule(b"<a>" + b" " * (2 * 1024 * 1024) + b"</a>") == ("file-too-large", 0)


def test_more_than_fifty_thousand_elements_are_refused() -> None:
    content = f'<definitions xmlns="{NAMESPACE}">'.encode() + b"<a/>" * 50_000 + b"</definitions>"

    assert only_rule(content) == ("too-many-elements", 1)


def test_more_than_sixty_four_attributes_on_one_element_are_refused() -> None:
    attributes = " ".join(f'a{n}="1"' for n in range(65))

    assert only_rule(f'<definitions xmlns="{NAMESPACE}">\n<a {attributes}/></definitions>'.encode()) == (
        "too-many-attributes",
        2,
    )


@pytest.mark.parametrize("depth", [251, 300, 100_000])
def test_deep_nesting_is_refused(depth: int) -> None:
    assert only_rule(b"<a>" * depth + b"</a>" * depth)[0] == "too-deep"


def test_limits_can_be_set_by_the_caller() -> None:
    content = text("UTF-8").encode()

    assert only_rule(content, limits=Limits(max_bytes=10))[0] == "file-too-large"
    assert only_rule(content, limits=Limits(max_elements=2))[0] == "too-many-elements"
    assert only_rule(content, limits=Limits(max_depth=2))[0] == "too-deep"


@pytest.mark.parametrize(
    "content",
    [
        b"<a " + b" ".join(b'a%d="1"' % n for n in range(170_000)) + b"/>",
        b"<a " + b" ".join(b'xmlns:a%d="u:%d"' % (n, n) for n in range(80_000)) + b"/>",
        b"<a>" + b"<b/>" * 500_000 + b"</a>",
        b'<?xml version="1.0" encoding="UTF-8"?>' + b"<" * 2_000_000,
    ],
)
def test_hostile_files_are_refused_in_bounded_time(content: bytes) -> None:
    begun = time.process_time()

    only_rule(content)

    assert time.process_time() - begun < 5


def test_a_line_beyond_65534_is_unknown_rather_than_wrong() -> None:
    content = (
        f'<definitions xmlns="{NAMESPACE}">'.encode() + b"\n" * 70_000 + b'<process id="P"><callChoreography id="C"/>'
    )

    diagram = read_diagram(content + b"</process></definitions>")

    assert [problem.line for problem in diagram.problems if problem.rule == "unsupported-element"] == [0]
