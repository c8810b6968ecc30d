"""llama.cpp itself, with home-made models: what it says, what it has read, how it fails."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from contextlib import aclosing
from pathlib import Path

import pytest

from appliance.engines.llama_faults import overheard
from appliance.engines.ports import Passage
from appliance.errors import EngineError
from tests.appliance.engines.llamas import (
    ANSWER,
    FILTER,
    LAMP,
    REPLY,
    Told,
    parrot,
    settings,
    with_model,
)
from tests.fakes.llama.models import ANSWER as ANSWER_MARK
from tests.fakes.llama.models import NEWLINE, THINK, THOUGHT, tokens_of, write_model

pytest.importorskip("xllamacpp")

THINKING = (
    "{% for m in messages %}<|im_start|>{{ m.role }} {{ m.content }}<|im_end|>{% endfor %}"
    "{% if enable_thinking is defined and not enable_thinking %}<think></think>"
    "{% else %}<think>{% endif %}"
)
"""A template in the manner of Qwen3's."""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return parrot(tmp_path_factory.mktemp("gguf") / "parrot.gguf")


@pytest.fixture(scope="module")
def chatterbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return parrot(tmp_path_factory.mktemp("gguf") / "chatterbox.gguf", endless=True)


def test_sentences_name_their_passage_and_nothing_is_read_twice(model: Path) -> None:
    async def act(slm: Told) -> None:
        assert await slm.ask() == ANSWER
        first = await slm.figures()
        assert await slm.ask("what colour?") == ANSWER
        second = await slm.figures()
        await slm.prime([LAMP, FILTER])
        assert await slm.ask("how often?", LAMP, FILTER) == ANSWER
        primed = await slm.figures()
        assert slm.worker.info["load_ms"] > 0
        # The head was read when it was loaded, then the passages, then only the question.
        for figures, new in ((first, 0.6), (second, 0.25), (primed, 0.25)):
            whole = figures["prefill_tokens"] + figures["cached_tokens"]
            assert whole > 120
            assert figures["prefill_tokens"] < new * whole
        for name in ("first_token_ms", "prefill_tokens_per_s", "decode_tokens_per_s", "peak_mb"):
            assert second[name] > 0, name

    with_model(act, settings(model))


def test_figures_of_so_many_tokens(model: Path) -> None:
    async def act(slm: Told) -> None:
        figures = await slm.figures(prompt_tokens=128, answer_tokens=64)
        counted = (figures["cached_tokens"], figures["prefill_tokens"], figures["answer_tokens"])
        assert counted == (0, 128, 64)
        assert await slm.ask() == ANSWER
        with pytest.raises(EngineError, match="context_tokens"):
            await slm.figures(prompt_tokens=5000, answer_tokens=1)

    with_model(act, settings(model))


def test_an_answer_left_early_ends_and_leaves_nothing_for_the_next(chatterbox: Path) -> None:
    async def act(slm: Told) -> None:
        async with aclosing(slm.answer("what?", [FILTER, LAMP])) as sentences:
            assert (await anext(sentences)).text == "Clean the filter every 3 months."
        assert await slm.figures() == {}, "it came to its end"
        said = await slm.ask()
        assert said[:2] == ANSWER
        assert (await slm.figures())["answer_tokens"] == 1000
        # The last one, cut short by `answer_tokens`, is not told.
        assert set(said) == set(ANSWER)

    with_model(act, settings(chatterbox, answer_tokens=1000))


LEAVE_EARLY = """
import os, sys
from appliance.engines.llama import Llama, LlamaSettings
llama = Llama(LlamaSettings(sys.argv[1], threads=1, context_tokens=2048))
llama.load()
asked = [{"role": "user", "content": "A lamp is red. " * 400}]
reading = llama.write(asked, 0)
print([next(reading), next(reading)], llama.perf)
reading.close()
print(llama.perf)
written = "".join(llama.write(asked))
print(llama.perf.cached_tokens, llama.perf.prefill_tokens)
print(written)
os._exit(0)
"""


