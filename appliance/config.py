"""The configuration: a profile that ships with the program, and the owner's file laid over it.

Frozen, ranged, and intolerant of typos. A setting that can't be used is a `ConfigError` that
names the file's key, what is allowed, and the nearest name that exists.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

from appliance.errors import ConfigError
from appliance.knowledge.calibration import THRESHOLD
from appliance.tables import build, laid_over, parse, read, suggestion
from audio.segmenter import SegmenterSettings

DEFAULT_PROFILE = "bundled"


def _ranged(default: float, low: float, high: float) -> Any:  # noqa: ANN401  # a dataclass field
    return field(default=default, metadata={"low": low, "high": high})


def _one_of(*choices: str) -> Any:  # noqa: ANN401  # a dataclass field; the first is the default
    return field(default=choices[0], metadata={"choices": choices})


@dataclass(frozen=True, slots=True)
class WakeConfig:
    """Which phrases wake the appliance, each with the score (0..1) from which it counts."""

    phrases: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class KnowledgeConfig:
    """What it answers from.

    Attributes:
        pack: the knowledge pack; a relative path counts from the working directory.
        threshold: score (0..1) under which it says that it doesn't know.
        passages: how many passages a question may draw on.
    """

    pack: str = ""
    threshold: float = _ranged(THRESHOLD, 0.0, 1.0)
    passages: int = _ranged(5, 1, 20)


@dataclass(frozen=True, slots=True)
class RecognitionConfig:
    """What makes out words (docs/cpu-recognition.md; on the NPU docs/rknn.md).

    Attributes:
        engine: `sphinx` or `faster-whisper` on the CPU; `sensevoice` or `whisper` on the NPU.
        folder: of the model's files.
        spare: what hears on the CPU where the NPU fails: `sphinx` or `faster-whisper`.
        spare_folder: of its model's files.
        toolkit: version of rknn-toolkit2 that built the network; the runtime's must be the same.
        language: `auto`, or the only one that is spoken.
        frames: that the network was built for; with faster-whisper, that a pass hears at least;
            0: what is usual.
        cores: of the NPU.
        threads: of the CPU, for Whisper's decoder, or for faster-whisper.
        hints: whether faster-whisper is told the rare words of the knowledge pack.
        scale: of SenseVoice's frames; 0.5 where 16 bits overflow.
        library: the runtime.
        deadline_s: how long the NPU may take for an utterance; then the CPU does it.
    """

    engine: str = _one_of("sphinx", "sensevoice", "whisper", "faster-whisper")
    folder: str = ""
    spare: str = _one_of("sphinx", "faster-whisper")
    spare_folder: str = ""
    toolkit: str = "2.3.2"
    language: str = "auto"
    frames: int = _ranged(0, 0, 3000)
    cores: str = _one_of("auto", "0", "1", "0+1")
    threads: int = _ranged(2, 1, 8)
    hints: bool = True
    scale: float = _ranged(1.0, 0.1, 1.0)
    library: str = "/usr/lib/librknnrt.so"
    deadline_s: float = _ranged(4.0, 0.1, 60.0)

    @property
    def on_npu(self) -> bool:
        """Whether the NPU does it."""
        return self.engine not in {"sphinx", "faster-whisper"}

    @property
    def on_cpu(self) -> tuple[str, str]:
        """What hears on the CPU, alone or as the spare, and the folder of its model's files."""
        return (self.spare, self.spare_folder) if self.on_npu else (self.engine, self.folder)


