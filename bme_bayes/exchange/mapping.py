"""Mapping files: which FHIR Observation or Condition means which finding and state.

A YAML file with `words` (what stands for present and absent) and `findings`, a list of entries::

    - finding: crp                      # an id of networks/variables.csv, or age
      text: [CRP]                       # names of the thing, besides the finding's id and label
      codes: [{system: ..., code: ..., seen: page that showed the code}]
      quantity: {unit: mg/L, convert: {mg/dL: 10}, high: [5, 10], bands: [...]}
      values: {text: [states]}          # of a coded or plain answer, besides states and words
      interpretation: {H: [states]}     # HL7 codes: N, H, L, POS, ...
      condition: [states]               # what a confirmed Condition means (present)
      part: true                        # only a part of the finding: its absence says nothing
      history: true                     # a Condition that is over still counts

Several states mean "one of these". The bundled file is `networks/fhir_mapping.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from bme_bayes.documents import Block, parse_yaml, read_rows, read_text
from bme_bayes.errors import InputError, UnknownName
from bme_bayes.exchange.bands import Quantity, read_quantity
from bme_bayes.library import networks_folder

BUNDLED = "fhir_mapping.yaml"
AGE = "age"
FIELDS = ("finding", "text", "codes", "quantity", "values", "interpretation", "condition",
          "part", "history")  # fmt: skip
States = tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    """One entry of a mapping file, or a finding as it is (`label`)."""

    finding: str
    states: States
    quantity: Quantity | None = None
    values: Mapping[str, States] = field(default_factory=dict)
    interpretation: Mapping[str, States] = field(default_factory=dict)
    condition: States = ()
    part: bool = False
    history: bool = False


@dataclass(frozen=True)
class FhirMapping:
    """A mapping file, ready to be looked up.

    `codes` are keyed by system and code, `texts` by `plain` text; `words` are the plain words
    for present and absent.

    >>> mapping = read_mapping()
    >>> mapping.codes["http://loinc.org", "1988-5"].finding, mapping.words["positive"]
    ('crp', 'present')
    """

    name: str
    codes: Mapping[tuple[str, str], Entry]
    texts: Mapping[str, Entry]
    words: Mapping[str, str]


def plain(text: str) -> str:
    """A text without letter case, hyphens and spaces: what texts are compared by.

    >>> plain("C-reactive  Protein") == plain("c reactive protein")
    True
    """
    return re.sub(r"[\W_]+", "", text.casefold())


def read_mapping(path: str | Path | None = None) -> FhirMapping:
    """A mapping file, or the bundled one.

    Raises `InputError` with file and line for what cannot be read, `UnknownName` for a finding
    or state that does not exist.

    >>> read_mapping().texts[plain("CRP")].finding
    'crp'
    """
    place = networks_folder() / BUNDLED if path is None else Path(path)
    text = read_text(place)
    data = parse_yaml(text, place.name)
    if not isinstance(data, Block) or not isinstance(data.get("findings"), list):
        raise InputError(f"{place.name}: a mapping file holds `words` and a list `findings`")
    known = _definitions(networks_folder() / "variables.csv")
    words = _words(data.get("words") or {}, place.name)
    codes: dict[tuple[str, str], Entry] = {}
    texts: dict[str, Entry] = {}
    for row in data["findings"]:
        where = f"{place.name}:{getattr(row, 'line', 0)}"
        entry = _entry(row, known, where)
        for code in _codes(row, where):
            _once(codes, code, entry, where, " ".join(code))
        for name in _strings(row, "text", where):
            _once(texts, plain(name), entry, where, name)
    for finding, (states, label) in known.items():
        for name in (finding, label, label.partition(" (")[0]):
            texts.setdefault(plain(name), Entry(finding, states))
    return FhirMapping(place.name, codes, texts, words)


def _entry(row: Any, known: Mapping[str, tuple[States, str]], where: str) -> Entry:
    if not isinstance(row, Block):
        raise InputError(f"{where}: an entry is a mapping with `finding`, not {row!r:.40}")
    for name in row:
        if name not in FIELDS:
            raise UnknownName("field", name, FIELDS, f"in {where}")
    finding = str(row.get("finding"))
    if finding != AGE and finding not in known:
        raise UnknownName("finding", finding, [*known, AGE], f"in {where}")
    states = known["age_band" if finding == AGE else finding][0]
    quantity = None
    if "quantity" in row:
        quantity = read_quantity(row["quantity"], states, where)
    condition = _states(row.get("condition") or [], states, where)
    return Entry(
        finding="age_band" if finding == AGE else finding,
        states=states,
        quantity=quantity,
        values={plain(k): v for k, v in _table(row, "values", states, where).items()},
        interpretation=_table(row, "interpretation", states, where),
        condition=condition,
        part=_flag(row, "part", where),
        history=_flag(row, "history", where),
    )


@lru_cache(maxsize=4)
def _definitions(path: Path) -> dict[str, tuple[States, str]]:
    """States and label of everything that can be observed."""
    roles = ("context", "risk", "finding", "sign")
    return {
        r["id"]: (tuple(r["states"].split("|")), r["label"])
        for r in read_rows(path)
        if r["role"] in roles
    }


def _words(data: Any, name: str) -> dict[str, str]:
    out: dict[str, str] = {}
    if not isinstance(data, Mapping) or set(data) - {"present", "absent"}:
        raise InputError(f"{name}: `words` holds `present` and `absent`")
    for state, words in data.items():
        if not isinstance(words, list):
            raise InputError(f"{name}: the words for {state} are not a list")
        for word in words:
            if out.setdefault(plain(str(word)), state) != state:
                raise InputError(f"{name}: {word!r} stands for both present and absent")
    return out


def _codes(row: Block, where: str) -> list[tuple[str, str]]:
    out = []
    for code in row.get("codes") or []:
        if not isinstance(code, Block) or not {"system", "code"} <= set(code):
            raise InputError(f"{where}: a code is `{{system: ..., code: ..., seen: ...}}`")
        out.append((str(code["system"]), str(code["code"])))
    return out


def _strings(row: Block, name: str, where: str) -> list[str]:
    found = row.get(name) or []
    if not isinstance(found, list) or not all(isinstance(t, str) for t in found):
        raise InputError(f"{where}: `{name}` is not a list of texts")
    return found


def _table(row: Block, name: str, states: States, where: str) -> dict[str, States]:
    found = row.get(name) or {}
    if not isinstance(found, Mapping):
        raise InputError(f"{where}: `{name}` is not a mapping of texts to lists of states")
    return {str(k): _states(v, states, where) for k, v in found.items()}


def _states(found: Any, states: States, where: str) -> States:
    if not isinstance(found, Sequence):
        raise InputError(f"{where}: {found!r:.40} is not a state or a list of states")
    listed = [found] if isinstance(found, str) else list(found)
    for state in listed:
        if state not in states:
            raise UnknownName("state", state, states, f"in {where}")
    return tuple(listed)


def _flag(row: Block, name: str, where: str) -> bool:
    value = row.get(name, False)
    if not isinstance(value, bool):
        raise InputError(f"{where}: `{name}` is true or false, not {value!r:.40}")
    return value


def _once(table: dict[Any, Entry], key: Any, entry: Entry, where: str, shown: str) -> None:
    if key in table:
        raise InputError(f"{where}: {shown!r} also means {table[key].finding}")
    table[key] = entry
