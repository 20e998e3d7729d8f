"""What became of the files of an import: how many, which, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from ...text import clean
from .sources import Found

if TYPE_CHECKING:
    from ...jobs.run import JobRun

#: Of everything that reads files for an import: counted up when a reader learns something, so that files it had no use
#: for are read again.
VERSION = 1

Outcome = Literal["imported", "known", "skipped", "failed"]
OUTCOMES: tuple[Outcome, ...] = ("imported", "known", "skipped", "failed")
#: Of files that have the same said of them so many are named; of failed ones more, for somebody has to look at them.
_NAMED, _FAILED_NAMED = 5, 500
_MOST_REASONS = 200
_OTHER_REASONS = "other reasons"


@dataclass(slots=True)
class Group:
    """Files of which the same is to be said."""

    count: int = 0
    names: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of one file, not written down yet."""

    found: Found
    outcome: Outcome
    reason: str
    sha256: bytes | None
    account_id: UUID | None
    activity_id: UUID | None


class Tally:
    """Counts files as they are done. What is settled waits in `settled` for the next page to write it down."""

    def __init__(self, gained: Mapping[str, int] = MappingProxyType({})) -> None:
        self.counts: Counter[str] = Counter()
        #: What came in, by the word for it: "activities", "readings", "days".
        self.gained: Counter[str] = Counter(gained)
        #: Days of which health came in, from however many files.
        self.days: set[date] = set()
        self.settled: list[Settled] = []
        #: How many files were found so far.
        self.total = 0
        self._groups: dict[tuple[Outcome, str], Group] = {}

    def show(self, run: JobRun, note: str) -> None:
        """Tell how far the import is: the files that are settled, of those that were found."""
        run.progress(self.done, max(self.total, 1), f"{self.done} of {self.total}  {note}")

    @property
    def done(self) -> int:
        """How many files are settled."""
        return self.counts.total()

    def imported(
        self,
        found: Found,
        note: str = "",
        *,
        sha256: bytes | None = None,
        account_id: UUID | None = None,
        activity_id: UUID | None = None,
    ) -> None:
        """Its content is here now; `note` says what is wrong with it all the same."""
        self._settle(Settled(found, "imported", note, sha256, account_id, activity_id))

    def known(
        self,
        found: Found,
        reason: str = "",
        *,
        sha256: bytes | None = None,
        account_id: UUID | None = None,
        activity_id: UUID | None = None,
    ) -> None:
        """Its content, or better, was here before."""
        self._settle(Settled(found, "known", reason, sha256, account_id, activity_id))

    def skipped(self, found: Found, reason: str, *, sha256: bytes | None = None) -> None:
        """It is whole, and there is nothing in it for here."""
        self._settle(Settled(found, "skipped", reason, sha256, None, None))

    def failed(self, found: Found, reason: str, *, sha256: bytes | None = None) -> None:
        """It is damaged, or could not be read."""
        self._settle(Settled(found, "failed", reason, sha256, None, None))

    def count(self, outcome: Outcome, name: str, reason: str = "") -> None:
        """Count a file of which nothing needs to be written down."""
        self.counts[outcome] += 1
        if not reason and outcome != "failed":
            return
        key = outcome, clean(reason)
        if key not in self._groups and len(self._groups) >= _MOST_REASONS:
            key = outcome, _OTHER_REASONS
        group = self._groups.setdefault(key, Group())
        group.count += 1
        if len(group.names) < (_FAILED_NAMED if outcome == "failed" else _NAMED):
            group.names.append(name)

    def _settle(self, settled: Settled) -> None:
        self.settled.append(settled)
        self.count(settled.outcome, settled.found.name, settled.reason)

    def told(self) -> Iterator[tuple[Outcome, str, int, list[str]]]:
        """What is to be said of files: what became of them, why, how many there are, and the first of their names."""
        order = sorted(self._groups.items(), key=lambda each: (-OUTCOMES.index(each[0][0]), -each[1].count))
        yield from ((outcome, reason, group.count, list(group.names)) for (outcome, reason), group in order)

    def failures(self) -> Iterator[tuple[str, str]]:
        """Each file that failed, by name and reason; of very many the first."""
        for (outcome, reason), group in self._groups.items():
            if outcome == "failed":
                yield from ((name, reason) for name in group.names)

    def result(self, *, whole: bool = True) -> dict[str, Any]:
        """As a job keeps it: the counts, and with `whole` the reasons with names."""
        found: dict[str, Any] = {outcome: self.counts[outcome] for outcome in OUTCOMES}
        gained = dict(self.gained) | ({"days": len(self.days)} if self.days else {})
        found["gained"] = {what: count for what, count in gained.items() if count}
        if whole:
            found["reasons"] = [
                {"outcome": outcome, "reason": reason, "count": count, "names": names}
                for outcome, reason, count, names in self.told()
            ]
        return found
