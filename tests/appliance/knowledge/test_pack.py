"""Opening a pack: whatever the file is, the person learns what is wrong with it."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.errors import KnowledgeError
from appliance.knowledge.pack import Pack
from appliance.knowledge.reader import answer
from appliance.knowledge.retrieve import PackRetriever


def code(path: Path) -> str:
    with pytest.raises(KnowledgeError) as caught:
        Pack.open(path)
    return caught.value.code


def test_files_that_are_not_packs(tmp_path: Path, kettle_path: Path) -> None:
    good = kettle_path.read_bytes()
    contents = {
        "KNOW-PACK-FOREIGN": b"\x89PNG and so on" * 40,
        "KNOW-PACK-CORRUPT": b"",
    }
    for expected, data in contents.items():
        (tmp_path / "x").write_bytes(data)
        assert code(tmp_path / "x") == expected
    for cut in (1, 50, 99, 100, 5000, len(good) - 1):
        (tmp_path / "x").write_bytes(good[:cut])
        assert code(tmp_path / "x") == "KNOW-PACK-CORRUPT"
    assert code(tmp_path) == "KNOW-PACK-FOLDER"
    assert code(tmp_path / "none") == "KNOW-PACK-MISSING"
    os.mkfifo(tmp_path / "pipe")
    assert code(tmp_path / "pipe") == "KNOW-PACK-FOREIGN"


def test_another_database_and_another_version(tmp_path: Path, kettle_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "other")
    other.execute("CREATE TABLE t(x)")
    other.close()
    assert code(tmp_path / "other") == "KNOW-PACK-FOREIGN"
    (tmp_path / "new").write_bytes(kettle_path.read_bytes())
    new = sqlite3.connect(tmp_path / "new")
    new.execute("PRAGMA user_version = 99")
    new.close()
    assert code(tmp_path / "new") == "KNOW-PACK-VERSION"


def test_changed_text_is_noticed(tmp_path: Path, kettle_path: Path) -> None:
    data = kettle_path.read_bytes()
    (tmp_path / "x").write_bytes(data.replace(b"two years from", b"ten years from"))
    assert code(tmp_path / "x") == "KNOW-PACK-CORRUPT"


def test_a_pack_may_lie_where_nothing_can_be_written(tmp_path: Path, kettle_path: Path) -> None:
    strange = tmp_path / "a b?#%41"
    strange.mkdir()
    (strange / "p").write_bytes(kettle_path.read_bytes())
    strange.chmod(0o500)
    with Pack.open(strange / "p") as pack:
        assert pack.meta["documents"] == "1"
        assert list(pack.documents()) == ["kettle.md"]
    strange.chmod(0o700)
    assert [path.name for path in strange.iterdir()] == ["p"]


@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_flipped_bytes_never_crash(data: st.DataObject, kettle_path: Path, tmp_path: Path) -> None:
    damaged = bytearray(kettle_path.read_bytes())
    for place in data.draw(st.lists(st.integers(0, len(damaged) - 1), min_size=1, max_size=30)):
        damaged[place] = data.draw(st.integers(0, 255))
    path = tmp_path / "damaged"
    path.write_bytes(bytes(damaged))
    for verify in (True, False):
        try:
            with Pack.open(path, verify=verify) as pack:
                found = PackRetriever(pack).retrieve("how do i descale the kettle")
                list(answer("how do i descale the kettle", found))
        except KnowledgeError as error:
            assert error.code.startswith("KNOW-PACK-")  # noqa: PT017
