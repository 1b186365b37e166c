"""Data files to definitions: networks, sources, prior sets.

`checks` finds every fault in the files; here a file that cannot be read at all, or a name
that does not exist, is an error at once.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from bme_bayes.documents import Row, parse_yaml, read_once, read_rows, read_text
from bme_bayes.errors import DefinitionError, InputError, Problem, UnknownName
from bme_bayes.library import networks_folder, priors_folder
from bme_bayes.network import REGIONS, Kind, Network, Number, NumberKey, Variable
from bme_bayes.priors import PriorSet
from bme_bayes.sources import Claim, Source

LETTERS = {name: letter for letter, name in REGIONS.items()}
VARIABLE = "id role group label states state_labels regions model process part_of synonyms help"
KIND = "diagnosis id grade label regions"
LINK = "quantity child state cause regions value low high n basis sources claims note"
SOURCE = "source_id kind title authors year journal doi pmid design seen_text"


def load(
    region: str, setting: str | Path = "general_orthopaedics", folder: Path | None = None
) -> Network:
    """One region's network under the prior set of a setting.

    Parameters: `region` is hip, knee, ankle_foot or spine; `setting` the name of a bundled
    prior file, or the path (a `Path`) of one's own; `folder` a folder with networks/ and priors/
    instead of the bundled one.
    Raises `UnknownName` with the nearest known name, `DefinitionError` for faulty files.

    >>> load("spine", "rheumatology_tertiary").region
    'spine'
    """
    networks = networks_folder() if folder is None else folder / "networks"
    priors = priors_folder() if folder is None else folder / "priors"
    prior = read_prior(prior_path(setting, priors))
    network = read_network(region, networks)
    return under(network, prior)


def under(network: Network, prior: PriorSet) -> Network:
    """A network under a prior set that was read or edited, with the version that it makes.

    Raises `UnknownName` for a link and `InputError` for a base rate that does not fit.
    """
    wanted = {(k.diagnosis, k.grade) for k in network.kinds}
    given = prior.region(network.region).keys()
    for grade in sorted(given - wanted):
        names = (" ".join(g) for g in wanted)
        raise UnknownName("base rate", " ".join(grade), names, f"in {network.region}")
    if wanted - given:
        missing = "; ".join(" ".join(grade) for grade in sorted(wanted - given))
        raise InputError(f"{prior.name} has no base rate in {network.region} for: {missing}")
    return with_version(network.with_prior(prior))


def settings(folder: Path | None = None) -> list[str]:
    """Names of the bundled settings.

    >>> "sports_medicine" in settings()
    True
    """
    return sorted(p.stem for p in (folder or priors_folder()).glob("*.yaml"))


def prior_path(setting: str | Path, folder: Path | None = None) -> Path:
    """The file of a bundled setting; a `Path` is a file of one's own."""
    if isinstance(setting, Path):
        return setting
    known = settings(folder)
    if setting not in known:
        raise UnknownName("setting", setting, known)
    return (folder or priors_folder()) / f"{setting}.yaml"


def read_network(region: str, folder: Path) -> Network:
    """One region's network without base rates."""
    if region not in LETTERS:
        raise UnknownName("region", region, LETTERS)
    letter = LETTERS[region]
    variables = {
        v.id: v
        for v in map(_variable, read_once(folder / "variables.csv", VARIABLE, ("id",)))
        if letter in v.regions
    }
    kinds = tuple(
        Kind(r["id"], r["diagnosis"], r["grade"], r["label"])
        for r in read_once(folder / "kinds.csv", KIND, ("diagnosis", "id"))
        if letter in r["regions"] and r["diagnosis"] in variables
    )
    numbers: dict[NumberKey, Number] = {}
    for line, row in enumerate(read_rows(folder / "links.csv", LINK), start=2):
        if letter in row["regions"]:
            number = _number(row, "links.csv", line)
            key = (number.quantity, number.child, number.state, number.cause)
            if key in numbers:
                fault = f"{' '.join(key)} is given twice for {region}"
                raise DefinitionError([Problem("links.csv", line, fault)])
            numbers[key] = number
    return Network(region, variables, kinds, numbers, read_sources(folder))


def _variable(row: Row) -> Variable:
    return Variable(
        id=row["id"],
        role=row["role"],
        group=row["group"],
        label=row["label"],
        states=tuple(row["states"].split("|")),
        regions=frozenset(row["regions"]),
        state_labels=tuple(row["state_labels"].split("|")) if row["state_labels"] else (),
        model=row["model"],
        process=row["process"],
        part_of=row["part_of"],
        synonyms=tuple(s for s in row["synonyms"].split(";") if s),
        help=row["help"],
    )


def _number(row: Mapping[str, Any], file: str, line: int | None = None) -> Number:
    try:
        value, low, high, n = (float(row[k]) for k in ("value", "low", "high", "n"))
        if not math.isfinite(value + low + high + n):
            raise ValueError
    except (KeyError, TypeError, ValueError):
        raise DefinitionError(
            [Problem(file, line, "value, low, high or n is not a number")]
        ) from None
    return Number(
        quantity=str(row.get("quantity", "base_rate")),
        child=str(row.get("child", row.get("variable", ""))),
        state=str(row["state"]),
        cause=str(row.get("cause", "")),
        value=value,
        low=low,
        high=high,
        n=n,
        basis=str(row.get("basis", "elicited")),
        sources=tuple(str(row.get("sources") or "").split()),
        claims=tuple(str(row.get("claims") or "").split()),
        note=str(row.get("note") or ""),
    )


