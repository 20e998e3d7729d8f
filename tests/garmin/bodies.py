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
        "sleepNeed": {"calendarDate": "2026-05-01", "baseline": 460, "actual": 475, "feedback": "INCREASED"},
    },
    "sleepLevels": [
        {"startGMT": "2026-04-30T21:00:00.0", "endGMT": "2026-04-30T21:30:00.0", "activityLevel": 1.0},
        {"startGMT": "2026-04-30T21:30:00.0", "endGMT": "2026-04-30T22:15:00.0", "activityLevel": 0.0},
    ],
    "sleepMovement": [
        {"startGMT": "2026-04-30T20:59:00.0", "endGMT": "2026-04-30T21:00:00.0", "activityLevel": 4.5},
        {"startGMT": "2026-04-30T21:00:00.0", "endGMT": "2026-04-30T21:01:00.0", "activityLevel": 0.25},
    ],
    "sleepRestlessMoments": [{"value": 1, "startGMT": STARTS_MS + 30 * MINUTE}],
    "hrvData": [
        {"value": 54.0, "startGMT": STARTS_MS + 90 * MINUTE},
        {"value": 56.0, "startGMT": "2026-04-30T23:35:00.0"},
    ],
    "breathingDisruptionData": [
        {"value": 0, "startGMT": STARTS_MS, "endGMT": STARTS_MS + 60 * MINUTE},
        {"value": 2, "startGMT": STARTS_MS + 60 * MINUTE, "endGMT": STARTS_MS + 70 * MINUTE},
        {"value": 255, "startGMT": STARTS_MS + 70 * MINUTE, "endGMT": STARTS_MS + 400 * MINUTE},
    ],
    "dailyNapDTOS": [
        {
            "calendarDate": "2026-05-01",
            "napTimeSec": 1500,
            "napStartTimestampGMT": "2026-05-01T12:10:00.0",
            "napEndTimestampGMT": "2026-05-01T12:38:00.0",
        }
    ],
    "avgSkinTempDeviationC": -0.3,
    "avgSkinTempDeviationF": -0.5,
}

RESPIRATION: dict[str, Any] = {
    "calendarDate": "2026-05-01",
    "endTimestampGMT": "2026-05-01T22:00:00.0",
    "lowestRespirationValue": 10.0,
    "highestRespirationValue": 19.0,
    "avgWakingRespirationValue": 14.0,
    "avgSleepRespirationValue": 12.0,
    "avgTomorrowSleepRespirationValue": 13.0,
    "respirationValueDescriptorsDTOList": [{"key": "timestamp", "index": 0}, {"key": "respiration", "index": 1}],
    "respirationValuesArray": [[STARTS_MS, 12.0], [STARTS_MS + 2 * MINUTE, -1.0], [STARTS_MS + 4 * MINUTE, -2.0]],
}

SPO2: dict[str, Any] = {
    "calendarDate": "2026-05-01",
    "endTimestampGMT": "2026-05-01T22:00:00.0",
    "averageSpO2": 95.0,
    "lowestSpO2": 88,
    "latestSpO2": 97.0,
    "spO2ValueDescriptorsDTOList": [
        {"spo2ValueDescriptorIndex": 0, "spo2ValueDescriptorKey": "timestamp"},
        {"spo2ValueDescriptorIndex": 1, "spo2ValueDescriptorKey": "spo2Reading"},
        {"spo2ValueDescriptorIndex": 2, "spo2ValueDescriptorKey": "readingConfidence"},
    ],
    "spO2SingleValues": None,
    "continuousReadingDTOList": None,
    "spO2HourlyAverages": [[STARTS_MS, 95], [STARTS_MS + 60 * MINUTE, 94]],
}

FLOORS: dict[str, Any] = {
    "startTimestampLocal": "2026-05-01T00:00:00.0",
    "endTimestampGMT": "2026-05-01T22:00:00.0",
    "floorsValueDescriptorDTOList": [
        {"key": "startTimeGMT", "index": 0},
        {"key": "endTimeGMT", "index": 1},
        {"key": "floorsAscended", "index": 2},
        {"key": "floorsDescended", "index": 3},
    ],
    "floorValuesArray": [
        ["2026-05-01T06:00:00.0", "2026-05-01T06:15:00.0", 3, 0],
        ["2026-05-01T06:15:00.0", "2026-05-01T06:30:00.0", 0, 2],
    ],
}

INTENSITY_MINUTES: dict[str, Any] = {
    "calendarDate": "2026-05-01",
    "endTimestampGMT": "2026-05-01T22:00:00.0",
    "moderateMinutes": 6,
    "vigorousMinutes": 9,
    "imValueDescriptorsDTOList": [{"key": "timestamp", "index": 0}, {"key": "value", "index": 1}],
    "imValuesArray": [[STARTS_MS + 600 * MINUTE, 18], [STARTS_MS + 615 * MINUTE, 6]],
}

