"""FIT files: every value in its unit, and what is left of a damaged file."""

from __future__ import annotations

import struct
from datetime import UTC, datetime
from math import isnan
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from garminsync_tui.errors import FileDamaged
from garminsync_tui.formats import (
    COLUMNS,
    Device,
    Lap,
    Track,
    Wearer,
    fit,
    fit_decoded,
    fit_parts,
    fit_plain,
    read_track,
    validate,
)
from garminsync_tui.formats.fit_messages import track_of_parts

from .recording_samples import (
    DEVELOPER_ID,
    DEVICE_INFO,
    ENUM,
    EVENT,
    FIELD_DESCRIPTION,
    FORMATS,
    LAP,
    LAP_FIELDS,
    RECORD,
    RECORD_FIELDS,
    SESSION,
    SESSION_FIELDS,
    SINT8,
    SINT32,
    START_MS,
    START_S,
    STRING,
    UINT8,
    UINT16,
    UINT32,
    UINT32Z,
    UINT64,
    activity,
    definition,
    file_id,
    one,
    part,
    record,
    records,
    size_of,
    values,
)


def read(tmp_path: Path, content: bytes) -> Track:
    path = tmp_path / "recording.fit"
    path.write_bytes(content)
    return read_track(path)


def reason(tmp_path: Path, content: bytes) -> str:
    """Why a file is not whole."""
    path = tmp_path / "recording.fit"
    path.write_bytes(content)
    with pytest.raises(FileDamaged) as caught:
        validate(path, "FIT")
    assert caught.value.name == "recording.fit"
    return caught.value.reason


def test_every_column_in_its_unit(tmp_path: Path) -> None:
    track = read(tmp_path, activity())
    assert len(track) == 60
    assert track.time_ms[0] == START_MS and track.time_ms[-1] == START_MS + 59_000
    point = {column: getattr(track, column)[10] for column in COLUMNS}
    assert point == pytest.approx(
        {
            "latitude_deg": (622_000_000 + 3000) * 180 / 2**31,
            "longitude_deg": (101_000_000 + 2000) * 180 / 2**31,
            "altitude_m": 100.0,
            "distance_m": 30.0,
            "speed_mps": 3.0,
            "heart_rate_bpm": 140,
            "cadence_rpm": 85.5,
            "power_w": 200,
            "temperature_c": 21,
        }
    )
    assert track.warnings == ()
    assert all(track.has(column) for column in ("time_ms", *COLUMNS))


def test_laps_sessions_device_and_summary(tmp_path: Path) -> None:
    track = read(tmp_path, activity())
    start, end = datetime(2021, 9, 8, 1, 46, 40, tzinfo=UTC), datetime(2021, 9, 8, 1, 47, 40, tzinfo=UTC)
    assert track.laps == (Lap(start, end, 55.0, 180.0, 141.0, 163.0, 3.272, None, 210.0, 7.0, 12.0),)
    (session,) = track.sessions
    assert (session.sport, session.sub_sport, session.start, session.end) == ("running", "trail", start, end)
    assert (session.duration_s, session.elapsed_s, session.distance_m) == (55.0, 60.0, 180.0)
    assert session.avg_cadence_rpm == 85.0  # its field has another name for runs
    assert track.device == Device("garmin", "fenix6", "123", None)
    summary = track.summary()
    assert (summary.sport, summary.start) == ("running", start)
    assert (summary.duration_s, summary.elapsed_s, summary.moving_s) == (55.0, 60.0, 59.0)
    assert (summary.distance_m, summary.calories_kcal) == (180.0, 12.0)


def test_software_of_the_recording_device_not_of_its_sensors(tmp_path: Path) -> None:
    watch = one(DEVICE_INFO, {(253, UINT32): START_S, (0, UINT8): 0, (5, UINT16): 2750})
    strap = one(DEVICE_INFO, {(253, UINT32): START_S, (0, UINT8): 1, (5, UINT16): 100})
    track = read(tmp_path, part(file_id() + watch + strap + records([record(0)])))
    assert track.device is not None and track.device.software == "27.50"


