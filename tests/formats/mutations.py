"""Recordings and archives changed by chance, the same way for the same random numbers."""

from __future__ import annotations

import bz2
import gzip
import io
import random
import re
import struct
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from fastcrc.crc16 import arc as crc16

from . import recording_samples as sample

#: Most of what a changed file may have: enough to be dear, small enough to be made thousands of times.
MOST_BYTES = 3 * 2**20


class Seed(NamedTuple):
    """A recording to start from."""

    kind: str
    name: str
    content: bytes


def seeds(corpus: Path | None) -> list[Seed]:
    """Our own recordings and, where they are present, published ones."""
    found = own_seeds()
    for path in sorted(corpus.rglob("*.*")) if corpus else ():
        if path.suffix in {".fit", ".gpx", ".tcx"}:
            found.append(Seed(path.suffix[1:].upper(), path.name, path.read_bytes()))
    return found


def own_seeds() -> list[Seed]:
    record_and_more = sample.definition(0, sample.RECORD, sample.RECORD_FIELDS, [(0, 4, 0)]) + b"".join(
        sample.values(0, sample.RECORD_FIELDS, sample.record(second), b"\1\2\3\4") for second in range(20)
    )
    compressed = b"".join(bytes((0x80 | second % 32, 140)) for second in range(90))
    timers = b"".join(
        sample.one(
            sample.EVENT, {(253, sample.UINT32): sample.START_S + at, (0, sample.ENUM): 0, (1, sample.ENUM): how}
        )
        for at, how in ((0, 0), (20, 4), (40, 0), (59, 4))
    )
    points = "".join(sample.gpx_point(second, _EXTRA) for second in range(40))
    track = "".join(
        sample.tcx_point(
            f"2026-05-01T10:{second // 60:02}:{second % 60:02}Z",
            f"<Position><LatitudeDegrees>{52 + second / 9000}</LatitudeDegrees>"
            f"<LongitudeDegrees>13.5</LongitudeDegrees></Position><DistanceMeters>{3 * second}</DistanceMeters>"
            "<HeartRateBpm><Value>141</Value></HeartRateBpm>"
            "<Extensions><ns3:TPX><ns3:Speed>3</ns3:Speed><ns3:Watts>201</ns3:Watts></ns3:TPX></Extensions>",
        )
        for second in range(90)
    )
    lap = f'<Lap StartTime="2026-05-01T10:00:00Z"><TotalTimeSeconds>90</TotalTimeSeconds><Track>{track}</Track></Lap>'
    return [
        Seed("FIT", "an hour", sample.activity(3600)),
        Seed("FIT", "a minute", sample.activity()),
        Seed("FIT", "two parts", sample.activity(9) + sample.activity(9)),
        Seed("FIT", "developer fields", sample.part(sample.file_id() + record_and_more)),
        Seed("FIT", "compressed times", sample.part(sample.file_id() + _SHORT + compressed)),
        Seed("FIT", "pauses", sample.part(sample.file_id() + _records(60) + timers)),
        Seed("GPX", "points", sample.gpx(points).encode()),
        Seed("TCX", "laps", sample.tcx(f'<Activity Sport="Running"><Id>x</Id>{lap}{lap}</Activity>').encode()),
    ]


_EXTRA = (
    "<gpxtpx:TrackPointExtension><gpxtpx:hr>150</gpxtpx:hr><gpxtpx:cad>80</gpxtpx:cad></gpxtpx:TrackPointExtension>"
    "<power>200</power>"
)
_SHORT = (
    sample.definition(1, sample.RECORD, [(253, sample.UINT32), (3, sample.UINT8)])
    + sample.values(1, [(253, sample.UINT32), (3, sample.UINT8)], [sample.START_S, 140])
    + sample.definition(0, sample.RECORD, [(3, sample.UINT8)])
)


def _records(seconds: int) -> bytes:
    return sample.records(sample.record(second) for second in range(seconds))


