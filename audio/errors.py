"""The one error that this package raises; `appliance` prints it like its own."""

from __future__ import annotations


class AudioError(Exception):
    """Audio could not be read, heard or played.

    Attributes:
        code: stable identifier, for logs and support (`AUD-…`).
        what: what failed, in the words of the person at the keyboard.
        cause: why, as far as is known.
        remedy: what to do next.
    """

    def __init__(self, code: str, what: str, cause: str, remedy: str) -> None:
        super().__init__(f"{what}; {cause}; {remedy}")
        self.code, self.what, self.cause, self.remedy = code, what, cause, remedy
