"""Numbers, words, phrases, pronunciations: the pure parts of the ears."""

from __future__ import annotations

from pathlib import Path

import pocketsphinx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.engines.sphinx.general import read_general
from appliance.engines.sphinx.mnemonics import arpabet
from appliance.engines.sphinx.model import model_folder
from appliance.engines.sphinx.numbers import cardinal, ordinal, spoken
from appliance.engines.sphinx.phrases import Phrases, base_of
from appliance.engines.sphinx.pronounce import Pronouncer, read_dictionary
from appliance.engines.sphinx.questions import questions
from appliance.engines.sphinx.words import sentences, spoken_words
from appliance.errors import EngineError

KNOWN = read_dictionary(model_folder() / "cmudict-en-us.dict")
PHONES = {phone for ways in KNOWN.values() for phone in ways[0].split()}


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("0", "zero"),
        ("21", "twenty one"),
        ("3.05", "three point zero five"),
        ("1200", "one thousand two hundred"),
        ("007", "zero zero seven"),
        ("x", ""),
    ],
)
def test_numbers(written: str, said: str) -> None:
    assert spoken(written) == said


@given(st.integers(1, 10**12 - 1))
def test_every_number_is_made_of_known_words(number: int) -> None:
    assert all(word in KNOWN for word in f"{cardinal(number)} {ordinal(number)}".split())


def test_written_text_becomes_spoken_words() -> None:
    assert " ".join(spoken_words("Don\u2019t set 3.5 bar (20 °C) \u2013 E04, the 2nd café!")) == (
        "don't set three point five bar twenty degrees celsius e04 the second cafe"
    )
    text = "# Cleaning\n\nSee [the guide](x.md). Rinse it.\n- one\n- two"
    assert [" ".join(s) for s in sentences(text)] == [
        "cleaning",
        "see the guide",
        "rinse it",
        "one",
        "two",
    ]


@given(st.text(max_size=100))
def test_any_text_gives_plain_words(text: str) -> None:
    for word in spoken_words(text):
        assert word.isascii()
        assert not set(word) & set(" ()\n<>")


@pytest.mark.parametrize(
    ("word", "phones"),
    [
        ("filter", "F IH L T ER"),
        ("backflush", "B AE K F L AH SH"),
        ("m12", "EH M T W EH L V"),
        ("gsm", "JH IY EH S EH M"),
        ("thermostat's", "TH ER M AH S T AE T S"),
        ("qwortle", ""),
    ],
)
def test_pronunciations_by_rule(word: str, phones: str) -> None:
    ways = Pronouncer(KNOWN, None).of(word)
    assert phones in ways if phones else ways == ()


def test_an_acronym_may_be_spelt_and_a_synthesiser_helps() -> None:
    pronouncer = Pronouncer(KNOWN, lambda _word: "z_'Vn_Q_k_@", {"led"})
    assert pronouncer.of("led") == ("L EH D", "EH L IY D IY")
    assert pronouncer.of("zonka") == ("Z K AH",)
    assert arpabet("d_I#_s_k_'eI_l_I_N") == "D IH S K EY L IH NG"


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789'", min_size=1, max_size=12))
def test_pronunciations_are_phones_of_the_model(word: str) -> None:
    for way in Pronouncer(KNOWN, None).of(word):
        assert set(way.split()) <= PHONES


def test_headings_and_imperatives_become_questions() -> None:
    def common(word: str) -> float:
        return float(word in {"clean", "remove", "set", "descale"})

    assert [base_of(w, common) for w in ("cleaning", "removing", "setting", "thing")] == [
        "clean",
        "remove",
        "set",
        "",
    ]
    phrases = Phrases()
    phrases.add_heading(spoken_words("Cleaning the water filter"), common)
    phrases.add_sentence(spoken_words("To open the lid press the button until it clicks"))
    asked = {" ".join(words) for words, _ in questions(phrases)}
    assert "how do i clean the water filter" in asked
    assert "how often should i clean the water filter" in asked
    assert "how do i open the lid press the button" in asked or "how do i open the lid" in asked
    assert "where is the water filter" in asked


def test_the_general_model_agrees_with_pocketsphinx() -> None:
    path = model_folder() / "en-us.lm.bin"
    general = read_general(path)
    logs = pocketsphinx.LogMath()
    theirs = pocketsphinx.NGramModel(pocketsphinx.Config(lm=None), logs, str(path))
    index = {w: i for i, w in enumerate(general.words)}
    for word in ("the", "water", "zyuganov's"):
        assert general.p[index[word]] == pytest.approx(logs.exp(theirs.prob([word])), rel=0.01)
    found = (general.before == index["world"]) & (general.word == index["cup"])
    assert general.p_bigram[found][0] == pytest.approx(
        logs.exp(theirs.prob(["cup", "world"])), rel=0.05
    )


@pytest.mark.parametrize("content", [b"", b"rubbish", b"Trie Language Model\x03" + b"\x01" * 40])
def test_a_broken_general_model_says_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "en.lm.bin"
    path.write_bytes(content)
    with pytest.raises(EngineError) as caught:
        read_general(path)
    assert caught.value.code == "ENG-ASR-MODEL"
