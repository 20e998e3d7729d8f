"""Files of watches, scales and cuffs: readings at their instants, and nothing that was not measured."""

from __future__ import annotations

from itertools import accumulate
from pathlib import Path
from typing import Any

import garmin_fit_sdk
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from garminsync_tui.errors import FileDamaged
from garminsync_tui.formats.fit_wellness import Count, Gain, Wellness, read_wellness
from garminsync_tui.formats.fit_wellness_content import unfolded
from garminsync_tui.metrics import Reading

from .wellness_samples import FIT_EPOCH_S, at, message, wellness_file

MIDNIGHT = at("2026-10-18T22:00:00")  # of Monday 19th in Berlin
MONITORING, SLEEP, HRV, WEIGHT, CUFF = 32, 49, 68, 9, 14


def monitoring(*messages: bytes) -> Wellness:
    info = message("monitoring_info", timestamp=MIDNIGHT, local_timestamp=MIDNIGHT + 7200)
    return read_wellness("m.fit", wellness_file(MONITORING, MIDNIGHT, info, *messages))


def readings(found: Wellness) -> list[tuple[str, int, float]]:
    return [(each.metric, each.at_ms // 1000, each.value) for each in found.readings]


@settings(deadline=None, max_examples=60)
@given(st.integers(0x1000_0000, 0xF000_0000), st.lists(st.integers(0, 0xFFFF), max_size=50))
def test_sixteen_bits_of_a_time_are_enough_while_less_than_eighteen_hours_pass(first: int, steps: list[int]) -> None:
    told = first
    for moment in accumulate(steps, initial=first):
        told = unfolded(told, moment & 0xFFFF)
        assert told == moment


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 0xFFFF), st.integers(20, 220), st.booleans()), min_size=1, max_size=30))
def test_heart_rates_stand_at_their_instants_however_their_times_are_written(
    rows: list[tuple[int, int, bool]],
) -> None:
    moments = list(accumulate((step for step, *_ in rows), initial=MIDNIGHT))[1:]
    written = [
        message("monitoring", heart_rate=bpm, timestamp=moment)
        if whole
        else message("monitoring", heart_rate=bpm, timestamp_16=(moment - FIT_EPOCH_S) & 0xFFFF)
        for moment, (_, bpm, whole) in zip(moments, rows, strict=True)
    ]
    expected = [("heart_rate", moment, float(bpm)) for moment, (_, bpm, _) in zip(moments, rows, strict=True)]
    found = monitoring(*written)
    assert readings(found) == expected
    assert found.monitored == (MIDNIGHT * 1000, moments[-1] * 1000)


def test_a_short_time_before_any_whole_one_is_no_time() -> None:
    content = wellness_file(MONITORING, MIDNIGHT, message("monitoring", timestamp_16=77, heart_rate=60))
    assert not read_wellness("m.fit", content).has_content


def test_a_watch_whose_clock_was_never_set_tells_no_times() -> None:
    content = wellness_file(MONITORING, MIDNIGHT, message("monitoring", timestamp=FIT_EPOCH_S + 900, heart_rate=60))
    assert not read_wellness("m.fit", content).has_content


def test_counters_are_told_by_type_and_only_steps_on_foot_are_steps() -> None:
    walking, running, cycling = 6, 1, 2
    found = monitoring(
        message("monitoring", timestamp=MIDNIGHT + 60, cycles=40, distance=3000, activity_type=walking),
        message("monitoring", timestamp=MIDNIGHT + 120, cycles=900, distance=90_000, activity_type=cycling),
        message("monitoring", timestamp=MIDNIGHT + 180, cycles=80, current_activity_type_intensity=running | 3 << 5),
        message("monitoring", timestamp=MIDNIGHT + 240, ascent=6096, descent=3048),
        message("monitoring", timestamp=MIDNIGHT + 300, moderate_activity_minutes=4, vigorous_activity_minutes=2),
    )
    moment = MIDNIGHT * 1000
    assert found.counts == [
        Count("steps", walking, moment + 60_000, 40),
        Count("distance", walking, moment + 60_000, 30),
        Count("steps", running, moment + 180_000, 80),
    ]
    assert found.gains == [
        Gain("ascent", moment + 240_000, 6.096),
        Gain("descent", moment + 240_000, 3.048),
        Gain("moderate", moment + 300_000, 4),
        Gain("vigorous", moment + 300_000, 2),
    ]
    assert found.clock == [(moment, 7200)]


