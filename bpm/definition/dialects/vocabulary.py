"""The neutral words every dialect is translated into, and what becomes of a vendor's other words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from baton.bpm.definition.elements import Binding, DataMapping, Expression, Text
from baton.bpm.definition.event_definitions import InProcess
from baton.bpm.definition.language import Variable
from baton.bpm.definition.xml import Element


@dataclass(frozen=True, slots=True)
class Job:
    """How a task is done by a worker. `stands_for` says in words what the type replaces, empty if nothing.

    `result_variable` is where the file would put a result, which a job does not have; empty if nowhere.
    `unread_retry_cycle` is the text of a retry cycle in a form that is not read, empty if there is none;
    `retry_cycle` is one that is known only when the job begins. `in_process` does the work instead of a worker.
    """

    type: Text
    retries: Text | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    stands_for: str = ""
    result_variable: str = ""
    retry_pauses: tuple[float, ...] = ()
    unread_retry_cycle: str = ""
    retry_cycle: Expression | None = None
    priority: Text | None = None
    in_process: InProcess | None = None


@dataclass(frozen=True, slots=True)
class RetryWords:
    """A retry cycle: tries in all and the seconds between them, or an expression; `unread` is one in another form."""

    retries: Text | None = None
    pauses: tuple[float, ...] = ()
    cycle: Expression | None = None
    unread: str = ""


@dataclass(frozen=True, slots=True)
class ErrorWords:
    """When a job ends with a BPMN error: the id of the file's error, and the condition as written."""

    reference: str
    expression: str


@dataclass(frozen=True, slots=True)
class UnsupportedWork:
    """A kind of task that cannot be run; `words` completes "The task has ...", `fix` is a sentence of its own."""

    words: str
    fix: str


@dataclass(frozen=True, slots=True)
class ScriptSource:
    """A script as the file has it; `format` is the file's own word for the language."""

    text: str
    format: str = ""
    result_variable: str | None = None


@dataclass(frozen=True, slots=True)
class DecisionSource:
    """A called decision as the file has it; `binding` and `mapping` are the file's own words, empty where missing."""

    decision: str
    binding: str = ""
    version: str = ""
    version_tag: str = ""
    result_variable: str = ""
    mapping: str = ""


@dataclass(frozen=True, slots=True)
class ListenerWords:
    """A listener as the file has it: `event` in our words where there is one; one of the others says what it does.

    `fields` are parameters of its job; `timer` is the timer definition of one that is called when time is up.
    """

    event: str
    expression: Text | None = None
    script: ScriptSource | None = None
    job: Job | None = None
    fields: tuple[DataMapping, ...] = ()
    timer: Element | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """The value of an input or output parameter: a text, a script, a list or a map of such."""

    text: str = ""
    script: ScriptSource | None = None
    items: tuple[Parameter, ...] | None = None
    entries: tuple[tuple[str, Parameter], ...] | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """What a call activity calls; `called` None if nothing is said. `inputs` and `outputs` are what crosses besides.

    `own_inputs` see the activity's own variables alone, `own_outputs` and with `own_all_out` all others stay there.
    """

    called: Text | None = None
    binding: Binding = Binding.LATEST
    version: Text | None = None
    business_key: Text | None = None
    inputs: tuple[DataMapping, ...] = ()
    outputs: tuple[DataMapping, ...] = ()
    all_in: bool = True
    all_out: bool = True
    local_in: bool = False
    own_inputs: tuple[DataMapping, ...] = ()
    own_outputs: tuple[DataMapping, ...] = ()
    own_all_out: bool = False
    out_when_thrown: bool = False


@dataclass(frozen=True, slots=True)
class Mappings:
    """What an activity gets as variables of its own, and what it gives out; perhaps nothing else leaves it."""

    inputs: tuple[DataMapping, ...] = ()
    outputs: tuple[DataMapping, ...] = ()
    only_mapped_out: bool = False


@dataclass(frozen=True, slots=True)
class MultiInstanceWords:
    """What a vendor's words say about a multi-instance activity."""

    collection: Text | Variable | None = None
    element: str | None = None
    output_collection: str | None = None
    output_element: Expression | None = None


@dataclass(frozen=True, slots=True)
class AdHocWords:
    """What a vendor's words say about an ad-hoc sub-process."""

    active_elements: Text | None = None
    output_collection: str | None = None
    output_element: Expression | None = None


class Effect(StrEnum):
    """What happens to a vendor's attribute or extension element."""

    READ = "read"
    IGNORED = "ignored"
    WARNED = "warned"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Treatment:
    """`message` completes "The <attribute> of <element> ...", `fix` is a sentence of its own."""

    effect: Effect
    message: str = ""
    fix: str = ""


READ = Treatment(Effect.READ)
IGNORED = Treatment(Effect.IGNORED, "is not used", "Nothing has to be done; the process runs without it.")


def ignored(message: str, fix: str = IGNORED.fix) -> Treatment:
    """Left out without changing what the process does; said once per file."""
    return Treatment(Effect.IGNORED, message, fix)


def warned(message: str, fix: str) -> Treatment:
    """Left out, and the author should know at each place."""
    return Treatment(Effect.WARNED, message, fix)


def refused(message: str, fix: str) -> Treatment:
    """Would change the run, so the file is not accepted with it."""
    return Treatment(Effect.REFUSED, message, fix)
