"""One measured promise."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Line:
    what: str
    value: float
    unit: str
    promised: float
    at_least: bool = False

    @property
    def kept(self) -> bool:
        return self.value >= self.promised if self.at_least else self.value <= self.promised

    def on(self, database: str) -> Line:
        """The same, said of one of the databases."""
        return replace(self, what=f"{database}: {self.what}")

    def __str__(self) -> str:
        sign = ">=" if self.at_least else "<="
        value = f"{self.value:.2f} {self.unit}".rstrip()
        promise = f"{sign} {self.promised:g} {self.unit}".rstrip()
        return f"{self.what:<56}{value:>14}{promise:>14}{'' if self.kept else '   BROKEN'}"
