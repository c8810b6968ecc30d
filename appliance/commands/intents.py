"""Is it a command, and which? Whole utterances only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Final

import hassil
import yaml
from hassil.recognize import RecognizeResult

from appliance.commands.command import Command, CommandName, Slot
from appliance.commands.slots import meaning
from appliance.errors import ConfigError

LANGUAGES: Final = ("en", "de", "fr", "es", "zh", "ru")
_FIRST: Final = {
    "en": ("set a timer for seven minutes", "set an alarm for seven thirty"),
    "de": ("timer auf sieben minuten", "wecker auf sieben uhr dreißig"),
    "fr": ("minuteur de sept minutes", "réveil à sept heures trente"),
    "es": ("temporizador de siete minutos", "alarma a las siete y treinta"),
    "zh": ("七分钟计时器", "七点三十分闹钟"),
    "ru": ("таймер на семь минут", "будильник на семь тридцать"),
}
"""Matching these once makes hassil parse the templates and spell the numbers."""
_PHRASES: Final = Path(__file__).parent / "phrases"
_PLAIN: Final = {0x451: 0x435}
"""Russian is written with either letter; the phrase files have the second."""
_MOST_CHARACTERS: Final = 120
"""Longer than any command; keeps the matching of a long dictation short."""


@cache
def templates(language: str) -> hassil.Intents:
    """The phrase file of a language, parsed; about 50 ms the first time.

    Raises:
        ConfigError: there is none.
    """
    if language not in LANGUAGES:
        raise ConfigError(
            "CFG-LANGUAGE",
            f"there are no commands in the language `{language}`",
            f"these exist: {', '.join(LANGUAGES)}",
            "choose among them in [commands] languages",
        )
    text = (_PHRASES / f"{language}.yaml").read_text(encoding="utf-8")
    return hassil.Intents.from_dict(yaml.load(text, yaml.CSafeLoader))


class Intents:
    """Commands in the configured languages."""

    def __init__(self, languages: Sequence[str] = LANGUAGES) -> None:
        """Note the languages; each is loaded when it is first asked.

        Args:
            languages: of `LANGUAGES`; the order in which they are tried.
        """
        self._languages = tuple(languages)

    def load(self) -> None:
        """Load every language now, so that no turn waits; ConfigError where one is unknown."""
        for language in self._languages:
            templates(language)
            for sentence in _FIRST[language]:
                self.match(sentence, language)

    def match(self, text: str, language: str | None = None) -> Command | None:
        """The command that the whole text is, or None.

        Args:
            text: as recognised (`volume thirty`) or as typed (`Volume 30!`).
            language: of the text; None: try all, in order.
        """
        said = re.sub(r"\s+", " ", text).strip().lower().translate(_PLAIN)
        if not said or len(said) > _MOST_CHARACTERS:
            return None
        languages = self._languages if language is None else (language,)
        found = (command for code in languages for command in _commands(said, code))
        return next(found, None)


def _commands(said: str, language: str) -> Iterator[Command]:
    """What it may mean, likeliest first."""
    results = hassil.recognize_all(said, templates(language))
    for result in sorted(results, key=_guesswork):
        name = CommandName(result.intent.name)
        caught: dict[str, Slot] = {e.name: e.value for e in result.entities_list}
        slots = meaning(name, caught)
        if slots is not None:
            yield Command(name, slots, language)


def _guesswork(result: RecognizeResult) -> tuple[int, int]:
    """How much of it a wildcard swallowed, and how little of it numbers and lists explain."""
    guessed = sum(len(str(e.text)) for e in result.entities_list if e.is_wildcard)
    explained = sum(len(str(e.text)) for e in result.entities_list if not e.is_wildcard)
    return guessed, -explained
