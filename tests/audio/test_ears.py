"""From frames to edges: scripted models for the rules, real ones for real recordings."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from audio.ears import (
    Ears,
    Edge,
    NoSpeech,
    SpeechEnded,
    SpeechGrew,
    SpeechPaused,
    SpeechResumed,
    SpeechStarted,
    SpeechSustained,
)
from audio.fakes import ScriptedVad, ScriptedWakeWord
from audio.format import FRAME_S, RATE_HZ, Frame, Samples, Utterance
from audio.level import LevelGate
from audio.models import quiet_room
from audio.ports import WakeHit
from audio.vad import SileroVad
from audio.wake import OpenWakeWord

from .conftest import frames, tone

Load = Callable[[str], Samples]


def loud(seconds: float) -> Samples:
    """Sound whose samples tell where they lie, loud enough for the level gate."""
    index = np.arange(round(seconds * RATE_HZ))
    return (np.where(index % 2, 1, -1) * (1_000 + index // 160)).astype(np.int16)


def talk(ears: Ears, samples: Samples, answer_after: int = 2) -> list[Edge]:
    """Feed everything; after a wake hit `listen` comes some frames later, as from the loop."""
    edges: list[Edge] = []
    due: list[tuple[int, float | None]] = []
    for frame in frames(samples):
        new = ears.feed(frame)
        due += [(frame.seq + answer_after, e.ends_s) for e in new if isinstance(e, WakeHit)]
        if due and due[0][0] <= frame.seq:
            new += ears.listen(due.pop(0)[1])
        edges += new
    return edges


def utterances(edges: list[Edge]) -> list[Utterance]:
    return [edge.utterance for edge in edges if isinstance(edge, SpeechEnded)]


def kinds(edges: list[Edge]) -> list[type[Edge]]:
    """Their types; how often speech was told to grow depends on its length alone."""
    return [type(edge) for edge in edges if not isinstance(edge, SpeechGrew)]


def scripted(*speech: tuple[float, float], hits: tuple[WakeHit, ...] = ()) -> Ears:
    return Ears(ScriptedWakeWord(hits), ScriptedVad(speech))


def test_at_rest_only_wake_phrases_are_heard() -> None:
    hit = WakeHit("alexa", 0.9, 1.0)
    ears = scripted((0, 3), hits=(hit,))
    assert [edge for frame in frames(loud(4)) for edge in ears.feed(frame)] == [hit]


def test_an_utterance_has_its_samples_and_times() -> None:
    hit = WakeHit("alexa", 0.9, at_s=1.024, ends_s=0.96)
    sound = loud(5)
    edges = talk(scripted((0.5, 0.96), (1.6, 2.56), hits=(hit,)), sound)
    assert kinds(edges) == [WakeHit, SpeechStarted, SpeechPaused, SpeechEnded]
    (utterance,) = utterances(edges)
    assert utterance.start_s == pytest.approx(1.6)
    assert utterance.end_s == pytest.approx(2.56)
    assert utterance.ended_at_s == pytest.approx(2.56 + 0.704)
    first, last = round(1.3 * RATE_HZ), round(utterance.ended_at_s * RATE_HZ)
    assert np.array_equal(utterance.samples, sound[first:last])


def test_a_question_without_a_pause_loses_nothing_to_a_slow_loop() -> None:
    """One second passes between the phrase's end and `listen`."""
    hit = WakeHit("alexa", 0.9, at_s=1.0, ends_s=0.81)
    sound = loud(6)
    (utterance,) = utterances(talk(scripted((0.2, 3.2), hits=(hit,)), sound, answer_after=25))
    assert utterance.start_s == pytest.approx(0.81)
    first, last = round(0.81 * RATE_HZ), round(utterance.ended_at_s * RATE_HZ)
    assert np.array_equal(utterance.samples, sound[first:last])


def test_an_end_of_the_phrase_that_still_lies_ahead() -> None:
    hit = WakeHit("alexa", 0.9, at_s=1.0, ends_s=1.2)
    (utterance,) = utterances(talk(scripted((0.2, 3.2), hits=(hit,)), loud(6)))
    assert utterance.start_s == pytest.approx(1.2)


