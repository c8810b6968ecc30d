"""The OEM's keys, for service and for packs: Ed25519.

The device holds the public halves; the private ones never come.

Keys are PEM files, as `openssl genpkey -algorithm ed25519` writes them.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from appliance.console.errors import ConsoleError

CONSOLE = b"voice-appliance console unlock\n"
"""Signed with every challenge, so that no signature made for something else fits."""
PACK = b"voice-appliance pack seal\n"
"""Signed with the seal of a knowledge pack (`appliance.update.seal`)."""


def load_public(path: Path, purpose: bytes = CONSOLE) -> Callable[[str, str], bool]:
    """What tells whether a response fits a challenge, or a signature a seal.

    Raises:
        ConsoleError: (`CON-KEY`) no such file, or no public Ed25519 key.
    """
    key = _loaded(path, load_pem_public_key, "openssl pkey -in KEY -pubout")
    if not isinstance(key, Ed25519PublicKey):
        raise _unusable(path, "it holds no Ed25519 key", "make one with openssl genpkey")

    def fits(challenge: str, response: str) -> bool:
        try:
            signature = base64.urlsafe_b64decode(_padded(response))
            key.verify(signature, purpose + challenge.encode())
        except (InvalidSignature, ValueError, binascii.Error):
            return False
        return True

    return fits


def sign(
    path: Path, challenge: str, passphrase: Callable[[], str], purpose: bytes = CONSOLE
) -> str:
    """The response to a challenge, by the private key in the file.

    Args:
        path: of the key.
        challenge: as the device shows it; or the text of a seal.
        passphrase: asked for where the key is encrypted.
        purpose: what is signed.

    Raises:
        ConsoleError: (`CON-KEY`) no such file, no private Ed25519 key, or the wrong passphrase.
    """
    try:
        key = _loaded(path, lambda data: load_pem_private_key(data, None), "openssl genpkey")
    except TypeError:  # it is encrypted
        word = passphrase().encode()
        key = _loaded(path, lambda data: load_pem_private_key(data, word), "openssl genpkey")
    if not isinstance(key, Ed25519PrivateKey):
        raise _unusable(path, "it holds no Ed25519 key", "name the OEM's service key")
    signature = key.sign(purpose + challenge.encode())
    return base64.urlsafe_b64encode(signature).decode().rstrip("=")


def _loaded(path: Path, load: Callable[[bytes], object], made_by: str) -> object:
    try:
        return load(path.read_bytes())
    except OSError as error:
        raise _unusable(path, error.strerror or str(error), "name a readable file") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        cause = "it is no such PEM file, or its passphrase is another"
        raise _unusable(path, cause, f"make it with `{made_by}`") from error


def _padded(text: str) -> bytes:
    return (text + "=" * (-len(text) % 4)).encode("ascii")


def _unusable(path: Path, cause: str, remedy: str) -> ConsoleError:
    return ConsoleError("CON-KEY", f"the key {path} cannot be used", cause.lower(), remedy)
