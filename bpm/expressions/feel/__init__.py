"""FEEL, DMN 1.5's expression language, with Camunda's extra functions. Text is compiled once to closures.

Pure: variables, the time and the source of chance come in as arguments; nothing of the host is reachable, and every
evaluation has a budget. Never raises on data: what FEEL cannot calculate is null.
"""

from baton.bpm.expressions.feel.api import compile_expression, compile_unary_tests
from baton.bpm.expressions.feel.budget import Budget
from baton.bpm.expressions.feel.expression import CompiledFeel
from baton.bpm.expressions.feel.unary_tests import CompiledUnaryTests

__all__ = ["Budget", "CompiledFeel", "CompiledUnaryTests", "compile_expression", "compile_unary_tests"]
