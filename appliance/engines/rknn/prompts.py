"""The special tokens of a Whisper, out of its `generation_config.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from appliance.engines.asr_faults import bad_model, text_of


@dataclass(frozen=True, slots=True)
class Specials:
    """Token numbers with a meaning of their own.

    Attributes:
        start: begins every prompt.
        end: ends every transcript; every number above it is special, too.
        no_timestamps: asks for words only; the number before it means "no speech".
        languages: number by tag ("en"); empty for a model that knows English only.
        transcribe: asks for the words as spoken; None for such a model.
        suppressed: never said (notes, brackets, speaker names).
        suppressed_first: not said first (a space, the end).
        most: of prompt and transcript together.
    """

    start: int
    end: int
    no_timestamps: int
    languages: Mapping[str, int] = field(default_factory=dict)
    transcribe: int | None = None
    suppressed: tuple[int, ...] = ()
    suppressed_first: tuple[int, ...] = ()
    most: int = 448

    @classmethod
    def read(cls, path: Path) -> Self:
        """Of a file.

        Raises:
            EngineError: `ENG-NO-MODEL`, or `ENG-BAD-MODEL` where something is missing in it.
        """
        try:
            return cls._of(json.loads(text_of(path)))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise bad_model(path, f"no Whisper's: {error!r}") from error

    @classmethod
    def _of(cls, written: Mapping[str, Any]) -> Self:
        return cls(
            start=int(written["decoder_start_token_id"]),
            end=int(written["eos_token_id"]),
            no_timestamps=int(written["no_timestamps_token_id"]),
            languages={
                tag.strip("<|>"): int(n) for tag, n in written.get("lang_to_id", {}).items()
            },
            transcribe=written.get("task_to_id", {}).get("transcribe"),
            suppressed=tuple(written.get("suppress_tokens") or ()),
            suppressed_first=tuple(written.get("begin_suppress_tokens") or ()),
            most=int(written.get("max_length", 448)),
        )

    @property
    def no_speech(self) -> int:
        """Says that nobody spoke."""
        return self.no_timestamps - 1

    @property
    def highest(self) -> int:
        """A vocabulary that doesn't reach this far is another model's."""
        known = (self.start, self.end, self.no_timestamps, self.transcribe or 0)
        return max(*known, *self.languages.values(), *self.suppressed, *self.suppressed_first)

    def prompt(self, language: int | None) -> list[int]:
        """What the decoder reads before its first word; no language for an English-only model."""
        task = [] if language is None else [language]
        task += [] if self.transcribe is None else [self.transcribe]
        return [self.start, *task, self.no_timestamps]
