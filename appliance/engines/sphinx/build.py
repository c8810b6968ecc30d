"""Documents -> what the recogniser needs to hear their words."""

from __future__ import annotations

import gzip
import re
from typing import TYPE_CHECKING, Final

from appliance.engines.sphinx.general import read_general
from appliance.engines.sphinx.model import model_folder
from appliance.engines.sphinx.ngram import END, START, Background, Counted, Mixture, arpa
from appliance.engines.sphinx.phrases import Phrases
from appliance.engines.sphinx.pronounce import Pronouncer, read_dictionary
from appliance.engines.sphinx.questions import questions
from appliance.engines.sphinx.recogniser import DICTIONARY, LANGUAGE
from appliance.engines.sphinx.words import sentences, spoken_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from appliance.engines.sphinx.general import General

_SHARE: Final = 0.6
_QUESTIONS: Final = 2_000.0
_SENTENCES: Final = 400.0
"""Pseudo-counts: how much the made-up questions and the documents' own sentences weigh."""

COMMANDS = 300.0
"""The same of the commands, which are few and said alike."""

_COMMON_WORDS: Final = 12_000
_BACKGROUND_BIGRAMS: Final = 200_000
_TRIGRAMS: Final = 150_000
_ACRONYM = re.compile(r"\b[A-Z]{2,5}\b")


def build_assets(
    texts: Sequence[tuple[Sequence[str], str]],
    phonemes: Callable[[str], str] | None = None,
    progress: Callable[[float], None] | None = None,
    commands: Sequence[str] = (),
) -> dict[str, bytes]:
    """Make the dictionary and the language model of a knowledge pack.

    The same texts give the same bytes. Takes seconds for a manual of 40 pages.

    Args:
        texts: pairs of heading path (outermost first) and plain text, in any order.
        phonemes: eSpeak's mnemonics of a word, for words that CMUdict lacks; without it they are
            left to rules, and a word that no rule helps cannot be heard.
        progress: is told 0..1.
        commands: sentences that are orders, in lower case; a likelier one comes more often.

    Returns:
        `sphinx.dict` and `sphinx.arpa.gz`.

    Raises:
        EngineError: PocketSphinx or its models are missing.
    """
    tell = progress or (lambda _done: None)
    folder = model_folder()
    known = read_dictionary(folder / "cmudict-en-us.dict")
    general = read_general(folder / "en-us.lm.bin")
    tell(0.2)
    counted = _counted(texts, _commonness(general), commands)
    tell(0.5)
    acronyms = {
        a.lower() for path, text in texts for a in _ACRONYM.findall(" ".join((*path, text)))
    }
    pronouncer = Pronouncer(known, phonemes, acronyms)
    common = _common(general, known)
    ways = {w: pronouncer.of(w) for w in sorted(set(counted.after[()]) | set(common)) if w != END}
    tell(0.7)
    background = Background(general, {*ways, START, END}, _BACKGROUND_BIGRAMS)
    model = Mixture(counted, background, _SHARE)
    tell(0.9)
    language = gzip.compress("".join(arpa(model)).encode(), compresslevel=6, mtime=0)
    tell(1.0)
    return {DICTIONARY: _dictionary(ways.items()), LANGUAGE: language}


def _counted(
    texts: Sequence[tuple[Sequence[str], str]],
    likely: Callable[[str], float],
    commands: Sequence[str],
) -> Counted:
    counted, phrases = Counted(), Phrases()
    for heading in sorted({part for path, _ in texts for part in path}):
        words = spoken_words(heading)
        if words:
            phrases.add_heading(words, likely)
    said = [s for text in sorted(text for _, text in texts) for s in sentences(text)]
    for sentence in said:
        phrases.add_sentence(sentence)
        counted.add(sentence, _SENTENCES / len(said))
    phrases.add_variants(likely)
    for question, weight in questions(phrases):
        counted.add(question, weight * _QUESTIONS)
    for command in commands:
        counted.add(spoken_words(command), COMMANDS / len(commands))
    return counted.pruned(_TRIGRAMS)


def _commonness(general: General) -> Callable[[str], float]:
    table = dict(zip(general.words, general.p.tolist(), strict=True))
    return lambda word: table.get(word, 0.0)


def _common(general: General, known: dict[str, tuple[str, ...]]) -> list[str]:
    """The commonest words of English that we can pronounce."""
    ranked = sorted(zip(-general.p, general.words, strict=True))
    return [w for _, w in ranked if w in known][:_COMMON_WORDS]


def _dictionary(ways: Iterable[tuple[str, tuple[str, ...]]]) -> bytes:
    lines = [
        f"{word}{f'({number})' if number > 1 else ''} {phones}"
        for word, all_of_it in ways
        for number, phones in enumerate(all_of_it, start=1)
    ]
    return ("\n".join(lines) + "\n").encode()
