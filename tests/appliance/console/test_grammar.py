"""One grammar: what is typed, what is refused and why, what completes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.console.commands import COMMANDS
from appliance.console.errors import ConsoleError
from appliance.console.grammar import Right, completions, parse


@pytest.mark.parametrize("name", COMMANDS)
def test_every_example_can_be_typed_as_it_is(name: str) -> None:
    assert parse(COMMANDS[name].example, COMMANDS).command.name == name


@given(st.text(max_size=80))
def test_any_line_is_a_command_or_refused_with_a_remedy(line: str) -> None:
    refused = None
    try:
        parse(line, COMMANDS)
    except ConsoleError as error:
        refused = error
    assert refused is None or (refused.code in {"CON-COMMAND", "CON-USAGE"} and refused.remedy)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("statsu", "did you mean `status`?"),
        ("volume 200", "not within 0 to 100"),
        ("volume ²", "not within 0 to 100"),
        ("mute perhaps", "none of on, off"),
        ("status now", "`now` is too much"),
        ("say", "TEXT is missing"),
        ("record 5", "consent is missing"),
        ("Status", "did you mean `status`?"),
    ],
)
def test_a_mistake_is_explained(line: str, told: str) -> None:
    with pytest.raises(ConsoleError, match=re.escape(told)):
        parse(line, COMMANDS)


def test_text_is_taken_as_it_is() -> None:
    assert parse("say it's  what's left", COMMANDS).given["text"] == "it's  what's left"


def test_what_changes_the_device_or_reveals_words_needs_the_right() -> None:
    locked = {name for name in COMMANDS if COMMANDS[name].right is Right.SERVICE}
    assert locked == {
        *("ask", "record", "play", "restart", "reboot", "update", "factory-reset", "bundle"),
    }
    assert parse("mute off", COMMANDS).right is Right.SERVICE
    assert parse("mute on", COMMANDS).right is Right.FREE


def test_completion_knows_commands_and_their_words() -> None:
    assert "status" in completions("st", COMMANDS)
    assert completions("mute o", COMMANDS) == ("on", "off")
    assert "storage" in completions("test ", COMMANDS)
    assert "reboot" in completions("help re", COMMANDS)
    assert not completions("status x", COMMANDS)
    assert not completions("nonsense x", COMMANDS)