def test_the_rest_of_a_phrase_that_is_still_being_said_does_not_count() -> None:
    hit = WakeHit("alexa", 0.9, at_s=1.0, ends_s=1.6)
    edges = talk(scripted((0.2, 1.7), hits=(hit,)), loud(9))
    assert edges == [hit, NoSpeech(pytest.approx(6.6, abs=0.04))]


def test_a_wake_phrase_and_then_nothing() -> None:
    hit = WakeHit("alexa", 0.9, at_s=1.0, ends_s=0.8)
    edges = talk(scripted((0.2, 1.1), hits=(hit,)), loud(9))
    assert [type(edge) for edge in edges] == [WakeHit, NoSpeech]
    assert edges[-1] == NoSpeech(pytest.approx(5.8, abs=0.04))


def test_rest_gives_an_utterance_up() -> None:
    ears = scripted((0, 1))
    ears.listen()
    for frame in frames(loud(1)):
        ears.feed(frame)
    ears.rest()
    assert not ears.listening
    assert [edge for frame in frames(loud(3)) for edge in ears.feed(frame)] == []


def test_lost_frames_keep_the_times_true() -> None:
    ears = scripted((0.32, 3))
    ears.listen()
    kept = [frame for frame in frames(loud(6)) if not 30 <= frame.seq < 36]
    edges = [edge for frame in kept for edge in ears.feed(frame)]
    (utterance,) = utterances(edges)
    assert utterance.end_s == pytest.approx(3 + 6 * FRAME_S, abs=FRAME_S)


def test_a_long_loss_ends_the_utterance_where_it_was_lost() -> None:
    ears = scripted((0.32, 9))
    ears.listen()
    kept = [frame for frame in frames(loud(4)) if not 30 <= frame.seq < 60]
    (utterance, *_) = utterances([edge for frame in kept for edge in ears.feed(frame)])
    assert utterance.end_s == pytest.approx(30 * FRAME_S)


def test_what_was_said_so_far_is_told_while_it_grows() -> None:
    ears = scripted((0.32, 2.0))
    ears.listen()
    edges = [edge for frame in frames(loud(3)) for edge in ears.feed(frame)]
    grown = [edge.utterance for edge in edges if isinstance(edge, SpeechGrew)]
    assert [round(u.end_s - u.start_s, 1) for u in grown] == [0.5, 1.0, 1.5]


def test_a_pause_may_be_the_end_until_speech_goes_on() -> None:
    ears = scripted((0.32, 1.6), (2.08, 3.2))
    ears.listen()
    edges = [edge for frame in frames(loud(5)) for edge in ears.feed(frame)]
    paused, resumed, again = SpeechPaused, SpeechResumed, SpeechPaused
    assert kinds(edges) == [SpeechStarted, paused, resumed, again, SpeechEnded]
    first = next(edge.utterance for edge in edges if isinstance(edge, SpeechPaused))
    assert (first.start_s, first.end_s) == (pytest.approx(0.32), pytest.approx(1.6))
    (whole,) = utterances(edges)
    assert (whole.start_s, whole.end_s) == (pytest.approx(0.32), pytest.approx(3.2))
    assert whole.pauses_s == (pytest.approx(0.48, abs=0.01),)


def test_patience_decides_when_silence_is_the_end() -> None:
    ears = scripted((0.32, 1.6))
    ears.listen()
    edges: list[Edge] = []
    for frame in frames(loud(4)):
        for edge in ears.feed(frame):
            edges.append(edge)
            if isinstance(edge, SpeechPaused):
                ears.be_patient(1.5, edge.utterance.end_s)
    (utterance,) = utterances(edges)
    assert utterance.ended_at_s - utterance.end_s == pytest.approx(1.5, abs=FRAME_S)


def test_patience_with_an_earlier_pause_does_not_touch_this_one() -> None:
    ears = scripted((0.32, 1.6), (2.08, 3.2))
    ears.listen()
    edges: list[Edge] = []
    for frame in frames(loud(6)):
        edges += ears.feed(frame)
        if frame.captured_at > 2.5:
            ears.be_patient(2.0, 1.6)
    (utterance,) = utterances(edges)
    assert utterance.ended_at_s - utterance.end_s == pytest.approx(0.7, abs=FRAME_S)


