"""The errors of all recognisers, so that one failure reads the same wherever it shows."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from appliance.errors import EngineError

_FETCH = "put the model's files there again: copy its whole folder"


def missing(path: Path) -> EngineError:
    """`ENG-NO-MODEL`: a file of the model isn't there."""
    return EngineError(
        "ENG-NO-MODEL", f"the model file {path.name} is missing", f"no file {path}", _FETCH
    )


def bad_model(path: Path, cause: str) -> EngineError:
    """`ENG-BAD-MODEL`: a file of the model is damaged, or of another model."""
    return EngineError("ENG-BAD-MODEL", f"the model file {path.name} cannot be used", cause, _FETCH)


def failed(cause: str) -> EngineError:
    """`ENG-ASR-FAILED`: this utterance could not be recognised."""
    return EngineError(
        "ENG-ASR-FAILED",
        "the question could not be heard",
        cause,
        "ask again; if this recurs, run `appliance doctor`",
    )


def existing(path: Path) -> Path:
    """`path`, if there is such a file.

    Raises:
        EngineError: `ENG-NO-MODEL`.
    """
    if not path.is_file():
        raise missing(path)
    return path


def text_of(path: Path) -> str:
    """What a UTF-8 file says.

    Raises:
        EngineError: `ENG-NO-MODEL`, or `ENG-BAD-MODEL` where it is no text.
    """
    try:
        return existing(path).read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise bad_model(path, f"no text: {error}") from error


def unknown_language(language: str, known: Iterable[str]) -> EngineError:
    """`ENG-ASR-LANGUAGE`: the model cannot be told to expect this language."""
    return EngineError(
        "ENG-ASR-LANGUAGE",
        f'the ears do not know the language "{language}"',
        "the model was not trained for it",
        f"set one of: {', '.join(known)}",
    )
