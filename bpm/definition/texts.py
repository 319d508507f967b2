"""Tells literals from expressions by the marks the dialects use."""

from __future__ import annotations

from baton.bpm.definition.elements import Expression, Language, Text

_SHOWN = 120


def literal_or_expression(raw: str) -> Text:
    """A leading `=` is FEEL (Camunda 8), `${` or `#{` anywhere is JUEL (Camunda 7), all else a literal."""
    value = raw.strip()
    marked = marked_expression(value)
    return value if marked is None else marked


def optional_text(raw: str) -> Text | None:
    """As `literal_or_expression`, None for a missing or empty value."""
    return literal_or_expression(raw) if raw.strip() else None


def marked_expression(value: str) -> Expression | None:
    """The expression if the text carries a language's mark, else None."""
    if value.startswith("="):
        return Expression(value[1:].strip(), Language.FEEL)
    if "${" in value or "#{" in value:
        return Expression(value, Language.JUEL)
    return None


def shown(value: str) -> str:
    """The text in quotes for a message, cut when long."""
    flat = " ".join(value.split())
    return f"'{flat}'" if len(flat) <= _SHOWN else f"'{flat[:_SHOWN]}...'"
