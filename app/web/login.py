"""`/login`, `/logout` and the "who am I" switch: who you are is kept in a cookie that scripts cannot read."""

from __future__ import annotations

from collections.abc import Mapping
from threading import BoundedSemaphore

from flask import Blueprint, redirect, request
from werkzeug.exceptions import TooManyRequests
from werkzeug.wrappers import Response

from baton.app import context
from baton.app.auth.access import SESSION_COOKIE, USER_COOKIE, SecuredAccess
from baton.app.web import forms, page
from baton.bpm import errors
from baton.bpm.runtime import identity

blueprint = Blueprint("login", __name__)

LIFETIME_SECONDS = 12 * 3600
SMALL_FORM = 16 * 1024

# Checking a password is slow on purpose; guessing must not keep every thread busy with it.
_attempts = BoundedSemaphore(2)


@blueprint.get("/login")
def login_form() -> page.Answer:
    """User and password, or an API key; says so if a session has ended. Where nobody has to log in, that."""
    here = context.current()
    try:
        page.actor()
    except errors.NotAuthenticated:
        return _form(has_ended=SESSION_COOKIE in request.cookies)
    return _form() if here.access.is_open else redirect(_wanted(request.args), 303)


@blueprint.post("/login")
def log_in() -> Response | tuple[str, int]:
    """Open a session and go where somebody wanted to go before."""
    forms.check(SMALL_FORM)
    here = context.current()
    if here.access.is_open:
        return redirect("/", 303)
    if not _attempts.acquire(blocking=False):
        raise TooManyRequests("Expected fewer log-ins at once. Try again in a moment.")
    try:
        secret = _session(request.form.get("user", ""), request.form.get("password", ""), request.form.get("key", ""))
    except errors.NotAuthenticated as error:
        return _form(problem=error.message), 401
    finally:
        _attempts.release()
    answer = redirect(_wanted(request.form), 303)
    _keep(answer, SESSION_COOKIE, secret)
    return answer


@blueprint.post("/logout")
def log_out() -> Response:
    """Close the session."""
    here = context.current()
    secret = request.cookies.get(SESSION_COOKIE)
    if secret:
        identity.close_session(here.engine, secret)
        if isinstance(here.access, SecuredAccess):
            here.access.forget(secret)
    answer = redirect("/login", 303)
    answer.delete_cookie(SESSION_COOKIE, httponly=True, samesite="Strict")
    return answer


@blueprint.post("/who-am-i")
def switch_user() -> Response:
    """Become another demo user; only where nobody has to log in."""
    forms.check(SMALL_FORM)
    here = context.current()
    if not here.access.is_open:
        raise errors.NotAllowed("Expected an open loopback server; here people log in.")
    user = identity.get_user(here.engine, request.form.get("user", ""))
    answer = redirect("/", 303)
    _keep(answer, USER_COOKIE, user.id)
    return answer


def _form(*, problem: str | None = None, has_ended: bool = False) -> str:
    return page.show("account/login.html", problem=problem, has_ended=has_ended, wanted=_wanted(request.values))


def _wanted(given: Mapping[str, str]) -> str:
    """The page that asked for the log-in, if it is one of this server."""
    return page.local_path(given.get("back", "")) or "/"


def _session(user: str, password: str, key: str) -> str:
    engine = context.current().engine
    if key.strip():
        actor = identity.authenticate_api_key(engine, key.strip())
        return identity.open_session(engine, actor.id, lifetime_seconds=LIFETIME_SECONDS)
    return identity.log_in(engine, user.strip(), password, lifetime_seconds=LIFETIME_SECONDS)


def _keep(answer: Response, name: str, value: str) -> None:
    answer.set_cookie(
        name, value, max_age=LIFETIME_SECONDS, httponly=True, samesite="Strict", secure=request.is_secure, path="/"
    )
