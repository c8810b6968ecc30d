"""What the processes of language models have in common: passages come in, sentences go out."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict

from appliance.engines.grounding import grounded
from appliance.engines.ports import Passage
from appliance.engines.wire import Json, Message


def passages_of(args: Json) -> list[Passage]:
    """The passages that came with a job."""
    return [Passage(**fields) for fields in args["passages"]]


def told(
    pieces: Generator[str, None, None],
    passages: Sequence[Passage],
    is_whole: Callable[[], bool] = lambda: True,
) -> Iterator[Message | None]:
    """The grounded sentences of what a model writes; None where the job may be left.

    An answer that is left early is closed, so that it does not go on being generated.
    """
    with closing(pieces):
        for sentence in grounded(pieces, passages, is_whole):
            yield Message(asdict(sentence)) if sentence else None
