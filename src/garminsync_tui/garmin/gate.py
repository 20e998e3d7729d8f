"""The gate before Garmin's servers (Cloudflare): telling its pages from answers of what is behind it."""

from __future__ import annotations

from collections.abc import Mapping

#: What is in its pages, and not in those of a server behind it that has trouble of its own.
_MARKS = (b"just a moment", b"/cdn-cgi/", b"cf-error-details", b"attention required! | cloudflare")
#: So much of a page is enough to tell.
PAGE_BYTES = 64 * 1024


def may_be_page(status: int, headers: Mapping[str, str]) -> bool:
    """Whether a look into the body is worth it."""
    return status in (403, 503) and "html" in str(headers.get("content-type", ""))


def is_page(status: int, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether the gate answered. With 403 any web page is its own: what is behind it refuses in JSON."""
    if not may_be_page(status, headers):
        return False
    if status == 403 or "cf-mitigated" in headers:
        return True
    text = body[:PAGE_BYTES].lower()
    return any(mark in text for mark in _MARKS)
