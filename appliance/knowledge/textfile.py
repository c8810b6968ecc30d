"""Bytes of a text file to text, whatever editor wrote it."""

from __future__ import annotations

import codecs

from appliance.errors import KnowledgeError

BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CONTROL = frozenset(range(32)) - frozenset(b"\t\n\r\f\v\x1b")
MOST_CONTROL = 0.02


def decode(data: bytes, name: str) -> str:
    """The text of `data`, lines ended by LF; UTF-8, UTF-16/32 by its mark, else Windows-1252.

    Raises:
        KnowledgeError: KNOW-BINARY if it is not text at all.
    """
    encoding = next((codec for mark, codec in BOMS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        # Windows-1252 leaves five bytes undefined; a stray one must not lose the document.
        text = data.decode("cp1252", errors="replace")
    _refuse_binary(text, name)
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")


def _refuse_binary(text: str, name: str) -> None:
    sample = text[:65536]
    control = sum(ord(char) in CONTROL for char in sample) + 4 * sample.count(
        "\N{REPLACEMENT CHARACTER}"
    )
    if control > MOST_CONTROL * len(sample):
        raise KnowledgeError(
            "KNOW-BINARY",
            f"{name} cannot be read",
            "it holds binary data, not text",
            "give it the suffix of its real kind, or remove it from the folder",
        )
