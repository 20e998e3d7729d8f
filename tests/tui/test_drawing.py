"""What is drawn from numbers: charts with gaps, maps, sparklines; in braille, in blocks and in ASCII."""

from __future__ import annotations

import math
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from garminsync_tui.tui.widgets import ticks
from garminsync_tui.tui.widgets.canvas import Canvas
from garminsync_tui.tui.widgets.glyphs import ASCII, BLOCKS, BRAILLE, GRAPHS, Glyphs
from garminsync_tui.tui.widgets.plot import draw_chart
from garminsync_tui.tui.widgets.series import Panel, Series, Window
from garminsync_tui.tui.widgets.sparkline import bar, shade, sparkline
from garminsync_tui.tui.widgets.track_map import draw_map

NAN = math.nan
ALL = pytest.mark.parametrize("glyphs", GRAPHS.values(), ids=GRAPHS)


def plotted(series: Series, columns: int, rows: int, glyphs: Glyphs = BRAILLE, **options: object) -> list[str]:
    """Only the plot, without its axes."""
    whole = Window(series.xs[0], series.xs[-1])
    drawn = draw_chart([Panel(series)], whole, 400, rows, glyphs=glyphs)
    margin = drawn.layout.gutter
    drawn = draw_chart([Panel(series)], whole, columns + margin, rows, glyphs=glyphs, **options)  # type: ignore[arg-type]
    return [line[margin:] for line in drawn.text()]


def text(lines: list[list[tuple[str, str]]]) -> list[str]:
    return ["".join(words for words, _ in line) for line in lines]


def test_each_dot_has_its_place_in_a_cell() -> None:
    for glyphs, drawn, full in ((BRAILLE, "\u2851", "⣿"), (BLOCKS, "▚", "█"), (ASCII, "'", ":")):
        canvas = Canvas(1, 1, glyphs)
        for x, y in ((0, 0), (1, 1), (0, 3)):
            canvas.dot(x, y)
        assert canvas.rows() == [drawn]
        for x in range(2):
            canvas.span(x, 0, 3)
        assert canvas.rows() == [full]


def test_dots_outside_are_left_out() -> None:
    canvas = Canvas(2, 2)
    canvas.line(-5, -5, 20, 20)
    canvas.span(0, -3, 40)
    canvas.span(9, 0, 3)
    canvas.dot(4, 0)
    assert [len(row) for row in canvas.rows()] == [2, 2]
    assert canvas.rows()[0][0] not in " ⣿"


def test_a_line_goes_from_bottom_left_to_top_right() -> None:
    rows = plotted(Series(range(8), range(8)), 4, 3)
    assert [row.strip() != "" for row in rows] == [True] * 3
    assert rows[0].rstrip()[:2] == "  "
    assert rows[-1].strip() and rows[-1][2:].strip() == ""


def test_a_gap_stays_a_gap() -> None:
    values = [1.0] * 4 + [NAN] * 4 + [3.0] * 4
    for shape in ("line", "area", "bars", "steps"):
        rows = plotted(Series(range(12), values, shape=shape), 6, 3)  # type: ignore[arg-type]
        assert all(row[3] == " " for row in rows), shape
        assert rows[0][4:].strip(), shape
        assert shape in ("bars", "area") or rows[2][:2].strip(), shape


def test_what_comes_now_and_then_is_joined_over_days_without() -> None:
    weights = [70.0, NAN, NAN, NAN, NAN, 70.0]
    broken, whole = (plotted(Series(range(6), weights, breaks=breaks), 6, 3)[1] for breaks in (True, False))
    assert " " in broken
    assert " " not in whole


def test_nothing_is_drawn_across_a_long_silence() -> None:
    apart = Series([0.0, 1.0, 2.0, 20.0, 21.0, 22.0], [5.0] * 6)
    joined, parted = (plotted(Series(apart.xs, apart.ys, join=join), 11, 3) for join in (math.inf, 5.0))
    assert " " not in joined[1]
    assert parted[1][4:7] == "   "


def test_a_steep_line_stays_one_line() -> None:
    assert all(row.strip() for row in plotted(Series([0.0, 1.0], [0.0, 10.0]), 1, 4))


