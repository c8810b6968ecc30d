"""How a word sounds, in the phones of the acoustic model (ARPAbet as in CMUdict, no stress)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from appliance.engines.sphinx.mnemonics import arpabet
from appliance.engines.sphinx.numbers import cardinal, digits
from appliance.engines.sphinx.words import is_code

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

_MOST: Final = 4
"""More pronunciations of one word cost more confusions than they save."""

_SHORTEST_PART: Final = 3
_LONGEST_ACRONYM: Final = 5
_SPELLINGS: Final = (
    ("metre", "meter"),
    ("litre", "liter"),
    ("tre", "ter"),
    ("our", "or"),
    ("isation", "ization"),
    ("ise", "ize"),
    ("ising", "izing"),
    ("yse", "yze"),
    ("lling", "ling"),
    ("lled", "led"),
    ("gramme", "gram"),
)
_VARIANT = re.compile(r"\(\d+\)$")
_HISS: Final = frozenset({"S", "Z", "SH", "ZH", "CH", "JH"})
_VOICELESS: Final = frozenset({"P", "T", "K", "F", "TH"})


def read_dictionary(path: Path) -> dict[str, tuple[str, ...]]:
    """CMUdict: word -> its pronunciations, the usual one first."""
    found: dict[str, list[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        word, _, phones = line.partition(" ")
        found.setdefault(_VARIANT.sub("", word), []).append(phones.strip())
    return {word: tuple(all_of_it) for word, all_of_it in found.items()}


class Pronouncer:
    """Every word has at least one pronunciation, or an empty tuple if nobody can say it."""

    def __init__(
        self,
        known: Mapping[str, tuple[str, ...]],
        phonemes: Callable[[str], str] | None,
        acronyms: Iterable[str] = (),
    ) -> None:
        """Rely on what is known, then on rules, then on a synthesiser.

        Args:
            known: as `read_dictionary` gives it.
            phonemes: eSpeak's mnemonics of a word, joined by `_`; None: rules alone.
            acronyms: words that the documents write in capitals, so they may be spelt out.
        """
        self._known, self._phonemes = known, phonemes
        self._acronyms = frozenset(acronyms)

    def of(self, word: str) -> tuple[str, ...]:
        """Up to four pronunciations, the likeliest first."""
        ways = list(self._known.get(word, ())) or list(self._unknown(word))
        if word in self._acronyms and len(word) <= _LONGEST_ACRONYM:
            ways.append(self.spelt(word))
        return tuple(dict.fromkeys(filter(None, ways)))[:_MOST]

    def spelt(self, word: str) -> str:
        """Letter by letter; empty if a letter has no name."""
        names = [self._known.get(f"{c}." if c == "a" else c, ()) for c in word if c != "'"]
        return " ".join(n[0] for n in names) if all(names) else ""

    def _unknown(self, word: str) -> Iterable[str]:
        if is_code(word):
            yield from self._code(word)
            return
        yield from self._inflected(word)
        yield from self._respelt(word)
        yield from self._compound(word)
        if not re.search("[aeiouy]", word):
            yield self.spelt(word)
        if self._phonemes is not None:
            yield arpabet(self._phonemes(word))
        elif len(word) <= _LONGEST_ACRONYM:
            yield self.spelt(word)

    def _inflected(self, word: str) -> Iterable[str]:
        stem = word.removesuffix("'s") if word.endswith("'s") else word.removesuffix("s")
        if stem == word or not stem:
            return
        for phones in self._known.get(stem, ()) or (self._unknown(stem) if "'" in word else ()):
            last = phones.rsplit(" ", maxsplit=1)[-1]
            ending = "IH Z" if last in _HISS else "S" if last in _VOICELESS else "Z"
            yield f"{phones} {ending}"

    def _respelt(self, word: str) -> Iterable[str]:
        for british, american in _SPELLINGS:
            if british in word:
                yield from self._known.get(word.replace(british, american), ())

    def _compound(self, word: str) -> Iterable[str]:
        """Two known words written as one, the most even split first."""
        cuts = range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1)
        for cut in sorted(cuts, key=lambda c: abs(2 * c - len(word))):
            left, right = self._known.get(word[:cut]), self._known.get(word[cut:])
            if left and right:
                yield f"{left[0]} {right[0]}"
                return

    def _code(self, word: str) -> Iterable[str]:
        """`e04`: e zero four, e oh four; `m12`: m twelve, m one two."""
        parts = re.findall(r"\d+|[a-z]+", word)
        plain = [digits(p) if p.isdigit() else " ".join(p) for p in parts]
        whole = [
            cardinal(int(p)) if p.isdigit() and p[0] != "0" else q
            for p, q in zip(parts, plain, strict=True)
        ]
        for spoken in (whole, plain, [p.replace("zero", "o") for p in plain]):
            yield self._sequence(" ".join(spoken))

    def _sequence(self, words: str) -> str:
        each = [
            self.spelt(w) if len(w) == 1 else self._known.get(w, ("",))[0] for w in words.split()
        ]
        return " ".join(each) if all(each) else ""
