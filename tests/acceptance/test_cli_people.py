"""The command line for users, groups and API keys."""

import io
import json
import os
import subprocess
import sys

import pytest

from baton.app.cli import main
from tests.acceptance.serving import Api


@pytest.fixture
def baton(monkeypatch, capsys, server):
    """The command line in this process: these commands only speak HTTP, and to start Python takes longer than they."""
    for name in [name for name in os.environ if name.startswith("BATON_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("BATON_URL", server.url)

    def call(*arguments, given="", status=0):
        monkeypatch.setattr(sys, "argv", ["baton", *arguments])
        monkeypatch.setattr(sys, "stdin", io.StringIO(given))
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        assert ended.value.code == status, f"{arguments}: {ended.value.code}\n{printed.out}\n{printed.err}"
        return subprocess.CompletedProcess(arguments, status, printed.out, printed.err)

    return call


def test_a_user_is_created_found_changed_let_in_no_more_and_deleted(baton, api):
    created = baton("user", "create", "cli-ida", "--email", "ida@example.com", "--role", "operator", "--group", "cli-a")
    assert created.stdout.splitlines() == [
        "cli-ida cli-ida <ida@example.com> active",
        "roles: operator",
        "groups: cli-a",
    ]
    assert "ida@example.com" in baton("user", "list", "cli-ida", "--group", "cli-a", "--active").stdout

    change = ("--name", "Ida", "--email", "", "--no-groups")
    changed = json.loads(baton("user", "change", "cli-ida", *change, "--json").stdout)
    assert (changed["name"], changed["email"], changed["roles"], changed["groups"]) == ("Ida", None, ["operator"], [])
    assert changed == json.loads(baton("user", "show", "cli-ida", "--json").stdout)

    assert "deactivated 20" in baton("user", "deactivate", "cli-ida").stdout
    [found] = json.loads(baton("user", "list", "cli-ida", "--deactivated", "--json").stdout)["items"]
    assert found["id"] == "cli-ida"
    assert baton("user", "reactivate", "cli-ida").stdout.startswith("cli-ida Ida active")
    assert baton("user", "delete", "cli-ida").stdout == "cli-ida deleted\n"
    api.refused(404, "GET", "/users/cli-ida")
    assert baton("user", "show", "cli-ida", status=1).stderr.startswith("Error: Expected a user with id 'cli-ida'")


def test_a_password_is_read_from_what_is_piped_in_and_not_from_the_arguments(baton, api):
    def events():
        return api.ok("GET", "/audit-events", params={"type": "UserChanged"})["items"]

    baton("user", "create", "cli-otto", "--password", given="correct horse\n")
    baton("user", "change", "cli-otto", "--password", given="battery staple\n")
    assert events()[0]["data"]["changed"] == ["password"]
    assert "in 'password'" in baton("user", "change", "cli-otto", "--password", given="short\n", status=1).stderr

    baton("user", "change", "cli-otto", "--no-password")
    assert len([event for event in events() if event["data"]["userId"] == "cli-otto"]) == 2


def test_a_change_without_anything_or_of_two_kinds_is_refused_before_the_server_is_asked(baton):
    assert "Expected what to change" in baton("user", "change", "anna", status=2).stderr
    both = baton("user", "change", "anna", "--role", "worker", "--no-roles", status=2)
    assert "Expected --role or --no-roles, but found both" in both.stderr


def test_who_am_i_says_id_roles_and_groups(baton):
    shown = baton("user", "me", "--user", "ben").stdout

    assert shown.startswith("ben (user)\nroles: participant\ngroups: employee, hr")


def test_a_group_is_created_filled_renamed_and_deleted(baton):
    assert baton("group", "create", "cli crew").stdout == "cli crew cli crew, 0 members\n"
    assert baton("group", "change", "cli crew", "--name", "The crew").stdout == "cli crew The crew, 0 members\n"
    assert baton("group", "add", "cli crew", "ben").stdout == "ben is a member of cli crew\n"
    [member] = json.loads(baton("group", "members", "cli crew", "--json").stdout)["items"]
    assert member["id"] == "ben"
    listed = baton("group", "list", "--limit", "1000").stdout.splitlines()
    assert [line.split()[-1] for line in listed if "The crew" in line] == ["1"]

    assert baton("group", "remove", "cli crew", "ben").stdout == "ben is no member of cli crew\n"
    assert json.loads(baton("group", "show", "cli crew", "--json").stdout)["members"] == 0
    assert baton("group", "delete", "cli crew").stdout == "cli crew deleted\n"
    assert "Expected a group with id 'cli crew'" in baton("group", "members", "cli crew", status=1).stderr


def test_a_key_is_made_lets_in_and_is_revoked(baton, server):
    made = baton("key", "create", "anna", "--name", "cli", "--expires", "2099-01-01T00:00:00Z")
    secret = made.stdout.strip()
    key = made.stderr.split()[1]
    with Api(server.url, Authorization=f"Bearer {secret}") as client:
        assert client.ok("GET", "/me")["id"] == "anna"
    keys = json.loads(baton("key", "list", "anna", "--json").stdout)["items"]
    [listed] = [each for each in keys if each["id"] == key]
    assert (listed["name"], listed["secret"]) == ("cli", None)
    assert "until 2099" in baton("key", "list", "anna").stdout

    assert baton("key", "revoke", key).stdout == f"{key} revoked\n"

    with Api(server.url, Authorization=f"Bearer {secret}") as client:
        client.refused(401, "GET", "/me")
    assert "revoked 20" in baton("key", "list", "anna").stdout


def test_a_key_of_nobody_or_for_an_odd_time_is_one_sentence(baton):
    assert "there is none" in baton("key", "create", "nobody-here", "--name", "x", status=1).stderr
    assert baton("key", "create", "anna", "--name", "x", "--expires", "tomorrow", status=1).stderr.startswith("Error: ")
    assert baton("key", "revoke", "a/b", status=1).stderr.startswith("Error: ")
