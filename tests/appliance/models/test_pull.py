"""Pulling: the file arrives whole or not at all, whatever happens on the way."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from appliance.errors import ModelError
from appliance.models.model import Model, ModelFile
from appliance.models.place import is_remote
from appliance.models.pull import Outcome, Pulled, Puller, Wishes
from appliance.models.source import CutOffError, Folder, Source
from appliance.models.store import Store
from tests.appliance.models.fakes import FakeSource, entry, model, sha256, wheel_model

DATA = bytes(range(100))
LOCKED = model(ModelFile("w.bin", "w.bin", size=len(DATA), sha256=sha256(DATA)))
CHECKPOINT = 16


def source(**faults: Any) -> FakeSource:
    return FakeSource({"w.bin": DATA}, **faults)


def pull(folder: Path, origin: Source, what: Model | None = None, **wishes: Any) -> list[Pulled]:
    puller = Puller(
        Store(folder),
        origin,
        Wishes(**wishes),
        lambda _what, _share: None,
        CHECKPOINT,  # type: ignore[arg-type]
    )
    return list(puller.pull(what or model()))


def refusal(folder: Path, origin: Source, what: Model | None = None, **wishes: Any) -> ModelError:
    with pytest.raises(ModelError) as caught:
        pull(folder, origin, what, **wishes)
    assert caught.value.what
    assert caught.value.cause
    assert caught.value.remedy
    return caught.value


def held(folder: Path) -> bytes:
    return (folder / "tiny" / "w.bin").read_bytes()


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in (folder / "tiny").iterdir() if path.name != "w.bin"]


def test_a_file_arrives_and_is_locked(tmp_path: Path) -> None:
    (pulled,) = pull(tmp_path, source())
    assert held(tmp_path) == DATA
    assert leftovers(tmp_path) == []
    assert pulled.outcome is Outcome.PULLED
    assert Store(tmp_path).lock().find("tiny", "w.bin") == pulled.entry
    assert pulled.entry.sha256 == sha256(DATA)
    assert pulled.entry.source == "https://huggingface.co/maker/tiny/resolve/main/w.bin"


def test_what_is_there_is_not_pulled_again(tmp_path: Path) -> None:
    pull(tmp_path, source())
    again = source()
    assert [pulled.outcome for pulled in pull(tmp_path, again)] == [Outcome.KEPT]
    assert again.asked == []


def test_progress_grows_to_the_end(tmp_path: Path) -> None:
    shares: list[float] = []
    Puller(Store(tmp_path), source(), Wishes(), lambda _what, share: shares.append(share)).pull(
        model()
    ).__next__()
    assert shares[:14] == sorted(shares[:14])
    assert shares[-1] == 1.0


@pytest.fixture(scope="module")
def quick() -> Iterator[None]:
    """Nothing waits for the disk: what was written is read back all the same."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _handle: None)
        yield


