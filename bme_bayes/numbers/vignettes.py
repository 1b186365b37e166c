"""Whole-case judgements: coded vignettes of invented patients, read blind by specialists' passes.

Judging cells one at a time leaves out how findings are weighed together. So a second
elicitation asked for whole answers: each vignette (drawn from the model, or invented like a
published report; no real patient) was read without sight of the model, and the probability of each
diagnosis as main cause was written down.
`fit` finds the small shifts of the log-odds of cells, odds ratios and ages that bring the model
nearest to these readings (and of the base rates of the setting `case_reports`, under which
they were read), held to the pooled numbers by a normal prior whose width is that of
their uncertainty: sd = WIDTH * sqrt(10 / n), so that a published number moves little.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bme_bayes.disease_space import DiseaseSpace
from bme_bayes.network import REGIONS
from bme_bayes.numbers.readings import Reading, Region
from bme_bayes.reading import load

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Key = tuple[str, str, str, str]
WIDTH = {"frequency": 0.9, "odds_ratio": 0.3, "share": 0.45, "base_rate": 0.36}
"""Three times these predict readings left out of the fit better (0.11 nats for 0.14). But readers
are alike (two read a vignette within 0.03 nats of each other) and share what they have wrong: a
reading counts for a tenth of an independent one."""
HEDGING = 0.8
"""Readers hedge: log-odds of a reading are this part of what they would be. Of 1, 0.9, 0.8 and 0.65
this value predicts readings that were left out of the fit best."""
BELIEVED_ABSENCE = 0.3
"""How likely a present sign is, to readers, where a vignette states its absence: of 0, 0.3, 0.5, 1
and 2 what predicts readings left out of the fit best."""
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
            for name, state in region.roots:
                for cause in region.causes:
                    keys.setdefault((_quantity(name), name, state, cause), len(keys))
        self.keys = keys
        n = np.array([max(weights.get(key, 10.0), 10.0) for key in keys])
        self.precision = n / 10 / np.array([WIDTH[key[0]] for key in keys]) ** 2

    def index(self, region: Region, quantity: str, name: str, state: str) -> Ints:
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
        """Adds to the gradient; the cross-entropy of a region's readings."""
        base = np.array([self.keys["base_rate", region.name, g, d] for d, g in region.grades])
        roots = {
            (name, state): self.index(region, _quantity(name), name, state)
            for name, state in region.roots
        }
        places = {
            n: np.stack([self.index(region, "frequency", n, s) for s in v.states])
            for n, v in region.variables.items()
        }
        logs = {n: region.cells[n] + theta[place] for n, place in places.items()}
        cells = {n: region.split(n, moved) for n, moved in logs.items()}
        score = region.weight + theta[base]
        for key, rows in region.roots.items():
            score[rows] += theta[roots[key]]
        likelihood = {
            n: np.tensordot(known, cells[n], axes=1) for n, (_, known) in region.seen.items()
        }
        shares = _process_shares(region, score, likelihood)
        slope, loss = self._slope(region, score)
        np.add.at(gradient, base, slope.sum(axis=0))
        for key, rows in region.roots.items():
            gradient[roots[key]] += slope[rows].sum(axis=0)
        for name, (rows, known) in region.seen.items():
            process = region.variables[name].process
            share = shares[process][rows] if process else 1.0
            slopes = np.einsum(
                "ms,mlk->slk", known, slope[rows][:, None, :] * share / likelihood[name]
            )
            for row, where in enumerate(places[name]):
                moved = logs[name].copy()
                moved[row] += STEP
                change = (region.split(name, moved) - cells[name]) / STEP
                gradient[where] += (slopes * change).sum(axis=(0, 1))
        return loss

    def _slope(self, region: Region, score: Floats) -> tuple[Floats, float]:
        """Of the loss by each kind's score (N, K), and the loss."""
        score = self.hedging * score
        q = np.exp(score - score.max(axis=1, keepdims=True))
        q /= q.sum(axis=1, keepdims=True)
        by_diagnosis = np.maximum(q @ region.member.T, 1e-12)
        slope = self.hedging * q * (1 - (region.target / by_diagnosis) @ region.member)
        return slope, -float((region.target * np.log(by_diagnosis)).sum())


def _process_shares(
    region: Region, score: Floats, likelihood: dict[str, Floats]
) -> dict[str, Floats]:
    """Adds the findings to the scores; P(level of a process | kind, reading), (N, levels, K)."""
    levels = {
        p: np.tile(np.stack([1 - share, share]), (len(score), 1, 1))
        for p, share in region.shares.items()
    }
    for name, (rows, _) in region.seen.items():
        process = region.variables[name].process
        if process:
            levels[process][rows] *= likelihood[name]
        else:
            score[rows] += np.log(likelihood[name][:, 0])
    for process, joint in levels.items():
        total = joint.sum(axis=1, keepdims=True)
        score += np.log(total[:, 0])
        levels[process] = joint / total
    return levels


def _quantity(root: str) -> str:
    """The quantity that says how a root without a base rate moves the kinds."""
    return "share" if root in ("age_band", "sex") else "odds_ratio"


def objective(folder: Path, readings: list[Reading]) -> Objective:
    """The objective on a data folder without shifts."""
    regions: list[Region] = []
    weights: dict[Key, float] = {}
    for name in REGIONS.values():
        network = load(name, "case_reports", folder)
        if network.prior:
            believed = replace(network.prior, stated_absence=BELIEVED_ABSENCE)
            network = network.with_prior(believed)
        regions.append(Region(DiseaseSpace(network), [r for r in readings if r.region == name]))
        for key, number in network.numbers.items():
            weights[key] = max(weights.get(key, 0.0), number.n)
    return Objective(regions, weights)


def fit(folder: Path, readings: list[Reading], rounds: int = 80) -> dict[Key, float]:
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
