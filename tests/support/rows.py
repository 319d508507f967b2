"""Rows of typed variables as a page's form sends them."""

from __future__ import annotations


def rows(*typed: tuple[str, str, str]) -> dict[str, list[str]]:
    """Each of them name, type and value; the empty row that every page has comes last."""
    names, types, values = zip(*typed, ("", "", ""), strict=True)
    return {"variables:name": list(names), "variables:type": list(types), "variables:value": list(values)}
