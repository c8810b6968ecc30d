"""Text out of pieces of bytes that may end in the middle of a character."""

from __future__ import annotations

import codecs


class Utf8Joiner:
    """Joins what a language model's callbacks bring.

    It is not documented what a callback for an unfinished character holds: nothing, the bytes
    so far and later the rest, or the bytes so far and later all of them again. All three work.
    Bytes that are no UTF-8 are left out: they can't be spoken.
    """

    def __init__(self) -> None:
        self._held = b""

    def feed(self, piece: bytes, *, waiting: bool) -> str:
        """The text that is complete after this piece.

        Args:
            piece: bytes of a callback, empty where it brought none.
            waiting: the library says that the last character is not whole yet.
        """
        again = _incomplete(self._held) and piece.startswith(self._held)
        self._held = piece if again else self._held + piece
        if waiting:
            return ""
        whole, self._held = self._held, _incomplete(self._held)
        return whole[: len(whole) - len(self._held)].decode(errors="ignore")


def _incomplete(data: bytes) -> bytes:
    """The bytes at the end that begin a character and don't finish it."""
    decoder = codecs.getincrementaldecoder("utf-8")(errors="ignore")
    decoder.decode(data)
    return bytes(decoder.getstate()[0])
