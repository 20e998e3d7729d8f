"""Secrets that this process holds: whatever a library says of them, the log does not repeat it."""

from __future__ import annotations

from urllib.parse import quote, quote_plus

HIDDEN = "[hidden]"
#: A shorter one is found by chance in innocent text, and is not worth hiding from who reads the log.
_SHORTEST = 6

_known: set[str] = set()


def hide(secret: str | None) -> None:
    """Keep `secret` out of every log line from now on, also as it is written in URLs and reprs."""
    if secret and len(secret) >= _SHORTEST:
        _known.update({secret, quote(secret, safe=""), quote_plus(secret), repr(secret)[1:-1]})


def redacted(text: str) -> str:
    """`text` without the secrets that are known."""
    # The longest first: one may be part of another.
    for secret in sorted(_known, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return text
