"""The toolkit's environment: made by pip, which is a stand-in here."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from appliance.convert.environment import choose_python, make_environment, open_environment, steps
from appliance.convert.toolkits import PINS, RKLLM, RKNN
from appliance.errors import ModelError

PIP = """#!/bin/sh
# An interpreter whose `-m venv` makes a folder, and whose pip says {words}.
case "$*" in
*"-m venv"*) mkdir -p "$4/bin" && cp "$0" "$4/bin/python" && touch "$4/pyvenv.cfg" ;;
*"pip install"*) echo "$*" >> "{log}"; echo "Collecting torch"; echo "{words}"; exit {code} ;;
*) echo '{{"python": "{version}", "rknn-toolkit2": "2.5.0"}}' ;;
esac
"""


def interpreter(folder: Path, *, version: str = "3.11", words: str = "", code: int = 0) -> Path:
    path = folder / f"python-{version}"
    log = folder / "log"
    path.write_text(PIP.format(words=words, code=code, version=version, log=log))
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def silent(what: str, share: float) -> None:
    assert 0 <= share <= 1


def test_the_pins_go_first_and_the_toolkit_without_its_own(tmp_path: Path) -> None:
    python = interpreter(tmp_path)
    make_environment(tmp_path / "env", python, steps(RKNN, "2.3.2"), silent)
    first, second = (tmp_path / "log").read_text().splitlines()
    assert all(pin in first for pin in PINS)
    assert second.endswith("--no-deps rknn-toolkit2==2.3.2")
    assert open_environment(tmp_path / "env", RKNN).version == "2.5.0"


def test_a_half_made_environment_is_finished_by_the_same_command(tmp_path: Path) -> None:
    folder = tmp_path / "env"
    with pytest.raises(ModelError, match="was unplugged; put right"):
        make_environment(
            folder,
            interpreter(tmp_path, words="ERROR: the cable was unplugged", code=1),
            steps(RKNN, "2.5.0"),
            silent,
        )
    make_environment(folder, interpreter(tmp_path), steps(RKNN, "2.5.0"), silent)


def test_a_full_disk_is_named(tmp_path: Path) -> None:
    python = interpreter(tmp_path, words="OSError: [Errno 28] No space left on device", code=1)
    with pytest.raises(ModelError) as caught:
        make_environment(tmp_path / "env", python, steps(RKLLM, "x.whl"), silent)
    assert caught.value.code == "MOD-NO-ROOM"


def test_a_folder_with_other_things_is_never_touched(tmp_path: Path) -> None:
    (tmp_path / "letters").write_text("dear")
    with pytest.raises(ModelError, match="holds other things"):
        make_environment(tmp_path, Path(sys.executable), steps(RKNN, "2.5.0"), silent)
    assert [path.name for path in tmp_path.iterdir()] == ["letters"]


def test_a_python_without_a_wheel_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"is 3\.13") as caught:
        choose_python(str(interpreter(tmp_path, version="3.13")))
    assert caught.value.code == "MOD-PYTHON"
    with pytest.raises(ModelError, match="there is no /nowhere"):
        choose_python("/nowhere")
    fit = interpreter(tmp_path, version="3.12")
    assert choose_python(str(fit)) == fit


def test_without_the_toolkit_it_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"--environment .* --wheel FILE"):
        open_environment(tmp_path, RKLLM)
