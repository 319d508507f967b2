"""What every page is made with: who asks, the frame around it, fragments with an ETag, commands of forms."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

import msgspec
from flask import Blueprint, Flask, Response, make_response, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from baton.app import context
from baton.app.web import forms, inputs, islands, texts, variable_rows
from baton.bpm import errors, values
from baton.bpm.runtime import flow_node_statistics, identity
from baton.bpm.runtime.actors import Actor, Role
from baton.bpm.runtime.engine import Engine

FORM_LIMIT = 512 * 1024
ROWS = 25
TITLE_LIMIT = 2000
PRETTY_LIMIT = 5000
THEME_COOKIE = "baton_theme"
THEMES = ("auto", "light", "dark")

Answer = str | Response | BaseResponse | tuple[str, int]


# --- who asks, and of what ---------------------------------------------------------------------------------------


def actor() -> Actor:
    """Who asks. Raises `NotAuthenticated`, which becomes the way to the log-in."""
    return context.current().access.identify(request)


def engine() -> Engine:
    """The engine behind this server."""
    return context.current().engine


# --- answering ---------------------------------------------------------------------------------------------------


def show(template: str, **values: Any) -> str:
    """A whole page in the layout. `area` names the entry of the navigation it belongs to."""
    return render_template(template, **(frame() | values))


def fragment(template: str, **values: Any) -> Response:
    """A part of a page that asks again and again: with an ETag, so that an unchanged one costs a 304."""
    answer = make_response(render_template(template, actor=actor(), **values))
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.add_etag()
    conditional = answer.make_conditional(request)
    assert isinstance(conditional, Response)
    return conditional


def act(
    command: Callable[[Actor], object], *, then: str, again: Callable[[errors.Rejection], str] | None = None
) -> Answer:
    """Carry out what a form asks and go to `then`, or to the `back` of the form.

    A refusal shows the form's page `again`, with the reason beside what is wrong; without, a page of its own.
    """
    forms.check(FORM_LIMIT)
    who = actor()
    who.require(Role.OPERATOR, Role.PARTICIPANT)
    try:
        command(who)
    except errors.Rejection as error:
        return refused(error, back=way_back(then)) if again is None else (again(error), error.status)
    return redirect(way_back(then), 303)


def refused(error: errors.Rejection, *, back: str) -> Answer:
    """The page of a refusal: what was expected and found, and the way back."""
    return show("refused.html", refusal=error, back=back), error.status


def way_back(otherwise: str) -> str:
    """The path that the form's `back` says, if it is one of this server; never another site."""
    return local_path(request.form.get("back", "")) or otherwise


def local_path(text: str) -> str | None:
    """`text` if it is a path on this server, else None."""
    if not text.startswith("/") or text.startswith("//") or "\\" in text or not text.isprintable():
        return None
    parts = urlsplit(text)
    return text if not parts.scheme and not parts.netloc else None


# --- the address --------------------------------------------------------------------------------------------------


def filters(*names: str) -> dict[str, str]:
    """Those of the address's parameters that are given; a filter form writes them, a table keeps them."""
    found = {name: request.args.get(name, "").strip() for name in names}
    return {name: text for name, text in found.items() if text and "\0" not in text}


def address(**changed: str | None) -> str:
    """This page's address with other parameters; None takes one away. A live fragment's is that of its page."""
    kept = {name: text for name, text in request.args.items() if name not in changed}
    query = urlencode(kept | {name: text for name, text in changed.items() if text is not None})
    path = request.path.removesuffix("/live") or "/"
    return f"{path}?{query}" if query else path


# --- the frame ----------------------------------------------------------------------------------------------------


class Entry(msgspec.Struct, frozen=True):
    """One of the navigation; `roles` are those that have it, everybody if there are none."""

    area: str
    endpoint: str
    roles: tuple[Role, ...] = ()


NAVIGATION = (
    Entry("home", "home.index"),
    Entry("tasks", "tasks.index"),
    Entry("processes", "processes.index"),
    Entry("instances", "instances.index"),
    Entry("decisions", "decisions.index"),
    Entry("modeler", "modeler.index", (Role.OPERATOR,)),
    Entry("audit", "audit.index"),
    Entry("operations", "operations.index", (Role.OPERATOR,)),
    Entry("people", "people.index", (Role.ADMINISTRATOR,)),
)


def frame() -> dict[str, Any]:
    """What the layout shows around every page; less where nobody is known."""
    here = context.current()
    try:
        who: Actor | None = actor()
    except errors.BatonError:
        who = None
    return {
        "actor": who,
        "is_open": here.access.is_open,
        "users": identity.users(here.engine, demo=True) if here.access.is_open else [],
        "can_operate": who is not None and who.is_operator,
        "navigation": [entry for entry in NAVIGATION if who is not None and _may(who, entry.roles)],
        "theme": theme(),
        "now": here.engine.clock(),
    }


