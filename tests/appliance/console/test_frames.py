"""Frames survive or are refused; nothing on the line is mistaken for one."""

from __future__ import annotations

import string
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from appliance.console.frames import (
    FRAME_BYTES,
    MOST_CHARS,
    Assembly,
    Frame,
    Kind,
    Splitter,
    again,
    cut,
    decode,
    encode,
    wanted,
)
from tests.appliance.console.support import KERNEL

ids = st.text("0123456789abcdef", min_size=8, max_size=8)
documents = st.text([chr(code) for code in range(32, 127)], max_size=600)
frames = st.builds(lambda id_, text: cut(Kind.ANSWER, id_, text), ids, documents)


@given(frames, st.lists(st.integers(1, 40), max_size=40))
def test_frames_arrive_in_whatever_pieces_the_line_cuts_them(
    sent: list[Frame], sizes: list[int]
) -> None:
    data = b"".join(map(encode, sent))
    splitter, got = Splitter(), []
    for size in [*sizes, len(data)]:
        got += list(splitter.feed(data[:size]))
        data = data[size:]
    assert got == sent
    assert splitter.spoilt == 0


@given(documents, ids, st.randoms())
def test_pieces_in_any_order_and_twice_make_the_document(
    document: str, id_: str, random: Random
) -> None:
    pieces = cut(Kind.ANSWER, id_, document) * 2
    random.shuffle(pieces)
    assembly = Assembly(pieces[0].parts)
    for piece in pieces:
        assembly.add(piece)
    assert assembly.document == document


@given(frames, st.data())
def test_no_frame_with_up_to_three_wrong_bytes_is_accepted(
    sent: list[Frame], data: st.DataObject
) -> None:
    line = bytearray(encode(sent[0])[1:-1])
    places = data.draw(st.lists(st.integers(0, len(line) - 1), min_size=1, max_size=3, unique=True))
    for place in places:
        line[place] ^= data.draw(st.integers(1, 255))
    assert decode(bytes(line)) is None


@given(st.binary(max_size=400))
def test_no_bytes_disturb_the_splitter_for_longer_than_a_line(noise: bytes) -> None:
    splitter = Splitter()
    for _ in splitter.feed(noise):
        pass
    frame = Frame(Kind.ASK, "0badcafe", 0, 1, "{}")
    assert frame in list(splitter.feed(b"\n" + encode(frame)))
    assert splitter._frame is None


def test_the_kernel_may_speak_before_between_and_amid_frames() -> None:
    first, second = cut(Kind.ANSWER, "00000001", "x" * 60)
    splitter = Splitter()
    data = KERNEL + encode(first) + KERNEL.rstrip() + encode(second)
    assert [item for item in splitter.feed(data) if isinstance(item, Frame)] == [first, second]
    broken = encode(first)[:20] + KERNEL + encode(first)[20:]
    assert not [item for item in splitter.feed(broken) if isinstance(item, Frame)]


def test_a_person_can_type_after_noise_that_looked_like_a_frame() -> None:
    splitter = Splitter()
    assert list(splitter.feed(b"\x1estat")) == []
    assert list(splitter.feed(b"\x03status\r")) == [b"\x03", b"status", b"\r"]
    assert splitter.spoilt == 1


def test_every_frame_fits_its_bound_and_the_longest_document_its_parts() -> None:
    longest = cut(Kind.ANSWER, "f" * 8, "x" * MOST_CHARS)
    assert max(len(encode(frame)) for frame in longest) <= FRAME_BYTES
    assert all(decode(encode(frame)[1:-1]) == frame for frame in longest)


@given(st.lists(st.integers(0, 998), unique=True), ids)
def test_missing_pieces_are_named_and_understood(missing: list[int], id_: str) -> None:
    asked = [wanted(frame) for frame in again(id_, missing)]
    assert [n for part in asked if part is not None for n in part] == missing
    assert all(len(encode(frame)) <= FRAME_BYTES for frame in again(id_, missing))


def test_punctuation_is_no_frame() -> None:
    for sign in string.punctuation:
        assert decode(sign.encode() * 30) is None
