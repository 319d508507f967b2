"""Expressions, scripts and timers: text in, values out."""

from baton.bpm.expressions.context import EvaluationContext
from baton.bpm.expressions.facade import (
    Compiled,
    ScriptResult,
    check_script,
    close,
    compile_expression,
    evaluate_condition,
    run_script,
)
from baton.bpm.expressions.timer import CatchUp, Due, TimerSchedule, parse_due, parse_timer

__all__ = [
    "CatchUp",
    "Compiled",
    "Due",
    "EvaluationContext",
    "ScriptResult",
    "TimerSchedule",
    "check_script",
    "close",
    "compile_expression",
    "evaluate_condition",
    "parse_due",
    "parse_timer",
    "run_script",
]
