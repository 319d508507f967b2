"""Users, keys and sessions: secrets open doors once they are known, and only until they end."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy

from baton.bpm import errors
from baton.bpm.runtime import identity
from baton.bpm.runtime.actors import Role
from baton.bpm.testing import VirtualClock
from baton.models import api_key, session, user
from tests.integration.support import MARY, PAUL, Desk


def test_a_key_is_who_it_belongs_to_with_roles_and_groups(desk: Desk) -> None:
    identity.create_user(desk.engine, "eve", actor=MARY, roles=(Role.WORKER,), groups=("sales", "stock"))
    secret = identity.create_api_key(desk.engine, actor=MARY, user_id="eve", name="laptop").secret
    assert secret is not None

    actor = identity.authenticate_api_key(desk.engine, secret)

    assert (actor.id, actor.roles, set(actor.groups)) == ("eve", {Role.WORKER}, {"sales", "stock"})
    assert [view.secret for view in identity.api_keys(desk.engine, actor=MARY).items] == [None]


def test_unknown_revoked_and_expired_keys_open_nothing(desk: Desk, clock: VirtualClock) -> None:
    identity.create_user(desk.engine, "eve", actor=MARY)
    revoked = identity.create_api_key(desk.engine, actor=MARY, user_id="eve", name="a")
    expiring = identity.create_api_key(
        desk.engine, actor=MARY, user_id="eve", name="b", expires_at=clock() + timedelta(days=1)
    )
    identity.revoke_api_key(desk.engine, revoked.id, actor=MARY)
    clock.advance(timedelta(days=2))

    for secret in ("baton_guess", revoked.secret, expiring.secret):
        with pytest.raises(errors.NotAuthenticated):
            identity.authenticate_api_key(desk.engine, str(secret))


def test_no_secret_is_kept_in_the_database(desk: Desk) -> None:
    identity.create_user(desk.engine, "eve", actor=MARY, password="open sesame")
    key = identity.create_api_key(desk.engine, actor=MARY, user_id="eve", name="a").secret
    ticket = identity.log_in(desk.engine, "eve", "open sesame")

    with desk.engine.database.read() as connection:
        kept = str([connection.execute(sqlalchemy.select(table)).all() for table in (user, api_key, session)])

    for secret in (key, ticket, "open sesame"):
        assert str(secret) not in kept


def test_a_session_needs_the_right_password_and_ends(desk: Desk, clock: VirtualClock) -> None:
    identity.create_user(desk.engine, "eve", actor=MARY, password="open sesame")
    for name, password in (("eve", "wrong"), ("nobody", "open sesame")):
        with pytest.raises(errors.NotAuthenticated):
            identity.log_in(desk.engine, name, password)
    ticket = identity.log_in(desk.engine, "eve", "open sesame", lifetime_seconds=60)
    other = identity.log_in(desk.engine, "eve", "open sesame")

    assert identity.authenticate_session(desk.engine, ticket).id == "eve"
    identity.close_session(desk.engine, other)
    clock.advance(timedelta(seconds=61))

    for secret in (ticket, other):
        with pytest.raises(errors.NotAuthenticated):
            identity.authenticate_session(desk.engine, secret)


def test_the_first_administrator_key_is_made_once(desk: Desk) -> None:
    secret = identity.ensure_first_administrator(desk.engine)

    assert secret is not None
    assert Role.ADMINISTRATOR in identity.authenticate_api_key(desk.engine, secret).roles
    assert identity.ensure_first_administrator(desk.engine) is None


def test_only_administrators_make_users(desk: Desk) -> None:
    with pytest.raises(errors.NotAllowed):
        identity.create_user(desk.engine, "eve", actor=PAUL)
    identity.create_user(desk.engine, "eve", actor=MARY)

    with pytest.raises(errors.Conflict):
        identity.create_user(desk.engine, "eve", actor=MARY)


def test_demo_users_are_made_once(desk: Desk) -> None:
    first = identity.ensure_demo_users(desk.engine)

    assert first
    assert identity.ensure_demo_users(desk.engine) == first
    assert all(view.demo for view in first)


@pytest.mark.parametrize("left", ["a worker's", "a revoked", "an expired"])
def test_a_key_that_opens_no_administration_does_not_lock_the_administrator_out(
    desk: Desk, clock: VirtualClock, left: str
) -> None:
    identity.create_user(desk.engine, "robot", actor=MARY, roles=(Role.WORKER,))
    identity.create_user(desk.engine, "boss", actor=MARY, roles=(Role.ADMINISTRATOR,))
    if left == "a worker's":
        identity.create_api_key(desk.engine, actor=MARY, user_id="robot", name="key")
    else:
        made = identity.create_api_key(
            desk.engine, actor=MARY, user_id="boss", name="key", expires_at=clock() + timedelta(seconds=60)
        )
        if left == "a revoked":
            identity.revoke_api_key(desk.engine, made.id, actor=MARY)
        clock.advance(timedelta(seconds=61))

    secret = identity.ensure_first_administrator(desk.engine)

    assert secret is not None
    assert Role.ADMINISTRATOR in identity.authenticate_api_key(desk.engine, secret).roles


def test_a_person_named_administrator_without_the_role_gets_none(desk: Desk) -> None:
    identity.create_user(desk.engine, "administrator", actor=MARY, roles=(Role.PARTICIPANT,))

    secret = identity.ensure_first_administrator(desk.engine)

    assert secret is not None
    assert identity.authenticate_api_key(desk.engine, secret).id == "administrator-2"
    assert identity.get_user(desk.engine, "administrator").roles == (Role.PARTICIPANT,)


def test_servers_that_start_at_once_make_one_first_key(desk: Desk) -> None:
    with ThreadPoolExecutor(4) as servers:
        secrets = list(servers.map(lambda _: identity.ensure_first_administrator(desk.engine), range(4)))

    assert sum(secret is not None for secret in secrets) == 1
