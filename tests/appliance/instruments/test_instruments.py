"""What the console reads of a conversation, and what it has it do: the real director, scripted."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from appliance.bundle.parcel import unpack
from appliance.bundle.report import page
from appliance.caretaker import Caretaker
from appliance.config import load_config
from appliance.console.client import Client, Reply
from appliance.console.fetch import fetch, offered
from appliance.console.line import Line
from appliance.console.places import connect
from appliance.console.ports import Upkeep
from appliance.errors import ApplianceError
from appliance.history.fakes import FakeChronicle
from appliance.history.watch import HistoryWatch
from appliance.instruments.absent import NoWatch
from appliance.instruments.machine import KernelMachine, device_id
from appliance.instruments.technician import Technician
from appliance.survivor.settings import Settings
from appliance.update import reset
from audio.ears import Reading
from audio.format import FRAME_S, FRAME_SAMPLES, Frame
from states.state import State
from tests.scenarios.stage import QUESTION, Stage, play


@dataclass
class Room:
    """A stage with a technician at its console."""

    stage: Stage
    technician: Technician
    client: Client
    volumes: list[int]

    async def request(self, command: str) -> Reply:
        return await self.client.request(command)

    def hear(self, value: int, seconds: float) -> None:
        """The microphone gives so much of a constant or, above 1, of a loud noise."""
        samples = np.full(FRAME_SAMPLES, value, np.int16)
        if value > 1:
            samples[::2] = -value
        for seq in range(round(seconds / FRAME_S)):
            frame = Frame(samples, seq, seq * FRAME_S)
            self.technician.gauges.reading(Reading(frame, 60.0, 0.5, {"hey jarvis": 0.3}))


def at_console(
    folder: Path, act: Callable[[Room], Awaitable[None]], upkeep: Upkeep | None = None
) -> Stage:
    """Serve the console of a scripted conversation on a socket, unlocked by a key of our own."""
    port = f"unix:{folder / 'console.sock'}"
    config = load_config()
    console = replace(config.console, port=port, service_key=str(_key(folder)))
    config = replace(config, console=console)
    watcher = _Later()

    class Hands:
        def fit(self, stage: Stage):  # noqa: ANN202
            from appliance.body import Body  # noqa: PLC0415

            settings = Settings(folder / "settings.json")
            history = FakeChronicle()
            parts = (config, settings, [], stage.speaker, history, NoWatch(), upkeep)
            watcher.technician = Technician(*parts)
            watch = HistoryWatch(history, config.wake.phrases)
            return Body(stage.speaker), None, [watcher.technician.gauges, watch]

        def begin(self, stage: Stage) -> None:
            stage.begin(watcher.technician.serve(stage.director, watcher.volumes.append))

    async def whole(stage: Stage) -> None:
        await asyncio.sleep(0)  # it listens now
        line = Line(connect(port, 0), 0.0)
        client = Client(line.send)
        line.start(client.feed)
        try:
            await client.hello()
            await act(Room(stage, watcher.technician, client, watcher.volumes))
        finally:
            line.close()

    return play(whole, hands=Hands(), last_s=20.0)


class _Later:
    technician: Technician

    def __init__(self) -> None:
        self.volumes: list[int] = []


def _key(folder: Path) -> Path:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415
        Ed25519PrivateKey,
    )
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415
        Encoding,
        NoEncryption,
        PrivateFormat,
        PublicFormat,
    )

    key = Ed25519PrivateKey.generate()
    private = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "key.pem").write_bytes(key.private_bytes(*private))
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (folder / "key.pub").write_bytes(public)
    return folder / "key.pub"


async def unlock(room: Room, folder: Path) -> None:
    from appliance.console.signing import sign  # noqa: PLC0415

    await room.client.unlock(lambda challenge: sign(folder / "key.pem", challenge, lambda: ""))


def test_a_question_is_asked_answered_and_explained(tmp_path: Path) -> None:
    async def act(room: Room) -> None:
        assert not (await room.request(f"ask {QUESTION}")).ok
        await unlock(room, tmp_path)
        reply = await room.request(f"ask {QUESTION}")
        assert reply.body["data"]["reason"] == "OK"
        assert "replace the filter" in reply.body["data"]["answer"]
        assert reply.body["data"]["sources"] == ["guide.md#light"] * 2
        why = (await room.request("why")).body["data"]["why"]
        assert "OK, answered from a passage" in why
        turns = (await room.request("turns")).body["data"]["turns"]
        assert turns[0]["reason"] == "OK"
        assert "filter" not in str(turns)
        codes = [e["code"] for e in (await room.request("events 50")).body["data"]["events"]]
        assert "CONSOLE_UNLOCKED" in codes

    assert len(at_console(tmp_path, act).turns) == 1


def test_updates_and_the_factory_reset_need_the_key(tmp_path: Path) -> None:
    async def act(room: Room) -> None:
        for command in ("update", "factory-reset really"):
            assert (await room.request(command)).body["error"]["code"] == "CON-LOCKED"
        assert not (tmp_path / reset.ORDER).exists()
        await unlock(room, tmp_path)
        assert (await room.request("factory-reset")).body["error"]["code"] == "CON-USAGE"
        told = (await room.request("factory-reset really")).body["data"]
        assert "timers and alarms" in told["forgets"]
        assert (tmp_path / reset.ORDER).exists()
        error = (await room.request("update")).body["error"]
        assert error["code"] == "CON-UNAVAILABLE"  # this machine is no appliance

    at_console(tmp_path, act, Caretaker(load_config(), tmp_path))


def test_mute_volume_and_speech_reach_the_conversation(tmp_path: Path) -> None:
    async def act(room: Room) -> None:
        assert (await room.request("volume 35")).body["data"] == {"volume": 35}
        assert room.volumes == [35]
        before_s = room.stage.speaker.heard_s()
        assert (await room.request("say hello")).ok
        await asyncio.sleep(5)
        assert room.stage.speaker.heard_s() > before_s
        assert (await room.request("mute on")).ok
        await room.stage.until(State.MUTED)
        assert (await room.request("mute off")).body["error"]["code"] == "CON-LOCKED"
        await unlock(room, tmp_path)
        assert (await room.request("ask anything")).body["error"]["code"] == "CON-BUSY"
        assert (await room.request("mute off")).ok
        await room.stage.until(State.IDLE)

    at_console(tmp_path, act)
    assert '"volume": 35' in (tmp_path / "settings.json").read_text()


def test_recordings_are_announced_played_and_forgotten(tmp_path: Path) -> None:
    async def act(room: Room) -> None:
        await unlock(room, tmp_path)
        assert (await room.request("play")).body["error"]["code"] == "CON-NOTHING"
        assert (await room.request("record 1 consent")).body["error"]["code"] == "CON-DEAF"
        recording = asyncio.ensure_future(room.request("record 1 consent"))
        await asyncio.sleep(3.5)
        room.hear(9000, 2)
        assert (await recording).body["data"]["peak"] == 9000
        assert (await room.request("play")).ok
        await room.request("lock")
        await unlock(room, tmp_path)
        assert not (await room.request("play")).ok

    at_console(tmp_path, act)


def test_checks_tell_a_dead_microphone_from_a_live_one(tmp_path: Path) -> None:
    async def mic(room: Room, value: int | None) -> Reply:
        asked = asyncio.ensure_future(room.request("test mic"))
        await asyncio.sleep(0.5)
        if value is not None:
            room.hear(value, 3)
        return await asked

    async def act(room: Room) -> None:
        absent, silent, alive = [await mic(room, value) for value in (None, 0, 500)]
        assert "0 of 62 frames" in absent.body["data"]["mic"]["found"]
        assert "every sample is 0" in silent.body["data"]["mic"]["found"]
        assert (absent.body["passed"], silent.body["passed"]) == (False, False)
        assert alive.body["passed"]
        assert (await room.request("levels")).body["data"]["wake"] == {"hey jarvis": 0.3}
        every = (await room.request("test")).body["data"]
        passed = {name: result["passed"] for name, result in every.items()}
        assert passed["storage"] is passed["clock"] is passed["speaker"] is True
        assert passed["npu"] is passed["loop"] is None

    at_console(tmp_path, act)


def test_what_this_build_lacks_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("INVOCATION_ID", raising=False)

    async def act(room: Room) -> None:
        await unlock(room, tmp_path)
        for command in ("update", "factory-reset really", "restart", "reboot", "health"):
            reply = await room.request(command)
            assert reply.body["error"]["code"] == "CON-UNAVAILABLE"
            assert "not available in this build" in reply.body["error"]["what"]

    at_console(tmp_path, act)


def test_the_log_shows_warnings_without_tracebacks(tmp_path: Path) -> None:
    async def act(room: Room) -> None:
        logging.getLogger("appliance").warning("the disk is slow\nsecond line")
        log = (await room.request("log")).body["data"]["log"]
        assert log[-1] == "WARNING appliance: the disk is slow"

    at_console(tmp_path, act)
    assert not [h for h in logging.getLogger().handlers if type(h).__name__ == "Logbook"]


def _machine(root: Path) -> KernelMachine:
    return KernelMachine(["m"], dict, ["/sys/module/rknpu/version"], lambda: [os.getpid()], root)


def test_the_kernels_files_are_read_and_absent_ones_are_not_guessed(tmp_path: Path) -> None:
    bare = _machine(tmp_path)
    assert bare.temperatures() == {"zones": "the kernel tells of none"}
    assert bare.npu()["driver"] == "none loaded"
    assert device_id(tmp_path) == "unknown"
    for name, text in (
        ("sys/class/thermal/thermal_zone0/type", "soc-thermal\n"),
        ("sys/class/thermal/thermal_zone0/temp", "51500\n"),
        ("sys/module/rknpu/version", "0.9.8\n"),
        ("proc/device-tree/serial-number", "abc123\0"),
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert bare.temperatures() == {"soc-thermal": 51.5}
    assert bare.npu()["driver"] == "0.9.8"
    assert len(device_id(tmp_path)) == 12
    assert "abc123" not in device_id(tmp_path)


def test_an_open_internet_socket_is_counted() -> None:
    machine = _machine(Path("/"))
    before = machine.network()["sockets_of_the_service"]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
        opened.bind(("127.0.0.1", 0))
        assert machine.network()["sockets_of_the_service"] == before + 1


def test_a_missing_pack_is_an_error_of_one_command(tmp_path: Path) -> None:
    async def act(room: Room) -> None:
        assert not (await room.request("pack")).ok
        assert (await room.request("status")).ok

    at_console(tmp_path, act)
    assert issubclass(ApplianceError, Exception)


def test_the_bundle_is_made_once_and_draws_a_report(tmp_path: Path) -> None:
    async def act(room: Room) -> None:
        await unlock(room, tmp_path)
        parcel = await offered(room.client)
        assert parcel == await offered(room.client)
        await fetch(room.client, parcel, tmp_path / "b", _unheard, _never)
        made = tmp_path / "tmp" / "bundle.tar.gz"
        assert made.stat().st_mode & 0o777 == 0o600
        await asyncio.sleep(3601)
        assert not made.exists()
        assert (await room.request("bundle piece 0")).body["error"]["code"] in {
            "CON-LOCKED",
            "CON-NO-BUNDLE",
        }

    at_console(tmp_path, act)
    files = unpack(tmp_path / "b")
    assert {"status.json", "checks.json", "turns.json", "log.json"} < set(files)
    assert "PASS" in page(files)


def test_the_next_bundle_has_a_picture_of_what_was_recorded(tmp_path: Path) -> None:
    async def act(room: Room) -> None:
        async def fetched(name: str) -> None:
            parcel = await offered(room.client)
            await fetch(room.client, parcel, tmp_path / name, _unheard, _never)

        await unlock(room, tmp_path)
        await fetched("before")
        recording = asyncio.ensure_future(room.request("record 1 consent"))
        await asyncio.sleep(3.5)
        room.hear(9000, 2)
        await recording
        await fetched("after")

    at_console(tmp_path, act)
    assert unpack(tmp_path / "before")["sound.json"] == b"{}"
    files = unpack(tmp_path / "after")
    assert "image/png" in page(files)
    assert len(files["sound.json"]) < 4000, "a picture, no sound"


def _unheard(_what: str, _done: float) -> None:
    pass


async def _never() -> None:
    raise AssertionError
