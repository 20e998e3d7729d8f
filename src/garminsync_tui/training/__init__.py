"""Numbers for people who train, computed from recordings: pure functions that know nothing of the program.

Columns hold one value a second, NaN where none was measured. A number that cannot be computed honestly is
None. `explanations` has the words, formula and source of every figure; `heuristics` every judgement.
"""

from __future__ import annotations

#: Rises with every change that changes a number: stored figures with a lower one are to be computed again.
VERSION = 1