def changed(found: list[Seed], how: random.Random) -> tuple[bytes, str]:
    """A file that is mostly hostile, and what was done to make it."""
    # The smallest of some: long recordings are read too, and not most of the time.
    seed = min(how.choices(found, k=2), key=lambda each: len(each.content))
    content, done = seed.content, [seed.name]
    if how.random() < 0.85:
        content = _apply(content, how, _FIT_CHANGES if seed.kind == "FIT" else _XML_CHANGES, done)
    wrap = how.random()
    if wrap < 0.25:
        content = _zip(content, how, done)
    elif wrap < 0.28:
        content = gzip.compress(content, mtime=0)
        done.append("gzip")
    if how.random() < 0.3:
        content = _apply(content, how, _BYTE_CHANGES, done)
    if seed.kind == "FIT" and wrap >= 0.28 and how.random() < 0.5:
        content = mended(content)
        done.append("mended")
    return content[:MOST_BYTES], ", ".join(done)


def byte_changed(content: bytes, how: random.Random) -> tuple[bytes, str]:
    """Any file, changed without a look at what it means; and what was done."""
    done: list[str] = []
    return _apply(content, how, _BYTE_CHANGES, done), ", ".join(done)


_Change = Callable[[bytes, random.Random], bytes]


def _apply(content: bytes, how: random.Random, changes: tuple[_Change, ...], done: list[str]) -> bytes:
    for _ in range(how.choice((1, 1, 1, 2, 4))):
        change = how.choice(changes)
        content = change(content, how)
        done.append(change.__name__.lstrip("_"))
    return content


# ── Any bytes ────────────────────────────────────────────────────────────────────────────────────


def _piece(content: bytes, how: random.Random) -> tuple[int, int]:
    """Where a piece of mostly a few bytes begins and ends."""
    at = how.randrange(len(content) + 1)
    return at, min(len(content), at + how.choice((1, 2, 4, 16, 100, 4096)))


def _flipped(content: bytes, how: random.Random) -> bytes:
    out = bytearray(content)
    for _ in range(how.choice((1, 3, 30)) if out else 0):
        out[how.randrange(len(out))] ^= 1 << how.randrange(8)
    return bytes(out)


def _overwritten(content: bytes, how: random.Random) -> bytes:
    begin, end = _piece(content, how)
    return content[:begin] + bytes((how.choice((0, 1, 0x7F, 0x80, 0xFE, 0xFF)),)) * (end - begin) + content[end:]


def _cut(content: bytes, how: random.Random) -> bytes:
    return content[: how.randrange(len(content) + 1)]


def _beheaded(content: bytes, how: random.Random) -> bytes:
    return content[how.randrange(len(content) + 1) :]


def _lost(content: bytes, how: random.Random) -> bytes:
    begin, end = _piece(content, how)
    return content[:begin] + content[end:]


def _repeated(content: bytes, how: random.Random) -> bytes:
    begin, end = _piece(content, how)
    times = how.choice((1, 1, 10, 1000))
    return content[:begin] + content[begin:end] * times + content[begin:]


def _swapped(content: bytes, how: random.Random) -> bytes:
    (one, to), (other, end) = sorted((_piece(content, how), _piece(content, how)))
    to = min(to, other)
    return content[:one] + content[other:end] + content[to:other] + content[one:to] + content[end:]


def _spliced(content: bytes, how: random.Random) -> bytes:
    """The beginning, and something of another kind."""
    other = how.choice(_OWN).content
    return content[: how.randrange(len(content) + 1)] + other[how.randrange(len(other)) :]


def _noise(content: bytes, how: random.Random) -> bytes:
    begin, end = _piece(content, how)
    return content[:begin] + how.randbytes(end - begin) + content[end:]


