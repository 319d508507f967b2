"""People change, leave and come back; groups; nobody can take the last administrator away."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from baton.bpm import errors
from baton.bpm.runtime import audit_events, groups, identity, keysets, people, user_tasks
from baton.bpm.runtime.actors import Role
from baton.bpm.testing import VirtualClock
from tests.integration.support import JOHN, MARY, PAUL, TWO_TASKS, Desk, diagram, flow

BOSS = (Role.ADMINISTRATOR,)


def told(desk: Desk, type_: str) -> list[dict[str, object]]:
    return [event.data for event in audit_events.list_(desk.engine, actor=MARY, type=type_).items]


def test_a_user_changes_and_the_audit_has_no_secrets(desk: Desk) -> None:
    identity.create_user(desk.engine, "eve", actor=MARY, groups=("sales",), password="open sesame")
    ticket = identity.log_in(desk.engine, "eve", "open sesame")

    changed = people.change(
        desk.engine,
        "eve",
        actor=MARY,
        name="Eve",
        email="eve@example.com",
        password="shut sesame",
        roles=(Role.OPERATOR,),
        groups=("stock", "new"),
    )

    assert (changed.name, changed.email, changed.roles, changed.groups) == (
        "Eve",
        "eve@example.com",
        (Role.OPERATOR,),
        ("new", "stock"),
    )
    with pytest.raises(errors.NotAuthenticated):
        identity.authenticate_session(desk.engine, ticket)
    assert identity.log_in(desk.engine, "eve", "shut sesame")
    (data,) = told(desk, "UserChanged")
    assert data == {
        "user_id": "eve",
        "changed": ["email", "name", "password"],
        "old_roles": ["participant"],
        "roles": ["operator"],
        "old_groups": ["sales"],
        "groups": ["new", "stock"],
    }
    assert people.change(desk.engine, "eve", actor=MARY, email=None).email is None


def test_people_change_their_own_name_email_and_password_only(desk: Desk) -> None:
    identity.create_user(desk.engine, "paul", actor=MARY)

    assert people.change(desk.engine, "paul", actor=PAUL, name="Paul", password="new password").name == "Paul"
    for more in ({"roles": BOSS}, {"groups": ("sales",)}):
        with pytest.raises(errors.NotAllowed):
            people.change(desk.engine, "paul", actor=PAUL, **more)  # type: ignore[arg-type]
    with pytest.raises(errors.NotAllowed):
        people.change(desk.engine, "mary", actor=PAUL, name="x")
    for deed in (people.deactivate, people.reactivate, people.delete_user):
        with pytest.raises(errors.NotAllowed):
            deed(desk.engine, "paul", actor=PAUL)


@pytest.mark.parametrize("email", ["x", "@x", "x@", "a@b@c", "a b@c", "a@b\n", "a@b\0", "x" * 250 + "@example.com"])
def test_what_is_no_email_address_is_refused(desk: Desk, email: str) -> None:
    identity.create_user(desk.engine, "eve", actor=MARY)

    with pytest.raises(errors.InvalidCommand) as refused:
        people.change(desk.engine, "eve", actor=MARY, email=email)

    assert refused.value.field == "email"


def test_deactivating_ends_sessions_and_keys_and_reactivating_opens_the_door_again(desk: Desk) -> None:
    identity.create_user(desk.engine, "eve", actor=MARY, password="open sesame")
    key = identity.create_api_key(desk.engine, actor=MARY, user_id="eve", name="laptop").secret
    ticket = identity.log_in(desk.engine, "eve", "open sesame")

    assert people.deactivate(desk.engine, "eve", actor=MARY).deactivated_at is not None
    people.deactivate(desk.engine, "eve", actor=MARY)

    for attempt in (
        lambda: identity.authenticate_api_key(desk.engine, str(key)),
        lambda: identity.authenticate_session(desk.engine, ticket),
        lambda: identity.log_in(desk.engine, "eve", "open sesame"),
    ):
        with pytest.raises(errors.NotAuthenticated):
            attempt()
    with pytest.raises(errors.NotFound, match="deactivated"):
        identity.actor_of_user(desk.engine, "eve")
    with pytest.raises(errors.NotFound, match="active"):
        identity.create_api_key(desk.engine, actor=MARY, user_id="eve", name="again")
    assert told(desk, "UserDeactivated") == [{"user_id": "eve", "sessions_ended": 1, "api_keys_revoked": 1}]
    assert people.reactivate(desk.engine, "eve", actor=MARY).deactivated_at is None
    assert identity.log_in(desk.engine, "eve", "open sesame")
    with pytest.raises(errors.NotAuthenticated):
        identity.authenticate_api_key(desk.engine, str(key))


def test_the_last_administrator_stays(desk: Desk) -> None:
    identity.create_user(desk.engine, "boss", actor=MARY, roles=BOSS)
    identity.ensure_demo_users(desk.engine)

    def try_all() -> None:
        for deed in (people.deactivate, people.delete_user):
            with pytest.raises(errors.Conflict, match="last"):
                deed(desk.engine, "boss", actor=MARY)
        with pytest.raises(errors.Conflict, match="last"):
            people.change(desk.engine, "boss", actor=MARY, roles=(Role.OPERATOR,))

    try_all()
    identity.create_user(desk.engine, "other", actor=MARY, roles=BOSS)
    people.deactivate(desk.engine, "other", actor=MARY)
    try_all()
    people.reactivate(desk.engine, "other", actor=MARY)
    people.change(desk.engine, "boss", actor=MARY, roles=(Role.OPERATOR,))
    people.delete_user(desk.engine, "boss", actor=MARY)


def test_two_administrators_cannot_remove_each_other_at_once(desk: Desk) -> None:
    for name in ("one", "two"):
        identity.create_user(desk.engine, name, actor=MARY, roles=BOSS)

    def remove(name: str) -> bool:
        try:
            people.deactivate(desk.engine, name, actor=MARY)
        except errors.Conflict:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        removed = list(pool.map(remove, ("one", "two")))

    assert sorted(removed) == [False, True]


def test_only_who_left_no_trace_is_deleted(desk: Desk) -> None:
    for name in ("eve", "john", "paul"):
        identity.create_user(desk.engine, name, actor=MARY, groups=("sales",))
    desk.deploy(TWO_TASKS)
    task = desk.task(desk.start().id)
    user_tasks.assign(desk.engine, task.id, actor=MARY, assignee="paul")
    user_tasks.complete(desk.engine, desk.task(desk.start().id).id, actor=JOHN)

    people.delete_user(desk.engine, "eve", actor=MARY)
    with pytest.raises(errors.Conflict, match=r"audit.*deactivate"):
        people.delete_user(desk.engine, "john", actor=MARY)
    with pytest.raises(errors.Conflict, match=r"open tasks.*deactivate"):
        people.delete_user(desk.engine, "paul", actor=MARY)

    with pytest.raises(errors.NotFound):
        people.delete_user(desk.engine, "eve", actor=MARY)
    assert groups.get(desk.engine, "sales", actor=MARY).members == 2


def test_users_are_found_page_by_page(desk: Desk) -> None:
    for number in range(5):
        identity.create_user(desk.engine, f"user-{number}", actor=MARY, name=f"Anna {number}", groups=("g",))
    identity.create_user(desk.engine, "eve", actor=MARY, email="eve_1@example.com")
    people.deactivate(desk.engine, "user-3", actor=MARY)

    def ids(**filters: object) -> list[str]:
        found: list[str] = []
        cursor = None
        while True:
            page = people.list_(desk.engine, actor=MARY, limit=2, cursor=cursor, **filters)  # type: ignore[arg-type]
            found += [view.id for view in page.items]
            cursor = page.next_cursor
            if cursor is None:
                return found

    assert ids() == ["eve", *(f"user-{number}" for number in range(5))]
    assert ids(text="ANNA") == ids(group="g") == [f"user-{number}" for number in range(5)]
    assert ids(text="_1@") == ["eve"]
    assert ids(active=False) == ["user-3"]
    assert ids(group="none") == ids(text="%") == []
    with pytest.raises(errors.NotAllowed):
        people.list_(desk.engine, actor=PAUL)


def test_cursors_of_other_lists_are_refused(desk: Desk) -> None:
    for list_, own in ((people.list_, "users"), (groups.list_, "groups"), (identity.api_keys, "api-keys")):
        for cursor in ("?", keysets.encode("other", "x"), keysets.encode(own), keysets.encode(own, None)):
            with pytest.raises(errors.InvalidCommand) as refused:
                list_(desk.engine, actor=MARY, cursor=cursor)
            assert refused.value.field == "cursor"
        with pytest.raises(errors.InvalidCommand):
            list_(desk.engine, actor=MARY, limit=0)


def test_groups_are_made_renamed_joined_left_and_deleted(desk: Desk) -> None:
    identity.create_user(desk.engine, "eve", actor=MARY)
    groups.create(desk.engine, "sales", actor=MARY, name="Sales")
    with pytest.raises(errors.Conflict):
        groups.create(desk.engine, "sales", actor=MARY)
    assert groups.rename(desk.engine, "sales", actor=MARY, name="Selling").name == "Selling"
    groups.add_member(desk.engine, "sales", "eve", actor=MARY)
    groups.add_member(desk.engine, "sales", "eve", actor=MARY)
    assert identity.actor_of_user(desk.engine, "eve").groups == ("sales",)
    assert [(view.id, view.members) for view in groups.list_(desk.engine, actor=MARY).items] == [("sales", 1)]
    with pytest.raises(errors.NotFound):
        groups.add_member(desk.engine, "sales", "nobody", actor=MARY)
    with pytest.raises(errors.NotFound):
        groups.add_member(desk.engine, "nothing", "eve", actor=MARY)
    groups.remove_member(desk.engine, "sales", "eve", actor=MARY)
    with pytest.raises(errors.NotFound):
        groups.remove_member(desk.engine, "sales", "eve", actor=MARY)
    with pytest.raises(errors.NotAllowed):
        groups.create(desk.engine, "mine", actor=PAUL)

    desk.deploy(
        diagram(
            '<startEvent id="start"/><userTask id="check" camunda:candidateGroups="sales"/><endEvent id="end"/>'
            + flow("start", "check")
            + flow("check", "end")
        )
    )
    instance = desk.start()
    with pytest.raises(errors.Conflict, match="open tasks"):
        groups.remove(desk.engine, "sales", actor=MARY)
    desk.complete(instance.id)
    groups.remove(desk.engine, "sales", actor=MARY)

    with pytest.raises(errors.NotFound):
        groups.get(desk.engine, "sales", actor=MARY)
    for type_ in ("GroupCreated", "GroupChanged", "GroupMemberAdded", "GroupMemberRemoved", "GroupDeleted"):
        assert len(told(desk, type_)) == 1, type_


def test_keys_are_listed_per_user_with_their_last_use(desk: Desk, clock: VirtualClock) -> None:
    for name in ("eve", "paul"):
        identity.create_user(desk.engine, name, actor=MARY)
    key = identity.create_api_key(desk.engine, actor=MARY, user_id="eve", name="a")
    own = identity.create_api_key(desk.engine, actor=PAUL, user_id="paul", name="b")
    used = clock()
    identity.authenticate_api_key(desk.engine, str(key.secret))
    clock.advance(timedelta(seconds=59))
    identity.authenticate_api_key(desk.engine, str(key.secret))

    def last_use() -> object:
        (view,) = identity.api_keys(desk.engine, actor=MARY, user_id="eve").items
        return view.last_used_at

    assert last_use() == used
    clock.advance(timedelta(seconds=1))
    identity.authenticate_api_key(desk.engine, str(key.secret))
    assert last_use() == clock()
    assert [view.id for view in identity.api_keys(desk.engine, actor=PAUL).items] == [own.id]
    with pytest.raises(errors.NotAllowed):
        identity.api_keys(desk.engine, actor=PAUL, user_id="eve")
    identity.revoke_api_key(desk.engine, key.id, actor=MARY)
    assert told(desk, "ApiKeyRevoked") == [{"api_key_id": str(key.id), "user_id": "eve", "name": "a"}]
    assert str(key.secret) not in str(told(desk, "ApiKeyCreated"))
