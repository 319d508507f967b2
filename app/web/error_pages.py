"""Errors in the layout for whoever asks with a browser; programs get the same as `application/problem+json`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlencode

import msgspec
from flask import Flask, Response, redirect, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from baton.app import problem_details
from baton.app.api.blueprint import PREFIX
from baton.app.problem_details import ProblemDetails
from baton.app.web import page
from baton.bpm import errors


def install(app: Flask) -> None:
    """Answer errors of pages as pages."""
    kinds: tuple[tuple[type[BaseException], Callable[[Any], Response]], ...] = (
        (errors.BatonError, problem_details.rejected),
        (HTTPException, problem_details.refused),
        (Exception, problem_details.failed),
    )
    for kind, answer in kinds:
        app.register_error_handler(kind, partial(_answer, answer))  # type: ignore[arg-type]


def _answer(answer: Callable[[Any], Response], error: BaseException) -> BaseResponse:
    told = answer(error)
    if request.path.startswith(PREFIX) or request.headers.get("HX-Request"):
        return told
    if told.status_code == errors.NotAuthenticated.status and request.method == "GET":
        return redirect(f"/login?{urlencode({'back': page.address()})}" if request.path != "/" else "/login", 303)
    if told.mimetype != problem_details.MEDIA_TYPE or "text/html" not in request.headers.get("Accept", ""):
        return told
    problem = msgspec.json.decode(told.get_data(), type=ProblemDetails)
    try:
        shown = page.show("error.html", problem=problem)
    except Exception:  # The frame asks the database, which may be what failed: then as a program is told.
        return told
    told.set_data(shown)
    told.mimetype = "text/html"
    return told
