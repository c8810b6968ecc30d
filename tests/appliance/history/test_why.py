"""`appliance why`: in a sentence or two, from the record alone."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.cli import main
from appliance.clock import Moment
from appliance.history.catalogue import tables
from appliance.history.reader import HistoryReader
from appliance.history.record import Kind, Record
from appliance.history.scribe import Scribe
from appliance.history.why import as_json, outcome, story, told
from appliance.reasons import COUNTERS, EVENTS, LAPSES, REASONS
from tests.appliance.history.disks import at

ROOT = Path(__file__).parents[3]
SLOW = {"timings_ms": {"endpoint": 500.0, "asr": 2100.0, "first_audio": 3400.0}}
FAST = {"timings_ms": {"endpoint": 500.0, "asr": 100.0, "first_audio": 700.0}, "scores": [0.9]}


def turn(code: str, **figures: object) -> Record:
    return Record(1, at(0), Kind.TURN, code, figures)


@pytest.mark.parametrize(
    ("record", "sentences"),
    [
        (turn("OK", **FAST), "My answer came after 0.7 seconds, as it should."),
        (
            turn("OK", **SLOW, scores=[0.9], fallback={"asr": "NPU_STUCK"}),
            (
                "It took 3.4 seconds. The longest part was making out your words: 2.1 seconds. "
                "A part of me had failed, and a slower one did its work."
            ),
        ),
        (
            turn("OK", **{**FAST, "scores": [0.31, 0.1]}),
            "I did answer, but wasn't sure: what I found fits your question only loosely.",
        ),
        (
            turn("OK", **FAST, fallback={"answer": "NPU_DOWN"}),
            (
                "My answer came after 0.7 seconds, as it should. "
                "A part of me had failed, and a slower one did its work."
            ),
        ),
        (turn("NO_SPEECH"), "I heard my name, but then nobody spoke."),
        (turn("COMMAND"), "I did what you asked."),
        (turn("CUT_SHORT", **FAST), "I was answering, but was interrupted."),
        (
            turn("THINK_TIMEOUT", timings_ms={"asr": 9000.0}),
            (
                "I took too long, and gave up. Please ask again. It took 9.0 seconds. "
                "The longest part was making out your words: 9.0 seconds."
            ),
        ),
        (turn("OF_A_LATER_VERSION"), "Something in me failed. A technician can ask me for the "),
    ],
)
def test_a_turn_is_explained(record: Record, sentences: str) -> None:
    assert told(record).startswith(sentences)


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "zh", "ru"])
def test_every_reason_is_explained_in_every_language(language: str) -> None:
    for code in REASONS:
        for figures in ({}, FAST, SLOW, {**FAST, "scores": [0.3]}):
            assert "{" not in told(turn(code, **figures), language)


@given(
    st.dictionaries(
        st.sampled_from(["timings_ms", "scores", "fallback", "outcome"]),
        st.none()
        | st.integers()
        | st.text()
        | st.lists(st.none() | st.integers() | st.text(), max_size=3)
        | st.dictionaries(st.text(max_size=5), st.none() | st.text() | st.integers(), max_size=3),
    )
)
def test_figures_that_make_no_sense_do_no_harm(figures: dict[str, object]) -> None:
    record = turn("OK", **figures)
    assert told(record)
    assert outcome(record) == "answered"
    assert json.dumps(as_json(record))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path / "voice-appliance" / "history"


def write(folder: Path, *, wall: bool = True) -> None:
    def now(ms: int) -> Moment:
        return at(ms) if wall else at(ms, wall=None)

    hand = Scribe(folder, 1 << 20, words=True)
    hand.start(now(0))
    hand.turn("OK", FAST, {"heard": "a secret"}, now(1000))
    hand.event("WORKER_RESTARTED", {"worker": "asr"}, now(1500))
    hand.count({"turns": 2}, now(1500))
    hand.turn("OK", {**SLOW, "fallback": {"asr": "NPU_CRASHED"}}, {}, now(2000))
    hand.event("NEAR_MISS", {"score": 0.3}, now(3000))
    hand.close(now(4000))


def test_the_last_turn_and_the_one_before(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(home)
    assert main(["why"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("It took 3.4 seconds. The longest part was making out your words")
    assert "NPU_CRASHED" in out
    assert "NEAR_MISS" in out, "what happened since belongs to it"
    assert "WORKER_RESTARTED" in out
    assert main(["why", "2"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("My answer came after 0.7 seconds")
    assert "NEAR_MISS" not in out
    assert "SERVICE_STARTED" in out
    assert "secret" not in out
    assert main(["why", "2", "--words"]) == 0
    assert "a secret" in capsys.readouterr().out
    assert main(["why", "3"]) == 1
    assert main(["why", "0"]) == 2


def test_where_nothing_is_kept_there_is_nothing_to_tell(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["why"]) == 1
    assert "You haven't asked me anything yet." in capsys.readouterr().out
    assert main(["why", "--list"]) == 1
    assert main(["why", "--counters"]) == 0
    assert not home.exists(), "who only reads leaves nothing behind"


def test_for_machines(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(home)
    main(["why", "--json"])
    document = json.loads(capsys.readouterr().out)
    assert document["why"].startswith("It took 3.4 seconds")
    assert list(document["codes"]) == ["OK", "NPU_CRASHED"]
    assert document["turn"]["figures"]["timings_ms"]["asr"] == 2100.0
    assert [e["code"] for e in document["events"]][:2] == ["SERVICE_STOPPED", "NEAR_MISS"]
    main(["why", "--list", "--json"])
    assert len(json.loads(capsys.readouterr().out)["turns"]) == 2
    main(["why", "--counters", "--json"])
    assert json.loads(capsys.readouterr().out)["counters"]["turns"] == 2


def test_the_list_shows_when_why_and_how_long(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(home)
    main(["why", "--list"])
    rows = capsys.readouterr().out.splitlines()
    assert re.search(r"^1 .* answered +OK +3400 ms +━+$", rows[1].rstrip()), rows
    assert re.search(r"^2 .* answered +OK +700 ms +━", rows[2])


def test_a_clock_that_was_lost_is_said(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(home, wall=False)
    main(["why"])
    assert "clock unknown, 2 s after power-on" in capsys.readouterr().out


def test_a_story_is_of_its_own_turn(tmp_path: Path) -> None:
    write(tmp_path)
    first = story(HistoryReader(tmp_path), 2)
    assert first is not None
    assert [event.code for event in first.events] == ["SERVICE_STARTED"]


def test_the_catalogue_in_the_docs_is_current() -> None:
    assert tables() in (ROOT / "docs" / "reasons.md").read_text(encoding="utf-8")


def test_every_code_that_is_noted_or_counted_is_in_the_catalogue() -> None:
    text = "".join(path.read_text() for path in (ROOT / "appliance").rglob("*.py"))
    noted = re.findall(r"\.note\(\s*\"(\w+)\"", text) + re.findall(r"\.event\(\s*\"(\w+)\"", text)
    assert noted
    assert set(noted) <= set(EVENTS)
    assert set(re.findall(r"\.count\(\s*\"(\w+)\"", text)) <= set(COUNTERS)
    assert not set(EVENTS) & set(REASONS) | set(EVENTS) & set(LAPSES)
