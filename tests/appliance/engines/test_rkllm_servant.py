"""The language model in its own process: what it has read, and how it fails."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import Any

import pytest

from appliance import clock
from appliance.engines import prompt, worker
from appliance.engines.ports import Passage
from appliance.engines.remote import RemoteWriter
from appliance.engines.rkllm_abi import VERSIONS
from appliance.engines.worker import Worker
from appliance.errors import EngineError
from tests.appliance.engines.conftest import Bench

SERVANT = "appliance.engines.rkllm_servant:RkllmServant"
FILTER = Passage("Clean the filter every 3 months.", "guide.md#filter", "the guide", 0.9)
LAMP = Passage("The lamp is red.", "guide.md#lamp", "the guide", 0.5)
AROUND = prompt.template("qwen3")
HEAD = prompt.head(AROUND)
REPLY = "Clean the filter every 3 months. The lamp is red."


class Told(RemoteWriter):
    """The worker, and short ways to ask it."""

    def __init__(self, engine: Worker) -> None:
        super().__init__(engine)
        self.worker = engine

    async def ask(self, question: str = "how often?", *passages: Passage) -> list[str]:
        async with aclosing(self.answer(question, passages or (FILTER, LAMP))) as sentences:
            return [f"{sentence.text} [{sentence.source}]" async for sentence in sentences]


ANSWER = ["Clean the filter every 3 months. [guide.md#filter]", "The lamp is red. [guide.md#lamp]"]


@pytest.fixture(autouse=True)
def reply(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RKLLM_FAKE_REPLY", REPLY)


def with_model(
    act: Callable[[Told], Awaitable[None]], settings: dict[str, Any], deadline_s: float = 20.0
) -> None:
    async def whole() -> None:
        engine = Worker("slm", SERVANT, settings, deadline_s=deadline_s)
        try:
            await act(Told(engine))
        finally:
            await engine.stop()

    clock.run(whole(), realtime=False)


def fails_once(bench: Bench, monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    (bench.folder / "once").touch()
    monkeypatch.setenv("RKLLM_FAKE_ONCE", str(bench.folder / "once"))
    monkeypatch.setenv("RKLLM_FAKE_FAULT", fault)


def read(bench: Bench) -> list[str]:
    """What the model was given to read, run by run."""
    return [call.removeprefix("prefill ").replace("\\n", "\n") for call in bench.calls("prefill ")]


@pytest.mark.parametrize("version", VERSIONS)
def test_sentences_name_the_passage_that_they_rest_on(version: str, bench: Bench) -> None:
    async def act(model: Told) -> None:
        assert await model.ask() == ANSWER
        info = {"version": version, "driver": "0.9.8", "prompt_cache": False}
        assert model.worker.info == info

    with_model(act, {"engine": bench.settings(version)})
    asked = prompt.context([FILTER, LAMP], 2400) + prompt.asked("how often?", AROUND)
    assert read(bench) == [HEAD, asked]
    assert bench.calls("sees ")[-1].replace("\\n", "\n") == f"sees {HEAD}{asked}"


def test_passages_that_were_primed_are_not_read_again(bench: Bench) -> None:
    async def act(model: Told) -> None:
        await model.prime([LAMP])
        await model.prime([FILTER, LAMP])
        await model.prime([FILTER, LAMP])
        assert await model.ask() == ANSWER

    with_model(act, {"engine": bench.settings()})
    lamp, both = prompt.context([LAMP], 2400), prompt.context([FILTER, LAMP], 2400)
    filters = prompt.context([FILTER], 2400)
    question = prompt.asked("how often?", AROUND)
    assert read(bench) == [HEAD, lamp, HEAD + filters, lamp, question]
    assert bench.calls("sees ")[-1].replace("\\n", "\n") == f"sees {HEAD}{both}{question}"


def test_one_answer_is_not_in_the_prompt_of_the_next(bench: Bench) -> None:
    async def act(model: Told) -> None:
        assert await model.ask("one?") == await model.ask("two?") == ANSWER

    with_model(act, {"engine": bench.settings()})
    assert "one?" not in bench.calls("sees ")[-1]
    assert REPLY not in bench.calls("sees ")[-1]


@pytest.mark.parametrize("version", VERSIONS)
def test_the_head_is_kept_from_one_start_to_the_next(version: str, bench: Bench) -> None:
    settings = {"engine": bench.settings(version), "cache": str(bench.folder / "cache")}

    async def act(model: Told) -> None:
        assert await model.ask() == await model.ask() == ANSWER
        assert model.worker.info["prompt_cache"] is True

    with_model(act, settings)
    with_model(act, settings)
    asked = prompt.context([FILTER, LAMP], 2400) + prompt.asked("how often?", AROUND)
    assert read(bench) == [HEAD, asked, asked, asked, asked]
    assert {call.replace("\\n", "\n") for call in bench.calls("sees ")[1:]} == {
        f"sees {HEAD}{asked}"
    }


def test_a_cache_of_another_model_is_replaced(bench: Bench) -> None:
    folder = bench.folder / "cache"

    async def act(model: Told) -> None:
        assert await model.ask() == ANSWER

    settings = {"engine": bench.settings(), "cache": str(folder)}
    with_model(act, settings)
    (before,) = folder.iterdir()
    (bench.folder / "model.rkllm").write_bytes(b"other weights")
    with_model(act, settings)
    (after,) = folder.iterdir()
    assert before != after


def test_a_cache_that_the_library_refuses_is_written_anew(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def act(model: Told) -> None:
        assert await model.ask() == ANSWER
        assert model.worker.info["prompt_cache"] is True

    settings = {"engine": bench.settings(), "cache": str(bench.folder / "cache")}
    with_model(act, settings)
    fails_once(bench, monkeypatch, "cache-refused")
    with_model(act, settings)
    assert read(bench).count(HEAD) == 2


def test_a_cache_that_is_never_written_is_done_without(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RKLLM_FAKE_FAULT", "cache-unwritten")

    async def act(model: Told) -> None:
        assert await model.ask() == ANSWER
        assert model.worker.info["prompt_cache"] is False

    with_model(act, {"engine": bench.settings(), "cache": str(bench.folder / "cache")})
    assert list((bench.folder / "cache").iterdir()) == []


@pytest.mark.parametrize("said", ["NO ANSWER", " ", "It is 42."])
def test_a_refusal_and_an_invention_are_no_answer(
    said: str, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def act(model: Told) -> None:
        assert await model.ask() == []

    monkeypatch.setenv("RKLLM_FAKE_REPLY", said)
    with_model(act, {"engine": bench.settings()})


def test_an_answer_left_early_leaves_nothing_for_the_next(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RKLLM_FAKE_REPLY", "The lamp is red. " * 50)

    async def act(model: Told) -> None:
        async with aclosing(model.answer("what?", [FILTER, LAMP])) as sentences:
            assert (await anext(sentences)).text == "The lamp is red."
        assert len(await model.ask()) == 50

    with_model(act, {"engine": bench.settings()})
    assert bench.calls("sees ")[-1].count("Question: ") == 1


@pytest.mark.parametrize("version", VERSIONS)
def test_a_crash_in_the_library_costs_one_answer(
    version: str, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def act(model: Told) -> None:
        await model.worker.start()
        (bench.folder / "once").touch()
        with pytest.raises(EngineError) as caught:
            await model.ask()
        assert caught.value.code == "ENG-CRASHED"
        assert "-11" in caught.value.cause
        assert await model.ask() == ANSWER

    fails_once(bench, monkeypatch, "run-segv")
    (bench.folder / "once").unlink()
    with_model(act, {"engine": bench.settings(version)})


def test_a_hang_in_the_library_is_killed_and_the_next_answer_comes(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def act(model: Told) -> None:
        await model.worker.start()
        (bench.folder / "once").touch()
        with pytest.raises(EngineError) as caught:
            await model.ask()
        assert caught.value.code == "ENG-STUCK"
        assert await model.ask() == ANSWER

    fails_once(bench, monkeypatch, "run-hang")
    (bench.folder / "once").unlink()
    with_model(act, {"engine": bench.settings()}, deadline_s=3.0)


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("init-segv", "ENG-CRASHED"),
        ("init-hang", "ENG-STUCK"),
        ("init-oom", "ENG-RKLLM-INIT"),
        ("init-null", "ENG-RKLLM-INIT"),
        ("run-silent", "ENG-RKLLM-RUN"),
        ("run-error", "ENG-RKLLM-RUN"),
    ],
)
def test_a_start_that_fails_is_an_error_and_the_next_job_starts_again(
    fault: str, code: str, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def act(model: Told) -> None:
        with monkeypatch.context() as soon:
            soon.setattr(worker, "START_DEADLINE_S", 5.0 if fault == "init-hang" else 30.0)
            with pytest.raises(EngineError) as caught:
                await model.worker.start()
        assert caught.value.code == code
        assert await model.ask() == ANSWER

    fails_once(bench, monkeypatch, fault)
    with_model(act, {"engine": bench.settings()})


def test_an_unknown_template_is_named(bench: Bench) -> None:
    async def act(model: Told) -> None:
        with pytest.raises(EngineError) as caught:
            await model.worker.start()
        assert caught.value.code == "ENG-RKLLM-TEMPLATE"

    with_model(act, {"engine": bench.settings(), "template": "alpaca"})
