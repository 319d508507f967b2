"""The door of the definition layer: bytes in, processes and problems out; never raises on content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from baton.bpm.definition import dialects, lint, rules, xml
from baton.bpm.definition.build import build_processes
from baton.bpm.definition.checks import Checks, NoChecks
from baton.bpm.definition.drawing import Drawing
from baton.bpm.definition.elements import Mode, Process
from baton.bpm.definition.findings import Findings
from baton.bpm.definition.limits import Limits
from baton.bpm.definition.lint.severities import Severities
from baton.bpm.definition.mending import ids
from baton.bpm.definition.mending.documents import open_document
from baton.bpm.definition.mending.stand_ins import MOST_ROUNDS, Mender
from baton.bpm.definition.problems import Problem, Severity
from baton.bpm.definition.reader import read_drawing
from baton.bpm.definition.reader.associations import read_data_names, read_handlers, read_message_flows
from baton.bpm.definition.reader.context import Context, called
from baton.bpm.definition.reader.lanes import read_lanes, read_pool_names
from baton.bpm.definition.reader.languages import named_language
from baton.bpm.definition.xml import Element


@dataclass(frozen=True, slots=True)
class Diagram:
    """What a file holds. `ok` is False if any problem is an error; `processes` is empty then.

    `problems` are sorted by line.
    """

    processes: tuple[Process, ...]
    problems: tuple[Problem, ...]
    mode: Mode
    ok: bool


def read_diagram(
    content: bytes,
    *,
    mode: Mode | None = None,
    limits: Limits | None = None,
    checks: Checks | None = None,
    severities: Severities | None = None,
) -> Diagram:
    """Read a BPMN file. `mode` None: automatic if a process is executable, else guided.

    Expressions, scripts and timer literals are compiled by `checks`; None accepts every text. With `severities` the
    lint rules are asked too, and every problem has the severity configured there.
    """
    bounds = limits or Limits()
    try:
        root, told = open_document(content, bounds)
    except xml.UnreadableXml as error:
        return Diagram((), (error.problem,), mode or Mode.AUTOMATIC, ok=False)
    return read_tree(root, told, mode=mode, limits=bounds, checks=checks or NoChecks(), severities=severities)


def read_tree(
    root: Element,
    told: tuple[Problem, ...],
    *,
    mode: Mode | None = None,
    limits: Limits,
    checks: Checks,
    severities: Severities | None = None,
) -> Diagram:
    """As `read_diagram`, from the file's `definitions`, which are mended in place; `told` was found before."""
    told += ids.mend(root)
    processes = list(xml.children(root, "process"))
    chosen = mode or _mode(processes)
    mender = Mender(root)
    for _ in range(MOST_ROUNDS):
        drawing, findings = _judge(root, processes, _context(root, chosen, limits, checks))
        errors = findings.errors()
        mended = mender.mend(errors) if errors and chosen is Mode.GUIDED else ()
        if not mended:
            break
        told += mended
    findings.extend(told)
    runs = not errors
    if severities is not None:
        lint.check_all(drawing, root, findings, severities)
    problems = findings.problems(severities)
    ok = runs and not any(problem.severity is Severity.ERROR for problem in problems)
    return Diagram(build_processes(drawing) if ok else (), problems, chosen, ok)


def _judge(root: Element, processes: list[Element], context: Context) -> tuple[Drawing, Findings]:
    drawing = read_drawing(_running(processes, context), context)
    _note_message_flows(root, context)
    _check_some_process(root, processes, context)
    rules.check_all(drawing, context.findings)
    return drawing, context.findings


def _mode(processes: list[Element]) -> Mode:
    return Mode.AUTOMATIC if any(_executable(process) for process in processes) else Mode.GUIDED


def _executable(process: Element) -> bool:
    return xml.flag(process, "isExecutable", False)


def _context(root: Element, mode: Mode, limits: Limits, checks: Checks) -> Context:
    leaving, arriving = _message_flows(root) if mode is Mode.GUIDED else ({}, {})
    return Context(
        mode=mode,
        dialect=dialects.detect(root),
        checks=checks,
        findings=Findings(limits.max_problems),
        limits=limits,
        # Without an id nothing can refer to it: what refers to nothing must not find it.
        roots={id_: element for element in root.iterchildren(xml.tag("*")) if (id_ := xml.attribute(element, "id"))},
        lanes=read_lanes(root),
        pool_names=read_pool_names(root),
        expression_language=named_language(xml.attribute(root, "expressionLanguage")),
        leaving=leaving,
        arriving=arriving,
        handlers=read_handlers(root),
        data_names=read_data_names(root),
        data_stores=frozenset(xml.attribute(part, "id") for part in root.iter(xml.tag("dataStoreReference"))),
        unnamed_signal=f"a signal of {_first_process_id(root)}",
        properties=tuple(root.iterchildren(xml.tag("correlationProperty"))),
        operations={
            xml.attribute(operation, "id"): operation
            for interface in root.iterchildren(xml.tag("interface"))
            for operation in interface.iterchildren(xml.tag("operation"))
        },
    )


def _first_process_id(root: Element) -> str:
    return next((xml.attribute(process, "id") for process in xml.children(root, "process")), "")


def _message_flows(root: Element) -> tuple[Mapping[str, tuple[str, ...]], ...]:
    running = frozenset(
        xml.attribute(element, "id")
        for process in root.iterchildren(xml.tag("process"))
        for element in process.iter(etree.Element)
    )
    return read_message_flows(root, running)


def _running(processes: list[Element], context: Context) -> list[Element]:
    """In automatic mode the executable ones; all if none is, because the caller chose the mode."""
    if context.mode is Mode.GUIDED:
        return processes
    executable = [process for process in processes if _executable(process)]
    if not executable:
        return processes
    for process in processes:
        if not _executable(process):
            context.findings.info(
                "not-executable",
                f"The {called(process)} is not executable: it is documentation and does not run.",
                "Mark it as executable in the modeler if it shall run.",
                xml.place(process),
            )
    return executable


def _note_message_flows(root: Element, context: Context) -> None:
    delivered = {id_ for ids in context.leaving.values() for id_ in ids}
    for collaboration in xml.children(root, "collaboration"):
        for flow in xml.children(collaboration, "messageFlow"):
            if xml.attribute(flow, "id") in delivered:
                continue
            context.note_once(
                "message-flow",
                "message-flow",
                f"The {called(flow)} is documentation: no message is delivered along it.",
                "Nothing has to be done; people and workers pass on what the other side has to know.",
                flow,
            )


def _check_some_process(root: Element, processes: list[Element], context: Context) -> None:
    if processes:
        return
    drawn = sorted({xml.local_name(part) for part in root.iterchildren(xml.tag("*"))} & set(_NOT_PROCESSES))
    instead = " and ".join(_NOT_PROCESSES[name] for name in drawn)
    context.error(
        "process-required",
        f"The file holds no process{', only ' + instead if instead else ''}: there is nothing that could run.",
        "Draw a process with at least one task, or upload another file.",
        root,
    )


_NOT_PROCESSES = {
    "choreography": "a choreography (who exchanges what with whom)",
    "collaboration": "pools without content",
    "conversation": "a conversation",
}
