"""Microphone and ears that are begun anew while the stream goes on."""

from __future__ import annotations

import asyncio
import threading

import numpy as np
import pytest

from appliance.health.hearing import Hearing
from audio.capture import Capture
from audio.ears import Ears
from audio.errors import AudioError
from audio.fakes import ScriptedMicrophone, ScriptedVad, ScriptedWakeWord
from audio.format import FRAME_S, FRAME_SAMPLES, Frame, Samples
from audio.listener import Listener
from audio.ports import WakeHit


class Hanging(ScriptedWakeWord):
    """A model that hangs until the test lets it go."""

    def __init__(self) -> None:
        super().__init__()
        self.entered, self.go_on = threading.Event(), threading.Event()

    def process(self, samples: Samples, at_s: float) -> WakeHit | None:
        self.entered.set()
        self.go_on.wait()
        return WakeHit("hey jarvis", 0.9, at_s)


def listener(wake: ScriptedWakeWord, edges: list[object]) -> Listener:
    running = Listener(Ears(wake, ScriptedVad()), edges.append, pytest.fail)
    running.start()
    return running


def test_new_ears_hear_while_the_old_ones_hang_and_the_old_ones_say_nothing_more() -> None:
    hanging, edges, heard = Hanging(), list[object](), threading.Event()
    old = listener(hanging, edges)
    hearing = Hearing(Capture(ScriptedMicrophone()), old)
    sound = np.ones(FRAME_SAMPLES, np.int16)
    hearing.put(Frame(sound, 0, FRAME_S))
    assert hanging.entered.wait(10)

    new = Listener(
        Ears(ScriptedWakeWord([WakeHit("alexa", 0.8, 1.0)]), ScriptedVad()),
        lambda edge: (edges.append(edge), heard.set()),
        pytest.fail,
    )
    new.start()
    hearing.replace_ears(new)
    hearing.put(Frame(sound, 40, 41 * FRAME_S))
    assert heard.wait(10)
    hanging.go_on.set()
    hearing.stop()
    old._thread.join(10)
    assert [edge.phrase for edge in edges if isinstance(edge, WakeHit)] == ["alexa"]
    assert hearing.heard >= 1


def test_a_microphone_that_was_not_there_can_be_opened_later_and_again() -> None:
    async def whole() -> None:
        microphone, got = ScriptedMicrophone(), list[Frame]()
        hearing = Hearing(Capture(microphone), listener(ScriptedWakeWord(), []))
        microphone.refuse = AudioError("AUD-NO-DEVICE", "none", "pulled", "plug it in")
        with pytest.raises(AudioError):
            hearing.start(got.append, lambda _error: None)
        hearing.reopen()
        microphone.wait(FRAME_S)
        await asyncio.sleep(0.2)
        hearing.reopen()
        microphone.wait(FRAME_S)
        hearing.stop()
        assert got[0].seq == 0
        assert got[1].captured_at >= 0.2, "the stream's time went on meanwhile"
        assert hearing.pulse.frames == 2

    asyncio.run(whole())
