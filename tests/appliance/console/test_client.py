"""The technician's end believes no device: what makes no sense is said to make none."""

from __future__ import annotations

import asyncio

import pytest

from appliance.console.actions import CHECKS
from appliance.console.checklist import examine
from appliance.console.client import Client, data_or_raise
from appliance.console.errors import ConsoleError
from appliance.console.frames import Frame, Kind, Splitter, cut, encode
from tests.appliance.console.support import play

SENSELESS = ("x", "[]", "[" * 5000, '{"ok": true}', '{"ok": true, "data": 3}')


def answered_with(document: str) -> Client:
    """A client whose device gives this answer to everything."""
    loop, splitter = asyncio.get_running_loop(), Splitter()

    def device(data: bytes) -> None:
        for frame in splitter.feed(data):
            if isinstance(frame, Frame):
                for answer in cut(Kind.ANSWER, frame.id, document):
                    loop.call_soon(client.feed, encode(answer))

    client = Client(device, patience_s=5.0)
    return client  # the device feeds it


@pytest.mark.parametrize("document", SENSELESS, ids=lambda text: text[:20])
def test_an_answer_without_sense_is_an_error_with_a_remedy(document: str) -> None:
    async def act() -> None:
        with pytest.raises(ConsoleError) as caught:
            data_or_raise(await answered_with(document).request("status"))
        assert caught.value.code == "CON-SENSELESS"
        with pytest.raises(ConsoleError):
            await answered_with(document).hello(5.0)

    play(act)


@pytest.mark.parametrize("error", ["7", "{}", '{"code": []}'])
def test_a_refusal_without_sense_is_a_refusal(error: str) -> None:
    async def act() -> None:
        with pytest.raises(ConsoleError, match=r"\?"):
            data_or_raise(await answered_with(f'{{"ok": false, "error": {error}}}').request("x"))

    play(act)


@pytest.mark.parametrize("data", ["{}", '{"mic": 1, "speaker": []}', "[]"])
def test_no_check_passes_by_an_answer_without_sense(data: str) -> None:
    async def act() -> None:
        client = answered_with(f'{{"ok": true, "data": {data}}}')
        found = {item.name: item.passed async for item in examine(client)}
        assert set(CHECKS) < set(found)
        assert not any(found[name] for name in CHECKS)

    play(act)
