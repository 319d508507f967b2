"""What stands in a process or sub-process beside its flow nodes; whatever else stands there is taken for one."""

from __future__ import annotations

from baton.bpm.definition import xml

NOT_RUN = frozenset(
    xml.tag(name)
    for name in (
        "documentation",
        "extensionElements",
        "incoming",
        "outgoing",
        "laneSet",
        "dataObject",
        "dataObjectReference",
        "dataStoreReference",
        "textAnnotation",
        "association",
        "group",
        "property",
        "ioSpecification",
        "ioBinding",
        "dataInputAssociation",
        "dataOutputAssociation",
        "performer",
        "humanPerformer",
        "potentialOwner",
        "resourceRole",
        "auditing",
        "categoryValueRef",
        "monitoring",
        "supportedInterfaceRef",
        "supports",
        "correlationSubscription",
        # Read with the sub-process that carries them.
        "completionCondition",
        "multiInstanceLoopCharacteristics",
        "standardLoopCharacteristics",
    )
)
