"""The binding against a compiled stand-in of each version."""

from __future__ import annotations

import ctypes
import os
import resource
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from appliance.engines.rkllm import Rkllm, RkllmSettings
from appliance.engines.rkllm_abi import VERSIONS, layout
from appliance.engines.rkllm_detect import bytes_written
from appliance.errors import EngineError
from tests.appliance.engines.conftest import Bench, Builder

WORDS = "Grüße ☃ 𝄞 fertig."


@contextmanager
def loaded(bench: Bench, release: str = "1.3.0", **more: Any) -> Iterator[Rkllm]:
    model = Rkllm(RkllmSettings(**bench.settings(release, **more)))
    model.load()
    try:
        yield model
    finally:
        model.close()
        model.close()


def refused(bench: Bench, release: str = "1.3.0", **more: Any) -> EngineError:
    with pytest.raises(EngineError) as caught, loaded(bench, release, **more):
        pass
    error = caught.value
    assert error.what
    assert error.cause
    assert error.remedy
    return error


@pytest.mark.parametrize("version", VERSIONS)
def test_a_prompt_goes_in_and_an_answer_comes_out(version: str, bench: Bench) -> None:
    with loaded(bench, version) as model:
        assert (model.version, model.driver) == (version, "0.9.8")
        assert "".join(model.write("how many?")) == "The answer is 42."
        assert model.perf is not None
        assert (model.perf.prefill_tokens, model.perf.generate_tokens) == (3, 17)
        assert (model.perf.prefill_ms, model.perf.memory_mb) == (100.0, 512.0)
    assert bench.calls() == [
        "init domain=1 cpus=4 mask=0xf0 context=2048 new=160 top_k=1 async=0",
        "template 0 0 0 bytes",
        "run keep=1 type=0 mode=0 thinking=0 role=user",
        "prefill how many?",
        "sees how many?",
        "destroy",
    ]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("split", ["whole", "bytes", "grow", "null"])
