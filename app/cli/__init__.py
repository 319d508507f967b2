"""The command `baton`. Each command's module is imported when it is called, so that `baton --help` is quick."""

from __future__ import annotations

import importlib
import keyword
import sys

import click

from baton.bpm import errors

COMMANDS = {
    "serve": ("baton.app.cli.serve", "Serve the HTTP API, the pages and the job workers."),
    "deploy": ("baton.app.cli.remote", "Upload diagrams and decisions to a running server."),
    "start": ("baton.app.cli.remote", "Start a process instance on a running server."),
    "tasks": ("baton.app.cli.remote", "List open user tasks of a running server."),
    "form": ("baton.app.cli.remote", "Show the form of a user task on a running server."),
    "complete": ("baton.app.cli.remote", "Complete a user task on a running server."),
    "message": ("baton.app.cli.collaboration", "Publish a message on a running server."),
    "signal": ("baton.app.cli.collaboration", "Broadcast a signal on a running server."),
    "subscriptions": ("baton.app.cli.collaboration", "List who waits for messages, signals and conditions."),
    "evaluate": ("baton.app.cli.remote", "Make a decision on a running server."),
    "audit": ("baton.app.cli.remote", "Show what happened on a running server."),
    "user": ("baton.app.cli.user", "Users of a running server: list, create, change, let in no more."),
    "group": ("baton.app.cli.group", "Groups of a running server and who belongs to them."),
    "key": ("baton.app.cli.key", "API keys of a running server: list, create, revoke."),
    "lint": ("baton.app.cli.lint", "Check diagrams and decisions: every problem with its line and fix."),
    "import": ("baton.app.cli.folder", "Report which diagrams of a folder can be deployed, and why others cannot."),
    "export": ("baton.app.cli.export", "Write a clean file: usable ids, no dangling arrows, a place for everything."),
    "run": ("baton.app.cli.run", "Run a diagram here in the terminal, in memory."),
    "decide": ("baton.app.cli.decide", "Make a decision of a .dmn file here in the terminal, in memory."),
    "db": ("baton.app.cli.db", "Create or migrate the database; make an administrator key."),
    "demo": ("baton.app.cli.demo", "Deploy the examples and start a few live instances."),
}


class LazyGroup(click.Group):
    """Knows its commands by name and imports them on use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(COMMANDS[cmd_name][0])
        command = getattr(module, f"{cmd_name}_" if keyword.iskeyword(cmd_name) else cmd_name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="baton-bpm", prog_name="baton")
def cli() -> None:
    """Baton runs BPMN 2.0 diagrams as people draw them."""


def main() -> None:
    """Entry point of the command `baton`: our errors become one sentence and exit status 1."""
    try:
        cli(prog_name="baton")
    except errors.BatonError as error:
        click.echo(f"Error: {error.message}", err=True)
        sys.exit(1)
