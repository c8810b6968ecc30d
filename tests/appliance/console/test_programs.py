"""Programs at the console: every request is answered once, and carried out once."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from appliance.console.client import Client
from appliance.console.errors import ConsoleError
from appliance.console.fakes import FakeDevice, fake_desk
from appliance.console.frames import Assembly, Frame, Kind, Splitter, again, cut, encode, request
from appliance.console.session import Session
from tests.appliance.console.support import Noise, play, settled, wire


class Program:
    """Sends what it likes."""

    def __init__(self, device: FakeDevice | None = None) -> None:
        self.device = device or FakeDevice()
        self.sent = bytearray()
        self.session = Session(fake_desk(self.device), self.sent.extend)
        self.token = ""

    async def send(self, id_: str, document: Any) -> list[dict[str, Any]]:
        """The answers, in order."""
        text = document if isinstance(document, str) else request(document)
        for frame in cut(Kind.ASK, id_, text):
            self.session.feed(encode(frame))
        await settled(self.session)
        return self.answers()

    def answers(self) -> list[dict[str, Any]]:
        frames = [item for item in Splitter().feed(bytes(self.sent)) if isinstance(item, Frame)]
        del self.sent[:]
        found: dict[str, Assembly] = {}
        for frame in frames:
            found.setdefault(frame.id, Assembly(frame.parts)).add(frame)
        return [json.loads(each.document) for each in found.values() if each.document]

    async def hello(self) -> None:
        (answer,) = await self.send("00000000", {"c": "version"})
        self.token = answer["s"]


def test_a_request_that_comes_twice_is_answered_twice_and_done_once() -> None:
    async def act() -> None:
        program = Program()
        await program.hello()
        hello = {"c": "say hello", "s": program.token}
        (first,) = await program.send("00000001", hello)
        await program.send("00000001", hello)
        for frame in again("00000001", []):
            program.session.feed(encode(frame))
        assert program.answers() == [first]
        assert program.device.done == ["say hello"]

    play(act)


def test_a_request_that_comes_twice_while_it_is_carried_out_is_done_once() -> None:
    async def act() -> None:
        program = Program()
        await program.hello()
        challenge = (await program.send("00000001", {"c": "unlock", "s": program.token}))[0]
        response = challenge["data"]["challenge"][::-1]
        await program.send("00000002", {"c": f"unlock {response}", "s": program.token})
        for frame in cut(Kind.ASK, "00000003", request({"c": "ask it", "s": program.token})) * 3:
            program.session.feed(encode(frame))
        await asyncio.sleep(0.1)
        assert program.answers() == []
        await settled(program.session)
        assert program.device.done == ["ask it"]
        assert [answer["ok"] for answer in program.answers()] == [True]

    play(act)


def test_a_request_of_before_a_restart_is_refused() -> None:
    async def act() -> None:
        program = Program()
        (answer,) = await program.send("00000001", {"c": "say hello", "s": "0badcafe"})
        assert answer["error"]["code"] == "CON-SESSION"
        assert program.device.done == []

    play(act)


@pytest.mark.parametrize(
    "document", ["", "[]", "{}", '{"c":5}', '{"c":"status","s":[]}', "[" * 1500, "nonsense"]
)
def test_what_is_no_request_is_refused_with_a_reason(document: str) -> None:
    async def act() -> None:
        (answer,) = await Program().send("00000001", document)
        assert answer["error"]["code"] == "CON-REQUEST"

    play(act)


def test_a_wrong_checksum_is_counted_and_nothing_is_done() -> None:
    async def act() -> None:
        program = Program()
        await program.hello()
        for frame in cut(Kind.ASK, "00000001", request({"c": "say a", "s": program.token})):
            program.session.feed(encode(frame).replace(b"#", b"$"))
        await settled(program.session)
        assert program.device.done == []
        (answer,) = await program.send("00000002", {"c": "baud", "s": program.token})
        assert answer["data"]["damaged_frames"] > 0

    play(act)


def test_no_piece_of_a_broken_frame_is_taken_for_a_command() -> None:
    """Each byte of a request in turn becomes each control character, or a space; RS may be lost."""

    async def act() -> None:
        program = Program()
        await program.hello()
        sent = {"c": "say number one", "s": program.token}
        frames = b"".join(encode(frame) for frame in cut(Kind.ASK, "00000001", request(sent)))
        for lost in (0, 1):
            for at in range(1, len(frames)):
                if frames[at] in b"\x1e\n":
                    continue
                for wrong in {*range(33), 127} - {frames[at]}:
                    program.session.feed(frames[lost:at] + bytes([wrong]) + frames[at + 1 :])
                    program.session.feed(b"\r")
                await settled(program.session)
                program.session._programs._coming.clear()  # pieces of it that did arrive
                del program.sent[:]
        assert program.device.done == []

    play(act)


def test_nothing_that_programs_send_grows_without_bound() -> None:
    async def act() -> None:
        program = Program()
        await program.hello()
        for number in range(5000):
            one = Frame(Kind.ASK, f"{number:08x}", 0, 32, "x")
            program.session.feed(encode(one))
            whole = cut(Kind.ASK, f"a{number:07x}", request({"c": "status", "s": program.token}))
            program.session.feed(b"".join(map(encode, whole)))
            if number % 50 == 0:
                await settled(program.session)
                del program.sent[:]
        programs = program.session._programs
        sizes = [programs._coming, programs._answers, programs._seen, programs._running]
        bounds = zip(sizes, (8, 16, 4096, 4), strict=True)
        assert all(0 < len(kept) <= most for kept, most in bounds)
        await settled(program.session)

    play(act)


def test_an_answer_that_is_no_longer_kept_is_not_made_again() -> None:
    async def act() -> None:
        program = Program()
        await program.hello()
        once = {"c": "say once", "s": program.token}
        await program.send("000000aa", once)
        for number in range(20):
            await program.send(f"{number:08x}", {"c": "status", "s": program.token})
        (answer,) = await program.send("000000aa", once)
        assert answer["error"]["code"] == "CON-FORGOTTEN"
        assert program.device.done == ["say once"]

    play(act)


def test_both_dialects_share_the_line_and_the_right() -> None:
    async def act() -> None:
        device, shown = FakeDevice(), bytearray()
        client, session = wire(lambda send: Session(fake_desk(device), _tee(shown, send)))
        session.feed(b"stat")  # a person has begun to type
        await client.hello()
        await client.unlock(lambda challenge: challenge[::-1])
        session.feed(b"us\r")
        reply = await client.request("reboot")
        assert reply.ok
        await settled(session)
        assert b"locked   no" in bytes(shown)

    play(act)


def _tee(shown: bytearray, send: Any) -> Any:
    def both(data: bytes) -> None:
        shown.extend(data)
        send(data)

    return both


async def _wrongly_done(seed: int, share: float, kernel: float) -> tuple[int, int, Client]:
    """Commands with consequences over a bad line: how many were answered, how many refused."""
    device = FakeDevice(answer_s=0.1)
    noise = Noise(seed, share, kernel)
    client, session = wire(lambda send: Session(fake_desk(device), send), noise)
    await client.hello(60.0)
    expected, answered, refused = [], 0, 0
    for number in range(30):
        command = (f"say number {number}", "mute off", "turns 9", f"volume {number}", "xyz")
        reply = await client.request(command[number % 5])
        answered += reply.ok
        refused += not reply.ok
        if reply.ok and number % 5 in {0, 3}:
            expected.append(command[number % 5])
        assert reply.ok == (number % 5 not in {1, 4}), reply
    assert device.done == expected  # each once, in order, and nothing that was never sent
    await session.close()
    return answered, refused, client


@pytest.mark.parametrize(("seed", "kernel"), [(0, 0.0), (1, 0.0), (2, 0.0), (3, 0.001), (4, 0.001)])
def test_one_byte_in_a_hundred_wrong_and_every_command_is_answered_or_refused(
    seed: int, kernel: float
) -> None:
    answered, refused, client = play(lambda: _wrongly_done(seed, 0.01, kernel))
    assert (answered, refused) == (18, 12)
    assert client.retries > 0


def test_the_kernel_writes_on_the_same_line() -> None:
    answered, refused, _ = play(lambda: _wrongly_done(7, 0.002, 0.002))
    assert (answered, refused) == (18, 12)


def test_nobody_there_is_told_in_time() -> None:
    async def act() -> None:
        client, _ = wire(lambda send: Session(fake_desk(FakeDevice()), send), lambda _data: b"")
        with pytest.raises(ConsoleError, match="nobody is there"):
            await client.hello(5.0)
        assert asyncio.get_running_loop().time() < 7

    play(act)
