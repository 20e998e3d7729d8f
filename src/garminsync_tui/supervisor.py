"""What keeps the daemon running: a systemd user unit, or a launchd agent on macOS.

Only a file that this module wrote is ever replaced or removed; its first line of its own says so.
"""

from __future__ import annotations

import html
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from . import __version__
from .errors import GarminSyncError, UsageProblem
from .new_file import new_file
from .paths import launchd_agent, private_folder, systemd_user_unit

#: In a comment of each file: whose it is.
_OURS = "Written by `garminsync service install`"
_FOR = "It runs: "
_PATIENCE_S = 60

_UNIT = """\
# {ours} ({version}); `garminsync service uninstall` takes it away.
# {runs}
[Unit]
Description=garminsync, your own copy of your Garmin Connect data
# However long the database or the disk is away: it is tried again.
StartLimitIntervalSec=0

[Service]
Type=notify
NotifyAccess=main
ExecStart={command}
Restart=on-failure
RestartSec=60
# What cannot be meant (an unknown setting) is no better a minute later.
RestartPreventExitStatus=2
# An upgrade of a large database, with a backup before it, takes its time.
TimeoutStartSec=30min
TimeoutStopSec=30
WatchdogSec=120
UMask=0077
LimitCORE=0
NoNewPrivileges=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RestrictNamespaces=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
SystemCallArchitectures=native

[Install]
WantedBy=default.target
"""

_AGENT = """\
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<!-- {ours} ({version}); `garminsync service uninstall` takes it away. -->
<!-- {runs} -->
<plist version="1.0">
<dict>
  <key>Label</key><string>{label}</string>
  <key>ProgramArguments</key>
  <array>
{arguments}
  </array>
  <key>RunAtLoad</key><true/>
  <key>KeepAlive</key><dict><key>SuccessfulExit</key><false/></dict>
  <key>ThrottleInterval</key><integer>60</integer>
  <key>ExitTimeOut</key><integer>30</integer>
  <key>ProcessType</key><string>Background</string>
  <key>Umask</key><integer>63</integer>
</dict>
</plist>
"""


@dataclass(frozen=True, slots=True)
class Supervisor:
    """systemd or launchd, as far as this program deals with it."""

    name: str
    file: Path
    #: Commands, as a person would type them.
    start: tuple[tuple[str, ...], ...]
    stop: tuple[tuple[str, ...], ...]
    #: After the file is gone.
    forget: tuple[tuple[str, ...], ...]
    #: Ends well where it runs for this user.
    is_there: tuple[str, ...]
    #: Ends well where the daemon runs under it.
    is_running: tuple[str, ...]

    def text(self, command: Sequence[str]) -> str:
        """The file that runs `command`."""
        words = " ".join(map(_quoted, command))
        runs = _FOR + words
        if self.name == "systemd":
            return _UNIT.format(ours=_OURS, version=__version__, runs=runs, command=words)
        arguments = "\n".join(f"    <string>{html.escape(word)}</string>" for word in command)
        # Two hyphens would end the comment.
        runs = html.escape(runs.replace("--", "- -"))
        return _AGENT.format(ours=_OURS, version=__version__, runs=runs, label=self.file.stem, arguments=arguments)

    def written(self) -> str | None:
        """The file as it is; None where there is none. Raises GarminSyncError where it cannot be read."""
        try:
            return self.file.read_text("utf-8")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError):
            raise GarminSyncError(
                f"{self.file} cannot be read.", hint="Mend its permissions, or take it away."
            ) from None

    def write(self, command: Sequence[str]) -> None:
        """Write the file. Raises UsageProblem where one is there that somebody else wrote."""
        self.refuse_foreign(
            "It stays as it is. Take it away yourself, or look at `garminsync service install --dry-run`."
        )
        private_folder(self.file.parent)
        with new_file(self.file, replace=True) as file:
            file.write(self.text(command))

    def remove(self) -> None:
        """Take the file away. Raises UsageProblem where somebody else wrote it."""
        self.refuse_foreign("It stays as it is.")
        self.file.unlink(missing_ok=True)

    def refuse_foreign(self, hint: str) -> None:
        """Raise UsageProblem where somebody else wrote the file."""
        text = self.written()
        if (text is not None and not is_ours(text)) or self.file.is_symlink():
            raise UsageProblem(f"{self.file} was not written by garminsync.", hint=hint)

    def succeeds(self, *command: str) -> bool:
        """Whether a command of the supervisor's can be run and ends well."""
        try:
            done = subprocess.run(command, capture_output=True, check=False, timeout=_PATIENCE_S)  # noqa: S603 - a table's
        except (OSError, subprocess.TimeoutExpired):
            return False
        return done.returncode == 0


def runs(text: str) -> str:
    """What a file that `install` wrote says it runs."""
    return next((line.partition(_FOR)[2].removesuffix(" -->") for line in text.splitlines() if _FOR in line), "")


def is_ours(text: str) -> bool:
    """Whether `install` wrote this."""
    return _OURS in text


def supervisor() -> Supervisor:
    """The one of this system. Raises UsageProblem where there is none that is known."""
    if sys.platform == "darwin":
        return _launchd(launchd_agent())
    if sys.platform.startswith("linux"):
        return _systemd(systemd_user_unit())
    raise UsageProblem(
        "There is neither systemd nor launchd on this system.",
        hint="Let whatever starts programs here run `garminsync daemon`.",
    )


def _systemd(file: Path) -> Supervisor:
    systemctl = ("systemctl", "--user")
    return Supervisor(
        name="systemd",
        file=file,
        start=((*systemctl, "daemon-reload"), (*systemctl, "enable", "--now", file.name)),
        stop=((*systemctl, "disable", "--now", file.name),),
        forget=((*systemctl, "daemon-reload"),),
        is_there=(*systemctl, "show-environment"),
        is_running=(*systemctl, "is-active", "--quiet", file.name),
    )


def _launchd(file: Path) -> Supervisor:
    domain = f"gui/{os.getuid()}"
    return Supervisor(
        name="launchd",
        file=file,
        start=(("launchctl", "bootstrap", domain, str(file)),),
        stop=(("launchctl", "bootout", f"{domain}/{file.stem}"),),
        forget=(),
        is_there=("launchctl", "print", domain),
        is_running=("launchctl", "print", f"{domain}/{file.stem}"),
    )


def _quoted(word: str) -> str:
    """A word of a systemd command line (systemd.service(5), "Command lines")."""
    for character, written in (("\\", "\\\\"), ('"', '\\"'), ("%", "%%"), ("$", "$$"), ("\n", "\\n")):
        word = word.replace(character, written)
    return f'"{word}"'
