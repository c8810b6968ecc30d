"""The door to the NPU, with the fake library behind it: what it refuses, what it survives."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from appliance.engines.rknn.port import Array
from appliance.engines.rknn.session import RknnSession
from appliance.engines.rknn.versions import Versions, library_version, reported
from appliance.errors import EngineError
from tests.appliance.engines.rknn.conftest import Moods
from tests.appliance.engines.rknn.graphs import FRAMES, PIECES, TOOLKIT, sensevoice_folder

INPUT = np.zeros((1, FRAMES + 4, 560), np.float32)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return sensevoice_folder(tmp_path / "model") / "sensevoice.rknn"


@pytest.fixture
def session(model: Path, moods: Moods) -> Iterator[RknnSession]:
    made = RknnSession(model, toolkit=TOOLKIT, library=model.parent / "librknnrt.so")
    yield made
    made.release()


def code_of(session: RknnSession) -> str:
    with pytest.raises(EngineError) as caught:
        session.load()
    assert caught.value.cause
    assert caught.value.remedy
    return caught.value.code


def test_a_network_is_loaded_run_and_let_go(session: RknnSession) -> None:
    session.load()
    assert session.versions == Versions("2.3.2", "0.9.8")
    (logits,) = session.run([INPUT])
    assert logits.shape == (1, FRAMES + 4, len(PIECES))
    session.release()
    session.release()
    with pytest.raises(EngineError) as caught:
        session.run([INPUT])
    assert caught.value.code == "ENG-ASR-STATE"


def test_outputs_are_the_librarys_own_buffers(session: RknnSession) -> None:
    session.load()
    (first,) = session.run([INPUT])
    kept = first.copy()
    session.run([np.full_like(INPUT, 2.0)])
    assert not np.array_equal(first, kept)  # overwritten, as the port's docstring warns


@pytest.mark.parametrize(
    ("mood", "code"),
    [
        ("no driver", "ENG-NPU-INIT"),
        ("no memory", "ENG-NPU-INIT"),
        ("not aarch64", "ENG-NPU-CALL"),
        ("other runtime", "ENG-RKNN-VERSION"),
        ("old driver", "ENG-RKNN-VERSION"),
    ],
)
def test_what_cannot_be_used_says_why_and_the_next_try_works(
    session: RknnSession, moods: Moods, mood: str, code: str
) -> None:
    moods(init=[mood])
    assert code_of(session) == code
    session.load()
    assert session.run([INPUT])


def test_unknown_versions_are_not_refused(session: RknnSession, moods: Moods) -> None:
    moods(init=["no report"])
    session.load()
    assert session.versions == Versions(None, None)


def test_a_runtime_of_another_version_is_not_even_tried(session: RknnSession, model: Path) -> None:
    library = model.parent / "librknnrt.so"
    library.write_bytes(b"\x7fELF" + bytes(9000) + b"librknnrt version: 2.2.0 (c195366594@2024)\0")
    assert code_of(session) == "ENG-RKNN-VERSION"
    assert "rknnlite" not in sys.modules


def test_what_the_network_says_of_its_toolkit_counts_more_than_the_settings(
    session: RknnSession, model: Path
) -> None:
    """Its header, as toolkits 2.3.2 and 2.5.0 write it."""
    header = b"RKNN\0\0rk3576\0\x3e\0" + b"2.5.0(compiler version: 2.5.0 (74ea630ce@2026-09-29))"
    model.write_bytes(header + model.read_bytes())
    library = model.parent / "librknnrt.so"
    library.write_bytes(b"librknnrt version: 2.3.2 (429f97ae6b@2025)\0")
    with pytest.raises(EngineError, match=r"rknn-toolkit2 2\.5\.0"):
        session.load()


def test_no_library_says_where_to_get_it(model: Path) -> None:
    session = RknnSession(model, toolkit=TOOLKIT)
    with pytest.raises(EngineError, match="rknn-toolkit-lite2") as caught:
        session.load()
    assert caught.value.code == "ENG-NO-RKNN"


@pytest.mark.parametrize("data", [b"", b"<html>", b'RKNN{"toolkit": "2.3.2"}\n\xff\xff'])
def test_a_damaged_network_is_refused(session: RknnSession, model: Path, data: bytes) -> None:
    model.write_bytes(data)
    assert code_of(session) == "ENG-NPU-INIT"


def test_a_truncated_or_missing_network_is_refused(session: RknnSession, model: Path) -> None:
    model.write_bytes(model.read_bytes()[:-1000])
    assert code_of(session) == "ENG-NPU-INIT"
    model.unlink()
    assert code_of(session) == "ENG-NO-MODEL"


@pytest.mark.parametrize(("cores", "mask"), [("auto", 0), ("0", 1), ("1", 2), ("0+1", 3)])
def test_cores_are_those_of_the_chip(model: Path, moods: Moods, cores: str, mask: int) -> None:
    session = RknnSession(model, toolkit=TOOLKIT, cores=cores)
    session.load()
    assert session._lite.core_mask == mask
    session.release()


def test_an_older_library_makes_new_outputs_each_time(
    session: RknnSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """rknn-toolkit-lite2 before 2.5.0 has no `reuse_outputs`."""
    from rknnlite.api import RKNNLite  # noqa: PLC0415 - the fake, which `session` put there

    now = RKNNLite.inference

    def before(self: RKNNLite, inputs: list[Array]) -> list[Array] | None:
        outputs: list[Array] | None = now(self, inputs)
        return outputs

    monkeypatch.setattr(RKNNLite, "inference", before)
    session.load()
    (first,) = session.run([INPUT])
    kept = first.copy()
    session.run([np.full_like(INPUT, 2.0)])
    assert np.array_equal(first, kept)


def test_cores_that_do_not_exist_are_refused(model: Path) -> None:
    assert code_of(RknnSession(model, toolkit=TOOLKIT, cores="2")) == "ENG-NPU-CORES"


@pytest.mark.parametrize("mood", ["none", "nones", "no memory"])
def test_false_success_costs_one_run(session: RknnSession, moods: Moods, mood: str) -> None:
    session.load()
    moods(run=[mood])
    with pytest.raises(EngineError) as caught:
        session.run([INPUT])
    assert caught.value.code == "ENG-ASR-FAILED"
    assert session.run([INPUT])


@pytest.mark.parametrize(
    "inputs",
    [
        [],
        [INPUT[:, 1:]],
        [INPUT[0]],
        [INPUT.astype(np.float64)],
        [INPUT, INPUT],
    ],
    ids=["none", "shape", "dimensions", "type", "too many"],
)
def test_inputs_of_another_kind_are_an_error(session: RknnSession, inputs: list[Array]) -> None:
    session.load()
    with pytest.raises(EngineError) as caught:
        session.run(inputs)
    assert caught.value.code == "ENG-ASR-FAILED"


@pytest.mark.parametrize(
    ("text", "versions"),
    [
        (None, Versions(None, None)),
        ("RKNN VERSION:\n  API: 2.3.2 (429f97ae6b@2025)\n  DRV: 0.9.8", Versions("2.3.2", "0.9.8")),
        ("  API: librknnrt version: 2.3.0\n  DRV: rknpu: 0.9.7\n", Versions("2.3.0", "0.9.7")),
        ("  API: unknown\n  DRV: 0.9.10", Versions(None, "0.9.10")),
    ],
)
def test_reports_are_read_in_every_known_form(text: str | None, versions: Versions) -> None:
    assert reported(text) == versions


def test_a_file_without_a_version_tells_none(tmp_path: Path) -> None:
    path = tmp_path / "librknnrt.so"
    assert library_version(path) is None
    path.write_bytes(b"")
    assert library_version(path) is None
    path.write_bytes(b"\x7fELF")
    assert library_version(path) is None
