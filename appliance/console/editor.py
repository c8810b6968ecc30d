"""A line editor for any VT100 terminal: one row, history, completion. Pure: keys in, echo out."""

from __future__ import annotations

import unicodedata
from collections import deque
from collections.abc import Callable, Sequence
from typing import NamedTuple

from appliance.console.keys import Key

LINE_CHARS = 1024
HISTORY_LINES = 50
ROW_COLUMNS = 79
"""The width that every terminal has; a longer line scrolls sideways."""
_BELL = "\a"


class Step(NamedTuple):
    """What a key led to: what the terminal is to show, and the line if it is complete."""

    echo: str
    line: str | None = None


class Editor:
    """The line being typed.

    Attributes:
        prompt: shown before it.
        dropped: characters that no longer fitted into a line.
    """

    def __init__(self, complete: Callable[[str], Sequence[str]], prompt: str = "> ") -> None:
        """Start with an empty line.

        Args:
            complete: what the last word before the cursor may become, given all that is before it.
            prompt: shown before the line.
        """
        self.prompt = prompt
        self.dropped = 0
        self._complete = complete
        self._line, self._at = "", 0
        self._history: deque[str] = deque(maxlen=HISTORY_LINES)
        self._back = 0  # how many lines back in history
        self._draft = ""  # what was typed before going there

    def key(self, key: Key | str) -> Step:
        """A key was pressed, or characters came."""
        if isinstance(key, str):
            return self._insert(key)
        match key:
            case Key.ENTER:
                return self._enter()
            case Key.CANCEL:
                self._set("")
                return Step("^C\r\n", "")
            case Key.TAB:
                return self._tab()
            case Key.UP | Key.DOWN:
                return self._recall(1 if key is Key.UP else -1)
        self._edit(key)
        return Step(self.redrawn())

    def redrawn(self) -> str:
        """Prompt and line, drawn over whatever is in the terminal's row; the cursor in place."""
        room = ROW_COLUMNS - _columns(self.prompt)
        start = end = self._at
        used = 0
        while start and (used := used + _columns(self._line[start - 1])) <= room:
            start -= 1
        used = _columns(self._line[start:end])
        while end < len(self._line) and (used := used + _columns(self._line[end])) <= room:
            end += 1
        column = _columns(self.prompt) + _columns(self._line[start : self._at])
        place = f"\r\x1b[{column}C" if column else "\r"
        return f"\r{self.prompt}{self._line[start:end]}\x1b[K{place}"

    @property
    def is_empty(self) -> bool:
        """Whether nothing is typed."""
        return not self._line

    def _insert(self, text: str) -> Step:
        fitting = text[: LINE_CHARS - len(self._line)]
        self.dropped += len(text) - len(fitting)
        at_end = self._at == len(self._line)
        self._line = self._line[: self._at] + fitting + self._line[self._at :]
        self._at += len(fitting)
        bell = "" if fitting == text else _BELL
        if at_end and _columns(self.prompt + self._line) < ROW_COLUMNS:
            return Step(fitting + bell)
        return Step(self.redrawn() + bell)

    def _enter(self) -> Step:
        line = self._line.strip()
        if line and (not self._history or self._history[-1] != line):
            self._history.append(line)
        self._set("")
        return Step("\r\n", line)

    def _set(self, line: str) -> None:
        self._line, self._at, self._back = line, len(line), 0

    def _edit(self, key: Key) -> None:
        line, at = self._line, self._at
        match key:
            case Key.LEFT:
                self._at = max(at - 1, 0)
            case Key.RIGHT:
                self._at = min(at + 1, len(line))
            case Key.HOME:
                self._at = 0
            case Key.END:
                self._at = len(line)
            case Key.BACKSPACE if at:
                self._line, self._at = line[: at - 1] + line[at:], at - 1
            case Key.DELETE | Key.CLOSE:
                self._line = line[:at] + line[at + 1 :]
            case Key.KILL:
                self._line, self._at = line[at:], 0
            case Key.KILL_TO_END:
                self._line = line[:at]
            case Key.KILL_WORD:
                kept = line[:at].rstrip()
                kept = kept[: kept.rfind(" ") + 1]
                self._line, self._at = kept + line[at:], len(kept)

    def _recall(self, step: int) -> Step:
        back = self._back + step
        if not 0 <= back <= len(self._history):
            return Step(_BELL)
        if self._back == 0:
            self._draft = self._line
        self._set(self._history[-back] if back else self._draft)
        self._back = back
        return Step(self.redrawn())

    def _tab(self) -> Step:
        before = self._line[: self._at]
        typed = before[before.rfind(" ") + 1 :]
        found = [word for word in self._complete(before) if word.startswith(typed)]
        if not found:
            return Step(_BELL)
        rest = _common_start(found)[len(typed) :]
        if len(found) == 1:
            return self._insert(f"{rest} ")
        if rest:
            return self._insert(rest)
        return Step(f"\r\n{'  '.join(found)}\r\n{self.redrawn()}")


def _common_start(words: Sequence[str]) -> str:
    first, last = min(words), max(words)
    at = 0
    while at < len(first) and first[: at + 1] == last[: at + 1]:
        at += 1
    return first[:at]


def _columns(text: str) -> int:
    """How wide a terminal shows it: Chinese characters take two columns."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(sign) else 1 + (unicodedata.east_asian_width(sign) in "WF")
        for sign in text
    )
