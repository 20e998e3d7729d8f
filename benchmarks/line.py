"""One measured promise."""

from __future__ import annotations

from dataclasses import dataclass


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

    def __str__(self) -> str:
        sign = ">=" if self.at_least else "<="
        value = f"{self.value:.2f} {self.unit}".rstrip()
        promise = f"{sign} {self.promised:g} {self.unit}".rstrip()
        return f"{self.what:<44}{value:>14}{promise:>14}{'' if self.kept else '   BROKEN'}"
