"""FHIR to findings: Observations, Conditions and the Patient of one person.

What a mapping file (`bme_bayes.exchange.mapping`) does not know is listed and left out; what
contradicts itself is an error that names both. Body sites and sides are not read: give the
entries of the region in question. No identifier is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from bme_bayes.documents import parse_json, read_text
from bme_bayes.errors import InputError
from bme_bayes.exchange.fhir import one_line, validated
from bme_bayes.exchange.mapping import FhirMapping, plain, read_mapping
from bme_bayes.exchange.observations import NotRead, conditioned, counts, find, name, observed
from bme_bayes.exchange.person import Outcome, told_by_patient
from bme_bayes.network import Network

READ = ("Observation", "Condition", "Patient")
MOST_ENTRIES = 10_000


@dataclass(frozen=True, slots=True)
class Read:
    """An entry that was read: where it stands, its name, and the states that it may mean."""

    place: str
    name: str
    finding: str
    states: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An entry that was left out, and why."""

    place: str
    name: str
    reason: str


@dataclass(frozen=True)
class Imported:
    """Findings of one patient. A state, or equal likelihoods where one of several is meant.

    >>> Imported("hip", {"crp": "normal"}, (), ()).to_case()
    {'region': 'hip', 'findings': {'crp': 'normal'}}
    """

    region: str
    findings: Mapping[str, object]
    read: tuple[Read, ...]
    left_out: tuple[LeftOut, ...]

    def to_case(self) -> dict[str, object]:
        """The case, as `bme_bayes.cases` reads it."""
        return {"region": self.region, "findings": dict(self.findings)}


def read_fhir(
    path: str | Path, network: Network, mapping: FhirMapping | None = None, on: date | None = None
) -> Imported:
    """The findings of a FHIR file (`-`: standard input); see `import_fhir`.

    >>> import json
    >>> import bme_bayes as bb
    >>> given = {"resourceType": "Observation", "status": "final", "code": {"text": "Night pain"},
    ...          "valueBoolean": True}
    >>> Path("given.json").write_text(json.dumps(given)) > 0
    True
    >>> dict(read_fhir("given.json", bb.load("hip")).findings)
    {'night_pain': 'present'}
    """
    shown = "standard input" if str(path) == "-" else str(path)
    return import_fhir(parse_json(read_text(path), shown), network, mapping, on, shown)


def import_fhir(
    data: object,
    network: Network,
    mapping: FhirMapping | None = None,
    on: date | None = None,
    where: str = "FHIR",
) -> Imported:
    """Findings from a Bundle, a list of resources, or one resource with what it contains.

    Parameters: `mapping` defaults to the bundled one; `on` is the day for which an age is worked
    out from the Patient's birth date (without it the date is left out).
    Raises `InputError` for what is not valid FHIR R4B, for two patients, and for two entries
    that contradict each other.

    >>> import bme_bayes as bb
    >>> crp = {"resourceType": "Observation", "status": "final", "code": {"text": "CRP"},
    ...        "valueQuantity": {"value": 140, "unit": "mg/L"}}
    >>> dict(import_fhir([crp], bb.load("spine")).findings)
    {'crp': 'markedly_raised'}
    """
    mapping = mapping or read_mapping()
    read: list[Read] = []
    left_out: list[LeftOut] = []
    patients: dict[str, str] = {}
    subjects: dict[str, str] = {}
    for place, resource in _resources(data, where):
        kind = resource.get("resourceType")
        if kind not in READ:
            left_out.append(LeftOut(place, one_line(kind, 30), "not a kind that is read"))
            continue
        model = validated(str(kind), resource, place)
        _same_patient(patients, subjects, model, place)
        for spot, called, outcome in _told(model, place, mapping, network, on):
            if isinstance(outcome, str):
                left_out.append(LeftOut(spot, called, outcome))
            elif outcome[0] not in network.variables:
                left_out.append(LeftOut(spot, called, f"not a finding of {network.region}"))
            else:
                read.append(Read(spot, called, *outcome))
    return Imported(network.region, _findings(network, read), tuple(read), tuple(left_out))


