"""Garmin's original download, and archives that only look like one."""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from garminsync_tui.errors import FileDamaged
from garminsync_tui.formats import OriginalFile, open_original

from .recording_samples import activity, gpx, gpx_point, tcx

FIT = activity(20)


def archive(*members: tuple[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", packing) as target:
        for name, content in members:
            target.writestr(name, content)
    return written.getvalue()


def unpack(tmp_path: Path, content: bytes, **limits: int) -> OriginalFile:
    source = tmp_path / "download.zip"
    source.write_bytes(content)
    return open_original(source, tmp_path / "original", **limits)


def refused(tmp_path: Path, content: bytes, **limits: int) -> str:
    """Why a download is not taken; nothing may be left of it."""
    with pytest.raises(FileDamaged) as caught:
        unpack(tmp_path, content, **limits)
    assert caught.value.name == "download.zip"
    assert not (tmp_path / "original").exists()
    return caught.value.reason


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("123_ACTIVITY.fit", FIT, "FIT"),
        ("activity.GPX", gpx(gpx_point(0)).encode(), "GPX"),
        ("activity.tcx", tcx("").encode(), "TCX"),
        ("activity.fit", gpx(gpx_point(0)).encode(), "GPX"),  # its bytes decide
        ("without an ending", FIT, "FIT"),
        ("../../etc/passwd.fit", FIT, "FIT"),
        ("/absolute.fit", FIT, "FIT"),
    ],
)
def test_one_recording_in_an_archive(tmp_path: Path, name: str, content: bytes, kind: str) -> None:
    original = unpack(tmp_path, archive((name, content)))
    assert original == OriginalFile(
        kind,
        tmp_path / "original",
        len(content),
        hashlib.sha256(content).digest(),  # type: ignore[arg-type]
    )
    assert (tmp_path / "original").read_bytes() == content
    assert (tmp_path / "original").stat().st_mode & 0o777 == 0o600
    assert {path.name for path in tmp_path.iterdir()} == {"download.zip", "original"}


def test_other_members_do_not_matter(tmp_path: Path) -> None:
    content = archive(("folder/", b""), ("readme.txt", b"hello"), ("folder/a.fit", FIT))
    assert unpack(tmp_path, content).sha256 == hashlib.sha256(FIT).digest()


@pytest.mark.parametrize("content", [FIT, gpx(gpx_point(0)).encode("utf-16")])
def test_a_recording_without_an_archive(tmp_path: Path, content: bytes) -> None:
    assert unpack(tmp_path, content).sha256 == hashlib.sha256(content).digest()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (bytes(500), "zero bytes"),
        (b"<html>429</html>", "web page"),
        (b'{"message": "no"}', "neither FIT, GPX nor TCX"),
        (archive(), "no recordings"),
        (archive(("readme.txt", b"hello")), "no recordings"),
        (archive(("a.fit", FIT), ("b.fit", FIT)), "2 recordings"),
        (archive(("a", FIT), ("b", FIT)), "2 recordings"),
        (archive(("a.fit", b"")), "its member is empty"),
        (archive(("a.fit", archive(("b.fit", FIT)))), "its member is a ZIP archive"),
        (archive(("a.fit", FIT), packing=zipfile.ZIP_LZMA), "packed"),
        (archive(("a", FIT), packing=zipfile.ZIP_BZIP2), "no recordings"),
        (archive(*((f"{index}.txt", b"") for index in range(100)), ("a.fit", FIT)), "101 members"),
        (archive(("a.fit", FIT))[:-1], "not a whole ZIP archive"),
        (archive(("a.fit", FIT))[:100], "not a whole ZIP archive"),
    ],
)
def test_refused_with_the_reason(tmp_path: Path, content: bytes, words: str) -> None:
    assert words in refused(tmp_path, content)


def test_a_bomb(tmp_path: Path) -> None:
    assert "200 times" in refused(tmp_path, archive(("a.fit", FIT + bytes(2**20))))


@pytest.mark.parametrize("content", [FIT, archive(("a.fit", FIT), packing=zipfile.ZIP_STORED)])
def test_more_than_is_allowed(tmp_path: Path, content: bytes) -> None:
    assert "than 0 MiB" in refused(tmp_path, content, max_bytes=len(content) - 1)
    unpack(tmp_path, content, max_bytes=len(content))


