"""A toolkit's own words, shortened to what a person can use."""

from __future__ import annotations

import re

LONGEST = 300
"""Characters that are kept."""

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_NOISE = re.compile(
    r"it/s|^\s*(File|Traceback|raise |\^|#|[~^]+\s*$)|toolkit2 version|^=|WARN\(|^[WI] |deprecated"
)
_ERROR = re.compile(r"^([\w.]*(?:Error|Exception|Fail|Invalid\w*|E)\b:? |E )")
_FULL = ("No space left on device", "Errno 28", "Disk quota exceeded")


def disk_is_full(text: str) -> bool:
    """Whether that is what the words complain about."""
    return any(sign in text for sign in _FULL)


def failure(text: str) -> str:
    """The last complaint in a log, on one line, at most LONGEST characters."""
    plain = _COLOUR.sub("", text).replace("\r", "\n")
    kept = [line.strip() for line in plain.splitlines() if line.strip() and not _NOISE.search(line)]
    complaints = [number for number, line in enumerate(kept) if _ERROR.match(line)]
    chosen = kept[complaints[-1] :] if complaints else kept[-3:]
    short = " ".join(" ".join(chosen).split())
    return short if len(short) <= LONGEST else short[: LONGEST - 1] + "…"
