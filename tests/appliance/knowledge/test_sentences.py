import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.knowledge.sentences import speakable, split_sentences, units


@pytest.mark.parametrize(
    "text",
    [
        "Use a soft cloth, e.g. microfibre, to dry it.",
        "Firmware 2.1.3 or later is needed.",
        "It weighs 3.2 kg and draws approx. 40 W.",
        "See fig. 3 and no. 4 on the plate.",
        "Contact Dr. Smith or Mr. J. Miller.",
        "Write to help@example.com or see www.example.com for more.",
        "Open Mon. to Fri. from 8 a.m. to 5 p.m. at the desk.",
        "Use water, vinegar, etc. to clean it.",
    ],
)
def test_one_sentence_stays_whole(text: str) -> None:
    assert split_sentences(text) == [text]


def test_sentences_part_where_they_end() -> None:
    text = (
        'Press the button. Wait 5 s. "Ready."  appears! Is it hot? 2.5 bar is right. '
        "The answer is no. Try again."
    )
    assert split_sentences(text) == [
        "Press the button.", "Wait 5 s.", '"Ready."  appears!', "Is it hot?",
        "2.5 bar is right.", "The answer is no.", "Try again.",
    ]  # fmt: skip


def test_items_and_rows_stay_whole() -> None:
    text = (
        "Do this. Then that.\n\n1. Open it. Wait.\n2. Close it.\n\n"
        "Code: E1; Meaning: No water. Fill it."
    )
    assert units(text) == [
        "Do this.", "Then that.", "1. Open it. Wait.", "2. Close it.",
        "Code: E1; Meaning: No water.", "Fill it.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("unit", "said"),
    [
        ("1. Press the button", "Press the button."),
        ("- a **bold** `key`", "A bold key."),
        ("Go to Menu > Settings", "Go to Menu, then Settings."),
        ("Settings → Wi-Fi", "Settings, then Wi-Fi."),
        ("| E1 | no water |", "E1, no water."),
        ("see https://www.example.com/help.", "See example.com/help."),
        ("iPhone users: update", "iPhone users: update."),
    ],
)
def test_no_markup_is_spoken(unit: str, said: str) -> None:
    assert speakable(unit) == said


@given(st.text(st.sampled_from("ab. !?\"'(1eg,\n") | st.characters(), max_size=200))
def test_splitting_loses_no_word(text: str) -> None:
    paragraph = " ".join(text.split())
    sentences = split_sentences(paragraph)
    assert " ".join(sentences).split() == paragraph.split()
    assert all(sentence.strip() for sentence in sentences)


@given(st.text(max_size=200))
def test_anything_can_be_made_speakable(text: str) -> None:
    for unit in units(text):
        assert "|" not in speakable(unit)
        assert "\n" not in speakable(unit)
