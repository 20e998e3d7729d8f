"""Everything that can go wrong and that a person can do something about.

    GarminSyncError                  what happened (message) and what to do now (hint); exit code 1
    ├── UsageProblem                 a flag, a date or a setting that cannot be meant; exit code 2
    │   └── AnotherPerson            an archive of somebody else than the one whose data is here
    ├── SignInRequired               no account, or Garmin no longer accepts its tokens; exit code 3
    │   ├── WrongPassword            Garmin does not know this address and password together
    │   ├── WrongCode                the security code was not accepted; it can be tried again
    │   └── SignInRefused            429 or CAPTCHA: never shown as a wrong password
    │       └── SignInBlocked        Cloudflare's gate
    ├── OtherSignInNeeded            what the account's way of signing in does not give; exit code 3
    ├── RateLimited                  Garmin says how long to wait (retry_after_s); exit code 4
    │   └── Blocked                  its gate (Cloudflare) lets nothing through from here for now
    ├── Unavailable                  no connection, a time-out or a 5xx: the same request may work later
    ├── UnexpectedAnswer             an answer that is not what this endpoint gives
    │   └── NotAtGarmin              404 or 410: the item is not there
    ├── FileDamaged                  bytes that are not what their kind promises
    ├── InvalidWorkout               a workout that cannot be kept or sent, with the place and the reason
    ├── WorkoutChanged               a workout that was changed or deleted at Garmin since both sides agreed
    ├── DiskFull                     no room for the database or a file
    ├── DatabaseUnusable             cannot be opened, or is damaged
    │   ├── DatabaseBusy             somebody else holds it for longer than we wait
    │   └── DatabaseTooNew           written by a newer program
    ├── KeyMissing                   sealed tokens without the key that opens them
    ├── AlreadyRunning               another process does this already
    ├── LeaseLost                    another runner took this job over: stop, write nothing
    └── Cancelled                    somebody asked for it

A programming error is not in this tree: it keeps its traceback and reaches the log.
"""

from __future__ import annotations

import errno
from typing import ClassVar


class GarminSyncError(Exception):
    """A fault with a sentence for the person (`message`) and the next step (`hint`)."""

    exit_code: ClassVar[int] = 1
    #: Names the condition in job rows and `--json`; never changes once released.
    code: ClassVar[str] = "failed"

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageProblem(GarminSyncError):
    """What was asked for cannot be meant: an unknown flag value, a date in the future."""

    exit_code = 2
    code = "usage"


class AnotherPerson(UsageProblem):
    """An archive of somebody else than the one whose data is here: somebody has to say that it is meant."""

    code = "another_person"
    HINT = (
        "Give it a home of its own: `garminsync --home DIR import …`. With --other-person it comes in here, in an"
        " account of its own; lists and totals count both."
    )

    def __init__(self, message: str) -> None:
        super().__init__(message, hint=self.HINT)


class SignInRequired(GarminSyncError):
    """There is no linked account, or Garmin no longer accepts its tokens."""

    exit_code = 3
    code = "sign_in_required"

    def __init__(
        self,
        message: str = "Garmin asks for a new sign-in.",
        *,
        hint: str = "Run `garminsync login`. Everything already stored stays.",
    ) -> None:
        super().__init__(message, hint=hint)


class WrongPassword(SignInRequired):
    """Garmin does not know this address and password together."""

    code = "wrong_password"

    def __init__(self) -> None:
        super().__init__(
            "Garmin did not accept this e-mail address and password.",
            hint="Check both at connect.garmin.com, then try again.",
        )


class WrongCode(SignInRequired):
    """The security code was not accepted; the pending sign-in goes on."""

    code = "wrong_code"

    def __init__(self) -> None:
        super().__init__(
            "That security code was not accepted.",
            hint="Use the code of the newest message; older ones stop working.",
        )


class WrongTicket(SignInRequired):
    """The ticket of a browser was not accepted."""

    code = "wrong_ticket"

    def __init__(self) -> None:
        super().__init__(
            "Garmin did not accept that ticket.",
            hint="One is good once and for some minutes: sign in in the browser again and paste all of the new one.",
        )


class SignInRefused(SignInRequired):
    """Garmin refuses to talk about signing in for now (429, CAPTCHA)."""

    code = "sign_in_refused"


