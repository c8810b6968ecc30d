"""The language model: the documents' questions and general English as one trigram model.

A sentence comes from the documents with probability `share`, else from general English. The mixture
of two such sources is exactly a model whose weights depend on the words before: after `how do i`
the documents count for nearly everything, after `who won the` for nearly nothing. That is why an
everyday question is not forced into the product's words.

The documents' part is smoothed by Witten and Bell's method (Chen and Goodman 1998, 2.4); the
mixture is written with back-off weights that make every context sum to one.
"""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from appliance.engines.sphinx.general import General

START: Final = "<s>"
END: Final = "</s>"
_FLOOR: Final = 1e-8

Context = tuple[str, ...]
Counts = dict[Context, dict[str, float]]


class Counted:
    """Weighted n-gram counts of the documents' part, orders 1..3."""

    def __init__(self) -> None:
        self.after: Counts = defaultdict(lambda: defaultdict(float))
        """context of 0..2 words -> next word -> weight."""

    def add(self, words: Sequence[str], weight: float) -> None:
        """Count one sentence, with its start and end."""
        padded = [START, *words, END]
        for at in range(1, len(padded)):
            for order in range(3):
                if order <= at:
                    context = tuple(padded[at - order : at])
                    self.after[context][padded[at]] += weight

    def pruned(self, most: int) -> Counted:
        """The same with the `most` heaviest trigrams; lower orders stay whole."""
        triples = [
            (weight, context, word)
            for context, after in self.after.items()
            if len(context) == 2  # noqa: PLR2004 - the context of a trigram
            for word, weight in after.items()
        ]
        if len(triples) <= most:
            return self
        triples.sort(key=lambda t: (-t[0], t[1], t[2]))
        kept = Counted()
        for context, after in self.after.items():
            if len(context) < 2:  # noqa: PLR2004
                kept.after[context] = after
        for weight, context, word in triples[:most]:
            kept.after[context][word] = weight
        return kept


class Background:
    """General English over a chosen vocabulary, its bigrams pruned to those that say most."""

    def __init__(self, general: General, vocabulary: Collection[str], bigrams: int) -> None:
        wanted = set(vocabulary)
        keep = np.array([w in wanted for w in general.words])
        mass = float(general.p[keep].sum())
        self.p = {general.words[i]: float(general.p[i]) / mass for i in np.flatnonzero(keep)}
        self.p.pop(START, None)
        self.backoff = {general.words[i]: float(general.backoff[i]) for i in np.flatnonzero(keep)}
        self.after: dict[str, dict[str, float]] = defaultdict(dict)
        inside = np.flatnonzero(keep[general.before] & keep[general.word])
        before, word, p = general.before[inside], general.word[inside], general.p_bigram[inside]
        context = np.where(general.p[before] > 0, general.p[before], 0)
        start = general.words.index(START)
        context[before == start] = general.p[general.words.index(END)]
        guess = general.backoff[before] * general.p[word]
        gain = context * p * np.log(np.maximum(p, _FLOOR) / np.maximum(guess, _FLOOR * _FLOOR))
        for i in np.argsort(-gain, kind="stable")[:bigrams]:
            self.after[general.words[before[i]]][general.words[word[i]]] = float(p[i])

    def of(self, word: str, before: str | None = None) -> float:
        """P(word) or P(word | before)."""
        alone = self.p.get(word, _FLOOR)
        if before is None:
            return alone
        listed = self.after.get(before, {}).get(word)
        return listed if listed is not None else self.backoff.get(before, 1.0) * alone


