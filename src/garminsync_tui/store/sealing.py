"""AES-256-GCM as everything sealed here uses it: a random nonce, the ciphertext, and what it was sealed for."""

from __future__ import annotations

import secrets

KEY_BYTES = 32
_NONCE_BYTES = 12


def seal(key: bytes, plain: bytes, purpose: bytes) -> bytes:
    """`plain` under `key`: nonce, ciphertext, tag. `purpose` is not in it, and has to be given to open it."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, purpose)


def unseal(key: bytes, sealed: bytes, purpose: bytes) -> bytes | None:
    """What was sealed for this purpose; None where key, purpose or a single bit is another."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], purpose)
    except (InvalidTag, ValueError):  # ValueError: too short to hold a nonce
        return None
