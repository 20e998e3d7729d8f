"""An activity as GPX or TCX, one point a second: Garmin's exports, and what a phone uploads."""

from __future__ import annotations

from datetime import UTC, datetime
from xml.sax.saxutils import escape

from ..formats.fit_encoding import FIT_EPOCH_S
from .recording import Lap, Recording, record
from .training import Session

_SPORT_OF_TCX = {"running": "Running", "trail_running": "Running", "cycling": "Biking"}
_NO_U16 = 0xFFFF


def gpx(session: Session) -> bytes:
    """GPX 1.1 with heart rate and cadence in Garmin's extension; no points where there are no positions."""
    recording = None if session.is_manual else record(session)
    points = _gpx_points(recording) if recording and recording.has_positions else ()
    return "\n".join(
        (
            '<?xml version="1.0" encoding="UTF-8"?>',
            '<gpx creator="simulator" version="1.1" xmlns="http://www.topografix.com/GPX/1/1"'
            ' xmlns:ns3="http://www.garmin.com/xmlschemas/TrackPointExtension/v1">',
            f"<metadata><time>{_iso(session.starts)}</time></metadata>",
            f"<trk><name>{escape(session.name)}</name><type>{session.sport.key}</type><trkseg>",
            *points,
            "</trkseg></trk></gpx>\n",
        )
    ).encode()


def _gpx_points(recording: Recording) -> list[str]:
    points = []
    for sample, at in enumerate(recording.times):
        latitude, longitude = recording.degrees(sample)
        points.append(
            f'<trkpt lat="{latitude:.7f}" lon="{longitude:.7f}"><ele>{recording.height(sample):.1f}</ele>'
            f"<time>{_of_fit(at)}</time><extensions><ns3:TrackPointExtension>"
            f"<ns3:hr>{recording.heart_rates[sample]}</ns3:hr><ns3:cad>{recording.cadences[sample]}</ns3:cad>"
            "</ns3:TrackPointExtension></extensions></trkpt>"
        )
    return points


def tcx(session: Session) -> bytes:
    """TCX version 2; what was typed in by hand is one lap without a track."""
    sport = _SPORT_OF_TCX.get(session.sport.key, "Other")
    if session.is_manual:
        laps = [_tcx_lap(session, session.starts, session.moving_s, session.distance, session.calories, "")]
    else:
        recording = record(session)
        laps = [_recorded_lap(session, recording, lap) for lap in recording.laps]
    return "\n".join(
        (
            '<?xml version="1.0" encoding="UTF-8"?>',
            "<TrainingCenterDatabase"
            ' xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"'
            ' xmlns:ns3="http://www.garmin.com/xmlschemas/ActivityExtension/v2">',
            f'<Activities><Activity Sport="{sport}"><Id>{_iso(session.starts)}</Id>',
            *laps,
            "</Activity></Activities></TrainingCenterDatabase>\n",
        )
    ).encode()


def _recorded_lap(session: Session, recording: Recording, lap: Lap) -> str:
    seconds = lap.last - lap.first
    metres = (recording.distances[lap.last] - recording.distances[lap.first]) / 100
    starts = datetime.fromtimestamp(recording.times[lap.first] + FIT_EPOCH_S, UTC)
    # A lap's last sample is the next one's first: it is written once.
    end = lap.last if lap.last < len(recording.times) - 1 else lap.last + 1
    points = "\n".join(_tcx_point(recording, sample) for sample in range(lap.first, end))
    rates = recording.heart_rates[lap.first : lap.last + 1]
    heart = (
        f"<AverageHeartRateBpm><Value>{round(sum(rates) / len(rates))}</Value></AverageHeartRateBpm>"
        f"<MaximumHeartRateBpm><Value>{max(rates)}</Value></MaximumHeartRateBpm>"
    )
    calories = round(session.calories * seconds / session.moving_s)
    return _tcx_lap(session, starts, seconds, metres, calories, f"<Track>\n{points}\n</Track>", heart)


def _tcx_lap(
    session: Session, starts: datetime, seconds: int, metres: float, calories: int, track: str, heart: str = ""
) -> str:
    return (
        f'<Lap StartTime="{_iso(starts)}"><TotalTimeSeconds>{seconds}</TotalTimeSeconds>'
        f"<DistanceMeters>{metres:.2f}</DistanceMeters><Calories>{calories}</Calories>{heart}"
        f"<Intensity>Active</Intensity><TriggerMethod>Manual</TriggerMethod>{track}</Lap>"
    )


def _tcx_point(recording: Recording, sample: int) -> str:
    position = ""
    if recording.has_positions:
        latitude, longitude = recording.degrees(sample)
        position = (
            f"<Position><LatitudeDegrees>{latitude:.7f}</LatitudeDegrees>"
            f"<LongitudeDegrees>{longitude:.7f}</LongitudeDegrees></Position>"
            f"<AltitudeMeters>{recording.height(sample):.1f}</AltitudeMeters>"
        )
    power = recording.powers[sample]
    watts = f"<ns3:Watts>{power}</ns3:Watts>" if power != _NO_U16 else ""
    return (
        f"<Trackpoint><Time>{_of_fit(recording.times[sample])}</Time>{position}"
        f"<DistanceMeters>{recording.distances[sample] / 100:.2f}</DistanceMeters>"
        f"<HeartRateBpm><Value>{recording.heart_rates[sample]}</Value></HeartRateBpm>"
        f"<Extensions><ns3:TPX><ns3:Speed>{recording.speeds[sample] / 1000:.3f}</ns3:Speed>{watts}</ns3:TPX>"
        "</Extensions></Trackpoint>"
    )


def _iso(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _of_fit(seconds: int) -> str:
    return _iso(datetime.fromtimestamp(seconds + FIT_EPOCH_S, UTC))
