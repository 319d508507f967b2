"""Script tasks: FEEL or Python, by the file's own word for the language."""

from __future__ import annotations

from baton.bpm.definition.dialects.vocabulary import ScriptSource
from baton.bpm.definition.elements import Script, ScriptLanguage
from baton.bpm.definition.reader.context import Context, called, where
from baton.bpm.definition.texts import shown
from baton.bpm.definition.xml import Element
from baton.bpm.errors import ExpressionError

_FORMATS = {
    "": ScriptLanguage.PYTHON,
    "python": ScriptLanguage.PYTHON,
    "python3": ScriptLanguage.PYTHON,
    "text/x-python": ScriptLanguage.PYTHON,
    "text/x-python3": ScriptLanguage.PYTHON,
    "application/x-python": ScriptLanguage.PYTHON,
    "feel": ScriptLanguage.FEEL,
    "text/x-feel": ScriptLanguage.FEEL,
    "application/x-feel": ScriptLanguage.FEEL,
}


def read_script(task: Element, context: Context) -> Script | None:
    """The task's script; None if it has none (guided mode) or an error was recorded."""
    source = context.dialect.script(task)
    if source is None:
        if not context.guided:
            context.error(
                "script-required",
                f"The {called(task)} has no script.",
                "Write a script in feel or python, or draw a user or service task.",
                task,
            )
        return None
    language = _FORMATS.get(source.format.strip().lower())
    if language is None:
        context.error(
            "unsupported-script-format",
            f"The {called(task)} has the unsupported script format {shown(source.format)}, use feel or python.",
            "Write the script in feel or python, or draw a service task and do the work in a worker.",
            task,
        )
        return None
    return _checked(task, _script(source, language), context)


def _script(source: ScriptSource, language: ScriptLanguage) -> Script:
    text = source.text
    if language is ScriptLanguage.FEEL:
        text = text.removeprefix("=").strip()
    return Script(text, language, source.result_variable)


def _checked(task: Element, script: Script, context: Context) -> Script:
    try:
        context.checks.check_script(script)
    except ExpressionError as error:
        context.error(
            "script-syntax",
            f"The script {shown(script.text)} of the {called(task)} is not valid {script.language}: "
            f"{where(error, script.text)}",
            "Correct the script.",
            task,
        )
    return script
