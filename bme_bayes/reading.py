"""Data files to definitions: networks, sources, prior sets.

`checks` finds every fault in the files; here a file that cannot be read at all, or a name
that does not exist, is an error at once.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from bme_bayes.documents import Row, modified, parse_yaml, read_once, read_rows, read_text
from bme_bayes.errors import DefinitionError, InputError, Problem, UnknownName
from bme_bayes.library import networks_folder, priors_folder
from bme_bayes.network import REGIONS, Kind, Network, Number, NumberKey, Variable
from bme_bayes.prior_files import parse_prior, read_number, read_prior
from bme_bayes.priors import PriorSet
from bme_bayes.sources import Claim, Source

__all__ = [
    "load",
    "parse_prior",
    "prior_path",
    "read_claims",
    "read_network",
    "read_prior",
    "read_rows",
    "read_sources",
    "region_label",
    "settings",
    "under",
    "with_version",
]

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


def region_label(region: str, folder: Path | None = None) -> str:
    """What a region is called, as its file in networks/ says.

    Raises `UnknownName`; `InputError` for a file that is missing or has no label.

    >>> region_label("ankle_foot")
    'Ankle and foot'
    """
    if region not in LETTERS:
        raise UnknownName("region", region, LETTERS)
    path = (folder or networks_folder()) / f"{region}.yaml"
    return _label(path, modified(path))


@lru_cache(maxsize=16)
def _label(path: Path, _changed: int) -> str:
    data = parse_yaml(read_text(path), path.name)
    label = data.get("label") if isinstance(data, dict) else None
    if not isinstance(label, str) or not label.strip():
        raise InputError(f"{path.name} has no label")
    return label.strip()


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
            number = read_number(row, "links.csv", line)
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
    scalars = prior.scalars if prior else ()
    for n in (*network.numbers.values(), *rates):
        name = (n.quantity, n.child, n.state, n.cause)
        digest.update(repr((name, *map(float, (n.value, n.low, n.high, n.n)))).encode())
    digest.update(repr(tuple(map(float, scalars))).encode())
    return replace(network, version=digest.hexdigest()[:12])
