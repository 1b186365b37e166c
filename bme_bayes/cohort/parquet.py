"""Parquet as chunks of cells. Imports pyarrow, which takes a quarter of a second."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bme_bayes.cohort.limits import MOST_CHARACTERS, MOST_TEXT, check_parquet
from bme_bayes.cohort.tables import Chunk
from bme_bayes.errors import InputError

MOST_FOOTER = 10_000_000
Read = tuple[list[str], Iterator[tuple[Chunk, int]], int]


def parquet_table(handle: BinaryIO, name: str, size: int, chunk: int) -> Read:
    """Column names, chunks with the rows done, and the number of rows. Raises `InputError`."""
    limits = {"thrift_string_size_limit": MOST_FOOTER, "thrift_container_size_limit": 1_000_000}
    try:
        schema = pq.ParquetFile(handle, **limits)
        check_parquet(schema.metadata, size, name)
        texts = [f.name for f in schema.schema_arrow if _is_text(f.type)]
        # Text as a dictionary: a long text that is repeated stays one text.
        file = pq.ParquetFile(handle, read_dictionary=texts, **limits)
    except (pa.ArrowException, OSError, UnicodeDecodeError):
        raise InputError(f"{name} is not a Parquet file, or it is damaged") from None
    for column in file.schema_arrow:
        if not _is_cell(column.type):
            raise InputError(f"{name}: column {column.name!r} holds {column.type}, not cells")
    return list(file.schema_arrow.names), _chunks(file, name, chunk), file.metadata.num_rows


def _chunks(file: Any, name: str, size: int) -> Iterator[tuple[Chunk, int]]:
    done = 0
    try:
        for batch in file.iter_batches(batch_size=size):
            numbers = list(range(done + 1, done + 1 + batch.num_rows))
            done += batch.num_rows
            _check_text(batch, f"{name}, rows {numbers[0]} to {done}")
            cells = {c: _cells(batch.column(i)) for i, c in enumerate(batch.schema.names)}
            yield Chunk(numbers, cells), done
    except (pa.ArrowException, OSError, ValueError, OverflowError):  # dates, bad UTF-8
        raise InputError(f"{name} is damaged after row {done:,}") from None


def _check_text(batch: Any, where: str) -> None:
    """Refuse texts that are too long, before they are unfolded to one a row."""
    total = 0
    for i, name in enumerate(batch.schema.names):
        column = batch.column(i)
        if pa.types.is_dictionary(column.type) and _is_text(column.type.value_type):
            lengths = pc.binary_length(column.dictionary).take(column.indices)
            if (pc.max(lengths).as_py() or 0) > MOST_CHARACTERS:
                raise InputError(
                    f"{where}: a cell of {name!r} has over {MOST_CHARACTERS:,} characters"
                )
            total += pc.sum(lengths).as_py() or 0
    if total > 4 * MOST_TEXT:
        raise InputError(f"{where}: {total:,} characters of text; not read")


def _cells(column: Any) -> list[object]:
    """Cells as CSV has them: blank for nothing, text without blanks around it."""
    if pa.types.is_dictionary(column.type):
        known = [_plain(v) for v in column.dictionary.to_pylist()]
        return ["" if i is None else known[i] for i in column.indices.to_pylist()]
    return [_plain(v) for v in column.to_pylist()]


def _plain(value: object) -> object:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return value.strip() if isinstance(value, str) else value


def _is_text(kind: Any) -> bool:
    known = (pa.string(), pa.large_string(), pa.binary(), pa.large_binary())
    return kind in known


def _is_cell(kind: Any) -> bool:
    """Whether cells are text or of a small, fixed size."""
    if pa.types.is_dictionary(kind):
        return _is_cell(kind.value_type)
    small = ("integer", "floating", "boolean", "null", "temporal", "decimal")
    return _is_text(kind) or any(getattr(pa.types, f"is_{name}")(kind) for name in small)