def test_split_characters_never_break(
    version: str, split: str, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RKLLM_FAKE_REPLY", WORDS)
    monkeypatch.setenv("RKLLM_FAKE_SPLIT", split)
    with loaded(bench, version) as model:
        pieces = list(model.write("x"))
    assert pieces == list(WORDS)


def test_tokens_come_while_the_model_goes_on(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """And from a thread of the library's, while ours only waits."""
    threads: set[int] = set()
    told = Rkllm._told

    def watched(self: Rkllm, result: Any, userdata: object, state: int) -> int:
        threads.add(threading.get_native_id())
        return told(self, result, userdata, state)

    monkeypatch.setattr(Rkllm, "_told", watched)
    with loaded(bench) as model:
        assert next(model.write("x")) == "T"
    assert len(threads) == 1
    assert threading.get_native_id() not in threads


@pytest.mark.parametrize("version", VERSIONS)
def test_what_was_read_ahead_is_not_read_again(version: str, bench: Bench) -> None:
    with loaded(bench, version) as model:
        model.read("The manual. ")
        assert "".join(model.write("The question?")) == "The answer is 42."
        model.forget()
        assert "".join(model.write("Another?")) == "The answer is 42."
    assert bench.calls("prefill ") == [
        "prefill The manual. ",
        "prefill The question?",
        "prefill Another?",
    ]
    assert bench.calls("sees ")[1:] == ["sees The manual. The question?", "sees Another?"]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_prompt_cache_is_written_and_recalled(version: str, bench: Bench) -> None:
    cache = bench.folder / "prefix"
    with loaded(bench, version) as model:
        model.read("The prefix. ", save_to=cache)
    assert cache.stat().st_size
    with loaded(bench, version) as model:
        model.recall(cache)
        list(model.write("The question?"))
    assert bench.calls("sees ")[-1] == "sees The prefix. The question?"


def test_a_refused_prompt_cache_is_an_error(bench: Bench) -> None:
    with loaded(bench) as model, pytest.raises(EngineError, match="rkllm_load_prompt_cache") as e:
        model.recall(bench.folder / "missing")
    assert e.value.code == "ENG-RKLLM-CALL"


@pytest.mark.parametrize("version", VERSIONS)
def test_an_answer_left_early_is_aborted_and_the_next_is_whole(version: str, bench: Bench) -> None:
    with loaded(bench, version) as model:
        with closing(model.write("x")) as pieces:
            assert next(pieces) == "T"
        assert bench.calls("abort ") in ([], ["abort running"])  # or it was over already
        model.forget()
        assert "".join(model.write("again")) == "The answer is 42."


def test_an_abort_waits_for_the_prefill_and_one_token(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library can't be interrupted while it reads (rknn-llm #400)."""
    gate = bench.folder / "gate"
    os.mkfifo(gate)
    monkeypatch.setenv("RKLLM_FAKE_GATE", str(gate))
    monkeypatch.setenv("RKLLM_FAKE_REPLY", "word " * 1000)
    with loaded(bench) as model:
        came: list[str] = []
        reader = threading.Thread(target=_exhaust, args=(model.write("x"), came))
        reader.start()
        with gate.open("wb") as opened:  # the prefill is under way: its side is open
            current = model._run
            assert current is not None
            current.stopping = True
            opened.write(b"!")
        reader.join()
    assert came == ["w"]
    assert len(bench.calls("abort running")) == 1
    assert bench.calls("prefill ") == ["prefill x"]


def _exhaust(run: Iterator[str], came: list[str]) -> None:
    with pytest.raises(EngineError, match="never finished"):
        came.extend(run)


def test_one_run_at_a_time(bench: Bench) -> None:
    with loaded(bench) as model, closing(model.write("x")) as first:
        next(first)
        with pytest.raises(RuntimeError, match="one run"):
            next(model.write("y"))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        ("run-status", "rkllm_run returned -1"),
        ("run-error", "it told an error"),
        ("run-silent", "success, but never finished"),
        ("run-cut", "success, but never finished"),
    ],
)
def test_a_run_that_failed_is_not_believed(
    version: str, fault: str, cause: str, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RKLLM_FAKE_FAULT", fault)
    with loaded(bench, version) as model:
        with pytest.raises(EngineError, match=cause) as caught:
            list(model.write("x"))
        assert caught.value.code == "ENG-RKLLM-RUN"
        monkeypatch.delenv("RKLLM_FAKE_FAULT")
        model.forget()
        assert "".join(model.write("x")) == "The answer is 42."


@pytest.mark.parametrize("fault", ["run-status", "run-error", "run-silent"])
def test_reading_that_failed_is_not_believed(
    fault: str, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RKLLM_FAKE_FAULT", fault)
    with loaded(bench) as model, pytest.raises(EngineError) as caught:
        model.read("x")
    assert caught.value.code == "ENG-RKLLM-RUN"


@pytest.mark.parametrize(
    ("fault", "code", "cause"),
    [
        ("init-oom", "ENG-RKLLM-INIT", "returned -1: it does not fit"),
        ("init-null", "ENG-RKLLM-INIT", "returned success, but no model"),
        ("template-refused", "ENG-RKLLM-CALL", "rkllm_set_chat_template returned -1"),
    ],
)
@pytest.mark.parametrize("version", VERSIONS)
def test_loading_that_failed_says_why(
    version: str, fault: str, code: str, cause: str, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RKLLM_FAKE_FAULT", fault)
    error = refused(bench, version)
    assert error.code == code
    assert cause in error.cause


def test_clearing_that_is_refused_is_an_error(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RKLLM_FAKE_FAULT", "clear-refused")
    with loaded(bench) as model, pytest.raises(EngineError, match="rkllm_clear_kv_cache"):
        model.forget()


def test_a_model_that_is_missing_or_empty_is_named(bench: Bench) -> None:
    (bench.folder / "empty").touch()
    for name in ("missing", "empty"):
        error = refused(bench, model=str(bench.folder / name))
        assert error.code == "ENG-RKLLM-MODEL"
        assert name in error.what


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        ("0.9.7\n", "it is 0.9.7, and 0.9.8 is needed"),
        ("RKNPU driver: v0.8.10", "it is 0.8.10, and 0.9.8 is needed"),
        (None, "names a version"),
        ("none", "names a version"),
    ],
)
def test_a_driver_too_old_is_refused_before_the_library_is_opened(
    content: str | None, cause: str, bench: Bench
) -> None:
    driver = bench.folder / "driver"
    driver.unlink() if content is None else driver.write_text(content)
    error = refused(bench, library="/nowhere")
    assert error.code == "ENG-RKLLM-DRIVER"
    assert cause in error.cause


@pytest.mark.parametrize("content", ["RKNPU driver: v0.9.8", "0.9.10", "1.0.0"])
def test_a_driver_new_enough_is_found_in_either_place(content: str, bench: Bench) -> None:
    (bench.folder / "debug").write_text(content)
    files = [str(bench.folder / "missing"), str(bench.folder / "debug")]
    with loaded(bench, driver_files=files) as model:
        assert model.driver in content


def test_more_files_may_be_open(bench: Bench) -> None:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
    with loaded(bench):
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == min(102_400, hard)


def test_a_library_that_is_missing_or_another_is_named(bench: Bench) -> None:
    (bench.folder / "text.so").write_text("not ELF")
    for library in ("/nowhere/librkllmrt.so", str(bench.folder / "text.so"), "libffi.so.8"):
        error = refused(bench, library=library)
        assert error.code == "ENG-RKLLM-LIBRARY"
        assert library in error.what


@pytest.mark.parametrize(
    ("symbols", "text", "named"),
    [("1.1.0", "1.3.0", "1.1.x"), ("1.2.0", "1.3.0", "1.2.0"), ("1.3.0", "1.4.2", "1.4.2")],
)
def test_an_unknown_version_is_refused_by_its_name(
    symbols: str, text: str, named: str, bench: Bench, fake_library: Builder
) -> None:
    """Symbols are asked first: what a file says of itself can't mend an interface that lacks."""
    error = refused(bench, library=str(fake_library(symbols, text=text)))
    assert error.code == "ENG-RKLLM-VERSION"
    assert error.what == f"librkllmrt {named} is not supported"
    assert not bench.calls(), "no struct was passed"


def test_a_library_that_names_no_version_needs_one_named(
    bench: Bench, fake_library: Builder
) -> None:
    mute = str(fake_library("1.2.3", text=None))
    assert refused(bench, library=mute).cause == "it names no version"
    with loaded(bench, library=mute, version="1.2.3") as model:
        assert model.version == "1.2.3"
        assert "".join(model.write("x")) == "The answer is 42."


@pytest.mark.parametrize(
    ("release", "text", "declared", "cause"),
    [
        ("1.3.0", "1.3.0", "1.2.3", "it says 1.3.0, the settings say 1.2.3"),
        ("1.2.3", None, "1.3.0", "it writes 208 bytes of parameters, 1.3.0 184"),
        ("1.2.3", "1.3.0", "", "it writes 208 bytes of parameters, 1.3.0 184"),
    ],
)
def test_signs_that_disagree_are_refused(
    release: str, text: str | None, declared: str, cause: str, bench: Bench, fake_library: Builder
) -> None:
    if bytes_written(ctypes.CDLL(str(fake_library("1.3.0")))) is None:
        pytest.skip("needs libffi.so.8")
    library = str(fake_library(release, text=text))
    error = refused(bench, library=library, version=declared)
    assert (error.code, error.cause) == ("ENG-RKLLM-VERSION", cause)
    assert not bench.calls(), "no struct was passed"


@pytest.mark.parametrize(("release", "named"), [("1.2.3", "1.2.3"), ("1.3.0", "1.3.0")])
def test_of_two_versions_in_the_file_the_one_that_fits_is_meant(
    release: str, named: str, bench: Bench, fake_library: Builder
) -> None:
    two = str(fake_library(release, text="1.2.3\\0RKLLM SDK (version: 1.3.0"))
    with loaded(bench, library=two) as model:
        assert model.version == named


def test_an_old_layout_is_detected_by_the_stand_in(fake_library: Builder) -> None:
    """So the tests above prove which structs were passed."""
    library = ctypes.CDLL(str(fake_library("1.3.0")))
    old = layout("1.2.3")
    library.rkllm_createDefaultParam.restype = old.structs["RKLLMParam"]
    parameters = library.rkllm_createDefaultParam()
    parameters.model_path = str(Path(__file__)).encode()
    parameters.extend_param.base_domain_id = 1
    handle = ctypes.c_void_p()
    assert library.rkllm_init(ctypes.byref(handle), ctypes.byref(parameters), None) == -1


@pytest.mark.parametrize(("version", "size"), [("1.2.1", 208), ("1.3.0", 184)])
def test_what_the_library_writes_tells_its_generation(
    version: str, size: int, fake_library: Builder
) -> None:
    library = ctypes.CDLL(str(fake_library(version)))
    assert bytes_written(library) in (size, None)  # None: this machine has no libffi.so.8