@pytest.mark.parametrize("beats", [0, 255])
def test_no_heart_beats_like_that(tmp_path: Path, beats: int) -> None:
    track = read(tmp_path, part(file_id() + records([record(0), record(1, heart_rate=beats)])))
    assert isnan(track.heart_rate_bpm[1]) and not isnan(track.heart_rate_bpm[0])


def test_a_receiver_without_a_fix_is_not_at_null_island(tmp_path: Path) -> None:
    row = record(0)
    row[1] = row[2] = 0
    track = read(tmp_path, part(file_id() + records([row])))
    assert len(track) == 1
    assert not track.has("latitude_deg") and not track.has("longitude_deg")


def test_enhanced_values_go_before_plain_ones(tmp_path: Path) -> None:
    fields = ((253, UINT32), (6, UINT16), (2, UINT16), (73, UINT32), (78, UINT32))
    missing = 0xFFFFFFFF
    rows = [
        (START_S, 1000, 2600, 2000, 3500),  # both: 1 m/s and 20 m, enhanced 2 m/s and 200 m
        (START_S + 1, 1000, 2600, missing, missing),
    ]
    messages = definition(0, RECORD, fields) + b"".join(values(0, fields, row) for row in rows)
    track = read(tmp_path, part(file_id() + messages))
    assert list(track.speed_mps) == [2.0, 1.0]
    assert list(track.altitude_m) == [200.0, 20.0]


def test_developer_fields_never_stand_in_for_the_device(tmp_path: Path) -> None:
    name = b"heart_rate\0"
    description = bytes((0x41, 0, 0)) + FIELD_DESCRIPTION.to_bytes(2, "little") + bytes((4,))
    description += bytes((0, 1, UINT8, 1, 1, UINT8, 2, 1, UINT8, 3, len(name), STRING))
    described = bytes((1, 0, 3, UINT8)) + name  # developer 0, field 3, one byte
    fields = ((253, UINT32), (3, UINT8))
    messages = (
        one(DEVELOPER_ID, {(3, UINT8): 0})
        + description
        + described
        + definition(0, RECORD, fields, developer=((3, 1, 0),))
        + values(0, fields, (START_S, 150), more=bytes((77,)))
        + values(0, fields, (START_S + 1, 255), more=bytes((78,)))
    )
    track = read(tmp_path, part(file_id() + messages))
    assert track.heart_rate_bpm[0] == 150
    assert isnan(track.heart_rate_bpm[1])


def test_records_are_sorted_and_one_second_is_one_point(tmp_path: Path) -> None:
    rows = [record(5), record(2, heart_rate=100), record(2, heart_rate=255, power=333), record(1)]
    track = read(tmp_path, part(file_id() + records(rows)))
    assert [moment - START_MS for moment in track.time_ms] == [1000, 2000, 5000]
    assert (track.heart_rate_bpm[1], track.power_w[1]) == (100, 333)


def test_compressed_timestamps(tmp_path: Path) -> None:
    full, short = ((253, UINT32), (3, UINT8)), ((3, UINT8),)
    offset = START_S & 0x1F
    messages = definition(0, RECORD, full) + values(0, full, (START_S, 100)) + definition(1, RECORD, short)
    for second in (1, 20, 40):  # the last one has wrapped round its five bits
        messages += bytes((0x80 | 1 << 5 | (offset + second) & 0x1F, 100 + second))
    track = read(tmp_path, part(file_id() + messages))
    assert [moment - START_MS for moment in track.time_ms] == [0, 1000, 20_000, 40_000]
    assert list(track.heart_rate_bpm) == [100, 101, 120, 140]


def test_records_without_a_time_are_counted(tmp_path: Path) -> None:
    messages = records([record(0)]) + one(RECORD, {(3, UINT8): 120})
    track = read(tmp_path, part(file_id() + messages))
    assert len(track) == 1
    assert track.warnings == ("records without a time were left out: 1",)


def test_times_beyond_the_protocol_are_none(tmp_path: Path) -> None:
    messages = records([record(0)]) + one(RECORD, {(253, UINT64): 2**63, (3, UINT8): 120})
    assert len(read(tmp_path, part(file_id() + messages))) == 1


def test_a_device_that_does_not_know_the_date(tmp_path: Path) -> None:
    row = record(0)
    row[0] = 4000
    track = read(tmp_path, part(file_id() + records([row])))
    assert len(track) == 1 and "did not know the date" in track.warnings[0]


