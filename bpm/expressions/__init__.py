"""Expressions, scripts and timers: text in, values out."""

from baton.bpm.expressions.beans import bean
from baton.bpm.expressions.context import EvaluationContext, Task, VariableWrites
from baton.bpm.expressions.facade import (
    Compiled,
    check_expression,
    check_script,
    close,
    compile_expression,
    configure_scripts,
    evaluate_condition,
    run_script,
    script_names,
    type_word,
)
from baton.bpm.expressions.script_result import ScriptResult
from baton.bpm.expressions.timer import CatchUp, Due, TimerSchedule, parse_due, parse_timer
from baton.bpm.expressions.worker_processes import ScriptLimits

__all__ = [
    "CatchUp",
    "Compiled",
    "Due",
    "EvaluationContext",
    "ScriptLimits",
    "ScriptResult",
    "Task",
    "TimerSchedule",
    "VariableWrites",
    "bean",
    "check_expression",
    "check_script",
    "close",
    "compile_expression",
    "configure_scripts",
    "evaluate_condition",
    "parse_due",
    "parse_timer",
    "run_script",
    "script_names",
    "type_word",
]
