from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.errors import ModelError
from appliance.models.judge import RESERVE_MB, fits, objections
from appliance.models.lock import Entry, Lock, parse_lock
from appliance.models.model import ModelFile
from tests.appliance.models.fakes import entry, model

entries = st.builds(Entry, *[st.text(max_size=5)] * 2, st.integers(0), *[st.text(max_size=5)] * 3)


@given(st.lists(entries, max_size=5))
def test_a_lock_is_read_as_it_was_written(written: list[Entry]) -> None:
    lock = Lock(written)
    assert set(parse_lock(lock.dump(), "models.lock")) == set(lock)


@given(st.one_of(st.text(max_size=80), st.recursive(
    st.none() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2)
    | st.dictionaries(st.sampled_from(["format", "files", "model"]), inner, max_size=3),
).map(json.dumps)))  # fmt: skip
def test_what_is_no_lock_is_refused_without_a_traceback(text: str) -> None:
    with contextlib.suppress(ModelError):
        parse_lock(text, "models.lock")


def test_a_lock_of_the_future_is_refused() -> None:
    with pytest.raises(ModelError, match="its format is 2, not 1"):
        parse_lock('{"format": 2, "files": []}', "models.lock")


def test_the_later_entry_of_a_file_counts() -> None:
    lock = Lock([entry(b"old")]).with_entry(entry(b"new"))
    assert lock.find("tiny", "w.bin") == entry(b"new")


def test_a_model_fits_where_memory_is_left_for_the_rest() -> None:
    phone = model(memory_mb=1000)
    assert fits(phone, 1000 + RESERVE_MB)
    assert not fits(phone, 999 + RESERVE_MB)


def test_products_need_a_licence_and_a_locked_hash() -> None:
    toy = model(commercial=False)
    assert [o.code for o in objections([toy], Lock())] == ["MOD-LICENCE", "MOD-UNLOCKED"]
    assert [o.code for o in objections([model()], Lock([entry(b"x")]))] == []
    shipped = model(ModelFile("w.bin", "w.bin", size=1, sha256="0" * 64))
    assert [o.code for o in objections([shipped], Lock())] == []
