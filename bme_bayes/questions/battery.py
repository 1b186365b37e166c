"""Tests as data: what each reveals, and its burden."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bme_bayes.documents import Block, modified, parse_yaml, read_rows, read_text
from bme_bayes.errors import DefinitionError, Problem, UnknownName
from bme_bayes.library import networks_folder
from bme_bayes.network import EDEMA, Network

FILE = "tests.yaml"
TEXTS = ("id", "label", "words", "source", "reason")
LISTS = ("groups", "findings", "except")
BURDENS = range(1, 6)
IMAGED_GROUP, NOT_IMAGED = "mri", "not_imaged"
"""The group of what only an MRI shows, and the answer for marrow edema where none was done."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A test that reveals several findings at once.

    `burden` is a tier from 1 (asking) to 5; `words` says what it means, `reason` what the tier
    rests on; `source` is a key of `networks/sources.csv`, for its place in the workup; `line` is
    where it stands in the file.
    """

    id: str
    label: str
    burden: int
    words: str
    source: str
    reason: str
    groups: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    exceptions: tuple[str, ...] = ()
    line: int = 0

    def reveals(self, network: Network) -> tuple[str, ...]:
        """The findings, risk factors and context of a region that it reveals."""
        observed = network.of_role("context", "risk", "finding", "sign")
        chosen = (v for v in observed if v.group in self.groups or v.id in self.findings)
        return tuple(v.id for v in chosen if v.id not in self.exceptions)


def load_bundles(folder: Path | None = None) -> tuple[Bundle, ...]:
    """The bundled tests, in file order; raises `DefinitionError` with every fault."""
    path = (folder or networks_folder()) / FILE
    return _load(path, modified(path))


def choose(tests: Iterable[Bundle], names: Iterable[str]) -> tuple[Bundle, ...]:
    """The tests of these ids; raises `UnknownName`."""
    by_id = {t.id: t for t in tests}
    for name in names:
        if name not in by_id:
            raise UnknownName("test", name, by_id)
    return tuple(by_id[name] for name in names)


def awaiting_mri(network: Network, findings: Mapping[str, object]) -> frozenset[str]:
    """What only an MRI would show, while it is said that none has been done; else nothing."""
    if findings.get(EDEMA) != NOT_IMAGED:
        return frozenset()
    return frozenset(v.id for v in network.variables.values() if v.group == IMAGED_GROUP)


def possible_tests(network: Network, findings: Mapping[str, object]) -> tuple[Bundle, ...]:
    """The bundled tests that can be done now: all, but before the first MRI no repeat of it."""
    waiting = awaiting_mri(network, findings)
    revealed = {t: t.reveals(network) for t in load_bundles()}
    return tuple(t for t, r in revealed.items() if EDEMA in r or not waiting.issuperset(r))


@lru_cache(maxsize=4)
def _load(path: Path, _changed: int) -> tuple[Bundle, ...]:
    rows = list(read_rows(path.parent / "variables.csv"))
    known = {"groups": {r["group"] for r in rows}, "findings": {r["id"] for r in rows}}
    known["except"] = known["findings"]
    tests, problems = parse_bundles(read_text(path), known)
    if problems:
        raise DefinitionError(problems)
    return tests


def parse_bundles(
    text: str, known: dict[str, set[str]]
) -> tuple[tuple[Bundle, ...], list[Problem]]:
    """The tests of a YAML text and what is wrong with it; `known` holds groups and ids."""
    data = parse_yaml(text, FILE)
    if not isinstance(data, list):
        return (), [Problem(FILE, None, "not a list of tests")]
    tests: list[Bundle] = []
    problems: list[Problem] = []
    for row in data:
        line = row.line if isinstance(row, Block) else None
        try:
            tests.append(_bundle(row, known))
        except (ValueError, UnknownName) as error:
            problems.append(Problem(FILE, line, str(error)))
    return tuple(tests), problems


def _bundle(row: object, known: dict[str, set[str]]) -> Bundle:
    if not isinstance(row, Block):
        raise ValueError(f"not a test: {row!r}")  # noqa: TRY004  a fault of the file
    for field in row:
        if field not in (*TEXTS, *LISTS, "burden"):
            raise ValueError(f"unknown field {field!r}")
    for field in TEXTS:
        if not isinstance(row.get(field), str) or not row[field].strip():
            raise ValueError(f"{row.get('id', 'a test')} has no {field}")
    if row.get("burden") not in BURDENS:
        raise ValueError(f"{row['id']}: burden {row.get('burden')!r} is not a tier of 1 to 5")
    for field in LISTS:
        given = row.get(field) or []
        if not isinstance(given, list) or not all(isinstance(name, str) for name in given):
            raise ValueError(f"{row['id']}: {field} is not a list of names")
    named = {field: tuple(row.get(field) or ()) for field in LISTS}
    for field, names in named.items():
        for name in names:
            if name not in known[field]:
                raise UnknownName(field, name, known[field], f"in test {row['id']}")
    if not named["groups"] and not named["findings"]:
        raise ValueError(f"{row['id']} reveals nothing: it needs groups or findings")
    return Bundle(
        **{field: row[field] for field in TEXTS},
        burden=int(row["burden"]),
        groups=named["groups"],
        findings=named["findings"],
        exceptions=named["except"],
        line=row.line,
    )
