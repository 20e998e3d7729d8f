"""The key outside the database in a file under a passphrase, on its way to another machine."""

from __future__ import annotations

import json
import secrets
import unicodedata
from pathlib import Path

from ..errors import KeyMissing, UsageProblem
from .sealing import KEY_BYTES, seal, unseal

_VERSION = 1
_PURPOSE = b"exported key|1"
_SALT_BYTES = 16
_LONGEST_FILE_BYTES = 4096
#: RFC 9106, for machines with little memory. Version 1 means these: a file cannot ask for more.
_PASSES, _MEMORY_KIB, _LANES = 3, 64 * 1024, 4


def exported(key: bytes, passphrase: str) -> str:
    """`key` under a passphrase, as text."""
    salt = secrets.token_bytes(_SALT_BYTES)
    sealed = seal(_derived(passphrase, salt), key, _PURPOSE)
    return json.dumps({"garminsync_key": _VERSION, "salt": salt.hex(), "sealed": sealed.hex()}, indent=2) + "\n"


def read_exported(path: Path, passphrase: str) -> bytes:
    """The key in the file `path`. Raises UsageProblem for another kind of file, KeyMissing for another passphrase."""
    try:
        with path.open("rb") as file:
            found = json.loads(file.read(_LONGEST_FILE_BYTES))
        if found["garminsync_key"] != _VERSION:
            raise ValueError
        salt, sealed = bytes.fromhex(found["salt"]), bytes.fromhex(found["sealed"])
    except OSError as problem:
        raise UsageProblem(f"{path} cannot be read: {problem.strerror}.") from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise UsageProblem(
            f"{path} holds no exported key.", hint="Name a file that `garminsync keys export` wrote."
        ) from None
    key = unseal(_derived(passphrase, salt), sealed, _PURPOSE) if len(salt) == _SALT_BYTES else None
    if key is None or len(key) != KEY_BYTES:
        raise KeyMissing(f"This passphrase does not open {path}.", hint="Try again, or export the key again.")
    return key


def _derived(passphrase: str, salt: bytes) -> bytes:
    from argon2.low_level import Type, hash_secret_raw

    # Keyboards write the same letter in two ways.
    secret = unicodedata.normalize("NFC", passphrase).encode()
    return hash_secret_raw(secret, salt, _PASSES, _MEMORY_KIB, _LANES, KEY_BYTES, Type.ID)