def test_an_end_is_taken_back_when_speech_goes_on() -> None:
    ears = scripted((0.32, 1.6), (2.72, 3.2))
    ears.listen()
    edges = [edge for frame in frames(loud(5)) for edge in ears.feed(frame)]
    assert kinds(edges)[1:] == [
        *(SpeechPaused, SpeechEnded, SpeechResumed),
        *(SpeechPaused, SpeechEnded),
    ]
    early, whole = utterances(edges)
    assert (early.start_s, whole.start_s) == (whole.start_s, early.start_s)
    assert (early.end_s, whole.end_s) == (pytest.approx(1.6), pytest.approx(3.2))


def test_on_guard_a_cough_is_told_from_somebody_who_means_it() -> None:
    ears = scripted((0.32, 0.64), (2.4, 3.6))
    ears.guard()
    edges = [edge for frame in frames(loud(7)) for edge in ears.feed(frame)]
    cough, meant = [SpeechStarted], [SpeechStarted, SpeechSustained]
    assert kinds(edges) == [
        *(*cough, SpeechPaused, SpeechEnded),
        *(*meant, SpeechPaused, SpeechEnded),
    ]
    sustained = next(edge for edge in edges if isinstance(edge, SpeechSustained))
    assert sustained.at_s == pytest.approx(2.4)


def test_who_interrupts_is_heard_from_the_first_word() -> None:
    """The loop opens the ears anew, from the beginning of the speech that went on."""
    sound = loud(6)
    ears = scripted((2.4, 3.6))
    ears.guard()
    edges: list[Edge] = []
    for frame in frames(sound):
        new = ears.feed(frame)
        for edge in list(new):
            if isinstance(edge, SpeechSustained):
                new += ears.listen(edge.at_s - 0.3)
        edges += new
    (utterance,) = utterances(edges)
    assert utterance.start_s == pytest.approx(2.4)
    first, last = round(2.1 * RATE_HZ), round(utterance.ended_at_s * RATE_HZ)
    assert len(utterance.samples) == pytest.approx(last - first, abs=512)


class _Silence:
    """Removes everything."""

    only_echo = False

    def cancel(self, frame: Frame) -> Frame:
        return Frame(frame.samples * 0, frame.seq, frame.captured_at)


def test_every_model_hears_what_echo_removal_left() -> None:
    vad = ScriptedVad([(0, 9)])
    ears = Ears(ScriptedWakeWord(), vad, echo=_Silence())
    ears.listen()
    edges = [edge for frame in frames(loud(6)) for edge in ears.feed(frame)]
    assert kinds(edges) == [NoSpeech]
    reading = ears.reading()
    assert reading is not None
    assert (reading.level_db, reading.speech) == (0.0, 0.0)


class _Itself:
    """Removes nothing, and knows that it hears itself."""

    only_echo = True

    def cancel(self, frame: Frame) -> Frame:
        return frame


def test_what_the_device_says_itself_neither_wakes_it_nor_counts_as_speech() -> None:
    hit = WakeHit("alexa", 0.9, at_s=1.0)
    ears = Ears(ScriptedWakeWord([hit]), ScriptedVad([(0, 9)]), echo=_Itself())
    ears.listen()
    edges = [edge for frame in frames(loud(6)) for edge in ears.feed(frame)]
    assert kinds(edges) == [NoSpeech]


def test_a_dead_microphone_shows() -> None:
    ears = scripted()
    for frame in frames(np.zeros(RATE_HZ, np.int16)):
        ears.feed(frame)
    assert ears.silent_s == pytest.approx(1.0, abs=FRAME_S)
    ears.feed(frames(loud(0.1))[0])
    assert ears.silent_s == 0


def test_memory_is_bounded_while_nobody_speaks() -> None:
    ears = scripted()
    ears.listen()
    for frame in frames(loud(4.5)):
        ears.feed(frame)
    assert ears._hearing is not None
    assert len(ears._hearing.frames) * FRAME_S < 2.5


