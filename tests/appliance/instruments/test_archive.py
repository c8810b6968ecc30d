"""What the console tells of the past."""

from __future__ import annotations

from appliance.history.fakes import FakeChronicle
from appliance.instruments.archive import Archive
from appliance.instruments.logbook import Logbook


def test_an_events_name_is_told_whatever_its_figures_are_called() -> None:
    chronicle = FakeChronicle()
    chronicle.note("UPDATE_REFUSED", {"error": "UPD-OLDER", "code": "of an earlier version"})
    [event] = Archive(chronicle, Logbook()).events(1)
    assert event["code"] == "UPDATE_REFUSED"
    assert event["error"] == "UPD-OLDER"
    assert list(event)[:2] == ["at", "code"]
