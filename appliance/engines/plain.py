"""Recognised text as `Transcript` promises it: lower case, no punctuation, single spaces."""

from __future__ import annotations

import re
import unicodedata

_KEPT = re.compile(r"(?<=\w)'(?=\w)|(?<=\d)\.(?=\d)")
"""Of "don't" and "3.5"; everything else that is no letter, mark or digit is a space."""
_GROUPED = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")


def plain(text: str) -> str:
    """`text` without what is not spoken."""
    text = _GROUPED.sub("", text.lower().replace("’", "'"))  # noqa: RUF001 - the curly apostrophe
    kept = {found.start() for found in _KEPT.finditer(text)}
    spoken = (c if at in kept or _is_spoken(c) else " " for at, c in enumerate(text))
    return " ".join("".join(spoken).split())


def _is_spoken(character: str) -> bool:
    return unicodedata.category(character)[0] in "LMN"
