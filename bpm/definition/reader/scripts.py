"""Script tasks: FEEL, JUEL, Python or JavaScript, by the file's own word for the language."""

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
    "juel": ScriptLanguage.JUEL,
    "javascript": ScriptLanguage.JAVASCRIPT,
    "ecmascript": ScriptLanguage.JAVASCRIPT,
    "js": ScriptLanguage.JAVASCRIPT,
    "graal.js": ScriptLanguage.JAVASCRIPT,
    "nashorn": ScriptLanguage.JAVASCRIPT,
    "text/javascript": ScriptLanguage.JAVASCRIPT,
    "text/ecmascript": ScriptLanguage.JAVASCRIPT,
    "application/javascript": ScriptLanguage.JAVASCRIPT,
    "application/x-javascript": ScriptLanguage.JAVASCRIPT,
    "application/ecmascript": ScriptLanguage.JAVASCRIPT,
}

_JAVASCRIPT = (
    "Write the script in javascript: execution.getVariable, execution.setVariable and the result variable are the "
    "same there."
)
_PYTHON = "Write the script in python: the variables have their names, and names that are assigned are written back."
_TEXT = "Write the text in juel (Order ${id}) or build it in javascript."
_INSTEAD = {
    "groovy": _JAVASCRIPT,
    "text/groovy": _JAVASCRIPT,
    "text/x-groovy": _JAVASCRIPT,
    "application/x-groovy": _JAVASCRIPT,
    "java": _JAVASCRIPT,
    "beanshell": _JAVASCRIPT,
    "kotlin": _JAVASCRIPT,
    "scala": _JAVASCRIPT,
    "typescript": _JAVASCRIPT,
    "ruby": _PYTHON,
    "jruby": _PYTHON,
    "jython": _PYTHON,
    "lua": _PYTHON,
    "freemarker": _TEXT,
    "velocity": _TEXT,
    "xpath": "Write the script in feel, or read the text in javascript.",
    "xquery": "Write the script in feel, or read the text in javascript.",
}
"""The nearest of our languages to those that diagrams use, and why."""

_ANY = "Write the script in feel, juel, python or javascript."


def read_script(task: Element, context: Context) -> Script | None:
    """The task's script; None if it has none (guided mode) or an error was recorded."""
    source = context.dialect.script(task)
    if source is None:
        if not context.guided:
            context.error(
                "script-required",
                f"The {called(task)} has no script.",
                "Write a script in feel, juel, python or javascript, or draw a user or service task.",
                task,
            )
        return None
    script = script_of(source, called(task), task, context)
    if script is not None:
        check_script(script, called(task), task, context)
    return script


def script_of(source: ScriptSource, what: str, about: Element, context: Context) -> Script | None:
    """The script in its language; None if an error was recorded. `what` completes "The ..."."""
    language = _FORMATS.get(source.format.strip().lower())
    if language is None:
        context.error(
            "unsupported-script-format",
            f"The {what} has the unsupported script format {shown(source.format)}, use feel, juel, python or "
            "javascript.",
            f"{_INSTEAD.get(source.format.strip().lower(), _ANY)} Or draw a service task and do the work in a worker.",
            about,
        )
        return None
    text = source.text
    if language is ScriptLanguage.FEEL:
        text = text.removeprefix("=").strip()
    return Script(text, language, source.result_variable)


def check_script(script: Script, what: str, about: Element, context: Context) -> None:
    """Record an error for a script that does not compile."""
    try:
        context.checks.check_script(script)
    except ExpressionError as error:
        context.error(
            "script-syntax",
            f"The script {shown(script.text)} of the {what} is not valid {script.language}: "
            f"{where(error, script.text)}",
            "Correct the script.",
            about,
        )