def test_reading_that_is_left_early_ends_after_a_batch_and_what_was_read_stays(
    model: Path,
) -> None:
    child = subprocess.run(
        [sys.executable, "-c", LEAVE_EARLY, str(model)], capture_output=True, timeout=60, check=True
    )
    left, over, counted, written = child.stdout.decode().splitlines()
    assert (left, over) == ("['', ''] None", "None")
    cached, new = map(int, counted.split())
    assert 64 <= cached < new
    assert written.strip() == REPLY


def test_a_character_split_over_tokens_comes_whole(tmp_path: Path) -> None:
    passage = Passage("Heat it to 60 °C für 5 min.", "guide.md#heat", "the guide", 0.9)

    async def act(slm: Told) -> None:
        assert await slm.ask("how?", passage) == ["Heat it to 60 °C für 5 min. [guide.md#heat]"]

    reply = "Heat it to 60 °C für 5 min."
    with_model(act, settings(parrot(tmp_path / "parrot.gguf", reply)))


@pytest.mark.parametrize("reply", ["", "NO ANSWER", "It is 42."])
def test_nonsense_a_refusal_and_an_invention_are_no_answer(reply: str, tmp_path: Path) -> None:
    """Of a model of random weights, nothing is told: not one byte of it rests on a passage."""

    async def act(slm: Told) -> None:
        assert await slm.ask() == []
        assert (await slm.figures())["answer_tokens"] > 0

    with_model(act, settings(parrot(tmp_path / "parrot.gguf", reply)))


def test_bytes_that_are_no_characters_are_left_out(tmp_path: Path) -> None:
    tokens = [*tokens_of("Clean the filter"), "<0xFF>", "<0x80>", *tokens_of("every 3 months.")]

    async def act(slm: Told) -> None:
        assert await slm.ask() == ANSWER[:1]

    with_model(act, settings(write_model(tmp_path / "broken.gguf", {NEWLINE: tokens})))


@pytest.mark.parametrize(
    ("template", "mark"),
    [("{{ messages[1].content }}<|answer|>", ANSWER_MARK), (THINKING, THOUGHT)],
)
def test_the_model_brings_its_own_template_and_does_not_think(
    template: str, mark: str, tmp_path: Path
) -> None:
    says = {mark: tokens_of(REPLY), THINK: ["▁hmm"]}
    model = write_model(tmp_path / "own.gguf", says, template=template)

    async def act(slm: Told) -> None:
        assert await slm.ask() == ANSWER

    with_model(act, settings(model))


def test_passages_that_do_not_fit_are_cut_and_a_prompt_that_never_fits_is_an_error(
    model: Path,
) -> None:
    manual = Passage(f"{FILTER.text} " * 60, "guide.md#filter", "the guide", 0.9)

    async def act(slm: Told) -> None:
        assert await slm.ask("how often?", manual) == ANSWER[:1]
        with pytest.raises(EngineError, match="context_tokens") as caught:
            await slm.ask("word " * 500, manual)
        assert caught.value.code == "ENG-LLAMA-RUN"

    with_model(act, settings(model, context_tokens=512))


def test_nobody_can_reach_the_librarys_server_and_the_process_can_be_ended(model: Path) -> None:
    async def act(slm: Told) -> None:
        await slm.worker.start()
        pid = slm.worker.pid
        assert pid is not None
        for name in _listening(pid):
            assert name.startswith("unix "), f"it listens on {name}"
            with socket.socket(socket.AF_UNIX) as door, pytest.raises(OSError, match="such file"):
                door.connect(name.removeprefix("unix "))
        os.kill(pid, signal.SIGTERM)
        with pytest.raises(EngineError) as caught:
            await slm.ask()
        assert caught.value.code == "ENG-CRASHED"
        assert await slm.ask() == ANSWER

    with_model(act, settings(model))