def _number(content: bytes, how: random.Random) -> bytes:
    """A whole number of two, four or eight bytes somewhere."""
    form = how.choice(("<H", "<I", "<Q", ">I"))
    bits = 8 * struct.calcsize(form)
    if len(content) * 8 < bits:
        return content
    at = how.randrange(len(content) - bits // 8 + 1)
    value = how.choice((0, 1, 2 ** (bits - 1), 2 ** (bits - 1) - 1, 2**bits - 1, how.getrandbits(bits)))
    return content[:at] + struct.pack(form, value) + content[at + bits // 8 :]


_BYTE_CHANGES: tuple[_Change, ...] = (
    _flipped, _overwritten, _cut, _beheaded, _lost, _repeated, _swapped, _spliced, _noise, _number,
)  # fmt: skip
_OWN = own_seeds()


# ── FIT ──────────────────────────────────────────────────────────────────────────────────────────


class _Said(NamedTuple):
    """A message of a FIT file: a definition or data."""

    is_definition: bool
    content: bytes


def mended(content: bytes) -> bytes:
    """The same as one part whose lengths and checksums are right."""
    size = content[0] if content and content[0] in {12, 14} else 14
    body = content[size:-2]
    head = struct.pack("<BBHI4s", 14, 0x20, 2100, len(body), b".FIT")
    head += struct.pack("<H", crc16(head))
    return head + body + struct.pack("<H", crc16(head + body))


def _messages(content: bytes) -> list[_Said]:
    """The messages of a FIT file; what cannot be understood is the last of them."""
    found: list[_Said] = []
    sizes: dict[int, int] = {}
    at, end = (content[0] if content else 0), len(content) - 2
    while at < end:
        header = content[at]
        local = header >> 5 & 3 if header & 0x80 else header & 15
        if not header & 0x80 and header & 0x40:
            length = 6 + 3 * content[at + 5] if at + 5 < end else end
            own = length
            if header & 0x20:
                length += 1 + 3 * content[at + length] if at + length < end else end
            said = content[at : at + length]
            sizes[local] = 1 + sum(said[7:own:3]) + sum(said[own + 2 :: 3])
            found.append(_Said(True, said))
        elif local in sizes:
            length = sizes[local]
            found.append(_Said(False, content[at : at + length]))
        else:
            length = end - at
            found.append(_Said(False, content[at:end]))
        at += length
    return found


def _together(content: bytes, messages: list[_Said]) -> bytes:
    return content[: content[0] if content else 0] + b"".join(each.content for each in messages) + content[-2:]


def _definition_changed(content: bytes, how: random.Random) -> bytes:
    """One byte of a definition: byte order, number, count, a field's number, size or type, its local number."""
    messages = _messages(content)
    places = [index for index, each in enumerate(messages) if each.is_definition]
    if not places:
        return content
    place = how.choice(places)
    said = bytearray(messages[place].content)
    at = how.randrange(len(said))
    said[at] = how.choice(
        (0, 1, 2, 3, 4, 7, 8, 13, 0x84, 0x86, 0x8F, 253, 254, 255, said[at] ^ 0x20, how.randrange(256))
    )
    messages[place] = _Said(True, bytes(said))
    return _together(content, messages)


def _definitions_swapped(content: bytes, how: random.Random) -> bytes:
    messages = _messages(content)
    places = [index for index, each in enumerate(messages) if each.is_definition]
    if len(places) > 1:
        one, other = how.sample(places, 2)
        messages[one], messages[other] = messages[other], messages[one]
    return _together(content, messages)


def _messages_shuffled(content: bytes, how: random.Random) -> bytes:
    messages = _messages(content)
    for _ in range(how.choice((1, 10, 100)) if messages else 0):
        messages.append(messages.pop(how.randrange(len(messages))))
    return _together(content, messages)


def _messages_lost(content: bytes, how: random.Random) -> bytes:
    share = how.choice((0.01, 0.3))
    return _together(content, [each for each in _messages(content) if how.random() > share])


def _messages_repeated(content: bytes, how: random.Random) -> bytes:
    messages = _messages(content)
    if not messages:
        return content
    at = how.randrange(len(messages))
    some = messages[at : at + how.choice((1, 2, 20))]
    most = max(1, 2**19 // max(1, sum(len(each.content) for each in some)))
    return _together(content, messages[:at] + some * min(how.choice((2, 100, 20_000)), most) + messages[at:])


def _moments(content: bytes, how: random.Random) -> bytes:
    """The first value of some messages, in most of them the time."""
    messages = _messages(content)
    share = how.choice((0.001, 0.1, 1.0))
    moment = how.choice((0, 1, 0x0FFF_FFFF, 0x7FFF_FFFF, 0xFFFF_FFFE, 0xFFFF_FFFF, None))
    step = how.choice((1, 60, 86_400, -1))
    out = []
    for index, each in enumerate(messages):
        if not each.is_definition and len(each.content) >= 5 and how.random() < share:
            value = (sample.START_S + index * step) % 2**32 if moment is None else moment
            out.append(_Said(False, each.content[:1] + struct.pack("<I", value) + each.content[5:]))
        else:
            out.append(each)
    return _together(content, out)


def _alternating(content: bytes, how: random.Random) -> bytes:
    """A definition before every message, as nothing forbids."""
    messages = _messages(content)
    defined = [each for each in messages if each.is_definition]
    out: list[_Said] = []
    for each in messages:
        if defined and not each.is_definition and len(out) < 20_000:
            out.append(how.choice(defined))
        out.append(each)
    return _together(content, out)


def _size_claimed(content: bytes, how: random.Random) -> bytes:
    claimed = how.choice((0, 1, len(content), 2**31, 2**32 - 1, how.getrandbits(32)))
    return content[:4] + struct.pack("<I", claimed) + content[8:]


def _head_claimed(content: bytes, how: random.Random) -> bytes:
    return bytes((how.choice((0, 11, 12, 13, 14, 15, 100, 255)),)) + content[1:]


def _chained(content: bytes, how: random.Random) -> bytes:
    most = max(1, 2**20 // max(1, len(content)))
    return content * min(how.choice((2, 5, 1200)), most) + how.choice((b"", b"\0", content[:20]))


_FIT_CHANGES: tuple[_Change, ...] = (
    _definition_changed, _definition_changed, _definitions_swapped, _messages_shuffled, _messages_lost,
    _messages_repeated, _moments, _moments, _alternating, _size_claimed, _head_claimed, _chained, *_BYTE_CHANGES,
)  # fmt: skip


# ── XML ──────────────────────────────────────────────────────────────────────────────────────────

_ODD_TEXTS = (
    "", " ", "nan", "inf", "-inf", "1e308", "-1e999", "1e-320", "0x10", "1_000", "٣", "9" * 400, "9" * 5000, "-0",
    "255", "65536", "1970-01-01T00:00:00Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59.999999-23:59",
    "2026-05-01T10:00:00", "2026-W18-5T10Z", "2026-05-01T24:00:00Z", "20260501T100000Z", "Zwölf", "\u202e",
    "\U0001f6b4", "&lt;b&gt;", "&#27;[31m", "&#x202e;", "<b/>", "<![CDATA[12]]>", "<!-- 3 -->4", "<?x y?>5",
)  # fmt: skip
_VALUE = re.compile(rb">[^<>]{1,80}<")
_ATTRIBUTE = re.compile(rb'="[^"<>]{0,80}"')
_TAG = re.compile(rb"<[^<>]{1,200}>")


def _found(pattern: re.Pattern[bytes], content: bytes, how: random.Random) -> re.Match[bytes] | None:
    """One of some places, of the first that are there after a place by chance."""
    return pattern.search(content, how.randrange(len(content) + 1)) or pattern.search(content)


def _values_changed(content: bytes, how: random.Random) -> bytes:
    for _ in range(how.choice((1, 5, 50))):
        if place := _found(_VALUE, content, how):
            content = content[: place.start() + 1] + how.choice(_ODD_TEXTS).encode() + content[place.end() - 1 :]
    return content


def _attribute_changed(content: bytes, how: random.Random) -> bytes:
    if place := _found(_ATTRIBUTE, content, how):
        odd = how.choice(_ODD_TEXTS).replace("<", "")
        return content[: place.start() + 2] + odd.encode() + content[place.end() - 1 :]
    return content


def _tag_inserted(content: bytes, how: random.Random, written: bytes) -> bytes:
    """Something after one of the tags."""
    place = _found(_TAG, content, how)
    at = place.end() if place else 0
    return content[:at] + written + content[at:]


def _nested(content: bytes, how: random.Random) -> bytes:
    place = _found(_TAG, content, how)
    name = re.match(rb"</?([\w:.-]+)", place[0]) if place else None
    tag = name[1] if name else b"a"
    deep = how.choice((3, 50, 70, 100_000))
    closed = b"</" + tag + b">" if how.random() < 0.7 else b""
    return _tag_inserted(content, how, (b"<" + tag + b">") * deep + closed * deep)


def _declared(content: bytes, how: random.Random) -> bytes:
    """A document type: entities that grow, that stand for a file, that stand for themselves."""
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    inside = how.choice((
        f'<!ENTITY a0 "ha">{laughs}', '<!ENTITY a11 SYSTEM "file:///etc/passwd">', '<!ENTITY a11 "&a11;">',
        '<!ENTITY % p SYSTEM "http://127.0.0.1:9/x">%p;', "<!ELEMENT a ANY>", "",
    ))  # fmt: skip
    root = re.search(rb"<[A-Za-z]", content)
    at = root.start() if root else 0
    content = content[:at] + f"<!DOCTYPE gpx [{inside}]>".encode() + content[at:]
    return _tag_inserted(content, how, b"&a11;") if how.random() < 0.5 else content


def _much(content: bytes, how: random.Random) -> bytes:
    """One thing that is far too long, or far too often there."""
    many = how.choice((1_000, 30_000, 200_000))
    written = how.choice((
        lambda: b'<a b="' + b"x" * (6 * many) + b'"/>',
        lambda: b"<a " + b" ".join(b'a%d="1"' % number for number in range(many // 10)) + b"/>",
        lambda: b"".join(b"<a%d/>" % number for number in range(many // 4)),
        lambda: b"".join(b'<a xmlns:b%d="c%d"/>' % (number, number) for number in range(many // 8)),
        lambda: b"x" * (6 * many),
        lambda: b" " * (6 * many),
        lambda: b"<!--" + b"-x" * (3 * many) + b"-->",
        lambda: b"<![CDATA[" + b"]" * many + b"]]>",
        lambda: b"<?a " + b"?" * (5 * many) + b"?>",
        lambda: b"&#x41;" * many,
        lambda: b"<a>" + b' xmlns="' * (many // 2) + b"</a>",
        lambda: b"<" + b"a" * (6 * many) + b"/>",
        lambda: b"\xc3\xa4" * (3 * many),
    ))  # fmt: skip
    return _tag_inserted(content, how, written())


def _elements_repeated(content: bytes, how: random.Random) -> bytes:
    """One point, lap or segment very often."""
    name = how.choice((b"trkpt", b"Trackpoint", b"Lap", b"trkseg", b"trk", b"Activity"))
    begin = content.find(b"<" + name)
    end = content.find(b"</" + name + b">", begin)
    if begin < 0 or end < 0:
        return content
    element = content[begin : end + len(name) + 3]
    most = max(1, 2**20 // len(element))
    return content[:begin] + element * min(how.choice((2, 50, 20_000)), most) + content[begin:]


def _encoded(content: bytes, how: random.Random) -> bytes:
    """Another encoding than it says, or another that it says too."""
    text = content.decode("utf-8", "replace")
    encoding = how.choice(("utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "utf-7", "cp037", "utf-8-sig"))
    said = how.choice((encoding, "utf-8", "utf-16", "UCS-4", "rot13", "idna", "x" * 39, "\0", "zlib", "unicode_escape"))
    if how.random() < 0.7:
        text = re.sub(r"encoding=[\"'][^\"']*[\"']", lambda _: f'encoding="{said}"', text, count=1)
    return text.encode(encoding, "replace") if how.random() < 0.7 else text.encode()


def _renamed(content: bytes, how: random.Random) -> bytes:
    """One name everywhere another one."""
    names = sorted({match[1] for match in re.finditer(rb"</?([\w:.-]{1,40})", content[:20_000])})
    if not names:
        return content
    old, new = how.choice(names), how.choice([*names, b"x", b"gpx", b"Lap", b"extensions", b"a:b"])
    return re.sub(rb"(</?)" + re.escape(old) + rb"(?=[\s/>])", lambda match: match[1] + new, content)


def _doubled(content: bytes, how: random.Random) -> bytes:
    """Two documents in one."""
    return content + how.choice(_OWN).content


_XML_CHANGES: tuple[_Change, ...] = (
    _values_changed, _values_changed, _values_changed, _attribute_changed, _nested, _declared, _much,
    _elements_repeated, _elements_repeated, _encoded, _renamed, _doubled, *_BYTE_CHANGES,
)  # fmt: skip


# ── Archives ─────────────────────────────────────────────────────────────────────────────────────

_NAMES = (
    "123_ACTIVITY.fit", "a.gpx", "a.tcx", "a", "../../etc/passwd.fit", "/etc/passwd.fit", "C:\\a.fit", "a\\..\\b.fit",
    "x" * 60_000 + ".fit", "\u202etif.fit", "Zwölf.fit", "\x1b[31m.fit", "a.fit/", "", ".fit", "a.fit\0.txt", "a.zip",
)  # fmt: skip
#: Numbers in the local and the central header of a member: where they stand, how they are written.
_LOCAL = {"version": (4, "<H"), "flags": (6, "<H"), "packing": (8, "<H"), "crc": (14, "<I"), "packed": (18, "<I"),
          "size": (22, "<I"), "name": (26, "<H"), "extra": (28, "<H")}  # fmt: skip
_CENTRAL = {"version": (6, "<H"), "flags": (8, "<H"), "packing": (10, "<H"), "crc": (16, "<I"), "packed": (20, "<I"),
            "size": (24, "<I"), "name": (28, "<H"), "extra": (30, "<H"), "comment": (32, "<H"), "disk": (34, "<H"),
            "offset": (42, "<I")}  # fmt: skip
_END = {"disk": (4, "<H"), "members": (10, "<H"), "size": (12, "<I"), "offset": (16, "<I"), "comment": (20, "<H")}


class _Unseekable(io.BytesIO):
    """Makes zipfile write sizes behind each member (a data descriptor)."""

    def seek(self, *_: object) -> int:
        raise OSError


def _archive(members: list[tuple[str, bytes]], packing: int, *, described: bool = False) -> bytes:
    target = _Unseekable() if described else io.BytesIO()
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(target, "w", packing) as archive:  # names come twice
        for name, content in members:
            # A moment of its own would make another archive of the same random numbers.
            member = zipfile.ZipInfo(name)
            member.compress_type = packing
            archive.writestr(member, content)
    return target.getvalue()


def _zip(content: bytes, how: random.Random, done: list[str]) -> bytes:
    form = how.choice(("one", "one", "one", "bomb", "nested", "many", "several", "packed"))
    done.append(f"zip {form}")
    name = how.choice(_NAMES)
    packing = how.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))
    described = how.random() < 0.3
    if form == "bomb":
        content += bytes(how.choice((2**20, 2**24)))
    elif form == "nested":
        for _ in range(how.choice((1, 2, 30))):
            content = _archive([(how.choice(_NAMES), content)], packing)
    elif form == "packed":
        packing = how.choice((zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA))
    members = [(name, content)]
    if form == "many":
        members += [(f"{how.choice(('', 'x' * 100))}{number}", b"") for number in range(how.choice((99, 2_000)))]
    elif form == "several":
        members += [(how.choice(_NAMES), how.choice((content, b"", bz2.compress(content)))) for _ in range(3)]
    archive = _archive(members, packing, described=described)
    while how.random() < 0.6:
        change = how.choice((_headers_lie, _headers_lie, _members_overlap, _prefixed, _ends_twice, *_BYTE_CHANGES))
        archive = change(archive, how)
        done.append(change.__name__.lstrip("_"))
    return archive


def _headers_lie(archive: bytes, how: random.Random) -> bytes:
    """One number of a member, in either of its headers or both, or of the archive's end."""
    field = how.choice(sorted(_CENTRAL))
    value = how.choice((0, 1, 8, 0x809, 0xFFFF, 2**31, 2**32 - 1, len(archive), how.getrandbits(32)))
    for mark, places in ((b"PK\3\4", _LOCAL), (b"PK\1\2", _CENTRAL), (b"PK\5\6", _END)):
        at = archive.rfind(mark)
        if field in places and at >= 0 and how.random() < 0.7:
            offset, form = places[field]
            packed = struct.pack(form, value % 2 ** (8 * struct.calcsize(form)))
            archive = archive[: at + offset] + packed + archive[at + offset + len(packed) :]
    return archive


def _members_overlap(archive: bytes, how: random.Random) -> bytes:
    """The directory names the same member many times."""
    begin, end = archive.find(b"PK\1\2"), archive.rfind(b"PK\5\6")
    if begin < 0 or end < begin:
        return archive
    times = min(how.choice((2, 50, 5_000)), 1 + 2**20 // (end - begin))
    directory = archive[begin:end] * times
    last = archive[end : end + 8] + struct.pack("<HHII", *[times % 65_536] * 2, len(directory), begin)
    return archive[:begin] + directory + last + archive[end + 20 :]


def _prefixed(archive: bytes, how: random.Random) -> bytes:
    """Something before it that is not part of it, as a program that unpacks itself has."""
    return how.choice((b"PK\3\4", b"PK00", b"MZ", b"PK")) + how.randbytes(how.choice((0, 10, 5_000))) + archive


def _ends_twice(archive: bytes, how: random.Random) -> bytes:
    """A second end in the comment of the first, or after it."""
    at = archive.rfind(b"PK\5\6")
    return archive + archive[at : at + how.choice((10, 22))] + how.choice((b"", b"PK\6\7" + bytes(16), bytes(100)))
