"""Build hook: an editable install sees the folders under the import root `baton`.

A wheel gets `bpm`, `models` and `app` as `baton/bpm` and so on (see `sources` in
`pyproject.toml`). An editable install cannot rename folders, so `.editable/baton` holds one
link per folder and `.editable` goes on the path: interpreter, tests, type checker and editors
then all see the same names as in the wheel.
"""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FOLDERS = ("bpm", "models", "app", "examples")


class EditableLinks(BuildHookInterface):
    """Creates `.editable/baton/<folder>` links before an editable wheel is built."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            link_folders(Path(self.root))


def link_folders(root: Path) -> None:
    """Link each folder of `root` below `.editable/baton`; existing links are left alone."""
    target = root / ".editable" / "baton"
    target.mkdir(parents=True, exist_ok=True)
    for folder in FOLDERS:
        link = target / folder
        if not link.exists():
            link.symlink_to(Path("..", "..", folder), target_is_directory=True)