def test_a_lap_without_its_start_begins_where_its_message_was_written(tmp_path: Path) -> None:
    without = {field: value for field, value in LAP_FIELDS.items() if field[0] not in {2, 7}}
    nowhere = {field: value for field, value in without.items() if field[0] != 253}
    track = read(tmp_path, part(file_id() + one(LAP, without) + one(LAP, nowhere)))
    assert [lap.start for lap in track.laps] == [datetime(2021, 9, 8, 1, 47, 40, tzinfo=UTC)]


@pytest.mark.parametrize(("kind", "word"), [(5, "workout"), (2, "settings"), (9, "weight")])
def test_other_kinds_of_file_are_whole_but_hold_no_recording(tmp_path: Path, kind: int, word: str) -> None:
    track = read(tmp_path, part(file_id(kind)))
    assert len(track) == 0 and not track.has("time_ms")
    assert track.warnings == (f"holds no recording: file type {word}",)
    assert track.summary().start is None
    validate(tmp_path / "recording.fit", "FIT")


def test_chained_files_are_one_recording(tmp_path: Path) -> None:
    later = part(file_id() + records(record(second) for second in range(60, 70)))
    assert len(read(tmp_path, activity() + later)) == 70
    validate(tmp_path / "recording.fit", "FIT")


def test_a_damaged_part_leaves_the_others(tmp_path: Path) -> None:
    broken = part(file_id() + records([record(100)]) + bytes((9, 1, 2, 3)) + records([record(101)]))
    last = part(file_id() + records([record(200)]))
    track = read(tmp_path, activity() + broken + last)
    assert [moment - START_MS for moment in track.time_ms][-2:] == [100_000, 200_000]
    assert track.warnings == ("what follows its first damaged message could not be read",)


def test_both_are_said_of_a_part_with_a_wrong_checksum_and_a_damaged_message(tmp_path: Path) -> None:
    content = bytearray(part(file_id() + records([record(100)]) + bytes((9, 1, 2, 3))))
    content[-1] ^= 1
    assert read(tmp_path, bytes(content)).warnings == (
        "its checksum does not match",
        "what follows its first damaged message could not be read",
    )


def test_too_many_chained_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fit_parts, "_MAX_PARTS", 2)
    pieces = [part(file_id() + records([record(second)])) for second in range(3)]
    track = read(tmp_path, b"".join(pieces))
    assert len(track) == 2 and "chained" in track.warnings[0]


def test_too_many_messages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fit_plain, "_MOST_RUNS", 30)
    other = one(DEVICE_INFO, {(253, UINT32): START_S, (0, UINT8): 1}, local=3)
    alternating = b"".join(records([record(second)]) + other for second in range(60))
    track = read(tmp_path, part(file_id() + alternating))
    assert 0 < len(track) < 30 and track.warnings


def test_too_many_messages_of_the_slow_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fit_decoded, "_MOST_VALUES", 150)
    short = ((3, UINT8),)
    compressed = definition(1, RECORD, short) + b"".join(bytes((0x80 | 1 << 5 | n & 31, 100)) for n in range(60))
    track = read(tmp_path, part(file_id() + records([record(0)]) + compressed))
    assert 0 < len(track) < 30 and track.warnings


@pytest.mark.parametrize(
    ("limit", "hostile"),
    [
        # 64 MiB of each took from six seconds to minutes, or more memory than a small machine has.
        ("_MOST_RUNS", definition(1, RECORD, ()) * 60),
        ("_MOST_RUNS", definition(1, 40_000, ()) + definition(2, 40_001, ()) + bytes((1, 2)) * 60),
        ("_MOST_LAYOUTS", b"".join(definition(1, RECORD, ((number, UINT8),)) for number in range(60))),
        ("_MOST_VALUES", definition(1, SESSION, ()) + bytes((1,)) * 60),
        ("_MOST_VALUES", definition(1, LAP, ((2, UINT32),)) + (bytes((1,)) + struct.pack("<I", START_S)) * 60),
        ("_MOST_RECORDS", definition(1, RECORD, ()) + bytes((1,)) * 60),
        ("_MOST_RECORDS", records([record(second) for second in range(60)])),
    ],
)
@pytest.mark.parametrize("chained", [1, 20])
def test_no_kind_of_message_goes_on_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, hostile: bytes, chained: int
) -> None:
    """Each limit is for the whole file, however many files are chained in it, and what came before stands."""
    monkeypatch.setattr(fit_plain, limit, 30)
    sound = part(file_id() + records([record(second) for second in range(3)]))
    if limit == "_MOST_VALUES":
        monkeypatch.setattr(fit_plain, limit, 200)
    track = read(tmp_path, sound + part(hostile) * chained)
    assert 3 <= len(track) <= 30
    assert len(track.sessions) + len(track.laps) <= 12
    assert track.warnings.count("what follows its first damaged message could not be read") == 1


