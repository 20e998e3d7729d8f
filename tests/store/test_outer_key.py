"""Where the key outside the database comes from, and that it stays private on its way."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from garminsync_tui.errors import KeyMissing, UsageProblem
from garminsync_tui.paths import Paths
from garminsync_tui.store import outer_key

CREDENTIAL, NAMED, GIVEN, FILED = (bytes([number]) * 32 for number in range(1, 5))


@pytest.fixture(autouse=True)
def _no_key_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CREDENTIALS_DIRECTORY", "GARMINSYNC_KEY_FILE", "GARMINSYNC_KEY", "GARMINSYNC_KEY_SOURCE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(outer_key, "_given", None)


def written(path: Path, key: bytes, mode: int = 0o600) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"{key.hex()}\n", "ascii")
    path.chmod(mode)
    return path


def test_the_first_place_that_is_there_wins(paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(paths.key, FILED)
    assert outer_key.find(paths).keys() == [FILED]
    monkeypatch.setenv("GARMINSYNC_KEY", GIVEN.hex())
    assert outer_key.find(paths).keys() == [GIVEN]
    assert "GARMINSYNC_KEY" not in os.environ, "what this process starts does not get it"
    assert outer_key.find(paths).keys() == [GIVEN], "it is asked for once and known from then on"
    monkeypatch.setenv("GARMINSYNC_KEY_FILE", str(written(tmp_path / "named", NAMED)))
    assert outer_key.find(paths).keys() == [NAMED]
    # systemd hands credentials out as it sees fit: root's, readable for the service's user
    written(tmp_path / "credentials/garminsync-key", CREDENTIAL, 0o440)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "credentials"))
    place = outer_key.find(paths)
    assert (place.keys(), place.name) == ([CREDENTIAL], "the systemd credential")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert outer_key.find(paths).keys() == [NAMED], "credentials of another purpose"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o660])
def test_a_file_that_others_may_open_is_refused(paths: Paths, mode: int) -> None:
    written(paths.key, FILED, mode)
    with pytest.raises(KeyMissing, match="open to other users") as refused:
        outer_key.find(paths).keys()
    assert "chmod 600" in refused.value.hint


def test_a_file_of_somebody_else_is_refused(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    written(paths.key, FILED)
    me = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: me + 1)
    with pytest.raises(KeyMissing, match="belongs to another user"):
        outer_key.find(paths).keys()


@pytest.mark.parametrize("content", [b"", b"ab" * 31, b"ab" * 33, b"\xff" * 64, b"\x1b]0;x\x07", b"zz" * 32])
def test_what_is_no_key_is_refused_without_showing_it(paths: Paths, content: bytes) -> None:
    paths.key.write_bytes(content)
    paths.key.chmod(0o600)
    with pytest.raises(KeyMissing, match="no key") as refused:
        outer_key.find(paths).keys()
    assert "login" in refused.value.hint
    assert not content or content.decode("ascii", "replace") not in refused.value.message


def test_a_pipe_or_folder_in_its_place_is_no_key_and_does_not_hang(
    paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    for path in (tmp_path / "pipe", tmp_path / "missing", paths.files):
        monkeypatch.setenv("GARMINSYNC_KEY_FILE", str(path))
        with pytest.raises(KeyMissing):
            outer_key.find(paths).keys()
        outer_key.find(paths).make()
    assert not (tmp_path / "missing").exists(), "a file that is named is never made"


def test_it_is_made_once_complete_and_private(paths: Paths) -> None:
    umask = os.umask(0)
    try:
        outer_key.find(paths).make()
        made = paths.key.read_bytes()
        outer_key.find(paths).make()
    finally:
        os.umask(umask)
    assert stat.S_IMODE(paths.key.stat().st_mode) == 0o600
    assert paths.key.read_bytes() == made
    assert [path.name for path in paths.key.parent.glob("*key*")] == ["key"]
    assert outer_key.find(paths).keys() == [bytes.fromhex(made.decode())]


def test_a_place_that_is_not_ours_is_never_written(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GARMINSYNC_KEY", GIVEN.hex())
    with pytest.raises(UsageProblem, match="GARMINSYNC_KEY, which cannot be written"):
        outer_key.find(paths).prepare(NAMED)


def test_a_fingerprint_tells_keys_apart() -> None:
    assert outer_key.fingerprint(NAMED) != outer_key.fingerprint(GIVEN)
    assert len(outer_key.fingerprint(NAMED)) == 8


# ── The keyring of the operating system ──────────────────────────────────────────────────────────────


KEYRING = """
import json, pathlib
from keyring.backend import KeyringBackend

class Remembering(KeyringBackend):
    priority = 1
    file = pathlib.Path(__file__).with_name("kept.json")

    def _kept(self):
        return json.loads(self.file.read_text()) if self.file.exists() else {}

    def get_password(self, service, username):
        return self._kept().get(f"{service} {username}")

    def set_password(self, service, username, password):
        self.file.write_text(json.dumps(self._kept() | {f"{service} {username}": password}))

    def delete_password(self, service, username):
        kept = self._kept()
        del kept[f"{service} {username}"]
        self.file.write_text(json.dumps(kept))
"""


def test_the_keyring_is_used_where_the_setting_says_so(
    paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import keyring

    (tmp_path / "remembering_keyring.py").write_text(KEYRING, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    from remembering_keyring import Remembering  # type: ignore[import-not-found]

    before = keyring.get_keyring()
    keyring.set_keyring(Remembering())
    try:
        assert outer_key.find(paths).name == str(paths.key), "never by itself"
        paths.config.write_text('[keys]\nsource = "keyring"\n', "utf-8")
        place = outer_key.find(paths)
        with pytest.raises(KeyMissing, match=r"no key .* in the keyring"):
            place.keys()
        place.make()
        (made,) = place.keys()
        place.make()
        place.prepare(NAMED)
        assert outer_key.find(paths).keys() == [made, NAMED]
        place.finish(GIVEN)
        assert outer_key.find(paths).keys() == [made, NAMED], "another than the prepared one"
        place.finish(NAMED)
        assert outer_key.find(paths).keys() == [NAMED]
        place.put(GIVEN)
        assert outer_key.find(paths).keys() == [GIVEN]
        assert NAMED.hex() in (tmp_path / "kept.json").read_text(), "what was replaced is kept"
        assert not paths.key.exists()
    finally:
        keyring.set_keyring(before)


def test_without_a_desktop_the_keyring_says_so(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    import keyring
    from keyring.backends import fail

    monkeypatch.setenv("GARMINSYNC_KEY_SOURCE", "keyring")
    before = keyring.get_keyring()
    keyring.set_keyring(fail.Keyring())
    try:
        with pytest.raises(KeyMissing, match="does not answer") as refused:
            outer_key.find(paths).make()
    finally:
        keyring.set_keyring(before)
    assert "key file" in refused.value.hint
