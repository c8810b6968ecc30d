"""The bundle's file: bounded, the same bytes at the same moment, and checked where it is opened."""

from __future__ import annotations

import io
import json
import random
from pathlib import Path

import pytest

from appliance.bundle.contents import Places, entries
from appliance.bundle.parcel import MANIFEST, Entry, pack, unpack
from appliance.bundle.redact import shown
from appliance.clock import Moment
from appliance.config import load_config
from appliance.errors import ApplianceError
from appliance.history.record import Kind, Record, encode


def packed(*found: Entry, most_bytes: int = 1 << 20) -> bytes:
    file = io.BytesIO()
    pack(file, found, {"device": "fake"}, 1_700_000_000, most_bytes)
    return file.getvalue()


def test_what_was_packed_is_there_and_the_bytes_are_always_the_same(tmp_path: Path) -> None:
    found = [Entry("status.json", b"{}"), Entry("proc/uptime.txt", b"1.0 2.0\n")]
    (tmp_path / "b").write_bytes(packed(*found))
    files = unpack(tmp_path / "b")
    assert json.loads(files.pop(MANIFEST))["device"] == "fake"
    assert files == dict(found)
    assert packed(*found) == packed(*found)


def test_what_does_not_fit_is_left_out_and_named(tmp_path: Path) -> None:
    noise = random.Random(1).randbytes(100_000)
    found = [Entry(f"n{number}.log", noise) for number in range(5)]
    data = packed(*found, Entry("small.json", b"{}"), most_bytes=300_000)
    assert len(data) <= 300_000
    (tmp_path / "b").write_bytes(data)
    files = unpack(tmp_path / "b")
    assert json.loads(files[MANIFEST])["left_out"] == ["n2.log", "n3.log", "n4.log"]
    assert files["small.json"] == b"{}"


def test_no_damaged_file_is_taken_for_a_bundle(tmp_path: Path) -> None:
    whole, path = packed(Entry("status.json", b"{}" * 500)), tmp_path / "b"
    chance = random.Random(2)
    for _ in range(300):
        data = bytearray(whole)
        if chance.random() < 0.3:
            del data[chance.randrange(len(data)) :]
        for _ in range(3):
            if data:
                data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        path.write_bytes(data)
        try:
            assert unpack(path)["status.json"] == b"{}" * 500
        except ApplianceError as error:
            assert error.code == "BUNDLE-DAMAGED"  # noqa: PT017


def test_words_go_along_only_where_they_are_wanted(tmp_path: Path) -> None:
    record = Record(1, Moment("b", 5, None), Kind.TURN, "OK", {}, {"heard": "the secret"})
    (tmp_path / "history-00000001.log").write_bytes(encode(record))
    places = Places(tmp_path, tmp_path)
    for words in (False, True):
        found = dict(entries(places, {}, {}, words=words))
        assert "history/history-00000001.log" in found
        assert (b"the secret" in b"".join(found.values())) is words


def test_the_configuration_names_no_things_of_people(tmp_path: Path) -> None:
    overlay = tmp_path / "c.toml"
    overlay.write_text(
        '[devices]\nmicrophone = "Annas headset"\n'
        '[knowledge]\npack = "/home/anna/a.pack"\n[console]\nservice_key = "/home/anna/k"\n'
    )
    table = shown(load_config("bundled", overlay))
    assert "nna" not in str(table)
    assert table["profile"] == "bundled"
    assert table["devices"]["microphone"] == "(set)"
    assert table["voice"]["engine"] == "espeak"


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ApplianceError, match="cannot read"):
        unpack(tmp_path / "absent")
