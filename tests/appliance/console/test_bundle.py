"""The bundle over the line: whole at 1 % of bytes wrong, resumed, and to a terminal by YMODEM."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pty
import random
import shutil
import tty
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from appliance import clock
from appliance.console.client import Client
from appliance.console.errors import ConsoleError
from appliance.console.fakes import FakeDevice, fake_desk
from appliance.console.fetch import fetch, offered
from appliance.console.session import Session
from tests.appliance.console.support import Noise, Person, play, settled, wire

PARCEL = random.Random(1).randbytes(30_000)


def _unheard(_what: str, _done: float) -> None:
    pass


def _left(folder: Path) -> set[Path]:
    return set(folder.iterdir())


async def unlocked(
    device: FakeDevice, share: float = 0.0, seed: int = 1, kernel: float = 0.0
) -> Client:
    client, _ = wire(lambda send: Session(fake_desk(device), send), Noise(seed, share, kernel))
    await client.hello(60.0)
    await unlock(client)
    return client


async def unlock(client: Client) -> None:
    while True:
        try:
            await client.unlock(lambda challenge: challenge[::-1])
        except ConsoleError as error:  # a challenge is good for 60 s, on a bad line too short
            assert error.code == "CON-STALE"  # noqa: PT017
        else:
            return


@pytest.mark.parametrize(("seed", "kernel"), [(0, 0.0), (1, 0.0), (2, 0.001), (3, 0.001)])
def test_the_bundle_arrives_whole_at_one_percent_of_bytes_wrong(
    seed: int, kernel: float, tmp_path: Path
) -> None:
    async def act() -> None:
        client = await unlocked(FakeDevice(parcel=PARCEL), 0.01, seed, kernel)
        told: list[float] = []
        into = tmp_path / "b.tar.gz"
        parcel = await offered(client)
        await fetch(
            client, parcel, into, lambda _what, done: told.append(done), partial(unlock, client)
        )
        assert into.read_bytes() == PARCEL
        assert not _left(tmp_path) - {into}
        assert told == sorted(told)
        assert client.retries > 0

    play(act)


def test_an_interrupted_transfer_goes_on_where_it_was(tmp_path: Path) -> None:
    async def act() -> None:
        device, into = FakeDevice(parcel=PARCEL), tmp_path / "b.tar.gz"
        first = await unlocked(device)

        def pull_the_cable(_what: str, done: float) -> None:
            if done > 0.5:
                first.hang_up()

        with pytest.raises(ConsoleError, match="the line is gone"):
            await fetch(first, await offered(first), into, pull_the_cable, partial(unlock, first))
        assert not into.exists()
        del device.pieces[:]
        second = await unlocked(device)
        await fetch(second, await offered(second), into, _unheard, partial(unlock, second))
        assert into.read_bytes() == PARCEL
        assert device.pieces[0] > len(PARCEL) / 2

    play(act)


def test_a_bundle_that_is_not_what_was_offered_is_refused(tmp_path: Path) -> None:
    async def act() -> None:
        device = FakeDevice(parcel=PARCEL)
        client = await unlocked(device)
        parcel = await offered(client)
        device.parcel = PARCEL[::-1]
        with pytest.raises(ConsoleError, match="not what was offered"):
            await fetch(client, parcel, tmp_path / "b", _unheard, partial(unlock, client))
        assert not _left(tmp_path)

    play(act)


def test_it_is_locked_and_programs_get_no_file_for_terminals() -> None:
    async def act() -> None:
        device = FakeDevice()
        client, _ = wire(lambda send: Session(fake_desk(device), send))
        await client.hello()
        for command in ("bundle", "bundle piece 0", "bundle send", "bundle words"):
            assert (await client.request(command)).body["error"]["code"] == "CON-LOCKED"
        await client.unlock(lambda challenge: challenge[::-1])
        assert (await client.request("bundle send")).body["error"]["code"] == "CON-PERSON"
        assert (await client.request("bundle drop")).ok
        assert device.dropped == 1

    play(act)


def test_a_person_who_changes_their_mind_has_a_prompt_again() -> None:
    async def act() -> None:
        person = Person()
        await person.unlock()
        person.session.feed(b"bundle send\r")
        await asyncio.sleep(0.1)
        shown = await person.type("garbage \x1e?\x03")
        assert "somebody typed Ctrl-C" in shown
        assert "state    idle" in await person.type("status\r")

    play(act)


def test_nobody_receives_and_the_prompt_comes_back() -> None:
    async def act() -> None:
        person = Person()
        await person.unlock()
        assert "no receiver has begun" in await person.type("bundle send\r")
        assert asyncio.get_running_loop().time() < 100

    play(act)


def test_a_receiver_that_missed_the_name_gets_it_again_as_soon_as_it_asks() -> None:
    async def act() -> None:
        person = Person()
        await person.unlock()
        del person.shown[:]
        person.session.feed(b"bundle send\r")
        await asyncio.sleep(0.1)
        for _ in range(2):
            person.session.feed(b"C")
            await asyncio.sleep(0.5)
        assert person.shown.count(b"\x01\x00\xff") == 2
        assert "gave up" in await person.type("\x18\x18")

    play(act)


def received_by_rb(folder: Path, parcel: bytes, noise: Callable[[bytes], bytes] = bytes) -> str:
    """Send it to lrzsz over a pty, through that noise; what the console says."""
    shown = bytearray()

    async def act() -> None:
        device, (ours, theirs) = FakeDevice(parcel=parcel), pty.openpty()
        tty.setraw(theirs)
        loop = asyncio.get_running_loop()

        def send(data: bytes) -> None:
            shown.extend(data)
            os.write(ours, noise(data))

        session = Session(fake_desk(device), send)
        loop.add_reader(ours, lambda: session.feed(noise(os.read(ours, 4096))))
        access = session._access
        access.unlock(access.challenge()[::-1])
        quiet = asyncio.subprocess.DEVNULL
        rb = await asyncio.create_subprocess_exec(
            "rb", stdin=theirs, stdout=theirs, stderr=quiet, cwd=folder
        )
        try:
            session.feed(b"bundle send\r")
            async with asyncio.timeout(60):
                await settled(session)
        finally:
            with contextlib.suppress(ProcessLookupError):  # it has ended by itself
                rb.kill()
            await rb.wait()
            loop.remove_reader(ours)
            await session.close()
            os.close(ours)
            os.close(theirs)

    clock.run(act(), realtime=True)
    return shown.decode(errors="replace")


needs_rb = pytest.mark.skipif(shutil.which("rb") is None, reason="lrzsz is not installed")


@needs_rb
def test_rb_of_lrzsz_receives_it(tmp_path: Path) -> None:
    received_by_rb(tmp_path, PARCEL)
    assert (tmp_path / "b.tar.gz").read_bytes() == PARCEL
