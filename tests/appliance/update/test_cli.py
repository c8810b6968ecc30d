"""`appliance update` and `appliance knowledge sign`, as they are typed; a real RAUC behind them."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from appliance.cli import main, options
from appliance.cli import update as verb
from appliance.knowledge.build import build_pack
from appliance.update.device import Device
from appliance.update.diary import FILE, Diary
from appliance.update.version import Version
from tests.appliance.update import rauc
from tests.appliance.update.conftest import House
from tests.appliance.update.test_bundles import REFUSED, mounts
from tests.appliance.update.test_packs import key

DEVICE = Device(rauc.BOARD, Version.parse("1.1.0"), "A")


class Result(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.out)
        return found


Run = Callable[..., Result]


@pytest.fixture
def run(
    house: House,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Run:
    """On a device that trusts `house`, and whose packs are signed by `tmp_path/packs.pem`."""
    key(tmp_path, "packs")
    config = tmp_path / "config.toml"
    config.write_text(
        f'[storage]\nfolder = "{tmp_path / "state"}"\n'
        f'[knowledge]\npack = "{tmp_path / "image.pack"}"\n'
        f'[updates]\npack_key = "{tmp_path / "packs.pub"}"\n'
    )
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", house.address)
    monkeypatch.setattr(verb, "this_device", lambda: DEVICE)  # this machine is no appliance

    def run_verb(*arguments: object) -> Result:
        extra = ["--config", str(config)] if arguments[0] == "update" else []
        code = main([*map(str, arguments), *extra])
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        return Result(code, captured.out, captured.err)

    return run_verb


@contextlib.contextmanager
def systemd(address: str, status: Path) -> Iterator[None]:
    command = [sys.executable, "-m", "tests.appliance.update.systemd", address, str(status)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            yield
        finally:
            process.terminate()


def test_check_says_what_would_happen(run: Run, house: House) -> None:
    told = run("update", "check", house.bundles["right"])
    assert told.code == 0
    assert "system 1.2.0 would replace version 1.1.0" in told.out
    document = run("update", "check", house.bundles["right"], "--json").document
    assert document == {
        "ok": True,
        "kind": "system",
        "version": "1.2.0",
        "replaces": "1.1.0",
        "news": True,
    }


def test_check_says_no_with_cause_and_remedy(run: Run, house: House) -> None:
    for name, code in REFUSED.items():
        told = run("update", "check", house.bundles[name])
        assert told.code == 1
        assert told.err.startswith(f"error: the update {name}.raucb is refused; ")
        assert told.err.endswith(f"[{code}]\n")
        error = run("update", "check", house.bundles[name], "--json").document["error"]
        assert error["code"] == code
        assert error["remedy"]


def test_misuse_is_two(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("update", "check", tmp_path / "no.raucb").code == 2
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/nobody")
    told = run("update", "status")
    assert told.code == 2
    assert "[UPD-NO-RAUC]" in told.err


@mounts
def test_install_and_status(run: Run, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test machine's kernel may lack dm-verity: then RAUC says so, and that is told."""
    told = run("update", "install", house.bundles["right"])
    if told.code:
        assert "[UPD-FAILED]" in told.err
        assert "mount" in told.err
    else:
        assert "start the machine anew" in told.out
    document = run("update", "status", "--json").document
    assert document["booted"] == {"version": "1.1.0", "slot": "A", "confirmed": False}
    assert [slot["bootname"] for slot in document["slots"]] == ["A", "B"]
    assert [slot["booted"] for slot in document["slots"]] == [True, False]
    assert ("rauc" in document["last"]) == bool(told.code)
    shown = run("update", "status").out
    assert "version 1.1.0, not confirmed yet" in shown
    assert "A (rootfs.0)" in shown


def test_on_the_device_the_settings_of_its_image_count(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without them the state would be looked for in a home, which is read-only there."""
    state, config = tmp_path / "state", tmp_path / "config.toml"
    state.mkdir()
    Diary(state / FILE, last={"result": "rolled back"}).save()
    monkeypatch.setattr(options, "IMAGE_SETTINGS", (config,))
    assert main(["update", "status", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["last"]["result"] == "rolled back"
    config.write_text(f'[storage]\nfolder = "{state}"\n')
    assert run("update", "status", "--json").document["knowledge"] is None


def test_it_waits_until_the_service_is_idle(
    run: Run, house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verb, "PATIENCE_S", 0.0)
    status = tmp_path / "status"
    status.write_text("speaking; all is well")
    with systemd(house.address, status):
        told = run("update", "install", house.bundles["right"])
        assert told.code == 1
        assert "[UPD-BUSY]" in told.err
        status.write_text("idle; all is well")
        assert "[UPD-BUSY]" not in run("update", "install", house.bundles["right"]).err


def test_a_pack_is_signed_checked_and_installed(run: Run, tmp_path: Path) -> None:
    """A real one; what opens it is the program's own reader."""
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "guide.md").write_text("# Guide\n\nThe red light means that it is hot.\n")
    pack = tmp_path / "home.pack"
    build_pack(documents, pack)
    assert "[UPD-SIGNATURE]" in run("update", "check", pack).err
    sign = ("knowledge", "sign", pack, "--key", tmp_path / "packs.pem")
    assert run(*sign, "--version", "1.5", "--for", "voice-appliance-other").code == 0
    assert "[UPD-BOARD]" in run("update", "check", pack).err
    made = run(*sign, "--version", "1.5", "--json").document
    assert (made["version"], made["compatible"]) == ("1.5", "any")
    assert (
        "knowledge 1.5 would replace a pack without a version" in run("update", "check", pack).out
    )
    told = run("update", "install", pack)
    assert "start the service anew" in told.out
    assert run("update", "status", "--json").document["knowledge"] == "1.5"
    assert run(*sign, "--version", "1.4").code == 0
    told = run("update", "install", pack)
    assert (told.code, told.err.count("[UPD-OLDER]")) == (1, 1)
    assert run(*sign, "--version", "newest").code == 2
    assert run("knowledge", "sign", pack, "--key", pack, "--version", "1").code == 2


def test_a_sealed_file_that_is_no_pack_is_refused(run: Run, tmp_path: Path) -> None:
    from appliance.console.signing import PACK, sign  # noqa: PLC0415
    from appliance.update import seal  # noqa: PLC0415

    pack = tmp_path / "odd.pack"
    pack.write_bytes(b"no database" * 99)
    seal.make(pack, "any", "3", lambda text: sign(tmp_path / "packs.pem", text, str, PACK))
    told = run("update", "check", pack)
    assert told.code == 1
    assert "[KNOW-PACK-FOREIGN]" in told.err
    assert run("update", "install", pack).code == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
def test_root_leaves_nothing_that_the_service_could_not_change(tmp_path: Path) -> None:
    os.chown(tmp_path, 65534, 65534)
    become = f"from pathlib import Path; verb.become_owner(Path({str(tmp_path)!r}))"
    told = "import os; from appliance.cli import update as verb; "
    told += f"{become}; print(os.getuid(), os.getgid(), os.getgroups())"
    done = subprocess.run([sys.executable, "-c", told], check=True, capture_output=True, text=True)
    assert done.stdout == "65534 65534 []\n"


def test_a_machine_that_is_no_appliance_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["update", "status"]) == 2
    assert "[UPD-NO-IMAGE]" in capsys.readouterr().err
