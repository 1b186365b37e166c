"""Whole-case judgements: coded vignettes of invented patients, read blind by specialists' passes.

Judging cells one at a time leaves out how findings are weighed together. So a second
elicitation asked for whole answers: each vignette (drawn from the model, no real patient) was read
without sight of the model, and the probability of each diagnosis as main cause was written down.
`fit` finds the small shifts of the log-odds of cells, odds ratios and ages that bring the model
nearest to these readings (and of the base rates of the setting `case_reports`, under which
they were read), held to the pooled numbers by a normal prior whose width is that of
their uncertainty: sd = WIDTH * 10 / n, so that a published number hardly moves.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bme_bayes.disease_space import DiseaseSpace
from bme_bayes.network import REGIONS
from bme_bayes.numbers.readings import Item, Reading, Region
from bme_bayes.reading import load

Floats = NDArray[np.float64]
Key = tuple[str, str, str, str]
WIDTH = {"frequency": 1.5, "odds_ratio": 1.0, "share": 0.8, "base_rate": 0.6}
HEDGING = 0.65
"""Readers hedge: log-odds of a reading are this part of what they would be. Of 1, 0.8, 0.65 and 0.5
this value predicts readings that were left out of the fit best."""
LEAST_SHIFT = 0.02
LEAST_RATIO = 0.1
STEP = 1e-5
COLUMNS = ("quantity", "child", "state", "cause", "shift")


class Objective:
    """Penalised cross-entropy of the readings and its gradient, over all regions."""

    def __init__(self, regions: list[Region], weights: dict[Key, float]) -> None:
        self.regions = regions
        self.hedging = HEDGING
        keys: dict[Key, int] = {}
        for region in regions:
            for diagnosis, grade in region.grades:
                keys.setdefault(("base_rate", region.name, grade, diagnosis), len(keys))
            for name, logs in region.cells.items():
                for state in region.variables[name].states[: len(logs)]:
                    for cause in region.causes:
                        keys.setdefault(("frequency", name, state, cause), len(keys))
            for item in region.items:
                for name, state in item.shifts:
                    for cause in region.causes:
                        keys.setdefault((_quantity(name), name, state, cause), len(keys))
        self.keys = keys
        self.precision = np.array(
            [(max(weights.get(k, 10.0), 10.0) / 10.0 / WIDTH[k[0]]) ** 2 for k in keys]
        )

    def index(self, region: Region, quantity: str, name: str, state: str) -> NDArray[np.intp]:
        """Places of one (variable, state) for all kinds of a region."""
        return np.array([self.keys[quantity, name, state, c] for c in region.causes])

    def __call__(self, theta: Floats) -> tuple[float, Floats]:
        """Loss and gradient at the shifts `theta`."""
        loss = float((self.precision * theta**2).sum() / 2)
        gradient = self.precision * theta
        for region in self.regions:
            loss += self._region(region, theta, gradient)
        return loss, gradient

    def _region(self, region: Region, theta: Floats, gradient: Floats) -> float:
        places = {
            n: np.stack([self.index(region, "frequency", n, s) for s in v.states])
            for n, v in region.variables.items()
        }
        logs = {n: region.cells[n] + theta[p] for n, p in places.items()}
        cells = {n: region.split(n, v) for n, v in logs.items()}
        slopes = {n: np.zeros_like(c) for n, c in cells.items()}
        loss = 0.0
        for item in region.items:
            loss += self._item(region, item, theta, gradient, cells, slopes)
        for name, place in places.items():
            for row, where in enumerate(place):
                moved = logs[name].copy()
                moved[row] += STEP
                change = (region.split(name, moved) - cells[name]) / STEP
                np.add.at(gradient, where, (slopes[name] * change).sum(axis=(0, 1)))
        return loss

    def _item(
        self,
        region: Region,
        item: Item,
        theta: Floats,
        gradient: Floats,
        cells: dict[str, Floats],
        slopes: dict[str, Floats],
    ) -> float:
        score = item.weight.copy()
        roots = self._roots(region, item)
        for place in roots:
            score += theta[place]
        levels: dict[str, Floats] = {p: np.stack([1 - s, s]) for p, s in region.shares.items()}
        seen = {n: np.tensordot(known, cells[n], axes=1) for n, known in item.below.items()}
        for name, likelihood in seen.items():
            process = region.variables[name].process
            if process:
                levels[process] = levels[process] * likelihood
            else:
                score += np.log(likelihood[0])
        total = {p: j.sum(axis=0) for p, j in levels.items()}
        for process in levels:
            score += np.log(total[process])
        score *= self.hedging
        q = np.exp(score - score.max())
        q /= q.sum()
        by_diagnosis = np.bincount(region.diagnosis_of, q, minlength=len(region.diagnoses))
        slope = (
            self.hedging
            * q
            * (1 - (item.target / np.maximum(by_diagnosis, 1e-12))[region.diagnosis_of])
        )
        for place in roots:
            np.add.at(gradient, place, slope)
        for name, likelihood in seen.items():
            process = region.variables[name].process
            level = levels[process] / total[process] if process else np.ones((1, 1))
            slopes[name] += item.below[name][:, None, None] * (slope * level / likelihood)[None]
        return -float((item.target * np.log(np.maximum(by_diagnosis, 1e-12))).sum())

    def _roots(self, region: Region, item: Item) -> list[NDArray[np.intp]]:
        """Places of what a kind has before its findings: base rates, then risks, age and sex."""
        base = np.array([self.keys["base_rate", region.name, g, d] for d, g in region.grades])
        return [base, *(self.index(region, _quantity(n), n, s) for n, s in item.shifts)]


def _quantity(root: str) -> str:
    """The quantity that says how a root without a base rate moves the kinds."""
    return "share" if root in ("age_band", "sex") else "odds_ratio"


def objective(folder: Path, readings: list[Reading]) -> Objective:
    """The objective on a data folder without shifts."""
    regions: list[Region] = []
    weights: dict[Key, float] = {}
    for name in REGIONS.values():
        network = load(name, "case_reports", folder)
        regions.append(Region(DiseaseSpace(network), [r for r in readings if r.region == name]))
        for key, number in network.numbers.items():
            weights[key] = max(weights.get(key, 0.0), number.n)
    return Objective(regions, weights)


def fit(folder: Path, readings: list[Reading], rounds: int = 60) -> dict[Key, float]:
    """The shifts that fit the readings best, by number; small ones are left out."""
    from scipy.optimize import minimize  # noqa: PLC0415 - only the fit needs it

    target = objective(folder, readings)
    found = minimize(
        target, np.zeros(len(target.keys)), jac=True, method="L-BFGS-B", options={"maxiter": rounds}
    )
    known = set().union(*(load(r, "case_reports", folder).numbers for r in REGIONS.values()))
    shifts = zip(target.keys, np.asarray(found.x).tolist(), strict=True)
    return {k: v for k, v in shifts if abs(v) >= _least(k, known)}


def _least(key: Key, known: set[Key]) -> float:
    """Less is left out; an odds ratio that the passes took for 1 needs more to be given a row."""
    new = key[0] == "odds_ratio" and key not in known
    return LEAST_RATIO if new else LEAST_SHIFT


def shifts_text(shifts: dict[Key, float]) -> str:
    """`adjustments.csv` as text."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([*key, f"{value:.3f}"] for key, value in sorted(shifts.items()))
    return out.getvalue()


def read_shifts(path: Path) -> dict[Key, float]:
    """Shifts kept in a file; none where there is no file."""
    if not path.is_file():
        return {}
    found: dict[Key, float] = defaultdict(float)
    with path.open(newline="", encoding="utf-8") as handle:
        for row in csv.DictReader(handle):
            found[row["quantity"], row["child"], row["state"], row["cause"]] = float(row["shift"])
    return dict(found)