def test_unpacks_to_more_than_is_allowed(tmp_path: Path) -> None:
    assert "claims to unpack" in refused(tmp_path, archive(("a.fit", FIT)), max_bytes=len(FIT) - 1)


def _patched(content: bytes, field: str, value: int) -> bytes:
    """Change one number of the only member, in both of its headers."""
    at = {"flags": (6, 8, "<H"), "crc": (14, 16, "<I"), "size": (22, 24, "<I")}
    local, central, form = at[field]
    changed = bytearray(content)
    struct.pack_into(form, changed, local, value)
    struct.pack_into(form, changed, content.index(b"PK\x01\x02") + central, value)
    return bytes(changed)


def test_a_list_of_members_that_does_not_end(tmp_path: Path) -> None:
    """zipfile would take all of it into memory before it says how many there are."""
    content = archive(("a.fit", FIT))
    begin, end = content.index(b"PK\x01\x02"), content.index(b"PK\x05\x06")
    listed = content[begin:end] * 6_000
    closing = content[end : end + 12] + struct.pack("<LLH", len(listed), begin, 0)
    assert "longer list of members" in refused(tmp_path, content[:begin] + listed + closing)


@pytest.mark.parametrize("name", ["a\0.fit", "", "a.fit/", "\x1b[31m.fit", "C:\\a.fit", "x" * 60_000 + ".fit"])
def test_no_name_of_a_member_does_anything(tmp_path: Path, name: str) -> None:
    try:
        assert unpack(tmp_path, archive((name, FIT))).path == tmp_path / "original"
    except FileDamaged as damage:
        assert damage.reason.isprintable()
    assert {path.name for path in tmp_path.iterdir()} <= {"download.zip", "original"}


def test_sizes_that_stand_behind_the_member(tmp_path: Path) -> None:
    class Pipe(io.BytesIO):
        def seek(self, *_: object) -> int:
            raise OSError

    written = Pipe()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("a.fit", FIT)
    assert written.getvalue()[6] & 8
    assert unpack(tmp_path, written.getvalue()).sha256 == hashlib.sha256(FIT).digest()


def test_members_that_lie_over_each_other(tmp_path: Path) -> None:
    content = archive(("a", bytes(5_000)), ("b.fit", FIT))
    second = content.index(b"PK\x01\x02", content.index(b"PK\x01\x02") + 1)
    refused(tmp_path, content[: second + 42] + struct.pack("<L", 0) + content[second + 46 :])


def test_a_member_whose_checksum_does_not_match(tmp_path: Path) -> None:
    assert refused(tmp_path, _patched(archive(("a.fit", FIT)), "crc", 1)) == "is not a whole ZIP archive"


def test_an_encrypted_member(tmp_path: Path) -> None:
    assert "encrypted" in refused(tmp_path, _patched(archive(("a.fit", FIT)), "flags", 1))
    assert "no recordings" in refused(tmp_path, _patched(archive(("a", FIT)), "flags", 1))


@pytest.mark.parametrize("claimed", [len(FIT) - 1, len(FIT) + 1, 2**30])
def test_a_member_that_lies_about_its_size(tmp_path: Path, claimed: int) -> None:
    refused(tmp_path, _patched(archive(("a.fit", FIT)), "size", claimed))


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "original").write_text("mine")
    with pytest.raises(FileExistsError):
        unpack(tmp_path, archive(("a.fit", FIT)))
    assert (tmp_path / "original").read_text() == "mine"


def test_no_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "original").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileExistsError):
        unpack(tmp_path, FIT)
    assert not (tmp_path / "elsewhere").exists()


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=6),
    packing=st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]),
)
def test_changed_bytes_give_the_recording_or_file_damaged(
    tmp_path: Path, changes: list[tuple[int, int]], packing: int
) -> None:
    content = bytearray(archive(("a.fit", FIT), packing=packing))
    for position, value in changes:
        content[position % len(content)] = value
    target = tmp_path / "original"
    try:
        original = unpack(tmp_path, bytes(content))
    except FileDamaged:
        assert not target.exists()
        return
    assert original.sha256 == hashlib.sha256(target.read_bytes()).digest()
    target.unlink()
