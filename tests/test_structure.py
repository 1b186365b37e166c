"""The structure check: nominal false alarms, a planted duplicate, pairs by brute force."""

from __future__ import annotations

import numpy as np
import pytest
from small_network import small_network

import bme_bayes as bb
from bme_bayes.learning import check_structure, simulate
from bme_bayes.learning.pairs import certain, joint_weights


@pytest.fixture(scope="module")
def engine() -> bb.Engine:
    return bb.Engine(small_network())


def test_predictive_of_a_pair_is_the_engine_s(engine: bb.Engine) -> None:
    """Against the engine asked anew for every pair of results, all else known."""
    found = {"sex": "male", "fever": "present", "crp": "raised", "limp": "absent",
             "onset": "slow", "abscess": "present", "sinus": "absent"}  # fmt: skip
    belief = engine.belief(found)
    names = list(certain(engine.space, belief.coded))
    assert set(names) == {"fever", "crp", "limp", "onset", "sinus"}
    seen = np.array([int(belief.coded[n].argmax()) for n in names])
    joint = joint_weights(engine.space, belief, belief.scenario, names, seen)
    sizes = [len(engine.network.variable(n).states) for n in names]
    start = np.cumsum([0, *sizes])
    for a, b in [("fever", "crp"), ("limp", "crp"), ("onset", "sinus"), ("limp", "onset")]:
        i, j = names.index(a), names.index(b)
        block = joint[start[i] : start[i + 1], start[j] : start[j + 1]]
        exact = np.array(
            [
                [np.exp(engine.belief({**found, a: s, b: t}).log_evidence)
                 for t in engine.network.variable(b).states]
                for s in engine.network.variable(a).states
            ]
        )  # fmt: skip
        assert block / block.sum() == pytest.approx(exact / exact.sum(), abs=1e-7)


@pytest.mark.parametrize("diagnosed", [True, False])
def test_false_alarms_are_nominal(engine: bb.Engine, diagnosed: bool) -> None:
    p, alarms = [], 0
    for seed in range(24):
        cohort = simulate(engine, 120, rng=np.random.default_rng(seed), known=0.8)
        truth = cohort.truth.drop(columns="main_cause") if diagnosed else None
        rows = check_structure(engine, cohort.findings, truth).to_frame()
        p += rows["p"].tolist()
        alarms += int((rows["q"] < 0.05).any())
    assert 0.025 <= np.mean(np.array(p) < 0.05) <= 0.075
    assert 0.42 <= np.mean(np.array(p) < 0.5) <= 0.58
    assert alarms <= 4  # 5 % of 24 cohorts, with room for chance


def test_a_fact_told_twice_is_found(engine: bb.Engine) -> None:
    cohort = simulate(engine, 150, rng=np.random.default_rng(1), known=0.9)
    findings = cohort.findings.copy()
    copied = np.random.default_rng(2).random(len(findings)) < 0.5
    findings.loc[copied, "fever"] = findings.loc[copied, "limp"]
    found = check_structure(engine, findings)
    assert found.rows.index[0] == ("fever", "limp")
    top = found.rows.iloc[0]
    assert top["q"] < 1e-4
    assert top["z"] > 0
    assert top["together"] > top["expected"]
    assert list(found.doubled.index) == [("fever", "limp")]
    assert "Fever and Limp: together in" in found.words()[1]
    assert "may be counted twice" in found._repr_html_()
    assert found.rows["p"].is_monotonic_increasing


def test_facts_that_avoid_each_other_are_told_apart(engine: bb.Engine) -> None:
    cohort = simulate(engine, 150, rng=np.random.default_rng(3))
    findings = cohort.findings.copy()
    findings.loc[findings["limp"] == "present", "fever"] = "absent"
    found = check_structure(engine, findings)
    assert ("fever", "limp") in found.apart.index
    assert ("fever", "limp") not in found.doubled.index


def test_pairs_that_share_a_process_are_marked_and_parts_left_out(engine: bb.Engine) -> None:
    cohort = simulate(engine, 60, rng=np.random.default_rng(4))
    rows = check_structure(engine, cohort.findings).rows
    assert rows.loc[("fever", "crp"), "shared"] == "inflammation"
    assert rows.loc[("fever", "limp"), "shared"] == ""
    assert not {("abscess", "sinus"), ("sinus", "abscess")} & set(rows.index)


def test_what_cannot_be_checked(engine: bb.Engine) -> None:
    few = simulate(engine, 10, rng=np.random.default_rng(4)).findings
    with pytest.raises(bb.InputError, match="in 20 patients"):
        check_structure(engine, few)
    with pytest.raises(bb.InputError, match=r"patient 2: .*did you mean 'limp'"):
        check_structure(engine, [{"limp": "present"}, {"limb": "present"}])
    with pytest.raises(bb.InputError, match="0 rows"):
        check_structure(engine, [])
