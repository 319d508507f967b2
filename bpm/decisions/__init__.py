"""DMN 1.1 to 1.5: decisions are read once into an immutable model of closures and evaluated on FEEL.

Pure: inputs and the time come in as arguments, and every evaluation has a budget.
"""

from baton.bpm.decisions.evaluation import DecisionEvaluation, EvaluatedDecision, MatchedRule
from baton.bpm.decisions.failure import DecisionError
from baton.bpm.decisions.importer import DecisionDiagram, read_decisions
from baton.bpm.decisions.model import DecisionModel

__all__ = [
    "DecisionDiagram",
    "DecisionError",
    "DecisionEvaluation",
    "DecisionModel",
    "EvaluatedDecision",
    "MatchedRule",
    "read_decisions",
]
