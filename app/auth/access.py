"""Who is asking: an API key, a browser session, or, on an open loopback server, whom you say you are.

An actor that was found is remembered for a few seconds, so that a stream of commands does not ask the
database each time. All are forgotten when this process changes people, groups or keys; on other processes
a revoked key works for at most `REMEMBER_SECONDS` longer.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable
from typing import Protocol

from flask import Request

from baton.app.auth import origin
from baton.bpm import errors
from baton.bpm.runtime import identity
from baton.bpm.runtime.actors import Actor, ActorKind, Role
from baton.bpm.runtime.engine import Engine

SESSION_COOKIE = "baton_session"
USER_COOKIE = "baton_user"
USER_VARIABLE = "HTTP_BATON_USER"  # the header Baton-User, as WSGI names it
REMEMBER_SECONDS = 5.0
REMEMBER_AT_MOST = 1024

NOBODY = Actor(ActorKind.USER, "nobody")


class Access(Protocol):
    """The two ways a server may be run."""

    is_open: bool

    def check(self, request: Request) -> None:
        """Raise `NotAllowed` if the request must not be looked at further."""
        ...

    def identify(self, request: Request) -> Actor:
        """Who asks. Raises `NotAuthenticated`."""
        ...

    def forget_all(self) -> None:
        """People, groups or keys have changed: everybody is looked up again."""
        ...


class SecuredAccess:
    """API keys (`Authorization: Bearer`) for programs, sessions (cookie) for people."""

    is_open = False

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._known = Remembered()

    def check(self, request: Request) -> None:
        """Cookies come along from other sites too, so unsafe requests must be ours."""
        origin.check_same_origin(request)

    def identify(self, request: Request) -> Actor:
        """Raises `NotAuthenticated` if neither is there, or what is there does not hold."""
        header = request.environ.get("HTTP_AUTHORIZATION")
        if header is not None:
            return self._by_key(header)
        secret = request.cookies.get(SESSION_COOKIE)
        if secret:
            return self._known.get(f"session {secret}", lambda: identity.authenticate_session(self._engine, secret))
        raise errors.NotAuthenticated(
            "Expected an API key in the header 'Authorization: Bearer <key>', or a session; found neither."
        )

    def forget(self, secret: str) -> None:
        """A session was closed."""
        self._known.forget(f"session {secret}")

    def forget_all(self) -> None:
        """Keys and sessions are looked up again."""
        self._known.forget_all()

    def _by_key(self, header: str) -> Actor:
        scheme, _, secret = header.partition(" ")
        if scheme.lower() != "bearer" or not secret.strip():
            raise errors.NotAuthenticated(f"Expected 'Authorization: Bearer <key>', but found '{scheme[:20]}'.")
        key = secret.strip()
        return self._known.get(f"key {key}", lambda: identity.authenticate_api_key(self._engine, key))


class OpenAccess:
    """Loopback without authentication: the demo users, chosen by cookie or header; keys are honoured too.

    Only requests whose `Host` is a loopback name are answered, and unsafe ones only from our own pages.
    """

    is_open = True

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._keys = SecuredAccess(engine)
        self._known = Remembered()
        self._default = _default_user(identity.ensure_demo_users(engine))

    def check(self, request: Request) -> None:
        """Raises `ForeignHost`, `ForeignOrigin`."""
        origin.check_host(request)
        origin.check_same_origin(request)

    def identify(self, request: Request) -> Actor:
        """The user named by header or cookie, else the demo administrator. Raises `NotAuthenticated` if unknown."""
        if "HTTP_AUTHORIZATION" in request.environ:
            return self._keys.identify(request)
        named = request.environ.get(USER_VARIABLE)
        if named is not None:
            return self._user(named)
        if "HTTP_COOKIE" not in request.environ:
            return self._user(self._default)
        try:
            return self._user(request.cookies.get(USER_COOKIE) or self._default)
        except errors.NotAuthenticated:
            # A cookie of another database, or of a user who is gone: nobody can log in here to mend that.
            return self._user(self._default)

    def forget_all(self) -> None:
        """Keys and demo users are looked up again."""
        self._keys.forget_all()
        self._known.forget_all()

    def _user(self, user_id: str) -> Actor:
        if "\0" in user_id:
            raise errors.NotAuthenticated("Expected a known user, but found a name with the character NUL.")
        try:
            return self._known.get(user_id, lambda: identity.actor_of_user(self._engine, user_id))
        except errors.NotFound as error:
            raise errors.NotAuthenticated(f"Expected a known user, but there is no '{user_id[:100]}'.") from error


class Remembered:
    """Actors by a digest of what proved them, for a few seconds. Safe between threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._guard = threading.Lock()
        self._actors: dict[bytes, tuple[float, Actor]] = {}
        self._forgotten = 0

    def get(self, proof: str, find: Callable[[], Actor]) -> Actor:
        """The remembered actor, else the one `find` returns; what `find` raises is not remembered."""
        digest = _digest(proof)
        found = self._actors.get(digest)
        now = self._clock()
        if found is not None and found[0] > now:
            return found[1]
        forgotten = self._forgotten
        actor = find()
        with self._guard:
            if forgotten != self._forgotten:
                return actor  # who it was before a change is not kept
            if len(self._actors) >= REMEMBER_AT_MOST:
                self._actors.clear()
            self._actors[digest] = (now + REMEMBER_SECONDS, actor)
        return actor

    def forget(self, proof: str) -> None:
        """Ask again next time."""
        with self._guard:
            self._actors.pop(_digest(proof), None)

    def forget_all(self) -> None:
        """Ask again next time, whoever it is."""
        with self._guard:
            self._forgotten += 1
            self._actors.clear()


def _digest(proof: str) -> bytes:
    return hashlib.sha256(proof.encode("utf-8", "surrogateescape")).digest()


def _default_user(users: list[identity.UserView]) -> str:
    administrators = [user for user in users if Role.ADMINISTRATOR in user.roles]
    return (administrators or users)[0].id
