"""Loads the modules in which people register their job handlers."""

from __future__ import annotations

import importlib
import os
import sys

from baton.bpm import errors


def load_handlers(modules: tuple[str, ...]) -> None:
    """Import the modules; the working directory is searched first.

    Raises `ConfigurationError` that names the module and why it could not be imported.
    """
    if modules and os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    for name in modules:
        try:
            importlib.import_module(name)
        except ImportError as error:
            raise errors.ConfigurationError(
                f"Expected a Python module '{name}' with job handlers, but it cannot be imported: {error}."
            ) from error
