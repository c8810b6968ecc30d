"""The language model's process against the library used bare, on a model of Qwen2.5-0.5B's shape.

python -m tests.bench.llama [ROUNDS [THREADS]]      (default: 5 rounds, a thread for each core)

It needs 1.6 GB of memory and 0.7 GB of disk.

The weights are made up (tests/fakes/llama), so the figures are about speed alone. Ours is what the
service does: a question through the process, its pipes, the prompt and the checks; sentences come
out. Bare is xllamacpp in a process of its own, given the same prompt. They take turns; the figures
are medians. On a busy machine use one thread (several wait for each other), and look at the
processor time, which does not count what others take.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from contextlib import aclosing
from pathlib import Path
from statistics import median
from typing import Any

import psutil

from appliance import clock
from appliance.engines import prompt
from appliance.engines.ports import Passage
from appliance.engines.remote import RemoteWriter
from appliance.engines.wire import Json
from appliance.engines.worker import Worker
from tests.fakes.llama.models import NEWLINE, QWEN_HALF_B, tokens_of, write_model

SENTENCE = "Clean the small filter every 3 months with lukewarm water and let it dry in shade."
PASSAGES = [
    Passage(f"{SENTENCE} " * 4, f"guide.md#part-{number}", f"the guide, part {number}", 0.9)
    for number in range(3)
]
OTHERS = [Passage(p.text.replace("small", "large"), p.source, p.title, 0.9) for p in PASSAGES]
QUESTIONS = ("how often must the filter be clean", "what water is it that the filter must have")
ANSWER_TOKENS, CONTEXT_TOKENS, PASSAGE_CHARS = 48, 2048, 2400
SERVANT = "appliance.engines.llama_servant:LlamaServant"

BARE = """
import json, sys, time
import xllamacpp
parameters = xllamacpp.CommonParams()
parameters.model.path, parameters.n_ctx, parameters.n_parallel = sys.argv[1], int(sys.argv[2]), 1
parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = int(sys.argv[3])
parameters.hostnames, parameters.verbosity = [sys.argv[4]], -1
server = xllamacpp.Server(parameters)
print("loaded", flush=True)
for line in sys.stdin:
    began, asked = time.monotonic(), json.loads(line)
    reply = server.handle_chat_completions(asked)
    wall_ms = 1000 * (time.monotonic() - began)
    print(json.dumps({**reply["timings"], "wall_ms": wall_ms}), flush=True)