BODY_BATTERY_EVENTS: list[dict[str, Any]] = [
    {
        "event": {
            "eventType": "SLEEP",
            "eventStartTimeGmt": "2026-04-30T21:00:00.000",
            "timezoneOffset": 7_200_000,
            "durationInMilliseconds": 27_600_000,
            "bodyBatteryImpact": 55,
            "feedbackType": "good_sleep",
        },
        "activityName": None,
        "averageStress": 14.5,
    },
    {
        "event": {
            "eventType": "ACTIVITY",
            "eventStartTimeGmt": "2026-05-01T06:00:00.000",
            "durationInMilliseconds": 3_600_000,
            "bodyBatteryImpact": -14,
        },
        "activityName": "Morning run",
    },
    {"event": None, "activityName": "Walk", "activityType": "walking"},
]


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


MAX_METRICS: list[dict[str, Any]] = [
    {
        "userId": 1,
        "generic": {"calendarDate": "2026-05-01", "vo2MaxPreciseValue": 51.3, "vo2MaxValue": 51.0, "fitnessAge": None},
        "cycling": {"calendarDate": "2026-05-01", "vo2MaxPreciseValue": None, "vo2MaxValue": 48.0, "fitnessAge": None},
        "heatAltitudeAcclimation": {
            "calendarDate": "2026-05-01",
            "altitudeAcclimation": 1150,
            "heatAcclimationPercentage": 35,
            "heatTrend": "ACCLIMATIZING",
            "currentAltitude": 1240,
        },
    }
]


def rating(**changes: Any) -> dict[str, Any]:
    row = {
        "calendarDate": "2026-05-01",
        "timestamp": "2026-05-01T04:10:00.0",
        "timestampLocal": "2026-05-01T06:10:00.0",
        "level": "MODERATE",
        "score": 71,
        "recoveryTime": 90,
        "inputContext": "AFTER_WAKEUP_RESET",
    }
    return row | changes


TRAINING_READINESS: list[dict[str, Any]] = [
    rating(timestamp="2026-05-01T07:45:00.0", score=44, recoveryTime=1500, inputContext="AFTER_POST_EXERCISE_RESET"),
    rating(),
]


def status_of_day(**changes: Any) -> dict[str, Any]:
    row = {
        "calendarDate": "2026-05-01",
        "trainingStatus": 7,
        "trainingStatusFeedbackPhrase": "PRODUCTIVE_3",
        "acuteTrainingLoadDTO": {
            "acwrStatus": "OPTIMAL",
            "dailyTrainingLoadAcute": 512,
            "dailyTrainingLoadChronic": 430,
            "dailyAcuteChronicWorkloadRatio": 1.1,
        },
        "primaryTrainingDevice": True,
    }
    return row | changes


def training_status(**devices: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "vo2MaxWeeklyStatistics": {"successful": True, "payload": {"allMetrics": {"metricsMap": {}}}},
        "weeklyTrainingStatus": {"statusCode": 200, "payload": {"reportData": devices}, "successful": True},
    }


FITNESS_AGE: list[dict[str, Any]] = [
    {"calendarDate": "2026-05-01", "values": {"fitnessAge": 34.62, "achievableFitnessAge": 33.1, "rhr": 48}}
]

RACE_PREDICTIONS: list[dict[str, Any]] = [
    {
        "calendarDate": "2026-05-01",
        "time5K": 1290,
        "time10K": 2710,
        "timeHalfMarathon": 6100,
        "timeMarathon": 13200,
    }
]

ENDURANCE_SCORE: dict[str, Any] = {
    "avg": 6010,
    "max": 6030,
    "groupMap": {"2026-05-01": {"groupAverage": 5990, "groupMax": 5990, "enduranceContributorDTOList": []}},
    "enduranceScoreDTO": {"calendarDate": "2026-05-02", "overallScore": 6030, "classification": 3},
}

HILL_SCORE: dict[str, Any] = {
    "periodAvgScore": {"2026-05-01": 41},
    "maxScore": 42,
    "hillScoreDTOList": [{"calendarDate": "2026-05-01", "overallScore": 42, "strengthScore": 17}],
}

RUNNING_TOLERANCE: list[dict[str, Any]] = [
    {"calendarDate": "2026-05-01", "acuteTolerance": 52000, "acuteImpactLoad": 38500, "acuteDistance": 33000}
]


def thresholds(value: float, series: str = "running", **changes: Any) -> list[dict[str, Any]]:
    row = {
        "from": "2026-05-01",
        "until": "2026-05-01",
        "series": series,
        "value": value,
        "updatedDate": "2026-05-01",
    }
    return [row | changes]


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


