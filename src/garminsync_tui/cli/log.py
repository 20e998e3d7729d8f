"""The log: rotating files below `paths.logs`, without secrets and without anything a terminal acts on."""

from __future__ import annotations

import logging
import re
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path

from ..paths import Paths, private_folder
from ..redaction import HIDDEN, redacted
from ..text import clean

_FILE = "garminsync.log"
_FILE_BYTES = 1_000_000
_FILES = 5
_FORMAT = "%(asctime)s %(levelname)s %(process)d %(name)s: %(message)s"
_LONGEST_LINE = 1000
_OURS = "garminsync_tui"

# What follows one of these words is not for a log.
_SECRET = re.compile(
    r"(?i)\b(authorization|bearer|[a-z_]*token|ticket|password|passwd|secret|mfa[a-z_]*|code)\b"
    r"(['\"]?\s*[:= ]\s*['\"]?)"
    r"(?:bearer\s+|basic\s+)?[^\s,'\"&;]{6,}"
)


class _Formatter(logging.Formatter):
    """One clean line an entry; a traceback keeps its lines, each cleaned."""

    def format(self, record: logging.LogRecord) -> str:
        text = _SECRET.sub(rf"\1\2{HIDDEN}", redacted(super().format(record)))
        return "\n".join(clean(line, _LONGEST_LINE) for line in text.splitlines())


def log_file(paths: Paths) -> Path:
    """The newest file of the log; the older ones lie beside it."""
    return paths.logs / _FILE


def to_file(paths: Paths) -> Path:
    """Log into the installation's folder; where. Called again it changes nothing."""
    private_folder(paths.logs)
    path = log_file(paths)
    root = logging.getLogger()
    for handler in list(root.handlers):
        if isinstance(handler, RotatingFileHandler):
            if Path(handler.baseFilename) == path:
                return path
            root.removeHandler(handler)
            handler.close()
    _add(RotatingFileHandler(path, maxBytes=_FILE_BYTES, backupCount=_FILES, encoding="utf-8", delay=True))
    logging.getLogger(_OURS).setLevel(logging.INFO)
    return path


def to_stderr() -> None:
    """Show the log as it is written."""
    _add(logging.StreamHandler(sys.stderr))
    logging.getLogger(_OURS).setLevel(logging.DEBUG)


def crash(paths: Paths, problem: BaseException) -> Path:
    """Write a traceback into the log; where that is."""
    path = to_file(paths)
    logging.getLogger(_OURS).critical("unexpected %s", type(problem).__name__, exc_info=problem)
    return path


def _add(handler: logging.Handler) -> None:
    logging.raiseExceptions = False  # a log that cannot be written is no reason for a traceback on the screen
    handler.setFormatter(_Formatter(_FORMAT))
    logging.getLogger().addHandler(handler)