@dataclass(frozen=True, slots=True)
class AnswersConfig:
    """What puts answers together; most of it is of `rkllm` (docs/rkllm.md).

    Attributes:
        engine: `reader` quotes the documents, on the CPU; `rkllm` is a model on the NPU, `llama`
            one on the CPU (docs/llama.md). The reader stands in for every model.
        spare: what stands in for `rkllm` before the reader does: `llama`, or nothing.
        model: the `.rkllm` file.
        library: the runtime.
        version: of the runtime, where its file does not say it.
        template: of the model's family.
        passage_chars: the most characters of passages in a prompt.
        cache: folder that keeps the prompt's head as the model read it; empty: none.
        context_tokens: prompt and answer together.
        answer_tokens: the longest answer.
        deadline_s: how long the NPU may take for a sentence; then the reader answers.
    """

    engine: str = _one_of("reader", "rkllm", "llama")
    spare: str = _one_of("reader", "llama")
    model: str = ""
    library: str = "/usr/lib/librkllmrt.so"
    version: str = ""
    template: str = _one_of("qwen3", "chatml")
    passage_chars: int = _ranged(2400, 200, 20_000)
    cache: str = ""
    context_tokens: int = _ranged(2048, 256, 16_384)
    answer_tokens: int = _ranged(160, 16, 1024)
    deadline_s: float = _ranged(8.0, 0.1, 60.0)

    @property
    def on_npu(self) -> bool:
        """Whether the NPU does it."""
        return self.engine == "rkllm"

    @property
    def by_llama(self) -> bool:
        """Whether llama.cpp does it, or stands in."""
        return self.engine == "llama" or (self.on_npu and self.spare == "llama")

    @property
    def quotes(self) -> bool:
        """Whether an answer is nothing but quotes."""
        return self.engine == "reader"


@dataclass(frozen=True, slots=True)
class LlamaConfig:
    """The language model on the CPU (docs/llama.md); its prompt is as `[answers]` says.

    Attributes:
        model: the GGUF file.
        small_model: a smaller one, that answers while the device is hot; empty: none.
        threads: of the CPU; 0: one for each core that it may use, at most 8.
        temperature: 0: always the likeliest word.
        deadline_s: how long it may take for a sentence; then the reader answers.
        load_deadline_s: how long the model may take to load.
    """

    model: str = ""
    small_model: str = ""
    threads: int = _ranged(0, 0, 64)
    temperature: float = _ranged(0.0, 0.0, 1.0)
    deadline_s: float = _ranged(12.0, 0.1, 60.0)
    load_deadline_s: float = _ranged(60.0, 0.5, 600.0)


@dataclass(frozen=True, slots=True)
class NpuConfig:
    """How the NPU's process is kept, and what stands in for it.

    Attributes:
        driver_file: where the driver says its version; empty: where kernels have it.
        warm_spare: whether the CPU's recogniser is started at boot, else when it is first needed.
        load_deadline_s: how long the models may take to load.
        retry_s: how long the NPU is left alone after it failed; twice as long each further time.
        retry_most_s: and how long at most.
    """

    driver_file: str = ""
    warm_spare: bool = False
    load_deadline_s: float = _ranged(60.0, 0.5, 600.0)
    retry_s: float = _ranged(2.0, 0.01, 600.0)
    retry_most_s: float = _ranged(300.0, 0.01, 3600.0)


@dataclass(frozen=True, slots=True)
class VoiceConfig:
    """How it sounds (docs/piper.md).

    Attributes:
        engine: `espeak`, or `piper` with espeak-ng as its spare.
        voice: an espeak-ng voice name.
        pitch: of espeak-ng.
        speed_wpm: words a minute; a Piper voice speaks at its own pace at 165.
        model: Piper's `.onnx` file, with its JSON beside it.
        speaker: which one of a Piper voice with several.
        threads: of the CPU, for Piper.
        name_source: whether the source is named.
    """

    engine: str = _one_of("espeak", "piper")
    voice: str = "en-us"
    speed_wpm: int = _ranged(165, 80, 450)
    pitch: int = _ranged(45, 0, 99)
    model: str = ""
    speaker: int = _ranged(0, 0, 9999)
    threads: int = _ranged(2, 1, 8)
    name_source: bool = True


