"""docs/console.md lists the commands that exist."""

from __future__ import annotations

from pathlib import Path

from appliance.console.commands import COMMANDS
from appliance.console.readings import needs

PAGE = Path(__file__).parents[3] / "docs" / "console.md"


def command_table() -> str:
    """As the page has it; print it with `python -m tests.appliance.console.test_page`."""
    rows = [
        f"| `{command.usage.replace('|', chr(92) + '|')}` | {command.does} | "
        f"{needs(command)} | `{command.example}` |"
        for command in COMMANDS.values()
    ]
    return "\n".join(["| command | what it does | needs | example |", "|---|---|---|---|", *rows])


def test_the_table_of_commands_is_current() -> None:
    assert command_table() in PAGE.read_text(encoding="utf-8")


if __name__ == "__main__":
    print(command_table())