def test_what_is_far_weaker_than_the_speech_or_no_louder_than_the_room_is_none() -> None:
    gate, room = LevelGate(), quiet_room(RATE_HZ)
    speech = (tone(1.0) * 16000).astype(np.int16)
    parts = [*frames(room), *frames(speech), *frames(room), *frames(room * 0)]
    opened = [gate.open(frame.samples) for frame in parts]
    assert all(opened[32:62])
    assert not any(opened[64:])


def test_the_vad_tells_speech_from_a_tone_and_silence(vad: SileroVad, recording: Load) -> None:
    vad.reset()
    speech = [vad.process(frame.samples) for frame in frames(recording("jfk/jfk.flac")[:80_000])]
    vad.reset()
    noise = [vad.process(frame.samples) for frame in frames((tone(3.0) * 9_000).astype(np.int16))]
    assert np.mean(np.array(speech) > 0.5) > 0.5
    assert np.mean(np.array(noise) > 0.5) < 0.05
    with pytest.raises(ValueError, match="512"):
        vad.process(np.zeros(511, np.int16))


def test_the_vad_is_the_same_after_reset(vad: SileroVad, recording: Load) -> None:
    part = frames(recording("jfk/jfk.flac")[:16_000])
    vad.reset()
    first = [vad.process(frame.samples) for frame in part]
    vad.reset()
    assert [vad.process(frame.samples) for frame in part] == first


ONE_BREATH = [
    ("an4/an171-mjda-b.flac", 0.1),
    ("an4/an122-fjdn-b.flac", 0.1),
    ("ljspeech/LJ001-0008.flac", 0.1),
    ("fsdd/7_george_2.flac", 0.1),
]


@pytest.mark.parametrize(("name", "tolerance"), ONE_BREATH)
@pytest.mark.parametrize("room", [0, 4])
def test_the_true_end_of_real_speech(
    wake: OpenWakeWord, vad: SileroVad, recording: Load, name: str, tolerance: float, room: int
) -> None:
    """Against the last 10 ms that are within 32 dB of the loudest, in zeros and in a room."""
    speech = recording(name)
    power = np.square(speech[: len(speech) // 160 * 160].reshape(-1, 160), dtype=float).mean(1)
    end = 0.5 + (np.nonzero(power > np.percentile(power, 97) / 1_600)[0][-1] + 1) * 0.01
    sound = np.pad(speech, (RATE_HZ // 2, 2 * RATE_HZ))
    sound = sound + np.random.default_rng(0).normal(0, room, len(sound)).astype(np.int16)
    wake.reset()
    vad.reset()
    ears = Ears(wake, vad)
    ears.listen()
    (utterance,) = utterances([e for frame in frames(sound) for e in ears.feed(frame)])
    assert utterance.end_s == pytest.approx(end, abs=tolerance)
    assert 0.65 < utterance.ended_at_s - utterance.end_s < 0.9


def test_a_real_wake_phrase_and_command(
    wake: OpenWakeWord, vad: SileroVad, recording: Load
) -> None:
    wake.reset()
    vad.reset()
    sound = np.pad(recording("willow/alexa_turn_off_dining_room.flac"), (0, 2 * RATE_HZ))
    edges = talk(Ears(wake, vad), sound)
    assert kinds(edges)[:2] == [WakeHit, SpeechStarted]
    assert kinds(edges)[-2:] == [SpeechPaused, SpeechEnded]
    (utterance,) = utterances(edges)
    assert 0.6 < utterance.start_s < 1.0  # "turn" begins at 0.95
    assert 1.85 < utterance.end_s < 2.1


def test_a_real_wake_phrase_alone(wake: OpenWakeWord, vad: SileroVad, recording: Load) -> None:
    wake.reset()
    vad.reset()
    sound = np.pad(recording("wake-word-benchmark/alexa_206.flac"), (0, 6 * RATE_HZ))
    assert [type(edge) for edge in talk(Ears(wake, vad), sound)] == [WakeHit, NoSpeech]


def test_frames_are_not_changed(wake: OpenWakeWord, vad: SileroVad) -> None:
    samples = loud(0.032)
    samples.setflags(write=False)
    Ears(wake, vad).feed(Frame(samples, 0, FRAME_S))
