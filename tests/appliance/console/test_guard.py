"""The service right: challenge and response, once, in time, ever more slowly for who guesses."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from appliance.console.errors import ConsoleError
from appliance.console.fakes import FakeDevice, fake_fits
from appliance.console.guard import CHALLENGE_S, MOST_DELAY_S, UNLOCKED_S, Access, Guard
from appliance.console.signing import load_public, sign
from tests.appliance.console.support import play


def _guard(device: FakeDevice | None = None) -> Guard:
    return Guard("unit-1", fake_fits, device or FakeDevice(), boot_s=lambda: 12.0)


def _refused(code: str, guard: Guard, response: str) -> ConsoleError:
    with pytest.raises(ConsoleError) as caught:
        guard.admit(response)
    assert caught.value.code == code
    return caught.value


def test_the_challenge_names_device_time_and_something_new() -> None:
    async def act() -> None:
        guard = _guard()
        first, second = guard.challenge(), guard.challenge()
        assert first.startswith("unit-1.12.")
        assert first != second
        _refused("CON-REFUSED", guard, first[::-1])  # void since the second

    play(act)


def test_a_challenge_is_good_once_and_for_a_minute() -> None:
    async def act() -> None:
        guard = _guard()
        challenge = guard.challenge()
        guard.admit(challenge[::-1])
        _refused("CON-STALE", guard, challenge[::-1])
        challenge = guard.challenge()
        await asyncio.sleep(CHALLENGE_S + 0.1)
        _refused("CON-STALE", guard, challenge[::-1])

    play(act)


def test_guessing_gets_slower_and_is_recorded_and_success_forgives() -> None:
    async def act() -> None:
        device = FakeDevice()
        guard = _guard(device)
        delays = []
        for _ in range(12):
            challenge = guard.challenge()
            _refused("CON-REFUSED", guard, "wrong")
            before = asyncio.get_running_loop().time()
            _refused("CON-WAIT", guard, challenge[::-1])
            while True:
                try:
                    guard.challenge()
                    break
                except ConsoleError:
                    await asyncio.sleep(0.5)
            delays.append(asyncio.get_running_loop().time() - before)
        assert delays[:4] == [1, 2, 4, 8]
        assert delays[-1] == MOST_DELAY_S
        assert device.noted == ["CONSOLE_REFUSED"] * 12
        guard.admit(guard.challenge()[::-1])
        assert device.noted[-1] == "CONSOLE_UNLOCKED"
        guard.challenge()
        _refused("CON-REFUSED", guard, "wrong")
        await asyncio.sleep(1)
        guard.challenge()

    play(act)


def test_the_right_ends_when_nobody_uses_it() -> None:
    async def act() -> None:
        guard = _guard()
        access = Access(guard)
        access.unlock(guard.challenge()[::-1])
        await asyncio.sleep(UNLOCKED_S - 1)
        access.used()
        await asyncio.sleep(UNLOCKED_S - 1)
        access.require("reboot")
        await asyncio.sleep(2)
        with pytest.raises(ConsoleError, match="locked"):
            access.require("reboot")
        access.used()
        assert not access.is_unlocked

    play(act)


def _write(folder: Path, passphrase: str = "") -> tuple[Path, Path]:
    key = Ed25519PrivateKey.generate()
    hidden = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    private, public = folder / "key.pem", folder / "key.pub.pem"
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, hidden))
    shown = (Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    public.write_bytes(key.public_key().public_bytes(*shown))
    return private, public


def test_only_the_service_key_signs_and_only_this_challenge(tmp_path: Path) -> None:
    private, public = _write(tmp_path)
    fits = load_public(public)
    response = sign(private, "unit.1.abc", lambda: "")
    assert fits("unit.1.abc", response)
    assert not fits("unit.1.abd", response)
    assert not fits("unit.1.abc", response[:-2])
    assert not any(fits("unit.1.abc", wrong) for wrong in ("", "ä", "A" * 86, "=" * 9))
    (tmp_path / "other").mkdir()
    other, _ = _write(tmp_path / "other")
    assert not fits("unit.1.abc", sign(other, "unit.1.abc", lambda: ""))


def test_an_encrypted_key_asks_for_its_passphrase(tmp_path: Path) -> None:
    private, public = _write(tmp_path, "secret")
    assert load_public(public)("c", sign(private, "c", lambda: "secret"))
    with pytest.raises(ConsoleError, match="passphrase"):
        sign(private, "c", lambda: "wrong")


def test_a_file_that_is_no_such_key_is_refused_with_a_remedy(tmp_path: Path) -> None:
    private, public = _write(tmp_path)
    other = tmp_path / "x25519.pem"
    shown = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    other.write_bytes(X25519PrivateKey.generate().private_bytes(*shown))
    for load in (
        lambda: load_public(private),  # the private half has no business on the device
        lambda: load_public(tmp_path / "absent"),
        lambda: sign(public, "c", lambda: ""),
        lambda: sign(other, "c", lambda: ""),
    ):
        with pytest.raises(ConsoleError) as caught:
            load()
        assert caught.value.code == "CON-KEY"
