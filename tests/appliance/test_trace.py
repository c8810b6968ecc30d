"""Traces: what is written is read again, nothing private is in them, nothing breaks the reader."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance import trace
from appliance.errors import ApplianceError
from appliance.replay.reader import read_sound, read_trace
from appliance.trace import TraceWriter
from audio.format import FRAME_S, RATE_HZ
from tests.appliance.replay import support
from tests.appliance.replay.support import header, reading, tell, tone, write


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_what_happened_is_read_again(tmp_path: Path) -> None:
    told = read_trace(write(tmp_path / "a.trace", words=True))
    assert told.header == header(words=True)
    assert not told.cut
    assert len(told.heard) == round(support.LENGTH_S / FRAME_S)
    assert max(one.speech for one in told.heard) == 0.97
    assert {one.at_s for one in told.heard if one.scores["hey jarvis"] > 0.5} <= {
        round(n * FRAME_S, 3) for n in range(34, 51)
    }
    assert told.states == support.STATES
    assert sum(piece.samples for piece in told.played) == 2.5 * support.VOICE_HZ
    assert told.played[-1].until_s == pytest.approx(support.OVER_S)
    turn = told.turns[0]
    assert (turn.transcript, turn.spoken) == (support.HEARD, support.SAID)
    assert (turn.outcome, turn.reason, turn.asked_s) == ("answered", "OK", support.END_S)
    assert turn.stages == support.STAGES
    assert turn.speech == support.SPEECH_S


def test_words_and_sound_are_private_unless_asked_for(tmp_path: Path) -> None:
    path = write(tmp_path / "a.trace")
    text = path.read_text()
    assert not [word for word in support.PRIVATE if word in text]
    assert not [record for record in lines_of(path) if "pcm" in record]
    turn = read_trace(path).turns[0]
    assert (turn.heard_words, turn.said_words) == (6, 5), "how many they were is no secret"


def test_sound_is_kept_only_with_the_owners_consent_and_in_its_place(tmp_path: Path) -> None:
    path = write(tmp_path / "a.trace", sound=True)
    assert not [word for word in support.PRIVATE if word in path.read_text()]
    heard, played = read_sound(path, 1.0, 5.0)
    assert (len(heard.samples), heard.rate_hz) == (4 * RATE_HZ, RATE_HZ)
    expected = np.concatenate([reading(n).frame.samples for n in range(160)])
    np.testing.assert_array_equal(heard.samples, expected[RATE_HZ : 5 * RATE_HZ])
    assert not played.samples[: 3 * support.VOICE_HZ - 1].any(), "the reply began at 4 s"
    expected = tone(440, 1.0, support.VOICE_HZ)
    np.testing.assert_array_equal(played.samples[3 * support.VOICE_HZ :], expected)


def test_the_file_is_for_its_owners_eyes_only(tmp_path: Path) -> None:
    path = tmp_path / "a.trace"
    path.write_text("older")
    path.chmod(0o644)
    write(path)
    assert path.stat().st_mode & 0o777 == 0o600


def test_what_happened_a_moment_ago_is_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trace, "SYNC_S", 0.01)
    with TraceWriter(tmp_path / "a.trace", header()) as writer:
        writer.reading(reading(0))
        for _ in range(500):
            if read_trace(tmp_path / "a.trace").heard:
                return
            threading.Event().wait(0.01)
    pytest.fail("nothing was written before the end")


def test_a_disk_that_fails_ends_the_trace_not_the_conversation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trace, "SYNC_S", 0.01)
    os.mkfifo(tmp_path / "pipe")  # what nobody reads any more cannot be written
    end = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    with TraceWriter(tmp_path / "pipe", header()) as writer:
        os.close(end)
        tell(writer)
    assert writer.failure is not None
    assert writer.failure.code == "TRACE-WRITE"
    tell(writer)  # still harmless


def test_a_trace_that_grew_too_large_ends_and_what_it_holds_can_be_read(tmp_path: Path) -> None:
    room = 2_000
    with TraceWriter(tmp_path / "a.trace", header(), trace.LONGEST_LINE + room) as writer:
        for number in range(500):
            writer.reading(reading(number))
    assert writer.failure is not None
    assert writer.failure.code == "TRACE-FULL"
    assert (tmp_path / "a.trace").stat().st_size < 2 * room
    assert read_trace(tmp_path / "a.trace").heard


def test_a_folder_that_does_not_exist_is_told(tmp_path: Path) -> None:
    with pytest.raises(ApplianceError) as caught:
        write(tmp_path / "nowhere" / "a.trace")
    assert caught.value.code == "TRACE-WRITE"


def test_a_slow_disk_costs_the_oldest_records_and_they_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trace, "WAITING_LINES", 10)
    with TraceWriter(tmp_path / "a.trace", header()) as writer:
        for number in range(25):
            writer.reading(reading(number))
    assert writer.lost == 15
    kept = [one.at_s for one in read_trace(tmp_path / "a.trace").heard]
    assert kept == [round((n + 1) * FRAME_S, 3) for n in range(15, 25)]


# -- the reader ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("trace") / "a.trace"
    with TraceWriter(path, header(words=True, sound=True)) as writer:
        writer.reading(reading(0))
        writer.turn(support.turn())
        writer.played(tone(440, 0.1), RATE_HZ, 1.0)
    return path.read_bytes()


def refused(path: Path, data: bytes) -> ApplianceError | None:
    """Why the reader refuses it, if it does; whatever else it raises fails the test."""
    path.write_bytes(data)
    try:
        read_trace(path)
        read_sound(path, 0.0, 2.0)
    except ApplianceError as error:
        told = error
    else:
        return None
    assert all((told.what, told.cause, told.remedy))
    return told


@given(st.data())
def test_a_power_cut_costs_the_last_line_only(
    tmp_path_factory: pytest.TempPathFactory, whole: bytes, data: st.DataObject
) -> None:
    begins = whole.rstrip(b"\n").rindex(b"\n") + 1
    cut = data.draw(st.integers(begins + 1, len(whole) - 2))
    path = tmp_path_factory.getbasetemp() / "cut.trace"
    path.write_bytes(whole[:cut])
    told = read_trace(path)
    assert told.cut
    assert (len(told.heard), len(told.turns), len(told.played)) == (1, 1, 0)


@given(st.binary(max_size=300))
def test_garbage_is_no_trace(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    error = refused(tmp_path_factory.getbasetemp() / "garbage.trace", data)
    assert error is not None
    assert error.code == "TRACE-FORMAT"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda part: (
        st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=5), part, max_size=3)
    ),
    max_leaves=6,
)


@given(st.data())
def test_a_value_that_is_not_as_it_should_be_is_an_error_never_a_crash(
    tmp_path_factory: pytest.TempPathFactory, whole: bytes, data: st.DataObject
) -> None:
    lines = [json.loads(line) for line in whole.splitlines()]
    record = data.draw(st.sampled_from(lines))
    record[data.draw(st.sampled_from(sorted(record)))] = data.draw(JSON)
    damaged = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    error = refused(tmp_path_factory.getbasetemp() / "damaged.trace", damaged)
    assert error is None or error.code in {"TRACE-FORMAT", "TRACE-BROKEN"}


@given(st.data())
def test_flipped_bytes_are_an_error_never_a_crash(
    tmp_path_factory: pytest.TempPathFactory, whole: bytes, data: st.DataObject
) -> None:
    damaged = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    refused(tmp_path_factory.getbasetemp() / "flipped.trace", bytes(damaged))


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (lambda whole: whole.replace(b"trace/1", b"trace/2"), "TRACE-FORMAT"),
        (lambda _whole: b"", "TRACE-FORMAT"),
        (lambda whole: whole[:40], "TRACE-FORMAT"),
        (lambda whole: whole.replace(b'"k":"turn"', b'"k":7'), "TRACE-BROKEN"),
        (lambda whole: whole + b"[" * 100_000 + b"\n", "TRACE-BROKEN"),
        (lambda whole: whole + b"x" * (2 << 20), "TRACE-BROKEN"),
        (lambda whole: whole + b'{"k":"state","t":NaN,"state":"idle"}\n', "TRACE-BROKEN"),
        (
            lambda whole: whole + b'{"k":"state","t":1' + b"0" * 400 + b',"state":""}\n',
            "TRACE-BROKEN",
        ),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, whole: bytes, damage: Any, code: str) -> None:
    error = refused(tmp_path / "a.trace", damage(whole))
    assert error is not None
    assert error.code == code


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ApplianceError) as caught:
        read_trace(tmp_path / "none.trace")
    assert caught.value.code == "TRACE-READ"


def test_records_of_a_later_program_are_passed_over(tmp_path: Path, whole: bytes) -> None:
    assert refused(tmp_path / "a.trace", whole + b'{"k":"weather","t":1}\n') is None
