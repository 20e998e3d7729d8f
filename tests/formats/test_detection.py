"""What a file is, by its bytes."""

from __future__ import annotations

import codecs
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from garminsync_tui.formats import detect

from .recording_samples import activity, gpx, gpx_point, tcx

GPX = gpx(gpx_point(0))
TCX = tcx("")


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (activity(1), "FIT"),
        (activity(1)[:12], "FIT"),
        (activity(1)[:11], None),
        (b"\x0b" + activity(1)[1:], None),  # a header cannot be shorter than 12 bytes
        (GPX.encode(), "GPX"),
        (TCX.encode(), "TCX"),
        (codecs.BOM_UTF8 + GPX.encode(), "GPX"),
        (TCX.encode("utf-16"), "TCX"),
        (GPX.encode("utf-16-le"), "GPX"),
        (GPX.encode("utf-16-be"), "GPX"),
        (codecs.BOM_UTF16_BE + GPX.encode("utf-16-be"), "GPX"),
        (b"\r\n <!-- <TrainingCenterDatabase> -->\n<?x <y> ?><gpx>", "GPX"),
        (b'<!DOCTYPE gpx [<!ENTITY a "b">]><gpx/>', "GPX"),
        (b"<g:gpx xmlns:g='http://www.topografix.com/GPX/1/1'>", "GPX"),
        (b"<gpxlike>", None),
        (b"<html><gpx>", None),
        (b'{"error": "gpx"}', None),
        (b"PK\x03\x04 .FIT", None),
        (bytes(4096), None),
        (b"", None),
    ],
)
def test_kinds_of_file(head: bytes, kind: str | None) -> None:
    assert detect(head) == kind


@given(st.binary(max_size=200) | st.text("<>?!-[]gpx ", max_size=200).map(str.encode))
def test_any_bytes_have_an_answer(head: bytes) -> None:
    assert detect(head) in {"FIT", "GPX", "TCX", None}


def test_the_readers_cost_nothing_before_a_file_is_read() -> None:
    """They take longer to import than `--help` may take altogether."""
    program = "import garminsync_tui.formats, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not {"fitdecode", "gpxpy", "defusedxml", "xml.etree"} & set(done.stdout.split())
