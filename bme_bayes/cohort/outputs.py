"""Writes result tables; text is no formula to a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Protocol

FORMULA = ("=", "+", "-", "@", "\t", "\r")
Cells = Sequence[object]


class Writer(Protocol):
    """What takes rows of the columns that it was opened with."""

    def write(self, rows: Sequence[Cells]) -> None:
        """Append rows."""


@contextmanager
def open_writer(
    path: Path | io.BytesIO, kind: str, columns: Sequence[tuple[str, str]]
) -> Iterator[Writer]:
    """A writer of CSV or Parquet; columns are (name, `text`, `int` or `float`)."""
    if kind == ".csv" and isinstance(path, io.BytesIO):
        text = io.TextIOWrapper(path, newline="", encoding="utf-8")
        yield _Csv(text, [name for name, _ in columns])
        text.detach()
    elif kind == ".csv" and isinstance(path, Path):
        with path.open("w", newline="", encoding="utf-8") as handle:
            yield _Csv(handle, [name for name, _ in columns])
    else:
        with _Parquet(path, columns) as writer:
            yield writer


class _Csv:
    def __init__(self, handle: IO[str], columns: Sequence[str]) -> None:
        self.writer = csv.writer(handle, lineterminator="\n")
        self.write([columns])

    def write(self, rows: Sequence[Cells]) -> None:
        self.writer.writerows(
            [[harmless(c) if isinstance(c, str) else c for c in row] for row in rows]
        )


class _Parquet:
    def __init__(self, path: Path | io.BytesIO, columns: Sequence[tuple[str, str]]) -> None:
        import pyarrow as pa  # noqa: PLC0415 - takes a quarter of a second
        import pyarrow.parquet as pq  # noqa: PLC0415

        types = {"text": pa.string(), "int": pa.int64(), "float": pa.float64()}
        self.table: Any = pa.Table
        self.schema = pa.schema([(name, types[kind]) for name, kind in columns])
        self.texts = [kind == "text" for _, kind in columns]
        self.writer = pq.ParquetWriter(path, self.schema)

    def __enter__(self) -> _Parquet:
        return self

    def __exit__(self, *_: object) -> None:
        self.writer.close()

    def write(self, rows: Sequence[Cells]) -> None:
        if rows:
            by_column: list[list[object]] = [list(c) for c in zip(*rows, strict=True)]
            filled: list[list[object]] = [
                [None if v is None else str(v) for v in column] if text else column
                for column, text in zip(by_column, self.texts, strict=True)
            ]
            self.writer.write_table(self.table.from_arrays(self._arrays(filled), self.schema.names))

    def _arrays(self, columns: list[list[object]]) -> list[Any]:
        import pyarrow as pa  # noqa: PLC0415

        return [pa.array(c, t) for c, t in zip(columns, self.schema.types, strict=True)]


def as_bytes(kind: str, columns: Sequence[tuple[str, str]], rows: Sequence[Cells]) -> bytes:
    """A whole table as the bytes of a CSV or Parquet file."""
    buffer = io.BytesIO()
    with open_writer(buffer, kind, columns) as writer:
        writer.write(rows)
    return buffer.getvalue()


def harmless(cell: object) -> object:
    """A cell that no spreadsheet runs as a formula; numbers stay numbers."""
    if not isinstance(cell, str) or not cell.startswith(FORMULA):
        return cell
    try:
        float(cell)
    except ValueError:
        return f"'{cell}"
    return cell
