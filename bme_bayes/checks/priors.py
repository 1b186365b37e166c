"""Checks of the prior files."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from bme_bayes.checks.files import Findings, Line, Names, Tables
from bme_bayes.checks.links import FILE as LINKS
from bme_bayes.checks.links import SUM_TOLERANCE, check_number
from bme_bayes.checks.prior_links import check_prior_links
from bme_bayes.documents import Block, parse_yaml, read_text
from bme_bayes.errors import InputError
from bme_bayes.network import REGIONS

MOST_DIAGNOSES = 1.6
RANGES = {
    "none": (0.0, 0.5),
    "kind_power": (0.0, 2.0),
    "unmentioned": (0.0, 1.0),
    "unmentioned_signs": (0.0, 1.0),
    "stated_absence": (0.0, 10.0),
}
WORDS = ("name", "label", "description", "evaluation_only", "provenance", "reasons")
KEYS = (*WORDS, *RANGES, "base", "mix", "links")
LETTER = {name: letter for letter, name in REGIONS.items()}


def check_priors(folder: Path, data: Tables, names: Names, found: Findings) -> None:
    """Every prior file: base rates of all diagnoses in all regions, and the case mix."""
    files = sorted(folder.glob("*.yaml"))
    if not files:
        found.add("priors", None, "holds no prior file")
    for path in files:
        try:
            text = read_text(path)
        except InputError as error:
            found.add(path.name, None, str(error))
            continue
        name = check_prior(text, path.name, data, names, found)
        if name is not None and name != path.stem:
            found.add(path.name, 1, f"its name is {name!r}, not {path.stem!r}")


def check_prior(text: str, file: str, tables: Tables, names: Names, found: Findings) -> str | None:
    """One prior file: base rates of all diagnoses in all regions, case mix and own links.

    Gives the name that it states, None where it cannot be read at all.
    """
    try:
        data = parse_yaml(text, file)
    except InputError as error:
        found.add(file, None, str(error))
        return None
    if not isinstance(data, Block) or not isinstance(data.get("base"), Block):
        found.add(file, None, "is not a prior file: it needs name, base and mix")
        return None
    before = len(found.problems)
    _head(file, data, found)
    if len(found.problems) == before:
        _base(file, data["base"], data, names, found)
        _mix(file, data, names, found)
        check_prior_links(file, data.get("links"), tables[LINKS], names, found)
    return str(data.get("name", ""))


def _head(file: str, data: Block, found: Findings) -> None:
    """Keys and the single numbers of a prior file."""
    line = Line(file, data.line, {})
    for key in data:
        found.known(line, "key", key, KEYS)
    for key, (low, high) in RANGES.items():
        value = data.get(key, low)
        if isinstance(value, bool) or not isinstance(value, int | float):
            found.at(line, f"{key} is not a number: {value!r:.40}")
        elif not low <= value <= high:
            found.at(line, f"{key} is {value}; {low:g} to {high:g} is possible")
    reasons = data.get("reasons") or {}
    if not isinstance(reasons, dict):
        found.at(line, "reasons is not a mapping of names to words")
    for key in reasons if isinstance(reasons, dict) else ():
        found.known(line, "reason", key, RANGES)


def _base(file: str, base: Block, data: Block, names: Names, found: Findings) -> None:
    for region in base:
        found.known(Line(file, base.line, {}), "region", region, LETTER)
    for region, letter in LETTER.items():
        if region not in base:
            found.add(file, base.line, f"has no base rates for {region}")
            continue
        rows = _rows(file, base[region], names, found)
        kinds = [k for k in names.kinds.values() if letter in k["regions"]]
        wanted = {(k["diagnosis"], k["grade"]) for k in kinds}
        known = {d for d, _ in wanted}
        given = set()
        for line in rows:
            given.add((line["variable"], line["state"]))
            if found.known(line, "diagnosis", line["variable"], known):
                states = [s for d, s in wanted if d == line["variable"]]
                found.known(line, "state", line["state"], states)
        for diagnosis, state in sorted(wanted - given):
            found.add(file, base.line, f"{region}: {diagnosis} ({state}) has no base rate")
        total = sum(float(line["value"]) for line in rows)
        none = data.get("none", 0.02)
        if wanted <= given and not 1 - float(none) <= total <= MOST_DIAGNOSES:
            found.add(
                file, base.line,
                f"{region}: the base rates sum to {total:.3f} diagnoses a patient; "
                f"{1 - float(none):.2f} to {MOST_DIAGNOSES} are possible",
            )  # fmt: skip


def _mix(file: str, data: Block, names: Names, found: Findings) -> None:
    rows = _rows(file, data.get("mix"), names, found)
    of: dict[str, list[Line]] = defaultdict(list)
    people = {n for n, v in names.variables.items() if v["role"] in ("context", "risk")}
    for line in rows:
        if found.known(line, "context or risk factor", line["variable"], people):
            found.known(line, "state", line["state"], names.states(line["variable"]))
            of[line["variable"]].append(line)
    for name in sorted(people - of.keys()):
        found.add(file, data.line, f"the mix says nothing about {name}")
    for name, lines in of.items():
        total = sum(float(line["value"]) for line in lines)
        complete = {line["state"] for line in lines} >= set(names.states(name))
        if total > 1 + SUM_TOLERANCE or (complete and total < 1 - SUM_TOLERANCE):
            found.at(lines[-1], f"the shares of {name} sum to {total:.4g}")


def _rows(file: str, data: object, names: Names, found: Findings) -> list[Line]:
    """The rows of a list whose number can be read; each is checked, and noted if given twice."""
    out: list[Line] = []
    first: dict[tuple[str, str], int] = {}
    for row in data if isinstance(data, list) else []:
        if not isinstance(row, Block):
            found.add(file, None, f"not a row: {row!r}")
            continue
        line = Line(file, row.line, {k: "" if v is None else str(v) for k, v in row.items()})
        before = len(found.problems)
        check_number(line, True, names, found)
        key = (line["variable"], line["state"])
        if key in first:
            found.at(line, f"{key[0]} ({key[1]}) is given in row {first[key]} already")
        elif not any("not a number" in p.message for p in found.problems[before:]):
            out.append(line)
        first.setdefault(key, row.line)
    return out
