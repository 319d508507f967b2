"""form-js JSON, schema versions 1 to 20, to the neutral form: one reader per type of component."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from baton.bpm.definition.problems import Severity
from baton.bpm.forms import choices
from baton.bpm.forms.conversion import decimal_of
from baton.bpm.forms.findings import Component, Findings
from baton.bpm.forms.formulas import Formula
from baton.bpm.forms.limits import LIMITS
from baton.bpm.forms.model import (
    Constraints,
    Field,
    FieldType,
    Form,
    FormKind,
    Group,
    Number,
    Options,
    Part,
)
from baton.bpm.forms.patterns import Pattern, PatternError, compile_pattern

NEWEST_SCHEMA = 20
_SHOWN_ONLY = frozenset(
    {"text", "html", "image", "button", "separator", "spacer", "iframe", "table", "documentPreview", "default"}
)
_MOMENTS = {"date": FieldType.DATE, "time": FieldType.TIME, "datetime": FieldType.DATE_TIME}


def read(document: Mapping[str, Any], findings: Findings) -> Form:
    """The form of a decoded file; what is wrong goes to `findings`. Never raises on content."""
    root = Component(document, "form", findings)
    _check_version(root)
    reader = _Reader(findings)
    return Form(
        id=root.text("id")[:255],
        name=root.text("name")[:255],
        kind=FormKind.FORM_JS,
        version_tag=root.text("versionTag")[:255] or None,
        parts=reader.parts(root),
    )


def _check_version(root: Component) -> None:
    if not root.text("id"):
        root.error("form-id", "Expected the form to have an 'id'.", "Give the form an id in the modeler.")
    elif len(root.text("id")) > 255:
        root.error("form-id", "Expected an 'id' of at most 255 characters.", "Give the form a shorter id.")
    if root.type not in ("default", ""):
        root.warning("form-json", f"Expected the type 'default', found '{root.type[:60]}'.", "Save it in the modeler.")
    version = root.members.get("schemaVersion", 1)
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        root.error("form-json", "Expected 'schemaVersion' to be a whole number from 1.", "Save it in the modeler.")
    elif version > NEWEST_SCHEMA:
        root.warning(
            "form-json",
            f"Its schema version is {version}; what came after {NEWEST_SCHEMA} is not known here.",
            "Check that the form does what it should, or save it for an older version.",
        )


class _Reader:
    """Counts components and patterns over the whole form."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.components = 0
        self.patterns = 0

    def parts(self, holder: Component) -> tuple[Part, ...]:
        """The parts in `components`. Recursion is as deep as the JSON, which is bounded."""
        listed = holder.members.get("components", [])
        if not isinstance(listed, list):
            holder.error("form-component", "Expected 'components' to be a list.", "Save the form in the modeler.")
            return ()
        prefix = "" if holder.place == "form" else f"{holder.place}."
        return tuple(self._parts(listed, prefix))

    def _parts(self, listed: list[Any], prefix: str) -> Iterator[Part]:
        for index, members in enumerate(listed):
            place = f"{prefix}components[{index}]"
            self.components += 1
            if self.components > LIMITS.max_components:
                if self.components == LIMITS.max_components + 1:
                    self.findings.add(
                        Severity.ERROR,
                        "form-too-large",
                        f"{place}: Expected at most {LIMITS.max_components} components in a form, found more.",
                        "Split the form.",
                    )
                return
            if not isinstance(members, dict):
                self.findings.add(
                    Severity.ERROR, "form-component", f"{place}: Expected an object.", "Save the form in the modeler."
                )
                continue
            part = self._part(Component(members, place, self.findings))
            if part is not None:
                yield part

    def _part(self, component: Component) -> Part | None:
        if component.type in _SHOWN_ONLY:
            return None
        if component.type in ("group", "dynamiclist"):
            return self._group(component)
        read = _READERS.get(component.type)
        if read is None:
            return self._unknown(component)
        path = self._path(component, "key")
        return read(self, component, path) if path else None

    def _unknown(self, component: Component) -> Part | None:
        if not component.type:
            component.error("form-component", "Expected a 'type'.", "Save the form in the modeler.")
            return None
        component.info(
            "form-component",
            "The type is not known here: its value is not checked beyond 'required', 'readonly' and 'hide'.",
            "Nothing has to be done if your own forms know it.",
        )
        if "key" not in component.members:
            return None
        path = self._path(component, "key")
        return Field(path=path, type=FieldType.ANY, **self.common(component)) if path else None

    def _group(self, component: Component) -> Group:
        repeats = component.type == "dynamiclist"
        path = self._path(component, "path") if repeats or component.text("path") else ()
        return Group(
            path=path,
            label=component.text("label"),
            hide=component.inside("conditional").formula("hide"),
            repeats=repeats and bool(path),
            parts=self.parts(component),
        )

    def _path(self, component: Component, member: str) -> tuple[str, ...]:
        """The key's or path's steps; empty with a problem if there is none."""
        text = component.members.get(member)
        if not isinstance(text, str) or not text:
            component.error("form-key", f"Expected a '{member}'.", "Give the field a key in the modeler.")
            return ()
        steps = tuple(text.split("."))
        if not all(steps) or len(text) > 255 or "\0" in text or len(steps) > 20:
            component.error(
                "form-key",
                f"Expected a '{member}' of names with dots between them, found '{text[:60]}'.",
                "Correct the key, for example customer.name.",
            )
            return ()
        return steps

    def common(self, component: Component) -> dict[str, Any]:
        """What every field has."""
        disabled, readonly = component.setting("disabled"), component.setting("readonly")
        return {
            "component": component.type,
            "label": component.text("label")
            or " ".join(filter(None, (component.text("dateLabel"), component.text("timeLabel")))),
            "description": component.text("description"),
            "required": component.inside("validate").setting("required"),
            "readonly": readonly if readonly is not False else disabled,
            "hide": component.inside("conditional").formula("hide"),
            "default": self.default(component),
        }

    def default(self, component: Component) -> Any:
        """The value, or the formula where it begins with `=`."""
        found = component.members.get("defaultValue")
        if isinstance(found, str) and found.startswith("="):
            return component.formula("defaultValue")
        return decimal_of(found) if isinstance(found, float) else found

    def bound(self, component: Component, name: str) -> Number | Formula | None:
        """A number, a text of one, or an expression that yields one."""
        found = component.members.get(name)
        if found is None or found == "":
            return None
        if isinstance(found, str) and found.strip().startswith("="):
            return component.formula(name)
        number = decimal_of(found.strip() if isinstance(found, str) else found)
        if number is None:
            component.error("form-component", f"Expected '{name}' to be a number.", "Correct it.")
        return number

    def pattern(self, component: Component) -> Pattern | None:
        """The compiled pattern; None with a problem if it cannot be used."""
        text = component.text("pattern")
        if not text:
            return None
        self.patterns += 1
        if self.patterns > LIMITS.max_patterns or len(text) > LIMITS.max_pattern:
            component.error(
                "form-pattern",
                f"Expected at most {LIMITS.max_patterns} patterns of {LIMITS.max_pattern} characters.",
                "Make the pattern simpler.",
            )
            return None
        try:
            return compile_pattern(text)
        except PatternError as error:
            component.error("form-pattern", f"{error}.", "Correct the pattern, for example ^[A-Z]{2}[0-9]+$.")
            return None

    def options(self, component: Component) -> Options:
        """Fixed values, a key, or an expression, in form-js's order of precedence."""
        if component.text("valuesExpression"):
            return Options(formula=component.formula("valuesExpression"))
        if component.text("valuesKey"):
            return Options(key=component.text("valuesKey"))
        listed = component.members.get("values", component.members.get("options", []))
        if not isinstance(listed, list):
            component.error("form-component", "Expected 'values' to be a list.", "Give the field its choices.")
            return Options()
        if len(listed) > LIMITS.max_options:
            component.error(
                "form-too-large", f"Expected at most {LIMITS.max_options} choices, found {len(listed)}.", "Use fewer."
            )
            return Options()
        return Options(fixed=tuple(choices.option(value) for value in listed))


