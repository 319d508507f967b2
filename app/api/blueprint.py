"""The blueprint that all nouns register on."""

from __future__ import annotations

from apiflask import APIBlueprint

PREFIX = "/api/v1"


def noun(name: str) -> APIBlueprint:
    """A blueprint of one noun; its routes begin with the noun's plural in kebab-case."""
    return APIBlueprint(name.replace("-", "_"), __name__, url_prefix=f"{PREFIX}/{name}")
