"""Inputs that are nearly right: valid documents with a few places changed (hypothesis)."""

from __future__ import annotations

import argparse
import copy
import json
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from fuzz import readers, seeds, small_data
from fuzz.readers import Reader, guarded

OVERFLOW = "@overflow@"
"""Becomes the literal 1e999, which many readers take for infinity."""
WORDS = (
    "", "present", "absent", "unknown", "hip", "raised", "18_29", "1829", "NaN", "-inf", "1e999",
    "=1+1", "@SUM(A1)", "<script>alert(1)</script>", "[x](javascript:alert(1))", "../../etc/passwd",
    "/dev/zero", "\x00", "\ud7ff", "é" * 40, "x" * 3000, "{", '{"raised": 1e999}',
    "!!python/name:os", "*a", "&a 1", "avn", "none", OVERFLOW, "0x10", "1_000", "yes", "2020-01-01",
    "h", "hka", "noisy_or", "finding", "diagnosis", "process", "part", "mixture",
)  # fmt: skip
SCALARS = st.one_of(
    st.sampled_from(WORDS),
    st.none(),
    st.booleans(),
    st.sampled_from((0, -1, 1, 2, 120, 10**18, 10**400, -(10**400))),
    st.sampled_from((0.0, -0.0, 1.0, 0.5, 1e-300, 1e300, 5e-324, -0.1, 1.0000001)),
    st.text(max_size=12),
    st.floats(allow_nan=True),
    st.integers(),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(WORDS), inner, max_size=3)
    ),
    max_leaves=5,
)


@st.composite
def edited(draw: st.DrawFn, document: Any) -> Any:
    """A copy of a document with up to four nodes changed, repeated, renamed or dropped."""
    holder = [copy.deepcopy(document)]
    for _ in range(draw(st.integers(0, 4))):
        place, key = draw(st.sampled_from(list(nodes(holder))))
        action = draw(st.sampled_from(("change", "change", "drop", "rename", "repeat")))
        if action == "change" or place is holder:
            place[key] = draw(VALUES)
        elif action == "drop":
            del place[key]
        elif isinstance(place, dict):
            word = draw(st.sampled_from(WORDS))
            place[word] = place.pop(key) if action == "rename" else place[key]
        else:
            place.append(copy.deepcopy(place[key]))
    return holder[0]


def nodes(place: Any) -> Iterator[tuple[Any, Any]]:
    """Every node as (its container, its key), depth first."""
    for key in list(place) if isinstance(place, dict) else range(len(place)):
        yield place, key
        if isinstance(place[key], dict | list):
            yield from nodes(place[key])


def raw(text: str) -> bytes:
    return text.replace(f'"{OVERFLOW}"', "1e999").replace(f"'{OVERFLOW}'", "1e999").encode(
        "utf-8", "surrogatepass"
    )  # fmt: skip


def in_json(document: Any) -> st.SearchStrategy[bytes]:
    return edited(document).map(lambda d: raw(json.dumps(d)))


def in_lines(rows: list[Any]) -> st.SearchStrategy[bytes]:
    return st.lists(st.sampled_from(rows).flatmap(edited), max_size=4).map(
        lambda found: raw("\n".join(json.dumps(r) for r in found))
    )


@st.composite
def in_yaml(draw: st.DrawFn, document: Any) -> bytes:
    found = draw(edited(document))
    style = draw(st.sampled_from((None, True, False)))
    return raw(yaml.safe_dump(found, default_flow_style=style, sort_keys=False, width=10_000))


@st.composite
def cells(draw: st.DrawFn, rows: list[list[str]]) -> list[list[str]]:
    found = [list(row) for row in rows]
    for _ in range(draw(st.integers(0, 5))):
        if not found:
            break
        row = draw(st.integers(0, len(found) - 1))
        action = draw(st.sampled_from(("change", "change", "change", "drop", "repeat", "cut")))
        if action == "change" and found[row]:
            value = draw(SCALARS)
            found[row][draw(st.integers(0, len(found[row]) - 1))] = (
                value if isinstance(value, str) else json.dumps(value)
            )
        elif action == "drop":
            del found[row]
        elif action == "repeat":
            found.append(list(found[row]))
        else:
            found[row] = found[row][:-1]
    return found


def in_table(rows: list[list[str]]) -> st.SearchStrategy[bytes]:
    return cells(rows).map(lambda r: small_data.table_text(r).encode("utf-8", "surrogatepass"))


@st.composite
def network_tables(draw: st.DrawFn) -> bytes:
    which = draw(st.integers(0, len(small_data.TABLES) - 1))
    rows = small_data.small_tables()[small_data.TABLES[which]]
    return bytes([which]) + draw(in_table(rows))


