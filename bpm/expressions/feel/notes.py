"""Why something became null: short reasons for the person who reads an incident. They name no values."""

from __future__ import annotations

from typing import Final

MAX_NOTES: Final = 20
MAX_LENGTH: Final = 200


def add_note(notes: list[str] | None, text: str) -> None:
    """Keeps each reason once and not too many of them; does nothing if nobody asked."""
    if notes is None or len(notes) >= MAX_NOTES:
        return
    shown = text if len(text) <= MAX_LENGTH else text[:MAX_LENGTH] + "…"
    if shown not in notes:
        notes.append(shown)
