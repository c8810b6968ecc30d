"""A terminal of one row, as far as the editor uses one: what a person would see."""

from __future__ import annotations

import re

_PARTS = re.compile(r"\x1b\[(\d*)([A-Za-z])|([\x00-\x1f])|([^\x00-\x1f\x1b]+)")


class Terminal:
    """The row that the cursor is in; `rows` are those above."""

    def __init__(self) -> None:
        self.rows: list[str] = []
        self.row, self.column = "", 0

    def show(self, text: str) -> None:
        for number, letter, control, plain in _PARTS.findall(text):
            if plain:
                padded = self.row.ljust(self.column)
                end = self.column + len(plain)
                self.row, self.column = padded[: self.column] + plain + padded[end:], end
            elif control == "\r":
                self.column = 0
            elif control == "\n":
                self.rows.append(self.row)
                self.row = ""
            elif letter == "K":
                self.row = self.row[: self.column]
            elif letter == "C":
                self.column += int(number or 1)
            else:
                assert control == "\a", f"unexpected {letter or control!r}"
