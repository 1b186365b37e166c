"""Structure check: findings that come together more often than the model can explain.

Given the diagnoses and the processes the model calls findings independent. Where two of them
are one fact told twice, it counts the fact twice and becomes too sure. For each pair and each
patient the model says, from everything else that is known of the patient, how probable each
pair of results was; the check compares with what was found. With r the result less its mean,

    T = r_first * r_second,    z = sum of (T - E[T]) / root of the sum of Var[T]

over the patients with both known. Moments are exact, the tail is that of a Pearson III with the
sum's skewness, and the many pairs are allowed for by Benjamini and Hochberg's procedure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import false_discovery_control, norm, pearson3

from bme_bayes.disease_space import DiseaseSpace
from bme_bayes.engine import Engine
from bme_bayes.errors import BmeBayesError, InputError
from bme_bayes.findings import code_findings
from bme_bayes.learning.labelled import label_likelihood
from bme_bayes.learning.pairs import PairSums
from bme_bayes.learning.shift import Patient, patients_of
from bme_bayes.notebook import table_html

Floats = NDArray[np.float64]
LEAST = 20
LEVEL = 0.05
Table = pd.DataFrame | Iterable[Patient]


@dataclass(frozen=True)
class StructureCheck:
    """Pairs of findings against the model's independence, the most surprising first.

    `rows` is indexed by first and second finding: `patients` with both known, `together` how
    many had neither at its ordinary state and `expected` how many the model expects, `z`, the
    two-sided predictive `p`, `q` (the share of false alarms to expect among this pair and
    those above it) and `shared`, the process that the two hang on.
    """

    rows: pd.DataFrame
    patients: int
    labels: dict[str, str]

    @property
    def doubled(self) -> pd.DataFrame:
        """Pairs that come together too often, at a false discovery rate of 5 %."""
        return self.rows[(self.rows["q"] < LEVEL) & (self.rows["z"] > 0)]

    @property
    def apart(self) -> pd.DataFrame:
        """Pairs that come together too seldom, at a false discovery rate of 5 %."""
        return self.rows[(self.rows["q"] < LEVEL) & (self.rows["z"] < 0)]

    def to_frame(self) -> pd.DataFrame:
        """All pairs."""
        return self.rows

    def words(self, most: int = 5) -> list[str]:
        """What was found, in sentences."""
        pairs = (
            "1 pair of findings was"
            if len(self.rows) == 1
            else f"{len(self.rows)} pairs of findings were"
        )
        head = f"{pairs} checked in {self.patients} patients. "
        if self.doubled.empty and self.apart.empty:
            return [head + "None comes together more or less often than the model explains."]
        out = [
            head + f"{len(self.doubled)} come together more often than the model explains (they may"
            f" be counted twice), {len(self.apart)} less often."
        ]
        shown = pd.concat([self.doubled, self.apart]).head(most).reset_index()
        return out + [
            f"{self.labels[row['first']]} and {self.labels[row['second']]}: together in "
            f"{row['together']} of {row['patients']} patients; the model expects "
            f"{row['expected']:.0f} (q = {row['q']:.2g})."
            for row in shown.to_dict("records")
        ]

    def _repr_html_(self) -> str:
        text = "".join(f"<p>{escape(w)}</p>" for w in self.words())
        return text + table_html(self.rows.head(10), precision=3)


def check_structure(
    engine: Engine, findings: Table, diagnoses: Table | None = None, *, least: int = LEAST
) -> StructureCheck:
    """Check pairs of findings of a cohort against the model's independence.

    Parameters: `findings` and `diagnoses` as for `learn_links`; without diagnoses all sets of
    them are weighed. `least` patients must have both findings known for a pair to be checked.
    Frequencies that are wrong in themselves show up a little too: learn them first. Raises
    `InputError` with the patient's number.
    """
    space = engine.space
    known = patients_of(findings)
    labels = [{} for _ in known] if diagnoses is None else patients_of(diagnoses)
    if not known or len(labels) != len(known):
        raise InputError(f"{len(known)} rows of findings and {len(labels)} of diagnoses")
    names = tuple(space.cpds)
    sums = PairSums(names)
    for number, (found, label) in enumerate(zip(known, labels, strict=True), start=1):
        try:
            coded = code_findings(space.network, found)
            belief = space.belief(coded)
            weight = belief.scenario
            if diagnoses is not None:
                weight = weight * label_likelihood(space, label)
                if not weight.any():
                    raise InputError("findings and diagnoses cannot be true together")
        except BmeBayesError as error:
            raise InputError(f"patient {number}: {error}") from None
        sums.add(space, belief, weight / weight.sum())
    rows = _rows(space, sums, least)
    return StructureCheck(rows, len(known), {n: space.network.variable(n).label for n in names})


def _rows(space: DiseaseSpace, sums: PairSums, least: int) -> pd.DataFrame:
    network = space.network
    out = []
    for i, first in enumerate(sums.names):
        for j in range(i + 1, len(sums.names)):
            second = sums.names[j]
            family = {network.variable(n).part_of or n for n in (first, second)}
            if sums.patients[i, j] < least or sums.variance[i, j] <= 0 or len(family) < 2:
                continue
            spread = sums.variance[i, j] ** 0.5
            process = network.variable(first).process
            out.append(
                {
                    "first": first,
                    "second": second,
                    "patients": int(sums.patients[i, j]),
                    "together": int(sums.together[i, j]),
                    "expected": sums.expected[i, j],
                    "z": sums.excess[i, j] / spread,
                    "skew": sums.skew[i, j] / spread**3,
                    "shared": process if process == network.variable(second).process else "",
                }
            )
    if not out:
        raise InputError(f"no pair of findings is known in {least} patients")
    frame = pd.DataFrame(out)
    frame["p"] = _two_sided(frame["z"].to_numpy(), frame["skew"].to_numpy())
    frame["q"] = false_discovery_control(frame["p"])
    frame = frame.sort_values(["p", "z"], ascending=[True, False], kind="stable")
    columns = ["patients", "together", "expected", "z", "p", "q", "shared"]
    return frame.set_index(["first", "second"])[columns]


def _two_sided(z: Floats, skew: Floats) -> Floats:
    """Predictive p: on the long side of a skewed sum its own tail, else the normal one."""
    own = np.where(z > 0, pearson3.sf(z, skew), pearson3.cdf(z, skew))
    return np.asarray(np.clip(2 * np.maximum(own, norm.sf(np.abs(z))), 1e-300, 1.0))