class SignInBlocked(SignInRefused):
    """The gate before Garmin (Cloudflare) lets no sign-in through for now."""

    code = "sign_in_blocked"


class OtherSignInNeeded(GarminSyncError):
    """What was asked for is not given to who signs in as this account does; the link itself is good."""

    exit_code = 3
    code = "other_sign_in_needed"

    def __init__(self, what: str) -> None:
        super().__init__(
            f"The official API key, by which this account is signed in, does not give {what}.",
            hint="Another way of signing in does: `garminsync login`. Everything already stored stays.",
        )


class RateLimited(GarminSyncError):
    """Garmin says to wait."""

    exit_code = 4
    code = "rate_limited"

    def __init__(self, retry_after_s: float | None, message: str = "") -> None:
        wait = f"for {retry_after_s:.0f} s" if retry_after_s is not None else "for a while"
        super().__init__(
            message or f"Garmin asks to wait {wait} before the next request.",
            hint="Nothing needs doing: the job goes on by itself when the time is over.",
        )
        self.retry_after_s = retry_after_s


class Blocked(RateLimited):
    """Garmin's gate (Cloudflare) lets nothing through from here for now; signing in again does not help."""

    code = "blocked"

    def __init__(self, retry_after_s: float | None = None) -> None:
        super().__init__(retry_after_s, "Garmin's gate (Cloudflare) blocks this network for now.")


class Unavailable(GarminSyncError):
    """No connection, a time-out or a server error: the same request may work later."""

    code = "unavailable"


class UnexpectedAnswer(GarminSyncError):
    """The server's answer is not what this endpoint gives."""

    code = "unexpected_answer"


class NotAtGarmin(UnexpectedAnswer):
    """The item is not, or no longer, at Garmin (404, 410)."""

    code = "not_at_garmin"


class FileDamaged(GarminSyncError):
    """Bytes that are not what their kind promises; names the file and why."""

    code = "file_damaged"

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(
            f"{name}: {reason}",
            hint="The file is kept as it came. Export it again at Garmin, or leave it: the rest goes on.",
        )
        self.name = name
        self.reason = reason


class InvalidWorkout(GarminSyncError):
    """A workout that cannot be kept, or that Garmin would not take: which step (2.1 is `(2, 1)`) of which, and why."""

    code = "invalid_workout"

    def __init__(self, place: tuple[int, ...], reason: str, *, hint: str = "", name: str = "") -> None:
        where = [name] if name else []
        if place:
            where.append(f"{'step' if name else 'Step'} {'.'.join(map(str, place))}")
        super().__init__(f"{': '.join(where) or 'The workout'}: {reason}.", hint=hint)
        self.place = place
        self.reason = reason


class WorkoutChanged(GarminSyncError):
    """A workout was changed or deleted at Garmin since both sides agreed: somebody has to choose."""

    code = "workout_changed"


class DiskFull(GarminSyncError):
    """No room for the database or a file; nothing already stored is harmed."""

    code = "disk_full"
    #: What the system says then: the disk is full, the quota is used up, or a file may not grow any more.
    ERRNOS: ClassVar = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class DatabaseUnusable(GarminSyncError):
    """The database cannot be opened, or is damaged."""

    code = "database"


class DatabaseBusy(DatabaseUnusable):
    """Somebody else holds the database for longer than we wait."""

    code = "database_busy"


class DatabaseTooNew(DatabaseUnusable):
    """The database was written by a newer program."""

    code = "database_too_new"


class KeyMissing(GarminSyncError):
    """The key that opens the sealed tokens is not there, or is another one."""

    exit_code = 3
    code = "key_missing"

    def __init__(
        self,
        message: str = "The key of the stored tokens is not there.",
        *,
        hint: str = "Bring the key back (`garminsync keys import FILE`), or sign in again with `garminsync login`;"
        " everything already stored stays.",
    ) -> None:
        super().__init__(message, hint=hint)


class AlreadyRunning(GarminSyncError):
    """Another process does this already."""

    code = "already_running"


class LeaseLost(GarminSyncError):
    """Another runner took this job over; this one stops and writes nothing more."""

    code = "lease_lost"


class Cancelled(GarminSyncError):
    """Somebody asked for it."""

    code = "cancelled"
