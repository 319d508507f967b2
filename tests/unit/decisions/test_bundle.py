"""Files that import each other by their namespaces."""

from __future__ import annotations

from datetime import datetime

from baton.bpm.decisions.bundle import imported_files, is_dmn, read_bundle

DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def file(name: str, *imports: str, body: str = "") -> bytes:
    wanted = "".join(f'<import name="{other}" namespace="urn:{other}" importType="{DMN}"/>' for other in imports)
    own = body or "<literalExpression><text>1</text></literalExpression>"
    return (
        f'<definitions xmlns="{DMN}" id="{name}" name="{name}" namespace="urn:{name}">{wanted}'
        f'<decision id="d_{name}" name="{name}"><variable name="{name}"/>{own}</decision></definitions>'
    ).encode()


def requires(other: str) -> str:
    return (
        f'<informationRequirement><requiredDecision href="urn:{other}#d_{other}"/></informationRequirement>'
        f"<literalExpression><text>{other}.{other} + 1</text></literalExpression>"
    )


def test_an_imported_file_is_read_first_whatever_the_order(now: datetime) -> None:
    files = {
        "a.dmn": file("a", "b", body=requires("b")),
        "b.dmn": file("b", "c", body=requires("c")),
        "c.dmn": file("c"),
    }

    read = read_bundle(files)

    assert list(read) == ["a.dmn", "b.dmn", "c.dmn"]
    assert all(diagram.ok for diagram in read.values()), [diagram.problems for diagram in read.values()]
    assert read["a.dmn"].model is not None
    assert read["a.dmn"].model.evaluate("a", {}, now=now).output == 3
    assert imported_files(files) == {"a.dmn": {"b.dmn", "c.dmn"}, "b.dmn": {"c.dmn"}, "c.dmn": set()}


def test_files_that_import_each_other_are_refused_and_nothing_hangs() -> None:
    read = read_bundle({"a.dmn": file("a", "b"), "b.dmn": file("b", "a"), "c.dmn": file("c")})

    assert [diagram.ok for diagram in read.values()] == [False, False, True]
    assert ["import-cycle" in {problem.rule for problem in read[name].problems} for name in ("a.dmn", "b.dmn")] == [
        True,
        True,
    ]


def test_a_file_that_imports_itself_is_refused() -> None:
    assert not read_bundle({"a.dmn": file("a", "a")})["a.dmn"].ok


def test_a_namespace_that_two_files_have_cannot_be_imported() -> None:
    read = read_bundle({"a.dmn": file("a", "b"), "b.dmn": file("b"), "again.dmn": file("b")})

    (problem,) = [problem for problem in read["a.dmn"].problems if problem.rule == "import-ambiguous"]
    assert "'b.dmn' and 'again.dmn'" in problem.message


def test_an_import_that_nobody_gave_says_to_upload_it_with_the_file() -> None:
    (problem,) = [p for p in read_bundle({"a.dmn": file("a", "z")})["a.dmn"].problems if p.rule == "import-not-found"]

    assert "urn:z" in problem.message
    assert "together" in problem.fix


def test_a_file_that_cannot_be_read_does_not_keep_the_others_out() -> None:
    read = read_bundle({"a.dmn": b"<a", "b.dmn": file("b")})

    assert [diagram.ok for diagram in read.values()] == [False, True]


def test_decisions_are_known_by_their_root_and_not_by_their_name() -> None:
    assert is_dmn(file("a"))
    assert is_dmn(file("a").decode().encode("utf-16"))
    assert not is_dmn(b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><a b="/DMN/"/></definitions>')
    assert not is_dmn(b"<a /DMN/")