def test_stress_body_battery_breath_and_oxygen_and_what_was_not_measured() -> None:
    found = monitoring(
        message("stress_level", stress_level_time=MIDNIGHT + 180, stress_level_value=31, body_battery=64),
        message("stress_level", stress_level_time=MIDNIGHT + 360, stress_level_value=-1, body_battery=0x7F),
        message("stress_level", stress_level_time=MIDNIGHT + 540, stress_level_value=-2),
        message("respiration_rate", timestamp=MIDNIGHT + 60, respiration_rate=1425),
        message("respiration_rate", timestamp=MIDNIGHT + 120, respiration_rate=-100),
        message("spo2_data", timestamp=MIDNIGHT + 60, reading_spo2=96),
        message("spo2_data", timestamp=MIDNIGHT + 120, reading_spo2=0),
        message("monitoring", timestamp=MIDNIGHT + 60, heart_rate=0xFF),
        message("monitoring", timestamp=MIDNIGHT + 120, heart_rate=0),
        message(
            "monitoring_hr_data", timestamp=MIDNIGHT + 60, resting_heart_rate=51, current_day_resting_heart_rate=49
        ),
    )
    assert readings(found) == [
        ("stress_level", MIDNIGHT + 180, 31),
        ("body_battery", MIDNIGHT + 180, 64),
        ("respiration_rate", MIDNIGHT + 60, 14.25),
        ("spo2", MIDNIGHT + 60, 96),
    ]
    assert found.dated == [Reading("resting_heart_rate", (MIDNIGHT + 60) * 1000, 49)]


