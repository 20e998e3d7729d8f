"""The key outside the database: it opens the data keys, which open the tokens.

It is taken from the first of these places that is there:

1. the systemd credential `garminsync-key` (``LoadCredentialEncrypted=``),
2. the file that GARMINSYNC_KEY_FILE names,
3. GARMINSYNC_KEY itself, for test runs of other programs: whoever may look at this process can read it,
4. the keyring of the operating system, where `keys.source = "keyring"` says so,
5. the key file of this installation, made on first use.

A new key is first prepared beside the old one and takes its place when the database goes by it. Killed in
between, both are there, and whoever opens the database next brings it to its end.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..config import Config
from ..errors import AlreadyRunning, KeyMissing, UsageProblem
from ..new_file import new_file
from ..paths import APPLICATION, Paths, key_beside, private_folder
from .sealing import KEY_BYTES

_LONGEST_FILE_BYTES = 4096
#: What GARMINSYNC_KEY held: taken out of the environment, so that no program started from here gets it.
_given: str | None = None


class FixedPlace:
    """A key that others put where it is: read, never written."""

    def __init__(self, name: str, path: Path | None = None) -> None:
        self.name = name
        self._path = path

    def keys(self) -> list[bytes]:
        """The key. Raises KeyMissing where it is none."""
        if self._path is not None:
            return [_read_file(self._path, private=False)]
        return [_parsed(_given or "", self.name)]

    def make(self) -> None:
        """It is there, or it is not."""

    def prepare(self, key: bytes) -> None:
        """Raises UsageProblem: it has to be changed where it comes from."""
        raise UsageProblem(
            f"The key comes from {self.name}, which cannot be written from here.",
            hint="Change it on a machine where it is a file, and bring that file here.",
        )

    put = prepare

    def finish(self, key: bytes) -> None:
        """There is nothing prepared."""


class FilePlace:
    """A key in a file for its owner only, as 64 hexadecimal digits."""

    def __init__(self, name: str, path: Path, *, makes: bool) -> None:
        self.name = name
        self._path = path
        self._makes = makes

    def keys(self) -> list[bytes]:
        """The key, and after it one that is prepared. Raises KeyMissing where there is none."""
        prepared = key_beside(self._path, "next")
        found = [_read_file(path) for path in (self._path, prepared) if path.exists()]
        return found or [_read_file(self._path)]

    def make(self) -> None:
        """Put a new key there where there is none yet."""
        if not self._makes or self._path.exists() or key_beside(self._path, "next").exists():
            return
        private_folder(self._path.parent)
        # Complete under another name first: an empty key file of a process that was killed would be in the way.
        draft = key_beside(self._path, secrets.token_hex(4))
        self._write(draft, secrets.token_bytes(KEY_BYTES))
        try:
            with contextlib.suppress(FileExistsError):  # another process was first
                os.link(draft, self._path)
        finally:
            draft.unlink()

    def put(self, key: bytes) -> None:
        """Make `key` the one that is here. Another that was here stays beside it, under another name."""
        private_folder(self._path.parent)
        if self._path.exists():
            with contextlib.suppress(KeyMissing):
                if _read_file(self._path) == key:
                    return
            replaced = key_beside(self._path, f"replaced-{secrets.token_hex(4)}")
            os.link(self._path, replaced)
        self._write(self._path, key)

    def prepare(self, key: bytes) -> None:
        """Lay `key` beside the one that is here."""
        self._write(key_beside(self._path, "next"), key)

    def finish(self, key: bytes) -> None:
        """Let the prepared `key` take the place."""
        prepared = key_beside(self._path, "next")
        if prepared.exists() and _read_file(prepared) == key:
            prepared.replace(self._path)

    def _write(self, path: Path, key: bytes) -> None:
        with new_file(path, replace=True) as file:
            file.write(key.hex() + "\n")


class KeyringPlace:
    """A key in the keyring of the operating system."""

    def __init__(self, entry: str) -> None:
        self.name = "the keyring of the operating system"
        self._entry = entry

    def keys(self) -> list[bytes]:
        """The key, and after it one that is prepared. Raises KeyMissing where there is none."""
        with _asked_keyring() as keyring:
            found = [keyring.get_password(APPLICATION, entry) for entry in (self._entry, self._next)]
        return [_parsed(text, self.name) for text in found if text] or [_parsed("", self.name)]

    def make(self) -> None:
        """Put a new key there where there is none yet."""
        with _asked_keyring() as keyring:
            if not any(keyring.get_password(APPLICATION, entry) for entry in (self._entry, self._next)):
                keyring.set_password(APPLICATION, self._entry, secrets.token_hex(KEY_BYTES))

    def put(self, key: bytes) -> None:
        """Make `key` the one that is here. Another that was here stays under another name."""
        with _asked_keyring() as keyring:
            before = keyring.get_password(APPLICATION, self._entry)
            if before and before != key.hex():
                keyring.set_password(APPLICATION, f"{self._entry}.replaced-{secrets.token_hex(4)}", before)
            keyring.set_password(APPLICATION, self._entry, key.hex())

    def prepare(self, key: bytes) -> None:
        """Lay `key` beside the one that is here."""
        with _asked_keyring() as keyring:
            keyring.set_password(APPLICATION, self._next, key.hex())

    def finish(self, key: bytes) -> None:
        """Let the prepared `key` take the place."""
        with _asked_keyring() as keyring:
            if keyring.get_password(APPLICATION, self._next) == key.hex():
                keyring.set_password(APPLICATION, self._entry, key.hex())
                keyring.delete_password(APPLICATION, self._next)

    @property
    def _next(self) -> str:
        return f"{self._entry}.next"


Place = FixedPlace | FilePlace | KeyringPlace


def find(paths: Paths) -> Place:
    """Where this process has its key from. Raises UsageProblem for a setting that cannot be."""
    take_from_environment()
    credentials = os.environ.get("CREDENTIALS_DIRECTORY")
    if credentials and (path := Path(credentials) / "garminsync-key").is_file():
        return FixedPlace("the systemd credential", path)
    if named := os.environ.get("GARMINSYNC_KEY_FILE"):
        return FilePlace("the file named by GARMINSYNC_KEY_FILE", Path(named), makes=False)
    if _given:
        return FixedPlace("GARMINSYNC_KEY")
    if Config.load(paths)["keys.source"] == "keyring":
        return KeyringPlace(str(paths.key))
    return FilePlace(str(paths.key), paths.key, makes=True)


def take_from_environment() -> None:
    """Take GARMINSYNC_KEY out of the environment, for this process alone."""
    global _given  # noqa: PLW0603 - what is no longer in the environment has to be somewhere
    _given = os.environ.pop("GARMINSYNC_KEY", None) or _given


def fingerprint(key: bytes) -> str:
    """Eight characters that tell keys apart and nothing about them."""
    return hashlib.blake2s(key, digest_size=4, person=b"outerkey").hexdigest()


@contextlib.contextmanager
def replacing(paths: Paths) -> Iterator[None]:
    """Alone among all that may replace the key of this installation. Raises AlreadyRunning."""
    folder = os.open(private_folder(paths.key.parent), os.O_RDONLY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning("Another process replaces the key.", hint="Try again in a moment.") from None
        yield
    finally:
        os.close(folder)


def _read_file(path: Path, *, private: bool = True) -> bytes:
    try:
        # Not blocking: what is named may be a pipe that nobody writes to.
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as file:
            status = os.fstat(handle)
            text = file.read(_LONGEST_FILE_BYTES) if stat.S_ISREG(status.st_mode) else b""
    except OSError:
        raise KeyMissing(f"The key file {path} is not there or cannot be read.") from None
    if private and status.st_uid != os.geteuid():
        raise KeyMissing(f"The key file {path} belongs to another user.", hint=f"Run `chown` on {path}, or copy it.")
    if private and status.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise KeyMissing(
            f"The key file {path} is open to other users of this machine.",
            hint=f"Run `chmod 600 {path}` as its owner.",
        )
    return _parsed(text.decode("ascii", "replace"), str(path))


def _parsed(text: str, where: str) -> bytes:
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise KeyMissing(f"There is no key (64 hexadecimal digits) in {where}.")
    return key


@contextlib.contextmanager
def _asked_keyring() -> Iterator[Any]:
    """The keyring library. Raises UsageProblem where it is not installed, KeyMissing where no keyring answers."""
    try:
        import keyring
        import keyring.errors
    except ImportError:
        raise UsageProblem(
            'keys.source = "keyring" needs a library that is not installed.',
            hint="Run `pip install 'garminsync-tui[keyring]'`, or take the setting away.",
        ) from None
    try:
        yield keyring
    except keyring.errors.KeyringError as problem:
        raise KeyMissing(
            f"The keyring of the operating system does not answer ({type(problem).__name__}).",
            hint="Unlock it. Without a desktop there is none: keep the key in the key file.",
        ) from None