def balance(**changes: Any) -> dict[str, Any]:
    row = {
        "calendarDate": "2026-05-01",
        "deviceId": 1,
        "monthlyLoadAerobicLow": 912.25,
        "monthlyLoadAerobicHigh": 701.5,
        "monthlyLoadAnaerobic": 88.0,
        "monthlyLoadAerobicLowTargetMin": 600,
        "monthlyLoadAerobicLowTargetMax": 1000,
        "monthlyLoadAerobicHighTargetMin": 500,
        "monthlyLoadAerobicHighTargetMax": 900,
        "monthlyLoadAnaerobicTargetMin": 70,
        "monthlyLoadAnaerobicTargetMax": 300,
        "trainingBalanceFeedbackPhrase": "ON_TARGET",
        "primaryTrainingDevice": True,
    }
    return row | changes


def load_focus(**devices: dict[str, Any]) -> dict[str, Any]:
    return {"userId": 1, "metricsTrainingLoadBalanceDTOMap": devices, "recordedDevices": []}


SWEAT_LOSS: dict[str, Any] = {
    "calendarDate": "2026-05-01",
    "valueInML": 1750.0,
    "goalInML": 2800.0,
    "sweatLossInML": 640.0,
    "activityIntakeInML": None,
    "hydrationContainers": [],
}

MENSTRUAL_CYCLE: dict[str, Any] = {
    "daySummary": {
        "startDate": "2026-04-20",
        "dayInCycle": 12,
        "periodLength": 5,
        "currentPhase": 3,
        "lengthOfCurrentPhase": 6,
        "predictedCycle": False,
        "cycleType": "REGULAR",
    },
    "dayLog": {"symptoms": ["CRAMPS"], "moods": [], "notes": "for nobody else"},
}


def eaten(**changes: Any) -> dict[str, Any]:
    return {"calories": 2240, "protein": 112.5, "carbs": 260, "fat": 80} | changes


def nutrition(*days: dict[str, Any]) -> dict[str, Any]:
    return {"startDate": "2026-05-01", "endDate": "2026-05-02", "dailyNutritionContents": list(days)}


def habit(name: Any = "Alcohol", status: Any = "YES", *amounts: Any) -> dict[str, Any]:
    details = [{"subTypeId": at, "subTypeName": f"KIND_{at}", "amount": amount} for at, amount in enumerate(amounts)]
    return {"behaviourId": 1, "name": name, "category": "LIFESTYLE", "logStatus": status, "details": details}


def lifestyle(*habits: dict[str, Any]) -> dict[str, Any]:
    return {"calendarDate": "2026-05-01", "dailyLogsReport": list(habits)}


SOLAR: dict[str, Any] = {
    "deviceSolarInput": {
        "deviceId": 1,
        "solarDailyDataDTOs": [
            {
                "localConnectDate": "2026-05-01",
                "solarInputReadings": [
                    {"readingTimestampGmt": "2026-04-30T22:01:00.0", "solarUtilization": 0.0, "charging": False},
                    {"readingTimestampGmt": "2026-05-01T10:01:00.0", "solarUtilization": 42.5, "charging": True},
                    {"readingTimestampGmt": "2026-05-01T10:02:00.0", "solarUtilization": None},
                ],
            }
        ],
    }
}


#: endpoint → an answer with something in it.
FULL: dict[str, Any] = {
    "daily_summaries": {"data": [summary(), summary("2026-05-02")]},
    "resting_heart_rate": RESTING,
    "hrv_summaries": HRV_SUMMARIES,
    "heart_rate": HEART_RATE,
    "sleep": SLEEP,
    "stress": STRESS,
    "steps": STEPS,
    "respiration": RESPIRATION,
    "spo2": SPO2,
    "floors": FLOORS,
    "intensity_minutes": INTENSITY_MINUTES,
    "body_battery_events": BODY_BATTERY_EVENTS,
    "weight": weights(weigh_in()),
    "max_metrics": MAX_METRICS,
    "training_readiness": TRAINING_READINESS,
    "training_status": training_status(watch=[status_of_day()]),
    "fitness_age": FITNESS_AGE,
    "race_predictions": RACE_PREDICTIONS,
    "endurance_score": ENDURANCE_SCORE,
    "hill_score": HILL_SCORE,
    "running_tolerance": RUNNING_TOLERANCE,
    "lactate_threshold_hr": thresholds(168.0),
    "lactate_threshold_speed": thresholds(0.372),
    "ftp_cycling": thresholds(241.0, "cycling"),
    "blood_pressure": pressures(pressure()),
    "hydration": [{"calendarDate": "2026-05-01", "valueInML": 1750.0, "goalInML": 2800.0}],
    "load_focus": load_focus(watch=balance()),
    "sweat_loss": SWEAT_LOSS,
    "menstrual_cycle": MENSTRUAL_CYCLE,
    "nutrition": nutrition({"mealDate": "2026-05-01", "nutritionContent": eaten()}, {"mealDate": "2026-05-02"}),
    "lifestyle": lifestyle(habit("Alcohol", "YES", 1, 2), habit("Late Meals", "NO"), habit("Eye Mask", None)),
    "solar": SOLAR,
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