# --- one reader per type -------------------------------------------------------------------------------------


def _text(reader: _Reader, component: Component, path: tuple[str, ...]) -> Field:
    validate = component.inside("validate")
    validation = validate.text("validationType")
    constraints = Constraints(
        min_length=reader.bound(validate, "minLength"),
        max_length=reader.bound(validate, "maxLength"),
        pattern=reader.pattern(validate) if validation in ("", "custom") else None,
        pattern_message=validate.text("patternErrorMessage"),
        validation=validation if validation in ("email", "phone") else "",
    )
    return Field(path=path, type=FieldType.TEXT, constraints=constraints, **reader.common(component))


def _number(reader: _Reader, component: Component, path: tuple[str, ...]) -> Field:
    validate = component.inside("validate")
    digits, increment = reader.bound(component, "decimalDigits"), reader.bound(component, "increment")
    constraints = Constraints(
        minimum=reader.bound(validate, "min"),
        maximum=reader.bound(validate, "max"),
        decimal_digits=int(digits) if not isinstance(digits, Formula) and digits is not None and digits >= 0 else None,
        increment=increment if not isinstance(increment, Formula) and increment and increment > 0 else None,
        as_text=component.members.get("serializeToString") is True,
    )
    return Field(path=path, type=FieldType.NUMBER, constraints=constraints, **reader.common(component))


