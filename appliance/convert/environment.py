"""The toolkit's own environment: made when asked, opened otherwise."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from appliance.convert.messages import disk_is_full, failure
from appliance.convert.program import lines, program
from appliance.convert.toolkits import PINS, PYTHONS, RKLLM, RKNN, TOOLKITS
from appliance.errors import ModelError
from appliance.models.disk import no_room

Report = Callable[[str, float], None]
AGAIN = "put right what it says, then give the same command again: it goes on from there"
_PROBE = """\
import importlib.metadata as m, json, sys
found = {"python": "%d.%d" % sys.version_info[:2]}
for name in sys.argv[1:]:
    try: found[name] = m.version(name)
    except m.PackageNotFoundError: pass
print(json.dumps(found))"""


class Environment(NamedTuple):
    """A toolkit that is ready."""

    python: Path
    kind: str
    version: str


def open_environment(folder: Path, kind: str) -> Environment:
    """The environment in `folder`.

    Raises:
        ModelError: `MOD-ENVIRONMENT`, there is none, or it has no toolkit of this kind.
    """
    package, python = TOOLKITS[kind].package, _python_of(folder)
    again = " --wheel FILE" if kind == RKLLM else ""
    remedy = f"make it: appliance models convert --environment {folder}{again}"
    if not python.exists():
        raise ModelError("MOD-ENVIRONMENT", "there is no toolkit", f"no {python}", remedy)
    version = _probe(python, package).get(package)
    if version is None:
        raise ModelError(
            "MOD-ENVIRONMENT",
            f"{folder} has no {package}",
            "it is not installed, or not yet",
            remedy,
        )
    return Environment(python, kind, version)


def choose_python(wanted: str) -> Path:
    """An interpreter that the toolkit has a wheel for.

    Args:
        wanted: a path or a name; "": this one, or another that is installed.

    Raises:
        ModelError: `MOD-PYTHON`.
    """
    names = [wanted] if wanted else [sys.executable, *(f"python{version}" for version in PYTHONS)]
    found = [Path(path) for name in names if (path := shutil.which(name))]
    versions = {path: _probe(path).get("python", "broken") for path in found}
    fit = [path for path, version in versions.items() if version in PYTHONS]
    if fit:
        return fit[0]
    cause = ", ".join(f"{path} is {version}" for path, version in versions.items())
    raise ModelError(
        "MOD-PYTHON",
        "the toolkit does not exist for this Python",
        cause or f"there is no {wanted}",
        f"install Python {' or '.join(PYTHONS)}, and name it with --python",
    )


def steps(kind: str, wanted: str) -> list[list[str]]:
    """What pip installs, in order; `wanted` is a version of rknn-toolkit2, or the vendor's wheel.

    The pins go first, and the toolkit without its requirements: see `toolkits`.
    """
    if kind == RKNN:
        return [list(PINS), ["--no-deps", f"{TOOLKITS[RKNN].package}=={wanted}"]]
    return [[wanted]]


def make_environment(
    folder: Path, python: Path, installs: Sequence[Sequence[str]], report: Report
) -> None:
    """Install into `folder`, which may be half made already. Uses the network, as pip does.

    Args:
        folder: new, empty, or such an environment.
        python: the interpreter.
        installs: see `steps`.
        report: told what is done and its share (0..1).

    Raises:
        ModelError: `MOD-ENVIRONMENT`, `MOD-NO-ROOM`.
    """
    if folder.is_file() or (any(folder.glob("*")) and not (folder / "pyvenv.cfg").exists()):
        raise ModelError(
            "MOD-ENVIRONMENT",
            f"{folder} can't become an environment",
            "it holds other things",
            "name a folder that does not exist yet",
        )
    report("make the environment", 0.0)
    _run([str(python), "-I", "-m", "venv", str(folder.absolute())], _Collected(report, 1))
    pip = [str(_python_of(folder)), "-I", "-m", "pip", "install", "--disable-pip-version-check"]
    collected = _Collected(report, sum(map(len, installs)))
    for packages in installs:
        _run([*pip, "--no-input", "--progress-bar", "off", *packages], collected)


class _Collected:
    """Reports how far pip is, by the packages that it names."""

    def __init__(self, report: Report, expected: int) -> None:
        self._report, self._expected, self._seen = report, expected, 0

    def line(self, line: str) -> None:
        """One line of pip's."""
        if line.startswith(("Collecting ", "Requirement already satisfied")):
            self._seen += 1
        if line.startswith(("Collecting ", "Downloading ", "Installing ")):
            share = self._seen / max(self._expected, self._seen + 1)
            self._report(f"install: {line[:50]}", share)


def _run(command: list[str], collected: _Collected) -> None:
    """Raises ModelError where the program fails."""
    tail: deque[str] = deque(maxlen=40)
    with program(command, None, {}, Path.cwd()) as process:
        for line in lines(process):
            tail.append(line)
            collected.line(line)
        code = process.wait()
    if code == 0:
        return
    text = "\n".join(tail)
    if disk_is_full(text):
        raise no_room(Path(command[0]).parent, "pip ran out of it", AGAIN)
    raise ModelError(
        "MOD-ENVIRONMENT",
        "the environment could not be made",
        failure(text) or f"code {code}",
        AGAIN,
    )


def _probe(python: Path, *packages: str) -> dict[str, str]:
    """Its version as `python`, and those of the packages that it has; nothing if it won't run."""
    command = [str(python), "-I", "-c", _PROBE, *packages]
    try:
        done = subprocess.run(command, capture_output=True, check=True, text=True)
        found: dict[str, str] = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.CalledProcessError):
        return {}
    return found


def _python_of(folder: Path) -> Path:
    return folder.absolute() / "bin" / "python"
