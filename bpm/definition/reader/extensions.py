"""What becomes of vendors' attributes and extension elements: read, left out with a word, or refused."""

from __future__ import annotations

from collections.abc import Mapping

from baton.bpm.definition import dialects, xml
from baton.bpm.definition.dialects.vocabulary import Effect, Treatment, ignored
from baton.bpm.definition.reader.connectors import MISPLACED, is_misplaced_connector
from baton.bpm.definition.reader.context import Context, called
from baton.bpm.definition.xml import Element

_SILENT = (
    "http://www.w3.org/",
    "http://www.omg.org/spec/",
    "http://bpmn.io/schema/bpmn/biocolor",
    "http://camunda.org/schema/modeler/",
)
_UNKNOWN = ignored("is not known to this engine and is kept out")


def check_extensions(element: Element, context: Context, about: Element | None = None) -> None:
    """Judge the element's own vendor words; `about` is the element the author sees (a condition's flow)."""
    author = element if about is None else about
    for name in element.attrib:
        if name.startswith("{"):
            _judge(str(name), context.dialect.attributes, author, context)
    for extension in xml.extensions(element):
        if is_misplaced_connector(extension, element, context):
            _apply(MISPLACED, "connector", author, context)
        else:
            _judge(str(extension.tag), context.dialect.elements, author, context)


def says_refused_work(element: Element, context: Context) -> bool:
    """True if a vendor's word on the element was refused, which may be what does its work."""
    words = [(str(name), context.dialect.attributes) for name in element.attrib]
    words += [(str(extension.tag), context.dialect.elements) for extension in xml.extensions(element)]
    return any(_treatment(qualified, known, context).effect is Effect.REFUSED for qualified, known in words) or any(
        is_misplaced_connector(extension, element, context) for extension in xml.extensions(element)
    )


def _treatment(qualified: str, known: Mapping[str, Treatment], context: Context) -> Treatment:
    namespace, name = _split(qualified)
    return known.get(name, _UNKNOWN) if namespace in context.dialect.namespaces else _UNKNOWN


def _split(qualified: str) -> tuple[str, str]:
    namespace, _, name = qualified.removeprefix("{").rpartition("}")
    return namespace, name


def _judge(qualified: str, known: Mapping[str, Treatment], element: Element, context: Context) -> None:
    namespace, name = _split(qualified)
    if namespace.startswith(_SILENT):
        return
    if namespace not in context.dialect.namespaces:
        if dialects.matters_elsewhere(namespace, name):
            context.warn_once(
                "vendor-extension",
                f"{namespace}:{name}",
                f"'{name}' of the {called(element)} is kept out: it is a word of {_vendor(namespace)}, "
                f"and the file is read as {context.dialect.name}.",
                "Say it in the words of the one platform the file is for, or remove it.",
                element,
            )
            return
        context.note_once(
            "vendor-extension",
            namespace,
            f"What the file says in the words of {_vendor(namespace)} is kept out.",
            "Nothing has to be done; the process runs without it.",
            element,
        )
        return
    _apply(_treatment(qualified, known, context), name, element, context)


def _apply(treatment: Treatment, name: str, element: Element, context: Context) -> None:
    match treatment.effect:
        case Effect.READ:
            return
        case Effect.IGNORED:
            message = f"'{name}' of the {called(element)} {treatment.message}."
            context.note_once("vendor-extension", f"{context.dialect.name}:{name}", message, treatment.fix, element)
        case Effect.WARNED:
            message = f"'{name}' of the {called(element)} {treatment.message}."
            context.warning("vendor-extension", message, treatment.fix, element)
        case Effect.REFUSED:
            message = f"'{name}' of the {called(element)} {treatment.message}."
            context.error("unsupported-attribute", message, treatment.fix, element)


def _vendor(namespace: str) -> str:
    return f"'{namespace[:120]}'" if namespace else "no namespace"
