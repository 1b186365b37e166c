"""Checks of claims.csv, claim_uses.csv and sources.csv."""

from __future__ import annotations

import re

from bme_bayes.checks.files import Findings, Line, Names, Tables, number

DOI = re.compile(r"10\.\d{4,9}/\S+")
NOT_USED = "no"
SHARES = ("finding", "carrier", "sex", "base", "split")
LEAST_SPECTRUM = 0.02
"""Patients who are less like those in question than that say nothing of them."""
USES = ("finding", "risk", "carrier", "age", "sex", "base", "split", NOT_USED)


def check_evidence(data: Tables, names: Names, found: Findings) -> None:
    """Claims have a source, every claim is used or says why not, sources have a title."""
    for file, key in (("claims.csv", "claim_id"), ("sources.csv", "source_id")):
        first: dict[str, int] = {}
        for line in data[file]:
            if line[key] in first:
                found.at(line, f"{line[key]} is defined in row {first[line[key]]} already")
            first.setdefault(line[key], line.row)
    for line in data["sources.csv"]:
        _source(line, found)
    for line in data["claims.csv"]:
        found.known(line, "source", line["source_id"], names.sources)
    for line in data["claim_uses.csv"]:
        _use(line, names, found)
    used = {line["claim_id"] for line in data["claim_uses.csv"]}
    for line in data["claims.csv"]:
        if data["claim_uses.csv"] and line["claim_id"] not in used:
            found.at(line, f"{line['claim_id']} is neither used nor listed with a reason")


def _source(line: Line, found: Findings) -> None:
    key = line["source_id"]
    if not key or not line["title"]:
        found.at(line, f"the source {key!r} has no id or no title")
    if not line["kind"]:
        found.at(line, f"the source {key!r} has no kind")
    if line["doi"] and not DOI.fullmatch(line["doi"]):
        found.at(line, f"{key}: {line['doi']!r} is no DOI")
    if line["pmid"] and not line["pmid"].isdecimal():
        found.at(line, f"{key}: {line['pmid']!r} is no PMID")


def _use(line: Line, names: Names, found: Findings) -> None:
    found.known(line, "claim", line["claim_id"], names.claims)
    if not line["reason"].strip():
        found.at(line, f"{line['claim_id']}: the use has no reason")
    found.known(line, "use", line["use"], USES)
    if line["use"] == NOT_USED:
        return
    found.known(line, "column", line["column"], names.columns)
    value, n, spectrum = (number(line[c]) for c in ("value", "n", "spectrum"))
    if value is None or n is None or spectrum is None:
        found.at(line, f"{line['claim_id']}: value, n or spectrum is not a number")
    elif n <= 0 or not LEAST_SPECTRUM <= spectrum <= 1:
        found.at(line, f"{line['claim_id']}: n {n:g} or spectrum {spectrum:g} is out of range")
    elif line["use"] in SHARES and not 0 <= value <= 1:
        found.at(line, f"{line['claim_id']}: the share {value:g} is outside 0 to 1")
    if line["child"] in names.variables and (line["state"] or line["use"] == "finding"):
        states = [*names.states(line["child"]), "raised_or_more", "mean"]
        found.known(line, "state", line["state"], states)
    elif line["use"] in ("finding", "risk", "carrier") and line["child"] not in names.variables:
        found.known(line, "variable", line["child"], names.variables)
