"""What is refused before it is read: files that are small on disk and huge in memory.

The limits are far above what a cohort needs: a thousand columns, a page of text in a cell.
"""

from __future__ import annotations

from typing import Any

from bme_bayes.errors import InputError

MOST_COLUMNS = 1000
MOST_CHARACTERS = 10_000
"""Of one cell."""
MOST_LINE = 2_000_000
MOST_TEXT = 4_000_000
"""Characters of a chunk of rows."""
MOST_BLOCK = 512_000_000
"""Bytes of one column in one row group of a Parquet file, uncompressed."""
SMALL_BLOCK = 16_000_000
RATIO = 1000
"""A column above `SMALL_BLOCK` that shrinks more than this is no table of patients."""
ROWS_A_BYTE = 100


def check_parquet(metadata: Any, size: int, name: str) -> None:
    """Refuse a Parquet file by its footer alone (`metadata`, of a file of `size` bytes).

    Raises `InputError` for too many columns or rows, or blocks that are huge when unpacked.
    """
    if metadata.num_columns > MOST_COLUMNS:
        raise InputError(
            f"{name} has {metadata.num_columns:,} columns; {MOST_COLUMNS:,} are read at most"
        )
    if not 0 <= metadata.num_rows <= ROWS_A_BYTE * size:
        raise InputError(f"{name} claims {metadata.num_rows:,} rows in {size:,} bytes; not read")
    for group in range(metadata.num_row_groups):
        for place in range(metadata.num_columns):
            block = metadata.row_group(group).column(place)
            packed, whole = block.total_compressed_size, block.total_uncompressed_size
            where = f"{name}: column {block.path_in_schema!r}, row group {group + 1},"
            if whole > MOST_BLOCK:
                raise InputError(
                    f"{where} has {whole:,} bytes; {MOST_BLOCK:,} are read at most (write the "
                    "file with smaller row groups)"
                )
            if whole > SMALL_BLOCK and whole > RATIO * max(packed, 1):
                raise InputError(f"{where} unpacks {packed:,} bytes to {whole:,}; not read")
