"""The fakes insist on what the ports promise."""

from __future__ import annotations

import numpy as np
import pytest

from audio.fakes import ScriptedMicrophone, ScriptedVad, ScriptedWakeWord
from audio.format import FRAME_S, FRAME_SAMPLES, Frame
from audio.ports import Microphone, VoiceActivity, WakeHit, WakeWord

QUIET = np.zeros(FRAME_SAMPLES, np.int16)


def test_the_microphone() -> None:
    fake = ScriptedMicrophone()
    microphone: Microphone = fake
    got: list[Frame] = []
    ends: list[Exception | None] = []
    with pytest.raises(RuntimeError):
        fake.hear(QUIET)
    microphone.start(got.append, ends.append)
    with pytest.raises(RuntimeError):
        microphone.start(got.append, ends.append)
    fake.hear(np.ones(700, np.int16))
    fake.lose(3)
    fake.wait(0.032)
    assert [frame.seq for frame in got] == [0, 1, 5]
    assert got[-1].captured_at == 6 * FRAME_S
    fault = OSError("unplugged")
    fake.end(fault)
    assert ends == [fault]
    assert not fake.running
    with pytest.raises(RuntimeError):
        fake.end()
    fake.refuse = fault
    with pytest.raises(OSError, match="unplugged"):
        microphone.start(got.append, ends.append)
    microphone.start(got.append, ends.append)
    microphone.stop()
    assert (fake.starts, fake.stops) == (2, 1)


def test_the_wake_word() -> None:
    hits = [WakeHit("alexa", 0.9, 2.0), WakeHit("hey jarvis", 0.8, 1.0)]
    fake = ScriptedWakeWord(hits)
    wake: WakeWord = fake
    assert wake.process(QUIET, 0.9) is None
    assert wake.process(QUIET, 1.0) == hits[1]
    assert wake.process(QUIET, 1.1) is None
    fake.fail_next(ValueError("broken"))
    with pytest.raises(ValueError, match="broken"):
        wake.process(QUIET, 1.2)
    assert wake.process(QUIET, 9.0) == hits[0]


def test_the_voice_activity() -> None:
    fake = ScriptedVad([(FRAME_S, 2 * FRAME_S)])
    vad: VoiceActivity = fake
    assert [vad.process(QUIET) > 0.5 for _ in range(3)] == [False, True, False]
    with pytest.raises(ValueError, match="512"):
        vad.process(QUIET[1:])
    fake.fail_next(ValueError("broken"))
    with pytest.raises(ValueError, match="broken"):
        vad.process(QUIET)
