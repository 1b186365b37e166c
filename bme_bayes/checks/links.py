"""Checks of links.csv: each number by itself, and the numbers together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from bme_bayes.checks.files import LETTERS, Findings, Line, Names, Tables, number
from bme_bayes.network import EDEMA, NONE

FILE = "links.csv"
SUM_TOLERANCE = 0.005
ELICITED_N = 10.0
BASES = ("published", "both", "elicited", "local")
SHARES = ("frequency", "share", "kind_share")
CHILD_ROLES = {
    "frequency": ("finding", "process", "sign"),
    "odds_ratio": ("risk",),
    "multiplier": ("risk",),
    "share": ("context", "risk"),
    "kind_share": ("diagnosis",),
    "coupling": ("finding",),
}


def check_links(data: Tables, names: Names, found: Findings) -> None:
    """Every number of the model."""
    for line in data[FILE]:
        if found.known(line, "quantity", line["quantity"], CHILD_ROLES):
            check_references(line, names, found)
        check_number(line, line["quantity"] in SHARES, names, found)
        found.regions(line)
    if data[FILE]:
        _together(data[FILE], names, found)


def check_number(line: Line, share: bool, names: Names, found: Findings) -> None:
    """Value, interval, weight, basis, sources and claims of one number."""
    value, low, high, n = (number(line[c]) for c in ("value", "low", "high", "n"))
    if value is None or low is None or high is None or n is None:
        found.at(line, "value, low, high or n is not a number")
        return
    if share and not all(0 <= p <= 1 for p in (value, low, high)):
        found.at(line, f"a share outside 0 to 1: {value} ({low} to {high})")
    if line["quantity"] in ("odds_ratio", "multiplier") and min(value, low) <= 0:
        found.at(line, f"{line['quantity']} is not positive: {value} ({low} to {high})")
    if not low <= value <= high:
        found.at(line, f"the interval {low} to {high} excludes the value {value}")
    if n <= 0:
        found.at(line, f"the weight n is {n}")
    _grounds(line, n, names, found)


def _grounds(line: Line, n: float, names: Names, found: Findings) -> None:
    basis, sources, claims = line["basis"], line["sources"].split(), line["claims"].split()
    found.known(line, "basis", basis, BASES)
    for source in sources:
        found.known(line, "source", source, names.sources)
    for claim in claims:
        found.known(line, "claim", claim, names.claims)
    if basis == "elicited":
        if not line["note"].strip():
            found.at(line, "an elicited number has no note that gives its reason")
        if n > ELICITED_N:
            found.at(line, f"an elicited number counts for {n:g} patients; {ELICITED_N:g} at most")
    elif basis == "local":
        if not line["note"].strip():
            found.at(line, "a local number has no note that says from how many patients")
    elif basis in BASES and not (claims and sources):
        found.at(line, f"basis is {basis}, but it names no {'claim' if sources else 'source'}")


def check_references(line: Line, names: Names, found: Findings) -> None:
    """Child, state and cause of one number."""
    quantity, child, state, cause = (line[c] for c in ("quantity", "child", "state", "cause"))
    if not found.known(line, "variable", child, names.variables):
        return
    if names.role(child) not in CHILD_ROLES[quantity]:
        found.at(line, f"{quantity} of {child}, which is a {names.role(child)}")
        return
    if quantity == "coupling":
        if cause != names.variables[child]["process"]:
            found.at(line, f"{child} does not hang on the process {cause!r}")
        return
    if quantity == "kind_share":
        kinds = [k["id"] for k in names.kinds.values() if k["diagnosis"] == child]
        found.known(line, "kind", state, kinds)
        found.known(line, "grade", cause, names.states(child)[1:])
        return
    found.known(line, "state", state, names.states(child))
    found.known(line, "cause", cause, _causes(quantity, names))


def _causes(quantity: str, names: Names) -> set[str]:
    if quantity == "multiplier":
        return {f"{v}.{s}" for v in ("age_band", "sex") for s in names.states(v)}
    extra = {"frequency": {NONE}, "share": {"reference"}}
    return set(names.kinds) | extra.get(quantity, set())


def _together(lines: list[Line], names: Names, found: Findings) -> None:
    """Duplicates, sums over states, and numbers that are missing."""
    first: dict[tuple[str, ...], Line] = {}
    groups: dict[tuple[str, str, str, str], dict[str, Line]] = defaultdict(dict)
    for line in lines:
        for letter in line["regions"]:
            key = (line["quantity"], line["child"], line["state"], line["cause"], letter)
            if key in first:
                found.at(line, f"the same number as row {first[key].row}, in {letter}")
                break
            first[key] = line
        for letter in line["regions"]:
            group = groups[line["quantity"], line["child"], line["cause"], letter]
            group.setdefault(line["state"], line)
    reported: set[int] = set()
    for (quantity, child, cause, letter), rows in groups.items():
        check_sum(quantity, child, cause, letter, rows, names, found, reported)
    _missing(groups, names, found)


def check_sum(
    quantity: str, child: str, cause: str, letter: str, rows: dict[str, Line], names: Names,
    found: Findings, reported: set[int],
) -> None:  # fmt: skip
    """States sum to at most 1, and to 1 where all of them are given."""
    if quantity not in SHARES:
        return
    values = [number(line["value"]) or 0.0 for line in rows.values()]
    if quantity == "kind_share":
        whole = True
        states = {
            k["id"]
            for k in names.kinds.values()
            if k["diagnosis"] == child and k["grade"] == cause and letter in k["regions"]
        }
        what = f"the kinds of {child} ({cause})"
    else:
        states = set(names.states(child))
        whole = states <= set(rows)
        what = f"the states of {child} for {cause}"
    total = sum(values)
    *_, last = rows.values()
    if (
        total > 1 + SUM_TOLERANCE or (whole and total < 1 - SUM_TOLERANCE)
    ) and last.row not in reported:
        reported.add(last.row)
        found.at(last, f"{what} sum to {total:.4g} in {letter}")
    elif states - set(rows) and not whole and len(states - set(rows)) > 1:
        missing = ", ".join(sorted(states - set(rows)))
        if last.row not in reported:
            reported.add(last.row)
            found.at(last, f"{what}: more than one state has no number: {missing}")


Groups = dict[tuple[str, str, str, str], dict[str, Line]]


def _missing(groups: Groups, names: Names, found: Findings) -> None:
    """Leaks, links and ages that the model needs and no row gives."""

    def absent(quantity: str, child: str, cause: str, regions: str) -> str:
        return "".join(r for r in regions if (quantity, child, cause, r) not in groups)

    gone: dict[tuple[str, str], str] = {}
    for role in ("finding", "process", "sign"):
        for child, regions in _regions_of(role, names).items():
            leak = absent("frequency", child, NONE, regions)
            if leak:
                found.add(FILE, None, f"{child} has no leak (cause `{NONE}`) in {leak}")
            for cause, kind in names.kinds.items():
                bare = absent("frequency", child, cause, _both(regions, kind["regions"]))
                if bare:
                    gone[child, cause] = bare
    for (child, cause), bare in gone.items():
        link = "marrow edema" if child == EDEMA else f"the finding {child}"
        link = f"the process {child}" if names.role(child) == "process" else link
        found.add(FILE, None, f"{cause} has no link to {link} in {bare}")
    _missing_people(absent, names, found)


def _missing_people(
    absent: Callable[[str, str, str, str], str], names: Names, found: Findings
) -> None:
    """Ages and sexes of every kind and of the reference; couplings."""
    for cause, regions in [
        *((c, k["regions"]) for c, k in names.kinds.items()),
        ("reference", LETTERS),
    ]:
        for child in ("age_band", "sex"):
            bare = absent("share", child, cause, regions)
            if bare:
                found.add(FILE, None, f"{cause} has no shares of {child} in {bare}")
    for child, line in names.variables.items():
        if line["process"] and line["role"] == "finding":
            bare = absent("coupling", child, line["process"], line["regions"])
            if bare:
                found.add(FILE, None, f"{child} has no coupling to {line['process']} in {bare}")


def _regions_of(role: str, names: Names) -> dict[str, str]:
    return {n: v["regions"] for n, v in names.variables.items() if v["role"] == role}


def _both(one: str, other: str) -> str:
    return "".join(r for r in one if r in other)
