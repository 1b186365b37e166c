"""Rules as data: red flags, when the label does not fit, criteria of a structured programme.

A rule file is a YAML list. A rule has an id, a text, a source, the regions that it holds in
(all when left out) and a condition `when`, which is one of

    {finding: state}  or  {finding: [state, state]}     the finding is in one of these states
    {probability: {diagnosis: share}}                   present with at least this probability
    {red_flag: any}                                     any red flag fires
    {all: [...]}  or  {any: [...]}                      of conditions

A rule without `when` is a question to the reader: findings cannot answer it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from bme_bayes.documents import Block, modified, parse_yaml, read_text
from bme_bayes.errors import DefinitionError, Problem
from bme_bayes.library import networks_folder

RED_FLAGS = "red_flags.yaml"
LABEL_RULES = "label_rules.yaml"
PROGRAMME = "programme.yaml"
FILES = (RED_FLAGS, LABEL_RULES, PROGRAMME)
ALL_REGIONS = ("hip", "knee", "ankle_foot", "spine")
FIELDS = ("id", "text", "urgency", "regions", "when", "source")


@dataclass(frozen=True, slots=True)
class Condition:
    """One node of a rule's condition.

    `kind` is finding, probability, red_flag, all or any; `name` the finding or diagnosis.
    """

    kind: str
    name: str = ""
    states: tuple[str, ...] = ()
    at_least: float = 0.0
    parts: tuple[Condition, ...] = ()

    def leaves(self) -> Iterator[Condition]:
        """The conditions without parts in this one."""
        if self.kind in ("all", "any"):
            for part in self.parts:
                yield from part.leaves()
        else:
            yield self


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a rule file; `line` is where it stands."""

    id: str
    text: str
    source: str
    regions: tuple[str, ...]
    when: Condition | None
    urgency: str = ""
    line: int = 0


def load_rules(file: str, folder: Path | None = None) -> tuple[Rule, ...]:
    """The rules of one of `FILES`; raises `DefinitionError` with every fault in it."""
    path = (folder or networks_folder()) / file
    return _load(path, modified(path))


@lru_cache(maxsize=16)
def _load(path: Path, _changed: int) -> tuple[Rule, ...]:
    rules, problems = parse_rules(read_text(path), path.name)
    if problems:
        raise DefinitionError(problems)
    return rules


def parse_rules(text: str, file: str) -> tuple[tuple[Rule, ...], list[Problem]]:
    """The rules of a text, and what is wrong with it."""
    data = parse_yaml(text, file)
    if not isinstance(data, list):
        return (), [Problem(file, None, "not a list of rules")]
    rules: list[Rule] = []
    problems: list[Problem] = []
    for row in data:
        if not isinstance(row, Block):
            problems.append(Problem(file, None, f"not a rule: {row!r}"))
            continue
        try:
            rules.append(_rule(row))
        except ValueError as error:
            problems.append(Problem(file, row.line, f"{row.get('id', 'a rule')}: {error}"))
    return tuple(rules), problems


def _rule(row: Block) -> Rule:
    for field in row:
        if field not in FIELDS:
            raise ValueError(f"unknown field {field!r}; known: {', '.join(FIELDS)}")
    for field in ("id", "text", "source"):
        if not isinstance(row.get(field), str) or not row[field].strip():
            raise ValueError(f"has no {field}")
    regions = row.get("regions", ALL_REGIONS)
    if not isinstance(regions, list | tuple) or not regions:
        raise ValueError("regions is not a list")
    return Rule(
        id=row["id"],
        text=" ".join(row["text"].split()),
        source=row["source"],
        regions=tuple(str(r) for r in regions),
        when=_condition(row["when"]) if "when" in row else None,
        urgency=str(row.get("urgency", "")),
        line=row.line,
    )


def _condition(data: Any) -> Condition:
    if not isinstance(data, Block) or len(data) != 1:
        raise ValueError(f"a condition is one `name: value`, not {data!r}")
    (name, value), *_ = data.items()
    if name in ("all", "any"):
        if not isinstance(value, list) or not value:
            raise ValueError(f"`{name}` needs a list of conditions")
        return Condition(name, parts=tuple(_condition(v) for v in value))
    if name == "red_flag":
        return Condition(name)
    if name == "probability":
        return _probability(value)
    states = value if isinstance(value, list) else [value]
    if not states or not all(isinstance(s, str) for s in states):
        raise ValueError(f"{name}: {value!r} is not a state or a list of states")
    return Condition("finding", name, tuple(states))


def _probability(value: Any) -> Condition:
    if not isinstance(value, Block) or len(value) != 1:
        raise ValueError("`probability` needs one `diagnosis: share`")
    (diagnosis, share), *_ = value.items()
    if isinstance(share, bool) or not isinstance(share, int | float) or not 0 < share < 1:
        raise ValueError(f"probability of {diagnosis}: {share!r} is not between 0 and 1")
    return Condition("probability", diagnosis, at_least=float(share))
