"""Which step of one workout is which of another."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import zip_longest

import msgspec

from .definition import Leg, Repeat, Step


def aligned(
    old: Sequence[Step | Repeat | Leg], new: Sequence[Step | Repeat | Leg]
) -> list[tuple[int | None, int | None]]:
    """Pairs of positions, in the order of both; None where one side has nothing like it."""
    if [type(item) for item in old] == [type(item) for item in new]:
        return [(number, number) for number in range(len(old))]
    left_signs, right_signs = ([msgspec.json.encode(item) for item in items] for items in (old, new))
    pairs: list[tuple[int | None, int | None]] = []
    for _, first, last, start, end in SequenceMatcher(None, left_signs, right_signs).get_opcodes():
        for left, right in zip_longest(range(first, last), range(start, end)):
            if left is not None and right is not None and type(old[left]) is not type(new[right]):
                pairs += [(left, None), (None, right)]
            else:
                pairs.append((left, right))
    return pairs
