"""Prior files: the YAML of one setting as a `PriorSet`, with every fault named."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from bme_bayes.documents import parse_yaml, read_text
from bme_bayes.errors import DefinitionError, InputError, Problem
from bme_bayes.network import Number, NumberKey
from bme_bayes.priors import PriorSet

Key = TypeVar("Key", bound=Hashable)
POSITIVE = ("odds_ratio", "multiplier")


def read_prior(path: Path) -> PriorSet:
    """A prior set from a YAML file."""
    return parse_prior(read_text(path), path.name)


def parse_prior(text: str, name: str = "prior file") -> PriorSet:
    """A prior set from YAML text; every fault in it is named."""
    data = parse_yaml(text, name)
    if not isinstance(data, dict) or not isinstance(data.get("base"), dict):
        raise InputError(f"{name} is not a prior file: it needs name, base (by region) and mix")
    reader = _Reader(name, data)
    prior = PriorSet(
        name=str(data.get("name", name)),
        label=str(data.get("label", data.get("name", name))),
        description=str(data.get("description", "")),
        base={r: reader.rates(rows, f"base of {r}") for r, rows in data["base"].items()},
        mix=reader.rates(data.get("mix"), "mix"),
        none=reader.scalar("none", 0.02, 0.0, 0.9),
        kind_power=reader.scalar("kind_power", 1.0, 0.0, 10.0),
        unmentioned=reader.scalar("unmentioned", 1.0, 1e-6, 1.0),
        unmentioned_signs=reader.scalar("unmentioned_signs", 1.0, 1e-6, 1.0),
        stated_absence=reader.scalar("stated_absence", 0.0, 0.0, 10.0),
        evaluation_only=bool(data.get("evaluation_only", False)),
        provenance=str(data.get("provenance", "")),
        reasons=reader.texts("reasons"),
        links=reader.links(),
    )
    if reader.problems:
        raise DefinitionError(reader.problems)
    return prior


def read_number(row: Mapping[str, Any], file: str, line: int | None = None) -> Number:
    """A number from a row of a table or of a prior file; raises `DefinitionError`."""
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


class _Reader:
    """The parts of one prior file; `problems` are what is wrong with them."""

    def __init__(self, name: str, data: Mapping[str, Any]) -> None:
        self.name, self.data = name, data
        self.problems: list[Problem] = []

    def rates(self, rows: object, what: str) -> dict[tuple[str, str], Number]:
        """Base rates or shares of the case mix."""
        return self._numbers(rows, what, "base rate", _rate, lambda n: (n.child, n.state))

    def links(self) -> dict[str, dict[NumberKey, Number]]:
        """The links of the file by region."""
        own = self.data.get("links") or {}
        if not isinstance(own, dict):
            self._problem(None, "links is not a mapping of regions to rows")
            return {}
        return {
            str(region): self._numbers(rows, f"links of {region}", "link", _link, _link_key)
            for region, rows in own.items()
        }

    def scalar(self, key: str, default: float, least: float, most: float) -> float:
        """A single number of the file."""
        value = self.data.get(key, default)
        number = not isinstance(value, bool) and isinstance(value, int | float)
        if not number or not least <= value <= most:
            self._problem(None, f"{key} is not a number: {value!r:.40} (of {least} to {most})")
            return default
        return float(value)

    def texts(self, key: str) -> dict[str, str]:
        """A mapping of names to words."""
        found = self.data.get(key) or {}
        if not isinstance(found, dict):
            self._problem(None, f"{key} is not a mapping of names to words")
            return {}
        return {str(name): str(words) for name, words in found.items()}

    def _numbers(
        self,
        rows: object,
        what: str,
        kind: str,
        make: Callable[[Mapping[str, Any], str], Number],
        name: Callable[[Number], Key],
    ) -> dict[Key, Number]:
        out: dict[Key, Number] = {}
        if rows is not None and not isinstance(rows, list):
            self._problem(None, f"{what} is not a list of rows")
            return out
        for row in rows or []:
            line = getattr(row, "line", None)
            try:
                number = make(row, self.name)
            except (DefinitionError, KeyError, TypeError, AttributeError):
                self._problem(line, f"not a {kind}: {str(row)[:80]}")
                continue
            words = " ".join(t for t in (number.child, number.state, number.cause) if t)
            if not _possible(number):
                unit = "positive odds ratio" if number.quantity in POSITIVE else "share"
                self._problem(line, f"{what}: {words} is not a {unit}: {number.value}")
            if name(number) in out:
                self._problem(line, f"{what}: {words} is given twice")
            out[name(number)] = number
        return out

    def _problem(self, line: int | None, message: str) -> None:
        self.problems.append(Problem(self.name, line, message))


def _rate(row: Mapping[str, Any], file: str) -> Number:
    return read_number(row, file)


def _link(row: Mapping[str, Any], file: str) -> Number:
    return read_number({**row, "child": row["child"], "cause": row["cause"]}, file)


def _link_key(number: Number) -> NumberKey:
    return number.quantity, number.child, number.state, number.cause


def _possible(number: Number) -> bool:
    if number.n < 0:
        return False
    if number.quantity in POSITIVE:
        return min(number.value, number.low) > 0
    return number.quantity == "coupling" or 0 <= number.value <= 1
