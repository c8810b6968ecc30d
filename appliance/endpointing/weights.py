"""Learnt by `python -m tests.bench.endpoints … --learn`; do not edit."""

from __future__ import annotations

from typing import Final

WORDS: Final = {
    "bias": 0.46,
    "hesitation": 0.01,
    "conjunction": -1.29,
    "determiner": -3.33,
    "preposition": -1.73,
    "stranded": -1.62,
    "particle": -0.21,
    "auxiliary": -2.52,
    "subject": -2.02,
    "question_word": -1.50,
    "degree": -0.89,
    "size": -0.52,
    "number": -0.25,
    "object": 0.48,
    "closer": 0.97,
    "bare_verb": -1.65,
    "verb_missing": -0.91,
    "no_verb_yet": -0.92,
    "clause_open": -0.78,
    "closing_verb": 0.44,
    "command": 1.83,
    "one_word": -1.82,
    "two_words": -1.34,
    "three_words": -0.79,
    "many_words": 1.33,
    "question": 0.33,
}

SOUND: Final = {
    "bias": -1.55,
    "pitch_height": -0.56,
    "pitch_rank": 0.09,
    "pitch_floor": -1.10,
    "creak": -0.10,
    "level_fall": 0.96,
    "peak_fall": 0.45,
    "fade": 1.81,
    "last_voiced": -0.83,
    "lengthening": 0.10,
    "unvoiced_tail": 1.36,
    "duration": 2.44,
}

BOTH: Final = {
    "bias": -2.34,
    "pitch_height": -0.00,
    "pitch_rank": 0.46,
    "pitch_floor": -1.31,
    "creak": -0.30,
    "level_fall": 1.04,
    "peak_fall": 0.76,
    "fade": 1.76,
    "last_voiced": -0.05,
    "lengthening": -0.10,
    "unvoiced_tail": 1.52,
    "duration": 2.56,
    "words": 2.22,
    "ends": 1.94,
    "ends_known": 0.36,
}
