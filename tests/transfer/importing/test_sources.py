"""What files, folders and archives hold is found, whatever they are packed in and whatever is wrong with them."""

from __future__ import annotations

import contextlib
import os
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from garminsync_tui.errors import FileDamaged
from garminsync_tui.transfer.importing import sources
from garminsync_tui.transfer.importing.kinds import kind_of
from garminsync_tui.transfer.importing.sources import OPEN_ARCHIVES, Found, Sources

from .samples import GPX_WITHOUT_TIMES, fit, gzipped, tcx, zipped

Seen = dict[str, bytes | str]


@pytest.fixture
def look(tmp_path: Path) -> Callable[..., Seen]:
    """What is found below some paths: content by name, or what is wrong."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()

    def look(*paths: Path) -> Seen:
        seen: Seen = {}
        with Sources(paths, scratch) as every:
            for found in every.walk():
                copy = tmp_path / "copy"
                try:
                    found.copy_to(copy, 10_000)
                    seen[found.name] = copy.read_bytes()
                    copy.unlink()
                except FileDamaged as damage:
                    seen[found.name] = damage.reason
        assert not list(scratch.iterdir()), "nothing is left of what was unpacked"
        return seen

    return look


def test_files_in_folders_in_archives_and_in_gzip(tmp_path: Path, look: Callable[..., Seen]) -> None:
    inner = zipped({"me@example.com_1.fit": b"one", "deep/2.fit": b"two"})
    (tmp_path / "export.zip").write_bytes(
        zipped({"DI_CONNECT/Parts/UploadedFiles_0-_Part1.zip": inner, "a.json": b"[]"})
    )
    folder = tmp_path / "GARMIN" / "ACTIVITY"
    folder.mkdir(parents=True)
    (folder / "B.fit").write_bytes(b"bee")
    (folder / "A.FIT.gz").write_bytes(gzipped(b"packed"))
    (folder / "._B.fit").write_bytes(b"what a Mac leaves")
    seen = look(tmp_path / "export.zip", tmp_path / "GARMIN")
    assert seen == {
        "export.zip › UploadedFiles_0-_Part1.zip › me@example.com_1.fit": b"one",
        "export.zip › UploadedFiles_0-_Part1.zip › 2.fit": b"two",
        "export.zip › a.json": b"[]",
        "GARMIN/ACTIVITY/A.FIT.gz": b"packed",
        "GARMIN/ACTIVITY/B.fit": b"bee",
    }


def test_what_was_found_can_be_opened_later_and_again(tmp_path: Path) -> None:
    parts = {f"part{n}.zip": zipped({f"{n}.fit": str(n).encode() * 10}) for n in range(10)}
    (tmp_path / "export.zip").write_bytes(zipped(parts))
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with Sources([tmp_path / "export.zip"], scratch) as every:
        found = list(every.walk())
        for _ in range(2):
            for number, each in enumerate(found):
                with each.open() as stream:
                    stream.seek(5)
                    assert stream.read() == str(number).encode() * 5
        assert len(list(scratch.iterdir())) <= OPEN_ARCHIVES, "only a few archives lie unpacked at a time"


def test_the_same_file_has_the_same_fingerprint_until_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(zipped({"1.fit": b"one", "2.fit": b"two"}))

    def fingerprints() -> list[bytes]:
        with Sources([path], tmp_path) as every:
            return [each.fingerprint for each in every.walk()]

    first = fingerprints()
    assert first == fingerprints() and len(set(first)) == 2
    status = path.stat()
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1_000_000))
    assert not set(first) & set(fingerprints())


@pytest.mark.parametrize(
    "name", ["../../../evil.fit", "/etc/evil.fit", "..\\..\\evil.fit", "C:\\evil.fit", "\x1b[2J\n.fit"]
)
def test_names_of_members_are_read_by_people_only(tmp_path: Path, look: Callable[..., Seen], name: str) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.zip").write_bytes(zipped({name: zipped({name: b"content"})}))
    before = set(tmp_path.rglob("*"))
    seen = look(tmp_path / "in")
    assert list(seen.values()) == [b"content"]
    assert not any(character in shown for shown in seen for character in "\x1b\n")
    assert set(tmp_path.rglob("*")) == before


def encrypted() -> bytes:
    content = bytearray(zipped({"1.fit": b"secret" * 9}, zipfile.ZIP_STORED))
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + place] |= 1
    return bytes(content)


def claiming(size: int) -> bytes:
    """An archive whose member claims another size than it has."""
    content = bytearray(zipped({"1.fit": b"x" * 1000}))
    for signature, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", content, content.index(signature) + place, size)
    return bytes(content)


def nested(levels: int) -> bytes:
    content = b"deep"
    for _ in range(levels):
        content = zipped({"a.zip" if content.startswith(b"PK") else "1.fit": content})
    return content


WHOLE = zipped({"1.fit": os.urandom(5000), "2.fit": os.urandom(5000)})


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(WHOLE[:6000], "cut off or damaged", id="cut off"),
        pytest.param(encrypted(), "encrypted", id="encrypted"),
        pytest.param(claiming(2**31), "claims to unpack to more", id="bomb"),
        pytest.param(claiming(10), "cut off or damaged", id="smaller than it is"),
        pytest.param(claiming(5000), "cut off or damaged", id="larger than it is"),
        pytest.param(nested(5), "nested too deep", id="nested"),
        pytest.param(WHOLE.replace(b"PK\x01\x02", b"PK\x01\x03"), "cut off or damaged", id="list damaged"),
        pytest.param(gzipped(b"x" * 5000)[:-20], "cut off or damaged", id="gzip cut off"),
        pytest.param(gzipped(zipped({"1.fit": b"x"})), "unpack it first", id="gzip of a ZIP"),
    ],
)
def test_a_damaged_archive_is_named_and_the_others_go_on(
    tmp_path: Path, look: Callable[..., Seen], content: bytes, words: str
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a-bad").write_bytes(content)
    (folder / "b.fit").write_bytes(b"whole")
    seen = look(folder)
    assert seen.pop("in/b.fit") == b"whole"
    [(name, problem)] = seen.items()
    assert name.startswith("in/a-bad")
    assert isinstance(problem, str) and words in problem


def test_a_list_of_members_longer_than_any_is_not_read(
    tmp_path: Path, look: Callable[..., Seen], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.zip").write_bytes(WHOLE)
    monkeypatch.setattr(sources, "_LONGEST_LIST_BYTES", 60)
    assert look(tmp_path / "a.zip") == {"a.zip": "is cut off or damaged"}


def test_what_cannot_be_read_is_named(tmp_path: Path, look: Callable[..., Seen]) -> None:
    os.mkfifo(tmp_path / "pipe.fit")
    (tmp_path / "gone.fit").symlink_to(tmp_path / "nowhere")
    (tmp_path / "circle").symlink_to(tmp_path)
    folder = tmp_path
    seen = look(folder / "pipe.fit", folder / "gone.fit")
    assert seen["pipe.fit"] == "is no file"
    assert "cannot be read" in str(seen["gone.fit"])


def kinds(tmp_path: Path, name: str, content: bytes) -> tuple[str, str]:
    (tmp_path / name).write_bytes(content)
    with Sources([tmp_path / name], tmp_path) as every:
        [found] = every.walk()
        kind = kind_of(found)
        assert isinstance(found, Found)
        return kind.word, kind.reason


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("1.fit", fit(), "activity"),
        ("noname", fit(), "activity"),
        ("1.fit", fit(file_type=32), "wellness"),
        ("1.fit", fit(file_type=49), "wellness"),
        ("1.fit", fit(file_type=2), "ignored"),
        ("1.fit", fit(file_type=5), "ignored"),
        ("1.tcx", tcx(), "activity"),
        ("1.txt", GPX_WITHOUT_TIMES, "activity"),
        ("1.fit", b"<html>", "damaged"),
        ("1.GPX", b"", "damaged"),
        ("2024-01-01_2024-04-10_1_sleepData.json", b"[]", "archive"),
        ("me_0_summarizedActivities.json", b"[]", "archive"),
        ("UDSFile_2024-01-01_2024-04-10.json", b"[]", "archive"),
        ("customer.json", b"{}", "ignored"),
        ("readme.txt", b"hello", "ignored"),
    ],
)
def test_kinds_are_told_by_content(tmp_path: Path, name: str, content: bytes, word: str) -> None:
    assert kinds(tmp_path, name, content)[0] == word


def test_what_a_thread_opens_after_all_was_closed_is_closed_as_well(tmp_path: Path) -> None:
    """A stopped import does not wait for the file that a thread is about to open."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    path = tmp_path / "export.zip"
    path.write_bytes(zipped({"inner.zip": zipped({"1.fit": b"one"})}))
    with Sources([path], scratch) as every:
        walk = every.walk()
    with contextlib.suppress(ValueError):
        list(walk)
    assert not list(scratch.iterdir())
    assert str(path) not in {each.path for each in psutil.Process().open_files()}
