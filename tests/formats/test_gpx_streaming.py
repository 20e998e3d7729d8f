"""The streaming reader of GPX against gpxpy: on every published file, and on documents made up by hypothesis."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from xml.sax.saxutils import quoteattr

import gpxpy
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from garminsync_tui.errors import FileDamaged
from garminsync_tui.formats import gpx, read_track

from .recording_samples import GPX_HEAD, gpx_point
from .recording_samples import gpx as document

TRACK = "<trk><trkseg>{}</trkseg></trk>"
POINT = '<trkpt lat="1" lon="2">{}</trkpt>'


def through_gpxpy(path: Path) -> object:
    try:
        return gpx.through_gpxpy(path)
    except FileDamaged as damage:
        return damage.message


def both(tmp_path: Path, text: str) -> tuple[object, object]:
    path = tmp_path / "recording.gpx"
    path.write_text(text)
    return gpx.streamed(path), through_gpxpy(path)


def test_all_published_files_are_read_alike_and_none_falls_back(shared: Path) -> None:
    paths = sorted((shared / "corpus" / "gpx").glob("*.gpx"))
    assert len(paths) >= 29
    for path in paths:
        recorded = gpx.streamed(path)
        assert recorded is not None, path.name
        assert repr(recorded) == repr(gpx.through_gpxpy(path)), path.name


@pytest.mark.parametrize(
    "inside",
    [
        POINT.format("<ele>1</ele><ele>2</ele><time>2026-05-01T10:00:00Z</time>"),
        POINT.format("<ele/><ele>2</ele>"),
        POINT.format("<time>2026-05-01T10:00:00.123456789+05:30</time>"),
        POINT.format("<time>2026-5-1 1:2:3-0330</time>"),
        POINT.format("<time>2026-05-01T10:00:00.5+02</time>"),
        POINT.format("<time>2026-05-01T10:00:00</time>"),
        POINT.format("<speed>3</speed><course>90</course>"),
        POINT.format("<extensions><speed>1</speed><x><hr>2</hr></x><hr>3</hr></extensions>"),
        POINT.format("<extensions/><extensions><hr>3</hr></extensions>"),
        POINT.format("<extensions><extensions><hr>3</hr></extensions></extensions>"),
        POINT.format("<extensions><hr/><hr>3</hr><a:POWER xmlns:a='u'>9</a:POWER></extensions>"),
        POINT.format("<extensions><x xmlns='u'><cad>80</cad></x></extensions>"),
        POINT.format("<fix>2d</fix><sat> 4 </sat><hdop>1e3</hdop><dgpsid>1</dgpsid><magvar>nan</magvar>"),
        POINT.format("<ele>1<!-- metres -->2</ele><ele><![CDATA[5]]></ele>"),
        '<trkpt lat="nan" lon="inf"/><trkpt lat=" 1 " lon="-0"/>',
        "</trkseg><trkseg><trkpt lat='1' lon='2'/></trkseg></trk><trk><type/><type>x</type><trkseg>",
        "<trkseg><trkpt/></trkseg><foo><trkpt/></foo>",
    ],
)
@pytest.mark.parametrize("version", ["1.1", "1.0", "2", ""])
def test_what_is_plain_is_read_alike(tmp_path: Path, version: str, inside: str) -> None:
    recorded, judge = both(tmp_path, f"{GPX_HEAD}{TRACK.format(inside)}</gpx>".replace('"1.1"', f'"{version}"'))
    assert recorded is not None
    assert repr(recorded) == repr(judge)


@pytest.mark.parametrize(
    "inside",
    [
        POINT.format("<time>yesterday</time>"),
        POINT.format("<time> 2026-05-01T10:00:00Z</time>"),
        POINT.format("<time>2026-05-01T24:00:00Z</time>"),
        POINT.format("<time>2026-05-01T23:59:60Z</time>"),
        POINT.format("<time>0001-01-01T00:00:00+01:00</time>"),
        POINT.format("<time>2026-05-01T10:00:00+25:00</time>"),
        POINT.format("<ele>high</ele>"),
        POINT.format("<ele> </ele>"),
        POINT.format("<ele>1<b/></ele>"),
        POINT.format("<sat>4.5</sat>"),
        POINT.format("<fix>good</fix>"),
        POINT.format("<extensions><hr>1<b/></hr></extensions>"),
        POINT.format("<x:ele xmlns:x='u'>1</x:ele>"),
        '<trkpt lat="1"/>',
        '<trkpt lat="north" lon="1"/>',
        "</trkseg></trk><wpt lat='1'/><trk><trkseg>",
        "</trkseg></trk><rte><rtept lat='1' lon='x'/></rte><trk><trkseg>",
        "</trkseg></trk><metadata><bounds minlat='x'/></metadata><trk><trkseg>",
        "</trkseg><number>one</number><trkseg>",
    ],
)
def test_what_is_not_plain_is_left_to_gpxpy(tmp_path: Path, inside: str) -> None:
    recorded, judge = both(tmp_path, f"{GPX_HEAD}{TRACK.format(POINT.format('') + inside)}</gpx>")
    assert recorded is None
    if isinstance(judge, str):
        with pytest.raises(FileDamaged, match="XML, but not GPX"):
            read_track(tmp_path / "recording.gpx")
    else:
        assert isinstance(judge, gpx.Recorded)
        assert len(judge.points) == 2
        read_track(tmp_path / "recording.gpx").summary()


@pytest.mark.parametrize("root", ['xmlns="u"', "xmlns='u'", "", 'xmlns="http://www.topografix.com/GPX/1/0"'])
def test_the_root_s_namespace_is_gpx_s_own(tmp_path: Path, root: str) -> None:
    recorded, judge = both(tmp_path, f'<gpx version="1.1" {root}>{TRACK.format(POINT.format(""))}</gpx>')
    assert repr(recorded) == repr(judge)
    assert recorded and len(recorded.points) == 1


def test_elements_that_name_the_root_s_namespace_again_are_read_too(tmp_path: Path) -> None:
    """gpxpy passes over them."""
    inside = TRACK.format(POINT.format("")).replace("<trk>", '<trk xmlns="u">')
    recorded, judge = both(tmp_path, f'<gpx version="1.1" xmlns="u">{inside}</gpx>')
    assert isinstance(recorded, gpx.Recorded) and isinstance(judge, gpx.Recorded)
    assert (len(recorded.points), len(judge.points)) == (1, 0)


def test_what_gpxpy_would_take_too_much_memory_for_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "recording.gpx"
    path.write_text(document(gpx_point(0) + POINT.format("<time>yesterday</time>")))
    assert len(read_track(path)) == 1
    monkeypatch.setattr(gpx, "MAX_GPXPY_CHARACTERS", 100)
    with pytest.raises(FileDamaged, match="too long"):
        read_track(path)


def test_a_declaration_in_every_point_is_one_namespace(tmp_path: Path) -> None:
    """gpxpy compares each with all others, and with those of all files before."""
    path = tmp_path / "recording.gpx"

    def written(names: Callable[[int], str]) -> str:
        points = "".join(f'<trkpt lat="5" lon="5"><x xmlns:b="{names(number)}"/></trkpt>' for number in range(200))
        return document(POINT.format("<time>yesterday</time>") + points)

    path.write_text(written(lambda _: "u"))
    assert len(read_track(path)) == 201
    path.write_text(written(str))
    with pytest.raises(FileDamaged, match="100 namespaces"):
        read_track(path)


def test_a_machine_without_memory_is_no_damaged_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def parse(_: str) -> None:
        raise MemoryError

    path = tmp_path / "recording.gpx"
    path.write_text(document(POINT.format("<time>yesterday</time>")))
    monkeypatch.setattr(gpxpy, "parse", parse)
    with pytest.raises(MemoryError):
        read_track(path)


# ── Made up ──────────────────────────────────────────────────────────────────────────────────────────

_numbers = st.one_of(
    st.floats(-200, 200).map(str), st.sampled_from(["", " ", "1e3", "nan", "1_0", "x", "-0", "007", " 5 ", "٣"])
)
_moments = st.one_of(
    st.datetimes(
        datetime(1, 1, 1),
        datetime(9999, 12, 31),
        timezones=st.sampled_from([None, UTC, datetime.fromisoformat("2026-01-01T00:00-07:00").tzinfo]),
    ).map(datetime.isoformat),
    st.sampled_from(["", "soon", "2026-05-01T10:00:00Z", "2026-5-1 1:2:3.5", "2026-13-01T00:00:00Z", "1989-12-31"]),
)


def _element(names: list[str], texts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(lambda name, text: f"<{name}>{text}</{name.split()[0]}>", st.sampled_from(names), texts)


_extension_names = ["hr", "cad", "g:hr xmlns:g='e'", "power", "speed xmlns='e'", "distance", "atemp", "other", "Watts"]
_extension = st.recursive(
    _element(_extension_names, _numbers),
    lambda inner: _element(["x", "x:TrackPointExtension xmlns:x='e'", "hr"], st.lists(inner, max_size=3).map("".join)),
    max_leaves=4,
)
_in_point = st.one_of(
    _element(["time"], _moments),
    _element(["ele", "speed", "course", "hdop", "name"], _numbers),
    _element(["sat", "fix"], st.sampled_from(["3", "2d", "x", ""])),
    _element(["extensions"], st.lists(_extension, max_size=4).map("".join)),
)
_coordinates = st.one_of(st.floats(-95, 95).map(str), st.sampled_from(["0", "nan", "", "N", " 7"]))
_points = st.builds(
    lambda name, latitude, longitude, inside: (
        f'<{name} lat="{latitude}" lon={quoteattr(longitude)}>{"".join(inside)}</{name}>'
    ),
    st.sampled_from(["trkpt", "trkpt", "trkpt", "wpt"]),
    _coordinates,
    _coordinates,
    st.lists(_in_point, max_size=5),
)
_tracks = st.builds(
    lambda kinds, segments: (
        "<trk>" + "".join(kinds) + "".join(f"<trkseg>{''.join(points)}</trkseg>" for points in segments) + "</trk>"
    ),
    st.lists(_element(["type", "number", "name"], st.sampled_from(["run", "1", ""])), max_size=3),
    st.lists(st.lists(_points, max_size=3), max_size=3),
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    version=st.sampled_from(["1.1", "1.1", "1.0", ""]),
    form=st.sampled_from(
        ['<gpx xmlns="n" version="{}">', "<gpx version='{}' creator='c'>", '<p:gpx xmlns:p="n" version="{}">']
    ),
    inside=st.lists(st.one_of(_tracks, _tracks, _points), max_size=3),
)
def test_made_up_documents_are_read_alike_or_left_to_gpxpy(
    tmp_path: Path, version: str, form: str, inside: list[str]
) -> None:
    text = "".join(inside)
    if "p:gpx" in form:
        for name in ("trkseg", "trkpt", "trk", "time", "ele", "extensions", "wpt", "type"):
            text = text.replace(f"<{name}>", f"<p:{name}>").replace(f"<{name} lat", f"<p:{name} lat")
            text = text.replace(f"</{name}>", f"</p:{name}>")
    root = "p:gpx" if "p:gpx" in form else "gpx"
    recorded, judge = both(tmp_path, f"{form.format(version)}{text}</{root}>")
    assert recorded is None or repr(recorded) == repr(judge)
