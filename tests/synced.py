"""What a database holds of Garmin's, for comparing one with another."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from garminsync_tui.models import Activity, CalendarDay, Coverage, HealthDaily, HealthMetric
from garminsync_tui.store.database import Database


async def content(database: Database, account_id: UUID | None = None) -> dict[str, list[tuple[Any, ...]]]:
    """Everything synced (of one account, or of all) as plain values, without ids and times of writing."""
    # Each begins with its natural key, so many columns long. No entities: there are tens of thousands of rows.
    wanted: dict[str, tuple[Any, str, int]] = {
        "activities": (
            Activity,
            "garmin_activity_id name activity_type start_time utc_offset_s duration distance calories file_type"
            " sha256 size_bytes extra",
            1,
        ),
        "health": (HealthMetric, "metric_type timestamp value unit extra", 2),
        "daily": (HealthDaily, "metric_type day minimum maximum n last", 2),
        "days": (CalendarDay, "day starts_at ends_at utc_offset_s source", 1),
        "coverage": (Coverage, "endpoint day item status reason first_at last_at", 3),
    }
    found: dict[str, list[tuple[Any, ...]]] = {}
    async with database.read() as session:
        for name, (table, columns, key) in wanted.items():
            statement = sa.select(*(getattr(table, column) for column in columns.split()))
            if account_id is not None:
                statement = statement.where(table.garmin_connect_account_id == account_id)
            rows = await session.execute(statement)
            found[name] = sorted((tuple(row) for row in rows), key=lambda row, n=key: row[:n])
    return found
