"""Work that blocks, in a thread that no end of the program waits for."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable


async def in_thread[**P, T](work: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> T:
    """What `work` returns or raises; unlike `asyncio.to_thread`, a server that never answers holds up no exit."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def unless_done[V](tell: Callable[[V], None], what: V) -> None:
        if not done.done():  # else nobody waits any more
            tell(what)

    def run() -> None:
        with contextlib.suppress(RuntimeError):  # the loop may have ended
            try:
                result = work(*arguments, **options)
            except BaseException as problem:
                loop.call_soon_threadsafe(unless_done, done.set_exception, problem)
            else:
                loop.call_soon_threadsafe(unless_done, done.set_result, result)

    threading.Thread(target=run, daemon=True, name=getattr(work, "__name__", "work")).start()
    return await done