def test_chained_files_share_what_is_granted_to_the_slow_reader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compressed = [
        part(file_id() + records([record(hour)]) + definition(1, RECORD, ((3, UINT8),)) + bytes((0xA0, 100)))
        for hour in range(60)
    ]
    assert len(read(tmp_path, b"".join(compressed))) >= 60
    monkeypatch.setattr(fit_decoded, "_MOST_BYTES", 4 * len(compressed[0]))
    track = read(tmp_path, b"".join(compressed))
    assert 0 < len(track) < 20 and track.warnings


@st.composite
def fit_messages(draw: st.DrawFn) -> bytes:
    """Messages that matter and others, in definitions of any layout, byte order and repetition."""
    written = file_id()
    layouts: dict[int, tuple[str, int, list[tuple[int, int]], bytes]] = {}
    for _ in range(draw(st.integers(1, 12))):
        local = draw(st.integers(0, 2))
        if local not in layouts or draw(st.booleans()):
            order, number = (
                draw(st.sampled_from("<>")),
                draw(st.sampled_from([RECORD, RECORD, LAP, SESSION, EVENT, 78])),
            )
            wanted = [field for field in ODD_FIELDS.get(number, ()) if draw(st.booleans())]
            fields = draw(st.permutations(list(dict(wanted).items())))
            developer = bytes(draw(st.lists(st.integers(1, 3), max_size=2)))
            layouts[local] = order, number, fields, developer
            flags = 0x40 | local | (0x20 if developer else 0)
            written += struct.pack(f"{order}BBBHB", flags, 0, order == ">", number, len(fields))
            written += b"".join(bytes((field, size_of(base), base)) for field, base in fields)
            if developer:
                written += bytes((len(developer),)) + b"".join(bytes((0, size, 0)) for size in developer)
        order, _, fields, developer = layouts[local]
        for _ in range(draw(st.integers(0, 20))):
            body = b"".join(struct.pack(order + FORMATS[base], draw(NUMBERS[base])) for _, base in fields)
            written += bytes((local,)) + body + bytes(sum(developer))
    return written


#: Fields in base types that recorders write and in some that they do not.
ODD_FIELDS = {
    RECORD: [
        *RECORD_FIELDS,
        (2, UINT16),
        (6, UINT16),
        (3, UINT16),
        (7, SINT8),
        (13, UINT8),
        (99, UINT8),
        (253, UINT64),
    ],
    LAP: list(LAP_FIELDS),
    SESSION: list(SESSION_FIELDS),
    EVENT: [(253, UINT32), (0, ENUM), (1, ENUM)],
    78: [(0, UINT16)],
}
NUMBERS = {
    base: st.sampled_from([0, 1, highest, highest - 1]) | st.integers(lowest, highest)
    for base, lowest, highest in (
        (UINT8, 0, 2**8 - 1),
        (ENUM, 0, 2**8 - 1),
        (SINT8, -(2**7), 2**7 - 1),
        (UINT16, 0, 2**16 - 1),
        (SINT32, -(2**31), 2**31 - 1),
        (UINT32, 0, 2**32 - 1),
        (UINT32Z, 0, 2**32 - 1),
        (UINT64, 0, 2**64 - 1),
    )
}
NUMBERS[UINT32] |= st.integers(START_S, START_S + 10)  # so that seconds come twice


