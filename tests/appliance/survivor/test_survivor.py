"""Commands and what they lead to, with every engine down."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from appliance.commands.command import CommandName
from appliance.commands.intents import LANGUAGES, Intents
from appliance.commands.sampling import samples
from appliance.reasons import REASONS
from appliance.survivor import tongue as tongues
from appliance.survivor.explain import why_silent
from appliance.survivor.reply import Context, Effect, Reply
from appliance.survivor.settings import Settings
from appliance.survivor.survivor import Survivor
from appliance.survivor.timers import MOST, Timers
from appliance.survivor.tongue import plural, tongue

INTENTS = Intents()
AFTERNOON = datetime(2026, 11, 3, 15, 20, tzinfo=UTC)  # a Tuesday


class QuietBell:
    """A bell that only remembers."""

    def __init__(self) -> None:
        self.rings = False

    def dismiss(self) -> bool:
        was, self.rings = self.rings, False
        return was


class House:
    """A survivor, spoken to."""

    def __init__(self, folder: Path) -> None:
        self.timers, self.settings = Timers(folder / "t.json"), Settings(folder / "s.json")
        self.bell = QuietBell()
        self.survivor = Survivor(self.timers, self.settings, self.bell)
        self.context = Context(AFTERNOON, volume=50)

    def told(self, text: str, language: str | None = None) -> Reply:
        command = INTENTS.match(text, language)
        assert command is not None, text
        return self.survivor.carry_out(command, self.context)

    def says(self, text: str) -> str:
        return self.told(text).text


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_timers_by_word_of_mouth(house: House) -> None:
    assert house.says("how much time is left") == "There is no timer running."
    assert house.says("set a timer").startswith("For how long?")
    assert house.says("set a timer for ten minutes") == "10 minutes, starting now."
    assert house.says("how much time is left") == "10 minutes left."
    house.says("set a pasta timer for an hour and a half")
    assert house.says("what timers are there") == (
        "Your timers: 10 minutes; pasta, one hour and 30 minutes."
    )
    house.context = replace(house.context, now=AFTERNOON.replace(minute=29, second=1))
    assert house.says("how much time is left on the pasta timer") == (
        "One hour and 21 minutes left on the pasta timer."
    )
    assert house.says("cancel the timer").startswith("Which one? You have: 59 seconds; pasta")
    assert house.says("cancel the egg timer") == "There is no egg timer."
    assert house.says("cancel the pasta timer") == "The pasta timer is cancelled."
    assert house.says("cancel the timer") == "The timer is cancelled."
    assert house.says("set a timer for 25 hours").startswith("A timer can run for 24 hours at most")
    assert house.timers.timers == ()


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("set an alarm for four", "4 o'clock in the afternoon today"),
        ("set an alarm for three", "3 o'clock in the morning tomorrow"),
        ("set an alarm for 3:20", "3:20 in the morning tomorrow"),
        ("wake me at seven", "7 o'clock in the morning tomorrow"),
        ("set an alarm for seven pm", "7 o'clock in the evening today"),
        ("set an alarm for tomorrow at eight", "8 o'clock in the morning tomorrow"),
        ("set an alarm for noon", "noon tomorrow"),
        ("set an alarm for twelve", "midnight tomorrow"),
    ],
)
def test_an_alarm_is_for_the_next_time_the_clock_shows_it(
    house: House, text: str, when: str
) -> None:
    assert house.says(text) == f"Alarm set for {when}."
    assert house.says("when is my alarm") == f"Your alarm is set for {when}."


def test_alarms_are_cancelled_by_their_time(house: House) -> None:
    assert house.says("cancel my alarm") == "There is no alarm set."
    house.says("wake me at seven")
    house.says("wake me at eight")
    assert house.says("cancel my alarm").startswith("Which one?")
    assert house.says("cancel the nine o'clock alarm") == "There is no alarm at that time."
    assert house.says("cancel the alarm for seven").startswith("The alarm for 7 o'clock")
    assert house.says("cancel all alarms") == "All alarms are cancelled."


def test_while_it_rings_stop_and_cancel_mean_the_bell(house: House) -> None:
    house.says("set a timer for ten minutes")
    for order in ("stop", "never mind", "stop the timer", "turn off the alarm"):
        house.bell.rings = True
        assert house.told(order).effect in {Effect.STOP, Effect.CANCEL}
        assert not house.bell.rings
    assert len(house.timers.timers) == 1


def test_no_more_than_can_be_kept(house: House) -> None:
    for _ in range(MOST):
        house.says("set a timer for ten minutes")
    assert house.says("set a timer for ten minutes").startswith(f"I can keep {MOST} timers")
    assert house.says("wake me at seven").startswith(f"I can keep {MOST} timers")


def test_a_disk_that_cannot_be_written_is_said(house: House, tmp_path: Path) -> None:
    (tmp_path / "t.json").mkdir()
    (tmp_path / "s.json").mkdir()
    assert house.says("set a timer for ten minutes") == (
        "10 minutes, starting now. But I can't write that down, so a power cut would lose it."
    )
    assert "power cut" in house.says("wake me at seven")
    assert "power cut" in house.says("cancel the timer")
    reply = house.told("volume 30")
    assert (reply.effect, reply.value) == (Effect.VOLUME, 30)
    assert "power cut" in reply.text


def test_volume(house: House) -> None:
    assert house.told("louder") == Reply("Volume 60.", Effect.VOLUME, 60)
    assert house.told("quieter") == Reply("Volume 40.", Effect.VOLUME, 40)
    assert house.told("volume seven") == Reply("Volume 70.", Effect.VOLUME, 70)
    house.context = replace(house.context, volume=100)
    assert house.told("louder") == Reply("That is as loud as I can be.")
    house.context = replace(house.context, volume=10)
    assert house.told("quieter") == Reply("That is as quiet as I can be.")
    assert house.settings.volume == 70


def test_the_conversation(house: House) -> None:
    assert house.told("stop") == Reply("", Effect.STOP)
    assert house.told("cancel") == Reply("Okay.", Effect.CANCEL)
    assert house.told("mute").effect is Effect.MUTE
    assert house.says("what time is it") == "It is 3:20 in the afternoon."
    assert house.says("what day is it") == "Today is Tuesday, the 3rd of November."
    assert house.told("repeat that") == Reply("I haven't said anything yet.")
    assert house.says("where did you get that") == "What I said last was not from a document."
    house.context = replace(
        house.context, spoken="Press it twice.", titles=("the user guide", "the user guide")
    )
    assert house.told("repeat that") == Reply("Press it twice.", Effect.REPEAT)
    assert house.says("where did you get that") == "That was from the user guide."


def test_why_it_was_slow_and_why_it_was_silent(house: House) -> None:
    assert house.says("why were you slow").startswith("I have no times")
    assert house.says("why didn't you answer") == "You haven't asked me anything yet."
    house.context = replace(
        house.context,
        timings_ms={"endpoint": 700.0, "asr": 1210.0, "retrieve": 3.0, "first_audio": 1950.0},
        reason="LOW_SCORE",
    )
    assert house.says("why were you slow") == (
        "It took 1.9 seconds. The longest part was making out your words: 1.2 seconds."
    )
    assert "your documents don't say" in house.says("why didn't you answer")
    house.context = replace(house.context, reason="A_REASON_OF_TOMORROW")
    assert "technician" in house.says("why didn't you answer")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_and_every_reason_has_words_in_every_language(
    language: str, tmp_path: Path
) -> None:
    english = tomllib.loads((Path(tongues.__file__).parent / "phrases/en.toml").read_text())
    own = tomllib.loads(
        (Path(tongues.__file__).parent / f"phrases/{language}.toml").read_text(encoding="utf-8")
    )
    for part in ("say", "stage", "silent", "list", "notice"):
        assert set(english[part]) <= set(own[part])
    house = House(tmp_path)
    timings = {"endpoint": 700.0, "asr": 3.0, "first_audio": 950.0}
    house.context = Context(AFTERNOON, "so", ("it",), timings, "OK", 50)
    for sample in samples(language, each=5, seed=1):
        command = INTENTS.match(sample.text, language)
        if command is not None:  # zero minutes are none
            reply = house.survivor.carry_out(command, house.context)
            assert reply.text or command.name is CommandName.STOP
            assert "{" not in reply.text
    for reason in REASONS:
        assert why_silent(replace(house.context, reason=reason), tongue(language))


@pytest.mark.parametrize(
    ("language", "text", "reply"),
    [
        ("ru", "поставь таймер на двадцать одну минуту", "Таймер на 21 минуту, отсчёт пошёл."),
        ("ru", "поставь таймер на две минуты", "Таймер на 2 минуты, отсчёт пошёл."),
        ("ru", "поставь таймер на двенадцать минут", "Таймер на 12 минут, отсчёт пошёл."),
        ("ru", "который час", "Сейчас 15 часов 20 минут."),
        ("de", "timer auf eine stunde", "Eine Stunde, ab jetzt."),
        ("de", "wie spät ist es", "Es ist 15 Uhr 20."),
        ("de", "welcher tag ist heute", "Heute ist Dienstag, der dritte November."),
        ("fr", "minuteur d'une minute", "Une minute, c'est parti."),
        ("fr", "quelle heure est-il", "Il est 15 heures 20."),
        ("es", "qué hora es", "Son las 15 y 20."),
        ("es", "temporizador de hora y media", "Una hora y 30 minutos, desde ahora."),
        ("zh", "设置一个一个半小时的计时器", "1小时30分钟\uff0c现在开始计时。"),
        ("zh", "现在几点了", "现在是下午3点20分。"),
    ],
)
def test_replies_are_in_the_language_of_the_command(
    house: House, language: str, text: str, reply: str
) -> None:
    assert house.told(text, language).text == reply


def test_russian_plurals() -> None:
    forms = [plural("ru", n) for n in (1, 2, 4, 5, 11, 12, 14, 21, 22, 25, 101, 111, 112)]
    assert forms == [
        *("one", "few", "few", "many", "many", "many", "many"),
        *("one", "few", "many", "one", "many", "many"),
    ]
    assert tongue("ru").duration(61) == "одну минуту одну секунду"
