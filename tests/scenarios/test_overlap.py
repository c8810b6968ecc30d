"""Work that overlaps with speech: what it saves, and that none of it is ever heard by mistake."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import numpy as np
import pytest

from appliance.engines.scripted import ScriptedMind
from appliance.mouth import Manner
from appliance.reasons import Outcome
from appliance.turn import Turn
from audio import ears as edges
from audio.format import RATE_HZ, Samples, Utterance
from states import events as e
from states.state import State
from tests.scenarios.stage import QUESTION, UNKNOWN, Stage, known_script, play

PREFIRE = {"prefire"}
ALL = {"prefire", "partials", "barge_in"}
HALF = "what does the red"


async def _one_question(stage: Stage) -> None:
    stage.script.hears += [QUESTION, QUESTION]
    await stage.ask()


def _first_audio_ms(stage: Stage) -> float:
    (turn,) = stage.turns
    assert turn.outcome is Outcome.ANSWERED
    return turn.timings_ms["first_audio"]


def test_a_reply_drafted_in_the_first_silence_sounds_at_the_endpoint() -> None:
    """0.125 pause + 0.2 asr + 0.05 retrieval + 0.3 answer + 0.05 voice = 0.725; endpoint 0.7."""
    assert _first_audio_ms(play(_one_question)) == pytest.approx(1300)
    assert _first_audio_ms(play(_one_question, switches=PREFIRE)) == pytest.approx(725)
    fast = known_script()
    fast.asr_s = fast.sentence_s = 0.1
    assert _first_audio_ms(play(_one_question, fast, switches=PREFIRE)) == pytest.approx(700)


def test_nothing_of_a_draft_is_heard_before_the_endpoint() -> None:
    async def act(stage: Stage) -> None:
        stage.script.asr_s = stage.script.sentence_s = 0.01
        asking = asyncio.ensure_future(_one_question(stage))
        await asyncio.sleep(2.99)
        assert stage.now_in is State.LISTENING
        assert ("tts", "A red light means: replace the filter.") in stage.script.log
        assert stage.speaker.heard_s() == 0
        await asking

    play(act, switches=PREFIRE)


def test_a_draft_of_half_a_question_is_discarded() -> None:
    async def act(stage: Stage) -> None:
        stage.script.hears += [HALF, QUESTION]
        await stage.ask(1.0, 0.5, 1.0)

    stage = play(act, switches=PREFIRE)
    (turn,) = stage.turns
    assert stage.director.discarded == 1
    assert turn.transcript is not None
    assert (turn.transcript.text, turn.outcome) == (QUESTION, Outcome.ANSWERED)
    assert turn.utterance is not None
    assert turn.utterance.end_s - turn.utterance.start_s == pytest.approx(2.5)
    assert turn.timings_ms["first_audio"] == pytest.approx(725)


def test_a_question_that_goes_on_after_its_end_is_taken_up_again() -> None:
    """The pause was longer than the endpoint, but no sound had been made yet."""

    async def act(stage: Stage) -> None:
        stage.script.hears += [HALF, QUESTION]
        await stage.ask(1.0, 0.95, 1.0)

    stage = play(act)
    (turn,) = stage.turns
    assert stage.states[1:6] == ["listening", "thinking", "listening", "thinking", "speaking"]
    assert turn.transcript is not None
    assert turn.transcript.text == QUESTION
    assert turn.spoken[0] == "A red light means: replace the filter."


@dataclass
class TableJudge:
    """Patience by the words: None is the sound alone."""

    patience_s_of: dict[str | None, float]
    asked: list[str | None] = field(default_factory=list)
    learnt: list[float] = field(default_factory=list)

    def patience_s(self, turn: Turn, utterance: Utterance) -> float:
        text = turn.transcript.text if turn.transcript else None
        self.asked.append(text)
        return self.patience_s_of[text]

    def heard_out(self, utterance: Utterance) -> None:
        self.learnt += utterance.pauses_s


def test_a_finished_question_is_not_kept_waiting() -> None:
    judge = TableJudge({None: 0.7, QUESTION: 0.3})
    fast = known_script()
    fast.asr_s = fast.sentence_s = 0.01
    stage = play(_one_question, fast, switches=PREFIRE, judge=judge)
    assert judge.asked == [None, QUESTION]
    assert _first_audio_ms(stage) == pytest.approx(300)
    assert stage.turns[0].timings_ms["endpoint"] == pytest.approx(300)


def test_its_end_is_known_before_anything_is_looked_up() -> None:
    judge = TableJudge({None: 0.7, QUESTION: 0.3})
    slow = known_script()
    slow.asr_s, slow.retrieve_s = 0.01, 0.5
    stage = play(_one_question, slow, switches=PREFIRE, judge=judge)
    assert stage.turns[0].timings_ms["endpoint"] == pytest.approx(300)


def test_an_unfinished_one_is_waited_for() -> None:
    async def act(stage: Stage) -> None:
        stage.script.hears += [HALF, QUESTION]
        await stage.ask(1.0, 1.1, 1.0)

    judge = TableJudge({None: 0.7, HALF: 1.2, QUESTION: 0.7})
    stage = play(act, switches=PREFIRE, judge=judge)
    (turn,) = stage.turns
    assert stage.states.count("listening") == 1
    assert turn.transcript is not None
    assert turn.transcript.text == QUESTION


def test_speech_is_recognised_and_looked_up_while_it_goes_on() -> None:
    async def act(stage: Stage) -> None:
        stage.script.hears += ["what does", HALF, QUESTION, QUESTION]
        await stage.ask()

    stage = play(act, switches={"partials"})
    assert stage.partials == ["what does", HALF, QUESTION]
    assert ("prime", "guide.md#light") in stage.script.log
    assert stage.turns[0].spoken[0] == "A red light means: replace the filter."


def test_nothing_is_looked_up_for_a_mind_that_does_not_read_ahead(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def act(stage: Stage) -> None:
        stage.script.hears += ["what does", HALF, QUESTION, QUESTION]
        await stage.ask()

    monkeypatch.setattr(ScriptedMind, "reads_ahead", False)
    stage = play(act, switches={"partials"})
    assert stage.partials == ["what does", HALF, QUESTION]
    assert [what for hop, what in stage.script.log if hop == "retrieve"] == [QUESTION]


@pytest.mark.parametrize(("half", "saved_ms"), [(QUESTION, 300), ("what does", 0)])
def test_an_answer_is_begun_with_what_was_read_ahead(half: str, saved_ms: float) -> None:
    """While the question is looked up (0.6 s), its first sentence (0.3 s) is made."""

    def first_audio_ms(*, foresight: bool) -> float:
        async def act(stage: Stage) -> None:
            stage.script.hears += ["what does", half, QUESTION]
            stage.script.retrieve_s = 0.6
            await stage.ask()

        return _first_audio_ms(play(act, switches={"partials"}, foresight=foresight))

    assert first_audio_ms(foresight=False) - first_audio_ms(foresight=True) == pytest.approx(
        saved_ms
    )


def test_what_is_read_ahead_for_one_question_is_not_foreseen_for_the_next() -> None:
    async def act(stage: Stage) -> None:
        stage.script.hears += ["what does", QUESTION, QUESTION, UNKNOWN]
        stage.script.prime_s = 5.0
        await stage.ask()
        await asyncio.sleep(0.5)
        stage.wake()
        await asyncio.sleep(4.0)
        await stage.ears.hear(0.4)

    stage = play(act, switches={"partials"}, foresight=True)
    assert ("prime", "guide.md#light") in stage.script.log
    assert [turn.foreseen for turn in stage.turns] == [[], []]


def test_what_is_overtaken_by_a_newer_guess_is_no_longer_foreseen() -> None:
    """Else the answer to an old guess would have the newer passages read once more."""

    async def act(stage: Stage) -> None:
        stage.script.hears += [UNKNOWN, "what does", QUESTION, QUESTION]
        stage.script.prime_s = 0.5
        await stage.ask()

    stage = play(act, switches={"partials", "prefire"}, foresight=True)
    read = [what for hop, what in stage.script.log if hop == "prime"]
    assert read == ["guide.md#cups", "guide.md#light"]
    assert [turn.foreseen for turn in stage.turns] == [[]]


def test_partials_that_take_too_long_are_left_out() -> None:
    async def act(stage: Stage) -> None:
        stage.script.asr_s = 1.2
        stage.script.hears += ["what does", QUESTION]
        await stage.ask()

    stage = play(act, switches={"partials"})
    assert stage.partials == ["what does"]


@pytest.mark.parametrize(("share", "said_s"), [(1.0, [0.5, 1.0, 1.5, 2.0]), (0.3, [0.5, 2.0])])
def test_partials_take_no_more_than_their_share(share: float, said_s: list[float]) -> None:
    """Each takes 0.4 s: at three tenths of the time, the next is due 1.33 s after it began."""

    async def act(stage: Stage) -> None:
        stage.script.asr_s = 0.4
        stage.script.hears += [HALF] * 4 + [QUESTION]
        await stage.ask(2.4)

    stage = play(act, switches={"partials"}, glimpses=share)
    heard = [int(what.split()[0]) / RATE_HZ for hop, what in stage.script.log if hop == "asr"]
    assert heard == [pytest.approx(seconds) for seconds in (*said_s, 2.4)]


def test_a_partial_that_fails_costs_nothing() -> None:
    async def act(stage: Stage) -> None:
        stage.script.fail.add("asr")
        asking = asyncio.ensure_future(_one_question(stage))
        await asyncio.sleep(2.0)
        stage.script.fail.clear()
        stage.script.hears[:] = [QUESTION] * 3
        await asking

    stage = play(act, switches={"partials"})
    assert stage.turns[0].outcome is Outcome.ANSWERED


def _sound(seconds: float) -> Samples:
    return np.ones(round(seconds * 16_000), np.int16)


def test_a_late_answer_is_led_in_by_its_source() -> None:
    slow = known_script()
    slow.sentence_s = 1.0
    manner = Manner(lead_in_after_s=0.3)
    stage = play(_one_question, slow, manner=manner, lead_ins={"the guide": _sound(0.8)})
    (turn,) = stage.turns
    # 0.7 endpoint + 0.2 asr + 0.05 retrieval, 0.3 patience; the answer 1.0 + 0.05 after those
    assert turn.timings_ms["first_sound"] == pytest.approx(1250)
    assert turn.timings_ms["first_audio"] == pytest.approx(2050)
    assert turn.spoken == ["A red light means: replace the filter.", "Any shop has it."]
    assert turn.heard_s == pytest.approx(turn.audio_s + 0.8)


def test_an_answer_in_time_needs_no_lead_in() -> None:
    stage = play(_one_question, switches=PREFIRE, lead_ins={"the guide": _sound(0.8)})
    (turn,) = stage.turns
    assert turn.timings_ms["first_sound"] == turn.timings_ms["first_audio"]
    assert turn.spoken[-1] == "That is from the guide."


def test_an_abstention_is_not_led_in() -> None:
    async def act(stage: Stage) -> None:
        stage.script.hears.append("what is the time")
        stage.script.first_chunk_s = 1.0
        await stage.ask()

    stage = play(act, lead_ins={"the guide": _sound(0.8)})
    assert not stage.turns[0].led_in


def test_the_next_sentence_is_made_while_one_sounds() -> None:
    async def act(stage: Stage) -> None:
        await _one_question(stage)
        await stage.until(State.SPEAKING)
        await asyncio.sleep(1.2)
        assert stage.speaker.heard_s() < 1.3
        assert [what for hop, what in stage.script.log if hop == "tts"][-1].startswith("That is")

    slow_voice = known_script()
    slow_voice.first_chunk_s = 0.5
    (turn,) = play(act, slow_voice).turns
    began_s = next(at_s for state, at_s in turn.states if state == "speaking")
    assert turn.states[-1][1] - began_s == pytest.approx(turn.audio_s, abs=0.05), "no gaps"


def test_all_at_once_is_what_everybody_else_does() -> None:
    stage = play(_one_question, manner=Manner(stream=False))
    # 0.7 endpoint + 0.2 asr + 0.05 retrieval + 2 · 0.3 answer + 3 · 0.05 voice, less overlap
    assert _first_audio_ms(stage) >= 1650


def test_what_was_heard_not_what_was_generated_is_remembered() -> None:
    async def act(stage: Stage) -> None:
        await _one_question(stage)
        await stage.until(State.SPEAKING)
        await asyncio.sleep(1.7)
        stage.post(e.Cancel())

    (turn,) = play(act).turns
    assert turn.heard_s == pytest.approx(1.7, abs=0.01)
    assert turn.heard_text() == "A red light means:"
    assert turn.reason == "CUT_SHORT"


def test_everything_heard_is_everything_said() -> None:
    (turn,) = play(_one_question).turns
    assert turn.heard_text() == " ".join(turn.spoken)


async def _interrupted(stage: Stage, *spans_s: float) -> None:
    await _one_question(stage)
    await stage.until(State.SPEAKING)
    await asyncio.sleep(1.5)
    await stage.ears.hear(*spans_s)


def test_a_cough_ducks_the_reply_and_it_rises_again() -> None:
    gains: list[float] = []

    async def act(stage: Stage) -> None:
        coughing = asyncio.ensure_future(_interrupted(stage, 0.3))
        await stage.until(State.SPEAKING)
        await asyncio.sleep(1.6)
        gains.append(stage.speaker.gain)
        await coughing
        gains.append(stage.speaker.gain)

    stage = play(act, switches=ALL)
    (turn,) = stage.turns
    assert gains == [0.25, 1.0]
    assert turn.heard_s == pytest.approx(turn.audio_s)


def test_somebody_who_means_it_takes_over_without_the_wake_phrase() -> None:
    async def act(stage: Stage) -> None:
        await _interrupted(stage, 1.5)

    stage = play(act, switches=ALL)
    first, second = stage.turns
    assert (first.reason, second.wake) == ("CUT_SHORT", None)
    assert first.heard_s == pytest.approx(2.0, abs=0.05)


@pytest.mark.parametrize("switches", [set(), ALL])
def test_volume_is_whole_again_after_an_interruption(switches: set[str]) -> None:
    async def act(stage: Stage) -> None:
        await _interrupted(stage, 1.5)

    assert play(act, switches=switches).speaker.gain == 1.0


def test_an_engine_that_fails_on_a_draft_is_told_of_at_the_endpoint_only() -> None:
    async def act(stage: Stage) -> None:
        stage.script.fail.add("retrieve")
        asking = asyncio.ensure_future(_one_question(stage))
        await asyncio.sleep(2.95)
        assert stage.now_in is State.LISTENING
        await asking

    (turn,) = play(act, switches=PREFIRE).turns
    assert (turn.outcome, turn.reason) == (Outcome.FAILED, "RETRIEVE_FAILED")


def test_a_failure_on_half_a_question_is_forgotten_with_it() -> None:
    async def act(stage: Stage) -> None:
        stage.script.fail.add("retrieve")
        stage.script.hears += [HALF, QUESTION]
        asking = asyncio.ensure_future(stage.ask(1.0, 0.6, 1.0))
        await asyncio.sleep(1.8)
        stage.script.fail.clear()
        await asking

    (turn,) = play(act, switches=PREFIRE).turns
    assert (turn.outcome, turn.error) == (Outcome.ANSWERED, None)


def test_a_draft_of_other_words_than_the_final_ones_is_not_used() -> None:
    """The end moved without a word of it: whoever drafted heard something else."""

    async def act(stage: Stage) -> None:
        stage.script.hears += [HALF, QUESTION]
        stage.wake()
        sound = np.zeros(16_000, np.int16)
        stage.director.on_edge(edges.SpeechPaused(Utterance(sound, 0.0, 1.0, 1.2)))
        await asyncio.sleep(0.5)
        stage.director.on_edge(edges.SpeechEnded(Utterance(sound, 0.0, 1.3, 2.0)))

    (turn,) = play(act, switches=PREFIRE).turns
    assert turn.transcript is not None
    assert turn.transcript.text == QUESTION


def test_an_answer_may_be_longer_than_what_is_made_ahead() -> None:
    long = known_script()
    long.says = {QUESTION: [f"Sentence number {count}." for count in range(9)]}
    (turn,) = play(_one_question, long).turns
    assert len(turn.spoken) == 10
    assert turn.heard_s == pytest.approx(turn.audio_s)


def test_a_follow_up_means_what_was_heard_before() -> None:
    async def act(stage: Stage) -> None:
        stage.script.hears += [QUESTION, "and how long does that take"]
        await stage.ask()
        await stage.until(State.FOLLOW_UP)
        await stage.ears.hear(1.0)

    stage = play(act, switches={"follow_up"})
    looked_up = [what for hop, what in stage.script.log if hop == "retrieve"]
    assert looked_up[0] == QUESTION
    assert "light" in looked_up[1]
    assert looked_up[1].endswith("how long does that take")
    _, second = stage.turns
    assert second.transcript is not None
    assert second.transcript.text == "and how long does that take", "what was said stays as it was"


def test_after_minutes_nobody_means_the_last_answer_any_more() -> None:
    async def act(stage: Stage) -> None:
        stage.script.hears += [QUESTION, "how long does that take"]
        await stage.ask()
        await stage.until(State.IDLE)
        await asyncio.sleep(300)
        await stage.ask()

    stage = play(act)
    assert [what for hop, what in stage.script.log if hop == "retrieve"][1] == (
        "how long does that take"
    )


def test_the_device_learns_how_long_its_answers_take() -> None:
    """The first slow answer is led in after some patience, the next one at once."""

    async def act(stage: Stage) -> None:
        stage.script.sentence_s = 1.0
        for _ in range(2):
            await _one_question(stage)
            await stage.until(State.IDLE)

    stage = play(act, manner=Manner(lead_in_after_s=0.3), lead_ins={"the guide": _sound(0.5)})
    first, second = stage.turns
    # 0.7 endpoint + 0.2 asr + 0.05 retrieval: then the source is known
    assert first.timings_ms["first_sound"] == pytest.approx(950 + 300)
    assert second.timings_ms["first_sound"] == pytest.approx(950)


def test_an_answer_that_is_about_to_come_is_waited_for() -> None:
    """Made in 0.62 s, of which 0.47 have passed at the endpoint: the second time that is known."""

    async def act(stage: Stage) -> None:
        for _ in range(2):
            await _one_question(stage)
            await stage.until(State.IDLE)

    script = known_script()
    script.sentence_s, script.asr_s = 0.57, 0.05
    manner = Manner(lead_in_after_s=0.1)
    lead_ins = {"the guide": _sound(0.5)}
    stage = play(act, script, switches=PREFIRE, manner=manner, lead_ins=lead_ins)
    first, second = stage.turns
    assert first.led_in
    assert not second.led_in
