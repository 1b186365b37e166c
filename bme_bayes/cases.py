"""Cases as people write them: one patient as JSON or YAML, or many as JSON Lines.

    {"region": "hip", "findings": {"corticosteroids": "present", "crp": "normal", "age": 45}}

A case may carry `case_id`, `setting`, and for evaluation `diagnosis`, `diagnosis_state`,
`also` and `difficulty`. The `diagnosis_state` (a stage, say) is read and kept, but nothing scores
it: scores are of diagnoses. Other keys (a note, a source) are left alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bme_bayes.documents import NotJson, parse_json, parse_yaml, read_text
from bme_bayes.errors import InputError, UnknownName, nearest
from bme_bayes.network import REGIONS

MOST_BYTES_OF_MANY = 50_000_000
TEXTS = ("case_id", "setting", "diagnosis", "diagnosis_state", "difficulty")
KEYS = ("region", "findings", "also", *TEXTS)


@dataclass(frozen=True)
class Case:
    """One patient: the region, what was found, and what is known of the diagnosis.

    `findings` are as typed; `bme_bayes.findings.code_findings` reads them.
    """

    region: str
    findings: Mapping[str, object]
    case_id: str = ""
    setting: str = ""
    diagnosis: str = ""
    diagnosis_state: str = ""
    also: tuple[str, ...] = ()
    difficulty: str = ""


def read_case(path: str | Path, case_id: str = "") -> Case:
    """One case from a file, or from standard input for `-`.

    `case_id` chooses among several. Raises `InputError` or `UnknownName`.
    """
    cases = read_cases(path)
    name = _name(path)
    if case_id:
        chosen = {c.case_id: c for c in cases}
        if case_id not in chosen:
            raise UnknownName("case", case_id, chosen, f"in {name}")
        return chosen[case_id]
    if len(cases) > 1:
        raise InputError(
            f"{name} holds {len(cases)} cases: choose one with --case ID, e.g. {cases[0].case_id}"
        )
    return cases[0]


def read_cases(path: str | Path) -> list[Case]:
    """All cases of a JSON, YAML or JSON Lines file; a case without an id gets its number."""
    name = _name(path)
    found = _documents(read_text(path, MOST_BYTES_OF_MANY), name)
    cases: dict[str, Case] = {}
    for number, (where, data) in enumerate(found, start=1):
        case = parse_case(data, where, str(number))
        if case.case_id in cases:
            raise InputError(f"{where}: a second case has the id {case.case_id!r}")
        cases[case.case_id] = case
    if not cases:
        raise InputError(f"{name} is empty")
    return list(cases.values())


def parse_case(data: object, where: str = "case", number: str = "") -> Case:
    """A case from plain data; `where` is what messages begin with."""
    if not isinstance(data, Mapping):
        raise InputError(
            f"{where}: a case is a mapping (`region: hip`, then `findings:`), not {_kind(data)}; "
            "for a table of patients there is `bme-bayes score`"
        )
    for key in ("region", "findings"):
        if key not in data:
            similar = nearest(key, [str(k) for k in data])
            hint = f"; did you mean {key!r} where it says {similar[0]!r}?" if similar else ""
            raise InputError(f"{where}: {key!r} is missing{hint}")
    region, findings, also = data["region"], data["findings"], data.get("also") or []
    if region not in REGIONS.values():
        raise UnknownName("region", region, REGIONS.values(), f"in {where}")
    if not isinstance(findings, Mapping):
        raise InputError(f"{where}: findings is {_kind(findings)}, not a mapping of ids to states")
    if not isinstance(also, list) or not all(isinstance(d, str) for d in also):
        raise InputError(f"{where}: also is not a list of diagnoses")
    texts = {key: _text(data, key, where) for key in TEXTS}
    texts["case_id"] = texts["case_id"] or number
    return Case(region=region, findings=dict(findings), also=tuple(also), **texts)


def _text(data: Mapping[Any, Any], key: str, where: str) -> str:
    value = data.get(key)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise InputError(f"{where}: {key} is {_kind(value)}, not a text")
    return str(value)


def _documents(text: str, name: str) -> list[tuple[str, object]]:
    """Every case in a text, with the place to name in a message."""
    if not text.strip():
        return []
    if name.endswith((".yaml", ".yml")):
        return _listed(parse_yaml(text, name), name)
    try:
        return _listed(parse_json(text, name), name)
    except NotJson as error:
        lines = [(i, line) for i, line in enumerate(text.splitlines(), 1) if line.strip()]
        if name.endswith((".jsonl", ".ndjson")) or (len(lines) > 1 and _is_json(lines[0][1])):
            return [(f"{name}:{i}", parse_json(line, f"{name}:{i}")) for i, line in lines]
        if name.endswith(".json"):
            raise
        return _as_yaml(text, name, error)


def _as_yaml(text: str, name: str, error: NotJson) -> list[tuple[str, object]]:
    """Text that is not JSON, read as YAML; complains of JSON where it looks like JSON."""
    try:
        data = parse_yaml(text, name)
    except InputError:
        if text.lstrip().startswith(("{", "[")):
            raise error from None
        raise
    return _listed(data, name)


def _listed(data: object, name: str) -> list[tuple[str, object]]:
    if isinstance(data, list):
        return [(f"{name}, case {i}", row) for i, row in enumerate(data, start=1)]
    return [(name, data)]


def _is_json(line: str) -> bool:
    try:
        return isinstance(parse_json(line, "line"), dict)
    except InputError:
        return False


def _name(path: str | Path) -> str:
    return "standard input" if str(path) == "-" else str(path)


def _kind(value: object) -> str:
    if isinstance(value, Mapping):
        return "a mapping"
    return "a list" if isinstance(value, list) else f"{value!r:.40}"
