"""`/groups`: whom tasks are offered to."""

from __future__ import annotations

from typing import Annotated

import msgspec

from baton.app.api.blueprint import noun
from baton.app.api.contract import ADMINISTRATORS, OPERATORS, Call, operation
from baton.app.api.shapes import Answer, Nothing, Page, PageQuery, Request
from baton.bpm.runtime import groups

blueprint = noun("groups")

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=255)]


class Group(Answer, frozen=True, kw_only=True):
    """`id` is what candidate groups say; `members` is how many users belong to it."""

    id: str
    name: str
    members: int

    @classmethod
    def of(cls, view: groups.GroupView) -> Group:
        return cls(id=view.id, name=view.name, members=view.members)


class NewGroup(Request, frozen=True, kw_only=True):
    """Without `name` it is called by its id."""

    id: Annotated[str, msgspec.Meta(pattern=r"^[^/\x00]{1,255}$")]
    name: Name | None = None


class GroupChange(Request, frozen=True, kw_only=True):
    """The id stays."""

    name: Name


@blueprint.get("")
@operation(query=PageQuery, answer=Page[Group], roles=OPERATORS)
def list_groups(call: Call, query: PageQuery) -> Page[Group]:
    """List groups, by id; `/users?group=` names the members."""
    page = groups.list_(call.engine, actor=call.actor, limit=query.limit, cursor=query.cursor)
    return Page(items=[Group.of(view) for view in page.items], next_cursor=page.next_cursor)


@blueprint.post("")
@operation(body=NewGroup, answer=Group, status=201, roles=ADMINISTRATORS, errors=(409,))
def create_group(call: Call, body: NewGroup) -> Group:
    """Create a group."""
    return Group.of(groups.create(call.engine, body.id, actor=call.actor, name=body.name))


@blueprint.get("/<name:group_id>")
@operation(answer=Group, roles=OPERATORS, errors=(404,))
def get_group(call: Call, group_id: str) -> Group:
    """Get a group."""
    return Group.of(groups.get(call.engine, group_id, actor=call.actor))


@blueprint.patch("/<name:group_id>")
@operation(body=GroupChange, answer=Group, roles=ADMINISTRATORS, errors=(404,))
def change_group(call: Call, group_id: str, body: GroupChange) -> Group:
    """Rename a group."""
    return Group.of(groups.rename(call.engine, group_id, actor=call.actor, name=body.name))


@blueprint.delete("/<name:group_id>")
@operation(answer=Nothing, roles=ADMINISTRATORS, errors=(404, 409))
def delete_group(call: Call, group_id: str) -> Nothing:
    """Delete a group to which no open task is offered."""
    groups.remove(call.engine, group_id, actor=call.actor)
    return Nothing()


@blueprint.put("/<name:group_id>/members/<name:user_id>")
@operation(answer=Nothing, roles=ADMINISTRATORS, errors=(404,))
def add_group_member(call: Call, group_id: str, user_id: str) -> Nothing:
    """Make a user a member."""
    groups.add_member(call.engine, group_id, user_id, actor=call.actor)
    return Nothing()


@blueprint.delete("/<name:group_id>/members/<name:user_id>")
@operation(answer=Nothing, roles=ADMINISTRATORS, errors=(404,))
def remove_group_member(call: Call, group_id: str, user_id: str) -> Nothing:
    """A user is a member no more."""
    groups.remove_member(call.engine, group_id, user_id, actor=call.actor)
    return Nothing()