@settings(max_examples=200, deadline=None)
@given(messages=fit_messages(), cut=st.none() | st.integers(0, 200))
def test_both_readers_tell_the_same(messages: bytes, cut: int | None) -> None:
    """What is read plainly is what fitdecode reads, to the last bit and to the same end."""
    content = part(messages)
    content = content if cut is None else content[: max(len(content) - cut, 16)]
    (only,), _ = fit_parts.fit_parts(content)
    (ours, ended), (decoded, other_ended) = (fit.read_part(content, only, plainly=plainly) for plainly in (True, False))
    track, other = track_of_parts([ours], []), track_of_parts([decoded], [])
    for name in ("time_ms", *COLUMNS):
        assert getattr(track, name).tobytes() == getattr(other, name).tobytes(), name
    for name in ("laps", "sessions", "pauses", "warnings"):
        assert getattr(track, name) == getattr(other, name), name
    # A checksum that is cut off is the end too early for fitdecode; the shape of the part has told it already.
    assert bool(ended and not ended.at_end) == bool(other_ended and not other_ended.at_end)


def test_pauses_lie_between_stop_and_start(tmp_path: Path) -> None:
    def timer(second: int, kind: int) -> bytes:
        return one(EVENT, {(253, UINT32): START_S + second, (0, ENUM): 0, (1, ENUM): kind})

    events = timer(0, 0) + timer(10, 4) + timer(30, 0) + timer(40, 1) + timer(45, 4) + timer(50, 0) + timer(60, 4)
    other = one(EVENT, {(253, UINT32): START_S + 20, (0, ENUM): 36, (1, ENUM): 3})
    track = read(tmp_path, part(file_id() + records([record(0), record(60)]) + events + other))
    spans = [((stop - START_MS) // 1000, (start - START_MS) // 1000) for stop, start in track.pauses]
    assert spans == [(10, 30), (40, 50)]  # the last stop is the end


def test_the_pool_and_who_swam(tmp_path: Path) -> None:
    length = {(253, UINT32): START_S + 30, (2, UINT32): START_S, (4, UINT32): 30_500, (5, UINT16): 14, (7, ENUM): 2}
    messages = (
        one(101, length | {(12, ENUM): 1})
        + one(101, length | {(12, ENUM): 0, (5, UINT16): 0xFFFF, (7, ENUM): 0xFF})
        + one(3, {(1, ENUM): 0, (4, UINT16): 615, (8, UINT8): 48})
        + one(7, {(1, UINT8): 188, (2, UINT8): 170, (3, UINT16): 245})
        + one(8, {(254, UINT16): 1, (1, UINT8): 132})
        + one(8, {(254, UINT16): 0, (1, UINT8): 113})
    )
    track = read(tmp_path, part(file_id() + records([record(0)]) + messages))
    stroke, rest = track.lengths
    assert (stroke.duration_s, stroke.strokes, stroke.stroke, stroke.active) == (30.5, 14.0, "breaststroke", True)
    assert (rest.strokes, rest.stroke, rest.active) == (None, None, False)
    assert track.wearer == Wearer("female", 61.5, 48.0, 188.0, 170.0, 245.0, (113.0, 132.0))


def test_a_field_of_an_odd_make_is_left_to_fitdecode(tmp_path: Path) -> None:
    """Two heart rates in one field are none; the rest of the record is read."""
    header = struct.pack("<BBBHB", 0x40, 0, 0, RECORD, 3)
    layout = header + bytes((253, 4, UINT32, 3, 2, UINT8, 7, 2, UINT16))
    rows = b"".join(struct.pack("<BIBBH", 0, START_S + n, 120, 121, 200 + n) for n in range(3))
    track = read(tmp_path, part(file_id() + layout + rows))
    assert list(track.power_w) == [200, 201, 202] and not track.has("heart_rate_bpm")


def test_speed_and_distance_packed_into_three_bytes(tmp_path: Path) -> None:
    """Where all of them are missing it is as if the field were not there; where not, fitdecode unpacks it."""
    layout = struct.pack("<BBBHB", 0x40, 0, 0, RECORD, 3) + bytes((253, 4, UINT32, 8, 3, 0x0D, 5, 4, UINT32))
    empty = b"".join(struct.pack("<BI3sI", 0, START_S + n, b"\xff" * 3, 300 * n) for n in range(3))
    assert list(read(tmp_path, part(file_id() + layout + empty)).distance_m) == [0, 3, 6]
    filled = struct.pack("<BI3sI", 0, START_S + 3, bytes((0x2C, 0x01, 0x10)), 0xFFFFFFFF)
    assert read(tmp_path, part(file_id() + layout + empty + filled)).speed_mps[3] == 3.0


def test_a_changed_byte_is_found(tmp_path: Path) -> None:
    content = bytearray(activity())
    content[-20] ^= 0x10
    assert "checksum" in reason(tmp_path, bytes(content))
    assert read(tmp_path, bytes(content)).warnings[0] == "its checksum does not match"


def test_the_header_has_a_checksum_of_its_own_or_none(tmp_path: Path) -> None:
    messages = file_id() + records([record(0)])
    path = tmp_path / "recording.fit"
    path.write_bytes(part(messages, header_checksum=0))
    validate(path, "FIT")
    assert "header" in reason(tmp_path, part(messages, header_checksum=0x1234))


def test_what_follows_the_end_is_noticed(tmp_path: Path) -> None:
    assert reason(tmp_path, activity() + b"garbage") == f"what follows byte {len(activity())} is not FIT"
    assert len(read(tmp_path, activity() + b"garbage")) == 60


def test_a_recording_that_was_never_closed(tmp_path: Path) -> None:
    messages = file_id() + records(record(second) for second in range(20))
    content = part(messages, claimed=0)[:-2]
    track = read(tmp_path, content)
    assert len(track) == 20 and "never closed" in track.warnings[0]
    assert "never closed" in reason(tmp_path, content)


def test_a_small_file_that_claims_a_gigabyte(tmp_path: Path) -> None:
    head = struct.pack("<BBHI4sH", 14, 0x20, 2100, 2**30, b".FIT", 0)
    with pytest.raises(FileDamaged, match=r"recording.fit: is cut off"):
        read(tmp_path, head + bytes(1000))


def test_larger_than_any_recording(tmp_path: Path) -> None:
    path = tmp_path / "recording.fit"
    path.write_bytes(activity())
    with path.open("r+b") as file:
        file.truncate(64 * 2**20 + 1)
    with pytest.raises(FileDamaged, match="64 MiB"):
        read_track(path)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.integers(0, len(activity()) - 1))
def test_a_cut_off_file_gives_what_is_there(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "recording.fit"
    path.write_bytes(activity()[:cut])
    with pytest.raises(FileDamaged):
        validate(path, "FIT")
    first_record = 14 + len(file_id()) + len(records([])) + len(values(0, RECORD_FIELDS, record(0)))
    length = len(values(0, RECORD_FIELDS, record(0)))
    if cut < first_record:
        with pytest.raises(FileDamaged):
            read_track(path)
    else:
        track = read_track(path)
        assert len(track) == min(1 + (cut - first_record) // length, 60)
        assert track.time_ms[0] == START_MS
        (warning,) = track.warnings
        assert warning.startswith("is cut off")


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.lists(st.tuples(st.integers(0, len(activity(5)) * 2 - 1), st.integers(0, 255)), min_size=1, max_size=12)
)
def test_changed_bytes_end_in_a_track_or_in_file_damaged(tmp_path: Path, changes: list[tuple[int, int]]) -> None:
    content = bytearray(activity(5) * 2)
    for position, value in changes:
        content[position] = value
    path = tmp_path / "recording.fit"
    path.write_bytes(content)
    try:
        track = read_track(path)
    except FileDamaged:
        return
    assert all(len(getattr(track, column)) == len(track) for column in COLUMNS)
    assert list(track.time_ms) == sorted(set(track.time_ms))
    track.summary()


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(messages=st.binary(max_size=300))
def test_any_messages_with_right_checksums_end_the_same_way(tmp_path: Path, messages: bytes) -> None:
    try:
        read(tmp_path, part(messages)).summary()
    except FileDamaged:
        return


def test_enum_values_of_newer_profiles_stay_numbers(tmp_path: Path) -> None:
    session = {(253, UINT32): START_S, (5, ENUM): 200}
    track = read(tmp_path, part(file_id() + one(18, session)))
    assert track.sessions[0].sport == "200"
