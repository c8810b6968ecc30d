"""Whatever happens to the files and the disk: what was written can be read, in order."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.clock import Moment
from appliance.history.coalesce import MOST, WINDOW_MS, Coalescer, Event
from appliance.history.reader import HistoryReader
from appliance.history.record import Kind, Record
from appliance.history.scribe import COUNTERS_MS, Scribe
from appliance.history.segments import SEGMENTS, newest_first, segments
from appliance.history.spool import BURST, HELD, RETRY_MS, SYNC_MS
from tests.appliance.history.disks import WALL, BadDisk, at

SMALL = 64 * 1024
MINUTE_MS = 60_000


@contextmanager
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="history-") as path:
        yield Path(path)


def scribe(path: Path, disk: BadDisk | None = None, *, words: bool = False) -> Scribe:
    return Scribe(path, SMALL, words=words, disk=(disk or BadDisk()).disk)


def turn(hand: Scribe, n: int, when: Moment) -> None:
    hand.turn("OK", {"turn": n, "timings_ms": {"first_audio": 700.0 + n}}, {}, when)


def numbers(path: Path) -> list[int]:
    """Of the turns that can be read, in the order in which they were."""
    return [r.figures["turn"] for r in HistoryReader(path).turns(10**6)][::-1]


def size(path: Path) -> int:
    return sum(file.stat().st_size for file in path.iterdir())


# -- any order of things ------------------------------------------------------------------------

STEPS = st.lists(
    st.sampled_from(["turn"] * 6 + ["many", "cut", "torn", "zeros", "rubbish", "stop"]),
    max_size=40,
)


@settings(max_examples=60)
@given(STEPS, st.randoms(use_true_random=False))
def test_any_sequence_of_appends_rotations_and_crashes(steps: list[str], random: object) -> None:
    """Everything since the oldest that is kept can be read; each crash costs one turn at most."""
    with folder() as path:
        written, may_be_lost, now = 0, set[int](), 0
        hand = scribe(path)
        hand.start(at(now))
        hand.step(at(now))
        for step in steps:
            now += 5000
            for _ in range({"turn": 1, "many": 120}.get(step, 0)):
                written += 1
                turn(hand, written, at(now))
                hand.step(at(now))
            if step in {"cut", "torn", "zeros", "rubbish", "stop"}:
                if step == "stop":
                    hand.close(at(now))
                hand.ring.close()
                may_be_lost |= _break(path, step, random)
                hand = scribe(path)
                hand.start(at(now))
                hand.step(at(now))
            assert size(path) <= SMALL
        hand.ring.close()
        kept = [n for n in numbers(path) if n not in may_be_lost]
        expected = [n for n in range(1, written + 1) if n not in may_be_lost]
        assert kept == expected[len(expected) - len(kept) :]
        if size(path) < SMALL // 2:
            assert kept == expected, "nothing goes before there is need"
        seqs = [record.seq for record in newest_first(path)]
        assert seqs == sorted(set(seqs), reverse=True)


def _break(path: Path, how: str, random: object) -> set[int]:
    """Break the end of the newest file; returns the turn that this may cost."""
    newest = segments(path)[-1][1]
    data = newest.read_bytes()
    lines = data.split(b"\n")
    last = len(lines[-2]) + 1 if len(lines) > 1 else len(data)
    last_turn = next((r.figures["turn"] for r in newest_first(path) if r.kind is Kind.TURN), 0)
    at_most = random.randint(1, last)  # type: ignore[attr-defined]
    match how:
        case "torn":
            newest.write_bytes(data[:-at_most])
        case "zeros":
            newest.write_bytes(data[:-at_most] + bytes(at_most))
        case "rubbish":
            newest.write_bytes(data + random.randbytes(at_most))  # type: ignore[attr-defined]
    return {last_turn} if how in {"torn", "zeros"} else set()


@settings(max_examples=200)
@given(st.lists(st.binary(max_size=4000).filter(lambda b: b"words" not in b), max_size=9))
def test_any_files_can_be_read_and_written_on(files: list[bytes]) -> None:
    with folder() as path:
        for number, data in enumerate(files):
            (path / f"history-{number:08d}.log").write_bytes(data)
        assert list(newest_first(path)) == []
        assert HistoryReader(path).counters() == {}
        hand = scribe(path)
        hand.start(at(0))
        turn(hand, 1, at(1))
        hand.close(at(2))
        assert numbers(path) == [1]
        for (_, there), data in zip(segments(path), files, strict=False):
            assert len(files) > 7 or there.read_bytes().startswith(data), "nothing goes"


@settings(max_examples=100)
@given(st.data())
def test_a_flipped_bit_costs_two_records_at_most(data: st.DataObject) -> None:
    with folder() as path:
        hand = scribe(path)
        hand.start(at(0))
        for n in range(20):
            turn(hand, n, at(n * 5000))
            hand.step(at(n * 5000))
        hand.ring.close()
        before = [record.seq for record in newest_first(path)]
        file = segments(path)[-1][1]
        whole = bytearray(file.read_bytes())
        bit = data.draw(st.integers(0, len(whole) * 8 - 1))
        whole[bit // 8] ^= 1 << bit % 8
        file.write_bytes(whole)
        assert len(before) - len(list(newest_first(path))) in {1, 2}, "two if it was the newline"


def test_files_of_other_names_and_a_folder_in_a_files_place_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "history-x.log").write_text("?")
    (tmp_path / "history-².log").write_text("?")
    (tmp_path / "history-00000003.log").mkdir()
    assert list(newest_first(tmp_path)) == []
    assert list(newest_first(tmp_path / "nowhere")) == []


# -- order, and how runs end --------------------------------------------------------------------


def test_clocks_that_jump_or_are_lost_do_not_break_the_order(tmp_path: Path) -> None:
    walls = [WALL, None, WALL - timedelta(days=400), WALL + timedelta(days=1), None]
    for n, wall in enumerate(walls):
        hand = scribe(tmp_path)
        hand.start(at(n, f"boot{n:04d}", wall))
        turn(hand, n, at(n + 1, f"boot{n:04d}", wall))
        hand.close(at(n + 2, f"boot{n:04d}", wall))
    assert numbers(tmp_path) == [0, 1, 2, 3, 4]
    times = [record.when.wall for record in HistoryReader(tmp_path).turns(5)][::-1]
    assert [wall is None for wall in times] == [False, True, False, False, True]
    assert times[2] is not None
    assert times[2].tzinfo is UTC


def test_a_clock_before_this_program_is_no_clock() -> None:
    from appliance import clock  # noqa: PLC0415

    now = clock.moment()
    assert now.boot
    assert now.boot_ms > 0
    assert now.wall is None or now.wall >= datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("stopped", "boot", "code", "counted"),
    [
        (True, "aaaaaaaa", None, {"service_restarts": 1}),
        (True, "bbbbbbbb", None, {}),
        (False, "aaaaaaaa", "SERVICE_DIED", {"service_restarts": 1, "service_deaths": 1}),
        (False, "bbbbbbbb", "POWER_CUT", {"power_cuts": 1}),
    ],
)
def test_how_the_last_run_ended_is_known(
    tmp_path: Path, *, stopped: bool, boot: str, code: str | None, counted: dict[str, int]
) -> None:
    hand = scribe(tmp_path)
    hand.start(at(0))
    turn(hand, 1, at(1))
    hand.step(at(1))
    if stopped:
        hand.close(at(2))
    hand.ring.close()
    again = scribe(tmp_path)
    again.start(at(3, boot))
    again.step(at(3, boot))
    again.ring.close()
    events = [event.code for event in HistoryReader(tmp_path).events(10)]
    assert ("SERVICE_DIED" in events, "POWER_CUT" in events) == (
        code == "SERVICE_DIED",
        code == "POWER_CUT",
    )
    assert HistoryReader(tmp_path).counters() == counted


def test_a_torn_line_costs_no_other(tmp_path: Path) -> None:
    hand = scribe(tmp_path)
    hand.start(at(0))
    turn(hand, 1, at(1))
    hand.step(at(1))
    hand.ring.close()
    newest = segments(tmp_path)[-1][1]
    newest.write_bytes(newest.read_bytes()[:-5])
    again = scribe(tmp_path)
    again.start(at(2))
    again.step(at(2))
    again.ring.close()
    assert [e.code for e in HistoryReader(tmp_path).events(9)] == [
        *("SERVICE_STARTED", "SERVICE_DIED", "SERVICE_STARTED"),
    ]


def test_whoever_is_cut_off_while_rotating_again_and_again_keeps_no_more(tmp_path: Path) -> None:
    for number in range(1, SEGMENTS + 4):  # each was begun, and none was dropped any more
        (tmp_path / f"history-{number:08d}.log").write_bytes(b"x" * (SMALL // 8 - 500) + b"\n")
    hand = scribe(tmp_path)
    hand.start(at(0))
    hand.step(at(0))
    hand.ring.close()
    assert len(segments(tmp_path)) == SEGMENTS
    assert size(tmp_path) <= SMALL


# -- counters -----------------------------------------------------------------------------------


def test_counters_outlive_restarts_and_the_oldest_segment(tmp_path: Path) -> None:
    hand = scribe(tmp_path)
    hand.start(at(0))
    hand.count({"false_wakes": 3}, at(0))
    for n in range(2000):  # many times the size
        turn(hand, n, at(n * 5000))
        hand.step(at(n * 5000))
    hand.ring.close()
    assert HistoryReader(tmp_path).counters()["false_wakes"] == 3
    again = scribe(tmp_path)
    again.start(at(0, "bbbbbbbb"))
    again.count({"false_wakes": 1}, at(0))
    again.close(at(1, "bbbbbbbb"))
    assert HistoryReader(tmp_path).counters() == {"false_wakes": 4, "power_cuts": 1}


def test_counters_alone_are_written_once_a_minute(tmp_path: Path) -> None:
    hand = scribe(tmp_path)
    hand.start(at(0))
    hand.step(at(0))
    syncs = hand.ring.syncs
    for ms in range(1000, 10 * MINUTE_MS, 1000):
        hand.count({"near_misses": 1}, at(ms))
        hand.step(at(ms))
    assert hand.ring.syncs - syncs <= 10 * MINUTE_MS / COUNTERS_MS
    assert HistoryReader(tmp_path).counters()["near_misses"] >= 599 - COUNTERS_MS // 1000
    hand.close(at(10 * MINUTE_MS))
    assert HistoryReader(tmp_path).counters()["near_misses"] == 599


# -- how often, how much ------------------------------------------------------------------------


@pytest.mark.slow
def test_the_bounds_hold_for_100000_turns(tmp_path: Path) -> None:
    """As many turns as in 30 years of ten a day; one write and one wait for the disk each."""
    turns, most = 100_000, 4 << 20
    hand = Scribe(tmp_path, most, words=False, disk=BadDisk().disk)
    hand.start(at(0))
    for n in range(turns):
        now = at(n * 5000)
        hand.count({"turns": 1}, now)
        turn(hand, n, now)
        hand.step(now)
        if n % 1000 == 0:
            assert size(tmp_path) <= most
    hand.close(at(turns * 5000))
    assert most * 0.7 < size(tmp_path) <= most
    assert hand.ring.syncs <= turns * 1.002, "and one for each new segment"
    assert hand.ring.written_bytes <= turns * 400
    assert numbers(tmp_path)[-1] == turns - 1
    assert HistoryReader(tmp_path).counters() == {"turns": turns}


def test_a_storm_of_events_is_counted_not_written(tmp_path: Path) -> None:
    hand = scribe(tmp_path)
    hand.start(at(0))
    for ms in range(10 * MINUTE_MS):
        if ms % 10 == 0:
            hand.event("MIC_GONE", {"device": "usb", "n": ms}, at(ms))
            hand.step(at(ms))
    hand.close(at(10 * MINUTE_MS))
    told = [e for e in HistoryReader(tmp_path).events(1000) if e.code == "MIC_GONE"]
    assert len(told) <= 2 * 10 * MINUTE_MS / WINDOW_MS
    assert sum(event.figures.get("times", 1) for event in told) == 60_000
    assert hand.ring.syncs <= len(told) + 2


def test_what_differs_in_its_labels_is_told_apart_what_differs_in_numbers_is_not() -> None:
    together = Coalescer()
    first, other = Event("X", {"part": "asr", "n": 1}, at(0)), Event("X", {"part": "tts"}, at(1))
    assert together.take(first) is first
    assert together.take(other) is other
    assert together.take(Event("X", {"part": "asr", "n": 2}, at(2))) is None
    assert together.due(WINDOW_MS - 1) == []
    assert [e.figures for e in together.due(WINDOW_MS)] == [{"part": "asr", "n": 2, "times": 1}]
    assert together.due(2 * WINDOW_MS) == []
    assert together.next_due_ms() is None


def test_more_different_events_than_anybody_could_read_are_one() -> None:
    together = Coalescer()
    taken = [together.take(Event(f"E{n}", {}, at(0))) for n in range(MOST + 50)]
    assert [e.code for e in taken if e][-1] == "EVENTS_MANY"
    assert len([e for e in taken if e]) == MOST + 1


def test_bursts_reach_the_disk_at_once_storms_do_not(tmp_path: Path) -> None:
    hand = Scribe(tmp_path, 4 << 20, words=False, disk=BadDisk().disk)
    hand.start(at(0))
    for n in range(BURST - 1):
        turn(hand, n, at(0))
        hand.step(at(0))
    assert hand.ring.syncs == BURST - 1
    for n in range(1000):
        turn(hand, n, at(n))
        hand.step(at(n))
    assert hand.ring.syncs <= BURST + 2
    assert hand.step(at(999)) == SYNC_MS


# -- disks that fail ----------------------------------------------------------------------------


def test_a_full_disk_loses_nothing_that_was_there_and_little_after(tmp_path: Path) -> None:
    disk = BadDisk()
    hand = scribe(tmp_path, disk)
    hand.start(at(0))
    turn(hand, 1, at(1))
    hand.step(at(1))
    disk.room = 100  # half a record goes in
    turn(hand, 2, at(2))
    hand.step(at(2))
    assert hand.failure is not None
    for n in range(3, 50):
        turn(hand, n, at(n * 100))
        hand.step(at(n * 100))
    assert numbers(tmp_path) == [1]
    disk.room = None
    hand.step(at(RETRY_MS // 2))
    assert hand.failure is not None, "not all the time"
    hand.step(at(3 * RETRY_MS))
    assert hand.failure is None
    assert numbers(tmp_path) == list(range(1, 50))
    assert next(e.code for e in HistoryReader(tmp_path).events(5)) == "HISTORY_FAILED"
    hand.ring.close()


def test_a_disk_that_stays_full_costs_the_oldest_and_says_how_many(tmp_path: Path) -> None:
    disk = BadDisk()
    hand = scribe(tmp_path, disk)
    hand.start(at(0))
    hand.step(at(0))
    disk.room = 0
    for n in range(HELD + 100):
        turn(hand, n, at(n * 1000))
        hand.step(at(n * 1000))
        assert len(segments(tmp_path)) == 1, "no litter"
    disk.room = None
    late = at((HELD + 100) * 1000 + RETRY_MS)
    hand.close(late)
    kept = numbers(tmp_path)
    assert kept == list(range(kept[0], HELD + 100))
    lost = HistoryReader(tmp_path).counters()["history_lost"]
    assert kept[0] <= lost <= kept[0] + 3, "the oldest event counts, too"
    assert "HISTORY_LOST" in {e.code for e in HistoryReader(tmp_path).events(5)}


def test_after_a_failed_sync_what_is_in_doubt_is_written_again_and_read_once(
    tmp_path: Path,
) -> None:
    disk = BadDisk()
    hand = scribe(tmp_path, disk)
    hand.start(at(0))
    turn(hand, 1, at(0))
    hand.step(at(0))
    disk.can_sync = False
    turn(hand, 2, at(5000))
    hand.step(at(5000))
    assert hand.failure is not None
    disk.can_sync = True
    turn(hand, 3, at(5000 + RETRY_MS))
    hand.step(at(5000 + RETRY_MS))
    written = segments(tmp_path)[-1][1].read_bytes()
    assert [written.count(b'{"turn":%d,' % n) for n in (1, 2, 3)] == [1, 2, 1]
    assert numbers(tmp_path) == [1, 2, 3]
    hand.ring.close()


@given(st.lists(st.tuples(st.booleans(), st.none() | st.integers(0, 900)), max_size=40))
@settings(max_examples=60)
def test_any_moods_of_the_disk(moods: list[tuple[bool, int | None]]) -> None:
    """What was synced stays; what waits is written when it can be; each turn comes once."""
    with folder() as path:
        disk = BadDisk()
        disk.largest_write = 77  # and it takes little at a time
        hand = scribe(path, disk)
        hand.start(at(0))
        for n, (disk.can_sync, disk.room) in enumerate(moods):
            turn(hand, n, at(n * RETRY_MS))
            hand.step(at(n * RETRY_MS))
        disk.can_sync, disk.room = True, None
        hand.close(at(len(moods) * RETRY_MS))
        assert numbers(path) == list(range(len(moods)))


def test_only_one_writes(tmp_path: Path) -> None:
    hand = scribe(tmp_path)
    hand.start(at(0))
    other = scribe(tmp_path)
    with pytest.raises(BlockingIOError):
        other.start(at(1))
    hand.close(at(2))
    other.start(at(3))
    other.close(at(4))


# -- words --------------------------------------------------------------------------------------


def test_words_are_kept_only_where_they_are_wanted_and_go_when_they_are_not(tmp_path: Path) -> None:
    said = {"heard": "where is my pension", "said": "In the drawer." * 100}
    for words in (True, False):
        hand = scribe(tmp_path, words=words)
        hand.start(at(0))
        hand.turn("OK", {"turn": int(words)}, said, at(1))
        hand.close(at(2))
        there = b"pension" in b"".join(p.read_bytes() for _, p in segments(tmp_path))
        assert there is words
    turns = HistoryReader(tmp_path).turns(5)
    assert [t.figures["turn"] for t in turns] == [0, 1], "the turns stay"
    assert all(not t.words for t in turns)


def test_files_are_for_their_owners_eyes(tmp_path: Path) -> None:
    hand = scribe(tmp_path)
    hand.start(at(0))
    hand.close(at(1))
    assert {p.stat().st_mode & 0o077 for _, p in segments(tmp_path)} == {0}


def test_a_copied_folder_can_be_read(tmp_path: Path) -> None:
    hand = scribe(tmp_path / "there")
    hand.start(at(0))
    turn(hand, 1, at(1))
    hand.step(at(1))
    shutil.copytree(tmp_path / "there", tmp_path / "here")
    hand.ring.close()
    assert numbers(tmp_path / "here") == [1]
    kinds = Counter(record.kind for record in newest_first(tmp_path / "here"))
    assert kinds[Kind.TURN] == 1
    assert isinstance(next(newest_first(tmp_path / "here")), Record)
