"""Quantities to states: units, bands, and the limits of a laboratory.

Of an entry in a mapping file::

    quantity:
      unit: mg/L                        # what the bands are in
      convert: {mg/dL: 10}              # one of the other is this many of the unit
      least: 0                          # nothing below is possible
      high: [5, 10]                     # limit where no reference range is given; a grey zone
      bands:                            # from low to high
        - {state: normal, to: high}     # up to and with
        - {state: raised, below: 100}   # below, and not with
        - {state: markedly_raised}
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bme_bayes.documents import Block
from bme_bayes.errors import InputError, UnknownName, nearest

LIMITS = ("low", "high")
FIELDS = ("unit", "convert", "least", "bands", *LIMITS)
Range = tuple[float, float]
ANYTHING = (-math.inf, math.inf)


@dataclass(frozen=True, slots=True)
class Band:
    """A state and where it ends: a number, a limit of the laboratory, or nowhere (None)."""

    state: str
    end: float | str | None
    inclusive: bool


@dataclass(frozen=True)
class Quantity:
    """How the values of one quantity are read. `units` are factors by plain unit."""

    unit: str
    units: Mapping[str, float]
    bands: tuple[Band, ...]
    limits: Mapping[str, Range]
    least: float

    def factor(self, unit: str) -> float | None:
        """What a value in this unit is multiplied by; None for a unit that is not known."""
        return self.units.get(plain_unit(unit))

    def states(self, value: float, comparator: str, limits: Mapping[str, float]) -> tuple[str, ...]:
        """The states that a value (in the bands' unit) may mean; several in a grey zone.

        `comparator` is FHIR's (`<`, `<=`, `>=`, `>` or empty), `limits` those of the laboratory.
        """
        known = {**self.limits, **{k: (v, v) for k, v in limits.items()}}
        out, start, open_start = [], self.least, False
        for band in self.bands:
            end = band.end
            low, high = known.get(end, ANYTHING) if isinstance(end, str) else (end, end)
            if _meets(value, comparator, (start, open_start), (high, band.inclusive)):
                out.append(band.state)
            if low is not None:
                start, open_start = low, band.inclusive
        return tuple(dict.fromkeys(out))


def _meets(
    value: float, comparator: str, start: tuple[float, bool], end: tuple[float | None, bool]
) -> bool:
    """Whether some number that the value stands for lies between start and end."""
    (low, open_low), (high, closed_high) = start, end
    above_start = value > low if open_low or comparator == "<" else value >= low
    if high is None:
        below_end = True
    else:
        below_end = value <= high if closed_high and comparator != ">" else value < high
    if comparator.startswith("<"):
        return above_start
    return below_end if comparator.startswith(">") else above_start and below_end


def plain_unit(unit: str) -> str:
    """A unit without letter case and spaces: mg/l is mg/L.

    >>> plain_unit("MG / l")
    'mg/l'
    """
    return "".join(unit.casefold().split())


def read_quantity(data: Any, states: Sequence[str], where: str) -> Quantity:
    """The quantity of a mapping's entry; raises `InputError` or `UnknownName`."""
    if not isinstance(data, Block) or not isinstance(data.get("bands"), list):
        raise InputError(f"{where}: a quantity has a unit and a list of bands")
    for name in data:
        if name not in FIELDS:
            raise UnknownName("field", name, FIELDS, f"of the quantity in {where}")
    convert = data.get("convert") or {}
    if not isinstance(convert, Mapping):
        raise InputError(f"{where}: `convert` is not a mapping of units to factors")
    unit = str(data.get("unit", ""))
    units = {plain_unit(unit): 1.0}
    for name, factor in convert.items():
        units[plain_unit(str(name))] = _number(factor, f"{where}: the factor of {name}", 0.0)
    bands = tuple(_band(b, states, where) for b in data["bands"])
    limits = {n: _limit(data[n], f"{where}: {n}") for n in LIMITS if n in data}
    least = _number(data["least"], f"{where}: least") if "least" in data else -math.inf
    return Quantity(unit, units, bands, limits, least)


def _band(data: Any, states: Sequence[str], where: str) -> Band:
    if not isinstance(data, Block) or not set(data) <= {"state", "to", "below"}:
        raise InputError(f"{where}: a band is {{state: ..., to: ...}}, or with `below`")
    state = str(data.get("state"))
    if state not in states:
        raise UnknownName("state", state, states, f"in {where}")
    ends = [(name, data[name]) for name in ("to", "below") if name in data]
    if len(ends) > 1:
        raise InputError(f"{where}: the band of {state} has two ends")
    if not ends:
        return Band(state, None, inclusive=False)
    name, end = ends[0]
    if isinstance(end, str) and end not in LIMITS:
        hint = nearest(end, LIMITS) or LIMITS
        raise InputError(f"{where}: {end!r} is neither a number nor {' nor '.join(hint)}")
    if not isinstance(end, str):
        end = _number(end, f"{where}: the end of {state}")
    return Band(state, end, inclusive=name == "to")


def _limit(data: Any, where: str) -> Range:
    if isinstance(data, list) and len(data) == 2:
        low, high = (_number(d, where) for d in data)
        if low <= high:
            return low, high
    if isinstance(data, list):
        raise InputError(f"{where} is a number, or two in order")
    value = _number(data, where)
    return value, value


def _number(data: Any, where: str, above: float = -math.inf) -> float:
    if isinstance(data, bool) or not isinstance(data, int | float) or not data > above:
        raise InputError(f"{where}: {data!r:.40} is not a number that can be used")
    return float(data)
