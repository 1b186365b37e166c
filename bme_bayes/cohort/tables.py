"""Reads tables of patients in chunks: CSV, and Parquet through pyarrow."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import BinaryIO, TextIO

from bme_bayes.cohort.limits import MOST_CHARACTERS, MOST_COLUMNS, MOST_LINE, MOST_TEXT
from bme_bayes.errors import InputError

CHUNK = 1000
ENDINGS = (".csv", ".parquet")
DELIMITERS = ",;\t"
"""Spreadsheets of some countries write semicolons; the head tells."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows of a table.

    numbers : where each row stands in the file (the head of a CSV file is row 1)
    cells : by column, one a row; blank for nothing, text without blanks around it
    faults : rows that have no cells, with what is wrong
    """

    numbers: list[int]
    cells: dict[str, list[object]]
    faults: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Table:
    """An open table: column names, rows in chunks with how far they are, and the whole of that."""

    name: str
    columns: tuple[str, ...]
    chunks: Iterator[tuple[Chunk, int]]
    total: int
    unit: str


@contextmanager
def open_table(path: Path) -> Iterator[Table]:
    """Open a CSV or Parquet file by its ending. Raises `InputError`."""
    check_ending(path.name, str(path))
    try:
        with path.open("rb") as handle, read_table(handle, path.name, str(path)) as table:
            yield table
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from None


def check_ending(file: str, name: str = "") -> str:
    """The ending of a table's file in lower case; raises `InputError` for another."""
    ending = Path(file).suffix.lower()
    if ending not in ENDINGS:
        raise InputError(f"{name or file}: a cohort is a .csv or a .parquet file")
    return ending


@contextmanager
def read_table(handle: BinaryIO, file: str, name: str = "") -> Iterator[Table]:
    """The table in an open file; `file` has the ending, `name` is what messages begin with."""
    ending, name = check_ending(file, name or file), name or file
    size = handle.seek(0, os.SEEK_END)
    handle.seek(0)
    if ending == ".parquet":
        from bme_bayes.cohort.parquet import parquet_table  # noqa: PLC0415 - imports pyarrow

        names, chunks, rows = parquet_table(handle, name, size, CHUNK)
        yield Table(name, _checked(names, name), chunks, rows, "rows")
        return
    text = io.TextIOWrapper(handle, encoding="utf-8-sig", newline="")
    try:
        csv.field_size_limit(MOST_CHARACTERS)
        lines = _lines(text, name)
        head = next(lines, "")
        delimiter = max(DELIMITERS, key=head.count)
        records = csv.reader(chain([head], lines), delimiter=delimiter, strict=True)
        columns = _checked([c.strip() for c in _first(records, name)], name)
        yield Table(name, columns, _csv_chunks(records, columns, text, name), size, "B")
    finally:
        text.detach()


def _lines(text: TextIO, name: str) -> Iterator[str]:
    """The lines of a text; one without an end is refused before it fills the memory."""
    try:
        while line := text.readline(MOST_LINE):
            if len(line) >= MOST_LINE:
                raise InputError(f"{name}: a line has {MOST_LINE:,} characters or more")
            yield line
    except UnicodeDecodeError:
        raise InputError(f"{name} is not UTF-8 text; save it as CSV UTF-8") from None


def _reason(error: csv.Error) -> str:
    if "limit" in str(error):
        return f"a cell has over {MOST_CHARACTERS:,} characters"
    return "quotation marks that do not pair up"


def _first(records: Iterator[list[str]], name: str) -> list[str]:
    try:
        return next(records, [])
    except csv.Error as error:
        raise InputError(f"{name} is not a CSV file: {_reason(error)}") from None


def _csv_chunks(
    records: Iterator[list[str]], columns: tuple[str, ...], text: TextIO, name: str
) -> Iterator[tuple[Chunk, int]]:
    numbers: list[int] = []
    rows: list[list[str]] = []
    faults: list[tuple[int, str]] = []
    characters, number = 0, 1
    try:
        for number, values in enumerate(records, start=2):
            cells = [v.strip() for v in values]
            if not any(cells):
                continue
            if len(cells) != len(columns):
                faults.append((number, f"{len(cells)} cells in a table of {len(columns)} columns"))
            else:
                numbers.append(number)
                rows.append(cells)
            characters += sum(map(len, cells))
            if len(rows) + len(faults) >= CHUNK or characters >= MOST_TEXT:
                yield Chunk(numbers, _by_column(columns, rows), faults), text.buffer.tell()
                numbers, rows, faults, characters = [], [], [], 0
    except csv.Error as error:
        raise InputError(
            f"{name} is not a CSV file: {_reason(error)}, after row {number}"
        ) from None
    yield Chunk(numbers, _by_column(columns, rows), faults), text.buffer.tell()


def _by_column(columns: tuple[str, ...], rows: list[list[str]]) -> dict[str, list[object]]:
    turned = zip(*rows, strict=True) if rows else ([] for _ in columns)
    return {name: list(cells) for name, cells in zip(columns, turned, strict=True)}


def _checked(columns: list[str], name: str) -> tuple[str, ...]:
    if not columns:
        raise InputError(f"{name} is empty")
    if len(columns) > MOST_COLUMNS:
        raise InputError(f"{name} has {len(columns):,} columns; {MOST_COLUMNS:,} are read at most")
    twice = {c for c in columns if columns.count(c) > 1}
    if twice or "" in columns:
        which = "has no name" if "" in columns else f"{sorted(twice)[0]!r} is there twice"
        raise InputError(f"{name}: a column {which}")
    return tuple(columns)
