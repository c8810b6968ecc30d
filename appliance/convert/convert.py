"""One conversion: checked before, watched meanwhile, written whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from appliance.convert.environment import Environment
from appliance.convert.graph import Input, fixed, read_inputs
from appliance.convert.messages import disk_is_full, failure
from appliance.convert.note import Note, note_path
from appliance.convert.program import OFFLINE, lines, program
from appliance.convert.samples import COMPARED, check_texts, noise, read_samples
from appliance.convert.toolkits import CALIBRATED, PLATFORM, RKLLM, RKNN, TOOLKITS
from appliance.durable import move_durably, write_durably
from appliance.errors import ModelError
from appliance.models.disk import disk_errors, no_room, sha256_of

Report = Callable[[str, float], None]
AGAIN = "free some space and convert again"
DRIVER = Path(__file__).with_name("driver.py")
_LOG_BYTES = 64 << 10


@dataclass(frozen=True, slots=True)
class Wishes:
    """What to make.

    Attributes:
        source: an ONNX file, or a folder of Hugging Face.
        target: the file to write; one that is there is replaced.
        quantisation: one of the toolkit's; "" for its default.
        calibration: recorded inputs, or texts for a language model.
        shapes: sizes of inputs that the ONNX file leaves open.
        least_cosine: what the simulator must reach for the file to be written.
        settings: further numbers for rkllm-toolkit.
    """

    source: Path
    target: Path
    quantisation: str = ""
    calibration: Path | None = None
    shapes: dict[str, tuple[int, ...]] = field(default_factory=dict)
    least_cosine: float = 0.999
    settings: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The note, and whether the file is good enough and was written."""

    note: Note
    written: bool


def convert(wishes: Wishes, environment: Environment, report: Report) -> Outcome:
    """Convert a model.

    Raises:
        ModelError: the input can't be used, the toolkit failed, or the disk did.
    """
    target = wishes.target
    with disk_errors(target, AGAIN):
        inputs = _checked(wishes, environment.kind)
        folder = target.absolute().parent
        with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=folder) as name:
            work = Path(name)
            job = _job(wishes, environment.kind, inputs, work)
            result = _driven(job, environment, work, report)
            report("check", 0.99)
            note = _note(wishes, environment.kind, result, Path(job["target"]))
            written = all(value >= wishes.least_cosine for value in note.cosine.values())
            if written:
                _put(Path(job["target"]), note, target)
    return Outcome(note, written)


def kind_of(source: Path) -> str:
    """Which toolkit converts it.

    Raises:
        ModelError: `MOD-SOURCE`, neither does.
    """
    kind = RKLLM if source.is_dir() else RKNN
    if kind == RKNN and not source.is_file():
        raise _no_source(source, "there is no such file or folder")
    if source.is_dir() and not (source / "config.json").is_file():
        raise _no_source(source, "the folder has no config.json")
    if source.is_file() and source.suffix != ".onnx":
        raise _no_source(source, "its name does not end in .onnx")
    return kind


def _no_source(source: Path, cause: str) -> ModelError:
    wanted = " or ".join(toolkit.takes for toolkit in TOOLKITS.values())
    return ModelError("MOD-SOURCE", f"{source} can't be converted", cause, f"name {wanted}")


def _checked(wishes: Wishes, kind: str) -> list[Input]:
    """The inputs of the graph, fixed; none of a language model."""
    toolkit = TOOLKITS[kind]
    if wishes.target.suffix != f".{kind}":
        raise ModelError(
            "MOD-TARGET",
            f"{wishes.target} can't be written",
            f"{wishes.source} becomes a .{kind}",
            f"name a file that ends in .{kind}",
        )
    if wishes.quantisation not in {"", *toolkit.quantisations}:
        raise ModelError(
            "MOD-QUANTISATION",
            f"there is no “{wishes.quantisation}”",
            f"{toolkit.package} makes other kinds for the {PLATFORM}",
            f"choose one of {', '.join(toolkit.quantisations)}",
        )
    if wishes.quantisation in CALIBRATED and wishes.calibration is None:
        raise ModelError(
            "MOD-CALIBRATION",
            f"{wishes.quantisation} needs recorded inputs",
            "the range of every number is taken from them",
            "name a list with --calibration (docs/convert.md)",
        )
    return fixed(read_inputs(wishes.source), wishes.shapes) if kind == RKNN else []


