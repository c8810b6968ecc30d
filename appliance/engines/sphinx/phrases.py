"""Verb and noun phrases of the documents, found without a tagger: lists, suffixes, positions."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Words = tuple[str, ...]


def _listed(text: str) -> frozenset[str]:
    return frozenset(text.split())


STOP: Final = _listed(
    "a an the this that these those your its my our their his her it i you we they he she and or "
    "but if when while until till because so as of in on at to for from by with without into onto "
    "out over under after before between above below behind near than then there here is are was "
    "were be been being am do does did has have had can could may might must shall should will "
    "would not no nor never always only also too very more most less least each every all any both "
    "some such other another which who whom whose what where why how about against during through "
    "up down off again once just even still per about around along across beside besides next "
    "either neither one's it's don't doesn't isn't aren't can't won't"
)
_DETERMINERS: Final = _listed("the a an your its this each every any")
_AFTER: Final = _listed("to must can should may not never please then always and will")
"""Words that a verb follows in a manual."""

_ENDS: Final = _listed(
    "until if when while because so but before after then unless which that or and by"
)
"""Words that end a verb phrase."""

_VERBS: Final = _listed(
    "add adjust allow apply arm ask attach avoid backup begin bleed blow book boil bring brush buy "
    "call cancel carry change charge check choose clean clear click close collect confirm connect "
    "contact control cook cool cover cut deactivate delete descale detach dip disarm disconnect "
    "dispose drain drive dry empty enable ensure enter fasten feed fill find fit fix flush fold "
    "follow get give go grease hang heat hold insert install keep latch leave lever lift light "
    "line load lock loosen lower lubricate make measure mount move mow open operate order pack "
    "pair park pay place plug position pour prepare press prime protect prune pull pump push put "
    "raise read reboot recharge record recycle reduce refill register release remove rent repair "
    "repeat replace report reset restart return ride rinse rotate run save screw select send set "
    "setup shake share shut silence slide soak sort start steam step stop store swap switch take "
    "tap tear tell test tighten tilt tip top touch train transport travel turn undo unfold unlock "
    "unpack unplug unscrew update upgrade use ventilate wait walk wash water wear wind wipe work "
    "write"
)
_LONGEST_VERB_PHRASE: Final = 7
_LONGEST_NOUN_PHRASE: Final = 4


def base_of(gerund: str, likely: Callable[[str], float]) -> str:
    """`cleaning` -> `clean`, `removing` -> `remove`, `setting` -> `set`; else an empty text.

    Args:
        gerund: any word.
        likely: how common a word is; 0 for one that does not exist.
    """
    if not gerund.endswith("ing") or len(gerund) < 6:  # noqa: PLR2004 - `king`, `thing`
        return ""
    stem = gerund[:-3]
    candidates = [stem, stem + "e"]
    if stem[-1] == stem[-2]:
        candidates.append(stem[:-1])
    listed = [c for c in candidates if c in _VERBS]
    best = max(listed or candidates, key=likely)
    return best if listed or likely(best) > 0 else ""


def variants(word: str, likely: Callable[[str], float]) -> list[str]:
    """Other forms of a word that exist: `sensor` -> `sensors`, `mount` -> `mounted`, `mounting`."""
    stem = word.removesuffix("e")
    forms = [word + "s", word + "es", stem + "ed", stem + "ing", word + word[-1:] + "ing"]
    forms += [word.removesuffix("s"), word.removesuffix("es"), word.removesuffix("ed")]
    return sorted({f for f in forms if f != word and len(f) > 2 and likely(f) > 0})  # noqa: PLR2004


class Phrases:
    """What can stand in a question's frame, with how often the documents say it."""

    def __init__(self) -> None:
        self.doing: Counter[Words] = Counter()
        self.things: Counter[Words] = Counter()

    def add_variants(self, likely: Callable[[str], float]) -> None:
        """People do not keep to the documents' grammar."""
        words = {phrase[0] for phrase in self.things if len(phrase) == 1}
        for word in sorted(words):
            for form in variants(word, likely):
                self.things.setdefault((form,), 1)

    def add_heading(self, words: Sequence[str], likely: Callable[[str], float]) -> None:
        """`Cleaning the filter` is something to do; `Water tank` is a thing."""
        base = base_of(words[0], likely)
        if base:
            self.doing[(base, *words[1:])] += 3
            self.things[tuple(words[1:])] += 1
        elif words[0] in _VERBS:
            self.doing[tuple(words)] += 2
        self.things[tuple(words)] += 3
        self.add_sentence(words)

    def add_sentence(self, words: Sequence[str]) -> None:
        """Imperatives, purposes and prohibitions are things to do; the rest holds things."""
        for phrase in _doing(words):
            self.doing[phrase] += 1
        for phrase in _things(words):
            self.things[phrase] += 1


def _doing(words: Sequence[str]) -> Iterator[Words]:
    for at, word in enumerate(words):
        if word in _VERBS and (at == 0 or words[at - 1] in _AFTER):
            yield _until_end(words[at:])


def _until_end(words: Sequence[str]) -> Words:
    end = next((i for i, w in enumerate(words) if i and w in _ENDS), len(words))
    phrase = words[: min(end, _LONGEST_VERB_PHRASE)]
    while len(phrase) > 1 and phrase[-1] in STOP and phrase[-1] not in {"on", "off", "up", "down"}:
        phrase = phrase[:-1]
    return tuple(phrase)


def _things(words: Sequence[str]) -> Iterator[Words]:
    """Every run of content words, and its ends, as RAKE finds keywords."""
    run: list[str] = []
    for word in [*words, "the"]:
        if word not in STOP:
            run.append(word)
            continue
        for size in range(1, min(len(run), _LONGEST_NOUN_PHRASE) + 1):
            for at in range(len(run) - size + 1):
                yield tuple(run[at : at + size])
        run = []
