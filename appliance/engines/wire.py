"""How the service and an engine's process talk: a JSON header and raw bytes, each message whole.

A message is 4 bytes (big endian) with the header's length, the header, and as many bytes as
its `bytes` says. A job is `{"job": 7, "op": "transcribe", "args": {…}}`; its replies are
`item`s, then one `done` or `error`. `{"cancel": 7}` asks for no further items. Job 0 is to load;
its replies are `progress`, then `done` or `error`.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any, NamedTuple, TypeAlias

HEADER = struct.Struct(">I")
MAX_HEADER_BYTES = 8 * 1024 * 1024
MAX_PAYLOAD_BYTES = 64 * 1024 * 1024

Json: TypeAlias = dict[str, Any]

EVENTS = {
    "progress": {"item"},
    "item": {"item"},
    "done": {"item"},
    "error": {"code", "what", "cause", "remedy"},
}
"""What a process may say, and what each must bring."""


class Message(NamedTuple):
    """One message of either direction."""

    header: Json
    payload: bytes = b""


class WireError(Exception):
    """The other side sent what is no message: it is broken, or it is not ours."""


def encode(header: Mapping[str, Any], payload: bytes = b"") -> bytes:
    """A message, ready to be written."""
    text = json.dumps({**header, "bytes": len(payload)}).encode()
    return HEADER.pack(len(text)) + text + payload


def header_length(prefix: bytes) -> int:
    """Length of the header that follows its 4-byte prefix.

    Raises:
        WireError: it is longer than any header of ours.
    """
    length: int = HEADER.unpack(prefix)[0]
    if length > MAX_HEADER_BYTES:
        raise WireError(f"header of {length} bytes")
    return length


def decode_header(text: bytes) -> tuple[Json, int]:
    """A header and the length of its payload.

    Raises:
        WireError: it is not a JSON object with a sane `bytes`.
    """
    try:
        header = json.loads(text)
    except ValueError as error:
        raise WireError("a header that is not JSON") from error
    length = header.pop("bytes", None) if isinstance(header, dict) else None
    if not isinstance(length, int) or not 0 <= length <= MAX_PAYLOAD_BYTES:
        raise WireError("a header without a sane length")
    return header, length


def require_reply(header: Mapping[str, Any]) -> None:
    """Nothing, if this is the header of a reply.

    Raises:
        WireError: it is not.
    """
    event = header.get("event")
    needed = EVENTS.get(event) if isinstance(event, str) else None
    if needed is None or not needed <= header.keys() or not isinstance(header.get("job"), int):
        raise WireError("a header that is no reply")
