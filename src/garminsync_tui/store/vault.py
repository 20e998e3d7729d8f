"""Seals tokens, each to its row and column, under a key that is not in the database.

A sealed value is version (1 byte) | key id (2) | nonce (12) | AES-256-GCM ciphertext and tag. What it was sealed
for (table, account, column) is authenticated with it, so a value copied to another row does not open there.
The data key lies in `key_ring`, wrapped by a key of 32 bytes from the first of: the systemd credential
`garminsync-key`, the file named by GARMINSYNC_KEY_FILE, the key file of this installation (made on first use).
"""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path
from typing import Literal
from uuid import UUID

import sqlalchemy as sa

from ..errors import KeyMissing
from ..models import GarminConnectAccount, SealingKey
from ..paths import PRIVATE_FILE_MODE, Paths, private_folder
from .database import Database

TokenColumn = Literal["oauth_token", "oauth_token_secret", "refresh_token"]

_VERSION = b"\x01"
_KEY_BYTES = 32
_NONCE_BYTES = 12
_HEADER_BYTES = 1 + 2


class Vault:
    """Opens and seals the tokens of one database."""

    def __init__(self, keys: dict[int, bytes], newest: int) -> None:
        self._keys = keys
        self._newest = newest

    def __repr__(self) -> str:
        return "<vault>"

    @classmethod
    async def open(cls, database: Database, paths: Paths, *, replace_lost_key: bool = False) -> Vault:
        """The vault of `database`, with a fresh key where it has none.

        `replace_lost_key` is for signing in again: tokens sealed before stay closed for good, the new ones open.
        Raises KeyMissing where the database has keys and none of them opens here.
        """
        async with database.read() as session:
            rows = list(await session.scalars(sa.select(SealingKey).order_by(SealingKey.key_id)))
        if rows:
            outer, source = _outer_key(paths, create=replace_lost_key)
            keys = {row.key_id: key for row in rows if (key := _unwrap(outer, row)) is not None}
            if keys:
                return cls(keys, max(keys))
            if not replace_lost_key:
                raise KeyMissing(
                    f"The key in {source} does not open this database's tokens.",
                    hint="Bring back the right key file, or sign in again with `garminsync login`; data is kept.",
                )
        else:
            outer, source = _outer_key(paths, create=True)
        key_id = max((row.key_id for row in rows), default=0) + 1
        key = secrets.token_bytes(_KEY_BYTES)
        async with database.write() as session:
            taken = await session.get(SealingKey, key_id)
            if taken is None:
                session.add(SealingKey(key_id=key_id, wrapped_key=_wrap(outer, key_id, key), source=source))
        if taken is not None:  # another process was first
            return await cls.open(database, paths, replace_lost_key=replace_lost_key)
        return cls({key_id: key}, key_id)

    def seal(self, account_id: UUID, column: TokenColumn, secret: str) -> bytes:
        """`secret`, readable only here and only in this row and column."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        header = _VERSION + self._newest.to_bytes(2)
        nonce = secrets.token_bytes(_NONCE_BYTES)
        purpose = _purpose(header, account_id, column)
        return header + nonce + AESGCM(self._keys[self._newest]).encrypt(nonce, secret.encode(), purpose)

    def unseal(self, account_id: UUID, column: TokenColumn, sealed: bytes) -> str:
        """What was sealed for this row and column. Raises KeyMissing where it does not open."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        header, rest = sealed[:_HEADER_BYTES], sealed[_HEADER_BYTES:]
        key = self._keys.get(int.from_bytes(header[1:]))
        try:
            if header[:1] != _VERSION or key is None:
                raise InvalidTag
            return (
                AESGCM(key)
                .decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], _purpose(header, account_id, column))
                .decode()
            )
        except InvalidTag:
            raise KeyMissing(
                "The stored tokens cannot be opened with the key of this installation.",
                hint="Sign in again with `garminsync login`; everything already stored stays.",
            ) from None


def _purpose(header: bytes, account_id: UUID, column: str) -> bytes:
    return b"|".join((header, GarminConnectAccount.__tablename__.encode(), account_id.bytes, column.encode()))


def _wrap(outer: bytes, key_id: int, key: bytes) -> bytes:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(outer).encrypt(nonce, key, b"key_ring|%d" % key_id)


def _unwrap(outer: bytes, row: SealingKey) -> bytes | None:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce, wrapped = row.wrapped_key[:_NONCE_BYTES], row.wrapped_key[_NONCE_BYTES:]
    try:
        return AESGCM(outer).decrypt(nonce, wrapped, b"key_ring|%d" % row.key_id)
    except InvalidTag:
        return None


def _outer_key(paths: Paths, *, create: bool) -> tuple[bytes, str]:
    """The key-encryption key and where it came from."""
    credentials = os.environ.get("CREDENTIALS_DIRECTORY")
    if credentials and (Path(credentials) / "garminsync-key").is_file():
        return _read_key(Path(credentials) / "garminsync-key", private=False), "the systemd credential"
    named = os.environ.get("GARMINSYNC_KEY_FILE")
    if named:
        return _read_key(Path(named)), "the file named by GARMINSYNC_KEY_FILE"
    if create and not paths.key.exists():
        private_folder(paths.key.parent)
        key = secrets.token_hex(_KEY_BYTES).encode() + b"\n"
        try:
            handle = os.open(paths.key, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, PRIVATE_FILE_MODE)
        except FileExistsError:
            pass  # another process was first
        else:
            with os.fdopen(handle, "wb") as file:
                file.write(key)
                file.flush()
                os.fsync(file.fileno())
    return _read_key(paths.key), str(paths.key)


def _read_key(path: Path, *, private: bool = True) -> bytes:
    lost = "Bring it back, or sign in again with `garminsync login`; everything already stored stays."
    try:
        status = path.stat()
        text = path.read_bytes()
    except OSError:
        raise KeyMissing(f"The key file {path} is not there or cannot be read.", hint=lost) from None
    if private and (status.st_mode & (stat.S_IRWXG | stat.S_IRWXO) or status.st_uid != os.geteuid()):
        raise KeyMissing(
            f"The key file {path} is open to other users of this machine.",
            hint=f"Run `chmod 600 {path}` as its owner.",
        )
    try:
        key = bytes.fromhex(text.decode().strip())
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise KeyMissing(f"{path} holds no key (64 hexadecimal digits).", hint=lost)
    return key
