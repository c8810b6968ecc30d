"""Sentences that the templates allow, drawn by chance: for the recogniser's ears, and for tests."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Final, NamedTuple

from hassil.expression import (
    Alternative,
    Expression,
    Group,
    ListReference,
    Permutation,
    RuleReference,
    TextChunk,
)
from hassil.intents import Intents, RangeSlotList, TextSlotList
from hassil.numbers import get_rbnf_engine
from hassil.util import normalize_whitespace

from appliance.commands.command import CommandName, Slot
from appliance.commands.intents import templates

NAMES: Final = {
    "en": ("pasta", "eggs", "tea", "pizza", "bread", "laundry", "rice", "cake", "potatoes"),
    "de": ("nudeln", "eier", "tee"),
    "fr": ("pâtes", "œufs", "thé"),
    "es": ("pasta", "huevos", "té"),
    "zh": ("面条", "鸡蛋", "茶"),
    "ru": ("макарон", "яиц", "чая"),
}
"""What timers are called, for where a template takes any name."""


_USUAL: Final = frozenset({*range(1, 13), 15, 20, 25, 30, 40, 45, 50})
"""Numbers that people say more often than others, of minutes as of hours."""
_MOST_USUAL: Final = 60
_CALLED: Final = 50
"""One sentence in so many begins with what is left over of the wake phrase."""
_WRITTEN: Final = frozenset({"min", "sec"})


class Sample(NamedTuple):
    """A sentence and what a matcher should catch of it."""

    command: CommandName
    text: str
    caught: dict[str, Slot]


def sentences(language: str, each: int = 60, seed: int = 0) -> list[str]:
    """Sentences as people say them and the recogniser writes them, likelier ones more often.

    Args:
        language: of a phrase file.
        each: how many per command.
        seed: the same seed gives the same sentences.
    """
    texts = [
        sample.text.replace("-", " ") for sample in samples(language, each, seed, as_said=True)
    ]
    return [f"jarvis {text}" if at % _CALLED == 0 else text for at, text in enumerate(texts)]


def samples(language: str, each: int, seed: int = 0, *, as_said: bool = False) -> Iterator[Sample]:
    """Draw `each` sentences of every command: anything allowed, or (`as_said`) what is usual."""
    source, chance = templates(language), random.Random(seed)  # noqa: S311 - no secret
    for intent in source.intents.values():
        choices = [(data, sentence) for data in intent.data for sentence in data.sentences]
        for _ in range(each):
            data, sentence = chance.choice(choices)
            drawer = _Drawer(source, chance, as_said=as_said)
            text = normalize_whitespace(drawer.draw(sentence.expression)).strip()
            yield Sample(CommandName(intent.name), text, {**data.slots, **drawer.caught})


class _Drawer:
    """One walk through one template."""

    def __init__(self, source: Intents, chance: random.Random, *, as_said: bool) -> None:
        self._source, self._chance, self._as_said = source, chance, as_said
        self.caught: dict[str, Slot] = {}

    def draw(self, part: Expression) -> str:
        """A text that the expression allows."""
        if isinstance(part, TextChunk):
            return str(part.original_text)
        if isinstance(part, RuleReference):
            return self.draw(self._source.expansion_rules[part.rule_name].expression)
        if isinstance(part, ListReference):
            return self._value(part)
        assert isinstance(part, Group)  # noqa: S101 - hassil has no other expression
        if isinstance(part, Alternative):
            return self.draw(self._chance.choice(self._sayable(part)))
        items = list(part.items)
        if isinstance(part, Permutation):
            self._chance.shuffle(items)
        return "".join(self.draw(item) for item in items)

    def _sayable(self, part: Alternative) -> list[Expression]:
        """The alternatives that are usual: nothing that is only written, few optional words."""
        if not self._as_said:
            return list(part.items)
        if part.is_optional and self._chance.random() < 0.5:  # noqa: PLR2004 - evenly
            return [item for item in part.items if isinstance(item, TextChunk) and item.is_empty]
        return [item for item in part.items if not _is_written(item)] or list(part.items)

    def _value(self, reference: ListReference) -> str:
        values = self._source.slot_lists[reference.list_name]
        if isinstance(values, TextSlotList):
            chosen = self._chance.choice(values.values)
            text, value = self.draw(chosen.text_in), chosen.value_out
        elif isinstance(values, RangeSlotList):
            value = self._chance.choice(self._usual(list(values.get_numbers())))
            text = self._number(value)
        else:
            text = value = self._chance.choice(NAMES[self._source.language])
        self.caught[reference.slot_name] = value
        return text

    def _usual(self, numbers: list[float]) -> list[float]:
        if not self._as_said:
            return numbers
        likely = _USUAL if self._chance.random() < 0.6 else range(1, _MOST_USUAL + 1)  # noqa: PLR2004
        return [number for number in numbers if number in likely]

    def _number(self, number: float) -> str:
        if not self._as_said and self._chance.random() < 0.5:  # noqa: PLR2004 - evenly
            return str(number)
        ways = get_rbnf_engine(self._source.language).format_number(number).text_by_ruleset
        return str(self._chance.choice(sorted(set(ways.values()))))


def _is_written(part: Expression) -> bool:
    """Whether nobody says it so: `7:30`, `30 %`, `a.m.`."""
    if isinstance(part, TextChunk):
        return part.text.strip() in _WRITTEN or any(sign in part.text for sign in ":.%-")
    return isinstance(part, Group) and any(_is_written(item) for item in part.items)
