"""How well spoken commands are heard, and what that costs the documents' questions.

    python -m tests.bench.commands tests/golden/thermostat ../shared/speech

Builds the recogniser's words twice, without and with the command sentences, and prints for each:
word errors on the manual's golden questions; commands understood; lone stop words understood; and
how often a second or two of other people's speech is taken for a stop word. Voices come from the
packages ttspico and flite; the real speech is not part of the repository.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import soundfile

from appliance.commands.command import Command, CommandName
from appliance.commands.intents import Intents
from appliance.commands.sampling import sentences
from appliance.engines.espeak import EspeakVoice
from appliance.engines.ports import Transcript
from appliance.engines.sphinx import build
from appliance.engines.sphinx.recogniser import SphinxRecogniser
from appliance.engines.sphinx.words import spoken_words
from appliance.knowledge.build import build_pack
from appliance.knowledge.golden import read_golden
from appliance.knowledge.pack import PackText
from audio.format import RATE_HZ, Samples
from tests.appliance.engines.tune_asr import distance
from tests.appliance.engines.voices import say

VOICES = ("flite:slt", "pico:en-US")
COMMANDS = (
    """
stop|cancel|never mind|repeat that|say that again|louder|a little quieter|turn the volume up
turn the volume down|volume thirty|volume five|set the volume to eighty percent|mute
what time is it|what's the time|what day is it today|what is the date|set a timer for five minutes
set a timer for twenty five minutes|set a timer for one hour and ten minutes|set a ten minute timer
set a timer for half an hour|set a timer for ninety seconds|set a pasta timer for eight minutes
set a timer for twelve minutes for the eggs|start a timer for forty minutes|remind me in two hours
how much time is left|how much time is left on the pasta timer|what timers are running
cancel the timer|cancel the pasta timer|cancel all timers|stop the timer|set an alarm for seven
set an alarm for six thirty|set an alarm for half past seven tomorrow morning|wake me up at eight
set an alarm for quarter to nine|set an alarm for tomorrow at five fifteen|what alarms are set
when is my alarm|cancel my alarm|cancel all alarms|what can you do|where did you get that
why were you slow|why didn't you answer|who are you|be quiet|speak up|help|never mind
what did you say|how do you know that|what took so long|turn off the sound|wake me at noon
set a timer for an hour and a half|set a timer for two minutes and thirty seconds
""".strip()
    .replace("\n", "|")
    .split("|")
)
STOPS = ("stop", "cancel", "be quiet", "quiet", "stop it", "that's enough", "stop talking")
ENDS = {CommandName.STOP, CommandName.CANCEL}
OTHER_KINDS = (
    "negative",
    "read",
    "question",
    "command (slots only, see label.json)",
    "dictation-names-numbers",
)
_OTHERS, _SEGMENTS = 200, 3
"""Recordings of others, and segments of each, at most."""
SURE = (0.0, 0.2, 0.4, 0.6)
"""Confidences at which a stop word may be believed."""


def main() -> None:
    """Measure both."""
    parser = argparse.ArgumentParser()
    parser.add_argument("manual", type=Path)
    parser.add_argument("speech", type=Path)
    parser.add_argument("--weights", nargs="+", type=float, default=[0.0, build.COMMANDS])
    arguments = parser.parse_args()
    texts = _texts(arguments.manual)
    voice = EspeakVoice()
    voice.load()
    for weight in arguments.weights:
        build.COMMANDS = weight
        commands = sentences("en") if weight else []
        ears = SphinxRecogniser(build.build_assets(texts, voice.phonemes, commands=commands))
        ears.load()
        print(f"\n{len(commands)} sentences of commands, weight {weight}", flush=True)
        _questions(ears, arguments.manual)
        _commands(ears)
        _stops(ears, arguments.speech)
        _others(ears, arguments.speech)


def _texts(manual: Path) -> list[tuple[Sequence[str], str]]:
    texts: list[tuple[Sequence[str], str]] = []

    def keep(found: Sequence[PackText]) -> dict[str, bytes]:
        texts.extend((text.heading_path, text.text) for text in found)
        return {}

    with tempfile.TemporaryDirectory() as scratch:
        build_pack(manual / "docs", Path(scratch) / "scratch.pack", keep)
    return texts


def _questions(ears: SphinxRecogniser, manual: Path) -> None:
    intents = Intents(("en",))
    for voice in VOICES:
        words = errors = taken = perhaps = 0
        for item in read_golden(manual / "golden.tsv"):
            said = spoken_words(item.question)
            heard = ears.transcribe(say(voice, item.question))
            words, errors = words + len(said), errors + distance(said, heard.text.split())
            taken += intents.match(heard.text) is not None
            perhaps += _any(intents, heard) is not None
        wrong = f"word error {100 * errors / words:.1f} %"
        print(f"  questions, {voice:11} {wrong}, as orders {taken}, by an alternative {perhaps}")


def _commands(ears: SphinxRecogniser) -> None:
    intents = Intents(("en",))
    for voice in VOICES:
        missed, perhaps, other = [], 0, 0
        for text in COMMANDS:
            heard, meant = ears.transcribe(say(voice, text)), intents.match(text)
            if intents.match(heard.text) != meant:
                missed.append(f"{text} -> {heard.text}")
            guess = _any(intents, heard)
            perhaps += guess == meant
            other += guess is not None and guess != meant
        right = len(COMMANDS) - len(missed)
        print(f"  commands,  {voice:11} understood {right}/{len(COMMANDS)},", end=" ")
        print(f"with alternatives {perhaps} right and {other} wrong")
        print("".join(f"      {line}\n" for line in missed), end="")


def _stops(ears: SphinxRecogniser, speech: Path) -> None:
    for voice in VOICES:
        heard = {text: ears.transcribe(say(voice, text)) for text in STOPS}
        shown = [
            f"{t} ({h.confidence:.2f})" if _ends(h) else f"{t}: {h.text}" for t, h in heard.items()
        ]
        print(f"  stop words, {voice:10} {sum(map(_ends, heard.values()))}/{len(STOPS)}: {shown}")
    real = [ears.transcribe(s) for kind, text, s in _recordings(speech) if text == "stop"]
    print(
        f"  stop words, real people {sum(map(_ends, real))}/{len(real)}: {[h.text for h in real]}"
    )


def _others(ears: SphinxRecogniser, speech: Path) -> None:
    """Others' speech in segments of 1 to 2 s, as the director would cut what it hears."""
    recordings = segments = 0
    false: Counter[float] = Counter()
    shown = []
    others = [
        samples
        for kind, text, samples in _recordings(speech)
        if kind in OTHER_KINDS and "stop" not in text.split()
    ]
    for samples in others[:: max(len(others) // _OTHERS, 1)][:_OTHERS]:
        recordings += 1
        for segment in islice(_cut(samples, recordings), _SEGMENTS):
            segments += 1
            heard = ears.transcribe(segment)
            if _ends(heard):
                shown.append(f"{heard.text} ({heard.confidence:.2f})")
                false.update(sure for sure in SURE if heard.confidence >= sure)
    counts = ", ".join(f"{false[sure]} at {sure}" for sure in SURE)
    print(f"  {recordings} recordings of others, {segments} segments: taken for a stop {counts}")
    print(f"      {shown}")


def _cut(samples: Samples, seed: int) -> Iterator[Samples]:
    chance = np.random.default_rng(seed)
    at = 0
    while at + RATE_HZ <= len(samples):
        size = int(chance.uniform(1.0, 2.0) * RATE_HZ)
        yield samples[at : at + size]
        at += size


def _any(intents: Intents, heard: Transcript) -> Command | None:
    """The command of the likeliest text that is one."""
    texts = (heard.text, *heard.alternatives)
    return next((command for text in texts if (command := intents.match(text))), None)


def _ends(heard: Transcript) -> bool:
    command = Intents(("en",)).match(heard.text)
    return command is not None and command.name in ENDS


def _recordings(speech: Path) -> Iterator[tuple[str, str, Samples]]:
    """Kind, transcript and sound of each recording."""
    with (speech / "manifest.tsv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            samples, _rate = soundfile.read(speech / row["path"], dtype="int16")
            yield row["kind"], row["transcript"], samples


if __name__ == "__main__":
    main()
