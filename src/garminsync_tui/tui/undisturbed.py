"""What uses the database comes to its end, also when the screen that asked goes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, Concatenate, Protocol


class UsesDatabase(Protocol):
    """Whose methods are shielded."""

    #: What uses the database now, whether or not somebody still waits for it.
    under_way: set[asyncio.Future[Any]]


def undisturbed[S: UsesDatabase, **P, T](
    method: Callable[Concatenate[S, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate[S, P], Coroutine[Any, Any, T]]:
    """Let `method` come to its end when who waits for it is cancelled.

    Screens cancel what they read when they go, some of them twice; a query that is cancelled twice leaves its
    connection half closed, and a program that does not end.
    """

    @wraps(method)
    async def shielded(self: S, /, *arguments: P.args, **options: P.kwargs) -> T:
        doing = asyncio.ensure_future(method(self, *arguments, **options))
        self.under_way.add(doing)
        doing.add_done_callback(self.under_way.discard)
        return await asyncio.shield(doing)

    return shielded
