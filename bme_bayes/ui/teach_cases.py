"""Cases to teach with: the published ones, and those of a teacher's file.

Pure functions; no Streamlit. What is wrong with a teacher's file is told in sentences of ours,
with the number of the case, and never with text that was in the file as it stood.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from bme_bayes.cases import Case, parse_case
from bme_bayes.documents import NotJson, parse_json, parse_yaml, read_text
from bme_bayes.errors import BmeBayesError, InputError, InvalidFinding, UnknownName
from bme_bayes.findings import UNKNOWN, age_band, code_findings
from bme_bayes.library import networks_folder
from bme_bayes.network import Network
from bme_bayes.questions.words import region_name
from bme_bayes.ui.words import plain

PUBLISHED = "cases/published_cases.jsonl"
MOST_CASES = 500
SHOWN_FAULTS = 6
START_SYMPTOMS = 3
NetworkOf = Callable[[str], Network]


@dataclass(frozen=True)
class TeachCase:
    """A case with a known diagnosis. `start` are the findings that the vignette opens with."""

    title: str
    region: str
    setting: str
    findings: Mapping[str, object]
    start: tuple[str, ...]
    diagnosis: str
    also: tuple[str, ...]
    difficulty: str = ""
    confirmed_by: str = ""
    source: str = ""
    address: str = ""
    note: str = ""


class CaseFileError(Exception):
    """A teacher's file cannot be used; `faults` says why, one sentence each."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("; ".join(faults))


@lru_cache(maxsize=2)
def published(network_of: NetworkOf) -> tuple[TeachCase, ...]:
    """The published cases, in an order that says nothing of their diagnoses."""
    text = read_text(networks_folder() / PUBLISHED)
    rows = [parse_json(line, "cases") for line in text.splitlines() if line.strip()]
    rows.sort(key=lambda r: hashlib.sha256(str(r.get("case_id")).encode()).hexdigest())
    return tuple(_teach(row, number, network_of) for number, row in enumerate(rows, 1))


def from_file(text: str, name: str, network_of: NetworkOf) -> tuple[TeachCase, ...]:
    """The cases of a teacher's file (JSON, JSON Lines or YAML); raises `CaseFileError`."""
    if not text.strip():
        raise CaseFileError(["The file is empty."])
    try:
        rows = _rows(text, name)
    except BmeBayesError:
        raise CaseFileError(["The file is not readable as JSON, JSON Lines or YAML."]) from None
    if not rows:
        raise CaseFileError(["The file holds no case."])
    if len(rows) > MOST_CASES:
        raise CaseFileError([f"The file holds more than {MOST_CASES} cases."])
    cases, faults = [], []
    for number, row in enumerate(rows, 1):
        try:
            cases.append(_teach(row, number, network_of))
        except BmeBayesError as error:
            faults.append(f"Case {number}: {_fault(error)}")
    if faults:
        more = len(faults) - SHOWN_FAULTS
        rest = [f"… and {more} more."] if more > 0 else []
        raise CaseFileError([*faults[:SHOWN_FAULTS], *rest])
    return tuple(cases)


def _rows(text: str, name: str) -> list[object]:
    if name.endswith((".yaml", ".yml")):
        data = parse_yaml(text, "file")
    else:
        try:
            data = parse_json(text, "file")
        except NotJson:
            return [parse_json(line, "file") for line in text.splitlines() if line.strip()]
    return list(data) if isinstance(data, list) else [data]


def _fault(error: BmeBayesError) -> str:
    if isinstance(error, UnknownName):
        near = f" Nearest: {', '.join(error.nearest)}." if error.nearest else ""
        return f"the {error.kind} “{plain(error.name)}” is not known.{near}"
    if isinstance(error, InvalidFinding):
        return "a finding has a value that cannot be read."
    return "it needs a region, findings and a diagnosis, each of the right kind."


def _teach(row: object, number: int, network_of: NetworkOf) -> TeachCase:
    case = parse_case(row, "case", str(number))
    network = network_of(case.region)
    known = {v.id for v in network.diagnoses}
    if not case.diagnosis:
        raise InputError("no diagnosis")
    for diagnosis in (case.diagnosis, *case.also):
        if diagnosis not in known:
            raise UnknownName("diagnosis", diagnosis, known)
    found = _findings(case)
    code_findings(network, found)
    data: Mapping[str, object] = row if isinstance(row, Mapping) else {}
    source = data.get("source")
    origin: Mapping[str, object] = source if isinstance(source, Mapping) else {"title": source}
    year = origin.get("year")
    title = _text(origin.get("title"))
    own = plain(_text(data.get("title")))
    return TeachCase(
        title=f"Case {number} · {own or region_name(case.region) + _who(network, found)}",
        region=case.region,
        setting=case.setting,
        findings=found,
        start=_told_first(data, found) or start_of(network, found),
        diagnosis=case.diagnosis,
        also=case.also,
        difficulty=case.difficulty,
        confirmed_by=_text(data.get("confirmed_by")),
        source=f"{title} ({year})" if title and year else title,
        address=_text(origin.get("url")),
        note=_text(data.get("note")),
    )


def _told_first(data: Mapping[str, object], found: Mapping[str, object]) -> tuple[str, ...]:
    """What the file itself tells at the start; raises `UnknownName` for what it does not hold."""
    listed = data.get("start") or []
    if not isinstance(listed, list):
        raise InputError("start is not a list")
    names = tuple("age_band" if name == "age" else str(name) for name in listed)
    for name in names:
        if name not in found:
            raise UnknownName("finding of the start", name, found)
    return tuple(dict.fromkeys(names))


def start_of(network: Network, found: Mapping[str, object]) -> tuple[str, ...]:
    """Who the patient is and a few complaints, what is there before what is not."""
    group = {f: network.variable(f).group for f in found}
    who = [f for f in found if group[f] == "patient"]

    def absent(finding: str) -> bool:
        return found[finding] == network.variable(finding).states[0]

    told = [f for f in found if group[f] == "symptom"]
    told = told or [f for f in found if group[f] in ("risk", "examination")]
    return (*who, *sorted(told, key=absent)[:START_SYMPTOMS])


def _findings(case: Case) -> dict[str, object]:
    found = {f: v for f, v in case.findings.items() if not _unknown(v)}
    age = found.pop("age", None)
    if isinstance(age, int | float) and not isinstance(age, bool):
        found.setdefault("age_band", age_band(float(age)))
    elif age is not None:
        raise InvalidFinding("age")
    return found


def _unknown(value: object) -> bool:
    return value is None or (isinstance(value, str) and value in UNKNOWN)


def _who(network: Network, found: Mapping[str, object]) -> str:
    parts = []
    for finding in ("sex", "age_band"):
        value = found.get(finding)
        if isinstance(value, str):
            parts.append(network.variable(finding).state_label(value))
    return f" · {', '.join(parts)}" if parts else ""


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
