"""What one FHIR Observation, component or Condition says of its finding."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from bme_bayes.exchange.fhir import one_line
from bme_bayes.exchange.mapping import Entry, FhirMapping, plain

COUNTED = ("final", "amended", "corrected", "preliminary")
REFUTED = "refuted"
OVER = ("inactive", "remission", "resolved")
UNCERTAIN = ("unconfirmed", "provisional", "differential")


class NotRead(Exception):
    """Why an entry says nothing; it is listed and left out."""


def find(mapping: FhirMapping, concept: Any) -> Entry:
    """The entry that a code or text means; raises `NotRead` for an unknown one."""
    codings = (getattr(concept, "coding", None) or []) if concept else []
    for coding in codings:
        entry = mapping.codes.get((str(coding.system), str(coding.code)))
        if entry is not None:
            return entry
    for text in _texts(concept):
        entry = mapping.texts.get(plain(text))
        if entry is not None:
            return entry
    raise NotRead("not in the mapping")


def name(concept: Any) -> str:
    """What an entry calls itself."""
    codings = (getattr(concept, "coding", None) or []) if concept else []
    texts = [*_texts(concept), *(str(c.code) for c in codings if c.code)]
    return one_line(texts[0]) if texts else "without a name"


def observed(
    entry: Entry, words: Mapping[str, str], labels: Mapping[str, str], given: Any
) -> tuple[str, ...]:
    """The states that an Observation (or component) may mean; raises `NotRead`.

    `words` are those of the mapping, `labels` the states by their `plain` words.
    """
    counts(given)
    stated = _interpreted(entry, words, given)
    try:
        states = _value(entry, {**words, **labels}, given)
    except NotRead:
        if not stated:
            raise
        states = stated
    if stated:
        both = tuple(s for s in states if s in stated)
        if not both:
            raise NotRead("its value and its interpretation disagree")
        states = both
    return _useful(entry, states)


def counts(given: Any) -> None:
    """Raises `NotRead` for an Observation that is not (or no longer) a result."""
    status = getattr(given, "status", "final")  # a component has none of its own
    if status not in COUNTED:
        raise NotRead(f"its status is {one_line(status, 30)}")


def conditioned(entry: Entry, given: Any) -> tuple[str, ...]:
    """The states that a Condition means; raises `NotRead`."""
    verified, course = _codes(given.verificationStatus), _codes(given.clinicalStatus)
    if "entered-in-error" in verified:
        raise NotRead("entered in error")
    if any(code in UNCERTAIN for code in verified):
        raise NotRead("not confirmed")
    if REFUTED in verified:
        return _useful(entry, entry.states[:1])
    over = next((code for code in course if code in OVER), None)
    if over and not entry.history:
        raise NotRead(f"its clinical status is {over}")
    if entry.condition:
        return entry.condition
    if "present" in entry.states:
        return ("present",)
    raise NotRead("the mapping does not say what state this Condition means")


def _useful(entry: Entry, states: tuple[str, ...]) -> tuple[str, ...]:
    if len(states) == len(entry.states):
        raise NotRead("between the limits of laboratories, and it brings no reference range")
    if entry.part and states == entry.states[:1]:
        raise NotRead("only a part of the finding: its absence says nothing of the rest")
    return states


def _value(entry: Entry, words: Mapping[str, str], given: Any) -> tuple[str, ...]:
    if given.valueQuantity is not None:
        return _quantity(entry, given)
    if given.valueInteger is not None:
        return _number(entry, float(given.valueInteger), "", "", given)
    if given.valueBoolean is not None:
        return _words(entry, words, [str(given.valueBoolean).lower()])
    if given.valueString is not None:
        return _words(entry, words, [given.valueString])
    if given.valueCodeableConcept is not None:
        concept = given.valueCodeableConcept
        codes = [str(c.code) for c in concept.coding or [] if c.code]
        return _words(entry, words, [*_texts(concept), *codes])
    raise NotRead("no value that can be read")


def _quantity(entry: Entry, given: Any) -> tuple[str, ...]:
    quantity = given.valueQuantity
    if quantity.value is None:
        raise NotRead("a quantity without a value")
    unit = quantity.code or quantity.unit or ""
    if entry.quantity and entry.quantity.factor(unit) is None and quantity.unit:
        unit = quantity.unit
    return _number(entry, float(quantity.value), unit, quantity.comparator or "", given)


def _number(entry: Entry, value: float, unit: str, comparator: str, given: Any) -> tuple[str, ...]:
    bands = entry.quantity
    if bands is None:
        raise NotRead("a quantity, and the mapping has no bands for it")
    factor = bands.factor(unit)
    if factor is None:
        raise NotRead(f"its unit is {one_line(unit, 20) or 'missing'}, not {bands.unit}")
    if comparator not in ("", "<", "<=", ">", ">=") or not math.isfinite(value):
        raise NotRead("its value cannot be read")
    limits: dict[str, float] = {}
    for end, limit in _reference(given):
        scale = bands.factor(limit.code or limit.unit or unit)
        if scale is not None:
            limits[end] = float(limit.value) * scale
    states = bands.states(value * factor, comparator, limits)
    if not states:
        raise NotRead(f"{value:g} {one_line(unit, 20)} is outside what is possible")
    return states


def _reference(given: Any) -> Iterator[tuple[str, Any]]:
    """The limits of the first reference range that is the normal one."""
    for reference in getattr(given, "referenceRange", None) or []:
        kinds = _codes(reference.type)
        if not kinds or "normal" in kinds:
            for end in ("low", "high"):
                limit = getattr(reference, end)
                if limit is not None and limit.value is not None:
                    yield end, limit
            return


def _words(entry: Entry, words: Mapping[str, str], texts: list[str]) -> tuple[str, ...]:
    ids = {plain(s): s for s in entry.states}
    for text in texts:
        word = plain(text)
        if word in entry.values:
            return entry.values[word]
        state = ids.get(word) or words.get(word)
        if state in entry.states:
            return (str(state),)
    raise NotRead(f"its value is {one_line(texts[0], 40)!r}" if texts else "no value")


def _interpreted(entry: Entry, words: Mapping[str, str], given: Any) -> tuple[str, ...]:
    for concept in getattr(given, "interpretation", None) or []:
        for code in _codes(concept):
            if code in entry.interpretation:
                return entry.interpretation[code]
            state = words.get(plain(code))
            if state in entry.states:
                return (str(state),)
    return ()


def _texts(concept: Any) -> list[str]:
    if concept is None:
        return []
    texts = [concept.text, *(c.display for c in concept.coding or [])]
    return [str(t) for t in texts if t]


def _codes(concept: Any) -> list[str]:
    return [str(c.code) for c in (getattr(concept, "coding", None) or []) if c.code]
