"""The grammar of commands: a name, then arguments; the same for people and programs. Pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Generic, NamedTuple, TypeVar

from appliance.console.errors import ConsoleError

T = TypeVar("T")
Given = Mapping[str, Any]
"""Arguments by name; those left out are missing."""


class Right(Enum):
    """What a command needs."""

    FREE = "free"
    SERVICE = "unlock"


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument.

    Attributes:
        name: in the help and among the arguments given.
        choices: the words that it may be; empty: any word.
        numbers: the whole numbers that it may be, both ends included; None: it is a word.
        rest: it is all that is left of the line.
        optional: it may be left out.
        service: of the choices, those that need the service right.
    """

    name: str
    choices: tuple[str, ...] = ()
    numbers: tuple[int, int] | None = None
    rest: bool = False
    optional: bool = False
    service: frozenset[str] = frozenset()

    @property
    def usage(self) -> str:
        """How help writes it."""
        name = "|".join(self.choices) or self.name.upper()
        return f"[{name}]" if self.optional else name


class Answer(NamedTuple):
    """What a command has to say: to a program, and to a person; False: a check failed."""

    data: Mapping[str, Any]
    text: str
    passed: bool = True


@dataclass(frozen=True, slots=True)
class Command(Generic[T]):
    """A row of the table of commands.

    Attributes:
        name: what is typed.
        does: a line of help.
        example: a line that can be typed as it is.
        handler: carries it out, for the desk `T` and the arguments given.
        arguments: in order.
        right: that it always needs.
        live: a person sees it again and again until a key is pressed.
        more: further help.
    """

    name: str
    does: str
    example: str
    handler: Callable[[T, Given], Awaitable[Answer]]
    arguments: tuple[Argument, ...] = ()
    right: Right = Right.FREE
    live: bool = False
    more: str = ""

    @property
    def usage(self) -> str:
        """The command and its arguments."""
        return " ".join([self.name, *(argument.usage for argument in self.arguments)])


class Parsed(NamedTuple, Generic[T]):
    """A line that makes sense."""

    command: Command[T]
    given: Given

    @property
    def right(self) -> Right:
        """What it needs, with these arguments."""
        for argument in self.command.arguments:
            if self.given.get(argument.name) in argument.service:
                return Right.SERVICE
        return self.command.right


def parse(line: str, table: Mapping[str, Command[T]]) -> Parsed[T]:
    """Make sense of a line.

    Raises:
        ConsoleError: no such command (`CON-COMMAND`), or not with these arguments (`CON-USAGE`).
    """
    name, rest = _first_word(line)
    command = table.get(name)
    if command is None:
        close = difflib.get_close_matches(name, list(table), n=1)
        cause = f"did you mean `{close[0]}`?" if close else "nothing of that name exists"
        raise ConsoleError(
            "CON-COMMAND", f"there is no command `{name[:40]}`", cause, "type `help`"
        )
    given: dict[str, Any] = {}
    for argument in command.arguments:
        word, rest = (rest.strip(), "") if argument.rest else _first_word(rest)
        if word:
            given[argument.name] = _value(argument, word, command)
        elif not argument.optional:
            raise _misused(command, f"{argument.usage} is missing")
    if rest.strip():
        raise _misused(command, f"`{rest.strip()[:40]}` is too much")
    return Parsed(command, given)


def completions(before: str, table: Mapping[str, Command[T]]) -> Sequence[str]:
    """What the last word of `before`, perhaps begun, may become."""
    name, rest = _first_word(before)
    if not rest:
        return sorted(table)
    command = table.get(name)
    at = len(rest.split()) - (not before.endswith(" "))
    if command is None or not 0 <= at < len(command.arguments):
        return ()
    argument = command.arguments[at]
    return sorted(table) if argument.name == "command" else argument.choices


def _first_word(text: str) -> tuple[str, str]:
    match = re.match(r"\s*(\S*)(.*)", text, re.DOTALL)
    return (match[1], match[2]) if match else ("", "")


def _value(argument: Argument, word: str, command: Command[T]) -> str | int:
    if argument.choices and word not in argument.choices:
        raise _misused(command, f"`{word[:40]}` is none of {', '.join(argument.choices)}")
    if argument.numbers is None:
        return word
    low, high = argument.numbers
    if not re.fullmatch(r"[0-9]{1,9}", word) or not low <= int(word) <= high:
        raise _misused(command, f"{argument.name} `{word[:40]}` is not within {low} to {high}")
    return int(word)


def _misused(command: Command[T], cause: str) -> ConsoleError:
    return ConsoleError(
        "CON-USAGE", f"`{command.name}` was misused", cause, f"usage: {command.usage}"
    )