def test_a_flat_line_is_drawn_in_the_middle() -> None:
    assert [bool(row.strip()) for row in plotted(Series(range(6), [5.0] * 6), 3, 3)] == [False, True, False]


def test_an_area_reaches_the_bottom_and_a_bar_its_value() -> None:
    assert plotted(Series(range(8), [1.0, 2.0] * 4, shape="area"), 4, 3)[2] == "⣿⣿⣿⣿"
    bars = plotted(Series([0.0, 10.0, 20.0], [2.0, 0.0, 2.0], shape="bars"), 20, 4)
    assert "⣿" in bars[0][:9]
    assert not bars[0][10:19].strip()


def test_a_step_holds_until_the_next() -> None:
    rows = plotted(Series([0.0, 5.0, 10.0], [3.0, 1.0, 1.0], shape="steps"), 10, 3)
    assert rows[0][:5].strip() == rows[0][:5]
    assert not rows[0][6:].strip()
    assert rows[2][5:9].strip() == rows[2][5:9]


def test_a_chart_names_what_it_shows() -> None:
    pulse = Series(range(61), [118.0 + number * 0.9 for number in range(61)], "{:.0f} bpm".format, title="HR")
    other = Series(range(61), [float(number) for number in range(61)], "{:.0f} m".format, colour="$text-warning")
    whole = Window(0, 60)
    drawing = draw_chart([Panel(pulse, other)], whole, 60, 10, ticks=ticks.elapsed, cursor=30.0)
    chart = drawing.text()
    assert len(chart) == 10
    assert all(len(row) <= 60 for row in chart)
    assert chart[0].startswith("172 bpm┤") and chart[0].endswith("├60 m")
    assert chart[1].startswith("     HR│")
    assert chart[7].startswith("118 bpm┤") and "├0 m" in chart[7]
    assert "▲" in chart[8] and chart[8].index("▲") == drawing.layout.gutter + drawing.layout.column(30.0)
    assert chart[9].split() == ["0:00", "0:30", "1:00"]
    assert {style for line in drawing.lines for _, style in line} >= {"$text-accent", "$text-warning"}
    silent = Series([0.0, 1.0], [NAN, NAN])
    assert draw_chart([Panel(silent)], Window(0, 1), 40, 8).lines == []


def test_panels_share_one_axis_and_those_without_room_or_values_are_left_out() -> None:
    one = Series(range(5), [1.0, 2.0, 3.0, 2.0, 1.0], "{:.0f} a".format)
    silent = Series(range(5), [NAN] * 5)
    chart = draw_chart([Panel(one), Panel(silent), Panel(one)], Window(0, 4), 40, 10, ticks=ticks.elapsed)
    assert len(chart.lines) == 10
    assert sum("3 a┤" in row for row in chart.text()) == 2
    flat = draw_chart([Panel(one), Panel(one)], Window(0, 4), 40, 7, ticks=ticks.elapsed)
    assert sum("3 a┤" in row for row in flat.text()) == 1


def test_places_on_the_lower_axis() -> None:
    assert [label for _, label in ticks.distance("metric")(0, 21_100, 6)] == ["0 km", "5", "10", "15", "20"]
    assert [label for _, label in ticks.distance("imperial")(0, 1609.344, 4)] == ["0.0 mi", "0.5", "1.0"]
    assert [label for _, label in ticks.elapsed(0, 4000, 5)] == ["0:00", "20:00", "40:00", "1:00:00"]
    assert [label for _, label in ticks.clock(None)(0, 86_400, 5)] == ["00:00", "06:00", "12:00", "18:00", "00:00"]

    def said(first: date, last: date) -> list[str]:
        return [label for _, label in ticks.days(first.toordinal(), last.toordinal(), 6)]

    assert said(date(2026, 11, 16), date(2026, 11, 21)) == ["16 Nov", "17 Nov", "18 Nov", "19 Nov", "20 Nov", "21 Nov"]
    assert said(date(2026, 10, 24), date(2026, 11, 21)) == ["26 Oct", "2 Nov", "9 Nov", "16 Nov"]
    assert said(date(2025, 11, 22), date(2026, 11, 21)) == [
        f"{month} 2026" for month in ("Jan", "Mar", "May", "Jul", "Sep", "Nov")
    ]
    assert said(date(2016, 11, 22), date(2026, 11, 21)) == ["2018", "2020", "2022", "2024", "2026"]


