"""Why it was slow, why it was silent: in words for the person who asks."""

from __future__ import annotations

from typing import Final

from appliance.reasons import REASONS, Outcome
from appliance.survivor.reply import Context
from appliance.survivor.tongue import Tongue

EASED: Final = {"HOT": "hot", "WEAK": "weak"}
"""Codes in `fallback` that tell of no spare: it was only made easier. Code -> text."""

_SILENT: Final = {
    "OK": "answered",
    "CUT_SHORT": "cut_short",
    "LOW_SCORE": "not_in_documents",
    "NO_MATCH": "not_in_documents",
    "NO_ANSWER": "not_in_documents",
    "NO_WAKE": "no_wake",
    "NO_SPEECH": "no_speech",
    "NO_WORDS": "no_words",
    "RESTARTED": "interrupted",
    "INTERRUPTED": "interrupted",
    "CANCELLED": "interrupted",
    "MUTED": "muted",
    "LISTEN_TIMEOUT": "too_late",
    "THINK_TIMEOUT": "too_late",
    "SPEAK_TIMEOUT": "too_late",
    "ASR_FAILED": "ears",
    "RETRIEVE_FAILED": "documents",
    "ANSWER_FAILED": "mind",
    "TTS_FAILED": "voice",
    "SPEAKER_FAILED": "loudspeaker",
}
"""Reason code -> text. A code that is not listed is told by its outcome."""

_BY_OUTCOME: Final = {
    Outcome.ANSWERED: "answered",
    Outcome.COMMAND: "answered",
    Outcome.ABSTAINED: "not_in_documents",
    Outcome.NO_WAKE: "no_wake",
    Outcome.NO_SPEECH: "no_speech",
}


SLOW_MS: Final = 1500
"""From here on a person wonders whether they were heard."""
DOUBT: Final = 0.5
"""An answer from a passage with a lower score may well be to another question."""


def why(context: Context, words: Tongue) -> str:
    """Why it was silent, slow or perhaps wrong; or that all went well. One or two sentences."""
    outcome = REASONS[context.reason].outcome if context.reason in REASONS else None
    sound_ms = context.timings_ms.get("first_audio")
    if outcome not in {Outcome.ANSWERED, Outcome.COMMAND} or context.reason == "CUT_SHORT":
        slow = why_slow(context, words) if context.reason == "THINK_TIMEOUT" else ""
        return f"{why_silent(context, words)} {slow}".rstrip()
    if sound_ms is not None and sound_ms > SLOW_MS:
        return why_slow(context, words)
    if outcome is Outcome.ANSWERED and context.score is not None and context.score < DOUBT:
        return words.say("doubtful")
    fine = words.say("fine", total=words.number(sound_ms / 1000)) if sound_ms else words.say("done")
    return " ".join([fine, *_lapses(context, words)])


def why_slow(context: Context, words: Tongue) -> str:
    """The whole wait and its longest stage, and whether a part failed and a spare did its work."""
    stages = {words.stage(key): ms for key, ms in context.timings_ms.items() if words.stage(key)}
    if not stages:
        return words.say("slow_none")
    longest = max(stages, key=lambda stage: stages[stage])
    total_ms = context.timings_ms.get("first_audio", sum(stages.values()))
    slow = words.say(
        "slow",
        total=words.number(total_ms / 1000),
        stage=longest,
        longest=words.number(stages[longest] / 1000),
    )
    return " ".join([slow, *_lapses(context, words)])


def _lapses(context: Context, words: Tongue) -> list[str]:
    """What was not as usual."""
    codes = set(context.fallback.values())
    spare = [words.say("slow_spare")] if codes - set(EASED) else []
    return spare + [words.say(text) for code, text in EASED.items() if code in codes]


def why_silent(context: Context, words: Tongue) -> str:
    """The reason code of the turn before, as a sentence."""
    reason = context.reason
    if reason is None:
        return words.silent("nothing_yet")
    outcome = REASONS[reason].outcome if reason in REASONS else None
    by_outcome = _BY_OUTCOME.get(outcome, "other") if outcome else "other"
    return words.silent(_SILENT.get(reason, by_outcome))
