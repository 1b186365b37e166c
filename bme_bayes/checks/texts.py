"""Checks that the names in rules, reference cards and bundled cases exist."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from bme_bayes.cases import Case, read_cases
from bme_bayes.checks.files import Findings, Line, Names
from bme_bayes.documents import Block, parse_yaml, read_text
from bme_bayes.errors import BmeBayesError, InputError
from bme_bayes.network import REGIONS
from bme_bayes.questions.battery import FILE as TESTS
from bme_bayes.questions.battery import parse_bundles
from bme_bayes.rules import FILES, PROGRAMME, Condition, Rule, parse_rules

LETTER = {name: letter for letter, name in REGIONS.items()}
CITED = re.compile(r"\[([a-z][a-z0-9_]+)\](?!\()")
OBSERVED = ("context", "risk", "finding", "sign")


def check_rules(folder: Path, names: Names, found: Findings) -> None:
    """Red flags, label rules and programme criteria name what exists in their regions."""
    for file in FILES:
        try:
            rules, problems = parse_rules(read_text(folder / file), file)
        except InputError as error:
            found.add(file, None, str(error))
            continue
        found.problems += problems
        first: dict[str, int] = {}
        for rule in rules:
            line = Line(file, rule.line, {})
            if rule.id in first:
                found.at(line, f"{rule.id} is given in row {first[rule.id]} already")
            first.setdefault(rule.id, rule.line)
            found.known(line, "source", rule.source, names.sources)
            if rule.when is None and file != PROGRAMME:
                found.at(line, f"{rule.id} has no `when`")
            for region in rule.regions:
                found.known(line, "region", region, LETTER)
            _conditions(rule, line, names, found)


def _conditions(rule: Rule, line: Line, names: Names, found: Findings) -> None:
    letters = {LETTER[r] for r in rule.regions if r in LETTER}
    for leaf in rule.when.leaves() if rule.when else ():
        if leaf.kind == "red_flag":
            continue
        roles = ("diagnosis",) if leaf.kind == "probability" else OBSERVED
        known = [n for n, v in names.variables.items() if v["role"] in roles]
        if not found.known(
            line, "diagnosis" if leaf.kind == "probability" else "finding", leaf.name, known
        ):
            continue
        if not letters & set(names.variables[leaf.name]["regions"]):
            found.at(line, f"{rule.id}: {leaf.name} exists in none of its regions")
        _leaf_states(leaf, line, names, found)


def _leaf_states(leaf: Condition, line: Line, names: Names, found: Findings) -> None:
    for state in leaf.states:
        found.known(line, f"state of {leaf.name}", state, names.states(leaf.name))


def check_tests(folder: Path, names: Names, found: Findings) -> None:
    """Tests reveal findings that exist, once each by id, and name their source."""
    ids = {n for n, v in names.variables.items() if v["role"] in OBSERVED}
    groups = {v["group"] for v in names.variables.values()}
    known = {"groups": groups, "findings": ids, "except": ids}
    try:
        tests, problems = parse_bundles(read_text(folder / TESTS), known)
    except InputError as error:
        found.add(TESTS, None, str(error))
        return
    found.problems += problems
    first: dict[str, int] = {}
    for test in tests:
        line = Line(TESTS, test.line, {})
        if test.id in first:
            found.at(line, f"{test.id} is given in row {first[test.id]} already")
        first.setdefault(test.id, test.line)
        found.known(line, "source", test.source, names.sources)


def check_cards(folder: Path, names: Names, found: Findings) -> None:
    """Cards: a head with an id, one card a diagnosis, and only sources that exist."""
    seen: set[str] = set()
    for path in sorted(folder.glob("*.md")):
        file = f"cards/{path.name}"
        try:
            text = read_text(path)
            head = parse_yaml(text.split("---")[1], file) if text.startswith("---") else None
        except InputError as error:
            found.add(file, None, str(error))
            continue
        if not isinstance(head, Block) or head.get("id") != path.stem:
            found.add(file, 1, f"has no head with the id {path.stem}")
            continue
        seen.add(path.stem)
        listed = [str(s) for s in head.get("sources") or []]
        _known(listed, Line(file, 1, {}), names, found)
        for number, words in enumerate(text.splitlines(), start=1):
            cited = [key for key in CITED.findall(words) if key not in listed]
            _known(cited, Line(file, number, {}), names, found)
    for name, line in names.variables.items():
        if line["role"] == "diagnosis" and name not in seen:
            found.add("cards", None, f"the diagnosis {name} has no card")


def _known(sources: Iterable[str], line: Line, names: Names, found: Findings) -> None:
    for source in sources:
        found.known(line, "source", source, names.sources)


def check_cases(folder: Path, names: Names, found: Findings) -> None:
    """Bundled cases use ids and states that exist in their region."""
    for path in sorted(folder.glob("*cases.jsonl")):
        try:
            cases = read_cases(path)
        except BmeBayesError as error:
            found.add(path.name, None, str(error))
            continue
        for number, case in enumerate(cases, start=1):
            _case(case, Line(path.name, number, {}), names, found)


def _case(case: Case, line: Line, names: Names, found: Findings) -> None:
    letter = LETTER[case.region]
    diagnoses = names.of_role("diagnosis", letter)
    for diagnosis in (case.diagnosis, *case.also):
        found.known(line, "diagnosis", diagnosis, diagnoses)
    known = {n for role in OBSERVED for n in names.of_role(role, letter)} | {"age"}
    for name, value in case.findings.items():
        if found.known(line, "finding", name, known) and isinstance(value, str) and name != "age":
            found.known(line, f"state of {name}", value, [*names.states(name), "unknown"])
