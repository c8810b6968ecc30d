"""A language model's text, cut into sentences, each with the passage that it rests on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from appliance.engines.ports import Passage, Sentence
from appliance.engines.prompt import REFUSAL
from appliance.knowledge.lexicon import STOP
from appliance.knowledge.sentences import MARK, OPENERS, speakable, split_sentences
from appliance.knowledge.words import stem, tokens

ENOUGH = 0.5
"""The share of a sentence's words that its passage must hold. Chosen, not yet measured."""
_UNSPOKEN = re.compile(r"<think>.*?(?:</think>|\Z)|<\|.*", re.DOTALL)
"""What a model says to itself, and whatever follows a mark that should have ended it."""


def grounded(
    pieces: Iterable[str],
    passages: Sequence[Passage],
    is_whole: Callable[[], bool] = lambda: True,
) -> Iterator[Sentence | None]:
    """The sentences of an answer, each as soon as it is whole; None after a piece that ends none.

    The answer ends at the first sentence that no passage supports, the model's refusal
    included; a refusal at its beginning is an answer without sentences.

    `is_whole`, asked after the last piece: whether the model came to an end; else what follows its
    last full stop is not told, since it may be half a truth.
    """
    for text in sentences(pieces, is_whole):
        if text is None:
            yield None
            continue
        source = support(text, passages)
        if source is None or text.strip(".!*\"'").upper() == REFUSAL:
            return
        yield Sentence(speakable(text), source)


def sentences(
    pieces: Iterable[str], is_whole: Callable[[], bool] = lambda: True
) -> Iterator[str | None]:
    """The sentences and list items of a growing text, in order, verbatim.

    None after a piece that ends none: whoever wants no more can leave then, too.
    """
    text, said = "", 0
    for piece in pieces:
        text += piece
        units = _units(text)
        # The last one may go on; and what comes after a full stop says whether it is one.
        uncertain = 1 if units and units[-1].strip(OPENERS) else 2
        whole = max(said, len(units) - uncertain)
        new: list[str | None] = [*units[said:whole]]
        yield from new or [None]
        said = whole
    rest = _units(text)[said:]
    if rest and not (is_whole() or rest[-1].rstrip("\"')*").endswith((".", "!", "?"))):
        del rest[-1]
    yield from rest


def _units(text: str) -> list[str]:
    lines = [line.strip() for line in _UNSPOKEN.sub("", text).split("\n")]
    cut = ([line] if MARK.match(line) else split_sentences(line) for line in lines if line)
    return [unit for units in cut for unit in units]


def support(sentence: str, passages: Sequence[Passage]) -> str | None:
    """The source of the passage that holds most of a sentence's words, and all its numbers.

    None where no passage holds ENOUGH, or the sentence says nothing.
    """
    words = {stem(word) for word in tokens(sentence) if word not in STOP}
    numbers = {word for word in words if any(char.isdigit() for char in word)}
    best, source = ENOUGH, None
    for passage in passages:
        held = words & {stem(word) for word in tokens(f"{passage.title} {passage.text}")}
        share = len(held) / len(words) if words else 0.0
        if numbers <= held and (share > best or (share == best and source is None)):
            best, source = share, passage.source
    return source
