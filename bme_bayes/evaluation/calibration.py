"""Calibration: how probabilities that were said compare with what was so.

The reliability curve is the isotonic fit of outcomes on probabilities, which chooses its own
groups, and the Brier score falls into three parts on it, with no remainder:

    Brier = miscalibration - discrimination + uncertainty

Miscalibration is what re-labelling the probabilities would gain, discrimination what the
ranking is worth, uncertainty the score of telling everyone the overall rate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv
from sklearn.calibration import calibration_curve
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import brier_score_loss, roc_auc_score

from bme_bayes.evaluation.outcomes import checked

Floats = NDArray[np.float64]
GROUPS = 10
DRAWS = 200
LEVEL = 0.95


@dataclass(frozen=True)
class Calibration:
    """How probabilities compare with what was so, over `n` patients.

    groups : a row a group of like probabilities: `said` (mean), `seen` (share), `low` and
        `high` (95 % interval of the share), `patients`
    curve : `said` and `seen` of the isotonic fit, with `low` and `high` the band in which a
        calibrated model of as many patients would lie (95 %, point by point)
    mean_said, rate : mean probability and overall rate
    brier, miscalibration, discrimination, uncertainty : see the module
    auc : area under the ROC curve (NaN where all patients are alike)
    """

    n: int
    groups: pd.DataFrame
    curve: pd.DataFrame
    mean_said: float
    rate: float
    brier: float
    miscalibration: float
    discrimination: float
    uncertainty: float
    auc: float

    @property
    def skill(self) -> float:
        """1 - Brier / uncertainty: 0 for telling everyone the rate, 1 for certainty."""
        return 1 - self.brier / self.uncertainty if self.uncertainty else float("nan")

    def words(self) -> str:
        """The figures in a sentence or two."""
        gap = self.mean_said - self.rate
        lean = "about right" if abs(gap) < 0.005 else "too high" if gap > 0 else "too low"
        return (
            f"On average {self.mean_said:.0%} was said and {self.rate:.0%} was so: {lean} overall, "
            f"in {self.n} patients. Brier score {self.brier:.3f}: miscalibration "
            f"{self.miscalibration:.3f} - discrimination {self.discrimination:.3f} + uncertainty "
            f"{self.uncertainty:.3f}."
        )


def calibrate(
    probability: ArrayLike,
    outcome: ArrayLike,
    *,
    rng: Generator,
    groups: int = GROUPS,
    draws: int = DRAWS,
) -> Calibration:
    """Compare probabilities (N,) with outcomes (N,) of 0 and 1.

    `groups` is how many groups of equal size at most. Raises `InputError` for values that are
    none of these.
    """
    p, y = checked(probability, outcome)
    fitted = _isotonic(p, y)
    rate = float(y.mean())
    brier, uncertainty = float(brier_score_loss(y, p)), rate * (1 - rate)
    recalibrated = float(np.mean((fitted - y) ** 2))
    alike = rate in (0.0, 1.0)
    return Calibration(
        n=len(p),
        groups=_groups(p, y, groups),
        curve=_curve(p, fitted, rng, draws),
        mean_said=float(p.mean()),
        rate=rate,
        brier=brier,
        miscalibration=brier - recalibrated,
        discrimination=uncertainty - recalibrated,
        uncertainty=uncertainty,
        auc=float("nan") if alike else float(roc_auc_score(y, p)),
    )


def _groups(p: Floats, y: Floats, most: int) -> pd.DataFrame:
    """Groups of equal size; as scikit-learn cuts them, with their sizes and intervals."""
    seen, said = calibration_curve(y, p, n_bins=most, strategy="quantile")
    edges = np.percentile(p, np.linspace(0, 100, most + 1))
    place = np.searchsorted(edges[1:-1], p)
    count = np.bincount(place, minlength=most)
    count = count[count > 0]
    positive = np.rint(seen * count)
    tail = (1 - LEVEL) / 2
    return pd.DataFrame(
        {
            "said": said,
            "seen": seen,
            "low": betaincinv(positive + 0.5, count - positive + 0.5, tail),
            "high": betaincinv(positive + 0.5, count - positive + 0.5, 1 - tail),
            "patients": count,
        }
    ).assign(
        low=lambda f: np.where(positive == 0, 0.0, f["low"]),
        high=lambda f: np.where(positive == count, 1.0, f["high"]),
    )


def _curve(p: Floats, fitted: Floats, rng: Generator, draws: int) -> pd.DataFrame:
    """The isotonic fit where probabilities lie, and its band if every probability were true."""
    said, first = np.unique(p, return_index=True)
    if len(said) > 200:
        keep = np.unique(np.linspace(0, len(said) - 1, 200).round().astype(int))
        said, first = said[keep], first[keep]
    drawn = np.stack(
        [_isotonic(p, (rng.random(len(p)) < p).astype(float))[first] for _ in range(draws)]
    )
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(drawn, [tail, 1 - tail], axis=0)
    return pd.DataFrame({"said": said, "seen": fitted[first], "low": low, "high": high})


def _isotonic(p: Floats, y: Floats) -> Floats:
    return np.asarray(IsotonicRegression(y_min=0, y_max=1).fit_transform(p, y), dtype=np.float64)
