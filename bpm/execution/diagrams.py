"""Reading a diagram with every expression, script and timer of it compiled: what can run, and all problems."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from baton.bpm import expressions
from baton.bpm.definition import elements
from baton.bpm.definition.checks import Checks
from baton.bpm.definition.importer import Diagram, read_diagram
from baton.bpm.definition.limits import Limits
from baton.bpm.definition.lint.severities import Severities

_UTC = ZoneInfo("UTC")


class CompilingChecks(Checks):
    """The definition's questions, answered by the expressions' compilers."""

    def check_expression(self, expression: elements.Expression) -> None:
        expressions.check_expression(expression)

    def check_script(self, script: elements.Script) -> None:
        expressions.check_script(script)

    def check_timer(self, timer: elements.TimerEventDefinition) -> None:
        expressions.parse_timer(timer.kind, timer.value, cron_form=timer.cron_form, zone=_UTC)


def read(
    content: bytes,
    *,
    mode: elements.Mode | None = None,
    limits: Limits | None = None,
    severities: Severities | None = None,
) -> Diagram:
    """Processes of the file and everything that is wrong with it; never raises on content.

    `mode` None: guided if no process of the file is executable, else automatic. With `severities` it is linted too.
    """
    return read_diagram(content, mode=mode, limits=limits or Limits(), checks=CompilingChecks(), severities=severities)
