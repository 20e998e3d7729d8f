"""A recording divided by its sessions and laps, each with the points that belong to it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import accumulate, pairwise
from math import fsum, isnan

from .track import Lap, Session, Track, from_ms, metres_between, seconds_after, to_ms

_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class LegLap:
    """A lap and its points, `first` up to but not including `end`."""

    lap: Lap
    first: int
    end: int


@dataclass(frozen=True, slots=True)
class Leg:
    """A session, at least one lap of it, and its points, `first` up to but not including `end`."""

    session: Session
    laps: tuple[LegLap, ...]
    first: int
    end: int


def legs(track: Track, sport: str | None = None) -> list[Leg]:
    """The sessions of a recording with times, in order; made up from its points where the file has none.

    A session or lap owns the points from its start to the start of the next one; the first ones own what comes
    before them too. `sport` stands in where a session does not say its own.
    """
    sessions = sorted(track.sessions, key=lambda session: session.start or _BEFORE_ALL) or [_made_up(track)]
    laps = sorted(track.laps, key=lambda lap: lap.start)
    starts = [_BEFORE_ALL, *(session.start or _BEFORE_ALL for session in sessions[1:])]
    borders = _borders(track, starts[1:], 0, len(track))
    lap_starts = [lap.start for lap in laps]
    firsts = [*(bisect_left(lap_starts, start) for start in starts), len(laps)]
    found = []
    for session, (first, end), (first_lap, end_lap) in zip(sessions, pairwise(borders), pairwise(firsts), strict=True):
        own = laps[first_lap:end_lap] or [_whole_session(track, session, first, end)]
        lap_borders = _borders(track, [lap.start for lap in own[1:]], first, end)
        parts = zip(own, pairwise(lap_borders), strict=True)
        found.append(
            Leg(
                session=replace(session, sport=session.sport or sport),
                laps=tuple(LegLap(lap, lap_first, lap_end) for lap, (lap_first, lap_end) in parts),
                first=first,
                end=end,
            )
        )
    return found


def lap_duration_s(track: Track, part: LegLap) -> float:
    """The lap's own timer time, else the time between its first and last point."""
    if part.lap.duration_s is not None:
        return part.lap.duration_s
    return (track.time_ms[part.end - 1] - track.time_ms[part.first]) / 1000 if part.end > part.first else 0.0


def lap_distance_m(track: Track, part: LegLap) -> float | None:
    """The lap's own distance, else what its points covered; None where nothing is known of it."""
    if part.lap.distance_m is not None:
        return part.lap.distance_m
    covered = [metres for metres in track.distance_m[part.first : part.end] if not isnan(metres)]
    if covered:
        return max(covered[-1] - covered[0], 0.0)
    between = slice(part.first, part.end)
    line = zip(track.latitude_deg[between], track.longitude_deg[between], strict=True)
    fixes = [fix for fix in line if not isnan(fix[0])]
    return fsum(metres_between(*old, *new) for old, new in pairwise(fixes)) if fixes else None


def lap_end(track: Track, part: LegLap) -> datetime:
    """When the lap ended, by itself or by its last point."""
    if part.lap.end is not None:
        return part.lap.end
    if part.end > part.first:
        return max(from_ms(track.time_ms[part.end - 1]), part.lap.start)
    return seconds_after(part.lap.start, part.lap.duration_s) or part.lap.start


def _borders(track: Track, starts: Sequence[datetime], first: int, end: int) -> list[int]:
    """Where parts begin, the last border being the end of the last part."""
    found = [bisect_left(track.time_ms, to_ms(start), first, end) for start in starts]
    return list(accumulate([first, *found, end], max))


def _made_up(track: Track) -> Session:
    summary = track.summary()
    return Session(
        start=summary.start,
        end=from_ms(track.time_ms[-1]),
        duration_s=summary.duration_s,
        elapsed_s=summary.elapsed_s,
        moving_s=summary.moving_s,
        distance_m=summary.distance_m,
        calories_kcal=summary.calories_kcal,
    )


def _whole_session(track: Track, session: Session, first: int, end: int) -> Lap:
    start = session.start or from_ms(track.time_ms[min(first, len(track) - 1)])
    return Lap(
        start=start,
        end=session.end,
        duration_s=session.duration_s,
        distance_m=session.distance_m,
        avg_heart_rate_bpm=session.avg_heart_rate_bpm,
        max_heart_rate_bpm=session.max_heart_rate_bpm,
        avg_speed_mps=session.avg_speed_mps,
        avg_cadence_rpm=session.avg_cadence_rpm,
        avg_power_w=session.avg_power_w,
        ascent_m=session.ascent_m,
        calories_kcal=session.calories_kcal,
    )
