"""BPMN 2.0 without a vendor's extensions, as bpmn.io writes it; also the base of the other dialects.

Reads what the standard itself offers: `humanPerformer`, `potentialOwner`, `implementation`, `script`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from baton.bpm.definition import xml
from baton.bpm.definition.continuations import Continuations, JobRules
from baton.bpm.definition.dialects.roles import read_roles
from baton.bpm.definition.dialects.vocabulary import (
    AdHocWords,
    Call,
    DecisionSource,
    ErrorWords,
    Job,
    ListenerWords,
    Mappings,
    MultiInstanceWords,
    Parameter,
    RetryWords,
    ScriptSource,
    Treatment,
    UnsupportedWork,
)
from baton.bpm.definition.elements import Assignment, CronForm, DataMapping, FormSource, Language, Text
from baton.bpm.definition.event_definitions import SignalContent
from baton.bpm.definition.starters import ANYBODY, Starters
from baton.bpm.definition.texts import literal_or_expression
from baton.bpm.definition.xml import Element


class Plain:
    """`namespaces` are the vendor's; `attributes` and `elements` say what becomes of each known word in them."""

    name: ClassVar[str] = "plain"
    cron_form: ClassVar[CronForm] = CronForm.QUARTZ
    expression_language: ClassVar[Language | None] = None
    manual_tasks_wait: ClassVar[bool] = False
    receive_tasks_name_messages: ClassVar[bool] = True
    names_are_expressions: ClassVar[bool] = False
    lone_flow_is_default: ClassVar[bool] = False
    namespaces: ClassVar[tuple[str, ...]] = ()
    attributes: ClassVar[Mapping[str, Treatment]] = {}
    elements: ClassVar[Mapping[str, Treatment]] = {}

    def assignment(self, task: Element, roots: Mapping[str, Element]) -> Assignment:
        """Who does a user task and by when; `roots` are the file's root elements by id."""
        return read_roles(task, roots).assignment

    def form(self, node: Element) -> str:
        """The form reference of a user task or start event, empty if none."""
        return ""

    def form_source(self, node: Element) -> FormSource | None:
        """Where the form of a user task or start event is, None if it has none."""
        return None

    def job(self, task: Element) -> Job | None:
        """The worker's job of a service, send or business rule task; None if nothing is said about it."""
        implementation = xml.attribute(task, "implementation")
        if not implementation or implementation.startswith("##") or implementation.lower() == "webservice":
            return None
        return Job(literal_or_expression(implementation))

    def called_decision(self, task: Element) -> DecisionSource | None:
        """The decision that a business rule task makes; None if nothing is said about it."""
        return None

    def script(self, task: Element) -> ScriptSource | None:
        """The script of a script task, None if it has none."""
        body = xml.text(xml.child(task, "script"))
        return ScriptSource(body, xml.attribute(task, "scriptFormat")) if body else None

    first_loop_counter: ClassVar[int] = 0

    def error_variables(self, definition: Element) -> tuple[str | None, str | None]:
        """The variables that get the code and the message of a caught error."""
        return None, None

    def error_message(self, error: Element) -> Text | None:
        """The message of a thrown error."""
        return None

    def escalation_variable(self, definition: Element) -> str | None:
        """The variable that gets the code of a caught escalation."""
        return None

    def condition_variables(self, definition: Element) -> frozenset[str]:
        """The variables whose change asks a condition again; empty: those it reads."""
        return frozenset()

    def correlation_key(self, message: Element) -> Text | None:
        """The correlation key of a message, None if the standard's words may give one."""
        return None

    def call(self, activity: Element) -> Call:
        """What a call activity calls, and what crosses: everything, where the standard says nothing."""
        key = xml.reference(xml.attribute(activity, "calledElement"))
        return Call(literal_or_expression(key) if key else None)

    def parameters(
        self, activity: Element
    ) -> tuple[tuple[tuple[str, Parameter], ...], tuple[tuple[str, Parameter], ...]]:
        """Input and output parameters by name, where a vendor's may be more than texts."""
        return (), ()

    def connector_parameters(
        self, task: Element
    ) -> tuple[tuple[tuple[str, Parameter], ...], tuple[tuple[str, Parameter], ...]]:
        """The same of a connector, which stand inside those of its task."""
        return (), ()

    def listeners(self, element: Element) -> tuple[ListenerWords, ...]:
        """What is called around a flow node or user task, or on a sequence flow."""
        return ()

    def initiator(self, start: Element) -> str | None:
        """The variable that gets who started the process."""
        return None

    def mappings(self, activity: Element) -> Mappings:
        """Inputs and outputs in a vendor's words."""
        return Mappings()

    def multi_instance(self, characteristics: Element) -> MultiInstanceWords:
        """Collection and outputs in a vendor's words."""
        return MultiInstanceWords()

    def ad_hoc(self, sub_process: Element) -> AdHocWords:
        """What an ad-hoc sub-process begins with."""
        return AdHocWords()

    def continuations(self, element: Element) -> Continuations:
        """Where the run is divided at a flow node."""
        return Continuations()

    def job_rules(self, element: Element) -> JobRules:
        """How Baton's own jobs at a flow node are tried again and ordered."""
        return JobRules()

    def retry_words(self, element: Element) -> RetryWords:
        """How often, and how far apart, a job is tried."""
        return RetryWords()

    def starters(self, process: Element) -> Starters:
        """Who may start the process."""
        return ANYBODY

    def history_time_to_live(self, process: Element) -> str | None:
        """How long ended instances are kept, as the file says it: days or an ISO 8601 duration."""
        return None

    def fields(self, holder: Element) -> tuple[DataMapping, ...]:
        """Parameters that a vendor's words give to whatever does the work."""
        return ()

    def error_mappings(self, task: Element) -> tuple[ErrorWords, ...]:
        """When the job of a task ends with a BPMN error."""
        return ()

    def skip(self, activity: Element) -> Text | None:
        """While this holds, the work of the activity is left out."""
        return None

    def empty_crossings(self, activity: Element) -> list[str]:
        """The words at a call activity that say nothing that crosses."""
        return []

    def signal_content(self, definition: Element) -> SignalContent | None:
        """What a thrown signal carries, None for everything that its thrower sees."""
        return None

    def condition_changes(self, definition: Element) -> frozenset[str]:
        """The kinds of change of a variable that ask a condition again; empty: every kind."""
        return frozenset()

    def unsupported_work(self, task: Element) -> UnsupportedWork | None:
        """A kind of task that cannot be run."""
        return None

    def instructions(self, task: Element) -> str:
        """What a vendor's words tell the person who does the task, besides its documentation."""
        return ""

    def version_tag(self, process: Element) -> str | None:
        """The author's own label of this version."""
        return None