def test_a_night_its_score_its_variability_and_its_nap() -> None:
    night = MIDNIGHT + 3600
    found = read_wellness(
        "s.fit",
        wellness_file(
            SLEEP,
            night,
            *(
                message("sleep_level", timestamp=night + 600 * n, sleep_level=level)
                for n, level in enumerate((2, 3, 1))
            ),
            message("event", timestamp=night + 1200, event=74, event_type=1),
            message("sleep_assessment", overall_sleep_score=82),
            message("max_met_data", update_time=night, vo2_max=523, sport=1),
            message("hrv_value", timestamp=night + 300, value=48 * 128 + 64),
            message(
                "hrv_status_summary",
                timestamp=night + 1200,
                weekly_average=50 * 128,
                last_night_average=47 * 128,
                last_night_5_min_high=70 * 128,
                baseline_low_upper=40 * 128,
                baseline_balanced_lower=44 * 128,
                baseline_balanced_upper=60 * 128,
                status=4,
            ),
            message("hrv_status_summary", timestamp=night + 1260, weekly_average=0xFFFF, status=0),
            message("skin_temp_overnight", timestamp=night, local_timestamp=night + 7200, average_deviation=-0.5),
            message("nap_event", timestamp=night, start_time=night - 40_000, end_time=night - 38_200, is_deleted=0),
            message("nap_event", timestamp=night, start_time=night - 30_000, end_time=night - 28_200, is_deleted=1),
        ),
    )
    assert [(level.at_ms // 1000 - night, level.level) for level in found.levels] == [(0, 2), (600, 3), (1200, 1)]
    assert readings(found) == [("hrv_rmssd", night + 300, 48.5), ("nap_duration", night - 40_000, 1800)]
    assert {each.metric: each.value for each in found.dated} == {
        "sleep_score": 82,
        "hrv_weekly_avg": 50,
        "hrv_last_night_avg": 47,
        "hrv_5min_high": 70,
        "hrv_baseline_low": 44,
        "hrv_baseline_high": 60,
        "hrv_status": 4,
        "skin_temp_deviation": -0.5,
        "vo2max_running": 52.3,
    }
    assert found.bedtimes == [((night + 1200) * 1000, False)]
    assert next(each.extra for each in found.dated if each.metric == "hrv_status") == {"word": "balanced"}


def test_a_weigh_in_with_what_it_consists_of_and_a_cuff() -> None:
    found = read_wellness(
        "w.fit",
        wellness_file(
            WEIGHT,
            MIDNIGHT,
            message("weight_scale", timestamp=MIDNIGHT, weight=7580, percent_fat=2230, muscle_mass=3410, bmi=237),
            message("weight_scale", timestamp=MIDNIGHT + 60, weight=0xFFFE),  # still weighing
            message("blood_pressure", timestamp=MIDNIGHT, systolic_pressure=121, diastolic_pressure=79, heart_rate=61),
            message("blood_pressure", timestamp=MIDNIGHT + 60, systolic_pressure=190, status=2),  # did not measure
        ),
    )
    parts = {"body_fat": 22.3, "muscle_mass": 34.1, "bmi": 23.7}
    assert {each.metric: each.value for each in found.readings} == {
        "weight": 75.8,
        "body_composition": 75.8,
        **parts,
        "blood_pressure_systolic": 121,
        "blood_pressure_diastolic": 79,
        "blood_pressure_pulse": 61,
    }
    assert next(each.extra for each in found.readings if each.metric == "body_composition") == parts


def test_the_scale_of_a_family_is_not_taken() -> None:
    found = read_wellness(
        "w.fit",
        wellness_file(
            WEIGHT,
            MIDNIGHT,
            *(message("weight_scale", timestamp=MIDNIGHT + n, weight=7580 - n, user_profile_index=n) for n in range(2)),
        ),
    )
    assert not found.has_content
    assert "several people" in found.problems[0]


def test_what_stands_before_the_damage_stays_and_the_damage_is_named() -> None:
    whole = wellness_file(
        MONITORING,
        MIDNIGHT,
        *(message("monitoring", timestamp=MIDNIGHT + 60 * n, heart_rate=60 + n) for n in range(20)),
    )
    cut = read_wellness("m.fit", whole[: len(whole) // 2])
    assert 5 < len(cut.readings) < 15
    assert "is cut off" in cut.problems[0]
    broken = read_wellness("m.fit", whole[:-40] + b"\x0f" * 38 + whole[-2:])
    assert len(broken.readings) > 15
    assert broken.problems == (
        "its checksum does not match",
        "what follows its first damaged message could not be read",
    )
    with pytest.raises(FileDamaged, match=r"m\.fit"):
        read_wellness("m.fit", whole[:20])
    with pytest.raises(FileDamaged, match="not FIT"):
        read_wellness("m.fit", b"nothing of the kind")


def test_other_makes_of_messages_are_read_as_well() -> None:
    """Times in the header, numbers that begin with their large end, fields of developers and of unknown types."""
    whole = message("monitoring", timestamp=MIDNIGHT, heart_rate=60)
    compressed = (
        b"\x40\0\0"
        + (55).to_bytes(2, "little")
        + b"\1"
        + bytes((27, 1, 2))
        + bytes((0x80 | (MIDNIGHT - FIT_EPOCH_S + 5) & 0x1F, 61))
    )
    at_s = (MIDNIGHT - FIT_EPOCH_S + 9).to_bytes(4, "big")
    big = b"\x40\0\1" + (55).to_bytes(2, "big") + b"\2" + bytes((253, 4, 0x86, 27, 1, 2)) + b"\0" + at_s + bytes((62,))
    more = b"\x60\0\0" + (55).to_bytes(2, "little") + b"\3" + bytes((26, 2, 0x84, 99, 3, 0x07, 27, 1, 2))
    more += bytes((1, 0, 2, 0)) + b"\0" + ((MIDNIGHT - FIT_EPOCH_S + 12) & 0xFFFF).to_bytes(2, "little") + b"abc"
    more += bytes((63, 0xAA, 0xBB))
    assert readings(monitoring(whole, compressed, big, more)) == [
        ("heart_rate", MIDNIGHT, 60),
        ("heart_rate", MIDNIGHT + 5, 61),
        ("heart_rate", MIDNIGHT + 9, 62),
        ("heart_rate", MIDNIGHT + 12, 63),
    ]


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=60), st.integers(14, 400))
def test_no_bytes_make_it_fail_otherwise(noise: bytes, place: int) -> None:
    whole = wellness_file(
        MONITORING, MIDNIGHT, *(message("monitoring", timestamp=MIDNIGHT, heart_rate=60) for _ in "12")
    )
    try:
        found = read_wellness("m.fit", whole[:place] + noise + whole[place:])
    except FileDamaged:
        return
    assert all(0 < each.at_ms < 2**43 for each in found.readings)


def test_garmins_own_reader_says_the_same_of_a_real_day(shared: Path) -> None:
    path = next((shared / "corpus" / "fit").glob("*MonitoringFile.fit"), None)
    if path is None:
        pytest.skip("recorded files are not here")
    content = path.read_bytes()
    found = read_wellness(path.name, content)
    told: dict[str, Any] = garmin_fit_sdk.Decoder(garmin_fit_sdk.Stream.from_byte_array(bytearray(content))).read(
        convert_datetimes_to_dates=False
    )[0]
    info = told["monitoring_info_mesgs"][0]
    assert found.clock == [((info["timestamp"] + FIT_EPOCH_S) * 1000, info["local_timestamp"] - info["timestamp"])]
    cycles = [
        (each["activity_type"], each["timestamp_16"], each["cycles"] * 2)
        for each in told["monitoring_mesgs"]
        if "cycles" in each and "timestamp_16" in each
    ]
    kinds = {1: "running", 6: "walking"}
    assert [
        (kinds[each.activity_type], (each.at_ms // 1000 - FIT_EPOCH_S) & 0xFFFF, each.total)
        for each in found.counts
        if each.what == "steps"
    ][: len(cycles)] == cycles
    assert found.monitored is not None
    assert found.monitored[1] - found.monitored[0] == 86_400_000


def test_garmins_own_reader_gives_the_fields_the_same_units() -> None:
    night = MIDNIGHT + 3600
    content = wellness_file(
        MONITORING,
        MIDNIGHT,
        message("monitoring", timestamp=night, cycles=77, distance=12_345, activity_type=6),
        message("monitoring", timestamp=night, ascent=6096, descent=3048),
        message("monitoring_hr_data", timestamp=night, current_day_resting_heart_rate=49),
        message("stress_level", stress_level_time=night, stress_level_value=31),
        message("respiration_rate", timestamp=night, respiration_rate=1425),
        message("spo2_data", timestamp=night, reading_spo2=96),
        message("hrv_value", timestamp=night, value=6208),
        message("hrv_status_summary", timestamp=night, last_night_average=6016, baseline_balanced_upper=7680, status=4),
        message("sleep_level", timestamp=night, sleep_level=4),
        message("sleep_assessment", overall_sleep_score=82),
        message("skin_temp_overnight", timestamp=night, average_deviation=-0.5),
        message("max_met_data", update_time=night, vo2_max=523, sport=1),
        message("weight_scale", timestamp=night, weight=7580, percent_fat=2230, muscle_mass=3410, bmi=237),
        message("blood_pressure", timestamp=night, systolic_pressure=121, diastolic_pressure=79, heart_rate=61),
    )
    stream = garmin_fit_sdk.Stream.from_byte_array(bytearray(content))
    told: dict[str, Any] = garmin_fit_sdk.Decoder(stream).read(convert_datetimes_to_dates=False)[0]
    ours = read_wellness("a.fit", content)
    mine = {each.metric: each.value for each in (*ours.readings, *ours.dated)}

    def theirs(name: str, field: str, place: int = 0) -> Any:
        return told[f"{name}_mesgs"][place][field]

    assert mine["resting_heart_rate"] == theirs("monitoring_hr_data", "current_day_resting_heart_rate")
    assert mine["stress_level"] == theirs("stress_level", "stress_level_value")
    assert mine["respiration_rate"] == theirs("respiration_rate", "respiration_rate")
    assert mine["spo2"] == theirs("spo2_data", "reading_spo2")
    assert mine["hrv_rmssd"] == theirs("hrv_value", "value")
    assert mine["hrv_last_night_avg"] == theirs("hrv_status_summary", "last_night_average")
    assert mine["hrv_baseline_high"] == theirs("hrv_status_summary", "baseline_balanced_upper")
    assert theirs("hrv_status_summary", "status") == "balanced"
    assert theirs("sleep_level", "sleep_level") == "rem"
    assert mine["sleep_score"] == theirs("sleep_assessment", "overall_sleep_score")
    assert mine["skin_temp_deviation"] == theirs("skin_temp_overnight", "average_deviation")
    assert mine["vo2max_running"] == theirs("max_met_data", "vo2_max")
    assert mine["weight"] == theirs("weight_scale", "weight")
    assert mine["body_fat"] == theirs("weight_scale", "percent_fat")
    assert mine["muscle_mass"] == theirs("weight_scale", "muscle_mass")
    assert mine["bmi"] == theirs("weight_scale", "bmi")
    assert mine["blood_pressure_systolic"] == theirs("blood_pressure", "systolic_pressure")
    assert {each.what: each.total for each in ours.counts} == {
        "steps": theirs("monitoring", "cycles") * 2,
        "distance": theirs("monitoring", "distance"),
    }
    assert {each.what: each.amount for each in ours.gains} == {
        "ascent": theirs("monitoring", "ascent", 1),
        "descent": theirs("monitoring", "descent", 1),
    }
    assert [each.at_ms // 1000 - FIT_EPOCH_S for each in ours.levels] == [theirs("sleep_level", "timestamp")]