def _told(
    model: Any, place: str, mapping: FhirMapping, network: Network, on: date | None
) -> Iterator[Outcome]:
    """What a resource says: place, name, and finding with states or the reason it says nothing."""
    kind = model.get_resource_type()
    if kind == "Patient":
        yield from told_by_patient(model, place, on)
        return
    parts = [(place, model)]
    if kind == "Observation" and model.component:
        parts = [(f"{place}, component {i}", c) for i, c in enumerate(model.component, 1)]
        if model.valueQuantity or model.valueCodeableConcept or model.valueString:
            parts.insert(0, (place, model))
    for spot, part in parts:
        try:
            if part is not model:
                counts(model)
            entry = find(mapping, part.code)
            if kind == "Condition":
                states = conditioned(entry, part)
            else:
                labels = _labels(network, entry.finding)
                states = observed(entry, mapping.words, labels, part)
        except NotRead as reason:
            yield spot, name(part.code), str(reason)
        else:
            yield spot, name(part.code), (entry.finding, states)


def _labels(network: Network, finding: str) -> dict[str, str]:
    variable = network.variables.get(finding)
    return {plain(variable.state_label(s)): s for s in variable.states} if variable else {}


def _resources(data: object, where: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every resource with its place: those of a Bundle, of a list, or contained in one."""
    rows: list[object]
    if isinstance(data, list):
        rows = data
    elif not isinstance(data, Mapping) or "resourceType" not in data:
        raise InputError(f"{where}: FHIR is a resource with its resourceType, or a list of them")
    elif data["resourceType"] == "Bundle":
        validated("Bundle", {k: v for k, v in data.items() if k != "entry"}, where)
        entries = data.get("entry", [])
        if not isinstance(entries, list):
            raise InputError(f"{where}: the Bundle's entry is not a list")
        rows = [e.get("resource") if isinstance(e, Mapping) else e for e in entries]
    elif data["resourceType"] in READ:
        rows = [data]
    else:
        contained = data.get("contained") or []
        rows = contained if isinstance(contained, list) else []
        if not any(isinstance(r, Mapping) and r.get("resourceType") in READ for r in rows):
            kind = one_line(data["resourceType"], 30)
            raise InputError(
                f"{where} is a {kind}: a Bundle, Observation, Condition or Patient is read"
            )
    if len(rows) > MOST_ENTRIES:
        raise InputError(f"{where} has {len(rows)} entries; at most {MOST_ENTRIES} are read")
    for number, row in enumerate(rows, 1):
        if not isinstance(row, Mapping):
            raise InputError(f"{where}, entry {number}: not a resource")
        yield f"{where}, entry {number}", row


def _same_patient(patients: dict[str, str], subjects: dict[str, str], model: Any, at: str) -> None:
    """Raises `InputError` when two resources are about different patients (and names neither)."""
    if model.get_resource_type() == "Patient":
        table, key = patients, at
    else:
        reference = getattr(getattr(model, "subject", None), "reference", None)
        if reference is None:
            return
        table, key = subjects, str(reference)
    table.setdefault(key, at)
    if len(table) > 1:
        raise InputError(f"{next(iter(table.values()))} and {at} are about different patients")


def _findings(network: Network, read: list[Read]) -> dict[str, object]:
    out: dict[str, object] = {}
    left: dict[str, Read] = {}
    for entry in read:
        before = left.get(entry.finding)
        states = entry.states
        if before is not None:
            states = tuple(s for s in before.states if s in entry.states)
            if not states:
                raise InputError(
                    f"{entry.finding} is contradicted: {_said(before)}, but {_said(entry)}; "
                    "leave one of them out"
                )
        left[entry.finding] = Read(entry.place, entry.name, entry.finding, states)
        out[entry.finding] = states[0] if len(states) == 1 else dict.fromkeys(states, 1)
    return {v: out[v] for v in network.variables if v in out}


def _said(entry: Read) -> str:
    return f"{entry.place} ({entry.name}) says {' or '.join(entry.states)}"
