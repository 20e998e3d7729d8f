"""What is drawn from numbers: charts with gaps, outlines, sparklines."""

from __future__ import annotations

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from garminsync_tui.tui.widgets.braille import Canvas, chart_width, line_chart, outline, plot
from garminsync_tui.tui.widgets.sparkline import bar, sparkline

NAN = math.nan
GAP = (NAN, NAN)


def test_each_dot_has_its_place_in_a_cell() -> None:
    canvas = Canvas(1, 1)
    for x, y in ((0, 0), (1, 1), (0, 3)):
        canvas.dot(x, y)
    assert canvas.rows() == ["\u2851"]
    full = Canvas(1, 1)
    for x in range(2):
        for y in range(4):
            full.dot(x, y)
    assert full.rows() == ["⣿"]


def test_dots_outside_are_left_out() -> None:
    canvas = Canvas(2, 1)
    canvas.line(-5, -5, 20, 20)
    canvas.dot(4, 0)
    assert len(canvas.rows()[0]) == 2


def test_a_plot_goes_from_bottom_left_to_top_right() -> None:
    rows = plot([(float(x), float(x)) for x in range(8)], 4, 2)
    assert rows == ["  ⡠⠊", "⡠⠊  "]


def test_a_gap_stays_a_gap() -> None:
    rows = plot([(1.0, 1.0)] * 4 + [GAP] * 4 + [(3.0, 3.0)] * 4, 6, 3)
    assert all(row[2:4] == "  " for row in rows)
    assert rows[2][:2].strip()
    assert rows[0][4:].strip()


def test_a_steep_line_stays_one_line() -> None:
    rows = plot([(0.0, 0.0), (10.0, 10.0)], 1, 4)
    assert all(row.strip() for row in rows)


def test_a_flat_line_is_drawn_in_the_middle() -> None:
    rows = plot([(5.0, 5.0)] * 6, 3, 3)
    assert [bool(row.strip()) for row in rows] == [False, True, False]


def test_a_chart_names_its_ends() -> None:
    label = "{:.0f} bpm".format
    width = chart_width(40, (118.0, 172.0), label)
    chart = line_chart([(118.0, 172.0)] * width, 40, 8, label=label, ends=("0:00", "1:48:20"))
    assert chart[0].startswith(" 172 bpm┤")
    assert chart[5].startswith(" 118 bpm┤")
    assert chart[-1].strip().startswith("0:00")
    assert chart[-1].endswith("1:48:20")
    assert len(chart) == 8
    assert all(len(row) <= 40 for row in chart)
    assert line_chart([GAP] * 5, 40, 8, label=label) == []


def test_a_square_on_the_map_is_square() -> None:
    north = 60.0
    side = 0.01
    square = [(north, 10.0), (north, 10.0 + side / math.cos(math.radians(north + side / 2)))]
    square += [(north + side, square[1][1]), (north + side, 10.0), square[0]]
    rows = outline([square], 20, 10)
    drawn = [(x, y) for y, row in enumerate(rows) for x, cell in enumerate(row) if cell != " "]
    assert min(y for _, y in drawn) == 0
    assert max(y for _, y in drawn) == 9
    assert max(x for x, _ in drawn) - min(x for x, _ in drawn) + 1 == 20


number = st.floats(-1e6, 1e6)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.one_of(st.just(GAP), st.tuples(number, number).map(lambda pair: (min(pair), max(pair)))), max_size=60),
    st.integers(0, 40),
    st.integers(0, 12),
)
def test_a_plot_is_as_large_as_asked(buckets: list[tuple[float, float]], columns: int, rows: int) -> None:
    drawn = plot(buckets, columns, rows)
    assert len(drawn) == rows
    assert all(len(row) == columns for row in drawn)
    for cell in range(columns):
        here = buckets[2 * cell : 2 * cell + 2]
        if all(math.isnan(low) for low, _ in here):
            assert all(row[cell] == " " for row in drawn)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.tuples(st.floats(-90, 90), st.floats(-180, 540)), max_size=20), max_size=4),
    st.integers(0, 40),
    st.integers(0, 12),
)
def test_an_outline_is_as_large_as_asked(lines: list[list[tuple[float, float]]], columns: int, rows: int) -> None:
    drawn = outline(lines, columns, rows)
    assert len(drawn) == rows
    assert all(len(row) == columns for row in drawn)


def test_sparklines() -> None:
    assert sparkline([1, 2, None, 8]) == "▁▂ █"
    assert sparkline([5, 5]) == "▄▄"
    assert sparkline([None, None]) == ""


def test_bars() -> None:
    assert bar(0.5, 8) == "████░░░░"
    assert bar(7.0, 3) == "███"
    assert bar(-1.0, 3) == "░░░"
