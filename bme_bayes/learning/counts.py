"""Base rates of a setting from a small table of local counts.

A base rate is a Beta (a diagnosis is present or not) worth `Number.n` patients; k of N local
patients give (value n + k) / (n + N), worth n + N. Where each patient is counted once, under
the main cause, the shares of the main causes are a Dirichlet instead.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bme_bayes.documents import read_rows
from bme_bayes.engine import Engine
from bme_bayes.errors import InputError, UnknownName
from bme_bayes.learning.learned import Grade, Learned, updated_prior, usual_weight
from bme_bayes.network import REGIONS, Network
from bme_bayes.posterior import DiagnosisPosterior
from bme_bayes.priors import PriorSet

COLUMNS = ("region", "diagnosis", "state", "count", "patients")


@dataclass(frozen=True)
class Counts:
    """How many of `patients` with marrow edema in one region have which diagnosis.

    Keys are a diagnosis, or `diagnosis=state` for one grade of it (then give all its grades).
    A diagnosis that is not listed was not counted; it is not zero.
    """

    region: str
    patients: int
    counts: Mapping[str, int]


def update_presence(network: Network, counts: Counts, name: str = "") -> Learned:
    """New base rates where every diagnosis that is present was counted.

    What is not listed is scaled so that the expected number of diagnoses a patient stays.
    `name` names the new setting. Raises `UnknownName` or `InputError`.
    """
    prior = _prior(network, counts)
    base = prior.region(counts.region)
    rates: dict[Grade, tuple[float, float]] = {}
    for diagnosis, by_state in _by_state(network, counts).items():
        grades = [g for g in base if g[0] == diagnosis]
        whole = by_state.get("")
        present = sum(base[g].value for g in grades)
        for grade in grades:
            n, share = base[grade].n, base[grade].value / present
            seen = by_state[grade[1]] if whole is None else whole * share
            total = n + counts.patients
            rates[grade] = ((base[grade].value * n + seen) / total, total)
    rest = [g for g in base if g not in rates]
    room = prior.expected_diagnoses(counts.region) - sum(v for v, _ in rates.values())
    held = sum(base[g].value for g in rest)
    if rest and room <= 0.05 * held:
        raise InputError(
            "the counts leave no room for the diagnoses that are not listed: list all of them"
        )
    rates |= {g: (base[g].value * room / held, base[g].n) for g in rest}
    new = updated_prior(prior, counts.region, rates, _note(counts.patients), name)
    return Learned(new, prior, counts.region, counts.patients, "counts of presence")


def update_main_causes(
    engine: Engine, counts: Counts, name: str = "", weight: float | None = None
) -> Learned:
    """New base rates where each patient was counted once, under the main cause.

    The shares of the main causes before any finding are a Dirichlet worth `weight` patients (by
    default as many as the base rates). How often a diagnosis is present besides another main
    cause is left as it is. Patients under no listed diagnosis are spread over the diagnoses
    not listed and none of them, as they were. Raises `UnknownName` or `InputError`.
    """
    network = engine.network
    prior = _prior(network, counts)
    before = engine.posterior()
    weight = usual_weight(prior, counts.region) if weight is None else weight
    if not weight > 0:
        raise InputError(f"weight: {weight} is not a positive number of patients")
    by_state = _by_state(network, counts)
    seen = {d: sum(s.values()) for d, s in by_state.items()}
    left = counts.patients - sum(seen.values())
    if left < 0:
        raise InputError(
            f"{sum(seen.values())} main causes were counted in {counts.patients} patients; where "
            "a patient counts under several diagnoses, use `update_presence`"
        )
    others = sum(p.main_cause for d, p in before.diagnoses.items() if d not in seen)
    others += before.unexplained
    total = weight + counts.patients
    rates: dict[Grade, tuple[float, float]] = {}
    for d, p in before.diagnoses.items():
        held = weight * p.main_cause
        main = (held + (seen[d] if d in seen else left * p.main_cause / others)) / total
        present = main + max(p.present - p.main_cause, 0.0)
        for state, share in _grade_shares(p, by_state.get(d, {}), held).items():
            rates[d, state] = (present * share, total)
    new = updated_prior(prior, counts.region, rates, _note(counts.patients), name)
    return Learned(new, prior, counts.region, counts.patients, "counts of main causes")


def _grade_shares(
    before: DiagnosisPosterior, seen: Mapping[str, int], held: float
) -> dict[str, float]:
    """Shares of the grades of a diagnosis: a Dirichlet worth `held` patients with it."""
    if "" in seen:
        seen = {}
    total = held + sum(seen.values())
    return {
        state: (held * p / before.present + seen.get(state, 0)) / total
        for state, p in before.states.items()
    }


def read_counts(path: str | Path) -> dict[str, Counts]:
    """Counts by region from a CSV file with region, diagnosis, state, count and patients.

    `state` may be blank. `patients` is the same in all rows of a region. Raises `InputError`
    with the row.
    """
    return _counts(read_rows(Path(path)), Path(path).name)


def parse_counts(text: str, name: str = "table of counts") -> dict[str, Counts]:
    """Counts by region from the text of such a file."""
    try:
        return _counts(list(csv.DictReader(io.StringIO(text))), name)
    except csv.Error as error:
        raise InputError(f"{name} is not a CSV table: {error}") from None


def _counts(rows: Iterable[Mapping[str, str]], name: str) -> dict[str, Counts]:
    found: dict[str, dict[str, int]] = {}
    patients: dict[str, int] = {}
    for line, row in enumerate(rows, start=2):
        where = f"{name}:{line}"
        missing = [c for c in COLUMNS if c not in row and c != "state"]
        if missing:
            raise InputError(f"{where}: there is no column {', '.join(missing)}")
        region, state = row["region"], row.get("state", "")
        if region not in REGIONS.values():
            raise UnknownName("region", region, REGIONS.values(), f"in {where}")
        try:
            count, total = int(row["count"]), int(row["patients"])
        except (TypeError, ValueError):
            given = f"count {row['count']!r} or patients {row['patients']!r}"
            raise InputError(f"{where}: {given} is not a whole number") from None
        if patients.setdefault(region, total) != total:
            raise InputError(f"{where}: {region} has {patients[region]} patients further up")
        key = f"{row['diagnosis']}={state}" if state else row["diagnosis"]
        if key in found.setdefault(region, {}):
            raise InputError(f"{where}: {key} is counted twice in {region}")
        found[region][key] = count
    if not found:
        raise InputError(f"{name} has no rows")
    return {r: Counts(r, patients[r], c) for r, c in found.items()}


def _prior(network: Network, counts: Counts) -> PriorSet:
    if network.prior is None:
        raise InputError("the network has no prior set; load it with a setting")
    if network.region != counts.region:
        raise InputError(f"the counts are of {counts.region}, the network is of {network.region}")
    return network.prior


def _by_state(network: Network, counts: Counts) -> dict[str, dict[str, int]]:
    """Counts by diagnosis and grade (blank where grades were not told apart), checked."""
    out: dict[str, dict[str, int]] = {}
    if counts.patients < 1:
        raise InputError(f"{counts.patients} patients: there have to be some")
    for key, count in counts.counts.items():
        diagnosis, _, state = key.partition("=")
        if diagnosis not in {v.id for v in network.diagnoses}:
            known = [v.id for v in network.diagnoses]
            raise UnknownName("diagnosis", diagnosis, known, f"in {network.region}")
        grades = {k.grade for k in network.kinds_of(diagnosis)}
        if state and state not in grades:
            raise UnknownName("state", state, grades, f"of {diagnosis}")
        if type(count) is not int or count < 0:
            raise InputError(f"{key}: {count!r} is not a number of patients")
        out.setdefault(diagnosis, {})[state] = count
    for diagnosis, by_state in out.items():
        grades = {k.grade for k in network.kinds_of(diagnosis)}
        if by_state.keys() not in ({""}, grades):
            raise InputError(
                f"{diagnosis}: count it as a whole or under each of {', '.join(sorted(grades))}"
            )
        if sum(by_state.values()) > counts.patients:
            raise InputError(
                f"{diagnosis} is counted {sum(by_state.values())} times in "
                f"{counts.patients} patients"
            )
    return out


def _note(patients: int) -> str:
    return f"updated from {patients} patients"
