"""Problems of an upload: all collected at once, each with the element, the line and the fix."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum


class Severity(StrEnum):
    """An error keeps the file from being deployed; the others do not."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding. `rule` is a stable kebab-case name (bpmnlint's where it has one); `line` is 1-based, 0 unknown.

    `resource` is the name of the file, where several were read together.
    """

    rule: str
    severity: Severity
    message: str
    fix: str
    element_id: str | None = None
    element_name: str | None = None
    line: int = 0
    resource: str | None = None

    def as_dict(self) -> dict[str, object]:
        """Plain data for JSON."""
        return asdict(self)