@given(cuts=st.lists(st.integers(0, 100), max_size=6), known=st.booleans(), data=st.data())
@pytest.mark.usefixtures("quick")
def test_cut_off_anywhere_any_number_of_times_it_arrives_whole(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[int], known: bool, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("store")
    origin = source(
        cuts=list(cuts),
        ignores_range=data.draw(st.booleans()),
        validates=data.draw(st.booleans()),
        says_size=data.draw(st.booleans()),
    )
    for _ in range(len(cuts)):
        with contextlib.suppress(CutOffError):
            pull(folder, origin, LOCKED if known else model())
        if (folder / "tiny" / "w.bin").exists():
            assert held(folder) == DATA
    pull(folder, origin, LOCKED if known else model())
    assert held(folder) == DATA
    assert leftovers(folder) == []


@given(cut=st.integers(1, 15), garbage=st.binary(max_size=40), known=st.booleans())
@settings(max_examples=40)
def test_after_a_power_cut_at_any_moment_the_next_pull_makes_it_whole(
    tmp_path_factory: pytest.TempPathFactory, cut: int, garbage: bytes, known: bool
) -> None:
    """The disk as it was at the n-th chunk; what was not synced by then reads as zeros."""
    folder, after = tmp_path_factory.mktemp("store"), tmp_path_factory.mktemp("after") / "store"
    what = LOCKED if known else model()
    chunks, safe = iter(range(100)), [0]

    def fsync(handle: int) -> None:
        if Path(f"/proc/self/fd/{handle}").readlink().name == "w.bin.part":
            safe[0] = os.fstat(handle).st_size

    def snapshot() -> None:
        if next(chunks) == cut:
            shutil.copytree(folder, after)
            part = after / "tiny" / "w.bin.part"
            written = part.read_bytes()
            part.write_bytes(written[: safe[0]].ljust(len(written), b"\0") + garbage)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("appliance.models.partial.os.fsync", fsync)
        pull(folder, source(on_chunk=snapshot), what)
    assume(after.exists())
    again = source()
    pull(after, again, what)
    assert again.asked[0][1] > 0 or cut * 7 < CHECKPOINT
    assert held(after) == DATA
    assert leftovers(after) == []


def test_an_interrupted_pull_goes_on_where_it_stopped(tmp_path: Path) -> None:
    count = iter(range(100))

    def control_c() -> None:
        if next(count) == 8:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pull(tmp_path, source(on_chunk=control_c))
    again = source()
    pull(tmp_path, again)
    assert again.asked[0][1] == 8 * 7
    assert held(tmp_path) == DATA


KILLED = """
    import os, signal, sys
    from pathlib import Path
    from tests.appliance.models.test_pull import pull, source
    count = iter(range(100))
    def die():
        if next(count) == 9:
            os.kill(os.getpid(), signal.SIGKILL)
    pull(Path(sys.argv[1]), source(on_chunk=die))
"""


def test_a_killed_pull_loses_no_more_than_since_the_last_checkpoint(tmp_path: Path) -> None:
    root = Path(__file__).parents[3]
    command = [sys.executable, "-c", textwrap.dedent(KILLED), str(tmp_path)]
    done = subprocess.run(command, cwd=root, timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL
    again = source()
    pull(tmp_path, again)
    assert 9 * 7 - CHECKPOINT < again.asked[0][1] <= 9 * 7
    assert held(tmp_path) == DATA


@pytest.mark.parametrize("moment", ["record", "publish"])
def test_a_power_cut_between_the_last_byte_and_the_name_costs_nothing(
    tmp_path: Path, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class PowerCutError(BaseException):
        pass

    def cut(*_arguments: object) -> None:
        raise PowerCutError

    where = "store.Store.record" if moment == "record" else "partial.move_durably"
    with monkeypatch.context() as patch:
        patch.setattr(f"appliance.models.{where}", cut)
        with pytest.raises(PowerCutError):
            pull(tmp_path, source())
    again = source()
    pull(tmp_path, again)
    assert [start for _, start in again.asked] == [len(DATA)]
    assert held(tmp_path) == DATA


def test_a_full_disk_is_one_error_and_the_next_pull_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, room = os.fsync, [3]

    def full(handle: int) -> None:
        room[0] -= 1
        if room[0] < 0:
            raise OSError(28, "No space left on device")
        write(handle)

    with monkeypatch.context() as patch:
        patch.setattr("appliance.models.partial.os.fsync", full)
        error = refusal(tmp_path, source())
    assert error.code == "MOD-NO-ROOM"
    assert "no space left on device" in error.cause
    again = source()
    pull(tmp_path, again)
    assert held(tmp_path) == DATA


def test_a_disk_that_takes_no_more_bytes_keeps_those_that_it_took(tmp_path: Path) -> None:
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (180, 180))\n"
    script = textwrap.dedent("""
        import sys
        from pathlib import Path
        from appliance.errors import ModelError
        from tests.appliance.models.fakes import FakeSource
        from tests.appliance.models.test_pull import pull
        try:
            pull(Path(sys.argv[1]), FakeSource({"w.bin": bytes(range(250))}))
        except ModelError as error:
            print(error.code)
    """)
    command = [sys.executable, "-c", limit + script, str(tmp_path)]
    root = Path(__file__).parents[3]
    done = subprocess.run(
        command, cwd=root, timeout=60, check=True, stdout=subprocess.PIPE, text=True
    )
    assert done.stdout == "MOD-NO-ROOM\n"
    again = FakeSource({"w.bin": bytes(range(250))})
    pull(tmp_path, again)
    assert 160 <= again.asked[0][1] <= 180
    assert held(tmp_path) == bytes(range(250))


def test_too_little_room_is_told_before_the_first_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=99)
    monkeypatch.setattr("appliance.models.partial.shutil.disk_usage", lambda _path: usage)
    error = refusal(tmp_path, source())
    assert (error.code, error.cause) == ("MOD-NO-ROOM", "100 bytes to come, 99 free")


def test_a_store_that_cannot_be_written_is_one_error(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("not a folder")
    assert refusal(tmp_path / "store", source()).code == "MOD-DISK"


def test_a_wrong_hash_is_refused_and_nothing_of_it_is_kept(tmp_path: Path) -> None:
    error = refusal(tmp_path, source(corrupt=True), LOCKED)
    assert error.code == "MOD-HASH"
    assert not (tmp_path / "tiny" / "w.bin").exists()
    again = source()
    pull(tmp_path, again, LOCKED)
    assert again.asked[0][1] == 0


def test_a_corrupt_beginning_from_elsewhere_does_not_spoil_a_good_source(tmp_path: Path) -> None:
    refusal(tmp_path, source(corrupt=True, cuts=[50, 0]), LOCKED)
    pull(tmp_path, source(), LOCKED)
    assert held(tmp_path) == DATA


@pytest.mark.parametrize("says_size", [True, False])
def test_a_file_of_another_size_is_refused(tmp_path: Path, says_size: bool) -> None:
    origin = FakeSource({"w.bin": DATA + b"more"}, says_size=says_size)
    assert refusal(tmp_path, origin, LOCKED).code == "MOD-SIZE"
    pull(tmp_path, source(), LOCKED)
    assert held(tmp_path) == DATA


def test_a_source_that_changes_half_way_is_begun_anew(tmp_path: Path) -> None:
    refusal(tmp_path, source(cuts=[50, 0]))
    new = bytes(reversed(DATA))
    pull(tmp_path, FakeSource({"w.bin": new}, version="v2"))
    assert held(tmp_path) == new


def test_a_source_that_changed_since_it_was_locked_is_refused_until_accepted(
    tmp_path: Path,
) -> None:
    pull(tmp_path, source())
    (tmp_path / "tiny" / "w.bin").unlink()
    new = FakeSource({"w.bin": b"something else"})
    error = refusal(tmp_path, new)
    assert error.code == "MOD-HASH"
    assert "--relock" in error.remedy
    pull(tmp_path, new, relock=True)
    assert held(tmp_path) == b"something else"
    assert Store(tmp_path).lock().find("tiny", "w.bin").sha256 == sha256(b"something else")  # type: ignore[union-attr]


def test_a_hash_that_the_manifest_locks_cannot_be_relocked(tmp_path: Path) -> None:
    assert refusal(tmp_path, source(corrupt=True), LOCKED, relock=True).code == "MOD-HASH"


@pytest.mark.parametrize(
    "damage",
    [b"", DATA[:50], bytes(100), DATA + b"x"],
    ids=["empty", "shorter", "swapped", "longer"],
)
def test_a_swapped_or_truncated_file_is_replaced(tmp_path: Path, damage: bytes) -> None:
    pull(tmp_path, source())
    (tmp_path / "tiny" / "w.bin").write_bytes(damage)
    assert [pulled.outcome for pulled in pull(tmp_path, source())] == [Outcome.PULLED]
    assert held(tmp_path) == DATA


def test_the_old_file_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    pull(tmp_path, source())
    refusal(tmp_path, source(cuts=[50, 0]), relock=True)
    assert held(tmp_path) == DATA


def test_mirrors_are_tried_in_order_and_then_the_source(tmp_path: Path) -> None:
    usb = tmp_path / "usb" / "tiny"
    usb.mkdir(parents=True)
    origin = FakeSource({"huggingface.co/maker/tiny/resolve/main/w.bin": DATA})
    pull(tmp_path / "store", origin, mirrors=["https://a.example/m/", "/usb"])
    assert [address for address, _ in origin.asked] == [
        "https://a.example/m/tiny/w.bin",
        "/usb/tiny/w.bin",
        "https://huggingface.co/maker/tiny/resolve/main/w.bin",
    ]


def test_a_mirror_goes_on_where_another_stopped_if_the_hash_is_known(tmp_path: Path) -> None:
    refusal(tmp_path, source(cuts=[50, 0]), LOCKED, mirrors=["/a"], offline=True)
    other = source()
    pull(tmp_path, other, LOCKED, mirrors=["/b"], offline=True)
    assert other.asked == [("/b/tiny/w.bin", 50)]
    assert held(tmp_path) == DATA


def test_without_a_known_hash_pieces_of_two_mirrors_are_never_joined(tmp_path: Path) -> None:
    refusal(tmp_path, source(cuts=[50, 0]), mirrors=["/a"], offline=True)
    other = source()
    pull(tmp_path, other, mirrors=["/b"], offline=True)
    assert other.asked == [("/b/tiny/w.bin", 0)]


def test_where_no_place_has_it_every_one_is_named(tmp_path: Path) -> None:
    error = refusal(tmp_path, FakeSource({}), mirrors=["/usb"])
    assert error.code == "MOD-NOT-FOUND"
    assert "/usb/tiny/w.bin is not there" in error.cause
    assert "huggingface.co" in error.cause


def test_offline_without_a_mirror_says_so(tmp_path: Path) -> None:
    assert refusal(tmp_path, FakeSource({}), offline=True).code == "MOD-NO-PLACE"


def test_another_store_is_a_mirror(tmp_path: Path) -> None:
    pull(tmp_path / "old", source())
    pull(tmp_path / "new", Folder(), mirrors=[str(tmp_path / "old")], offline=True)
    assert held(tmp_path / "new") == DATA


def test_a_folder_without_the_file_is_an_error_that_names_it(tmp_path: Path) -> None:
    error = refusal(tmp_path / "store", Folder(), mirrors=[str(tmp_path)], offline=True)
    assert error.code == "MOD-NOT-FOUND"
    assert f"{tmp_path}/tiny/w.bin" in error.what


def test_a_file_of_a_package_stays_where_it_is_and_is_locked(tmp_path: Path) -> None:
    (pulled,) = pull(tmp_path, FakeSource({}), wheel_model())
    assert pulled.outcome is Outcome.KEPT
    assert pulled.entry.source == "openwakeword==0.4.0"
    assert not (tmp_path / "vad").exists()
    tampered = wheel_model(size=1807522, sha256="0" * 64)
    assert refusal(tmp_path, FakeSource({}), tampered).code == "MOD-HASH"
    assert refusal(tmp_path, FakeSource({}), wheel_model("nowhere")).code == "MOD-NO-FILE"


def test_a_second_pull_into_the_same_store_is_refused(tmp_path: Path) -> None:
    with Store(tmp_path).alone():
        assert refusal(tmp_path, source()).code == "MOD-BUSY"


def test_a_lock_that_makes_no_sense_stops_everything(tmp_path: Path) -> None:
    (tmp_path / "models.lock").write_bytes(b"\xff{")
    assert refusal(tmp_path, source()).code == "MOD-LOCK"


@pytest.mark.parametrize("state", [b"", b"{}", b'{"safe_bytes": "9"}', b"[1]", b"\xff", b"null"])
def test_a_state_that_makes_no_sense_begins_anew(tmp_path: Path, state: bytes) -> None:
    refusal(tmp_path, source(cuts=[50, 0]))
    (tmp_path / "tiny" / "w.bin.part.state").write_bytes(state)
    pull(tmp_path, source())
    assert held(tmp_path) == DATA


def test_the_lock_keeps_other_models(tmp_path: Path) -> None:
    Store(tmp_path).record(entry(b"other", model="other"))
    pull(tmp_path, source())
    assert {e.model for e in Store(tmp_path).lock()} == {"other", "tiny"}


def test_addresses_are_folders_or_http() -> None:
    assert not is_remote("/media/usb")
    assert is_remote("https://example.com/models")
    for address in ("file:///media/usb", "ftp://example.com"):
        with pytest.raises(ModelError, match="neither a folder nor an http address"):
            is_remote(address)