def test_a_square_on_the_map_is_square() -> None:
    north, side = 60.0, 0.01
    square = [(north, 10.0), (north, 10.0 + side / math.cos(math.radians(north + side / 2)))]
    square += [(north + side, square[1][1]), (north + side, 10.0), square[0]]
    for glyphs in GRAPHS.values():
        rows = text(draw_map([square], 20, 11, glyphs=glyphs))
        drawn = [(x, y) for y, row in enumerate(rows[:-1]) for x, cell in enumerate(row) if cell != " "]
        assert (min(y for _, y in drawn), max(y for _, y in drawn)) == (0, 9)
        assert 19 <= max(x for x, _ in drawn) - min(x for x, _ in drawn) + 1 <= 20
    marked = text(draw_map([square], 20, 11, point=(north + side, 10.0)))
    assert marked[0].strip().startswith("◆")
    assert rows[-1] == "N ^  |-| 200 m"
    assert text(draw_map([square], 40, 11, system="imperial"))[-1].endswith("yd")


@ALL
@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.one_of(st.just(NAN), st.floats(-1e6, 1e6)), min_size=1, max_size=60),
    st.integers(0, 50),
    st.integers(0, 14),
    st.sampled_from(["line", "area", "bars", "steps"]),
)
def test_a_chart_is_never_larger_than_asked(
    glyphs: Glyphs, values: list[float], columns: int, rows: int, shape: str
) -> None:
    series = Series(range(len(values)), values, "{:.1f} °C".format, "♥", shape=shape)  # type: ignore[arg-type]
    panel = Panel(series, Series(series.xs, values, "{:.0f} —".format))
    whole = Window(0, len(values) - 1)
    drawn = draw_chart([panel] * 2, whole, columns, rows, glyphs=glyphs, ticks=ticks.elapsed, cursor=0.0).text()
    assert len(drawn) <= rows
    assert all(len(row) <= columns for row in drawn)
    if glyphs is ASCII:
        assert all(" " <= sign <= "~" for row in drawn for sign in row)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 999), st.integers(0, 999), st.integers(1, 40))
def test_no_extreme_is_lost(high: int, low: int, columns: int) -> None:
    values = [0.0] * 1000
    values[high], values[low] = 100.0, -100.0
    rows = plotted(Series(range(1000), values), columns, 5)
    assert rows[-1].strip() and (rows[0].strip() or high == low)


@ALL
@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.lists(st.tuples(st.floats(-90, 90), st.floats(-180, 540)), max_size=20), max_size=4),
    st.integers(0, 40),
    st.integers(0, 12),
)
def test_a_map_is_as_large_as_asked(
    glyphs: Glyphs, lines: list[list[tuple[float, float]]], columns: int, rows: int
) -> None:
    point = lines[0][0] if lines and lines[0] else None
    drawn = text(draw_map(lines, columns, rows, glyphs=glyphs, point=point))
    assert rows - 1 <= len(drawn) <= rows
    assert all(len(row) <= columns for row in drawn)
    if glyphs is ASCII:
        assert all(" " <= sign <= "~" for row in drawn for sign in row)


def test_sparklines_bars_and_shades() -> None:
    assert sparkline([1, 2, None, 8]) == "▁▂ █"
    assert sparkline([5, 5]) == "▄▄"
    assert sparkline([None, None]) == ""
    assert sparkline([1, 2, None, 8], ASCII) == ".: @"
    assert bar(0.5, 8) == "████░░░░"
    assert bar(7.0, 3) == "███"
    assert bar(-1.0, 3, ASCII) == "..."
    assert [shade(share) for share in (None, 0.0, 0.01, 1.0)] == [" ", "·", "░", "█"]
    assert shade(1.0, ASCII) == "@"


def test_signs_and_words_have_their_plain_forms() -> None:
    assert ASCII.words("✓!✗◌○●▲ 7 °C — ½") == "+!xoo*^ 7 C - ~"
    assert ASCII.words("Übung") == "?bung"
    assert BLOCKS.words("✓ Übung") == "✓ Übung"
