"""The table decides everything, once."""

from __future__ import annotations

from collections import Counter
from itertools import product
from pathlib import Path

import pytest

from appliance.reasons import REASONS
from states.diagram import mermaid
from states.events import EVENTS, Event
from states.state import State
from states.table import IGNORED, ROWS, SWITCHES, TIMEOUTS_S, Do

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize(("state", "event"), list(product(State, EVENTS)))
def test_every_pair_is_decided_exactly_once(state: State, event: type[Event]) -> None:
    rows = [row for row in ROWS if (row.source, row.event) == (state, event)]
    unconditional = [row for row in rows if row.when is None]
    ignored = event in IGNORED[state]
    assert len(unconditional) + ignored == 1, f"{state.value} on {event.__name__}"


def test_nothing_is_ignored_twice() -> None:
    for state, ignored in IGNORED.items():
        assert max(Counter(ignored).values()) == 1, state


def test_every_state_can_be_reached_and_left() -> None:
    reached = {State.STARTING}
    for _ in State:
        reached |= {row.dest for row in ROWS if row.source in reached and row.dest}
    assert reached == set(State)
    left = {row.source for row in ROWS if row.dest not in {row.source, None}}
    assert left == set(State)


def test_rows_name_switches_that_exist_and_each_switch_does_something() -> None:
    assert {row.when for row in ROWS if row.when} == SWITCHES


def test_rows_that_leave_a_turn_end_it_and_rows_into_a_turn_begin_one() -> None:
    in_turn = {State.LISTENING, State.THINKING, State.SPEAKING}
    for row in ROWS:
        begins = Do.BEGIN_TURN in row.do
        ends = Do.END_TURN in row.do
        if row.dest is None:
            assert not {Do.BEGIN_TURN, Do.END_TURN} & set(row.do), row
        elif row.source in in_turn:
            assert ends == (row.dest not in in_turn or begins), row
        else:
            assert not ends, row
            assert begins == (row.dest in in_turn), row


def test_every_reason_of_the_table_is_in_the_catalogue() -> None:
    assert {row.reason for row in ROWS if row.reason} <= set(REASONS)


def test_timeouts_belong_to_states_that_decide_them() -> None:
    for state in TIMEOUTS_S:
        assert any(row.source is state and row.event.__name__ == "TimedOut" for row in ROWS)


def test_the_diagram_in_the_docs_is_current() -> None:
    assert mermaid() in (DOCS / "states.md").read_text(encoding="utf-8")
