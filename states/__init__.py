"""The conversation as data.

`state.py` names the states, `events.py` what can happen, `table.py` what follows what;
`machine.py` is the mechanism and `actions.py` the verbs it may ask for.
"""

from states.actions import Actions
from states.events import Event
from states.machine import Conversation
from states.state import State

__all__ = ["Actions", "Conversation", "Event", "State"]
