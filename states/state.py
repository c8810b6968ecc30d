"""Where a conversation can be."""

from __future__ import annotations

from enum import Enum


class State(Enum):
    """The appliance is in exactly one of these, at any time."""

    STARTING = "starting"
    IDLE = "idle"
    LISTENING = "listening"
    THINKING = "thinking"
    SPEAKING = "speaking"
    FOLLOW_UP = "follow_up"
    MUTED = "muted"
    FAULT = "fault"
    SERVICING = "servicing"
