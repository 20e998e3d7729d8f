"""Seals tokens, each to its row and column, under a key that is not in the database.

A sealed value is version (1 byte) | key id (2) | nonce (12) | AES-256-GCM ciphertext and tag. What it was sealed
for (table, account, column) is authenticated with it, so a value copied to another row does not open there.
The data keys lie in `key_ring`, wrapped by the key that `outer_key.py` finds outside the database.

Keys may be rotated at any time and by any process. So whoever seals or opens looks into the key ring in the same
transaction (`keep_up`): nothing is ever sealed under a key that is gone when it is stored.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Literal, NamedTuple, get_args
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from ..errors import AlreadyRunning, KeyMissing
from ..models import GarminConnectAccount, SealingKey
from ..paths import Paths
from ..redaction import hide
from . import outer_key
from .database import Database
from .sealing import KEY_BYTES, seal, unseal

TokenColumn = Literal["oauth_token", "oauth_token_secret", "refresh_token"]

_COLUMNS: tuple[TokenColumn, ...] = get_args(TokenColumn)
_VERSION = b"\x01"
_HEADER_BYTES = 1 + 2
#: A session that read the key ring before sees what another process made of it.
_ANEW = {"populate_existing": True}


class DataKey(NamedTuple):
    """A key of the key ring: whether it opens here, and how many values are sealed under it."""

    key_id: int
    source: str
    created_at: datetime
    opens: bool
    sealed: int


class KeyState(NamedTuple):
    """Where the key comes from, and what it opens."""

    source: str
    #: Tells keys apart; None where there is none.
    fingerprint: str | None
    #: Why there is none.
    problem: KeyMissing | None
    ring: list[DataKey]


class Rotation(NamedTuple):
    """What a rotation did."""

    key_id: int
    #: Values that are sealed under the new key.
    resealed: int
    #: Values that did not open before, and do not now.
    left: int


class Vault:
    """Opens and seals the tokens of one database."""

    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        self._place = outer_key.find(paths)
        self._outer: list[bytes] = []
        self._ring: dict[int, bytes] = {}  # as it lies in the database, wrapped
        self._keys: dict[int, bytes] = {}

    def __repr__(self) -> str:
        return "<vault>"

    @classmethod
    async def open(cls, database: Database, paths: Paths, *, replace_lost_key: bool = False) -> Vault:
        """The vault of `database`, with a fresh key where it has none.

        `replace_lost_key` is for signing in again: tokens sealed before stay closed for good, the new ones open.
        Raises KeyMissing where the database has keys and none of them opens here.
        """
        vault = cls(paths)
        async with database.read() as session:
            rows = await _key_ring(session)
        if rows and not replace_lost_key:
            await vault._look_outside()
            vault._unwrap(rows)
            vault._require_a_key()
        else:
            await asyncio.to_thread(vault._place.make)
            await vault._look_outside()
            async with database.write() as session:
                await _hold(session, "EXCLUSIVE")
                vault._unwrap(await _key_ring(session))
                if not vault._keys:
                    await vault._add_key(session, vault._outer[0])
        await asyncio.to_thread(vault._finish_replacing)
        return vault

    async def keep_up(self, session: AsyncSession, *, sealing: bool = False) -> None:
        """Follow rotations. What is sealed after it, in the same write transaction, opens when it is stored.

        Raises KeyMissing, with `sealing`, where no key opens any more.
        """
        if sealing:
            await _hold(session, "SHARE")
        rows = await _key_ring(session)
        if {row.key_id: row.wrapped_key for row in rows} == self._ring:
            return
        self._unwrap(rows)
        if not self._keys:  # it was replaced outside, too
            await self._look_outside()
            self._unwrap(rows)
        if sealing:
            self._require_a_key()

    def seal(self, account_id: UUID, column: TokenColumn, secret: str) -> bytes:
        """`secret`, readable only here and only in this row and column."""
        newest = max(self._keys)
        header = _VERSION + newest.to_bytes(2)
        return header + seal(self._keys[newest], secret.encode(), _purpose(header, account_id, column))

    def unseal(self, account_id: UUID, column: TokenColumn, sealed: bytes) -> str:
        """What was sealed for this row and column. Raises KeyMissing where it does not open."""
        header, rest = sealed[:_HEADER_BYTES], sealed[_HEADER_BYTES:]
        key = self._keys.get(_key_id(sealed)) if header[:1] == _VERSION else None
        secret = unseal(key, rest, _purpose(header, account_id, column)) if key else None
        if secret is None:
            raise KeyMissing("The stored tokens cannot be opened with the key of this installation.")
        hide(secret.decode())
        return secret.decode()

    @property
    def outer(self) -> bytes:
        """The key outside the database that opens it."""
        return self._outer[0]

    async def rotate(self, database: Database, *, outer: bool = False) -> Rotation:
        """Seal every token under a new data key and forget the old ones; with `outer` replace the key outside, too.

        All of it is one transaction; the key outside is prepared before it and takes its place after it. Raises
        UsageProblem where that key cannot be replaced from here, KeyMissing where none opens, AlreadyRunning.
        """
        with outer_key.replacing(self._paths):
            prepared = secrets.token_bytes(KEY_BYTES) if outer else None
            if prepared:
                await asyncio.to_thread(self._place.prepare, prepared)
            async with database.write() as session:
                await _hold(session, "EXCLUSIVE")
                await _wipe_what_is_deleted(session, True)
                await self.keep_up(session, sealing=True)
                done = await self._reseal(session, prepared or self._outer[0])
                await _wipe_what_is_deleted(session, False)
            if prepared:
                self._outer = [prepared]
                await asyncio.to_thread(self._place.finish, prepared)
        await database.fold_log_in()
        return done

    async def _reseal(self, session: AsyncSession, wrapping: bytes) -> Rotation:
        sealed = await _sealed_values(session, held=True)
        opened: list[tuple[UUID, TokenColumn, str]] = []
        for account_id, column, value in sealed:
            with contextlib.suppress(KeyMissing):
                opened.append((account_id, column, self.unseal(account_id, column, value)))
        # What does not open here may open on the machine that sealed it.
        others = {_key_id(value) for _, _, value in sealed} - self._keys.keys()
        key_id = await self._add_key(session, wrapping)
        for account_id, column, secret in opened:
            await session.execute(
                sa.update(GarminConnectAccount)
                .where(GarminConnectAccount.id == account_id)
                .values({column: self.seal(account_id, column, secret)})
            )
        await session.execute(sa.delete(SealingKey).where(SealingKey.key_id.not_in({key_id, *others})))
        self._keys = {key_id: self._keys[key_id]}
        return Rotation(key_id, len(opened), len(sealed) - len(opened))

    async def _add_key(self, session: AsyncSession, wrapping: bytes) -> int:
        key_id, key = max(self._ring, default=0) + 1, secrets.token_bytes(KEY_BYTES)
        wrapped = seal(wrapping, key, _wrapped_for(key_id))
        session.add(SealingKey(key_id=key_id, wrapped_key=wrapped, source=self._place.name))
        self._ring[key_id], self._keys[key_id] = wrapped, key
        return key_id

    async def _look_outside(self) -> None:
        self._outer = await asyncio.to_thread(self._place.keys)

    def _unwrap(self, rows: Iterable[SealingKey]) -> None:
        """Open what opens, under the first of the keys outside that opens anything."""
        self._ring = {row.key_id: row.wrapped_key for row in rows}
        self._keys = {}
        for outer in self._outer:
            opened = {key_id: unseal(outer, wrapped, _wrapped_for(key_id)) for key_id, wrapped in self._ring.items()}
            if found := {key_id: key for key_id, key in opened.items() if key is not None}:
                self._keys, self._outer = found, [outer, *(each for each in self._outer if each != outer)]
                return

    def _require_a_key(self) -> None:
        if not self._keys:
            raise KeyMissing(f"The key in {self._place.name} does not open this database's tokens.")

    def _finish_replacing(self) -> None:
        """Bring to its end what a process that was killed began: the prepared key is the one that opens."""
        if len(self._outer) > 1:
            with contextlib.suppress(AlreadyRunning), outer_key.replacing(self._paths):
                self._place.finish(self._outer[0])


async def key_state(database: Database, paths: Paths) -> KeyState:
    """Where the key comes from and what it opens; nothing is made. Raises UsageProblem."""
    vault = Vault(paths)
    problem = None
    async with database.read() as session:
        rows = await _key_ring(session)
        sealed = Counter(_key_id(value) for _, _, value in await _sealed_values(session))
    try:
        await vault._look_outside()
    except KeyMissing as missing:
        problem = missing
    vault._unwrap(rows)
    return KeyState(
        source=vault._place.name,
        fingerprint=outer_key.fingerprint(vault._outer[0]) if vault._outer else None,
        problem=problem,
        ring=[
            DataKey(row.key_id, row.source, row.created_at, row.key_id in vault._keys, sealed[row.key_id])
            for row in rows
        ],
    )


async def take_key(database: Database, paths: Paths, key: bytes) -> str:
    """Make `key` the one of this installation; where it is now.

    Raises KeyMissing where it opens nothing in this database, UsageProblem where the key cannot be written.
    """
    place = outer_key.find(paths)
    async with database.read() as session:
        rows = await _key_ring(session)
    if rows and not any(unseal(key, row.wrapped_key, _wrapped_for(row.key_id)) for row in rows):
        raise KeyMissing(
            f"This key (fingerprint {outer_key.fingerprint(key)}) opens nothing in {database.name}.",
            hint="Export it on a machine that syncs with this database. Nothing was changed.",
        )
    with outer_key.replacing(paths):
        await asyncio.to_thread(place.put, key)
    return place.name


async def _key_ring(session: AsyncSession) -> list[SealingKey]:
    rows = await session.scalars(sa.select(SealingKey).order_by(SealingKey.key_id).execution_options(**_ANEW))
    return list(rows)


async def _sealed_values(session: AsyncSession, *, held: bool = False) -> list[tuple[UUID, TokenColumn, bytes]]:
    found = sa.select(GarminConnectAccount.id, *(getattr(GarminConnectAccount, column) for column in _COLUMNS))
    rows = await session.execute(found.with_for_update() if held else found)
    return [
        (account_id, column, value)
        for account_id, *values in rows
        for column, value in zip(_COLUMNS, values, strict=True)
        if value is not None
    ]


async def _hold(session: AsyncSession, how: Literal["SHARE", "EXCLUSIVE"]) -> None:
    """Keep rotations apart from what seals until the transaction ends; on SQLite, where one writes, they are."""
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(sa.text(f"LOCK TABLE {SealingKey.__tablename__} IN {how} MODE"))


async def _wipe_what_is_deleted(session: AsyncSession, wanted: bool) -> None:
    """Whether SQLite writes zeros over what it deletes: an old key shall not lie on in the file."""
    if session.get_bind().dialect.name == "sqlite":
        await session.execute(sa.text(f"PRAGMA secure_delete={'ON' if wanted else 'OFF'}"))


def _key_id(sealed: bytes) -> int:
    return int.from_bytes(sealed[len(_VERSION) : _HEADER_BYTES])


def _purpose(header: bytes, account_id: UUID, column: str) -> bytes:
    return b"|".join((header, GarminConnectAccount.__tablename__.encode(), account_id.bytes, column.encode()))


def _wrapped_for(key_id: int) -> bytes:
    return b"key_ring|%d" % key_id
