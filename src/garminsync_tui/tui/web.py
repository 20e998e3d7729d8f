"""The page of an activity at Garmin Connect, and a browser to show it, where there is one in front of the person."""

from __future__ import annotations

import asyncio
import os
import sys
import webbrowser
from typing import TYPE_CHECKING

from .clipboard import is_remote

if TYPE_CHECKING:
    from ..models import Activity

_SERVERS = {"garmin.com": "https://connect.garmin.com", "garmin.cn": "https://connect.garmin.cn"}


def address(server: str, activity: Activity) -> str:
    """Where an activity is to be seen; empty for what did not come from Garmin."""
    garmin_id = activity.garmin_activity_id
    if server not in _SERVERS or not (garmin_id.isascii() and garmin_id.isdecimal()):
        return ""
    return f"{_SERVERS[server]}/modern/activity/{garmin_id}"


async def opened(page: str) -> bool:
    """Show a page in a browser with windows; whether there is one here.

    One in the terminal would draw over the app.
    """
    has_windows = sys.platform == "darwin" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if is_remote() or not has_windows:
        return False
    return await asyncio.to_thread(webbrowser.open, page)