def _checkbox(reader: _Reader, component: Component, path: tuple[str, ...]) -> Field:
    return Field(path=path, type=FieldType.BOOLEAN, **reader.common(component))


def _choice(reader: _Reader, component: Component, path: tuple[str, ...]) -> Field:
    options = reader.options(component)
    return Field(path=path, type=FieldType.CHOICE, options=options, **reader.common(component))


def _choices(reader: _Reader, component: Component, path: tuple[str, ...]) -> Field:
    options = reader.options(component)
    return Field(path=path, type=FieldType.CHOICES, options=options, **reader.common(component))


def _moment(reader: _Reader, component: Component, path: tuple[str, ...]) -> Field:
    subtype = component.text("subtype") or "date"
    if subtype not in _MOMENTS:
        component.error(
            "form-component", f"Expected the subtype date, time or datetime, found '{subtype[:60]}'.", "Correct it."
        )
    interval = reader.bound(component, "timeInterval")
    constraints = Constraints(
        not_in_the_past=component.members.get("disallowPassedDates") is True,
        time_interval=int(interval) if isinstance(interval, int) and 0 < interval <= 1440 else 0,
    )
    type_ = _MOMENTS.get(subtype, FieldType.ANY)
    return Field(path=path, type=type_, constraints=constraints, **reader.common(component))


def _files(reader: _Reader, component: Component, path: tuple[str, ...]) -> Field:
    return Field(path=path, type=FieldType.FILES, **reader.common(component))


def _computed(reader: _Reader, component: Component, path: tuple[str, ...]) -> Field:
    formula = component.formula("expression")
    return Field(path=path, type=FieldType.COMPUTED, formula=formula, **reader.common(component))


_READERS: Mapping[str, Callable[[_Reader, Component, tuple[str, ...]], Field]] = {
    "textfield": _text,
    "textarea": _text,
    "number": _number,
    "checkbox": _checkbox,
    "radio": _choice,
    "select": _choice,
    "checklist": _choices,
    "taglist": _choices,
    "datetime": _moment,
    "filepicker": _files,
    "expression": _computed,
}
