"""GPX files, read as they stream by; what is not plain beyond doubt is left to gpxpy, which is more patient."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from math import isnan
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import FileDamaged
from .detection import HEAD_BYTES
from .track import NAN, NO_TIME, Device, Point, Session, Track, parse_number, to_ms, track_of
from .vetted_xml import check_parts, check_points, read_xml_text, vet

# gpxpy builds several objects an element: of a larger document it would take more time and memory than a reader may.
MAX_GPXPY_CHARACTERS = 4 * 2**20
MAX_GPXPY_TAGS = 250_000
#: gpxpy compares each declaration with all that it has met, and keeps them for as long as the program runs.
MAX_GPXPY_NAMESPACES = 100

# gpxpy looks for each declaration's "=" without a bound: text made of such words would take it for ever.
_ENDLESS_DECLARATION = re.compile(r"\sxmlns[^=]{100}")

#: What gpxpy takes for a declaration, wherever it stands.
_DECLARATION = re.compile(r'\sxmlns:?[^=]*="[^"]+"')

_PREFIXED_ROOT = re.compile(r"<([\w.-]+):gpx[\s>]")

_TIME = re.compile(
    r"(\d{4})-(\d\d?)-(\d\d?)[T ](?!24)(\d\d?):(\d\d?):(\d\d?)(\.\d{1,15})?(?:(Z)|([+-]\d\d):?(\d\d)?)?", re.ASCII
)
#: The way in which nearly all moments are written; Python reads it by itself, and faster.
_PLAIN_TIME = re.compile(r"\d{4}-\d\d-\d\dT(?!24)\d\d:\d\d:\d\d(\.\d{1,15})?(Z|[+-]\d\d:\d\d)?", re.ASCII)

#: Names of extension elements (Garmin's TrackPointExtension, gpxdata, Strava's bare `power`), lower case.
_EXTENSIONS = {
    "hr": "heart_rate",
    "heartrate": "heart_rate",
    "cad": "cadence",
    "cadence": "cadence",
    "atemp": "temperature",
    "temp": "temperature",
    "power": "power",
    "watts": "power",
    "powerinwatts": "power",
    "speed": "speed",
    "distance": "distance",
}

# What an element is by what its parent is and its name. Elements that are not here mean nothing to a recording.
_POINT = dict.fromkeys(("ele", "magvar", "geoidheight", "hdop", "vdop", "pdop", "ageofdgpsdata"), "number")
_POINT |= {"sat": "whole", "dgpsid": "whole", "fix": "fix"}
_PLAN = {"wpt": "plan_point", "rte": "route"}
_CHILDREN_OF_BOTH: dict[str, dict[str, str]] = {
    "route": {"rtept": "plan_point", "number": "whole"},
    "track": {"trkseg": "segment", "number": "whole"},
    "segment": {"trkpt": "point"},
    "plan_point": _POINT,
    "point": _POINT | {"time": "time"},
}
_CHILDREN_1_0 = _CHILDREN_OF_BOTH | {
    "gpx": _PLAN | {"trk": "track", "bounds": "bounds"},
    "point": _CHILDREN_OF_BOTH["point"] | {"course": "number", "speed": "number"},
}
_CHILDREN_1_1 = _CHILDREN_OF_BOTH | {
    "gpx": _PLAN | {"trk": "track", "metadata": "metadata"},
    "metadata": {"bounds": "bounds"},
    "track": _CHILDREN_OF_BOTH["track"] | {"type": "text"},
    "point": _CHILDREN_OF_BOTH["point"] | {"extensions": "extensions"},
}
_FIXES = {"none", "2d", "3d", "dgps", "pps", "3"}
_LEAVES = {"number", "whole", "fix", "time", "text", "extension"}
_NOTHING: dict[str, str] = {}
_BOUNDS = ("minlat", "maxlat", "minlon", "maxlon")


class Recorded(NamedTuple):
    """What a GPX file holds, whoever read it."""

    points: list[Point]
    sessions: list[Session]
    creator: str | None


def read_gpx(path: Path) -> Track:
    """The recorded tracks of a GPX file, joined; routes and waypoints are plans and are left out.

    Points are sorted by time. Where most points have a time, those without are left out; where most have
    none, all are kept without. Heart rate, cadence, temperature, power, speed and distance come from
    extensions, whatever their namespace. Raises FileDamaged where the file cannot be read.
    """
    recorded = streamed(path) or through_gpxpy(path)
    points = recorded.points
    warnings = []
    untimed = sum(moment == NO_TIME for moment, _ in points)
    if not points:
        warnings.append("holds no recorded track, at most routes or waypoints")
    elif untimed * 2 > len(points):
        points = [(NO_TIME, values) for _, values in points]
        warnings.append("its points have no times")
    elif untimed:
        points = [point for point in points if point[0] != NO_TIME]
        warnings.append(f"points without a time were left out: {untimed}")
    device = Device(software=recorded.creator) if recorded.creator else None
    return track_of(points, merge=False, sessions=recorded.sessions, device=device, warnings=warnings)


# ── As it streams by ─────────────────────────────────────────────────────────────────────────────────


def streamed(path: Path) -> Recorded | None:
    """What the file holds, read in one pass; None where a value or a structure is not plain beyond doubt.

    Raises FileDamaged where the file is not whole.
    """
    listener = _Listener(path.name)
    try:
        vet(path.name, read_xml_text(path), listener)
    except _Unclear:
        return None
    return Recorded(listener.points, listener.sessions, listener.creator)


class _Unclear(Exception):
    """Something that gpxpy may understand; says what."""


class _Listener:
    """Listens to a GPX document and collects what was recorded; raises _Unclear.

    An element counts where it is in the namespace of the root; inside a point's extensions any does. What gpxpy
    would refuse (a latitude of a waypoint that is no number) is looked at too, for it decides what is damaged.
    """

    def __init__(self, name: str) -> None:
        self.points: list[Point] = []
        self.sessions: list[Session] = []
        self.creator: str | None = None
        self._name = name
        self._own = ""
        self._children = _CHILDREN_1_0
        self._kinds: list[str] = []  # of the open elements; "" for what means nothing
        self._text: list[str] = []
        self._listens = False  # whether the innermost element's text is wanted
        # What the open point, extension by extension, and the open track have said so far.
        self._position = (NAN, NAN)
        self._said: dict[str, str] = {}
        self._extra: dict[str, float] = {}
        self._type: str | None = None
        self._times: list[datetime] = []
        self._points_before = 0

    def start(self, name: str, attributes: dict[str, str], namespace: str) -> None:
        kind = self._kind(name, namespace) if self._kinds else self._begin(attributes, namespace)
        self._kinds.append(kind)
        self._listens = kind in _LEAVES
        if self._listens:
            self._text.clear()
        elif kind in {"point", "plan_point"}:
            latitude, longitude = attributes.get("lat"), attributes.get("lon")
            if latitude is None or longitude is None:
                raise _Unclear("a point without a position")
            self._position = (_number(latitude), _number(longitude))
            self._said, self._extra = {}, {}
        elif kind == "track":
            self._type, self._times, self._points_before = None, [], len(self.points)
            self._said = {}
        elif kind == "bounds":
            for limit in _BOUNDS:
                _number(attributes.get(limit, "0"))

    def _begin(self, attributes: dict[str, str], namespace: str) -> str:
        self._own = namespace
        self.creator = attributes.get("creator")
        if attributes.get("version") == "1.1":
            self._children = _CHILDREN_1_1
        return "gpx"

    def _kind(self, name: str, namespace: str) -> str:
        """What an element is; "" where it means nothing."""
        parent = self._kinds[-1]
        kind = self._children.get(parent, _NOTHING).get(name, "")
        if kind:
            if namespace != self._own:
                raise _Unclear("an element of another namespace where GPX has one")
            if kind == "extensions":
                if kind in self._said:
                    return ""  # only the first ones count
                self._said[kind] = ""
            return kind
        if parent in {"extensions", "other"}:
            return "extension" if name.lower() in _EXTENSIONS else "other"
        if parent in _LEAVES:
            raise _Unclear("a value with elements in it")
        return ""

    def data(self, text: str) -> None:
        if self._listens:
            self._text.append(text)

    def end(self, name: str) -> None:
        kind = self._kinds.pop()
        if self._listens:
            self._listens = False
            self._end_leaf(kind, name, "".join(self._text))
        elif kind == "point":
            self._end_point()
        elif kind == "track" and len(self.points) > self._points_before:
            self._end_track()

    def _end_leaf(self, kind: str, name: str, text: str) -> None:
        if kind == "extension":
            self._extra.setdefault(_EXTENSIONS[name.lower()], parse_number(text))
        elif kind == "text":
            self._type = text if self._type is None else self._type
        elif name not in self._said:
            self._said[name] = text
            if text and kind in _CHECKS:
                _CHECKS[kind](text)

    def _end_point(self) -> None:
        said = self._said
        moment = _moment(said["time"]) if said.get("time") else None
        if moment is not None:
            self._times.append(moment)
        elevation = _number(said["ele"]) if said.get("ele") else NAN
        speed = _number(said["speed"]) if said.get("speed") else NAN
        if self._extra:
            values = _with_extra(self._position, elevation, speed, self._extra)
        else:
            values = (*self._position, elevation, NAN, speed, NAN, NAN, NAN, NAN)
        self.points.append((NO_TIME if moment is None else to_ms(moment), values))
        check_points(self._name, len(self.points))

    def _end_track(self) -> None:
        self.sessions.append(_session(self._type, self._times))
        check_parts(self._name, len(self.sessions))


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise _Unclear("a number that is none") from None


def _whole(text: str) -> None:
    try:
        int(text)
    except ValueError:
        raise _Unclear("a whole number that is none") from None


def _fix(text: str) -> None:
    if text not in _FIXES:
        raise _Unclear("an unknown kind of fix")


def _moment(text: str) -> datetime:
    try:
        if _PLAIN_TIME.fullmatch(text):
            return _utc(datetime.fromisoformat(text))
        if parts := _TIME.fullmatch(text):
            year, month, day, hour, minute, second, fraction, utc, zone_hour, zone_minute = parts.groups("")
            zone = utc or (f"{zone_hour}:{zone_minute or '00'}" if zone_hour else "")
            clock = f"{hour:0>2}:{minute:0>2}:{second:0>2}{fraction}"
            return _utc(datetime.fromisoformat(f"{year}-{month:0>2}-{day:0>2}T{clock}{zone}"))
    except (ValueError, OverflowError):
        pass
    raise _Unclear("a time that cannot be read")


_CHECKS: dict[str, Callable[[str], object]] = {"number": _number, "whole": _whole, "fix": _fix}


def _with_extra(
    position: tuple[float, float], elevation: float, speed: float, extra: dict[str, float]
) -> tuple[float, ...]:
    """The values of a point in the order of the columns."""
    return (
        *position,
        elevation,
        extra.get("distance", NAN),
        extra.get("speed", NAN) if isnan(speed) else speed,
        extra.get("heart_rate", NAN),
        extra.get("cadence", NAN),
        extra.get("power", NAN),
        extra.get("temperature", NAN),
    )


# ── Through gpxpy ────────────────────────────────────────────────────────────────────────────────────


def through_gpxpy(path: Path) -> Recorded:
    """What gpxpy finds in the file, which is vetted before; raises FileDamaged, also for whatever gpxpy raises."""
    text = "".join(read_xml_text(path))
    vet(path.name, (text[offset : offset + 2**16] for offset in range(0, len(text), 2**16)))
    if _ENDLESS_DECLARATION.search(text):
        raise FileDamaged(path.name, "has a namespace declaration that does not end")
    if len(text) > MAX_GPXPY_CHARACTERS or text.count("<") > MAX_GPXPY_TAGS:
        raise FileDamaged(path.name, "is not plain GPX, and too long to be looked at more closely")
    if len(set(_DECLARATION.findall(text))) > MAX_GPXPY_NAMESPACES:
        raise FileDamaged(path.name, f"has more than {MAX_GPXPY_NAMESPACES} namespaces")
    import gpxpy

    try:
        gpx = gpxpy.parse(_without_prefix(text))
        points, sessions = _recorded(gpx)
    except MemoryError:
        raise
    except Exception as problem:  # gpxpy passes on what its parts raise
        raise FileDamaged(path.name, "is XML, but not GPX") from problem
    return Recorded(points, sessions, gpx.creator)


def _without_prefix(text: str) -> str:
    """The document with GPX's own elements unprefixed: gpxpy passes over all others."""
    root = _PREFIXED_ROOT.search(text[:HEAD_BYTES])
    return text if root is None else re.sub(rf"(</?){re.escape(root[1])}:", r"\1", text)


