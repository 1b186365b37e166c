"""Reads JSON, YAML and CSV strictly: what was typed is what is read, or an error says where.

No tags, anchors or aliases, no key twice, no NaN, and no YAML surprises: `18_29` stays the
text it looks like (plain YAML reads the number 1829), and so do `yes`, `no` and dates.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any, NoReturn

import yaml

from bme_bayes.errors import DefinitionError, InputError, Problem

MOST_BYTES = 5_000_000
MOST_BYTES_OF_TABLE = 50_000_000
MOST_DEPTH = 60
_INT = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]{1,3})?")
_WORDS: dict[str, bool | None] = {
    "true": True, "True": True, "false": False, "False": False, "null": None, "~": None, "": None,
}  # fmt: skip
Row = dict[str, str]


class NotJson(InputError):
    """A text that is not JSON at all; it may be YAML."""


class Block(dict[str, Any]):
    """A mapping of a YAML file; `line` is where it begins."""

    line: int = 0


def modified(path: Path) -> int:
    """When a file was last written, in nanoseconds: what was read of it holds as long."""
    try:
        return path.stat().st_mtime_ns
    except OSError as error:
        raise InputError(f"cannot read {path.name}: {error.strerror}") from None


def read_text(path: str | Path, limit: int = MOST_BYTES) -> str:
    """The text of a file, or of standard input for `-`; at most `limit` bytes are read."""
    name = "standard input" if str(path) == "-" else str(path)
    try:
        if str(path) == "-":
            data = _bounded(sys.stdin.buffer, limit)
        else:
            with Path(path).open("rb") as handle:
                data = _bounded(handle, limit)
        if len(data) > limit:
            raise InputError(f"{name} is larger than {limit / 1e6:g} MB")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{name} is not UTF-8 text (byte {error.start})") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise InputError(f"cannot read {name}: {reason}") from None


def _bounded(handle: IO[bytes], limit: int) -> bytes:
    return handle.read(limit + 1)


def parse_json(text: str, name: str) -> Any:
    """The value of a JSON text."""

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for key, value in found:
            if key in out:
                raise InputError(f"{name}: {key!r} is given twice")
            out[key] = value
        return out

    def constant(word: str) -> NoReturn:
        raise InputError(f"{name}: {word} is not a number that JSON knows")

    try:
        return json.loads(text, object_pairs_hook=pairs, parse_constant=constant)
    except json.JSONDecodeError as error:
        if not text.strip():
            raise NotJson(f"{name} is empty") from None
        raise NotJson(
            f"{name} is not valid JSON: {error.msg} at line {error.lineno}, column {error.colno}"
        ) from None
    except RecursionError:
        raise InputError(f"{name} is nested too deeply") from None
    except ValueError as error:
        raise InputError(f"{name}: {error}") from None


def parse_yaml(text: str, name: str) -> Any:
    """The value of a YAML text of one document; mappings are `Block`s."""
    try:
        return _build(yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)), name)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise InputError(f"{name} is not valid YAML: {error.problem}{place}") from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise InputError(f"{name} is not valid YAML: {str(error).splitlines()[0]}") from None


def _build(events: Iterator[yaml.Event], name: str) -> Any:
    """Values from the parser's events, without recursion (the C composer has no depth limit)."""
    top: list[Any] = []
    stack: list[Block | list[Any]] = [top]
    keys: list[str | None] = [None]
    for event in events:
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise InputError(f"{name}:{line}: anchors and aliases are not read")
        if getattr(event, "tag", None) not in (None, "!"):
            raise InputError(f"{name}:{line}: the tag {getattr(event, 'tag', '')} is not read")
        if isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            stack.pop()
            keys.pop()
        elif isinstance(event, yaml.ScalarEvent):
            if isinstance(stack[-1], Block) and keys[-1] is None:
                keys[-1] = _key(event.value, stack[-1], f"{name}:{line}")
            else:
                _put(stack, keys, _scalar(event), name, line)
        elif isinstance(event, yaml.CollectionStartEvent):
            if len(stack) > MOST_DEPTH:
                raise InputError(f"{name}:{line}: nested too deeply")
            opened: Block | list[Any] = (
                [] if isinstance(event, yaml.SequenceStartEvent) else Block()
            )
            if isinstance(opened, Block):
                opened.line = line
            _put(stack, keys, opened, name, line)
            stack.append(opened)
            keys.append(None)
    if len(top) > 1:
        raise InputError(f"{name} holds several YAML documents; one is wanted")
    return top[0] if top else None


def _put(
    stack: list[Block | list[Any]], keys: list[str | None], value: Any, name: str, line: int
) -> None:
    place, key = stack[-1], keys[-1]
    if isinstance(place, list):
        place.append(value)
    elif key is None:
        raise InputError(f"{name}:{line}: a key has to be a plain word")
    else:
        place[key] = value
        keys[-1] = None


def _key(word: str, place: Mapping[str, Any], where: str) -> str:
    if word in place:
        raise InputError(f"{where}: {word!r} is given twice")
    return word


def _scalar(event: yaml.ScalarEvent) -> str | int | float | bool | None:
    text = event.value
    if event.style not in (None, "") or event.tag == "!":
        return str(text)
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else str(text)


def read_rows(path: Path, columns: str = "") -> Iterator[Row]:
    """Rows of a CSV table with these columns; an unreadable file is an `InputError`.

    A row with cells missing, or a column that is not there, is a `DefinitionError`.
    """
    try:
        reader = csv.DictReader(io.StringIO(read_text(path, MOST_BYTES_OF_TABLE), newline=""))
        missing = [c for c in columns.split() if c not in (reader.fieldnames or ())]
        if missing:
            raise DefinitionError([Problem(path.name, 1, f"has no column {missing[0]}")])
        for row in reader:
            if None in row or None in row.values():
                fault = f"does not have {len(reader.fieldnames or ())} cells"
                raise DefinitionError([Problem(path.name, reader.line_num, fault)])
            yield row
    except csv.Error as error:
        raise InputError(f"cannot read {path.name}: {error}") from None


def read_once(path: Path, columns: str, key: tuple[str, ...]) -> Iterator[Row]:
    """Rows of a table in which nothing may be defined twice."""
    seen = set()
    for line, row in enumerate(read_rows(path, columns), start=2):
        name = ".".join(row[column] for column in key)
        if name in seen:
            raise DefinitionError([Problem(path.name, line, f"{name} is given twice")])
        seen.add(name)
        yield row
