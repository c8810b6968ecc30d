"""What the appliance says of itself."""

from __future__ import annotations

DONT_KNOW = "I don't know. My documents don't say."
NOT_UNDERSTOOD = "I'm sorry, I didn't understand that."
SORRY = "I'm sorry, something went wrong. Please ask again."

APOLOGIES = {
    "ASR_FAILED": "I'm sorry, I can't make out words at the moment. Please ask again.",
    "RETRIEVE_FAILED": "I'm sorry, I can't look into my documents at the moment.",
}
"""By reason code; any other failure gets SORRY."""


def lead_in(document: str) -> str:
    """Names the source of an answer that is still being made; short, or the answer waits for it."""
    name = document.removeprefix("the ")
    return f"{name[:1].upper()}{name[1:]}:"


def from_source(title: str) -> str:
    """Names the source of an answer."""
    return f"That is from {title}."
