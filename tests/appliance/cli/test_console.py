"""`appliance console`: the technician's end, as a program of its own, over a pty and a socket."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import pty
import subprocess
import sys
import termios
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance import clock
from appliance.cli import main
from appliance.console.fakes import FakeDevice, fake_desk
from appliance.console.places import opener
from appliance.console.server import ConsoleServer
from appliance.console.signing import load_public
from tests.appliance.console.test_guard import _write


@contextlib.contextmanager
def console(port: str, device: FakeDevice, public: Path | None = None) -> Iterator[None]:
    """Serve in a thread of the test, until the block ends."""
    over, ready = threading.Event(), threading.Event()

    async def serve() -> None:
        with contextlib.ExitStack() as house:
            desk = fake_desk(device)
            if public is not None:
                desk.guard._fits = load_public(public)
            serving = asyncio.ensure_future(ConsoleServer(opener(port, 0, house), desk).run())
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            ready.set()
            await asyncio.to_thread(over.wait)
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)

    thread = threading.Thread(target=lambda: clock.run(serve(), realtime=True))
    thread.start()
    assert ready.wait(10)
    try:
        yield
    finally:
        over.set()
        thread.join()


class Command:
    """The command line, in this process."""

    def __init__(self, capture: pytest.CaptureFixture[str]) -> None:
        self._capture = capture

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        code = main(["console", *arguments])
        return code, *self._capture.readouterr()


@pytest.fixture
def appliance(capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(capsys)


def test_commands_have_answers_and_exit_codes(appliance: Command, tmp_path: Path) -> None:
    device, port = FakeDevice(), f"unix:{tmp_path / 's'}"
    private, public = _write(tmp_path)
    with console(port, device, public):
        code, out, err = appliance("--port", port, "status")
        assert (code, err) == (0, "")
        assert "state    idle" in out
        _, levels, _ = appliance("--port", port, "--json", "levels")
        assert json.loads(levels)["data"]["level_db"] == 45.0
        code, _, err = appliance("--port", port, "reboot")
        assert code == 1
        assert err.startswith("error: `reboot` is locked;")
        assert appliance("--port", port, "--key", str(private), "reboot")[0] == 0
        assert appliance("--port", port, "test", "npu")[0] == 1
    assert device.done == ["reboot", "test npu"]


def test_nobody_there_and_misuse_are_told_in_a_line(appliance: Command, tmp_path: Path) -> None:
    private, public = _write(tmp_path)
    code, _, err = appliance("--port", f"unix:{tmp_path / 'absent'}", "status")
    assert code == 2
    assert err.startswith("error: cannot open the port unix:")
    assert len(err.splitlines()) == 1
    _, response, _ = appliance("sign", str(private), "unit.1.abc")
    assert load_public(public)("unit.1.abc", response.strip())
    assert appliance("sign", str(private))[0] == 2


def test_a_person_types_at_it_as_at_any_terminal(tmp_path: Path) -> None:
    device, port = FakeDevice(), f"unix:{tmp_path / 's'}"
    master, slave = pty.openpty()
    before = termios.tcgetattr(slave)
    with console(port, device):
        command = [sys.executable, "-m", "appliance", "console", "--port", port]
        terminal = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave)
        try:
            _shows(master, b"appliance> ")
            os.write(master, b"volu\t33\r")
            _shows(master, b"volume 33 %")
            os.write(master, b"\x1d")
            assert terminal.wait(30) == 0
        finally:
            terminal.kill()
            terminal.wait()
    assert device.percent == 33
    assert termios.tcgetattr(slave) == before
    os.close(master)
    os.close(slave)


def _shows(master: int, what: bytes) -> None:
    shown = b""
    while what not in shown:
        data = os.read(master, 4096)
        if not data:
            pytest.fail(f"it ended with {shown!r}")
        shown += data
