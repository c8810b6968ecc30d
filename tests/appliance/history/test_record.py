"""Records: what was written is read again, what was changed is not, and no words get in."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from appliance.clock import Moment
from appliance.history.record import LONGEST, Kind, Record, clean, decode, encode

WALLS = st.none() | st.integers(0, 10**11).map(lambda s: datetime.fromtimestamp(s, UTC))
MOMENTS = st.builds(
    Moment, st.text("0123456789abcdef", min_size=8, max_size=8), st.integers(0, 2**50), WALLS
)
FIGURES = st.dictionaries(
    st.sampled_from(["score", "worker", "ms"]),
    st.integers(-(2**60), 2**60) | st.booleans() | st.sampled_from(["asr", "NPU_STUCK"]),
)
RECORDS = st.builds(
    Record,
    st.integers(0, 2**60),
    MOMENTS,
    st.sampled_from(Kind),
    st.sampled_from(["", "OK", "POWER_CUT"]),
    FIGURES,
    st.dictionaries(st.sampled_from(["heard", "said"]), st.text(max_size=40).map(str.strip)),
)


@given(RECORDS)
def test_what_was_written_is_read_again(record: Record) -> None:
    line = encode(record)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    read = decode(line[:-1])
    assert read is not None
    changed = {k: t.encode("utf-8", "replace").decode() for k, t in record.words.items()}
    assert read == Record(
        record.seq, record.when, record.kind, record.code, record.figures, changed
    )


@given(RECORDS, st.data())
def test_a_line_that_was_torn_or_changed_is_no_record(record: Record, data: st.DataObject) -> None:
    line = bytearray(encode(record)[:-1])
    bit = data.draw(st.integers(0, len(line) * 8 - 1))
    line[bit // 8] ^= 1 << bit % 8
    assert decode(bytes(line)) is None
    assert decode(encode(record)[: data.draw(st.integers(0, len(line) - 1))]) is None


@given(st.binary(max_size=300))
def test_rubbish_is_no_record(rubbish: bytes) -> None:
    assert decode(rubbish) is None


@given(st.binary(max_size=300) | st.integers(900, 4000).map(lambda n: b"[" * n))
def test_rubbish_with_the_right_checksum_is_no_record(rubbish: bytes) -> None:
    check = __import__("zlib").crc32(rubbish)
    assert decode(f"{check:08x} ".encode() + rubbish) is None


@given(st.recursive(st.text() | st.floats() | st.integers() | st.none(), st.lists))
def test_figures_are_numbers_and_labels(value: object) -> None:
    text = json.dumps(clean(value), allow_nan=False)
    assert " " not in text.replace(", ", ",")


def test_a_sentence_is_no_figure() -> None:
    assert clean({"said": "reset the device", "part": "asr", "ms": math.inf, "it is": 1}) == {
        "said": "?",
        "part": "asr",
        "ms": None,
        "?": 1,
    }


def test_a_record_never_is_longer_than_a_line_may_be() -> None:
    now = Moment("0" * 8, 1, None)
    wordy = Record(1, now, Kind.TURN, "OK", {"ms": 1}, {"said": "\N{GRINNING FACE}" * LONGEST})
    assert len(encode(wordy)) <= LONGEST
    read = decode(encode(wordy)[:-1])
    assert read is not None
    assert read.figures == {"ms": 1}
    huge = Record(1, now, Kind.TURN, "OK", {"scores": [0.123] * LONGEST})
    assert len(encode(huge)) <= LONGEST
    assert decode(encode(huge)[:-1]) is not None
