"""FEEL, DMN 1.5's expression language, with Camunda's extra functions. Text is compiled once to closures.

Pure: variables, the time and the source of chance come in as arguments; nothing of the host is reachable, and every
evaluation has a budget. Never raises on data: what FEEL cannot calculate is null.

Process expressions need `compile_expression` and `CompiledFeel.evaluate`. A decision engine keeps FEEL values between
expressions: it makes one `Evaluation`, binds names in `Frame`s, runs `CompiledFeel.code` and `CompiledUnaryTests.test`
on them inside `guarded()`, and converts at its own border with `to_feel` and `from_feel`.
"""

from baton.bpm.expressions.feel.api import compile_expression, compile_unary_tests
from baton.bpm.expressions.feel.boundary import from_feel, to_feel
from baton.bpm.expressions.feel.budget import Budget
from baton.bpm.expressions.feel.calls import call_function
from baton.bpm.expressions.feel.evaluation import Evaluation, Frame
from baton.bpm.expressions.feel.expression import CompiledFeel, guarded
from baton.bpm.expressions.feel.origin import failing_position
from baton.bpm.expressions.feel.types import is_instance, simple_type
from baton.bpm.expressions.feel.unary_tests import CompiledUnaryTests
from baton.bpm.expressions.feel.values import FeelFunction, FeelRange, Value, type_name

__all__ = [
    "Budget",
    "CompiledFeel",
    "CompiledUnaryTests",
    "Evaluation",
    "FeelFunction",
    "FeelRange",
    "Frame",
    "Value",
    "call_function",
    "compile_expression",
    "compile_unary_tests",
    "failing_position",
    "from_feel",
    "guarded",
    "is_instance",
    "simple_type",
    "to_feel",
    "type_name",
]