def _job(wishes: Wishes, kind: str, inputs: list[Input], work: Path) -> dict[str, Any]:
    """What the driver is told."""
    job: dict[str, Any] = {
        "kind": kind,
        "platform": PLATFORM,
        "source": str(wishes.source.absolute()),
        "target": str(work / f"made.{kind}"),
        "quantisation": wishes.quantisation or TOOLKITS[kind].quantisations[0],
        "dataset": None,
        **wishes.settings,
    }
    if kind != RKNN:
        if wishes.calibration:
            check_texts(wishes.calibration)
            job["dataset"] = str(wishes.calibration.absolute())
        return job
    recorded = read_samples(wishes.calibration, inputs) if wishes.calibration else []
    if recorded:
        job["dataset"] = str(work / "calibration.txt")
        rows = (" ".join(map(str, sample)) for sample in recorded)
        Path(job["dataset"]).write_text("\n".join(rows) + "\n", encoding="utf-8")
    job["samples"] = [
        list(map(str, sample)) for sample in (recorded or noise(inputs, work))[:COMPARED]
    ]
    job["inputs"] = [given.name for given in inputs]
    job["shapes"] = [list(given.shape) for given in inputs]
    job["fix"] = bool(wishes.shapes)
    return job


def _driven(
    job: dict[str, Any], environment: Environment, work: Path, report: Report
) -> dict[str, Any]:
    """What the driver gives as the result."""
    description, log = work / "job.json", work / "toolkit.log"
    description.write_text(json.dumps(job), encoding="utf-8")
    command = [str(environment.python), "-I", str(DRIVER), str(description)]
    last: dict[str, Any] = {}
    doing = "start"
    variables = {**OFFLINE, "TMPDIR": str(work)}
    with log.open("wb") as errors, program(command, errors, variables, work) as process:
        for line in filter(None, lines(process)):
            last = json.loads(line)
            if "doing" in last:
                doing = last["doing"]
                report(doing, last["share"])
        code = process.wait()
    if "result" in last:
        result: dict[str, Any] = last["result"]
        return result
    said = last.get("error", {}).get("message", f"its process ended with code {code}")
    raise _failed(job, doing, said, _tail(log))


def _failed(job: dict[str, Any], doing: str, said: str, log: str) -> ModelError:
    if disk_is_full(said) or disk_is_full(log):
        return no_room(Path(job["target"]).parent.parent, f"the toolkit, at “{doing}”", AGAIN)
    # Where it only returned a code, the reason is in its log.
    known = failure(log) if said.startswith(("RefusedError", "its process")) else ""
    cause = f"at “{doing}”: {failure(said)}" + (f": {known}" if known else "")
    return ModelError(
        "MOD-CONVERT",
        f"{job['source']} was not converted",
        cause,
        "nothing was written; see “When it fails”, docs/convert.md",
    )


def _tail(log: Path) -> str:
    with log.open("rb") as file:
        file.seek(0, os.SEEK_END)
        file.seek(max(0, file.tell() - _LOG_BYTES))
        return file.read().decode("utf-8", "replace")


def _note(wishes: Wishes, kind: str, result: dict[str, Any], made: Path) -> Note:
    compared = "calibration" if wishes.calibration else "noise"
    return Note(
        bytes=made.stat().st_size,
        sha256=sha256_of(made, _quiet),
        toolkit=TOOLKITS[kind].package,
        version=result["version"],
        platform=PLATFORM,
        quantisation=wishes.quantisation or TOOLKITS[kind].quantisations[0],
        source=wishes.source.name,
        source_sha256=_hash(wishes.source),
        calibration_sha256=_hash(wishes.calibration) if wishes.calibration else "",
        compared_with=compared if result["cosine"] else "",
        cosine=result["cosine"],
        settings=wishes.settings,
    )


def _hash(source: Path) -> str:
    """Of a file, or of a folder's files: their names and hashes."""
    if source.is_file():
        return sha256_of(source, _quiet)
    files = sorted(path for path in source.rglob("*") if path.is_file())
    rows = (f"{sha256_of(path, _quiet)}  {path.relative_to(source)}\n" for path in files)
    return hashlib.sha256("".join(rows).encode()).hexdigest()


def _quiet(_: float) -> None:
    pass


def _put(made: Path, note: Note, target: Path) -> None:
    """Model and note in place; a note never stands beside a model that it doesn't describe."""
    with made.open("rb") as file:
        os.fsync(file.fileno())
    note_path(target).unlink(missing_ok=True)
    move_durably(made, target)
    write_durably(note_path(target), note.dump())
