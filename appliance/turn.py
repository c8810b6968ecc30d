"""The story of one turn, from what was said to what was heard.

It may begin while the person is perhaps still speaking: nothing sounds before the turn has the
floor, and if they go on, the story is cancelled and told anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from appliance import phrases
from appliance.brevity import Brevity
from appliance.commands.command import Command
from appliance.engines.ports import (
    LanguageModel,
    Lapse,
    Passage,
    Retriever,
    SpeechToText,
    TextToSpeech,
    Transcript,
)
from appliance.foresight import Foresight
from appliance.hops import HopError, blame, hop
from appliance.knowledge.context import Exchange, in_context
from appliance.lead_ins import document
from appliance.memory import Memory
from appliance.mouth import Manner, Mouth, Pace, speaking
from appliance.orders import Orders
from appliance.record import Turn
from appliance.survivor.reply import Effect
from audio.format import Samples, Utterance
from audio.ports import Loudspeaker
from states.events import Event, Mute, TurnDone, TurnFailed

__all__ = ["Engines", "Turn", "glimpse", "run_turn"]

SURE = 0.5
"""A score from which nobody needs to ask what else it may have been."""
ALSO_ASKED = 3
"""Of what it may have been; the one that the documents know most of is looked up, too."""
SECOND_CHOICE = 0.75
"""What recognition thought less likely must be so much better."""


@dataclass(frozen=True, slots=True)
class Engines:
    """Everything that a turn works with, and the policy of when and how it may answer.

    Attributes:
        threshold: score of a passage under which nothing is answered.
        name_source: whether the source is named.
        orders: what needs no model; None: everything is a question.
        lead_ins: the spoken name of each document; played where the answer is late. None where the
            mind may find that the passages don't hold it after all.
        brevity: how long answers may be at the moment.
    """

    ears: SpeechToText
    memory: Retriever
    mind: LanguageModel
    voice: TextToSpeech
    threshold: float
    name_source: bool = True
    manner: Manner = field(default_factory=Manner)
    lead_ins: Mapping[str, Samples] = field(default_factory=dict)
    orders: Orders | None = None
    brevity: Brevity = field(default_factory=Brevity)


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a turn takes place: its loudspeaker, and who is told what.

    Attributes:
        post: takes events for the state machine.
        memory: of the conversation so far.
        pace: how long answers take, learnt turn by turn.
        understood: the turn's words are known, and whether they sound like all.
        set_volume: percent, 0..100.
    """

    speaker: Loudspeaker
    post: Callable[[Event], None]
    memory: Memory = field(default_factory=Memory)
    pace: Pace = field(default_factory=Pace)
    understood: Callable[[Turn], None] = lambda _turn: None
    set_volume: Callable[[int], None] = lambda _percent: None


async def run_turn(turn: Turn, engines: Engines, stage: Stage) -> None:
    """Recognise, look up, reply; then post how it went. Whoever cancels it, ends the turn."""
    failure: HopError | None = None
    try:
        async with speaking(_mouth(turn, engines, stage)) as mouth:
            await _converse(turn, engines, mouth, stage)
    except* HopError as failures:
        failure = _first(failures)
    _leave_if_cancelled()
    if failure is not None:
        await _fail(turn, engines, stage, failure)
        return
    stage.post(TurnDone(turn.id))
    if turn.mutes:
        stage.post(Mute())


def _leave_if_cancelled() -> None:
    """What fails as it is cancelled hides that from a task group: it would wait for a lost floor.

    Raises:
        CancelledError: the turn under way is over.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


async def _converse(turn: Turn, engines: Engines, mouth: Mouth, stage: Stage) -> None:
    if not await _heard_words(turn, engines):
        turn.reason = "NO_WORDS"
        stage.understood(turn)
        await _admit(turn, phrases.NOT_UNDERSTOOD, mouth)
        return
    if engines.orders and (order := engines.orders.match(_words(turn))):
        turn.is_order = True
        stage.understood(turn)
        await _obey(turn, engines.orders, order, mouth, stage)
        return
    await _consider(turn, engines)
    stage.understood(turn)
    async with Foresight(engines.mind, _meant(turn, _words(turn)), turn.foreseen) as foresight:
        await _look_up(turn, engines)
        await _reply(turn, engines, mouth, foresight)


async def _obey(turn: Turn, orders: Orders, order: Command, mouth: Mouth, stage: Stage) -> None:
    """Nothing is done before it is known that the order is complete."""
    await turn.floor.wait()
    turn.reason = "COMMAND"
    reply = orders.carry_out(order, stage.memory)
    turn.mutes = reply.effect is Effect.MUTE
    if reply.effect is Effect.VOLUME and reply.value is not None:
        stage.set_volume(reply.value)
    if reply.text:
        await mouth.say(reply.text)


async def _heard_words(turn: Turn, engines: Engines) -> bool:
    """Whether there are words to go by; a typed question has them already."""
    if turn.utterance is not None:
        with hop(turn, "asr", "ASR_FAILED"):
            heard = turn.transcript = await engines.ears.transcribe(turn.utterance.samples)
            if heard.lapse:
                turn.fallback["asr"] = heard.lapse
    return bool(turn.transcript and turn.transcript.text)


async def _consider(turn: Turn, engines: Engines) -> None:
    """Whether the words sound like all of a question, where nobody knows whether they are."""
    if not turn.floor.is_set():
        with blame("RETRIEVE_FAILED"):
            turn.complete = await engines.memory.completeness(_words(turn))


async def _look_up(turn: Turn, engines: Engines) -> None:
    """The passages for what was heard; where they leave doubt, also for what it may have been."""
    heard = turn.transcript or Transcript("", 0.0)
    with hop(turn, "retrieve", "RETRIEVE_FAILED"):
        turn.passages = await engines.memory.retrieve(_meant(turn, heard.text))
        if _best(turn) < SURE and (text := await _likelier(turn, heard, engines.memory)):
            others = await engines.memory.retrieve(_meant(turn, text))
            if others and others[0].score * SECOND_CHOICE > _best(turn):
                turn.passages, turn.transcript = others, replace(heard, text=text)


async def _likelier(turn: Turn, heard: Transcript, memory: Retriever) -> str | None:
    """What was perhaps said instead, if at first sight the documents know more of that."""
    texts = [heard.text, *heard.alternatives[:ALSO_ASKED]]
    if len(texts) == 1:
        return None
    scores = await memory.skim([_meant(turn, text) for text in texts])
    likeliest = texts[scores.index(max(scores))]
    return likeliest if likeliest != heard.text else None


def _meant(turn: Turn, words: str) -> str:
    """The question as somebody would put it who hasn't heard the answer before it."""
    before = turn.before
    if before is None or not before.titles:
        return words
    return in_context(words, Exchange(before.question, before.heard, before.titles[0]))


