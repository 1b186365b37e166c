"""What was learned: a new prior set beside the one before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from html import escape

import pandas as pd
from scipy.special import betaincinv

from bme_bayes.errors import InputError
from bme_bayes.network import Network, Number
from bme_bayes.notebook import table_html
from bme_bayes.priors import PriorSet
from bme_bayes.reading import with_version

Grade = tuple[str, str]
"""A diagnosis and one of its public states."""
MOST_DIAGNOSES = 1.6
"""Base rates of a region may sum to this many diagnoses a patient, as `checks` has it."""
LEAST_PAIRS = 2e-4


@dataclass(frozen=True)
class Learned:
    """A prior set updated from `patients` in one region, and what it was before.

    `warnings` says in words what the data could not tell. Save `prior` with
    `bme_bayes.writing.save_prior`.
    """

    prior: PriorSet
    before: PriorSet
    region: str
    patients: int
    method: str
    warnings: tuple[str, ...] = ()

    def apply(self, network: Network) -> Network:
        """The network under the new prior set, with the version that belongs to it."""
        return with_version(network.with_prior(self.prior))

    def to_frame(self) -> pd.DataFrame:
        """Base rates before and after, with 95 % intervals and weights; a row a grade."""
        rows = []
        old = self.before.region(self.region)
        for (diagnosis, state), new in self.prior.region(self.region).items():
            was = old[diagnosis, state]
            rows.append(
                {
                    "diagnosis": diagnosis,
                    "state": state,
                    "before": was.value,
                    "before_low": was.low,
                    "before_high": was.high,
                    "after": new.value,
                    "after_low": new.low,
                    "after_high": new.high,
                    "weight_before": was.n,
                    "weight_after": new.n,
                }
            )
        return pd.DataFrame(rows).set_index(["diagnosis", "state"])

    def _repr_html_(self) -> str:
        notes = "".join(f"<p>&#9888; {escape(w)}</p>" for w in self.warnings)
        head = f"<p>{escape(self.prior.provenance)}</p>"
        return head + table_html(self.to_frame(), precision=3) + notes


def beta_interval(mean: float, n: float, level: float = 0.95) -> tuple[float, float]:
    """The central interval of a Beta with this mean and weight; it always holds the mean."""
    tail = (1 - level) / 2
    a, b = max(mean * n, 1e-9), max((1 - mean) * n, 1e-9)
    low, high = float(betaincinv(a, b, tail)), float(betaincinv(a, b, 1 - tail))
    return min(low, mean), max(high, mean)


def updated_prior(
    prior: PriorSet,
    region: str,
    rates: Mapping[Grade, tuple[float, float]],
    note: str,
    name: str = "",
) -> PriorSet:
    """A prior set with new base rates (value, weight) in one region.

    Raises `InputError` where they leave no room for one diagnosis a patient, or hold too many.
    """
    base = dict(prior.region(region))
    for grade, (value, n) in rates.items():
        base[grade] = updated(base[grade], value, n, note)
    name = name or f"{prior.name}_local"
    new = replace(
        prior,
        name=name,
        label=f"{prior.label}, updated" if name != prior.name else prior.label,
        base={**prior.base, region: base},
        provenance="; ".join(p for p in (prior.provenance, f"{region} {note}") if p),
    )
    expected, least = new.expected_diagnoses(region), 1 - prior.none + LEAST_PAIRS
    if not least <= expected <= MOST_DIAGNOSES:
        raise InputError(
            f"the base rates of {region} would sum to {expected:.3f} diagnoses a patient; "
            f"{least:.2f} to {MOST_DIAGNOSES} are possible. Everyone who is counted needs one "
            "of the diagnoses, and is counted under each that is present"
        )
    return new


def updated(old: Number, value: float, n: float, note: str) -> Number:
    """A number with a new value and weight; the sources of the old one still count.

    It is `local` only where it gained weight; else it is the old one, moved to go with others.
    """
    low, high = beta_interval(value, n)
    if n == old.n:
        note = "; ".join(t for t in (old.note, f"moved with the others ({note})") if t)
        return replace(old, value=value, low=low, high=high, note=note)
    return replace(old, value=value, low=low, high=high, n=n, basis="local", note=note)


def usual_weight(prior: PriorSet, region: str) -> float:
    """How many patients the base rates of a region count for, on average."""
    numbers = prior.region(region).values()
    return sum(n.n for n in numbers) / len(numbers)
