"""Reads tables of patients in chunks: CSV, and Parquet through pyarrow."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from bme_bayes.errors import InputError

CHUNK = 1000
MOST_CHARACTERS = 100_000
"""Of one CSV field."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number in the file (the head of a CSV file is row 1), cells by column.

    `problem` says what is wrong with the row as a whole.
    """

    number: int
    cells: dict[str, object] = field(default_factory=dict)
    problem: str = ""


@dataclass(frozen=True)
class Table:
    """An open table: column names, rows in chunks with how far they are, and the whole of that."""

    columns: tuple[str, ...]
    chunks: Iterator[tuple[list[Row], int]]
    total: int
    unit: str


@contextmanager
def open_table(path: Path) -> Iterator[Table]:
    """Open a CSV or Parquet file by its ending. Raises `InputError`."""
    try:
        if path.suffix.lower() == ".csv":
            with path.open(encoding="utf-8-sig", newline="") as text:
                yield _csv_table(text, path)
        elif path.suffix.lower() == ".parquet":
            yield _parquet_table(path)
        else:
            raise InputError(f"{path}: a cohort is a .csv or a .parquet file")
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 text (byte {error.start} of a block)") from None
    except csv.Error as error:
        raise InputError(f"{path} is not a CSV file: {error}") from None


def _csv_table(text: TextIO, path: Path) -> Table:
    csv.field_size_limit(MOST_CHARACTERS)
    lines = csv.reader(text, strict=True)
    columns = _checked([c.strip() for c in next(lines, [])], path)

    def chunks() -> Iterator[tuple[list[Row], int]]:
        rows: list[Row] = []
        for number, values in enumerate(lines, start=2):
            if not any(v.strip() for v in values):
                continue
            if len(values) != len(columns):
                problem = f"{len(values)} cells in a table of {len(columns)} columns"
                rows.append(Row(number, {}, problem))
            else:
                cells = (v.strip() for v in values)
                rows.append(Row(number, dict(zip(columns, cells, strict=True))))
            if len(rows) >= CHUNK:
                yield rows, text.buffer.tell()
                rows = []
        yield rows, text.buffer.tell()

    return Table(columns, chunks(), path.stat().st_size, "B")


def _parquet_table(path: Path) -> Table:
    import pyarrow as pa  # noqa: PLC0415 - takes a quarter of a second
    import pyarrow.parquet as pq  # noqa: PLC0415

    if not path.is_file():
        raise InputError(f"cannot read {path}: No such file")
    try:
        file = pq.ParquetFile(path)
    except pa.ArrowException as error:
        raise InputError(f"{path} is not a Parquet file: {error}") from None
    columns = _checked(list(file.schema_arrow.names), path)

    def chunks() -> Iterator[tuple[list[Row], int]]:
        done = 0
        for batch in file.iter_batches(batch_size=CHUNK):
            rows = [Row(done + i, _plain(cells)) for i, cells in enumerate(batch.to_pylist(), 1)]
            done += len(rows)
            yield rows, done

    return Table(columns, chunks(), file.metadata.num_rows, "rows")


def _plain(cells: dict[str, object]) -> dict[str, object]:
    """Cells as CSV has them: blank for nothing, text without blanks around it."""
    out: dict[str, object] = {}
    for name, value in cells.items():
        if value is None or (isinstance(value, float) and math.isnan(value)):
            out[name] = ""
        else:
            out[name] = value.strip() if isinstance(value, str) else value
    return out


def _checked(columns: list[str], path: Path) -> tuple[str, ...]:
    if not columns:
        raise InputError(f"{path} is empty")
    twice = {c for c in columns if columns.count(c) > 1}
    if twice or "" in columns:
        which = "has no name" if "" in columns else f"{sorted(twice)[0]!r} is there twice"
        raise InputError(f"{path}: a column {which}")
    return tuple(columns)
