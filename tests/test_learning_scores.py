"""Calibration, Brier parts and net benefit, against scikit-learn and figures worked by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.calibration import calibration_curve

import bme_bayes as bb
from bme_bayes.cases import Case
from bme_bayes.evaluation.answers import CaseAnswer
from bme_bayes.evaluation.calibration import Calibration, calibrate
from bme_bayes.evaluation.decision_curve import ALL, NONE, decision_curve, net_benefit
from bme_bayes.evaluation.outcomes import pairs
from bme_bayes.ui.charts import DARK, LIGHT
from bme_bayes.ui.score_charts import (
    calibration_chart,
    calibration_spec,
    decision_chart,
    decision_spec,
    decision_words,
)


def found(p: object, y: object, draws: int = 20, **more: int) -> Calibration:
    return calibrate(p, y, rng=np.random.default_rng(1), draws=draws, **more)  # type: ignore[arg-type]


def test_brier_falls_into_its_parts_by_hand() -> None:
    # 0.2: 1 of 2; 0.8: 2 of 2. Isotonic: the shares themselves.
    got = found([0.2, 0.2, 0.8, 0.8], [0, 1, 1, 1])
    assert got.brier == pytest.approx((0.04 + 0.64 + 0.04 + 0.04) / 4)
    assert got.uncertainty == pytest.approx(0.75 * 0.25)
    assert got.miscalibration == pytest.approx((0.3**2 + 0.2**2) / 2)
    assert got.discrimination == pytest.approx((0.25**2 + 0.25**2) / 2)
    assert got.auc == pytest.approx(2.5 / 3)  # three pairs: two right, one tied
    assert got.skill == pytest.approx(1 - 0.19 / 0.1875)


@pytest.mark.parametrize("seed", range(5))
def test_parts_add_up_and_none_is_negative(seed: int) -> None:
    rng = np.random.default_rng(seed)
    p = rng.random(200).round(2)
    got = found(p, rng.random(200) < p**2)
    whole = got.miscalibration - got.discrimination + got.uncertainty
    assert whole == pytest.approx(got.brier, abs=1e-12)
    assert min(got.miscalibration, got.discrimination, got.uncertainty) > 0
    assert "too high" in got.words()


def test_groups_are_those_of_scikit_learn_with_their_sizes() -> None:
    rng = np.random.default_rng(3)
    p = rng.beta(1, 3, 333)
    y = (rng.random(333) < p).astype(int)
    groups = found(p, y).groups
    seen, said = calibration_curve(y, p, n_bins=10, strategy="quantile")
    assert groups["seen"].to_numpy() == pytest.approx(seen)
    assert groups["said"].to_numpy() == pytest.approx(said)
    assert groups["patients"].sum() == 333
    assert groups["patients"].between(32, 35).all()
    assert ((groups["low"] <= groups["seen"]) & (groups["seen"] <= groups["high"])).all()


def test_calibrated_probabilities_lie_in_the_band_and_others_do_not() -> None:
    rng = np.random.default_rng(4)
    p = rng.random(1500)
    y = rng.random(1500) < p
    good = found(p, y, draws=100).curve
    bad = found(p**0.4, y, draws=100).curve

    def inside(curve: pd.DataFrame) -> float:
        return float(curve["seen"].between(curve["low"] - 1e-9, curve["high"] + 1e-9).mean())

    assert inside(good) > 0.85
    assert inside(bad) < 0.3


def test_all_alike_and_ties() -> None:
    none = found([0.1, 0.1, 0.2], [0, 0, 0])
    assert none.rate == 0
    assert none.uncertainty == 0
    assert np.isnan(none.auc)
    assert np.isnan(none.skill)
    assert none.groups["low"].eq(0).all()
    tied = found([0.3] * 10, [1] * 3 + [0] * 7)
    assert tied.miscalibration == pytest.approx(0, abs=1e-12)
    assert len(tied.groups) == 1


@pytest.mark.parametrize(
    ("p", "y"), [([0.5], [0.5]), ([1.5], [1]), ([0.5, 0.5], [1]), ([], []), ([float("nan")], [1])]
)
def test_what_is_no_probability(p: list[float], y: list[float]) -> None:
    with pytest.raises(bb.InputError):
        found(p, y)
    with pytest.raises(bb.InputError):
        net_benefit(p, y, 0.2)


def test_net_benefit_by_hand() -> None:
    p, y = [0.9, 0.7, 0.4, 0.2, 0.1], [1, 0, 1, 0, 0]
    assert net_benefit(p, y, 0.5) == pytest.approx(1 / 5 - 1 / 5 * 1)
    assert net_benefit(p, y, 0.2) == pytest.approx(2 / 5 - 2 / 5 * 0.25)
    curve = decision_curve({"model": p}, y, [0.2, 0.5]).set_index(["strategy", "threshold"])
    assert curve.loc[("model", 0.2), "net_benefit"] == pytest.approx(0.3)
    assert curve.loc[(ALL, 0.2), "net_benefit"] == pytest.approx(0.4 - 0.6 * 0.25)
    assert curve.loc[(NONE, 0.2), "net_benefit"] == 0
    # one needless action of five patients is saved: 20 of 100
    assert curve.loc[("model", 0.2), "avoided"] == pytest.approx(20)
    assert (curve["low"] <= curve["net_benefit"]).all()
    with pytest.raises(bb.InputError):
        decision_curve({"model": p}, y, [1.0])
    with pytest.raises(bb.InputError):
        decision_curve({"model": p[:-1]}, y)


def test_interval_of_net_benefit_covers() -> None:
    rng = np.random.default_rng(5)
    held = []
    for _ in range(300):
        p = rng.beta(1, 2, 400)
        y = rng.random(400) < p
        row = decision_curve({"m": p}, y, [0.3]).iloc[0]
        # of Beta(1, 2), density 2 (1 - p): integral over p > t of p - (1 - p) w
        t, w = 0.3, 0.3 / 0.7
        truth = (1 - t) ** 2 - (1 + w) * (2 / 3) * (1 - t) ** 3
        held.append(row["low"] <= truth <= row["high"])
    assert 0.91 <= np.mean(held) <= 0.985


def test_pairs_of_cases() -> None:
    cases = [
        Case("hip", {}, "1", diagnosis="avn", also=("osteoarthritis",)),
        Case("knee", {}, "2", diagnosis="sifk"),
    ]
    answers = [
        CaseAnswer("1", {"avn": 0.6, "bmes": 0.4}, {"avn": 0.7, "osteoarthritis": 0.3}),
        CaseAnswer("2", {"sifk": 0.2, "bmes": 0.8}, {"sifk": 0.2, "osteoarthritis": 0.9}),
    ]
    p, y = pairs(cases, answers)
    assert (p.tolist(), y.tolist()) == ([0.6, 0.8], [1, 0])
    p, y = pairs(cases, answers, "osteoarthritis")
    assert (p.tolist(), y.tolist()) == ([0.3, 0.9], [1, 0])
    assert pairs(cases, answers, "sifk")[0].tolist() == [0.2]
    with pytest.raises(bb.UnknownName, match="did you mean 'avn'"):
        pairs(cases, answers, "avm")
    with pytest.raises(bb.InputError, match="no answer"):
        pairs([Case("hip", {}, "3", diagnosis="avn")], answers)


def test_charts_are_valid_and_told_in_words() -> None:
    rng = np.random.default_rng(6)
    p = rng.random(100)
    y = rng.random(100) < p
    got = found(p, y)
    assert calibration_chart(got).to_dict()["description"].endswith(got.words())  # validates
    curve = decision_curve({"model": p, "coin": rng.random(100)}, y, [0.1, 0.3, 0.5])
    assert "strategy" in str(decision_chart(curve).to_dict())
    assert "model is worth more" in decision_words(curve)
    useless = decision_curve({"model": 1 - y}, y, [0.4, 0.6])
    assert "no threshold" in decision_words(useless)
    dark = (calibration_spec(got, DARK), decision_spec(curve, DARK))
    assert LIGHT.text not in str(dark)
