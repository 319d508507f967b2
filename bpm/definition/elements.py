"""What a diagram says, read once: BPMN's own words as frozen values.

The reader (`definition.reader`) makes these from XML, the dialects fill in vendor attributes in one
neutral vocabulary, `execution.specs` turns them into runnable specs. Nothing here executes.

A text that may be a literal or an expression is `str` (literal) or `Expression`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from baton.bpm.definition.continuations import Continuations, JobRules
from baton.bpm.definition.event_definitions import CronForm as CronForm
from baton.bpm.definition.event_definitions import EventDefinition, InProcess, JobDefinition, MessageEventDefinition
from baton.bpm.definition.event_definitions import TerminateEventDefinition as TerminateEventDefinition
from baton.bpm.definition.event_definitions import TimerEventDefinition as TimerEventDefinition
from baton.bpm.definition.event_definitions import TimerKind as TimerKind
from baton.bpm.definition.language import Expression as Expression
from baton.bpm.definition.language import Language as Language
from baton.bpm.definition.language import Text as Text
from baton.bpm.definition.loops import LoopCharacteristics
from baton.bpm.definition.mappings import Connector as Connector
from baton.bpm.definition.mappings import DataMapping as DataMapping
from baton.bpm.definition.mappings import Entries as Entries
from baton.bpm.definition.mappings import Items as Items
from baton.bpm.definition.mappings import Script as Script
from baton.bpm.definition.mappings import ScriptLanguage as ScriptLanguage
from baton.bpm.definition.mappings import Source as Source
from baton.bpm.definition.starters import ANYBODY, Starters


class Mode(StrEnum):
    """How strictly a file is run, see `docs/semantics.md`."""

    AUTOMATIC = "automatic"
    GUIDED = "guided"


class Binding(StrEnum):
    """Which version of a called process, a decision or a form is meant; in the words of Camunda 7 and 8."""

    LATEST = "latest"
    DEPLOYMENT = "deployment"
    VERSION = "version"
    VERSION_TAG = "versionTag"


class DecisionResultMapping(StrEnum):
    """What becomes of a decision's result: the value as FEEL has it (Camunda 8), or Camunda 7's view of it as rows.

    `variables` (SpiffWorkflow): each output of the only row is a variable of its name.
    """

    VALUE = "value"
    SINGLE_ENTRY = "singleEntry"
    SINGLE_RESULT = "singleResult"
    COLLECT_ENTRIES = "collectEntries"
    RESULT_LIST = "resultList"
    VARIABLES = "variables"


class ListenerEvent(StrEnum):
    """When a listener is called: around a flow node, on a sequence flow, or around a user task."""

    START = "start"
    END = "end"
    TAKE = "take"
    CREATE = "create"
    ASSIGNMENT = "assignment"
    UPDATE = "update"
    COMPLETE = "complete"
    DELETE = "delete"
    TIMEOUT = "timeout"


@dataclass(frozen=True, slots=True)
class Listener:
    """Done by the engine (an expression for its effects, a script) or by a worker, before the flow goes on.

    `timer` is when a `timeout` listener is called.
    """

    event: ListenerEvent
    work: Expression | Script | JobDefinition
    timer: TimerEventDefinition | None = None


@dataclass(frozen=True, slots=True)
class ErrorMapping:
    """The work of a job ends with the BPMN error `code` if `condition` holds when it is completed or fails."""

    condition: Expression
    code: Text
    message: Text | None = None


class FormPlace(StrEnum):
    """How a diagram names a form: by the id of a form definition, by a key, or field by field."""

    ID = "id"
    KEY = "key"
    FIELDS = "fields"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """A vendor's form field in the diagram. `options` are (id, name), `constraints` (name, value) as written."""

    id: str
    label: str = ""
    type: str = "string"
    default: Text | None = None
    date_pattern: str = ""
    options: tuple[tuple[str, str], ...] = ()
    constraints: tuple[tuple[str, str], ...] = ()
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSource:
    """Where the form of a user task or start event is. `version` is a version's number or tag, as `binding` says.

    `embedded` is the form's JSON where the diagram holds it; `business_key` the id of the field that becomes it.
    """

    place: FormPlace
    reference: Text = ""
    binding: Binding = Binding.LATEST
    version: str = ""
    embedded: str = ""
    fields: tuple[FormField, ...] = ()
    business_key: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class SequenceFlow:
    """An arrow; `condition` is None when there is none or it is its source's default flow."""

    id: str
    name: str
    source: str
    target: str
    condition: Expression | None = None
    line: int = 0
    listeners: tuple[Listener, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowNode:
    """Anything a sequence flow may touch. `lane` is the name of the innermost lane that holds it.

    `message_flows` (guided mode) are the ids of those that leave it for another pool. `continuations` None: the run is
    not divided here; `job_rules` are those of Baton's own jobs here: its continuations and its timer.
    """

    id: str
    name: str = ""
    documentation: str = ""
    lane: str | None = None
    line: int = 0
    message_flows: tuple[str, ...] = ()
    listeners: tuple[Listener, ...] = ()
    continuations: Continuations | None = None
    job_rules: JobRules | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(FlowNode):
    """What all events may carry: variables of its own, and what it gives to the scope; see `Activity`."""

    inputs: tuple[DataMapping, ...] = ()
    outputs: tuple[DataMapping, ...] = ()
    only_mapped_out: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StartEvent(Event):
    """`event` None is a none start event. `interrupting` matters in event sub-processes only.

    `initiator` names the variable that gets who started the process.
    """

    event: EventDefinition | None = None
    interrupting: bool = True
    initiator: str | None = None
    form: str | None = None
    form_source: FormSource | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndEvent(Event):
    """`event` None is a none end event."""

    event: EventDefinition | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IntermediateCatchEvent(Event):
    """`event` None only in guided mode: a person says when to continue."""

    event: EventDefinition | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IntermediateThrowEvent(Event):
    """`event` None is a none throw event: passed through."""

    event: EventDefinition | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundaryEvent(Event):
    """`event` None only in guided mode. `handler` is the activity that compensates, for compensation events."""

    attached_to: str
    interrupting: bool = True
    event: EventDefinition | None = None
    handler: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity(FlowNode):
    """`default` is the id of the default outgoing flow.

    `inputs` are written to variables of the activity's own before it begins, `outputs` to the scope after it. With
    `only_mapped_out` nothing else of what it gives leaves it. While `skip` holds, its work is left out.
    """

    default: str | None = None
    skip: Expression | None = None
    loop: LoopCharacteristics | None = None
    for_compensation: bool = False
    start_quantity: int = 1
    completion_quantity: int = 1
    inputs: tuple[DataMapping, ...] = ()
    outputs: tuple[DataMapping, ...] = ()
    only_mapped_out: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AbstractTask(Activity):
    """`bpmn:task`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualTask(Activity):
    """`bpmn:manualTask`; `awaited` if the token waits until a person says that it is done."""

    awaited: bool = False


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who and when of a user task; every part literal or expression, None when not set.

    `candidate_users` and `candidate_groups` are one text with commas, or an expression yielding a
    list or such a text. Dates are ISO 8601 date-times, or durations from creation.
    """

    assignee: Text | None = None
    candidate_users: Text | None = None
    candidate_groups: Text | None = None
    due_date: Text | None = None
    follow_up_date: Text | None = None
    priority: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UserTask(Activity):
    """`form` is a form reference as the diagram gives it (form key or form id).

    `label` is what people see instead of the name, where the name is an expression.
    """

    assignment: Assignment = Assignment()
    label: Expression | None = None
    form: Text | None = None
    form_source: FormSource | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceTask(Activity):
    """`job_type` None only in guided mode (a person does it), or where `in_process` says that the engine does it.

    `retry_pauses`: seconds before the second try, the third, ..., the last one again and again; empty: the server's.
    `connector`: mappings between the task's own and the worker.
    """

    job_type: Text | None = None
    retries: Text | None = None
    retry_pauses: tuple[float, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    retry_cycle: Expression | None = None
    priority: Text | None = None
    in_process: InProcess | None = None
    errors: tuple[ErrorMapping, ...] = ()
    connector: Connector | None = None

    @property
    def job(self) -> JobDefinition | None:
        """The worker's job."""
        if self.job_type is None:
            return None
        return JobDefinition(
            self.job_type, self.retries, self.retry_pauses, self.headers, self.retry_cycle, self.priority
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SendTask(Activity):
    """Sends a message without a worker (with one it is a `ServiceTask`)."""

    message: MessageEventDefinition


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveTask(Activity):
    """Waits for a message; `message` None only in guided mode. `instantiate`: the message starts the process."""

    message: MessageEventDefinition | None = None
    instantiate: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CallActivity(Activity):
    """Calls another process; its `inputs` and `outputs` cross between the two.

    `version` goes with the bindings `version` and `versionTag`. `all_in` and `all_out`: every variable crosses, or
    with `local_in` every one of its own. `locals` are variables of its own, `results` what it gives to its scope when
    all has crossed. `own_inputs` see its own variables alone; what `own_outputs` and `own_all_out` bring becomes its
    own. `out_when_thrown`: the called process's variables come back with its errors and escalations too.
    `called` None only in guided mode.
    """

    called: Text | None = None
    binding: Binding = Binding.LATEST
    version: Text | None = None
    business_key: Text | None = None
    all_in: bool = True
    all_out: bool = True
    local_in: bool = False
    own_inputs: tuple[DataMapping, ...] = ()
    own_outputs: tuple[DataMapping, ...] = ()
    own_all_out: bool = False
    out_when_thrown: bool = False
    locals: tuple[DataMapping, ...] = ()
    results: tuple[DataMapping, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CalledDecision:
    """Which decision is made, by its id. `version` belongs to that binding, and `version_tag` to its own.

    `result_variable` None: the result is in the audit only.
    """

    decision: Text
    binding: Binding = Binding.LATEST
    version: Text | None = None
    version_tag: Text | None = None
    result_variable: str | None = None
    mapping: DecisionResultMapping = DecisionResultMapping.VALUE


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessRuleTask(Activity):
    """One that makes a decision; one that a worker does is a `ServiceTask`."""

    called_decision: CalledDecision


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptTask(Activity):
    """`script` None only in guided mode (a person does it)."""

    script: Script | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExclusiveGateway(FlowNode):
    """BPMN 10.6.2."""

    default: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InclusiveGateway(FlowNode):
    """BPMN 10.6.3."""

    default: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParallelGateway(FlowNode):
    """BPMN 10.6.4."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventBasedGateway(FlowNode):
    """BPMN 10.6.6. `instantiate`: its events start the process; `parallel`: all of them must happen."""

    instantiate: bool = False
    parallel: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplexGateway(FlowNode):
    """BPMN 10.6.5. `activation_condition` None only in guided mode: the first token activates it."""

    default: str | None = None
    activation_condition: Expression | None = None


@dataclass(frozen=True, slots=True)
class FlowElements:
    """What one process or sub-process holds, in document order; flows stay within their scope."""

    nodes: tuple[FlowNode, ...] = ()
    flows: tuple[SequenceFlow, ...] = ()

    def walk(self) -> Iterator[FlowNode]:
        """Every flow node, sub-processes' contents after the sub-process itself; not recursive."""
        open_ = [iter(self.nodes)]
        while open_:
            node = next(open_[-1], None)
            if node is None:
                open_.pop()
                continue
            yield node
            if isinstance(node, SubProcess):
                open_.append(iter(node.elements.nodes))


@dataclass(frozen=True, slots=True, kw_only=True)
class SubProcess(Activity):
    """An embedded sub-process. `local_variables` (properties, data objects) begin as null in its own scope."""

    elements: FlowElements = FlowElements()
    local_variables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSubProcess(SubProcess):
    """Begins when one of its start events happens while the scope around it is alive (BPMN 10.3.5)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction(SubProcess):
    """Can be cancelled: its completed activities are then compensated (BPMN 10.3.5)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdHocSubProcess(SubProcess):
    """Its activities are done in whatever order is chosen (BPMN 10.3.5).

    `active_elements` (Camunda 8) yields the ids to begin with; without it people choose. The value of
    `output_element`, when something in it is done, goes into the list `output_collection`.
    """

    parallel: bool = True
    completion_condition: Expression | None = None
    cancel_remaining: bool = True
    active_elements: Text | None = None
    output_collection: str | None = None
    output_element: Expression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One `bpmn:process` that can be run. `key` is its id in the file.

    `history_time_to_live` is kept as the file says it: days, or an ISO 8601 duration.
    """

    key: str
    name: str = ""
    documentation: str = ""
    version_tag: str | None = None
    starters: Starters = ANYBODY
    history_time_to_live: str | None = None
    mode: Mode = Mode.AUTOMATIC
    elements: FlowElements = FlowElements()
    listeners: tuple[Listener, ...] = ()
    line: int = 0