def _recorded(gpx: Any) -> tuple[list[Point], list[Session]]:
    points: list[Point] = []
    sessions: list[Session] = []
    for track in gpx.tracks:
        own = [_point(point) for segment in track.segments for point in segment.points]
        points += own
        times = [_utc(point.time) for segment in track.segments for point in segment.points if point.time]
        if own:
            sessions.append(_session(track.type, times))
    return points, sessions


def _point(point: Any) -> Point:
    extra: dict[str, float] = {}
    for extension in point.extensions:
        for element in extension.iter():
            name = _EXTENSIONS.get(str(element.tag).rpartition("}")[2].lower())
            if name is not None:
                extra.setdefault(name, parse_number(element.text))
    position = _or_nan(point.latitude), _or_nan(point.longitude)
    return (
        to_ms(_utc(point.time)) if point.time else NO_TIME,
        _with_extra(position, _or_nan(point.elevation), _or_nan(point.speed), extra),
    )


def _session(kind: str | None, times: list[datetime]) -> Session:
    start, end = min(times, default=None), max(times, default=None)
    return Session(
        sport=kind or None,
        start=start,
        end=end,
        elapsed_s=(end - start).total_seconds() if start and end else None,
    )


def _or_nan(value: float | None) -> float:
    return NAN if value is None else float(value)


def _utc(moment: datetime) -> datetime:
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
