"""A person at the console: types, completes, reads, interrupts, unlocks."""

from __future__ import annotations

import asyncio

import pytest

from appliance.console.commands import COMMANDS
from appliance.console.fakes import BROKEN, FakeDevice
from appliance.console.guard import UNLOCKED_S
from tests.appliance.console.support import Person, play, settled


def test_the_first_minute_of_a_technician() -> None:
    async def act() -> None:
        person = Person()
        person.session.greet()
        assert b"help" in person.shown
        assert person.shown.endswith(b"\x1b[11C")  # the cursor after the prompt
        listed = await person.type("help\r")
        assert all(f" {name} " in listed for name in COMMANDS)
        assert "idle" in await person.type("stat\t\r")
        assert "wake phrase" not in await person.type("help unl\t\r")
        assert "turn 1 was quick" in await person.type("why\r")
        assert "status" in await person.type("\x1b[A\x1b[A\x1b[A")

    play(act)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_teaches_every_command(name: str) -> None:
    async def act() -> None:
        page = await Person().type(f"help {name}\r")
        assert COMMANDS[name].usage in page
        assert COMMANDS[name].example in page

    play(act)


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "unlock"])
def test_every_command_works_once_unlocked(name: str) -> None:
    async def act() -> None:
        person = Person()
        await person.unlock()
        person.session.feed(f"{COMMANDS[name].example}\r".encode())
        await asyncio.sleep(1)
        person.session.feed(b"q" if COMMANDS[name].live else b"")
        await settled(person.session)
        assert "error" not in person.shown.decode()

    play(act)


def test_what_is_locked_stays_undone_until_the_right_key_speaks() -> None:
    async def act() -> None:
        person = Person()
        assert "locked" in await person.type("reboot\r")
        assert "locked" in await person.type("mute off\r")
        assert "does not fit" in await person.type("unlock\runlock nonsense\r")
        assert "too early" in await person.type("unlock\r")
        assert person.device.done == []
        await asyncio.sleep(2)
        await person.unlock()
        assert "restarts" in await person.type("reboot\r")
        assert "appliance# " in await person.type("\r")
        await person.type("\x04")  # Ctrl-D locks
        assert "locked" in await person.type("reboot\r")
        assert person.device.done == ["reboot"]

    play(act)


def test_the_right_expires_at_the_prompt_of_an_idle_technician() -> None:
    async def act() -> None:
        person = Person()
        await person.unlock()
        await asyncio.sleep(UNLOCKED_S + 1)
        assert "locked" in await person.type("reboot\r")
        assert "appliance> " in await person.type("\r")

    play(act)


def test_without_a_key_nobody_unlocks_and_it_says_why() -> None:
    async def act() -> None:
        person = Person(key=False)
        assert "no service key is configured" in await person.type("unlock\r")
        assert "no service key is configured" in await person.type("unlock x\r")

    play(act)


def test_the_line_drops_and_nothing_of_the_technician_is_left() -> None:
    async def act() -> None:
        person = Person()
        await person.unlock()
        await person.type("record 5 consent\r")
        assert person.device.recorded
        person.session.feed(b"ask how are you\r")
        await person.session.close()
        assert not person.device.recorded
        await asyncio.sleep(10)
        assert person.device.done == ["record 5"]

    play(act)


def test_control_c_ends_a_command_and_drops_a_line() -> None:
    async def act() -> None:
        person = Person()
        await person.unlock()
        person.session.feed(b"ask something\r")
        await asyncio.sleep(0.5)
        person.session.feed(b"reboot\r\x03")
        await settled(person.session)
        assert "ask something" not in person.device.done
        assert "idle" in await person.type("rebo\x03status\r")
        assert person.device.done == []

    play(act)


def test_what_is_typed_ahead_comes_after() -> None:
    async def act() -> None:
        person = Person()
        await person.unlock()
        await person.type("ask one\rsay two\rsay three\r")
        assert person.device.done == ["ask one", "say two", "say three"]

    play(act)


def test_a_live_line_moves_until_a_key_is_pressed() -> None:
    async def act() -> None:
        person = Person()
        person.session.feed(b"watch\r")
        await asyncio.sleep(1.1)
        assert person.shown.count(b"hey jarvis 0.01") == 6
        assert "appliance> " in await person.type("x")
        before = len(person.shown)
        await asyncio.sleep(5)
        assert len(person.shown) == before

    play(act)


def test_a_broken_part_costs_one_answer() -> None:
    async def act() -> None:
        device = FakeDevice(failing=BROKEN)
        person = Person(device)
        assert "it is down; it was told to be" in await person.type("status\r")
        device.failing = ZeroDivisionError("a bug")
        assert "CON-BUG" in await person.type("status\r")
        device.failing = None
        assert "idle" in await person.type("status\r")

    play(act)


def test_a_command_that_hangs_is_given_up() -> None:
    async def act() -> None:
        person = Person(FakeDevice(answer_s=1e6))
        await person.unlock()
        assert "over 60 s" in await person.type("ask something\r")

    play(act)


def test_nothing_said_steers_the_terminal() -> None:
    async def act() -> None:
        device = FakeDevice()
        person = Person(device)
        device.log = lambda n: ["\x1b[2Jcleared\x07"]  # type: ignore[method-assign]
        assert "?[2Jcleared?" in await person.type("log\r")

    play(act)
