"""Expressions, scripts and timers: text in, values out."""

from baton.bpm.expressions.context import EvaluationContext
from baton.bpm.expressions.facade import (
    Compiled,
    check_script,
    close,
    compile_expression,
    configure_scripts,
    evaluate_condition,
    run_script,
    script_names,
    type_word,
)
from baton.bpm.expressions.python_script import ScriptResult
from baton.bpm.expressions.python_workers import ScriptLimits
from baton.bpm.expressions.timer import CatchUp, Due, TimerSchedule, parse_due, parse_timer

__all__ = [
    "CatchUp",
    "Compiled",
    "Due",
    "EvaluationContext",
    "ScriptLimits",
    "ScriptResult",
    "TimerSchedule",
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