@dataclass(frozen=True, slots=True)
class ConversationConfig:
    """How it behaves.

    Attributes:
        follow_up_s: how long it listens without the wake phrase after an answer; 0: not at all.
        barge_in: whether anybody who speaks over the reply interrupts it; else only the wake
            phrase and "stop" do.
    """

    follow_up_s: float = _ranged(5.0, 0.0, 60.0)
    barge_in: bool = False


@dataclass(frozen=True, slots=True)
class OverlapConfig:
    """What is done while something else still goes on; each can be switched off by itself.

    Attributes:
        partials: recognise and look up what was said so far while the person speaks.
        partials_share: of the time, that recognising it may take; 1: all of it.
        foresight: begin the answer with what they found, while the whole question is looked up.
        prefire: make the reply in the first silence, before it is known to be the end.
        adaptive: wait shorter after what sounds finished, longer after what does not.
        stream: speak the first sentence while the next one is made.
        lead_in: name the source first, from a recording, where the answer is late.
        lead_in_after_s: how late that is.
    """

    partials: bool = True
    partials_share: float = _ranged(1.0, 0.05, 1.0)
    foresight: bool = True
    prefire: bool = True
    adaptive: bool = True
    stream: bool = True
    lead_in: bool = True
    lead_in_after_s: float = _ranged(0.15, 0.0, 5.0)


@dataclass(frozen=True, slots=True)
class DevicesConfig:
    """What the service is connected to.

    Attributes:
        microphone, loudspeaker: names of sound devices, as `appliance doctor` lists them; empty
            is the system's default.
        earcons: whether short sounds tell what it does.
        lights: `none`, `terminal`, or `sysfs:LED`.
        mute_switch: `none`, `terminal`, `gpio:CHIP:LINE` or `evdev:DEVICE`.
        echo_cancellation: whether its own voice is taken out of what it hears.
    """

    microphone: str = ""
    loudspeaker: str = ""
    earcons: bool = True
    lights: str = "none"
    mute_switch: str = "none"
    echo_cancellation: bool = True


@dataclass(frozen=True, slots=True)
class CommandsConfig:
    """Orders that need no model. `languages` are tried in this order, separated by spaces."""

    languages: str = "en"

    @property
    def first_language(self) -> str:
        """What it says unasked (notices, alarms) is in this one."""
        return next(iter(self.languages.split()), "en")


@dataclass(frozen=True, slots=True)
class StorageConfig:
    """Where `appliance run` keeps timers and the volume; empty: below the home directory."""

    folder: str = ""


@dataclass(frozen=True, slots=True)
class HealthConfig:
    """When a part counts as dead, and when it presses (docs/health.md).

    Attributes:
        silence: whether a microphone that delivers nothing but zeros counts as dead.
        loop_s: the service ends itself if its loop stands still for so long; 0: never.
        hot_c: the hottest zone's temperature from which answers are shorter.
        hot_sentences: how long they may be then, and where the supply is weak.
        weak_volume: the most volume (percent) where the supply is weak.
        low_memory_mb: what can be had again is let go under so much.
        low_disk_mb: what can be done without (a trace) is not written under so much.
    """

    silence: bool = True
    loop_s: float = _ranged(2.5, 0.0, 60.0)
    hot_c: float = _ranged(85.0, 20.0, 120.0)
    hot_sentences: int = _ranged(1, 1, 10)
    weak_volume: int = _ranged(40, 0, 100)
    low_memory_mb: int = _ranged(150, 0, 100_000)
    low_disk_mb: int = _ranged(50, 0, 100_000)


@dataclass(frozen=True, slots=True)
class HistoryConfig:
    """What is kept of what happened, for `appliance why` (docs/history.md).

    Attributes:
        keep: whether `appliance run` keeps any.
        words: whether what was said and answered is kept, too; off removes what was kept.
        size_kb: the most that it takes on the disk; then the oldest goes.
    """

    keep: bool = True
    words: bool = False
    size_kb: int = _ranged(4096, 64, 262_144)


