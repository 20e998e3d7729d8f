"""Answers as Garmin gives them, small, with made-up numbers; one for each endpoint. The days are 1 and 2 May 2026."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

DAY = date(2026, 5, 1)
NEXT = date(2026, 5, 2)
#: Midnight of the first day in a zone two hours ahead of UTC.
STARTS_MS = int(datetime(2026, 4, 30, 22, tzinfo=UTC).timestamp() * 1000)
ENDS_MS = STARTS_MS + 86_400_000
MINUTE = 60_000


def summary(day: str = "2026-05-01", **changes: Any) -> dict[str, Any]:
    flat = {
        "calendarDate": day,
        "totalSteps": 9001,
        "dailyStepGoal": 8000,
        "totalDistanceMeters": 7123,
        "floorsAscended": 4.5,
        "floorsDescended": 3.25,
        "moderateIntensityMinutes": 20,
        "vigorousIntensityMinutes": 12,
        "totalKilocalories": 2400.0,
        "activeKilocalories": 500.0,
        "bmrKilocalories": 1900.0,
        "sedentarySeconds": 40000,
        "activeSeconds": 9000,
        "highlyActiveSeconds": 1800,
        "minHeartRate": 45,
        "maxHeartRate": 150,
        "restingHeartRate": 48,
        "averageStressLevel": 25,
        "maxStressLevel": 88,
        "bodyBatteryChargedValue": 60,
        "bodyBatteryDrainedValue": 55,
        "bodyBatteryHighestValue": 95,
        "bodyBatteryLowestValue": 30,
        "includesWellnessData": True,
        "wellnessStartTimeGmt": "2026-04-30T22:00:00.0",
        "wellnessStartTimeLocal": "2026-05-01T00:00:00.0",
        "wellnessEndTimeGmt": "2026-05-01T22:00:00.0",
        "wellnessEndTimeLocal": "2026-05-02T00:00:00.0",
    }
    return flat | changes


NESTED_SUMMARY: dict[str, Any] = {
    "calendarDate": "2026-05-01",
    "includesWellnessData": True,
    "wellnessChronology": {
        "startTimestampGmt": "2026-04-30T22:00:00.0",
        "startTimestampLocal": "2026-05-01T00:00:00.0",
        "endTimestampGmt": "2026-05-01T22:00:00.0",
        "endTimestampLocal": "2026-05-02T00:00:00.0",
    },
    "movement": {
        "steps": {"goal": 8000, "value": 9001, "distanceInMeters": 7123.0},
        "floorsAscended": {"value": 4},
        "floorsDescended": {"value": 3},
    },
    "calories": {"burnedResting": 1900, "burnedActive": 500, "burnedTotal": 2400},
    "heartRate": {"minValue": 45, "maxValue": 150, "restingValue": 48},
    "intensityMinutes": {"moderate": 20, "vigorous": 12},
    "stress": {"avgLevel": 25, "maxLevel": 88},
    "bodyBattery": {"minValue": 30, "maxValue": 95, "chargedValue": 60, "drainedValue": 55},
}

RESTING: dict[str, Any] = {
    "allMetrics": {
        "metricsMap": {
            "WELLNESS_RESTING_HEART_RATE": [
                {"value": 48.0, "calendarDate": "2026-05-01"},
                {"value": None, "calendarDate": "2026-05-02"},
            ]
        }
    }
}

HRV_NIGHT: dict[str, Any] = {
    "calendarDate": "2026-05-01",
    "weeklyAvg": 43,
    "lastNightAvg": 44,
    "lastNight5MinHigh": 63,
    "baseline": {"lowUpper": 35, "balancedLow": 38, "balancedUpper": 52, "markerValue": 0.43},
    "status": "BALANCED",
    "feedbackPhrase": "HRV_BALANCED_5",
}

HRV_SUMMARIES: dict[str, Any] = {"hrvSummaries": [HRV_NIGHT]}

HRV_READINGS: dict[str, Any] = {
    "hrvSummary": HRV_NIGHT,
    "hrvReadings": [
        {"hrvValue": 54, "readingTimeGMT": "2026-04-30T23:29:48.0", "readingTimeLocal": "2026-05-01T01:29:48.0"},
        {"hrvValue": 56, "readingTimeGMT": "2026-04-30T23:34:48.0", "readingTimeLocal": "2026-05-01T01:34:48.0"},
    ],
}

HEART_RATE: dict[str, Any] = {
    "calendarDate": "2026-05-01",
    "startTimestampGMT": "2026-04-30T22:00:00.0",
    "endTimestampGMT": "2026-05-01T22:00:00.0",
    "maxHeartRate": 150,
    "heartRateValueDescriptors": [{"key": "timestamp", "index": 0}, {"key": "heartrate", "index": 1}],
    "heartRateValues": [[STARTS_MS, 51], [STARTS_MS + 2 * MINUTE, None], [STARTS_MS + 4 * MINUTE, 53]],
}

STRESS: dict[str, Any] = {
    "calendarDate": "2026-05-01",
    "endTimestampGMT": "2026-05-01T22:00:00.0",
    "stressValueDescriptorsDTOList": [{"key": "timestamp", "index": 0}, {"key": "stressLevel", "index": 1}],
    "stressValuesArray": [
        [STARTS_MS, 23],
        [STARTS_MS + 3 * MINUTE, -1],
        [STARTS_MS + 6 * MINUTE, -2],
        [STARTS_MS + 9 * MINUTE, 40],
    ],
    "bodyBatteryValueDescriptorsDTOList": [
        {"bodyBatteryValueDescriptorIndex": 0, "bodyBatteryValueDescriptorKey": "timestamp"},
        {"bodyBatteryValueDescriptorIndex": 1, "bodyBatteryValueDescriptorKey": "bodyBatteryStatus"},
        {"bodyBatteryValueDescriptorIndex": 2, "bodyBatteryValueDescriptorKey": "bodyBatteryLevel"},
        {"bodyBatteryValueDescriptorIndex": 3, "bodyBatteryValueDescriptorKey": "bodyBatteryVersion"},
    ],
    "bodyBatteryValuesArray": [[STARTS_MS, "MEASURED", 61, 2.0], [STARTS_MS + 3 * MINUTE, None, None, 2.0]],
}

STEPS: list[dict[str, Any]] = [
    {"startGMT": "2026-04-30T22:00:00.0", "endGMT": "2026-04-30T22:15:00.0", "steps": 74, "pushes": 0},
    {"startGMT": "2026-04-30T22:15:00.0", "endGMT": "2026-04-30T22:30:00.0", "steps": 0, "pushes": 0},
]

SLEEP: dict[str, Any] = {
    "dailySleepDTO": {
        "id": 1,
        "calendarDate": "2026-05-01",
        "sleepTimeSeconds": 27000,
        "napTimeSeconds": 0,
        "sleepStartTimestampGMT": STARTS_MS - 60 * MINUTE,
        "sleepEndTimestampGMT": STARTS_MS + 400 * MINUTE,
        "deepSleepSeconds": 6000,
        "lightSleepSeconds": 15000,
        "remSleepSeconds": 6000,
        "awakeSleepSeconds": 600,
        "sleepScores": {"overall": {"value": 81, "qualifierKey": "GOOD"}},
    },
    "sleepLevels": [
        {"startGMT": "2026-04-30T21:00:00.0", "endGMT": "2026-04-30T21:30:00.0", "activityLevel": 1.0},
        {"startGMT": "2026-04-30T21:30:00.0", "endGMT": "2026-04-30T22:15:00.0", "activityLevel": 0.0},
    ],
}


def weigh_in(**changes: Any) -> dict[str, Any]:
    entry = {
        "samplePk": 1,
        "date": 1777623000000,
        "calendarDate": "2026-05-01",
        "weight": 70123.0,
        "bmi": 22.799999237060547,
        "bodyFat": 19.3,
        "bodyWater": 58.9,
        "boneMass": 3539,
        "muscleMass": 26979,
        "physiqueRating": 5,
        "visceralFat": 4,
        "metabolicAge": 33,
        "sourceType": "INDEX_SCALE",
        "timestampGMT": 1777615800000,
        "weightDelta": 200.0,
    }
    return entry | changes


def weights(*entries: dict[str, Any]) -> dict[str, Any]:
    return {
        "dailyWeightSummaries": [{"summaryDate": "2026-05-01", "allWeightMetrics": list(entries)}] if entries else [],
        "totalAverage": {"weight": None},
    }


def pressure(**changes: Any) -> dict[str, Any]:
    entry = {
        "version": 1,
        "systolic": 121,
        "diastolic": 79,
        "pulse": 61,
        "multiMeasurement": False,
        "measurementTimestampLocal": "2026-05-01T19:30:00.0",
        "measurementTimestampGMT": "2026-05-01T17:30:00.0",
        "sourceType": "MANUAL",
        "notes": None,
    }
    return entry | changes


def pressures(*entries: dict[str, Any]) -> dict[str, Any]:
    return {
        "from": "2026-05-01",
        "until": "2026-05-02",
        "measurementSummaries": [{"startDate": "2026-05-01", "measurements": list(entries)}] if entries else [],
        "categoryStats": None,
    }


#: endpoint → an answer with something in it.
FULL: dict[str, Any] = {
    "daily_summaries": {"data": [summary(), summary("2026-05-02")]},
    "resting_heart_rate": RESTING,
    "hrv_summaries": HRV_SUMMARIES,
    "hrv_readings": HRV_READINGS,
    "heart_rate": HEART_RATE,
    "sleep": SLEEP,
    "stress": STRESS,
    "steps": STEPS,
    "weight": weights(weigh_in()),
    "blood_pressure": pressures(pressure()),
    "hydration": [{"calendarDate": "2026-05-01", "valueInML": 1750.0, "goalInML": 2800.0}],
}


def activity(**changes: Any) -> dict[str, Any]:
    row = {
        "activityId": 123456789,
        "activityName": "Morning run",
        "startTimeLocal": "2026-05-01 08:10:21",
        "startTimeGMT": "2026-05-01 06:10:21",
        "activityType": {"typeId": 1, "typeKey": "running", "parentTypeId": 17},
        "distance": 5012.34,
        "duration": 1800.5,
        "elapsedDuration": 1900.0,
        "calories": 320.0,
        "averageHR": 142.0,
        "description": None,
        "ownerId": 1,
        "ownerFullName": "Somebody",
        "ownerProfileImageUrlSmall": "https://example.com/x.png",
        "userRoles": ["A", "B"],
        "privacy": {"typeKey": "private"},
        "hasImages": False,
        "hasPolyline": True,
        "splitSummaries": [{"splitType": "RWD_RUN", "noOfSplits": 3, "extra": None}],
        "summarizedDiveInfo": {"summarizedDiveGases": []},
        "beginTimestamp": 1777615821000,
        "manualActivity": False,
    }
    return row | changes
