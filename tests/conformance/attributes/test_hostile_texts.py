"""Names, documentation and extension texts are data: whatever they hold, they are shown and never done."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

import pytest

from baton.bpm.execution import diagrams
from baton.bpm.runtime import job_leases
from tests.conformance.attributes.drawn import chain, covers, file, node, run
from tests.integration.support import WORKER, Desk

HOSTILE = [
    "'; DROP TABLE job; --",
    "{0.__class__.__mro__} {password} %s %(x)s %n",
    "<script>alert(1)</script>",
    "{{ 7 * 7 }} {% raw %} ${7*7} #{7*7} =7*7",
    "__import__('os').system('id')",
    "../../../etc/passwd\u202egnp.exe",
    "$(touch /tmp/x) `id` | cat",
    "𝕳" * 300,
]
WORDS = (
    "camunda:type", "camunda:topic", "camunda:assignee", "camunda:candidateGroups", "camunda:formKey",
    "camunda:versionTag", "camunda:resultVariable", "camunda:class", "camunda:brandNew", "flowable:type",
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("word", WORDS)
@covers("hostile texts")
def test_any_text_in_any_word_is_accepted_or_refused_with_a_reason(word, text):
    body = chain(node("serviceTask", attributes=f"{word}={quoteattr(text)} name={quoteattr(text)}"))
    body = body.replace("<startEvent", f"<documentation>{escape(text)}</documentation><startEvent")

    diagram = diagrams.read(file(body).encode())

    for problem in diagram.problems:
        assert len(problem.message) < 1_500
        assert "49" not in problem.message
        assert problem.fix
    assert diagram.ok or any(problem.severity == "error" for problem in diagram.problems)


@pytest.mark.parametrize("text", HOSTILE[:-1])
@covers("hostile texts")
def test_hostile_texts_reach_people_and_workers_as_they_are(desk: Desk, text):
    # Marks of an expression would make it one.
    literal = text.replace("$", "").replace("#", "")
    field = f"<camunda:field name='f'><camunda:string>{escape(literal)}</camunda:string></camunda:field>"
    property_ = f"<camunda:property name={quoteattr(text)} value={quoteattr(text)}/>"
    properties = f"<camunda:properties>{property_}</camunda:properties>"
    words = f'camunda:class="org.Ship" name={quoteattr(text)}'
    desk.deploy(file(chain(node("serviceTask", field, properties, attributes=words)), key="order").encode())
    desk.start()

    (job,) = job_leases.activate(desk.engine, actor=WORKER, types=["org.Ship"], worker="w1")

    assert job.headers == {text: text}
    assert job.variables["f"] == literal


@pytest.mark.parametrize("text", HOSTILE[:-1])
@covers("hostile texts")
def test_a_hostile_name_is_shown_in_incidents_as_it_is(text):
    words = f'camunda:expression="${{missing.size()}}" name={quoteattr(text)}'
    words = words.replace("missing.size()", "1 / 0")

    (incident,) = run(chain(node("serviceTask", attributes=words))).start().incidents

    assert text in incident.event.message