def read_sources(folder: Path) -> dict[str, Source]:
    """All sources by key."""
    return {
        r["source_id"]: Source(
            id=r["source_id"],
            kind=r["kind"],
            title=r["title"],
            authors=r["authors"],
            year=r["year"],
            journal=r["journal"],
            doi=r["doi"],
            pmid=r["pmid"],
            design=r["design"],
            seen=r["seen_text"],
        )
        for r in read_rows(folder / "sources.csv", SOURCE)
    }


def read_claims(folder: Path | None = None) -> dict[str, Claim]:
    """All published claims by id."""
    return {
        r["claim_id"]: Claim(
            id=r["claim_id"],
            source=r["source_id"],
            statistic=r["statistic"],
            value=r["value"],
            low=r["low"],
            high=r["high"],
            n=r["n"],
            population=r["population"],
            locator=r["locator"],
            note=r["note"],
        )
        for r in read_rows((folder or networks_folder()) / "claims.csv")
    }


def read_prior(path: Path) -> PriorSet:
    """A prior set from a YAML file."""
    return parse_prior(read_text(path), path.name)


def parse_prior(text: str, name: str = "prior file") -> PriorSet:
    """A prior set from YAML text; every fault in it is named."""
    data = parse_yaml(text, name)
    if not isinstance(data, dict) or not isinstance(data.get("base"), dict):
        raise InputError(f"{name} is not a prior file: it needs name, base (by region) and mix")
    problems: list[Problem] = []

    def listed(rows: object, what: str) -> list[Any]:
        if rows is None or isinstance(rows, list):
            return rows or []
        problems.append(Problem(name, None, f"{what} is not a list of rows"))
        return []

    def numbers(rows: object, what: str) -> dict[tuple[str, str], Number]:
        out: dict[tuple[str, str], Number] = {}
        for row in listed(rows, what):
            line = getattr(row, "line", None)
            try:
                number = _number(row, name, None)
                key = (number.child, number.state)
            except (DefinitionError, KeyError, TypeError, AttributeError):
                problems.append(Problem(name, line, f"not a base rate: {str(row)[:80]}"))
                continue
            if not 0 <= number.value <= 1 or number.n < 0:
                problems.append(
                    Problem(name, line, f"{what}: {' '.join(key)} is not a share: {number.value}")
                )
            if key in out:
                problems.append(Problem(name, line, f"{what}: {' '.join(key)} is given twice"))
            out[key] = number
        return out

    def links(rows: object) -> dict[NumberKey, Number]:
        out: dict[NumberKey, Number] = {}
        for row in listed(rows, "links"):
            try:
                number = _number({**row, "child": row["child"], "cause": row["cause"]}, name)
                out[number.quantity, number.child, number.state, number.cause] = number
            except (DefinitionError, KeyError, TypeError, AttributeError):
                line = getattr(row, "line", None)
                problems.append(Problem(name, line, f"not a link: {str(row)[:80]}"))
        return out

    def setting(key: str, default: float, least: float, most: float) -> float:
        value = data.get(key, default)
        number = not isinstance(value, bool) and isinstance(value, int | float)
        if not number or not least <= value <= most:
            problems.append(
                Problem(name, None, f"{key} is not a number: {value!r:.40} (of {least} to {most})")
            )
            return default
        return float(value)

    base = {region: numbers(rows, f"base of {region}") for region, rows in data["base"].items()}
    none, power = setting("none", 0.02, 0.0, 0.9), setting("kind_power", 1.0, 0.0, 10.0)
    unmentioned = setting("unmentioned", 1.0, 1e-6, 1.0)
    mix = numbers(data.get("mix"), "mix")
    own = data.get("links") or {}
    if not isinstance(own, dict):
        problems.append(Problem(name, None, "links is not a mapping of regions to rows"))
        own = {}
    numbers_of = {str(region): links(rows) for region, rows in own.items()}
    if problems:
        raise DefinitionError(problems)
    return PriorSet(
        name=str(data.get("name", name)),
        label=str(data.get("label", data.get("name", name))),
        description=str(data.get("description", "")),
        base=base,
        mix=mix,
        none=none,
        kind_power=power,
        unmentioned=unmentioned,
        evaluation_only=bool(data.get("evaluation_only", False)),
        provenance=str(data.get("provenance", "")),
        links=numbers_of,
    )


def with_version(network: Network) -> Network:
    """The network with its version: a hash of every number and definition in it.

    Hashed are values, intervals and weights of all numbers and base rates, kinds, and the ids,
    states and models of variables; not what is said about them (labels, notes, sources).
    """
    digest = hashlib.sha256(network.region.encode())
    for v in network.variables.values():
        digest.update(repr((v.id, v.role, v.states, v.model, v.process, v.part_of)).encode())
    for kind in network.kinds:
        digest.update(repr((kind.id, kind.diagnosis, kind.grade)).encode())
    prior = network.prior
    rates = list(prior.region(network.region).values()) + list(prior.mix.values()) if prior else []
    scalars = (prior.none, prior.kind_power, prior.unmentioned) if prior else ()
    for n in (*network.numbers.values(), *rates):
        name = (n.quantity, n.child, n.state, n.cause)
        digest.update(repr((name, *map(float, (n.value, n.low, n.high, n.n)))).encode())
    digest.update(repr(tuple(map(float, scalars))).encode())
    return replace(network, version=digest.hexdigest()[:12])