class Mixture:
    """The mixed model: probabilities of the listed n-grams and back-off weights."""

    def __init__(self, counted: Counted, background: Background, share: float) -> None:
        """Mix.

        Args:
            counted: the documents' part.
            background: general English.
            share: 0..1, how many sentences come from the documents.
        """
        self._counted, self._background, self._share = counted, background, share
        self._totals = {c: sum(after.values()) for c, after in counted.after.items()}
        self.grams: list[dict[Context, dict[str, float]]] = [{}, {}, {}]
        self.backoff: dict[Context, float] = {}
        self._fill()

    def _fill(self) -> None:
        vocabulary = sorted((set(self._counted.after[()]) | set(self._background.p)) - {START})
        flat = {w: self._mixed((), w) for w in vocabulary}
        total = sum(flat.values())
        self.grams[0][()] = {w: p / total for w, p in flat.items()}
        for context in sorted(set(self._contexts(1)) | {(b,) for b in self._background.after}):
            after = set(self._counted.after.get(context, ()))
            self._list(context, after | set(self._background.after.get(context[0], ())))
        for context in sorted(self._contexts(2)):
            self._list(context, set(self._counted.after[context]))

    def _contexts(self, order: int) -> Iterator[Context]:
        return (c for c in self._counted.after if len(c) == order)

    def _list(self, context: Context, words: set[str]) -> None:
        listed = {w: self._mixed(context, w) for w in sorted(words)}
        shorter = self.grams[len(context) - 1].get(context[1:], {})
        left = 1 - sum(listed.values())
        unlisted = 1 - sum(self._known(context[1:], shorter, w) for w in listed)
        self.grams[len(context)][context] = listed
        self.backoff[context] = max(left, _FLOOR) / max(unlisted, _FLOOR)

    def _known(self, context: Context, listed: Mapping[str, float], word: str) -> float:
        """What the written model will say of a word after a (shorter) context."""
        if word in listed:
            return listed[word]
        return self.backoff.get(context, 1.0) * self.grams[0][()].get(word, _FLOOR)

    def _mixed(self, context: Context, word: str) -> float:
        mine = self._weight(context)
        general = self._background.of(word, context[-1] if context else None)
        return mine * self._witten_bell(context, word) + (1 - mine) * general

    def _weight(self, context: Context) -> float:
        """How likely the documents' part is the source, having heard this context."""
        if not context or context[0] == START:
            rest = context[1:]
            if not rest:
                return self._share
            mine, general = (
                self._witten_bell((START,), rest[0]),
                self._background.of(rest[0], START),
            )
        else:
            mine, general = 1.0, 1.0
            for at, word in enumerate(context):
                mine *= self._witten_bell(context[:at], word)
                general *= self._background.of(word, context[at - 1] if at else None)
        mine, general = mine * self._share, general * (1 - self._share)
        return mine / max(mine + general, 1e-30)

    def _witten_bell(self, context: Context, word: str) -> float:
        after = self._counted.after.get(context)
        if not after:
            return self._witten_bell(context[1:], word) if context else 0.0
        seen, total = after.get(word, 0.0), self._totals[context]
        if not context:
            return seen / total
        kinds = len(after)
        return (seen + kinds * self._witten_bell(context[1:], word)) / (total + kinds)


def arpa(model: Mixture) -> Iterable[str]:
    """Lines of the ARPA format, each ending in a newline."""
    yield "\\data\\\n"
    for order, grams in enumerate(model.grams, start=1):
        extra = 1 if order == 1 else 0
        yield f"ngram {order}={sum(map(len, grams.values())) + extra}\n"
    for order, grams in enumerate(model.grams, start=1):
        yield f"\n\\{order}-grams:\n"
        if order == 1:
            yield f"-99.0000 {START} {_log(model.backoff.get((START,), 1.0))}\n"
        for context, after in grams.items():
            for word, p in after.items():
                gram = (*context, word)
                tail = f" {_log(model.backoff.get(gram, 1.0))}" if order < len(model.grams) else ""
                yield f"{_log(p)} {' '.join(gram)}{tail}\n"
    yield "\n\\end\\\n"


def _log(p: float) -> str:
    return f"{math.log10(max(p, 1e-30)):.4f}"