"""


class Bare:
    """The library in a process, asked without any of ours."""

    def __init__(self, model: Path, threads: int, folder: Path) -> None:
        script = [sys.executable, "-c", BARE, str(model), str(CONTEXT_TOKENS), str(threads)]
        self._process = subprocess.Popen(
            [*script, str(folder / "bare.sock")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "loaded\n"

    def ask(self, question: str, passages: list[Passage], **more: Any) -> dict[str, float]:
        asked = {
            "messages": prompt.messages(question, passages, PASSAGE_CHARS),
            "chat_template_kwargs": {"enable_thinking": False},
            "max_tokens": ANSWER_TOKENS,
            "temperature": 0,
            **more,
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        busy_ms = _busy_ms(self._process.pid)
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        reply: dict[str, float] = json.loads(self._process.stdout.readline())
        return {**reply, "busy_ms": _busy_ms(self._process.pid) - busy_ms}

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


class Ours:
    """The worker that the service starts."""

    def __init__(self, model: Path, threads: int) -> None:
        engine = {
            "model": str(model),
            "threads": threads,
            "context_tokens": CONTEXT_TOKENS,
            "answer_tokens": ANSWER_TOKENS,
        }
        arguments = {"engine": engine, "passage_chars": PASSAGE_CHARS}
        limits_s = {"load": 300.0}
        self.worker = Worker("slm", SERVANT, arguments, deadline_s=300.0, deadlines_s=limits_s)
        self._writer = RemoteWriter(self.worker)

    async def ask(self, question: str, passages: list[Passage]) -> Json:
        """Figures of one question; `wall_ms` and `first_ms` (the first sentence) as we saw them."""
        await self.worker.start()
        pids = (self.worker.pid or 0, os.getpid())
        busy_ms = sum(map(_busy_ms, pids))
        began, first_ms, told = clock.wall_s(), 0.0, 0
        async with aclosing(self._writer.answer(question, passages)) as sentences:
            async for _ in sentences:
                told += 1
                first_ms = first_ms or 1000 * (clock.wall_s() - began)
        wall_ms = 1000 * (clock.wall_s() - began)
        assert told >= 2, "the answer was not the one that the model was made for"
        busy_ms = sum(map(_busy_ms, pids)) - busy_ms
        seen = {"wall_ms": wall_ms, "first_ms": first_ms, "busy_ms": busy_ms}
        return {**await self.figures(), **seen}

    async def prime(self, passages: list[Passage]) -> None:
        await self._writer.prime(passages)

    async def figures(self, **tokens: int) -> Json:
        return (await self.worker.call("measure", tokens)).header


def _busy_ms(pid: int) -> float:
    """Processor time that a process has used."""
    times = psutil.Process(pid).cpu_times()
    return 1000 * (times.user + times.system)


async def compare(rounds: int, threads: int, model: Path, folder: Path) -> None:
    ours, bare = Ours(model, threads), Bare(model, threads, folder)
    try:
        began = clock.wall_s()
        await ours.worker.start()
        print(f"threads {threads}; ours is up after {clock.wall_s() - began:.1f} s")
        rows = [await _round(number, ours, bare) for number in range(rounds)]
        _show(rows)
        print("128 tokens in, 64 out:", await ours.figures(prompt_tokens=128, answer_tokens=64))
    finally:
        bare.close()
        await ours.worker.stop()


async def _round(number: int, ours: Ours, bare: Bare) -> dict[str, Json]:
    """A first question, then a second one on the same passages, with and without reuse."""
    one, two = QUESTIONS
    passages = PASSAGES if number % 2 else OTHERS
    sides = ("ours", "bare") if number % 2 else ("bare", "ours")
    row: dict[str, Json] = {}
    for side in sides:
        if side == "ours":
            await ours.ask(one, passages)
            row["ours"] = await ours.ask(two, passages)
        else:
            bare.ask(one, passages, max_tokens=1)
            row["bare"] = bare.ask(two, passages)
    # Without reuse: what it has read last is something else.
    await ours.figures(prompt_tokens=1, answer_tokens=1)
    row["cold"] = await ours.ask(two, passages)
    speed = row["ours"]["decode_tokens_per_s"], _decode(row["bare"])
    cells = f"decode {speed[0]:.2f} / {speed[1]:.2f} tokens/s"
    cells += f", processor {row['ours']['busy_ms']:.0f} / {row['bare']['busy_ms']:.0f} ms"
    first = row["ours"]["first_token_ms"], row["cold"]["first_token_ms"]
    print(f"round {number}: {cells}, first token {first[0]:.0f} / {first[1]:.0f} ms", flush=True)
    return row


def _decode(timings: dict[str, float]) -> float:
    return timings["predicted_per_second"]


def _show(rows: list[dict[str, Json]]) -> None:
    ours = median(row["ours"]["decode_tokens_per_s"] for row in rows)
    bare = median(_decode(row["bare"]) for row in rows)
    ratios = sorted(row["ours"]["decode_tokens_per_s"] / _decode(row["bare"]) for row in rows)
    print(f"decode, tokens/s      ours {ours:6.2f}   bare {bare:6.2f}   ratio {ours / bare:.3f}")
    print(f"  ratio by round      {', '.join(f'{ratio:.3f}' for ratio in ratios)}")
    for name, key in (("elapsed", "wall_ms"), ("processor", "busy_ms")):
        shares = sorted(row["bare"][key] / row["ours"][key] for row in rows)
        each = ", ".join(f"{share:.3f}" for share in shares)
        print(f"whole answer, {name} time: bare / ours {median(shares):.3f} ({each})")
    for name, key in (("first token, ms", "first_token_ms"), ("first sentence, ms", "first_ms")):
        reused = median(row["ours"][key] for row in rows)
        cold = median(row["cold"][key] for row in rows)
        cut = 1 - reused / cold
        print(f"{name:21} reused {reused:6.0f}   anew {cold:6.0f}   cut by {cut:.1%}")
    cold, reused = rows[0]["cold"], rows[0]["ours"]
    print(f"tokens read           reused {reused['prefill_tokens']}, anew {cold['prefill_tokens']}")


def main(rounds: int, threads: int) -> None:
    words = [f"▁{word}" for word in f"{prompt.SYSTEM} {' '.join(QUESTIONS)} large".split()]
    with tempfile.TemporaryDirectory(prefix="bench-llama-") as folder:
        model = Path(folder) / "random-0.5b-q8_0.gguf"
        began = clock.wall_s()
        chain = tokens_of(SENTENCE)
        write_model(model, {NEWLINE: chain}, words=words, shape=QWEN_HALF_B, endless=True)
        size_mb = model.stat().st_size / 1e6
        print(f"{model.name}: {size_mb:.0f} MB, made in {clock.wall_s() - began:.0f} s", flush=True)
        asyncio.run(compare(rounds, threads, model, Path(folder)))


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    main(*given, *(5, min(8, len(os.sched_getaffinity(0))))[len(given) :])
