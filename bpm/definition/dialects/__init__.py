"""Vendors' extensions, translated into one neutral vocabulary; one file per dialect."""

from __future__ import annotations

from baton.bpm.definition import xml
from baton.bpm.definition.dialects.camunda7 import Camunda7
from baton.bpm.definition.dialects.camunda8 import Camunda8
from baton.bpm.definition.dialects.plain import Plain
from baton.bpm.definition.dialects.spiffworkflow import SpiffWorkflow
from baton.bpm.definition.dialects.vocabulary import Effect
from baton.bpm.definition.xml import Element

_OF_THE_MODELER = ("modelerTemplate", "modelerTemplateVersion", "modelerTemplateIcon", "diagramRelationId")
# When and by whom something is done, not what: without them the run comes to the same end.
_OF_JOBS_AND_STARTERS = (
    "async",
    "asyncBefore",
    "asyncAfter",
    "taskPriority",
    "jobPriority",
    "jobPriorityDefinition",
    "failedJobRetryTimeCycle",
    "historyTimeToLive",
    "isStartableInTasklist",
)
_PLATFORM = "{http://camunda.org/schema/modeler/1.0}executionPlatform"
_ALL: tuple[type[Plain], ...] = (Camunda8, Camunda7, SpiffWorkflow)
_BY_PLATFORM: dict[str, type[Plain]] = {"Camunda Cloud": Camunda8, "Camunda Platform": Camunda7}


def detect(root: Element) -> Plain:
    """The file's dialect: the platform the modeler wrote down, else the vendor words that occur in it."""
    platform = _BY_PLATFORM.get(str(root.get(_PLATFORM) or "").strip())
    if platform is not None:
        return platform()
    for dialect in _ALL:
        if xml.uses_namespace(root, dialect.namespaces):
            return dialect()
    return Plain()


def matters_elsewhere(namespace: str, name: str) -> bool:
    """True for an attribute or extension that would change the run if the file were read in that vendor's dialect."""
    for dialect in _ALL:
        if namespace in dialect.namespaces and name not in (*_OF_THE_MODELER, *_OF_JOBS_AND_STARTERS):
            treatment = dialect.attributes.get(name) or dialect.elements.get(name)
            return treatment is not None and treatment.effect is not Effect.IGNORED
    return False
