"""Rows as Parquet, through pyarrow, which is an extra. Units and sentences are in each field's metadata."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from typing import Any, BinaryIO

from ...columns import to_json
from ...errors import UsageProblem
from .shape import Column, Kind, Row

#: Rows of a group: what a reader may pass over by its lowest and highest values.
_GROUP_ROWS = 100_000


def require_pyarrow() -> None:
    """Raises UsageProblem where pyarrow is not installed."""
    if importlib.util.find_spec("pyarrow") is None:
        raise UsageProblem(
            "Parquet is written by pyarrow, which is not installed.",
            hint="`pip install 'garminsync-tui[parquet]'` adds it; csv and json need nothing.",
        )


class ParquetWriter:
    """Keeps a group of rows in memory, as columns."""

    def __init__(self, stream: BinaryIO, columns: Sequence[Column]) -> None:
        require_pyarrow()
        import pyarrow as pa
        import pyarrow.parquet as pq

        self._pa = pa
        self._schema = pa.schema([_field(pa, column) for column in columns])
        self._documents = [place for place, column in enumerate(columns) if column.kind is Kind.DOCUMENT]
        self._file = pq.ParquetWriter(stream, self._schema, compression="zstd")
        self._waiting: list[Any] = []
        self._rows = 0

    def write(self, page: Sequence[Row]) -> None:
        """Take one page, and write a group where there are enough rows."""
        if not page:
            return
        columns = list(zip(*page, strict=True))
        for place in self._documents:
            columns[place] = tuple(None if value is None else to_json(value) for value in columns[place])
        arrays = [self._pa.array(values, field.type) for values, field in zip(columns, self._schema, strict=True)]
        self._waiting.append(self._pa.record_batch(arrays, schema=self._schema))
        self._rows += len(page)
        if self._rows >= _GROUP_ROWS:
            self._flush()

    def close(self) -> None:
        """Write what is left, and the file's end."""
        self._flush()
        self._file.close()

    def _flush(self) -> None:
        if self._waiting:
            table = self._pa.Table.from_batches(self._waiting, self._schema)
            self._file.write_table(table, row_group_size=max(self._rows, 1))
        self._waiting, self._rows = [], 0


def _field(pa: Any, column: Column) -> Any:
    types = {
        Kind.TEXT: pa.string(),
        Kind.INTEGER: pa.int64(),
        Kind.REAL: pa.float64(),
        Kind.FLAG: pa.bool_(),
        Kind.INSTANT: pa.timestamp("ms", tz="UTC"),
        Kind.DAY: pa.date32(),
        Kind.DOCUMENT: pa.string(),
    }
    about = {"about": column.about} | ({"unit": column.unit} if column.unit else {})
    return pa.field(column.name, types[column.kind], metadata=about)
