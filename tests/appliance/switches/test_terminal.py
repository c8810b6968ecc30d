"""The key `m`, on a pseudo-terminal."""

from __future__ import annotations

import asyncio
import os
import pty
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.errors import ApplianceError
from appliance.switches.terminal import TerminalSwitch

from .support import Owner


@pytest.fixture
def ends() -> Iterator[tuple[int, int]]:
    """The person's end and the program's."""
    person, program = pty.openpty()
    yield person, program
    for end in (person, program):
        try:
            os.close(end)
        except OSError:
            continue  # the test has closed it


def is_cbreak(file: int) -> bool:
    return not termios.tcgetattr(file)[3] & (termios.ICANON | termios.ECHO)


def test_m_toggles_and_the_terminal_is_left_as_it_was(ends: tuple[int, int]) -> None:
    async def scene() -> None:
        person, program = ends
        before, owner = termios.tcgetattr(program), Owner()
        switch = TerminalSwitch(program, owner.on_lost)
        switch.start(owner.on_change)
        assert is_cbreak(program)
        assert termios.tcgetattr(program)[3] & termios.ISIG  # Ctrl-C still interrupts
        os.write(person, b"m")
        await owner.until(lambda: len(owner.told) == 2)
        assert (owner.told, switch.muted) == ([False, True], True)
        os.write(person, b"hello\x1b[A\xff M")
        await owner.until(lambda: len(owner.told) == 3)
        assert owner.told == [False, True, False]
        switch.follow(muted=True)
        os.write(person, b"m")
        await owner.until(lambda: len(owner.told) == 4)
        assert owner.told == [False, True, False, False]
        with pytest.raises(RuntimeError):
            switch.start(owner.on_change)
        switch.stop()
        switch.stop()
        assert termios.tcgetattr(program) == before
        switch.start(owner.on_change)
        switch.stop()
        assert (termios.tcgetattr(program), owner.lost) == (before, [])

    asyncio.run(scene())


def test_a_terminal_that_was_closed_is_reported_once(ends: tuple[int, int]) -> None:
    async def scene() -> None:
        person, program = ends
        owner = Owner()
        switch = TerminalSwitch(program, owner.on_lost)
        switch.start(owner.on_change)
        os.close(person)
        await owner.until(lambda: bool(owner.lost))
        assert (owner.told, owner.lost) == ([False], ["SWITCH-LOST"])
        switch.stop()

    asyncio.run(scene())


def test_without_a_terminal_it_is_refused(tmp_path: Path) -> None:
    async def scene() -> None:
        with (tmp_path / "piped").open("w") as file, pytest.raises(ApplianceError) as caught:
            TerminalSwitch(file.fileno()).start(pytest.fail)
        assert caught.value.code == "SWITCH-NO-TERMINAL"

    asyncio.run(scene())


@pytest.mark.parametrize("end", ["raise KeyError('a bug')", "sys.exit(3)", "pass"])
def test_a_program_that_forgets_to_stop_leaves_the_terminal_as_it_was(
    ends: tuple[int, int], end: str
) -> None:
    before = termios.tcgetattr(ends[1])
    program = (
        "import asyncio, sys, termios\n"
        "from appliance.switches.terminal import TerminalSwitch\n"
        "async def main():\n"
        "    TerminalSwitch().start(lambda muted: None)\n"
        "    assert not termios.tcgetattr(0)[3] & termios.ICANON\n"
        f"    {end}\n"
        "asyncio.run(main())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        stdin=ends[1],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "AssertionError" not in done.stderr
    assert done.returncode == {"r": 1, "s": 3, "p": 0}[end[0]]
    assert termios.tcgetattr(ends[1]) == before