@st.composite
def in_parquet(draw: st.DrawFn) -> bytes:
    """Columns of any type under names of which some are known."""
    names = draw(st.lists(st.sampled_from(seeds.COHORT[0]), unique=True, max_size=4))
    size = draw(st.integers(0, 4))
    kinds = (
        st.sampled_from(WORDS), st.floats(), st.integers(-(2**62), 2**62), st.booleans(), st.none(),
        st.binary(max_size=4), st.datetimes(), st.dates(), st.decimals(allow_nan=False, places=2,
        min_value=-9, max_value=200), st.lists(st.integers(0, 5), max_size=2),
        st.fixed_dictionaries({"raised": st.floats(0, 1), "normal": st.floats()}),
    )  # fmt: skip
    columns = {}
    for name in names:
        kind = draw(st.sampled_from(kinds))
        columns[name] = draw(st.lists(kind, min_size=size, max_size=size))
    data = seeds.parquet(pd.DataFrame(columns))
    if draw(st.booleans()):
        return data
    at = draw(st.integers(0, len(data) - 1))
    return data[:at] + bytes([draw(st.integers(0, 255))]) + data[at + 1 :]


@st.composite
def spoiled(draw: st.DrawFn, reader: Reader) -> bytes:
    """A valid text with pieces cut out, doubled, or replaced by words and numbers."""
    data = draw(st.sampled_from(reader.seeds()))
    for _ in range(draw(st.integers(1, 4))):
        first, second = sorted((draw(st.integers(0, len(data))), draw(st.integers(0, len(data)))))
        second = min(second, first + draw(st.integers(0, 12)))
        word = draw(st.one_of(st.sampled_from(WORDS).map(str.encode), st.binary(max_size=4)))
        data = data[:first] + word + data[second:]
    return data


def links() -> st.SearchStrategy[bytes]:
    from urllib.parse import urlencode

    names = [*seeds.COHORT[0], "region", "setting", "model", "age", "groin_pain", *WORDS]
    choice = st.one_of(st.sampled_from(WORDS), st.text(max_size=8))
    pairs = st.dictionaries(st.sampled_from(names), choice, max_size=6)
    return pairs.map(lambda p: urlencode(p, errors="replace").encode())


def strategies() -> dict[str, st.SearchStrategy[bytes]]:
    """Inputs of each reader; half of them are spoiled texts."""
    own: dict[str, st.SearchStrategy[bytes]] = {
        "case JSON": st.sampled_from(seeds.CASES).flatmap(in_json),
        "case YAML": st.sampled_from(seeds.CASES).flatmap(in_yaml),
        "cases JSON Lines": in_lines(seeds.CASES),
        "cohort CSV": in_table(seeds.COHORT),
        "cohort Parquet": in_parquet(),
        "uploaded cohort": in_table(seeds.COHORT),
        "network tables": network_tables(),
        "prior file": in_yaml(seeds.prior_document()),
        "rules and tests": st.one_of(in_yaml(seeds.RULES), in_yaml(seeds.BUNDLES)),
        "link": links(),
        "teaching cases": in_lines([seeds.CASES[1]]),
        "answers": in_lines(seeds.ANSWERS),
        "FHIR": in_json(seeds.FHIR),
    }
    return {
        name: st.one_of(own[name], spoiled(reader)) if name in own else spoiled(reader)
        for name, reader in seeds.READERS.items()
    }


def run(reader: Reader, count: int, start: int, note: Callable[[bytes, Exception], None]) -> int:
    """Try up to so many inputs of a reader; gives how many were tried."""
    tried = 0

    @seed(start)
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategies()[reader.name])
    def one(data: bytes) -> None:
        nonlocal tried
        tried += 1
        try:
            guarded(reader, data)
        except AssertionError as fault:
            note(data, fault)

    one()
    return tried


def main() -> None:
    """Try a reader in this process; faults are appended to a file."""
    parser = argparse.ArgumentParser()
    parser.add_argument("reader")
    parser.add_argument("--runs", type=int, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", type=Path, required=True)
    args = parser.parse_args()

    def note(data: bytes, fault: Exception) -> None:
        with args.faults.open("a") as handle:
            handle.write(json.dumps([args.reader, str(fault), data.hex()]) + "\n")

    warnings.simplefilter("ignore")
    readers.prepare()
    tried = run(seeds.READERS[args.reader], args.runs, args.seed, note)
    sys.stdout.write(f"{tried} inputs\n")


if __name__ == "__main__":
    main()
