"""Forms: form-js JSON, form fields of diagrams and JSON Schema, read into one model and checked on submission.

Pure: bytes or elements in, a `Form` and its problems out; a form, variables and the time in, errors that name every
field that is wrong and the typed variables to write out.
"""

from baton.bpm.forms.check import Context, check
from baton.bpm.forms.filling import filled, opened
from baton.bpm.forms.importer import ReadForm, is_form_file, read_embedded, read_fields, read_file
from baton.bpm.forms.model import FieldError, FieldType, Form, FormKind, Option, Outcome
from baton.bpm.forms.of_variables import changed, of_variables
from baton.bpm.forms.show import ShownField, ShownGroup, ShownPart, show, show_parts

__all__ = [
    "Context",
    "FieldError",
    "FieldType",
    "Form",
    "FormKind",
    "Option",
    "Outcome",
    "ReadForm",
    "ShownField",
    "ShownGroup",
    "ShownPart",
    "changed",
    "check",
    "filled",
    "is_form_file",
    "of_variables",
    "opened",
    "read_embedded",
    "read_fields",
    "read_file",
    "show",
    "show_parts",
]
