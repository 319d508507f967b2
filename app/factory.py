"""`create_app`: the WSGI application around one engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import metadata
from typing import TYPE_CHECKING, Any

from apiflask import APIFlask
from flask import Response, request
from werkzeug.exceptions import NotFound
from werkzeug.routing import BaseConverter

from baton.app import context, problem_details, unread_bodies
from baton.app.api import (
    audit_events,
    batches,
    conditions,
    decision_definitions,
    decision_evaluations,
    deployments,
    forms,
    groups,
    health,
    identity,
    incidents,
    instance_history,
    jobs,
    messages,
    openapi,
    process_definitions,
    process_instances,
    signals,
    subscriptions,
    summary,
    user_tasks,
    workers,
)
from baton.app.api.blueprint import PREFIX
from baton.app.api.contract import BODY_LIMIT
from baton.app.api.shapes import LARGEST_ID
from baton.app.auth.access import Access, OpenAccess
from baton.app.web import error_pages, page, people
from baton.app.web.blueprints import BLUEPRINTS as PAGES
from baton.bpm.runtime.engine import Engine

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

BLUEPRINTS = (
    deployments.blueprint,
    process_definitions.blueprint,
    decision_definitions.blueprint,
    decision_evaluations.blueprint,
    process_instances.blueprint,
    instance_history.blueprint,
    batches.blueprint,
    summary.blueprint,
    user_tasks.blueprint,
    forms.blueprint,
    jobs.blueprint,
    incidents.blueprint,
    messages.blueprint,
    signals.blueprint,
    conditions.blueprint,
    subscriptions.blueprint,
    audit_events.blueprint,
    health.blueprint,
    identity.me,
    identity.users,
    identity.api_keys,
    groups.blueprint,
    workers.blueprint,
)

# What these do changes who may do what.
_PEOPLE = frozenset({identity.users.name, identity.api_keys.name, groups.blueprint.name, people.blueprint.name})

SECURITY_HEADERS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    (
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    ),
)
API_HEADERS = (*SECURITY_HEADERS, ("Cache-Control", "no-store"))


class IdConverter(BaseConverter):
    """Ids in paths: decimal digits, 63 bits; anything else is a path that does not exist."""

    regex = "[0-9]{1,19}"

    def to_python(self, value: str) -> int:
        number = int(value)
        if number > LARGEST_ID:
            raise NotFound(f"Expected an id that Baton gave, but found '{value}'.")
        return number


class NameConverter(BaseConverter):
    """Ids of users and groups in paths: any text without a slash; NUL is in no name."""

    regex = "[^/\\x00]{1,255}"


def create_app(engine: Engine, *, access: Access | None = None) -> APIFlask:
    """The application; `access` None is the open loopback mode with demo users.

    The engine stays the caller's: close it after the last request.
    """
    app = APIFlask(
        "baton.app",
        title="Baton",
        version=metadata.version("baton-bpm"),
        docs_path=None,
        json_errors=False,
        static_folder="web/static",
        template_folder="web/templates",
    )
    app.config.update(
        OPENAPI_VERSION="3.1.0",
        AUTO_SERVERS=False,
        AUTO_404_RESPONSE=False,
        AUTO_VALIDATION_ERROR_RESPONSE=False,
        DESCRIPTION="A BPMN 2.0 engine: deploy diagrams, start instances, complete user tasks, see who did what.",
        MAX_CONTENT_LENGTH=BODY_LIMIT,
        MAX_FORM_PARTS=200,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        SEND_FILE_MAX_AGE_DEFAULT=3600,
    )
    app.url_map.converters["id"] = IdConverter
    app.url_map.converters["name"] = NameConverter
    app.extensions[context.KEY] = context.Context(
        engine=engine,
        access=access or OpenAccess(engine),
        long_polls=context.LongPolls(max(1, engine.settings.threads // 2)),
    )
    for blueprint in (*BLUEPRINTS, *PAGES):
        app.register_blueprint(blueprint)
    problem_details.install(app)
    page.install(app)
    error_pages.install(app)
    openapi.install(app)
    unread_bodies.install(app)
    app.before_request(_check)
    app.after_request(_forget_people)
    app.wsgi_app = Hardened(app.wsgi_app)  # type: ignore[method-assign]
    return app


def _check() -> None:
    """Refuse what comes from elsewhere before anything looks at it."""
    context.current().access.check(request)


def _forget_people(answer: Response) -> Response:
    """Who was remembered may have lost what they had."""
    if request.blueprint in _PEOPLE and request.method not in ("GET", "HEAD"):
        context.current().access.forget_all()
    return answer


class Hardened:
    """Adds the same headers to every answer, errors included; around Flask, where it costs next to nothing."""

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        more = API_HEADERS if environ.get("PATH_INFO", "").startswith(PREFIX) else SECURITY_HEADERS

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
            return start_response(status, [*headers, *more], exc_info)

        return self._application(environ, start)