@dataclass(frozen=True, slots=True)
class ModelsConfig:
    """Which models of the store it uses: ids as `appliance models list` shows, spaced apart."""

    use: str = ""


@dataclass(frozen=True, slots=True)
class WorkersConfig:
    """How much memory of its own each engine's process may have, in MB; 0: no limit.

    Above it a process is renewed between two jobs, half as far above again it is killed
    (docs/workers.md). Mapped model files don't count.
    """

    asr_mb: int = _ranged(1500, 0, 100_000)
    npu_mb: int = _ranged(3000, 0, 100_000)
    mind_mb: int = _ranged(1500, 0, 100_000)
    slm_mb: int = _ranged(3000, 0, 100_000)
    voice_mb: int = _ranged(1000, 0, 100_000)


@dataclass(frozen=True, slots=True)
class ConsoleConfig:
    """The field technician's console (docs/console.md).

    Attributes:
        port: a terminal device, or `unix:PATH`; empty: none.
        baud: its speed.
        service_key: PEM file of the OEM's public Ed25519 key; empty: nobody can unlock.
    """

    port: str = ""
    baud: int = _ranged(1_500_000, 1_200, 4_000_000)
    service_key: str = ""


@dataclass(frozen=True, slots=True)
class UpdatesConfig:
    """Where updates come from (docs/updates.md).

    Attributes:
        stick: folder where the image mounts a USB stick; empty: no sticks.
        pack_key: PEM file of the public Ed25519 key of knowledge packs; empty: none is accepted.
    """

    stick: str = ""
    pack_key: str = ""


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that can be set."""

    profile: str
    wake: WakeConfig
    segmenter: SegmenterSettings = field(default_factory=SegmenterSettings)
    knowledge: KnowledgeConfig = field(default_factory=KnowledgeConfig)
    recognition: RecognitionConfig = field(default_factory=RecognitionConfig)
    answers: AnswersConfig = field(default_factory=AnswersConfig)
    llama: LlamaConfig = field(default_factory=LlamaConfig)
    npu: NpuConfig = field(default_factory=NpuConfig)
    voice: VoiceConfig = field(default_factory=VoiceConfig)
    conversation: ConversationConfig = field(default_factory=ConversationConfig)
    overlap: OverlapConfig = field(default_factory=OverlapConfig)
    devices: DevicesConfig = field(default_factory=DevicesConfig)
    commands: CommandsConfig = field(default_factory=CommandsConfig)
    storage: StorageConfig = field(default_factory=StorageConfig)
    history: HistoryConfig = field(default_factory=HistoryConfig)
    models: ModelsConfig = field(default_factory=ModelsConfig)
    workers: WorkersConfig = field(default_factory=WorkersConfig)
    health: HealthConfig = field(default_factory=HealthConfig)
    console: ConsoleConfig = field(default_factory=ConsoleConfig)
    updates: UpdatesConfig = field(default_factory=UpdatesConfig)


def profiles() -> list[str]:
    """Names of the profiles that ship with the program."""
    folder = resources.files("appliance") / "profiles"
    return sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir())


def load_config(profile: str = DEFAULT_PROFILE, *overlays: Path) -> Config:
    """The configuration of a profile, with files laid over it, the last one on top.

    Raises:
        ConfigError: no such profile, or a file that is no configuration.
    """
    if profile not in profiles():
        raise ConfigError(
            "CFG-PROFILE",
            f"there is no profile `{profile}`",
            suggestion(profile, profiles()) or f"these exist: {', '.join(profiles())}",
            "choose one of them with --profile",
        )
    shipped = resources.files("appliance") / "profiles" / f"{profile}.toml"
    table = parse(shipped.read_text(encoding="utf-8"), f"{profile}.toml")
    for overlay in overlays:
        table = laid_over(table, parse(read(overlay), str(overlay)))
    return build(Config, {**table, "profile": profile}, "")
