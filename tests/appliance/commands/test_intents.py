"""What is a command, and what is left to the documents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.commands.command import Command, CommandName
from appliance.commands.intents import LANGUAGES, Intents, templates
from appliance.commands.sampling import samples, sentences
from appliance.commands.slots import meaning
from appliance.errors import ConfigError
from appliance.knowledge.golden import read_golden
from tests.appliance.commands.questions import NOT_COMMANDS

INTENTS = Intents()
MANUALS = sorted((Path(__file__).parents[2] / "golden").glob("*/golden.tsv"))


def understood(text: str, language: str | None = None) -> tuple[str, dict[str, Any]] | None:
    command = INTENTS.match(text, language)
    return command and (command.name.value, dict(command.slots))


@pytest.mark.parametrize(
    ("text", "name", "slots"),
    [
        ("stop", "stop", {}),
        ("Stop!", "stop", {}),
        ("could you please be quiet", "stop", {}),
        ("never mind", "cancel", {}),
        ("volume thirty", "volume", {"percent": 30}),
        ("Volume 5.", "volume", {"percent": 50}),
        ("volume five percent", "volume", {"percent": 5}),
        ("volume 120", "volume", {"percent": 100}),
        ("mute the sound", "volume", {"percent": 0}),
        ("mute", "mute", {}),
        ("What's the time?", "time", {}),
        ("set a timer for twenty five minutes", "timer_set", {"duration_s": 1500}),
        ("Set a 90-second timer.", "timer_set", {"duration_s": 90}),
        ("set a timer for an hour and twenty minutes", "timer_set", {"duration_s": 4800}),
        ("set a timer for two and a half hours", "timer_set", {"duration_s": 9000}),
        ("set a timer", "timer_set", {}),
        (
            "set a ten minute timer for the green tea",
            "timer_set",
            {"duration_s": 600, "name": "green tea"},
        ),
        (
            "set a pasta timer for one hour and thirty minutes",
            "timer_set",
            {"duration_s": 5400, "name": "pasta"},
        ),
        ("how much time is left on the pasta timer", "timer_left", {"name": "pasta"}),
        ("cancel the ten minute timer", "timer_cancel", {"duration_s": 600}),
        ("cancel all timers", "timer_cancel_all", {}),
        ("set an alarm for 7:30", "alarm_set", {"minute": 450, "either_half": 1}),
        ("set an alarm for seven oh five", "alarm_set", {"minute": 425, "either_half": 1}),
        ("set an alarm for quarter to eight pm", "alarm_set", {"minute": 1185, "either_half": 0}),
        ("set an alarm for twenty one thirty", "alarm_set", {"minute": 1290, "either_half": 0}),
        (
            "set an alarm for tomorrow at twelve",
            "alarm_set",
            {"minute": 720, "either_half": 0, "day": "tomorrow"},
        ),
        ("set an alarm for 12 a.m.", "alarm_set", {"minute": 0, "either_half": 0}),
        (
            "wake me up tomorrow morning at ten past six",
            "alarm_set",
            {"minute": 370, "either_half": 0, "day": "tomorrow"},
        ),
        ("stelle einen timer auf zehn minuten", "timer_set", {"duration_s": 600}),
        (
            "Stell mir einen Timer auf eine Stunde und 20 Minuten.",
            "timer_set",
            {"duration_s": 4800},
        ),
        ("wecke mich um halb sieben", "alarm_set", {"minute": 390, "either_half": 0}),
        ("wecker auf zwölf uhr mittags", "alarm_set", {"minute": 720, "either_half": 0}),
        ("mets un minuteur d'une heure et demie", "timer_set", {"duration_s": 5400}),
        (
            "réveille-moi demain matin à six heures moins le quart",
            "alarm_set",
            {"minute": 345, "either_half": 0, "day": "tomorrow"},
        ),
        ("pon un temporizador de hora y media", "timer_set", {"duration_s": 5400}),
        ("¿Qué hora es?", "time", {}),
        (
            "despiértame mañana a las siete y media",
            "alarm_set",
            {"minute": 450, "either_half": 0, "day": "tomorrow"},
        ),
        ("设一个一个半小时的计时器", "timer_set", {"duration_s": 5400}),
        ("一个半钟头倒计时", "timer_set", {"duration_s": 5400}),
        ("设一个半个小时的计时器", "timer_set", {"duration_s": 1800}),
        ("半小时倒计时", "timer_set", {"duration_s": 1800}),
        ("一个倒计时半小时", "timer_set", {"duration_s": 1800}),
        ("设置 一个 八 分钟 的 面条 计时器", "timer_set", {"duration_s": 480, "name": "面条"}),
        (
            "明天早上七点半叫我起床",
            "alarm_set",
            {"minute": 450, "either_half": 0, "day": "tomorrow"},
        ),
        ("今天星期几\uff1f", "date", {}),
        ("поставь таймер на двадцать одну минуту", "timer_set", {"duration_s": 1260}),
        ("поставь таймер на час двадцать минут", "timer_set", {"duration_s": 4800}),
        (
            "поставь будильник на половину восьмого вечера",
            "alarm_set",
            {"minute": 1170, "either_half": 0},
        ),
        ("Повтори ещё раз!", "repeat", {}),
    ],
)
def test_commands_are_understood_as_spoken_and_as_typed(
    text: str, name: str, slots: dict[str, Any]
) -> None:
    assert understood(text) == (name, slots)


@pytest.mark.parametrize("text", NOT_COMMANDS)
def test_questions_for_the_documents_are_no_commands(text: str) -> None:
    assert understood(text) is None


@pytest.mark.parametrize("manual", MANUALS, ids=lambda path: path.parent.name)
def test_golden_questions_are_no_commands(manual: Path) -> None:
    questions = [item.question for item in read_golden(manual)]
    assert questions
    assert [q for q in questions if understood(q)] == []


def test_numbers_that_make_no_sense_are_no_commands() -> None:
    assert understood("set a timer for zero minutes") is None
    assert understood("set an alarm for 7:75") is None
    assert understood("set a timer for ten minutes for a b c d e f g h") is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_knows_every_command(language: str) -> None:
    assert set(templates(language).intents) == {name.value for name in CommandName}


@pytest.mark.parametrize("language", LANGUAGES)
@given(seed=st.integers(0, 2**32))
@settings(max_examples=20)
def test_whatever_a_template_allows_is_understood_as_meant(language: str, seed: int) -> None:
    for sample in samples(language, each=2, seed=seed):
        slots = meaning(sample.command, sample.caught)
        if slots is not None:
            meant = Command(sample.command, slots, language)
            assert INTENTS.match(sample.text, language) == meant, sample.text


def test_what_is_taught_to_the_ears_is_understood() -> None:
    taught = sentences("en")
    assert {"stop", "cancel"} < set(taught)
    assert sentences("en") == taught
    assert not any(sign in text for text in taught for sign in "0123456789-:.")
    assert [text for text in taught if INTENTS.match(text, "en") is None] == []


@given(st.text(max_size=200))
def test_any_text_is_a_command_or_not_and_never_an_error(text: str) -> None:
    INTENTS.match(text)


def test_languages_are_tried_in_order_and_unknown_ones_refused() -> None:
    assert Intents(["de"]).match("stop") == Command(CommandName.STOP, {}, "de")
    assert Intents(["de"]).match("what time is it") is None
    with pytest.raises(ConfigError, match="no commands in the language `xx`"):
        Intents(["xx"]).load()