def _may(who: Actor, roles: tuple[Role, ...]) -> bool:
    return not roles or Role.ADMINISTRATOR in who.roles or not who.roles.isdisjoint(roles)


def theme() -> str:
    """`light`, `dark`, or `auto` for what the machine prefers."""
    chosen = request.cookies.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else "auto"


blueprint = Blueprint("page", __name__)


@blueprint.post("/theme")
def switch_theme() -> BaseResponse:
    """Keep the chosen colours in a cookie and go back."""
    forms.check(16 * 1024)
    chosen = request.form.get("theme", "")
    answer = redirect(way_back("/"), 303)
    if chosen in THEMES:
        answer.set_cookie(
            THEME_COOKIE, chosen, max_age=365 * 86400, samesite="Strict", secure=request.is_secure, httponly=True
        )
    return answer


# --- in templates -------------------------------------------------------------------------------------------------


def install(app: Flask) -> None:
    """Give every template its words and tools."""
    app.jinja_env.globals.update(
        t=texts.t,
        texts=texts.group,
        address=address,
        base_script=islands.base_script,
        next_theme=lambda: THEMES[(THEMES.index(theme()) + 1) % len(THEMES)],
        asset=lambda name: url_for("static", filename=name),
        variable_types=variable_rows.TYPES,
    )
    app.jinja_env.filters.update(
        moment=moment,
        input_moment=input_moment,
        shown=shown,
        shown_whole=shown_whole,
        shown_json=shown_json,
        told=told,
        words=words,
        lasting=lasting,
        at_most=at_most,
        named=named,
        file_name=inputs.file_name,
        pretty=pretty,
        cut=cut,
        apart=apart,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def moment(value: datetime | None) -> str:
    """2026-01-01 10:00:00, UTC."""
    return "" if value is None else value.strftime("%Y-%m-%d %H:%M:%S")


def input_moment(value: datetime | None) -> str:
    """As `<input type="datetime-local">` has it, in UTC."""
    return "" if value is None else value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M" + (":%S" if value.second else ""))


def cut(text: str, length: int = 120) -> str:
    """At most `length` characters, the last of them … where more were there."""
    return text if len(text) <= length else f"{text[: length - 1]}…"


def apart(text: str, length: int = 120) -> str:
    """Cut, and isolated from the direction of the sentence around it, where `<bdi>` cannot stand."""
    return f"\u2068{cut(text, length)}\u2069"


_UNITS = ((86400.0, "days"), (3600.0, "hours"), (60.0, "minutes"), (1.0, "seconds"))


def lasting(seconds: float | None) -> str:
    """`2.5 h` for 9,000 seconds, in the largest unit of which it is at least one."""
    if seconds is None:
        return ""
    for size, unit in _UNITS:
        if seconds >= size:
            return texts.t(f"lasting.{unit}", number=f"{seconds / size:.3g}")
    return texts.t("lasting.milliseconds", number=f"{seconds * 1000:.3g}")


def at_most(count: int) -> str:
    """`1000+` for what is counted no further."""
    return (
        texts.t("more_than", count=flow_node_statistics.COUNTED)
        if count >= flow_node_statistics.COUNTED
        else f"{count}"
    )


def named(text: str | None, most: int = 120) -> Markup:
    """A name that people gave: apart from what is around it in direction, and cut with the whole as its title."""
    name = text or ""
    if len(name) <= most:
        return Markup("<bdi>{}</bdi>").format(name)
    return Markup('<bdi title="{}">{}…</bdi>').format(name[:TITLE_LIMIT], name[: most - 1])


def shown(value: Any) -> str:
    """A variable's value in one short line, as JSON unless it is a text."""
    return shown_whole(value, 120)


def shown_whole(value: Any, most: int = 20_000) -> str:
    """The same with as much of it as a page can bear. A value of a type of ours is shown without its type."""
    return told(values.to_json(value), most)


def told(value: Any, most: int = 20_000) -> str:
    """The same of a variable in its HTTP form, as the audit tells it."""
    if isinstance(value, dict) and value.keys() == {"type", "value"} and value["type"] in tuple(values.ValueType):
        value = value["value"]
    return cut(value if isinstance(value, str) else msgspec.json.encode(value).decode(), most)


def shown_json(value: Any) -> str:
    """A value that is JSON already, texts with their quotes."""
    return msgspec.json.encode(value).decode()


def pretty(value: Any) -> str:
    """JSON on lines of its own, cut where nobody reads on."""
    text = msgspec.json.format(msgspec.json.encode(values.to_json(value)), indent=2).decode()
    return text if len(text) <= PRETTY_LIMIT else f"{text[:PRETTY_LIMIT]}…"


def words(name: str) -> str:
    """`UserTaskCompleted` and `user_task` to words."""
    spaced = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name.replace("_", " "))
    return spaced.strip()
