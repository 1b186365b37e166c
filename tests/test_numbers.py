"""The numbers follow from the evidence beside them, and every claim is accounted for."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bme_bayes as bb
from bme_bayes.checks.priors import RANGES
from bme_bayes.library import networks_folder, priors_folder
from bme_bayes.numbers.evidence import read_evidence
from bme_bayes.numbers.pool import add_up, combine, expit, interval, judge, logit, shift_to_mean
from bme_bayes.numbers.readings import Reading, Region
from bme_bayes.numbers.vignettes import Objective
from bme_bayes.numbers.write import links_text, prior_texts

NETWORKS = networks_folder()


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def test_links_follow_from_the_evidence() -> None:
    assert (NETWORKS / "links.csv").read_text(encoding="utf-8") == links_text(NETWORKS)


def test_priors_follow_from_the_evidence() -> None:
    for name, text in prior_texts(NETWORKS).items():
        assert (priors_folder() / name).read_text(encoding="utf-8") == text, name


def test_every_claim_is_used_or_refused_with_a_reason() -> None:
    uses = rows(NETWORKS / "claim_uses.csv")
    assert {u["claim_id"] for u in uses} == {c["claim_id"] for c in rows(NETWORKS / "claims.csv")}
    assert all(u["reason"].strip() for u in uses)


def test_a_pooled_number_recomputed_by_hand() -> None:
    """P(root tear | SIFK): panel and series put together step by step."""
    evidence = read_evidence(NETWORKS)
    used = evidence.used("finding", "meniscal_root_tear_or_extrusion", "present", "sifk", "k")
    assert used
    weights = [min(n * spectrum, 40) for _, _, n, spectrum in used]
    series = sum(w * v for w, (_, v, _, _) in zip(weights, used, strict=True)) / sum(weights)
    series_n = min(sum(weights), 60)
    panel = [
        float(r["sifk"])
        for i in (1, 2, 3)
        for r in rows(NETWORKS / "elicitation" / f"panel_p{i}" / "findings.csv")
        if r["finding"] == "meniscal_root_tear_or_extrusion"
    ]
    logits = [math.log(p / (1 - p)) for p in panel]
    mean = sum(logits) / 3
    spread = max(math.sqrt(sum((x - mean) ** 2 for x in logits) / 2), 0.35)
    p = 1 / (1 + math.exp(-mean))
    panel_n = min(max(1 / (spread**2 * p * (1 - p)), 2), 10)
    expected = (panel_n * p + series_n * series) / (panel_n + series_n)
    found = combine(judge(panel), add_up(used))
    assert found.value == pytest.approx(expected, abs=1e-9)


def test_a_series_of_six_never_gives_certainty() -> None:
    found = combine(judge([0.8, 0.7, 0.75]), add_up([("c", 1.0, 6.0, 1.0)]))
    assert 0.75 < found.value < 0.97
    assert found.low < found.value < found.high < 1


@given(st.lists(st.floats(0.01, 0.99), min_size=1, max_size=5))
def test_pooling_stays_between_the_judgements(values: list[float]) -> None:
    assert min(values) - 1e-9 <= judge(values).value <= max(values) + 1e-9


@given(st.floats(0.001, 0.999), st.floats(2, 200))
def test_intervals_hold_their_value(p: float, n: float) -> None:
    low, high = interval(p, n)
    assert 0 < low < p < high < 1


@given(st.lists(st.floats(0.05, 0.95), min_size=2, max_size=5), st.floats(0.05, 0.95))
def test_the_shift_meets_its_mean(values: list[float], target: float) -> None:
    shares = [1 / len(values)] * len(values)
    logits = [logit(v) for v in values]
    shift = shift_to_mean(logits, shares, target)
    assert sum(s * expit(x + shift) for s, x in zip(shares, logits, strict=True)) == pytest.approx(
        target, abs=1e-6
    )


def test_the_gradient_of_the_whole_case_fit() -> None:
    import bme_bayes as bb
    from bme_bayes.disease_space import DiseaseSpace

    reading = Reading(
        "spine",
        {
            "age": 70,
            "crp": "raised",
            "systemic_signs": "present",
            "cancer_history": "present",
            "cortical_fracture_line": "absent",
            "onset": "gradual",
        },
        {"infection": 0.5, "malignancy": 0.4},
    )
    region = Region(DiseaseSpace(bb.load("spine", "case_reports")), [reading])
    target = Objective([region], {})
    rng = np.random.default_rng(5)
    theta = rng.normal(0, 0.1, len(target.keys))
    _, gradient = target(theta)
    for place in np.argsort(-np.abs(gradient))[:25]:
        step = np.zeros(len(theta))
        step[place] = 1e-5
        numeric = (target(theta + step)[0] - target(theta - step)[0]) / 2e-5
        assert gradient[place] == pytest.approx(numeric, rel=1e-3, abs=1e-5)


@pytest.mark.parametrize("setting", bb.settings())
def test_single_numbers_of_a_setting_have_a_reason(setting: str) -> None:
    prior = bb.load("hip", setting).prior
    assert prior is not None
    assert set(prior.reasons) == set(RANGES)
    assert all(words.startswith("elicited: ") for words in prior.reasons.values())


def test_couplings_have_a_reason() -> None:
    found = [n for n in bb.load("hip").numbers.values() if n.quantity == "coupling"]
    assert len(found) > 15
    assert all(n.basis == "elicited" and "single judgement: " in n.note for n in found)