def _words(turn: Turn) -> str:
    return turn.transcript.text if turn.transcript else ""


def _best(turn: Turn) -> float:
    return turn.passages[0].score if turn.passages else 0.0


async def _reply(turn: Turn, engines: Engines, mouth: Mouth, foresight: Foresight) -> None:
    """Grounded or silent: an answer with its source, or the admission that there is none."""
    if _best(turn) < engines.threshold:
        turn.reason = "LOW_SCORE" if turn.passages else "NO_MATCH"
        await foresight.drop()
        await _admit(turn, phrases.DONT_KNOW, mouth)
        return
    turn.reason = "OK"
    mouth.lead_in(engines.lead_ins.get(document(turn.passages[0].title)))
    asked_s = turn.stream_s()
    question = _meant(turn, _words(turn))
    async with aclosing(foresight.answer(question, turn.passages)) as sentences:
        while True:
            with blame("ANSWER_FAILED"):
                sentence = await anext(sentences, None)
            if sentence is None:
                break
            if isinstance(sentence, Lapse):
                turn.fallback["answer"] = sentence.code
                continue
            turn.took("first_token", asked_s)
            turn.sentences.append(sentence)
            if engines.brevity.smaller:
                turn.fallback["model"] = engines.brevity.code
            await mouth.say(sentence.text)
            if engines.brevity.is_enough(len(turn.sentences)):
                turn.fallback["length"] = engines.brevity.code
                break
    if not turn.sentences:
        turn.reason = "NO_ANSWER"
        await _admit(turn, phrases.DONT_KNOW, mouth)
    elif engines.name_source and not turn.led_in:
        await mouth.say(phrases.from_source(_title(turn)))


async def _admit(turn: Turn, what: str, mouth: Mouth) -> None:
    """That there is no answer; but who wasn't asked says nothing."""
    if turn.invited:
        await mouth.say(what)


async def _fail(turn: Turn, engines: Engines, stage: Stage, failure: HopError) -> None:
    """Say that it went wrong, unless it is the voice that did."""
    turn.reason, turn.error = failure.reason, failure.error
    is_mute = False
    try:
        async with speaking(_mouth(turn, engines, stage)) as mouth:
            await mouth.say(phrases.APOLOGIES.get(failure.reason, phrases.SORRY))
    except* HopError:
        is_mute = True
    _leave_if_cancelled()
    if is_mute:
        await turn.floor.wait()
    stage.post(TurnFailed(turn.id))


async def glimpse(
    engines: Engines, utterance: Utterance, told: Callable[[str], None]
) -> list[Passage]:
    """What somebody who is still speaking has said so far: tell it, and look it up.

    When they have finished, everything is looked at anew.

    Returns:
        What is worth reading ahead, best first.
    """
    transcript = await engines.ears.transcribe(utterance.samples)
    if transcript.text:
        told(transcript.text)
    if not transcript.text or not engines.mind.reads_ahead:
        return []
    return await engines.memory.retrieve(transcript.text)


def _mouth(turn: Turn, engines: Engines, stage: Stage) -> Mouth:
    return Mouth(turn, engines.voice, stage.speaker, stage.post, engines.manner, stage.pace)


def _first(failures: BaseExceptionGroup[HopError]) -> HopError:
    """The first failure; a group may hold groups."""
    failure = failures.exceptions[0]
    return failure if isinstance(failure, HopError) else _first(failure)


def _title(turn: Turn) -> str:
    """What to call the source of the first sentence, aloud."""
    titles = {passage.source: passage.title for passage in turn.passages}
    return titles.get(turn.sentences[0].source, turn.sentences[0].source)
