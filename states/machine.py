"""The conversation: events in, actions out. All policy is in `table.py`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

from transitions import Machine

from states.actions import Actions
from states.events import Event, TimedOut, TurnEvent, trigger_name
from states.state import State
from states.table import IGNORED, ROWS, Do, Row


class Conversation:
    """Owns the state. Not thread-safe: one event loop calls `handle`, and nobody else.

    Attributes:
        state: where the conversation is (kept by `transitions`).
        entry: how many times a state has been entered.
        dropped: stale events by name: reports of past turns, timers of past states.
        switches: which of SWITCHES are on.
    """

    state: State

    def __init__(self, actions: Actions, switches: Collection[str] = ()) -> None:
        self.entry = 0
        self.dropped: Counter[str] = Counter()
        self.switches = switches
        self._actions = actions
        Machine(
            model=self,
            states=State,
            initial=State.STARTING,
            transitions=list(_machine_rows(self)),
            queued=True,
            auto_transitions=False,
            send_event=False,
        )

    def handle(self, event: Event) -> None:
        """Carry out what the table says of `event`. Actions never call this: they post.

        Raises:
            transitions.MachineError: the table has no row for it, which is a bug of the table.
        """
        name = trigger_name(type(event))
        if self._is_stale(event):
            self.dropped[name] += 1
            return
        self.trigger(name, event)  # type: ignore[attr-defined]  # added by transitions

    def _is_stale(self, event: Event) -> bool:
        if isinstance(event, TurnEvent):
            return event.turn_id != self._actions.turn_id
        if isinstance(event, TimedOut):
            return event.entry != self.entry
        return False

    def _carry_out(self, row: Row, event: Event) -> None:
        for verb in row.do:
            match verb:
                case Do.END_TURN:
                    self._actions.end_turn(row.reason)
                case Do.BEGIN_TURN:
                    self._actions.begin_turn(event)
                case _:
                    self._actions.perform(verb)

    def _entered(self) -> None:
        self.entry += 1
        self._actions.entered(self.state, self.entry)


def _machine_rows(conversation: Conversation) -> Iterable[dict[str, object]]:
    """The table, in the words of `transitions`."""
    for row in ROWS:

        def before(event: Event, row: Row = row) -> None:
            conversation._carry_out(row, event)  # noqa: SLF001  # the machine is its other half

        def after(_event: Event) -> None:
            conversation._entered()  # noqa: SLF001

        yield {
            "trigger": trigger_name(row.event),
            "source": row.source,
            "dest": row.dest,
            "before": before,
            "after": after if row.dest else [],
            "conditions": _switch(conversation, row.when) if row.when else [],
        }
    for source, ignored in IGNORED.items():
        for event in ignored:
            yield {"trigger": trigger_name(event), "source": source, "dest": None}


def _switch(conversation: Conversation, name: str) -> object:
    def is_on(_event: Event) -> bool:
        return name in conversation.switches

    return is_on
