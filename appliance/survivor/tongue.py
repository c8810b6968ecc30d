"""Replies in a language: sentences, lengths of time, clock times, dates."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

_PHRASES: Final = Path(__file__).parent / "phrases"
_UNITS: Final = (("hour", 3600), ("minute", 60), ("second", 1))
_PARTS_FROM: Final = (0, 5, 12, 18, 22)
"""Hours from which it is night, morning, afternoon, evening, night."""
_LONG_S: Final = 600
"""From here on nobody wants to hear seconds."""


class Tongue:
    """One language; texts come from its phrase file."""

    def __init__(self, language: str, phrases: Mapping[str, Any]) -> None:
        self.language, self._phrases = language, phrases

    def say(self, key: str, **parts: object) -> str:
        """The sentence `key`, filled in; its `_named` form where a `name` is given."""
        texts = self._phrases["say"]
        name = parts.get("name")
        key = f"{key}_named" if name and f"{key}_named" in texts else key
        if parts.pop("single", False):
            key = f"{key}_single" if f"{key}_single" in texts else key
        text = str(texts[key]).format(**parts)
        return text[:1].upper() + text[1:]

    def stage(self, key: str) -> str | None:
        """What a hop of the turn does, in plain words; None for one that nobody would ask of."""
        found = self._phrases["stage"].get(key)
        return None if found is None else str(found)

    def silent(self, key: str) -> str:
        """Why there was no answer."""
        return str(self._phrases["silent"][key])

    def notice(self, part: str) -> str | None:
        """What to say of a part that is missing, or `back`; None where the light tells."""
        found = self._phrases["notice"].get(part)
        return None if found is None else str(found)

    def duration(self, seconds: float) -> str:
        """`one hour and 20 minutes`; in the case that follows "for" and "in"."""
        left = max(round(seconds), 1)
        if left >= _LONG_S:
            left = round(left / 60) * 60 if left % 60 else left
        parts = []
        for unit, size in _UNITS:
            count, left = divmod(left, size)
            if count:
                parts.append(self.counted(unit, count))
        return self._joined(parts)

    def counted(self, unit: str, count: int) -> str:
        """`one minute`, `2 minutes`; `21 минуту`."""
        forms = self._phrases["unit"][unit]
        form = forms.get("single") if count == 1 else None
        form = form or forms.get(plural(self.language, count)) or forms["many"]
        return str(form).format(n=count)

    def time(self, when: datetime) -> str:
        """The time on the clock: `7:30 in the morning`, `19 Uhr 30`."""
        words = self._phrases["time"]
        if not when.minute:
            special = {0: "midnight", 12: "noon"}.get(when.hour, "sharp")
            form = words.get(special, words["sharp"])
        else:
            form = words["full"]
        return str(form).format(**self._clock_parts(when))

    def _clock_parts(self, when: datetime) -> dict[str, object]:
        part = sum(when.hour >= hour for hour in _PARTS_FROM) - 1
        units = self._phrases["unit"]
        return {
            "hour12": (when.hour - 1) % 12 + 1,
            "minute": when.minute,
            "part": self._phrases["time"].get("parts", [""] * len(_PARTS_FROM))[part],
            "hours": self.counted("clock_hour", when.hour) if "clock_hour" in units else "",
            "minutes": self.counted("clock_minute", when.minute) if "clock_minute" in units else "",
        }

    def date(self, when: datetime) -> str:
        """`Tuesday, the 3rd of November`."""
        words = self._phrases["date"]
        day = words["days"][when.day - 1] if "days" in words else str(when.day)
        month = words["months"][when.month - 1]
        return str(words["full"]).format(weekday=self._weekday(when), day=day, month=month)

    def when(self, due: datetime, now: datetime) -> str:
        """`7 o'clock in the morning tomorrow`; both are local, without an offset."""
        days = due.date() - now.date()
        key = {timedelta(0): "today", timedelta(1): "tomorrow"}.get(days, "later")
        form = str(self._phrases["date"][key])
        return form.format(time=self.time(due), weekday=self._weekday(due))

    def number(self, value: float) -> str:
        """`1.2`, `1,2`."""
        return f"{value:.1f}".replace(".", self._phrases["list"]["decimal"])

    def listed(self, items: Sequence[str]) -> str:
        """Several things in one sentence."""
        return str(self._phrases["list"]["comma"]).join(items)

    def _joined(self, parts: Sequence[str]) -> str:
        return str(self._phrases["list"]["and"]).join(parts)

    def _weekday(self, when: datetime) -> str:
        return str(self._phrases["date"]["weekdays"][when.weekday()])


@cache
def tongue(language: str) -> Tongue:
    """The replies of a language; English for one that has none."""
    file = _PHRASES / f"{language}.toml"
    if not file.is_file():
        return tongue("en")
    return Tongue(language, tomllib.loads(file.read_text(encoding="utf-8")))


def plural(language: str, count: int) -> str:
    """The plural category of a whole number: `one`, `few` or `many` (after CLDR)."""
    if language == "ru":
        if count % 10 == 1 and count % 100 != 11:  # noqa: PLR2004 - CLDR's rule
            return "one"
        is_few = 2 <= count % 10 <= 4 and not 12 <= count % 100 <= 14  # noqa: PLR2004
        return "few" if is_few else "many"
    if language == "fr":
        return "one" if count < 2 else "many"  # noqa: PLR2004
    return "one" if count == 1 and language != "zh" else "many"