def _listening(pid: int) -> list[str]:
    """Where a process listens: `unix /path`, or a line of the kernel's other tables."""
    links = [str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()]
    inodes = {link[8:-1] for link in links if link.startswith("socket:[")}
    found = []
    for table, column in (("unix", 6), ("tcp", 9), ("tcp6", 9), ("udp", 9), ("udp6", 9)):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[column] in inodes:
                found.append(f"unix {fields[7]}" if table == "unix" and fields[7:] else line)
    assert found
    return found


LOAD_EACH = """
import os, sys
from appliance.engines.llama import Llama, LlamaSettings
from appliance.errors import EngineError
kept = []
for path in sys.argv[1:]:
    kept.append(Llama(LlamaSettings(path, threads=1)))
    try:
        kept[-1].load()
        print("loads", flush=True)
    except EngineError as error:
        print(error.code, error.cause, sep=": ", flush=True)
os._exit(0)
"""


def loaded(paths: list[Path], log: Path) -> list[str]:
    """What became of each file; a crash of the library is `crashed`."""
    told: list[str] = []
    while len(told) < len(paths):
        with log.open("w+b") as stderr:
            child = subprocess.run(
                [sys.executable, "-c", LOAD_EACH, *map(str, paths[len(told) :])],
                stdout=subprocess.PIPE,
                stderr=stderr,
                timeout=120,
                check=False,
            )
        told += child.stdout.decode().splitlines()
        if child.returncode:
            told.append("crashed")
    return told


def test_files_that_are_no_model_are_an_error_that_says_why(model: Path, tmp_path: Path) -> None:
    whole = model.read_bytes()
    files = {
        "missing.gguf": (None, "no such file"),
        "empty.gguf": (b"", "it is empty"),
        "junk.gguf": (b"\0\xff not a model \n" * 999, "invalid magic characters"),
        "magic.gguf": (whole[:4], "failed to read"),
        "header.gguf": (whole[:5000], ""),
        "cut.gguf": (whole[:-50_000], "not within the file bounds"),
        "kind.gguf": (whole.replace(b"llama", b"lorem"), "unknown model architecture"),
    }
    for name, (content, _) in files.items():
        if content is not None:
            (tmp_path / name).write_bytes(content)
    outcomes = loaded([tmp_path / name for name in files], tmp_path / "log")
    for outcome, (_, why) in zip(outcomes, files.values(), strict=True):
        assert outcome.startswith("ENG-LLAMA-MODEL: "), outcome
        assert why in outcome


def test_damaged_files_never_do_worse_than_to_end_the_process(model: Path, tmp_path: Path) -> None:
    """Each loads, or says why not, or aborts, which the service survives."""
    whole = model.read_bytes()
    files = [whole.replace(b"months", b"mo\0\0hs", 1)]  # two tokens become one
    for number in range(40):
        place = 8 + number * 397 % 9000  # in the header, the settings or the vocabulary
        harm = bytes([number * 37 % 256, 255, 255, number])
        files.append(whole[:place] + harm + whole[place + 4 :])
    paths = [tmp_path / f"{number}.gguf" for number in range(len(files))]
    for path, content in zip(paths, files, strict=True):
        path.write_bytes(content)
    outcomes = [outcome.split(":")[0] for outcome in loaded(paths, tmp_path / "log")]
    assert outcomes[0] == "crashed"
    assert set(outcomes) == {"crashed", "loads", "ENG-LLAMA-MODEL"}


def test_what_the_library_tells_is_read_and_goes_on_to_where_it_went(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with overheard() as complaint:
        os.write(2, b"0.1 I load: fine\n0.2 E load: the file is short\n")
        assert complaint() == "the file is short"
        os.write(2, b"afterwards\n")
    with overheard() as complaint:
        assert complaint() == "llama.cpp does not say why"
    assert capfd.readouterr().err.splitlines()[1:] == [
        "0.2 E load: the file is short",
        "afterwards",
    ]
