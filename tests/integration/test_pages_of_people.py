"""The pages of people: users, groups and keys, and what is refused beside which field."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from baton.bpm import errors
from baton.bpm.runtime import identity
from baton.bpm.runtime.actors import Role
from baton.bpm.testing import VirtualClock
from tests.integration.pages import Pages
from tests.integration.support import MARY, Desk


@pytest.fixture
def pages(desk: Desk) -> Pages:
    return Pages(desk.engine)


def test_a_user_is_made_changed_deactivated_let_in_again_and_deleted(desk: Desk, pages: Pages) -> None:
    where = pages.sent(
        "/people/new", id="eve", name="Eve", email="eve@example.com", password="open sesame",
        roles=["operator", "participant"], groups="sales, stock",
    )  # fmt: skip
    assert where == "/people"
    eve = identity.get_user(desk.engine, "eve")
    assert (eve.name, eve.email, eve.groups) == ("Eve", "eve@example.com", ("sales", "stock"))
    assert set(eve.roles) == {Role.OPERATOR, Role.PARTICIPANT}
    assert "Eve" in pages.get("/people?text=eve&group=stock&active=active")

    pages.sent("/people/users/eve", name="Eva", email="", roles=["worker"], groups="stock")
    eve = identity.get_user(desk.engine, "eve")
    assert (eve.name, eve.email, eve.roles, eve.groups) == ("Eva", None, (Role.WORKER,), ("stock",))
    assert identity.log_in(desk.engine, "eve", "open sesame")

    pages.sent("/people/users/eve/deactivate")
    assert "deactivated" in pages.get("/people/users/eve")
    assert "Eva" in pages.get("/people?active=deactivated")
    pages.sent("/people/users/eve/reactivate")
    assert identity.get_user(desk.engine, "eve").deactivated_at is None

    assert pages.sent("/people/users/eve/delete") == "/people"
    with pytest.raises(errors.NotFound):
        identity.get_user(desk.engine, "eve")


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"id": "with space"}, "id"),
        ({"id": "eve", "email": "nobody"}, "email"),
        ({"id": "eve", "password": "short"}, "password"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_stays(
    pages: Pages, form: dict[str, str], field: str
) -> None:
    page = pages.refused(422, "/people/new", name="Eve", roles=["operator"], groups="sales", **form)

    assert re.search(rf'<input id="field-{field}"[^>]*aria-invalid="true" aria-describedby="about-{field}"', page)
    assert 'value="Eve"' in page
    assert 'value="sales"' in page
    assert re.search(r'value="operator" checked', page)


def test_a_refusal_that_is_about_no_field_stands_on_the_page(pages: Pages) -> None:
    page = pages.refused(409, "/people/users/demo/deactivate")

    assert "the last one" in page
    assert 'role="alert"' in page
    assert "The new key" not in page


def test_a_key_is_shown_once_works_and_is_revoked(desk: Desk, pages: Pages, clock: VirtualClock) -> None:
    answer = pages.post("/people/users/anna/keys", keyName="import", expiresAt="2026-03-01T00:00")
    secret = re.search(r'class="secret"[^>]*>(baton_[\w-]+)<', answer.text)
    assert secret
    assert answer.headers["Cache-Control"] == "no-store"
    assert identity.authenticate_api_key(desk.engine, secret[1]).id == "anna"
    clock.advance(timedelta(minutes=1))

    for path in ("/people/users/anna", "/people/keys"):
        page = pages.get(path)
        assert "import" in page
        assert "2026-03-01 00:00:00" in page
        assert secret[1] not in page
    key_id = re.search(r"/people/keys/(\d+)/revoke", page)
    assert key_id
    pages.sent(f"/people/keys/{key_id[1]}/revoke")

    with pytest.raises(errors.NotAuthenticated):
        identity.authenticate_api_key(desk.engine, secret[1])
    assert "revoked" in pages.get("/people/keys")
    assert "aria-invalid" in pages.refused(422, "/people/users/anna/keys", keyName="", expiresAt="")
    assert "aria-invalid" in pages.refused(422, "/people/users/anna/keys", keyName="k", expiresAt="soon")


def test_a_group_gets_and_loses_members(desk: Desk, pages: Pages) -> None:
    assert pages.sent("/people/groups", id="night shift", name="Night") == "/people/groups"
    here = "/people/groups/night%20shift"
    assert pages.sent(f"{here}/members", member="ben") == here
    assert "Ben" in pages.get(here)
    assert "night shift" in identity.get_user(desk.engine, "ben").groups

    assert "aria-invalid" in pages.refused(404, f"{here}/members", member="nobody")
    pages.sent(f"{here}/members/remove", member="ben")
    pages.sent(here, name="Late")
    assert "Late" in pages.get("/people/groups")
    assert "there is one" in pages.refused(409, "/people/groups", id="night shift")
    assert pages.sent(f"{here}/delete") == "/people/groups"
    pages.get(here, status=404)


def test_everybody_may_see_and_change_themselves_and_nobody_else(desk: Desk, pages: Pages) -> None:
    assert "Ben" in pages.get("/people/users/ben", user="ben")
    assert pages.post("/people/users/ben", user="ben", name="Benno", roles=["administrator"]).status_code == 303
    ben = identity.get_user(desk.engine, "ben")
    assert (ben.name, ben.roles) == ("Benno", (Role.PARTICIPANT,))
    assert pages.post("/people/users/ben/keys", user="ben", keyName="mine").status_code == 200

    for path in ("/people", "/people/new", "/people/groups", "/people/keys", "/people/users/anna"):
        assert "You may not do that" in pages.get(path, status=403, user="ben")
    assert pages.post("/people/new", user="ben").status_code == 403
    for path in ("anna", "anna/keys", "ben/deactivate", "ben/delete"):
        assert pages.post(f"/people/users/{path}", user="ben", keyName="k", name="x").status_code == 403


def test_pages_of_people_cost_as_many_statements_with_many_rows(desk: Desk, pages: Pages) -> None:
    paths = ("/people", "/people/groups", "/people/keys", "/people/users/user-1", "/people/groups/group-1")

    def grow(first: int, last: int) -> None:
        for number in range(first, last):
            identity.create_user(desk.engine, f"user-{number}", actor=MARY, groups=("group-1", f"group-{number}"))
            identity.create_api_key(desk.engine, actor=MARY, user_id="user-1", name=f"key {number}")

    grow(1, 31)
    few = {path: pages.statements(path) for path in paths}
    grow(31, 151)

    assert [path for path in paths if pages.statements(path) > few[path]] == []
    assert max(few.values()) <= 8
