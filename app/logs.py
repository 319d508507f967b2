"""Logging: one structured line per event on standard error; ids yes, values of variables and secrets never."""

from __future__ import annotations

import logging
import sys

import structlog


def configure(level_name: str = "warning") -> None:
    """Lines for people on a terminal, JSON elsewhere. At `info` every command is one line, at `warning` none is."""
    level = logging.getLevelNamesMapping()[level_name.upper()]
    logging.basicConfig(level=level, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    renderer = structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
